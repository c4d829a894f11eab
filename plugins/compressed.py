"""A smaller copy beside each text of the built site: ``index.html.gz``.

Web servers send it as it is to browsers that take gzip (nginx: ``gzip_static``), and so does
the service. The same file gives the same bytes: no name and no time stands in them. A copy that
would save nothing is not made. Off with ``COMPRESSED = False``.
"""

import gzip
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pelican import Pelican, signals

from .report import FILE as REPORT

SUFFIXES = (".html", ".css", ".js", ".xml", ".json", ".svg", ".txt")
NOT_FOR_READERS = frozenset({REPORT})
LEVEL = 9
MIN_BYTES = 1400
"""What goes in one packet goes as fast uncompressed (and most feeds of conversations do)."""
ENDING = ".gz"


def compress_all(output: Path) -> None:
    """Make the copies of a whole site, on all cores: zlib works outside Python's lock."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(compress, sorted(_texts(output))):
            pass


def compress(path: Path) -> None:
    """Make the copy of one file; one from an earlier build does not stay beside it."""
    data = path.read_bytes()
    small = gzip.compress(data, LEVEL, mtime=0) if len(data) >= MIN_BYTES else data
    copy = path.with_name(path.name + ENDING)
    if len(small) < len(data):
        copy.write_bytes(small)
    else:
        copy.unlink(missing_ok=True)


def _texts(output: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(output):
        for name in names:
            if name.lower().endswith(SUFFIXES) and name not in NOT_FOR_READERS:
                yield Path(folder, name)


def finish(pelican: Pelican) -> None:
    """When all else is written."""
    if pelican.settings.get("COMPRESSED", True):
        compress_all(Path(pelican.output_path))


def register() -> None:
    signals.finalized.connect(finish)
