"""The folder of the private clone: made whole or not at all, one user at a time, ours alone.

var/comments/             the clone
var/.comments.new         one that is being made
var/.comments.old         one that was replaced
var/.comments.remade      there while a broken one was made again and does not work yet
var/.comments.lock        held by whoever works in the clone, and by each Git command
"""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from ..config.settings import Settings
from ..errors import N_, GitFailed, RepositoryBusy
from .git import Git

ORPHAN_SECONDS = 3.0
"""How long a Git command of a service that was killed may take to end by itself."""

ATTRIBUTES = "* -text -filter -ident !working-tree-encoding\n"
"""Stronger than any .gitattributes (gitattributes(5)): bytes go in and out unchanged."""

NOT_OURS = N_(
    "%(folder)s is meant for the comments' clone but holds something else. Move it away; "
    "nothing in it was changed."
)


REMADE_SECONDS = 3600.0
"""A clone that is broken although it was just made is not made again before that."""


class BrokenClone(Exception):
    """The clone cannot be worked in and is to be made again. cause: what to say if not."""

    def __init__(self, cause: GitFailed) -> None:
        super().__init__(str(cause))
        self.cause = cause


def may_make_again(root: Path) -> bool:
    """Whether a broken clone was not made again in vain a moment ago; notes that it is now."""
    noted = _remade(root)
    before = noted.stat().st_mtime if noted.exists() else None
    noted.touch()
    if before is None or not 0 <= noted.stat().st_mtime - before < REMADE_SECONDS:
        return True
    os.utime(noted, (before, before))  # the hour is counted from the time it was made again
    return False


def note_works(root: Path) -> None:
    """The clone can be worked in: should it break, it may be made again at once."""
    with suppress(OSError):
        _remade(root).unlink()


def _remade(root: Path) -> Path:
    return root.with_name(f".{root.name}.remade")


def check_folders(settings: Settings) -> None:
    """Raises GitFailed when the clone's folder, or one above it in the blog, is a link.

    Somebody who can put a link there would choose where comments are written.
    """
    folder = settings.clone_folder
    above = [folder, settings.var_folder, *settings.var_folder.parents]
    inside = [each for each in above if each.is_relative_to(settings.blog)]
    for each in inside or above[:2]:
        if each.is_symlink():
            raise GitFailed(
                str(each),
                N_("%(folder)s is a link: the comments' clone is kept in plain folders only."),
                folder=each,
            )


@contextmanager
def held(root: Path) -> Iterator[int]:
    """Hold the clone's lock; gives its descriptor, which each Git command keeps open too.

    Who has it while we run can only be the orphan of a service that was killed: it gets a
    moment to end by itself, then it is ended.

    Raises RepositoryBusy when it will not end.
    """
    root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = root.with_name(f".{root.name}.lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if not _taken(lock, ORPHAN_SECONDS):
            _end_orphan(lock, path)
            if not _taken(lock, ORPHAN_SECONDS):
                raise RepositoryBusy(
                    str(path),
                    N_("An earlier Git command is still at work in %(folder)s."),
                    folder=root,
                )
        yield lock
    finally:
        # Freed for all who have the descriptor: a helper of Git's may stay (for passwords).
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _taken(lock: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        else:
            return True


def _end_orphan(lock: int, path: Path) -> None:
    """End the process group that is noted in the lock, if its first process has it open."""
    with suppress(ValueError, OSError):
        group = int(os.pread(lock, 20, 0))
        opened = Path("/proc", str(group), "fd")
        if any(each.samefile(path) for each in opened.iterdir() if each.exists()):
            os.killpg(group, signal.SIGKILL)


def is_whole(root: Path, identity: str) -> bool:
    """Whether this is the clone that is wanted: of this remote and branch, made by us.

    Raises GitFailed for a folder with anything else in it.
    """
    if not os.path.lexists(root):
        return False
    if not root.is_dir() or not ((root / ".git").is_dir() or not any(root.iterdir())):
        raise GitFailed(str(root), NOT_OURS, folder=root)
    try:
        return (root / ".git" / "tertulia" / "whose").read_text("utf-8") == identity
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def new_clone(root: Path, branch: str, identity: str, git: Git) -> Iterator[Git]:
    """An empty repository beside ``root``, to be filled and put in its place."""
    beside = root.with_name(f".{root.name}.new")
    _remove(beside)
    beside.mkdir(mode=0o700)
    inside = replace(git, folder=beside)
    try:
        inside.run("init", "--quiet", "--template=", f"--initial-branch={branch}")
        for name, text in (("info/attributes", ATTRIBUTES), ("tertulia/whose", identity)):
            file = beside / ".git" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        yield inside
    finally:
        _remove(beside)


def put_in_place(beside: Path, root: Path) -> None:
    """Put a finished clone in the place of the old one. What erasing noted goes along."""
    old = root.with_name(f".{root.name}.old")
    _remove(old)
    if os.path.lexists(root):
        with suppress(FileNotFoundError):
            shutil.copy2(root / ".git/tertulia/erased", beside / ".git/tertulia/erased")
        root.rename(old)
    beside.rename(root)
    _remove(old)


def remove_locks(root: Path) -> None:
    """Remove locks that a killed Git left; nobody else works in this clone."""
    own = root / ".git"
    for path in (*own.glob("*.lock"), *own.joinpath("refs").rglob("*.lock")):
        path.unlink(missing_ok=True)
    own.joinpath("gc.pid").unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
