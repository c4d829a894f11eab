"""The one door to ``content/comments/``: a comment's file is written whole or not at all.

Temp file, fsync, rename, fsync of the folders. Staff and tools work in the same tree, so
folders are opened without following links and everything below goes through their
descriptors: a link put in a folder's place leads nowhere.
"""

import contextlib
import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from .. import commentfile
from ..config import site_files
from ..domain.comments import ID_PATTERN, THREAD_PATTERN, Entry, Tombstone, is_linkback
from ..errors import N_, CannotWrite, InvalidCommentFile

Step = Callable[[str], None]
"""Called with a step's name before the step is done: the one hook for fault injection."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_OLD_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold us
_NUMBER_LINE = re.compile(rb"^number: ([0-9]{1,9})\r?$", re.MULTILINE)
_TEMP = re.compile(rf"\.(?:{ID_PATTERN.pattern}|thread)\.tmp")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def no_step(name: str) -> None:
    """The ``Step`` of every day: does nothing."""


def write(root: Path, entry: Entry, step: Step = no_step) -> str:
    """Write the file of ``entry`` below ``root`` (``content/comments``); returns its digest.

    A file that holds these bytes already is left alone. Steps: ``write.temp``,
    ``write.fsync``, ``write.rename``, ``write.folder``. Killed or failed at any of them,
    the file is as it was or whole, and writing again finishes.

    Raises CannotWrite.
    """
    path = commentfile.path_of(entry.thread, entry.id)
    return _write(root, path, _dumps(entry, path), step)


def write_setting(root: Path, name: str, data: bytes, step: Step = no_step) -> str:
    """The same for a file of ``config.site_files``; nothing else, and nothing faulty, is written.

    Raises CannotWrite.
    """
    faults = site_files.faults_of(name, data)
    if faults:
        raise CannotWrite(N_("%(file)s cannot hold this: %(why)s"), file=name, why=faults[0])
    return _write(root, PurePosixPath(name), data, step)


def read_setting(root: Path, name: str) -> bytes | None:
    """The bytes of such a file as it lies there; None without one, or where a link stands."""
    path = PurePosixPath(name)
    try:
        with _folders(root, str(path.parent)) as (_, folder):
            return _read(folder, path)
    except OSError:
        return None


def _write(root: Path, path: PurePosixPath, data: bytes, step: Step) -> str:
    try:
        with _folders(root, str(path.parent), create=True) as (above, folder):
            if _read(folder, path) != data:
                _replace(folder, path, data, step)
            step("write.folder")
            # Also for a file that was there: whoever wrote it may have died before this.
            os.fsync(folder)
            os.fsync(above)
            if _read(folder, path) != data:
                raise CannotWrite(N_("%(file)s does not hold what was written."), file=path)
    except OSError as error:
        raise _cannot_write(error, root / path) from error
    return commentfile.digest(data)


def read(root: Path, thread: str, comment_id: str) -> Entry | None:
    """The entry in its file, or None if there is no file.

    Raises InvalidCommentFile, also for a link, a file that cannot be read, and one whose
    header names another place.
    """
    path = commentfile.path_of(thread, comment_id)
    try:
        with _folders(root, thread) as (_, folder):
            data = _read(folder, path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(error, path) from error
    return None if data is None else commentfile.loads(data, str(path))


def entries(root: Path, thread: str) -> list[Entry]:
    """Every entry of a thread, by id; files that do not parse are skipped."""
    found: list[Entry] = []
    for path, data in _bytes_of(root, thread):
        with contextlib.suppress(InvalidCommentFile):
            found.append(commentfile.loads(data, str(path)))
    return found


def highest_number(root: Path, thread: str, *, linkback: bool) -> int:
    """The highest number given in a thread's series, 0 if none.

    linkback: of the series of linkbacks. A tombstone no longer says which series it was
    of, so it counts in both, as does a file that cannot be read but for its number: numbers
    may have gaps and are never used again.
    """
    files = _bytes_of(root, thread)
    return max((_number(path, data, linkback) for path, data in files), default=0)


def remove_leftovers(root: Path) -> list[PurePosixPath]:
    """Remove the temp files that killed writes left below ``root``; their places.

    Only plain files that ``write`` names so, in folders of threads that are no links; what
    cannot be removed stays. Call it under the publisher's lock: nobody else may be writing.
    """
    removed: list[PurePosixPath] = []
    for thread in _names(root):
        if not THREAD_PATTERN.fullmatch(thread):
            continue
        with contextlib.suppress(OSError), _folders(root, thread) as (_, folder):
            removed += [
                PurePosixPath(thread, name)
                for name in sorted(os.listdir(folder))  # noqa: PTH208 - a descriptor, no path
                if _TEMP.fullmatch(name) and _unlink_plain(folder, name)
            ]
    return removed


def remove_leftover(root: Path, thread: str, comment_id: str) -> None:
    """The same for the temp file of one comment."""
    with contextlib.suppress(OSError), _folders(root, thread) as (_, folder):
        _unlink_plain(folder, f".{comment_id}.tmp")


def _unlink_plain(folder: int, name: str) -> bool:
    """Whether a plain file of that name was there and is gone."""
    with contextlib.suppress(OSError):
        if is_plain := stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=folder)
        return is_plain
    return False


def _names(root: Path) -> list[str]:
    try:
        return sorted(os.listdir(root))  # noqa: PTH208 - names alone
    except OSError:
        return []


def _number(path: PurePosixPath, data: bytes, linkback: bool) -> int:
    try:
        entry = commentfile.loads(data, str(path))
    except InvalidCommentFile:
        line = _NUMBER_LINE.search(data)
        return int(line[1]) if line else 0
    counts = isinstance(entry, Tombstone) or is_linkback(entry) is linkback
    return entry.number if counts else 0


def _bytes_of(root: Path, thread: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Place and content of every plain file of a thread that is named like a comment's."""
    if not THREAD_PATTERN.fullmatch(thread):
        return
    with contextlib.suppress(OSError), _folders(root, thread) as (_, folder):
        for name in sorted(os.listdir(folder)):  # noqa: PTH208 - a descriptor, no path
            path = PurePosixPath(thread, name)
            if path.suffix != ".md" or not ID_PATTERN.fullmatch(path.stem):
                continue
            with contextlib.suppress(OSError):
                data = _read(folder, path)
                if data is not None:
                    yield path, data


def _dumps(entry: Entry, path: PurePosixPath) -> bytes:
    """The bytes of ``entry``; ``commentfile`` has read them back and compared."""
    try:
        return commentfile.dumps(entry)
    except ValueError as error:
        raise CannotWrite(
            N_("%(file)s cannot hold this comment: %(why)s"), file=path, why=error
        ) from error


@contextmanager
def _folders(root: Path, below: str, *, create: bool = False) -> Iterator[tuple[int, int]]:
    """Descriptors of a folder below ``root`` and of the one above it; none may be a link."""
    with contextlib.ExitStack() as stack:
        if create:
            _make_root(root)
        folder = above = os.open(root, _FOLDER)
        stack.callback(os.close, above)
        for name in PurePosixPath(below).parts:
            if create and folder != above:
                os.fsync(above)  # of two that were made, the writer sees to the lower one
            above = folder
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=above)
            folder = os.open(name, _FOLDER, dir_fd=above)
            stack.callback(os.close, folder)
        if create:
            _alone(folder)
        yield above, folder


def _make_root(root: Path) -> None:
    """Git keeps no empty folder, so a blog may lack ``comments`` until its first comment."""
    with contextlib.suppress(FileExistsError):
        root.mkdir()
        parent = os.open(root.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)


def _alone(folder: int) -> None:
    """One writer in a folder at a time, until ``folder`` is closed.

    The outbox's lease sees to that already; this covers a lease that ran out. Some network
    filesystems lock no folders: there the lease alone must do.
    """
    with contextlib.suppress(OSError):
        fcntl.flock(folder, fcntl.LOCK_EX)


def _replace(folder: int, path: PurePosixPath, data: bytes, step: Step) -> None:
    temp = f".{path.stem}.tmp"
    step("write.temp")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temp, dir_fd=folder)
    try:
        with os.fdopen(os.open(temp, _NEW_FILE, 0o644, dir_fd=folder), "wb") as file:
            file.write(data)
            file.flush()
            step("write.fsync")
            os.fsync(file.fileno())
        step("write.rename")
        os.rename(temp, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        # After a failed fsync the kernel may have dropped the bytes: never try it again.
        with contextlib.suppress(OSError):
            os.unlink(temp, dir_fd=folder)
        raise


def _read(folder: int, path: PurePosixPath) -> bytes | None:
    """The bytes of a plain file in ``folder``, None if it is missing; OSError for the rest."""
    try:
        kind = os.stat(path.name, dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(kind):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        with os.fdopen(os.open(path.name, _OLD_FILE, dir_fd=folder), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _cannot_write(error: OSError, path: Path) -> CannotWrite:
    if error.errno in _FULL:
        return CannotWrite(N_("%(file)s could not be written: the disk is full."), file=path)
    if error.errno in _FORBIDDEN:
        return CannotWrite(
            N_("%(file)s could not be written: the service may not write there."), file=path
        )
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return CannotWrite(
            N_(
                "%(file)s was not written: it or a folder above it is a link. "
                "Comments are written to plain files in plain folders only."
            ),
            file=path,
        )
    return CannotWrite(
        N_("%(file)s could not be written: %(why)s"), file=path, why=error.strerror or error
    )


def _unreadable(error: OSError, path: PurePosixPath) -> InvalidCommentFile:
    return InvalidCommentFile(
        str(path), "", N_("cannot be read: %(why)s"), why=error.strerror or error
    )
