"""The comments of a commit, and what staff set, as files of their own, for a build.

In the blog's own checkout staff's drafts lie beside what is committed; only what is committed
may reach a page. So the build reads a folder that is made from HEAD:

var/comments-at-head            the files; nobody writes to it but this
var/.comments-at-head.tree      what they were made from: an id of Git's
var/.comments-at-head.new       one that is being made
var/.comments-at-head.lock      held meanwhile
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from ..errors import N_, CannotWrite
from .trees import PLAIN, Item, Tree, is_setting

NAME = "comments-at-head"


def exported(tree: Tree, head: str | None, var: Path) -> Path:
    """The folder with the comment files of ``head``, made whole or left as it was.

    Nothing is done when it was made from the same tree already. Files that are no plain
    files of comments or of what staff set, at their places are left out.

    Raises CannotWrite, GitFailed.
    """
    folder = var / NAME
    noted = var / f".{NAME}.tree"
    wanted = _tree_id(tree, head)
    try:
        var.mkdir(parents=True, exist_ok=True)
        with _alone(var / f".{NAME}.lock"):
            if folder.is_dir() and not folder.is_symlink() and _read(noted) == wanted:
                return folder
            beside = var / f".{NAME}.new"
            _remove(beside)
            _fill(beside, tree, [] if head is None else list(tree.items(head)))
            noted.unlink(missing_ok=True)  # what it says must never outlive what it is of
            _remove(folder)
            beside.rename(folder)
            os.sync()  # one for all files: they are on the disk before the note is
            noted.write_text(wanted, "ascii")
    except OSError as error:
        raise CannotWrite(
            N_("%(file)s could not be written: %(why)s"), file=folder, why=error.strerror or error
        ) from error
    return folder


def _tree_id(tree: Tree, head: str | None) -> str:
    if head is None:
        return "none\n"
    answer = tree.git.ask("rev-parse", "--quiet", "--verify", f"{head}:{tree.path}")
    return answer.out.decode("ascii", "replace") if answer.code == 0 else "none\n"


def _fill(folder: Path, tree: Tree, items: list[Item]) -> None:
    folder.mkdir(mode=0o700)
    plain = [
        item
        for item in items
        if item.mode == PLAIN and (tree.place(item.path) or is_setting(item.path, tree.path))
    ]
    made: set[Path] = set()
    for item, data in zip(plain, tree.git.blobs(item.blob for item in plain), strict=True):
        if data is None:  # too large to be a comment
            continue
        file = folder / PurePosixPath(item.path).relative_to(tree.path)
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        file.write_bytes(data)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        with suppress(OSError):  # some network filesystems lock no files
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _read(noted: Path) -> str:
    try:
        return noted.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
