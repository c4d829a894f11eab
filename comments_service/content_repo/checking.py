"""What a commit of comments may hold: comments and what staff set, at their places.

For a CI that builds what the service pushes: whoever gets hold of the service's key must not
be able to change a post, a template or the CI's own recipe, nor to smuggle in a link.

A file that is gone is no fault: staff remove and move comments, and nothing can hide in what
is not there. A merge is one: neither the service nor a correction needs it.

A version of a rule that was there before and changes is told, not refused: decisions cite it, and
only a person knows whether a slip was mended or somebody's reasons were rewritten.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from .. import commentfile
from ..config import site_files
from ..errors import N_, Fault, InvalidCommentFile
from .git import Git
from .trees import (
    ATTRIBUTES,
    FOLDER_PROBLEM,
    GONE,
    PLAIN,
    PROBLEMS,
    TOO_LARGE,
    Item,
    difference,
    is_setting,
    place,
)

CHANGED_RULE = N_(
    "is a version of a rule that decisions may cite, and its words changed:"
    " put it back and write a new version"
)
_NOTHING = "0" * 40


def check_commit(repository: Path, commits: str, path: str = "content/comments") -> list[Fault]:
    """Every fault of these commits; none means they may be built.

    commits: one commit, or a range ``old..new``; an ``old`` of zeros, which hosting services
        name for a new branch, means everything up to ``new``.
    path: folder of the comments in that history, ``""`` when it holds nothing else (then a
        ``.gitattributes`` with ``* -text`` may stand beside them).

    Raises GitFailed when there is no such repository or commit.
    """
    git = Git(repository)
    return [
        fault
        for commit, parents in _commits(git, commits)
        for fault in _faults(git, commit, parents, path.strip("/"))
    ]


def changed_rules(repository: Path, commits: str, path: str = "content/comments") -> list[Fault]:
    """A warning for each version of a rule that these commits change or take away.

    commits, path: as for ``check_commit``. Raises GitFailed.
    """
    git, below = Git(repository), path.strip("/")
    return [
        Fault(f"{commit[:10]}:{name}", CHANGED_RULE)
        for commit, _parents in _commits(git, commits)
        for name in _changed(git, commit)
        if _is_rule(name, below)
    ]


def _changed(git: Git, commit: str) -> list[str]:
    """Files that were there before and that this commit changes or removes."""
    told = git.run(
        *("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-commit-id"),
        *("--diff-filter=MTD", commit),
    )
    return [os.fsdecode(name) for name in told.split(b"\0")[:-1]]


def _commits(git: Git, commits: str) -> Iterator[tuple[str, int]]:
    """Each commit and how many parents it has, oldest first."""
    wanted = commits.removeprefix(f"{_NOTHING}..")
    only = [] if ".." in commits else ["--no-walk"]
    listed = git.line("rev-list", "--parents", "--reverse", *only, "--end-of-options", wanted)
    for line in listed.splitlines():
        commit, *parents = line.split(" ")
        yield commit, len(parents)


def _faults(git: Git, commit: str, parents: int, path: str) -> Iterator[Fault]:
    short = commit[:10]
    if parents > 1:
        yield Fault(short, N_("is a merge, which a commit of comments never is"))
        return
    raw = git.run(
        "diff-tree", "--root", "-r", "-z", "--raw", "--no-renames", "--no-commit-id", commit
    )
    items = list(difference(raw))
    plain = [item for item in items if item.mode == PLAIN]
    bytes_of = dict(
        zip((item.path for item in plain), git.blobs(i.blob for i in plain), strict=True)
    )
    for item in items:
        yield from _faults_of(item, bytes_of.get(item.path), f"{short}:{item.path}", path)


def _faults_of(item: Item, data: bytes | None, where: str, path: str) -> Iterator[Fault]:
    own = not path and item.path == ".gitattributes"
    setting = is_setting(item.path, path)
    if place(item.path, path) is None and not own and not setting:
        yield Fault(where, N_("is no comment's place: such a commit touches comments alone"))
    elif item.mode == GONE:
        return
    elif item.mode != PLAIN:
        yield Fault(where, PROBLEMS.get(item.mode, FOLDER_PROBLEM))
    elif data is None:
        yield Fault(where, TOO_LARGE)
    elif own:
        if data != ATTRIBUTES:
            yield Fault(where, N_("may only say that the bytes of comments are never changed"))
    elif setting:
        for fault in site_files.faults_of(_below(item.path, path), data):
            yield Fault(_inside(where, fault.where), fault.message, **fault.values)
    else:
        try:
            commentfile.loads(data, item.path)
        except InvalidCommentFile as error:
            yield Fault(_inside(where, error.key), error.message, **error.values)


def _is_rule(name: str, below: str) -> bool:
    return is_setting(name, below) and _below(name, below).startswith(f"{site_files.RULES}/")


def _below(name: str, below: str) -> str:
    return name[len(below) + 1 :] if below else name


def _inside(where: str, key: str) -> str:
    return f"{where} ({key})" if key else where
