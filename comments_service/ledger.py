"""The list of erased and of withdrawn comments: ids and times, kept apart from database and
backups.

A backup brings back what was erased or withdrawn after it was made. This file does not go
into any backup; restoring reads it and does both again. One line an erasure, ``<id> <UTC
time>``, or a withdrawal, ``<id> <UTC time> withdrawn``, only ever appended. A line is on the
disk before the erasure begins; a last line without its end was never acknowledged, so it is
left out and taken away by the next one.
"""

import fcntl
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from .domain.comments import ID_PATTERN
from .errors import N_, CannotStart, CannotWrite

WITHDRAWN = "withdrawn"
_LINE = re.compile(rf"({ID_PATTERN.pattern}) (\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ)( withdrawn)?")


def append(path: Path, comment_id: str, now: datetime, *, withdrawn: bool = False) -> None:
    """Add an erasure or a withdrawal, durably; the same id may stand more than once.

    Raises CannotWrite; the file is then as it was.
    """
    line = f"{comment_id} {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    _append(path, [f"{line} {WITHDRAWN}" if withdrawn else line])


def merge(path: Path, other: Path) -> int:
    """Add what another list holds beyond this one; how many erasures and withdrawals.

    Raises CannotStart for a list that cannot be read, CannotWrite.
    """
    known = {_act(line) for line in _lines(path)}
    new = [line for line in _lines(other) if _act(line) not in known]
    if new:
        _append(path, new)
    return len({_act(line) for line in new})


def ids(path: Path) -> list[str]:
    """Every erased id once, in the order of the first erasure; none without a file.

    Raises CannotStart for a line that is no erasure: leaving it out could bring a text back.
    """
    return list(_first(path, withdrawn=False))


def erasures(path: Path) -> dict[str, datetime]:
    """Each erased id with the time (UTC) of its first erasure. Raises as ``ids`` does."""
    return _first(path, withdrawn=False)


def withdrawals(path: Path) -> dict[str, datetime]:
    """Each withdrawn id with the time (UTC) of its first withdrawal, whether or not it was
    erased too. Raises as ``ids`` does."""
    return _first(path, withdrawn=True)


def _first(path: Path, *, withdrawn: bool) -> dict[str, datetime]:
    """The first line of each id, in the order of these lines."""
    found: dict[str, datetime] = {}
    for line in _lines(path):
        comment_id, at, *rest = line.split(" ")
        if bool(rest) == withdrawn:
            found.setdefault(comment_id, datetime.fromisoformat(at))
    return found


def _act(line: str) -> tuple[str, bool]:
    """What a line says was done, without its time."""
    return line.split(" ")[0], line.endswith(f" {WITHDRAWN}")


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CannotStart(
            N_("%(path)s cannot be read: %(why)s"), path=path, why=error.strerror
        ) from error
    lines = data.decode("utf-8", "replace").split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line):
            raise CannotStart(
                N_(
                    "%(path)s, line %(number)s is no erasure (an id and a time). Mend it before"
                    " anything is served: what it stood for must not come back."
                ),
                path=path,
                number=number,
            )
    return lines


def _append(path: Path, lines: Iterable[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _write(descriptor, _heal(descriptor), data)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        raise CannotWrite(
            N_("%(file)s could not be written: %(why)s"), file=path, why=error.strerror or error
        ) from error


def _heal(descriptor: int) -> int:
    """Take away a last line without its end; where the next one goes."""
    size = os.fstat(descriptor).st_size
    whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(descriptor, whole)
    return whole


def _write(descriptor: int, at: int, data: bytes) -> None:
    """The whole of ``data``, on the disk; or nothing of it."""
    try:
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], at + done)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, at)
        raise


def sync_folder(folder: Path) -> None:
    """Let what was made or renamed in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
