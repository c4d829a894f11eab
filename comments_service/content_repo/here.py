"""Comments committed in the blog's own checkout, in which staff work.

Only the comment files of a run are committed, whatever else lies in the folder or the index.
Never: reset, clean, checkout, stash, push, merge, the removal of a lock. When staff are in
the middle of something, it waits and says of what. Packing is left to staff's own commands.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..commentfile import digest
from ..config.settings import Settings
from ..errors import N_, GitFailed, PushRejected, RepositoryBusy
from .export import exported
from .files import Step
from .git import Git
from .saying import checked, listed, refuse_message
from .trees import Found, Tree, are_at, head_of, holds

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
        self._var = settings.var_folder
        self._opened: Tree | None = None

    @property
    def branch(self) -> str | None:
        answer = self._tree().git.ask("symbolic-ref", "--quiet", "--short", "HEAD")
        return os.fsdecode(answer.out).rstrip("\n") if answer.code == 0 else None

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

    def reach(self, _seconds: float) -> None:
        """Whether committing is possible now. Raises RepositoryBusy, GitFailed."""
        self.refresh(None)

    def base(self, since: str | None) -> str | None:
        return since if since is not None and holds(self._tree().git, since) else None

    def changes(self, since: str | None) -> Iterator[Found]:
        tree = self._tree()
        return tree.changes(self.base(since), head_of(tree.git))

    def find(self, comment_id: str) -> list[Found]:
        tree = self._tree()
        return tree.find(comment_id, head_of(tree.git))

    def settings(self) -> dict[str, bytes | None]:
        tree = self._tree()
        return tree.settings(head_of(tree.git))

    def edited(self, name: str) -> bool:
        return self._is_changed(PurePosixPath(name))

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        return self._is_changed(PurePosixPath(thread, f"{comment_id}.md"))

    def _is_changed(self, file: PurePosixPath) -> bool:
        tree = self._tree()
        path = tree.full(checked([file])[0])
        return bool(
            tree.git.run(
                *("status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching"),
                *("--no-renames", "--", path),
            )
        )

    def snapshot(self) -> Path:
        tree = self._tree()
        return exported(tree, head_of(tree.git), self._var)

    def ignored(self, paths: Collection[PurePosixPath]) -> set[PurePosixPath]:
        named = {self._tree().full(path): path for path in checked(list(paths))}
        return {named[name] for name in self._kept_out(list(named))}

    def recalls(self, ids: Collection[str], since: str | None) -> set[str]:
        return set()

    def commit(
        self, files: Mapping[PurePosixPath, str], message: str, step: Step, looked: str | None
    ) -> str | None:
        """See ``Place``. Killed between two steps, the next run commits what is left.

        Staff may commit or save at any moment, so what came out is looked at afterwards.

        Raises PushRejected, RepositoryBusy, GitFailed, CannotWrite.
        """
        refuse_message(message)
        git = self._tree().git
        digests = self._named(files)
        if self.refresh(None) != looked:
            raise self._overtaken()
        step("commit.add")
        out = self._kept_out(list(digests))
        if len(out) < len(digests):  # else Git itself says so
            digests = {name: digests[name] for name in digests if name not in out}
        names = self._add(git, list(digests))
        wanted = looked
        if names and self._differ(git, names):
            step("commit.commit")
            git.commit(message, "--only", *_FROM_STDIN, stdin=_joined(names))
            wanted = head_of(git)
            if wanted is None or head_of(git, f"{wanted}^") != looked:
                raise self._overtaken()
        if not are_at(git, wanted or "HEAD", digests):
            raise self._changed(git, digests)
        return wanted

    def _named(self, files: Mapping[PurePosixPath, str]) -> dict[str, str]:
        """The repository's names of the files, with their digests."""
        paths = checked(list(files))
        return {
            self._tree().full(path): digest
            for path, digest in zip(paths, files.values(), strict=True)
        }

    def _add(self, git: Git, names: Sequence[str]) -> list[str]:
        """Make the new ones known to Git; those that can be committed."""
        known = set(listed(git, names))
        fresh = [n for n in names if n not in known and os.path.lexists(git.folder / n)]
        if fresh:
            git.run("add", "--intent-to-add", *_FROM_STDIN, stdin=_joined(fresh))
        return [name for name in names if name in known or name in set(fresh)]

    def _kept_out(self, names: Sequence[str]) -> set[str]:
        """Those that Git does not know and a .gitignore names. check-ignore(1)."""
        git = self._tree().git
        asked = [f"./{name}" for name in names]  # so that none begins like a pattern
        answer = _ignored(git, asked)
        if answer is None:  # one is behind a link; writing that one says so
            answer = set().union(*(_ignored(git, [each]) or () for each in asked))
        return {name.removeprefix("./") for name in answer}

    def _changed(self, git: Git, digests: Mapping[str, str]) -> GitFailed:
        """Why the files are not committed as they were written: by whom, or by what."""
        for name, wanted in digests.items():
            try:
                there = digest((git.folder / name).read_bytes())
            except OSError:
                there = ""
            if there != wanted or self._differ(git, [name]):
                return self._overtaken()
        return GitFailed(
            "\n".join(digests),
            N_(
                "Git does not keep the comments in %(folder)s as they were written: a line of "
                ".gitattributes (ident, filter, text) changes them. Take that line out, or "
                "publish from a repository of their own (TERTULIA_COMMENTS_GIT=clone)."
            ),
            folder=self.folder,
        )

    def _overtaken(self) -> PushRejected:
        return PushRejected(
            "", N_("Somebody changed the comments in %(folder)s meanwhile."), folder=self.folder
        )

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


def _ignored(git: Git, names: Sequence[str]) -> set[str] | None:
    stdin = _joined(names)
    answer = git.ask("check-ignore", "--stdin", "-z", stdin=stdin, literal=False)
    if answer.code > 1:
        return None
    return {os.fsdecode(each) for each in answer.out.split(b"\0")[:-1]}


def _joined(names: Sequence[str]) -> bytes:
    return b"\0".join(os.fsencode(name) for name in names)
