"""What a private clone has in its folder: comments and what staff set, nothing else of a commit.

Whatever else stands in the branch is known to the index alone, marked as not checked out
(git-update-index(1) "SKIP-WORKTREE BIT"): so a commit keeps it, and neither a name that the
disk refuses nor a few objects that stand for a million files can do harm.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import N_, CannotWrite, GitFailed
from .git import Git
from .trees import FILES, Tree, is_setting

MAX_PATHS = 1_000_000
"""In one commit: about ten times the files of a large blog."""


def check_out(tree: Tree, branch: str, head: str | None, folder: Path) -> None:
    """Make branch, index and the comments' ``folder`` what ``head`` has, whatever was there.

    Raises GitFailed.
    """
    git = tree.git
    away = [] if head is None else _no_comments(tree, head)
    git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    if head is None:
        git.run("update-ref", "-d", f"refs/heads/{branch}")
        git.run("read-tree", "--empty")
    else:
        git.run("update-ref", f"refs/heads/{branch}", head)
        git.run("read-tree", "--reset", "-i", head)
        given = b"".join(os.fsencode(name) + b"\0" for name in away)
        git.run("update-index", "-z", "--skip-worktree", "--stdin", stdin=given)
    git.run("clean", "-ffdxq")
    git.run("checkout-index", "--all", "--force", "--index", "--quiet")
    with suppress(OSError):  # Git keeps no empty folder; where this fails, writing says why
        folder.mkdir(parents=True, exist_ok=True)


def _no_comments(tree: Tree, head: str) -> list[str]:
    """The paths of a commit that are neither comment files nor what staff set.

    Raises GitFailed when there are more paths than a blog can have.
    """
    away: list[str] = []
    listed = tree.git.parts("ls-tree", "-r", "-z", "--full-tree", head)
    for number, line in enumerate(listed):
        about, _, name = line.partition(b"\t")
        path = os.fsdecode(name)
        if number >= MAX_PATHS:
            listed.close()
            raise GitFailed(
                path,
                N_(
                    "The branch of the comments holds more than %(most)s files, so it is not "
                    "taken over. Remove what is no comment from it."
                ),
                most=MAX_PATHS,
            )
        has_place = tree.place(path) or is_setting(path, tree.path)
        if about[:6].decode("ascii") not in FILES or not has_place:
            away.append(path)
    return away


def check_plain(git: Git, names: Sequence[str], index: Sequence[str]) -> None:
    """Raises CannotWrite when one of these files, or a folder above it, is none in the commit.

    names: of files, from the top. index: what ``git ls-files --stage`` tells of them.
    """
    for line in index:
        about, _, name = line.partition("\t")
        if not about.startswith(FILES):
            raise _link(name)
    above = {str(each) for name in names for each in Path(name).parents} - {"."}
    for name, kind in _kinds(git, sorted(above)).items():
        # Asked for a folder and one inside it, Git tells all that stands beside the latter too.
        if name in above and kind != "tree":
            raise _link(name)


def _kinds(git: Git, names: Sequence[str]) -> dict[str, str]:
    """What each of these names is at the head: blob, tree, commit."""
    kinds: dict[str, str] = {}
    if git.ask("rev-parse", "--quiet", "--verify", "HEAD").code:
        return kinds
    for at in range(0, len(names), 500):
        for line in git.parts("ls-tree", "-z", "--full-tree", "HEAD", "--", *names[at : at + 500]):
            about, _, name = line.partition(b"\t")
            kinds[os.fsdecode(name)] = about.decode("ascii").split(" ")[1]
    return kinds


def _link(name: str) -> CannotWrite:
    return CannotWrite(
        N_(
            "%(file)s was not written: it or a folder above it is a link. "
            "Comments are written to plain files in plain folders only."
        ),
        file=name,
    )
