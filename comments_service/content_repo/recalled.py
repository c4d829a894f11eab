"""Erased comments that came back into a history of their own.

Staff who still had the old history and merged it (`git pull`) bring every old commit back,
though the files at the head look as they should. So each commit that is new is looked at.

Source: git-log(1), "--raw" and "-m": a merge is compared with each of its parents.
"""

import os
import re
from collections.abc import Collection, Iterator

from ..commentfile import loads
from ..domain.comments import Tombstone
from ..errors import InvalidCommentFile
from .git import Git
from .trees import FILES, GONE

_LONG_ENOUGH = re.compile(r"[0-9a-z]{26,}")
_ID_CHARS = 26
_THREAD = re.compile(rb'^thread: "([a-z0-9-]{1,100})"$', re.MULTILINE)


def recalled(git: Git, ids: Collection[str], since: str | None, head: str) -> set[str]:
    """Those ids that are in the name of a file which some commit has and is no tombstone.

    since: commits that it holds are not looked at. Raises GitFailed.
    """
    wanted = frozenset(ids)
    if not wanted or since == head:
        return set()
    found: set[str] = set()
    blobs: dict[tuple[str, str], set[str]] = {}
    for mode, blob, path in _changes(git, since, head):
        named = _named(path, wanted)
        if named and mode in FILES:
            blobs.setdefault((blob, path), set()).update(named)
        elif mode != GONE:
            found |= named
    for (each, named), data in zip(
        blobs.items(), git.blobs(blob for blob, _ in blobs), strict=True
    ):
        if data is None or not is_tombstone(data, each[1]):
            found |= named
    return found


def is_tombstone(data: bytes, path: str) -> bool:
    """Whether these bytes are a tombstone, whatever folder staff moved it to."""
    named = _THREAD.search(data)
    if named:
        path = f"{named[1].decode('ascii')}/{path.rsplit('/', 1)[-1]}"
    try:
        return isinstance(loads(data, path), Tombstone)
    except InvalidCommentFile:
        return False


def _changes(git: Git, since: str | None, head: str) -> Iterator[tuple[str, str, str]]:
    """Mode, blob and path of everything that a commit of the range put somewhere."""
    commits = [head] if since is None else [head, f"^{since}"]
    told = git.parts(
        *("log", "--format=", "--raw", "-z", "-m", "--root", "--no-renames", "--no-abbrev"),
        *("--no-show-signature", "--end-of-options", *commits),
    )
    about: list[str] | None = None
    for part in told:
        if about is not None:
            yield about[1], about[3], os.fsdecode(part)
            about = None
        elif part.lstrip(b"\n").startswith(b":"):
            about = part.lstrip(b"\n:").decode("ascii").split(" ")


def _named(path: str, ids: frozenset[str]) -> set[str]:
    """Those of the ids that stand anywhere in the path, in whatever case."""
    return {
        run[at : at + _ID_CHARS]
        for run in _LONG_ENOUGH.findall(path.lower())
        for at in range(len(run) - _ID_CHARS + 1)
        if run[at : at + _ID_CHARS] in ids
    }
