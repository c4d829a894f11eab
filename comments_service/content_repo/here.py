"""Comments committed in the blog's own checkout, in which staff work.

Only the comment files of a run are committed, whatever else lies in the folder or the index.
Never: reset, clean, checkout, stash, push, merge, the removal of a lock. When staff are in
the middle of something, it waits and says of what. Packing is left to staff's own commands.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..config import Settings
from ..errors import N_, GitFailed, RepositoryBusy
from .files import Step
from .git import Git
from .saying import checked, listed, message_of
from .trees import Found, Tree, head_of, holds

# gitrepository-layout(5) and git's own wt-status.c: what each unfinished act leaves.
_UNFINISHED = {
    "MERGE_HEAD": N_("A merge is not finished in %(folder)s. Publishing goes on after it."),
    "rebase-merge": N_("A rebase is not finished in %(folder)s. Publishing goes on after it."),
    "rebase-apply": N_("A rebase is not finished in %(folder)s. Publishing goes on after it."),
    "CHERRY_PICK_HEAD": N_(
        "A cherry-pick is not finished in %(folder)s. Publishing goes on after it."
    ),
    "REVERT_HEAD": N_("A revert is not finished in %(folder)s. Publishing goes on after it."),
    "sequencer": N_("A cherry-pick is not finished in %(folder)s. Publishing goes on after it."),
    "BISECT_LOG": N_("A bisect is not finished in %(folder)s. Publishing goes on after it."),
    "index.lock": N_(
        "Git is at work in %(folder)s. If nobody is, a command was cut short there: "
        "delete the file that ends in .lock."
    ),
}

_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")
"""There may be more files than a command line holds."""


def check_idle(git: Git) -> None:
    """Raises RepositoryBusy when committing now would meddle with what staff are doing."""
    own = Path(git.line("rev-parse", "--absolute-git-dir"))
    for name, message in _UNFINISHED.items():
        if os.path.lexists(own / name):
            raise RepositoryBusy("", message, folder=git.folder)
    if git.run("ls-files", "-z", "--unmerged"):
        raise RepositoryBusy(
            "",
            N_("Files with conflicts lie in %(folder)s. Publishing goes on once they are solved."),
            folder=git.folder,
        )
    if git.ask("symbolic-ref", "--quiet", "HEAD").code:
        raise RepositoryBusy(
            "",
            N_(
                "No branch is checked out in %(folder)s, so a commit could get lost. Publishing "
                "goes on when one is."
            ),
            folder=git.folder,
        )


class Here:
    """The checkout that holds the blog; see ``Place``. The blog may be a folder inside it."""

    keeps_history = True
    own_history = False

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.comments_folder
        self._blog = settings.blog
        self._opened: Tree | None = None

    def refresh(self, believed: str | None, allowed: str | None = None) -> str | None:
        """HEAD, when committing is possible now.

        Staff may rewrite history that they did not share: the believed head is not held
        against this one. A repository without a commit is busy: its first one is staff's.

        Raises RepositoryBusy, GitFailed.
        """
        git = self._tree().git
        check_idle(git)
        head = head_of(git)
        if head is None:
            raise RepositoryBusy(
                "",
                N_("The repository in %(folder)s has no commit yet: commit the blog first."),
                folder=git.folder,
            )
        return head

    def base(self, since: str | None) -> str | None:
        return since if since is not None and holds(self._tree().git, since) else None

    def changes(self, since: str | None) -> Iterator[Found]:
        tree = self._tree()
        return tree.changes(self.base(since), head_of(tree.git))

    def find(self, comment_id: str) -> list[Found]:
        tree = self._tree()
        return tree.find(comment_id, head_of(tree.git))

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        tree = self._tree()
        path = tree.full(checked([PurePosixPath(thread, f"{comment_id}.md")])[0])
        return bool(
            tree.git.run(
                *("status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching"),
                *("--no-renames", "--", path),
            )
        )

    def commit(self, paths: Sequence[PurePosixPath], message: str, step: Step) -> str | None:
        """See ``Place``. Killed between two steps, the next run commits what is left.

        Raises RepositoryBusy, GitFailed, CannotWrite.
        """
        message_of(message)
        tree = self._tree()
        head = self.refresh(None)
        names = [tree.full(path) for path in checked(paths)]
        step("commit.add")
        known = set(listed(tree.git, names))
        fresh = [
            name for name in names if name not in known and os.path.lexists(tree.git.folder / name)
        ]
        if fresh:
            tree.git.run("add", "--intent-to-add", *_FROM_STDIN, stdin=_joined(fresh))
        wanted = [name for name in names if name in known or name in set(fresh)]
        if not wanted or not self._differ(tree.git, wanted):
            return head
        step("commit.commit")
        tree.git.commit(message, "--only", *_FROM_STDIN, stdin=_joined(wanted))
        return head_of(tree.git)

    def forget(self, files: Sequence[PurePosixPath], step: Step) -> str:
        raise ValueError("the history of a blog's own checkout is never rewritten")

    def _differ(self, git: Git, names: Sequence[str]) -> bool:
        return any(
            git.ask("diff", "--quiet", "--no-ext-diff", "--no-textconv", "HEAD", "--", *part).code
            for part in (names[at : at + 500] for at in range(0, len(names), 500))
        )

    def _tree(self) -> Tree:
        """The repository that holds the blog. Raises GitFailed when there is none."""
        if self._opened is None:
            git = Git(self._blog)
            top = Path(git.line("rev-parse", "--show-toplevel"))
            try:
                path = self.folder.relative_to(top)
            except ValueError as error:
                raise GitFailed(
                    "",
                    N_("%(folder)s is in no Git repository; `git init` makes one."),
                    folder=self.folder,
                ) from error
            self._opened = Tree(replace(git, folder=top), path.as_posix())
        return self._opened


def _joined(names: Sequence[str]) -> bytes:
    return b"\0".join(os.fsencode(name) for name in names)
