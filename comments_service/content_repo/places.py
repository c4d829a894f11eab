"""Where comment files count, in each mode of ``TERTULIA_COMMENTS_GIT``, behind one interface.

off     the folder ``content/comments``; no history
here    the blog's own checkout, which staff work in: committed there, nothing else touched
clone   a private clone of the comments' branch: committed and pushed
"""

import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from ..config import site_files, thread_file
from ..config.settings import Settings
from ..domain.comments import THREAD_PATTERN
from ..errors import N_, CannotWrite
from .clone import Clone
from .files import Step
from .files import read_setting as content_of
from .git import MAX_FILE_BYTES
from .here import Here
from .trees import FOLDER_PROBLEM, PROBLEMS, TOO_LARGE, Found, place

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold us


class Place(Protocol):
    """Where comment files are written and which of them count.

    folder: root of the comment files to write to; ``snapshot`` is for reading.
    branch: ``here``: the branch that is checked out, None while none is; elsewhere None.
    keeps_history: whether a commit tells what was there before.
    own_history: whether that history holds nothing but comments, so that ``forget`` may
        rewrite it.
    """

    @property
    def folder(self) -> Path: ...
    @property
    def branch(self) -> str | None: ...
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

    def reach(self, seconds: float) -> None:
        """Whether publishing would get there now; nothing is changed. Raises GitFailed."""
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

    def settings(self) -> dict[str, bytes | None]:
        """What staff set, the files of ``config.site_files`` at the head, by name below
        ``folder``; None: no plain file, or too large."""
        ...

    def edited(self, name: str) -> bool:
        """``here``: whether such a file, as it lies in folder or index, is not the head's.
        Elsewhere False."""
        ...

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        """``here``: whether the file, as it lies in folder or index, is not the head's.

        That is a member of staff's edit, or what a killed run of ours wrote: compare it with
        what is wanted. Elsewhere False.
        """
        ...

    def snapshot(self) -> Path:
        """The folder that a build reads: nothing in it but what counts.

        ``here``: made from HEAD when that has other comments than last time. Elsewhere
        ``folder``. Raises GitFailed, CannotWrite.
        """
        ...

    def ignored(self, paths: Collection[PurePosixPath]) -> set[PurePosixPath]:
        """``here``: those that a .gitignore keeps out; ``commit`` leaves them out too, and
        fails only when it is all of them. Elsewhere none."""
        ...

    def recalls(self, ids: Collection[str], since: str | None) -> set[str]:
        """Of these erased comments, those that came back into a history of their own.

        That is: whose id is in the name of a file that some commit after ``since`` (None: any
        commit) holds and that is no tombstone, whatever the head looks like: a merge from a
        clone that still had the old history brings it back whole. Elsewhere none.
        """
        ...

    def commit(
        self, files: Mapping[PurePosixPath, str], message: str, step: Step, looked: str | None
    ) -> str | None:
        """Commit these files on top of ``looked``, and push them in ``clone``; the new head.

        files: below ``folder``, ``<thread>/<id>.md``, each with the digest of what was written
        (``commentfile.digest``). message: ids and plain words; a colon or any other sign of a
        trailer is a ValueError. looked: the head that the last look saw, None while there is
        none. Nothing changed: the head as it is.
        Steps: ``commit.add``, ``commit.commit``, ``commit.push``.

        Raises PushRejected when the head is another than ``looked`` or a file is committed
        with other bytes than were written: look again, at all since ``looked``. A commit that
        was made may stay then. Also RemoteUnavailable, RepositoryBusy, GitFailed, CannotWrite.
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
    branch: None = None
    keeps_history: bool = False
    own_history: bool = False

    def refresh(self, believed: str | None, allowed: str | None = None) -> None:
        """Nothing to make ready."""

    def reach(self, seconds: float) -> None:
        """A folder is always there, or made."""

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

    def settings(self) -> dict[str, bytes | None]:
        found = {}
        for below in (site_files.FOLDER, site_files.RULES):
            for each in sorted(_listed(self.folder / below)):
                if site_files.is_site_file(name := f"{below}/{each}"):
                    found[name] = content_of(self.folder, name)
        for name in (thread_file.name_of(each) for each in self._threads()):
            if os.path.lexists(self.folder / name):
                found[name] = content_of(self.folder, name)
        return found

    def edited(self, name: str) -> bool:
        return False

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        return False

    def snapshot(self) -> Path:
        return self.folder

    def ignored(self, paths: Collection[PurePosixPath]) -> set[PurePosixPath]:
        return set()

    def recalls(self, ids: Collection[str], since: str | None) -> set[str]:
        return set()

    def commit(
        self, files: Mapping[PurePosixPath, str], message: str, step: Step, looked: str | None
    ) -> None:
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
    """The names in a folder; none when there is no such folder.

    Raises CannotWrite when it cannot be read: its comments are not gone.
    """
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone, no path for each
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CannotWrite(
            N_("The folder %(folder)s cannot be read: %(why)s"),
            folder=folder,
            why=error.strerror or error,
        ) from error


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
