"""A smaller copy beside each text of the built site: ``index.html.gz``.

Web servers send it as it is to browsers that take gzip (nginx: ``gzip_static``), and so does
the service. The same file gives the same bytes: no name and no time stands in them. A copy that
would save nothing is not made, and what staff have under that name stays theirs. Off with
``COMPRESSED = False``: then those of an earlier build go.
"""

import gzip
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.generators import StaticGenerator

from .report import FILE as REPORT

SUFFIXES = (".html", ".css", ".js", ".xml", ".json", ".svg", ".txt")
NOT_FOR_READERS = frozenset({REPORT})
LEVEL = 6
"""Beyond it a site takes a third more time, and half a hundredth fewer bytes."""
MIN_BYTES = 1400
"""What goes in one packet goes as fast uncompressed (and most feeds of conversations do)."""
ENDING = ".gz"
STATIC = "STATIC_FILES"
"""Key in Pelican's settings: the static files of this build."""


def compress_all(output: Path, theirs: Collection[Path] = ()) -> None:
    """Make the copies of a whole site, on all cores: zlib works outside Python's lock.

    theirs: files in it that staff made.
    """
    texts = [
        path for path, bytes_, copied in _texts(output, theirs) if copied or bytes_ >= MIN_BYTES
    ]
    slices = os.cpu_count() or 1
    with ThreadPoolExecutor(slices) as pool:
        for _ in pool.map(_compress_each, (texts[start::slices] for start in range(slices))):
            pass


def _compress_each(paths: Iterable[Path]) -> None:
    for path in paths:
        compress(path)


def compress(path: Path) -> None:
    """Make the copy of one file; one from an earlier build does not stay beside it."""
    data = path.read_bytes()
    small = gzip.compress(data, LEVEL, mtime=0) if len(data) >= MIN_BYTES else data
    if len(small) < len(data):
        copy_of(path).write_bytes(small)
    else:
        copy_of(path).unlink(missing_ok=True)


def remove_all(output: Path, theirs: Collection[Path] = ()) -> None:
    """Remove the copies that an earlier build made."""
    for path, _, copied in _texts(output, theirs):
        if copied:
            copy_of(path).unlink()


def copy_of(path: Path) -> Path:
    return path.with_name(path.name + ENDING)


def _texts(folder: Path, theirs: Collection[Path]) -> Iterator[tuple[Path, int, bool]]:
    """The texts that may have a copy of ours, each with its size and whether it has one."""
    with os.scandir(folder) as listed:
        items = {item.name: item for item in listed}
    for name, item in items.items():
        path = folder / name
        if item.is_dir(follow_symlinks=False):
            yield from _texts(path, theirs)
        elif _may_have_copy(item) and copy_of(path) not in theirs:
            yield path, item.stat().st_size, name + ENDING in items


def _may_have_copy(item: os.DirEntry[str]) -> bool:
    is_text = item.name.lower().endswith(SUFFIXES) and item.name not in NOT_FOR_READERS
    return is_text and item.is_file()


def note_static(generator: StaticGenerator) -> None:
    """Only when all is written is it known where each of them stands."""
    generator.settings[STATIC] = generator.staticfiles


def staffs_own(settings: dict[str, Any], output: Path) -> set[Path]:
    """The compressed files in the output that Pelican copied there."""
    static = {output / file.save_as for file in settings.get(STATIC, ())}
    theme = Path(settings["THEME"])
    for folder in (theme / path for path in settings["THEME_STATIC_PATHS"]):
        below = (file.relative_to(folder) for file in folder.rglob(f"*{ENDING}"))
        static |= {output / settings["THEME_STATIC_DIR"] / path for path in below}
    return {path for path in static if path.name.endswith(ENDING)}


def finish(pelican: Pelican) -> None:
    """When all else is written."""
    output = Path(pelican.output_path)
    act = compress_all if pelican.settings.get("COMPRESSED", True) else remove_all
    act(output, staffs_own(pelican.settings, output))


def register() -> None:
    signals.static_generator_finalized.connect(note_static)
    signals.finalized.connect(finish)
