"""Where comment files count, in each mode of ``TERTULIA_COMMENTS_GIT``, behind one interface.

off     the folder ``content/comments``; no history
here    the blog's own checkout, which staff work in: committed there, nothing else touched
clone   a private clone of the comments' branch: committed and pushed
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from ..config import Settings
from ..domain.comments import THREAD_PATTERN
from .clone import Clone
from .files import Step
from .git import MAX_FILE_BYTES
from .here import Here
from .trees import FOLDER_PROBLEM, PROBLEMS, TOO_LARGE, Found, place

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold us


class Place(Protocol):
    """Where comment files are written and which of them count.

    folder: root of the comment files to write to; the build reads it.
    keeps_history: whether a commit tells what was there before.
    own_history: whether that history holds nothing but comments, so that ``forget`` may
        rewrite it.
    """

    @property
    def folder(self) -> Path: ...
    @property
    def keeps_history(self) -> bool: ...
    @property
    def own_history(self) -> bool: ...

    def refresh(self, believed: str | None, allowed: str | None = None) -> str | None:
        """Make ready to write; the head that counts, None where there is none yet.

        believed: the head that was seen last. allowed: a head that a person accepted though
        it does not hold the believed one.

        Raises RepositoryBusy (``here``), RemoteUnavailable and HistoryRewritten (``clone``),
        GitFailed.
        """
        ...

    def base(self, since: str | None) -> str | None:
        """The commit that ``changes`` compares with: ``since``, or what took its place when
        comments were erased; None when it has to give everything."""
        ...

    def changes(self, since: str | None) -> Iterator[Found]:
        """Comment files that differ between the commit ``since`` and the head.

        None, or a commit that this repository does not hold: all of the head's. Both sides
        of a move come: the old place with ``data`` None, the new one with its bytes. Without
        history: every comment file there is.
        """
        ...

    def find(self, comment_id: str) -> list[Found]:
        """Every place at the head where a file has this id."""
        ...

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        """``here``: whether the file, as it lies in folder or index, is not the head's.

        That is a member of staff's edit, or what a killed run of ours wrote: compare it with
        what is wanted. Elsewhere False.
        """
        ...

    def commit(self, paths: Sequence[PurePosixPath], message: str, step: Step) -> str | None:
        """Commit these files, and push them in ``clone``; the new head.

        paths: below ``folder``, ``<thread>/<id>.md``. message: ids and plain words; a colon
        or any other sign of a trailer is a ValueError. Nothing changed: the head as it is.
        Steps: ``commit.add``, ``commit.commit``, ``commit.push``.

        Raises PushRejected, RemoteUnavailable, RepositoryBusy, GitFailed, CannotWrite.
        """
        ...

    def forget(self, files: Sequence[PurePosixPath], step: Step) -> str:
        """Leave no earlier version of these comments in the history; see ``erasing.erase``.

        The tombstones at their places stay. Steps: ``forget.rewrite``, ``forget.commit``,
        ``forget.push``, ``forget.sweep``. Only where ``own_history``.
        """
        ...


def open_place(settings: Settings) -> Place:
    """The place that the settings name; nothing is read or made yet."""
    if settings.comments_git == "clone":
        return Clone(settings)
    if settings.comments_git == "here":
        return Here(settings)
    return Off(settings.comments_folder)


@dataclass(frozen=True, slots=True)
class Off:
    """Files only: what lies in the folder counts."""

    folder: Path
    keeps_history: bool = False
    own_history: bool = False

    def refresh(self, believed: str | None, allowed: str | None = None) -> None:
        """Nothing to make ready."""

    def base(self, since: str | None) -> None:
        """Without history everything is compared."""

    def changes(self, since: str | None) -> Iterator[Found]:
        for thread in self._threads():
            for name in sorted(_listed(self.folder / thread)):
                if where := place(f"{thread}/{name}", ""):
                    yield self._found(*where)

    def find(self, comment_id: str) -> list[Found]:
        places = [
            thread
            for thread in self._threads()
            if place(f"{thread}/{comment_id}.md", "")
            and os.path.lexists(self.folder / thread / f"{comment_id}.md")
        ]
        return [self._found(thread, comment_id) for thread in places]

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        return False

    def commit(self, paths: Sequence[PurePosixPath], message: str, step: Step) -> None:
        """Nothing to commit to."""

    def forget(self, files: Sequence[PurePosixPath], step: Step) -> str:
        raise ValueError("a folder without history has nothing to forget")

    def _threads(self) -> list[str]:
        return sorted(name for name in _listed(self.folder) if THREAD_PATTERN.fullmatch(name))

    def _found(self, thread: str, comment_id: str) -> Found:
        if (self.folder / thread).is_symlink():
            return Found(thread, comment_id, None, FOLDER_PROBLEM)
        data, problem = _plain(self.folder / thread / f"{comment_id}.md")
        return Found(thread, comment_id, data, problem)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone, no path for each
    except (FileNotFoundError, NotADirectoryError):
        return []


def _plain(path: Path) -> tuple[bytes | None, str | None]:
    """The bytes of a plain file, or why it is none."""
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return None, FOLDER_PROBLEM
            if about.st_size > MAX_FILE_BYTES:
                return None, TOO_LARGE
            return file.read(), None
    except FileNotFoundError:
        return None, None
    except OSError:
        return None, PROBLEMS["120000"] if path.is_symlink() else FOLDER_PROBLEM
