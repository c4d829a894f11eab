"""Erasing comments from a history of their own: the one exception to "never forced".

Every commit is rewritten without the files, by git-filter-repo; their tombstones are put
back in one new commit; the branch is replaced on the remote only if it still is what was
seen (``--force-with-lease``); what is no longer reachable is removed from the clone. Each
commit that was replaced is noted with its successor before the push, so that whoever
believes in the old one finds the way.

The remote itself keeps what nobody reaches any more until it cleans up: its keeper decides
when (`git gc --prune=now` there; support of the hosting service).

Sources: git-filter-repo's manual (`--partial` keeps remote and reflogs; `--force` as it is no
fresh clone), git-push(1) `--force-with-lease`, git-gc(1).
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from .files import Step
from .git import COMMIT_ID, Git
from .recalled import is_tombstone
from .told import explained
from .trees import head_of

ERASED = "tertulia/erased"
"""In ``.git``: lines of two commit ids, one that was replaced and its successor."""

UNSWEPT = "tertulia/unswept"
"""In ``.git``: there while old objects may still be in the clone."""

MAX_SECONDS = 3600.0
MAX_NOTED = 200
"""Of the commits that were replaced, the newest are noted: nobody believes in older ones."""


def erase(git: Git, branch: str, files: Sequence[str], step: Step, push: Callable[[], None]) -> str:
    """Rewrite the branch without any version of the comments of ``files``; the new head.

    git: the private clone, its head and its files as the remote has them.
    files: ``<thread>/<id>.md``. Any file with one of these ids in its path leaves history, in
        whatever folder it once was; what is put back is, of ``files``, each one that is a
        tombstone at the head now.
    push: replaces the remote's branch, with a lease on the head as it was.

    Interrupted anywhere, ``Clone.refresh`` goes back to the remote's branch, the old or the
    new one, and sweeps.

    Raises PushRejected, RemoteUnavailable, GitFailed.
    """
    old = head_of(git)
    kept = {name: data for name in files if (data := _tombstone(git, name)) is not None}
    step("forget.rewrite")
    _note(git.folder / ".git" / UNSWEPT, "")
    _rewrite(git, branch, sorted({PurePosixPath(name).stem for name in files}))
    step("forget.commit")
    new = _put_back(git, kept)
    if old is not None and new != old:
        _note(git.folder / ".git" / ERASED, _successors(git, old, new))
        step("forget.push")
        push()
    step("forget.sweep")
    finish(git)
    return new


def finish(git: Git) -> None:
    """Remove from the clone what nothing reaches any more, if an erasing left some."""
    own = git.folder / ".git"
    if not (own / UNSWEPT).exists():
        return
    shutil.rmtree(own / "filter-repo", ignore_errors=True)
    for name in ("ORIG_HEAD", "FETCH_HEAD", "tertulia/ids"):
        (own / name).unlink(missing_ok=True)
    git.run("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    git.run("gc", "--quiet", "--prune=now")
    (own / UNSWEPT).unlink()


def successor(root: Path, commit: str) -> str:
    """The commit that took the place of one when comments were erased; else itself."""
    pairs: dict[str, str] = {}
    with suppress(OSError):
        for line in (root / ".git" / ERASED).read_text("ascii", "replace").splitlines():
            old, _, new = line.partition(" ")
            if COMMIT_ID.fullmatch(old) and COMMIT_ID.fullmatch(new):
                pairs[old] = new
    for _ in range(len(pairs)):
        if commit not in pairs:
            break
        commit = pairs[commit]
    return commit


def _successors(git: Git, old: str, new: str) -> str:
    """Lines for ERASED. A commit that became empty is followed by its parent's successor."""
    made: dict[str, str] = {}
    for line in (git.folder / ".git/filter-repo/commit-map").read_text("ascii").splitlines():
        before, _, after = line.partition(" ")
        if COMMIT_ID.fullmatch(after) and set(after) != {"0"}:
            made[before] = after
    told = git.line("rev-list", "--parents", f"--max-count={MAX_NOTED}", "--topo-order", old)
    lines: list[str] = []
    followed: dict[str, str] = {}
    for line in reversed(told.splitlines()):
        before, *parents = line.split(" ")
        ways = (followed.get(each) or made.get(each) for each in parents)
        after = new if before == old else made.get(before) or next(filter(None, ways), "")
        followed[before] = after
        if after and after != before:
            lines.append(f"{before} {after}\n")
    return "".join(lines)


def _tombstone(git: Git, name: str) -> bytes | None:
    answer = git.ask("cat-file", "blob", f"HEAD:{name}")
    return answer.out if not answer.code and is_tombstone(answer.out, name) else None


def _rewrite(git: Git, branch: str, ids: Sequence[str]) -> None:
    own = git.folder / ".git"
    shutil.rmtree(own / "filter-repo", ignore_errors=True)  # else it asks whether to go on
    patterns = "".join(f"regex:(?i){each}\n" for each in ids)
    (own / "tertulia" / "ids").write_text(patterns, "ascii")
    answer = git.ask(
        *("--force", "--partial", "--quiet", "--preserve-commit-hashes"),
        *("--replace-refs", "delete-no-add", "--invert-paths"),
        *("--paths-from-file", str(own / "tertulia" / "ids")),
        *("--refs", f"refs/heads/{branch}"),
        program=(sys.executable, "-m", "git_filter_repo"),
        seconds=MAX_SECONDS,
    )
    if answer.code:
        raise explained(answer.told, git.folder)


def _put_back(git: Git, kept: dict[str, bytes]) -> str:
    """One commit with the tombstones; the working folder as that commit has it."""
    lines = []
    for name, data in kept.items():
        blob = git.line("hash-object", "-w", "--stdin", "--no-filters", stdin=data)
        lines.append(f"100644 {blob}\t{name}\0")
    git.run("update-index", "-z", "--index-info", stdin="".join(lines).encode())
    empty = head_of(git) is None
    if empty or git.ask("diff", "--cached", "--quiet", "--no-ext-diff").code:
        ids = "\n".join(sorted(PurePosixPath(name).stem for name in kept))
        git.commit(f"Erase comments\n\n{ids}", "--allow-empty")
    git.run("reset", "--hard", "--quiet")
    new = head_of(git)
    if new is None:
        raise git.damaged("HEAD")
    return new


def _note(file: Path, line: str) -> None:
    """Append to a file of the clone, on the disk before this returns."""
    with file.open("a", encoding="ascii") as noted:
        noted.write(line)
        noted.flush()
        os.fsync(noted.fileno())
