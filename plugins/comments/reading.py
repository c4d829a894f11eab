"""The comment files of a blog, each read once; symbolic links are never followed.

A file that cannot be used is told and left out: one person's slip must not silence all.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from comments_service import commentfile
from comments_service.config.site_files import read_thread
from comments_service.config.thread_file import NAME as THREAD_FILE
from comments_service.config.thread_file import ThreadState
from comments_service.domain.comments import ID_PATTERN, THREAD_PATTERN, Entry
from comments_service.errors import N_, InvalidCommentFile, InvalidRuleFile

FOLDER = "content/comments"
SETTINGS_FOLDER = "_site"

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold the build


@dataclass(frozen=True, slots=True)
class Filed:
    """A comment and the digest of its file."""

    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All comments by thread, in the order of their ids, and what could not be read.

    decided: by staff about a thread; None where its file cannot be read.
    """

    threads: Mapping[str, tuple[Filed, ...]]
    faults: tuple[InvalidCommentFile, ...]
    decided: Mapping[str, ThreadState | None] = field(default_factory=dict)


def read_comments(folder: Path) -> Reading:
    """Read ``<folder>/<thread>/<id>.md``; a missing folder holds nothing."""
    threads: dict[str, tuple[Filed, ...]] = {}
    faults: list[InvalidCommentFile] = []
    for item in _listed(folder):
        if item.name == SETTINGS_FOLDER:
            continue
        if item.is_symlink():
            faults.append(_fault(item.name, N_("is a symbolic link; it is not followed")))
        elif not item.is_dir() or not THREAD_PATTERN.fullmatch(item.name):
            faults.append(_fault(item.name, N_("is not a folder of comments")))
        else:
            threads[item.name] = tuple(_read_thread(item, faults))
    decided = dict(_decided(folder, threads, faults))
    return Reading(threads, tuple(faults), decided)


def _decided(
    folder: Path, threads: Iterable[str], faults: list[InvalidCommentFile]
) -> Iterator[tuple[str, ThreadState | None]]:
    for thread in threads:
        try:
            if said := read_thread(folder, thread):
                yield thread, said
        except InvalidRuleFile as error:
            for each in error.faults:
                file = f"{FOLDER}/{error.file}"
                faults.append(InvalidCommentFile(file, each.where, each.message, **each.values))
            yield thread, None


def orphans(
    threads: Mapping[str, Collection[Filed]],
    known: Collection[str],
    decided: Collection[str] = (),
) -> Iterator[InvalidCommentFile]:
    """A fault for each thread with comments or a decision that no article or page has."""
    for key, filed in threads.items():
        if (filed or key in decided) and key not in known:
            yield _fault(key, N_("no article or page takes these comments"))


def _read_thread(folder: os.DirEntry[str], faults: list[InvalidCommentFile]) -> Iterator[Filed]:
    for item in _listed(folder):
        if item.name == THREAD_FILE:
            continue
        try:
            filed = _read(item, folder.name)
        except InvalidCommentFile as fault:
            faults.append(fault)
        else:
            if filed:
                yield filed


def _read(item: os.DirEntry[str], thread: str) -> Filed | None:
    """One file; None if it went away meanwhile. Raises InvalidCommentFile."""
    name = f"{thread}/{item.name}"
    stem = item.name.removesuffix(".md")
    if item.is_symlink():
        raise _fault(name, N_("is a symbolic link; it is not followed"))
    if stem == item.name or not ID_PATTERN.fullmatch(stem) or not item.is_file():
        raise _fault(name, N_("is not named like a comment"))
    try:
        with open(os.open(item.path, _OPEN), "rb") as file:  # noqa: PTH123 (a descriptor)
            data = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _fault(name, N_("cannot be read: %(why)s"), why=error.strerror) from error
    entry = commentfile.loads(data, f"{FOLDER}/{name}")
    for key, named, place in (("id", entry.id, stem), ("thread", entry.thread, thread)):
        if named != place:
            message = N_("names another place than the file's own: %(named)s")
            raise InvalidCommentFile(f"{FOLDER}/{name}", key, message, named=named)
    return Filed(entry, commentfile.digest(data))


def _listed(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    """What stands in the folder, by name; hidden files are other tools' and half-written ones."""
    try:
        with os.scandir(folder) as items:
            shown = [item for item in items if not item.name.startswith(".")]
    except FileNotFoundError:
        return []
    return sorted(shown, key=lambda item: item.name)


def _fault(name: str, message: str, **values: object) -> InvalidCommentFile:
    return InvalidCommentFile(f"{FOLDER}/{name}", "", message, **values)
