"""Comments in a private clone of their branch: committed there, pushed, never forced.

Here alone the publisher resets, cleans and removes stale locks: nothing of anybody's is in
it. The remote's branch is what counts, so a commit that was not pushed is dropped and made
again, and whatever kills the process, the next ``refresh`` begins from the remote.

The caller holds the publisher's lock. On top, each Git command holds the clone's own lock
for as long as it lives: after a SIGKILL of the service, its orphan is waited for.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..config.settings import Settings
from ..errors import N_, GitFailed, HistoryRewritten, PushRejected, RemoteUnavailable
from . import erasing
from .addresses import masked, masked_address, protocol_of
from .checkout import check_out, check_plain
from .files import Step
from .git import FIRST_FETCH_SECONDS, NETWORK_SECONDS, Git
from .private import (
    BrokenClone,
    check_folders,
    held,
    is_whole,
    may_make_again,
    new_clone,
    note_works,
    put_in_place,
    remove_locks,
)
from .recalled import recalled
from .saying import checked, listed, refuse_message
from .told import explained, explained_remote, is_broken
from .trees import ATTRIBUTES, Found, Tree, are_at, head_of, is_ancestor


class Clone:
    """The private clone that the settings describe; see ``Place``."""

    branch = None
    keeps_history = True

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.comments_folder
        self.own_history = not settings.comments_path
        self._settings = settings
        self._root = settings.clone_folder
        self._address = _absolute(settings.comments_remote or "", settings.blog)
        self._remote = masked_address(self._address)
        self._branch = settings.comments_branch
        self._tracked = f"refs/remotes/origin/{self._branch}"
        self._git = Git(self._root, ceiling=self._root.parent, more=self._config())
        self._tree = Tree(self._git, settings.comments_path)

    def refresh(self, believed: str | None, allowed: str | None = None) -> str | None:
        """The remote branch's head, now checked out; None while there is no such branch.

        Raises RemoteUnavailable, HistoryRewritten (``detail``: the head to allow, or ""),
        GitFailed.
        """
        check_folders(self._settings)
        with self._working() as git:
            try:
                return self._follow(git, believed, allowed)
            except BrokenClone as broken:
                if not may_make_again(self._root):
                    raise broken.cause from broken
            try:
                self._make(git)
                return self._follow(git, believed, allowed)
            except BrokenClone as broken:
                raise broken.cause from broken

    def reach(self, seconds: float) -> None:
        """Ask the remote for its branch; nothing is fetched or changed. Raises GitFailed."""
        git = replace(self._git, folder=self._root.parent, ceiling=self._root.parent.parent)
        answer = git.ask("ls-remote", "--heads", "origin", self._branch, seconds=seconds)
        if answer.code:
            raise explained_remote(answer.told, self._remote, git.folder)

    def base(self, since: str | None) -> str | None:
        head = head_of(self._git)
        if since is None or head is None:
            return None
        known = (since, erasing.successor(self._root, since))
        return next((each for each in known if is_ancestor(self._git, each, head)), None)

    def changes(self, since: str | None) -> Iterator[Found]:
        return self._tree.changes(self.base(since), head_of(self._git))

    def find(self, comment_id: str) -> list[Found]:
        return self._tree.find(comment_id, head_of(self._git))

    def settings(self) -> dict[str, bytes | None]:
        return self._tree.settings(head_of(self._git))

    def edited(self, name: str) -> bool:
        return False

    def uncommitted(self, thread: str, comment_id: str) -> bool:
        return False

    def snapshot(self) -> Path:
        return self.folder

    def ignored(self, paths: Collection[PurePosixPath]) -> set[PurePosixPath]:
        return set()

    def recalls(self, ids: Collection[str], since: str | None) -> set[str]:
        head = head_of(self._git) if self.own_history and ids else None
        return set() if head is None else recalled(self._git, ids, self.base(since), head)

    def commit(
        self, files: Mapping[PurePosixPath, str], message: str, step: Step, looked: str | None
    ) -> str | None:
        """See ``Place``. A push that fails leaves nothing: ``refresh`` goes back to the remote.

        Raises PushRejected, RemoteUnavailable, GitFailed, CannotWrite.
        """
        refuse_message(message)
        names = [self._tree.full(path) for path in checked(list(files))]
        with self._working() as git:
            if head_of(git) != looked:
                raise self._overtaken()
            step("commit.add")
            self._add(git, names)
            if git.ask("diff", "--cached", "--quiet", "--no-ext-diff").code:
                step("commit.commit")
                git.commit(message)
            head = head_of(git)
            if head is None or not are_at(git, head, dict(zip(names, files.values(), strict=True))):
                raise self._overtaken()
            if head != head_of(git, self._tracked):
                step("commit.push")
                self._push(git, f"HEAD:refs/heads/{self._branch}")
                _pack(git)
            return head

    def _overtaken(self) -> PushRejected:
        return PushRejected(
            "", N_("Somebody changed the comments in %(folder)s meanwhile."), folder=self.folder
        )

    def forget(self, files: Sequence[PurePosixPath], step: Step) -> str:
        """See ``Place`` and ``erasing.erase``. Only after a ``refresh`` in the same run.

        Raises PushRejected, RemoteUnavailable, GitFailed.
        """
        if not self.own_history:
            raise ValueError("only a history of its own may be rewritten")
        names = [str(path) for path in checked(files)]
        with self._working() as git:
            old = head_of(git, self._tracked)
            if old is None or head_of(git) != old:
                raise ValueError("refresh first: there is nothing on the remote to rewrite")

            def push() -> None:
                lease = f"--force-with-lease=refs/heads/{self._branch}:{old}"
                self._push(git, f"HEAD:refs/heads/{self._branch}", lease)

            return erasing.erase(git, self._branch, names, step, push)

    @contextmanager
    def _working(self) -> Iterator[Git]:
        try:
            with held(self._root) as lock:
                yield replace(self._git, lock=lock)
        except OSError as error:
            raise explained(str(error), self._root) from error

    def _config(self) -> dict[str, str]:
        """The address stands in no file of the clone and on no command line: it may hold a
        password."""
        protocol = protocol_of(self._address)
        return {
            "remote.origin.url": self._address,
            "remote.origin.fetch": f"+refs/heads/{self._branch}:{self._tracked}",
            f"protocol.{protocol}.allow": "always",
            "core.symlinks": "false",
            "core.logAllRefUpdates": "false",  # an erased comment must not stay in a reflog
        }

    def _identity(self) -> str:
        return f"{self._remote}\n{self._branch}\n"

    def _make(self, git: Git) -> None:
        """A new clone beside, then in its place: whole or not at all."""
        with new_clone(self._root, self._branch, self._identity(), git) as beside:
            self._fetch(beside, FIRST_FETCH_SECONDS)
            put_in_place(beside.folder, self._root)

    def _follow(self, git: Git, believed: str | None, allowed: str | None) -> str | None:
        if not is_whole(self._root, self._identity()):
            self._make(git)
        remove_locks(self._root)
        try:
            head = self._fetch(git, NETWORK_SECONDS)
            self._check_history(git, head, believed, allowed)
            check_out(replace(self._tree, git=git), self._branch, head, self.folder)
        except (RemoteUnavailable, HistoryRewritten):
            raise
        except GitFailed as error:
            if is_broken(error.detail):
                raise BrokenClone(error) from error
            raise
        erasing.finish(git)
        note_works(self._root)
        return head

    def _fetch(self, git: Git, seconds: float) -> str | None:
        answer = git.ask(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "origin"),
            f"+refs/heads/{self._branch}:{self._tracked}",
            seconds=seconds,
        )
        if not answer.code:
            return head_of(git, self._tracked)
        if "couldn't find remote ref" in answer.told:
            git.run("update-ref", "-d", self._tracked)
            return None
        error = explained_remote(answer.told, self._remote, git.folder)
        if is_broken(answer.told) and git.folder == self._root:
            raise BrokenClone(error) from error
        raise error

    def _check_history(
        self, git: Git, head: str | None, believed: str | None, allowed: str | None
    ) -> None:
        if believed is None or (head is not None and head == allowed):
            return
        if head is not None and (
            is_ancestor(git, believed, head)
            or is_ancestor(git, erasing.successor(self._root, believed), head)
        ):
            return
        if head is None:
            raise HistoryRewritten(
                "",
                N_(
                    "There is no branch %(branch)s in %(remote)s. Look at"
                    " TERTULIA_COMMENTS_BRANCH; if it is right, push that branch back."
                ),
                remote=self._remote,
                branch=self._branch,
            )
        raise HistoryRewritten(
            head,
            N_(
                "The history of the comments in %(remote)s (branch %(branch)s) was rewritten by"
                " somebody else, so nothing is published until a person has looked at it. If it"
                " was not meant, push commit %(commit)s back; if it was: tertulia reconcile"
                " --believe"
            ),
            remote=self._remote,
            branch=self._branch,
            commit=believed[:12],
        )

    def _add(self, git: Git, names: Sequence[str]) -> None:
        check_plain(git, names, listed(git, names, "--stage"))
        if self.own_history and head_of(git) is None:
            (self._root / ".gitattributes").write_bytes(ATTRIBUTES)
            names = [".gitattributes", *names]
        known = set(listed(git, names))
        given = [name for name in names if name in known or os.path.lexists(self._root / name)]
        if given:
            stdin = b"\0".join(os.fsencode(name) for name in given)
            # Whatever a .gitignore of the operator says: these are the files that count.
            options = ("--force", "--pathspec-from-file=-", "--pathspec-file-nul")
            git.run("add", *options, stdin=stdin)

    def _push(self, git: Git, refs: str, *options: str) -> None:
        answer = git.ask(
            *("push", "--porcelain", "--no-verify", *options, "origin", refs),
            seconds=NETWORK_SECONDS,
        )
        if answer.code:
            told = masked(answer.out.decode("utf-8", "replace"), self._address) + answer.told
            raise explained_remote(told, self._remote, self._root)


def _pack(git: Git) -> None:
    """Put loose objects together when there are many: after the push, nobody waits for it."""
    more = {**git.more, "gc.auto": "6700", "gc.autoDetach": "false"}
    replace(git, more=more).ask("gc", "--auto", "--quiet")


def _absolute(address: str, blog: Path) -> str:
    """A folder as seen from the blog; any other address as it is."""
    if "://" not in address and protocol_of(address) == "file":
        return str((blog / Path(address).expanduser()).resolve())
    return address
