"""A history of their own for the comments of a blog: a branch that holds nothing else.

An erased comment can then leave history without a commit of staff's being rewritten. The new
branch is made of Git's objects alone; on staff's branch one commit takes the folder out of
Git, and all else in their index and folder stays as it is.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..config.site_files import FOLDER as SETTINGS
from ..errors import N_, CannotStart
from .git import Git
from .here import check_idle
from .told import explained
from .trees import ATTRIBUTES, PLAIN, Item, Tree, head_of, is_setting, place

BRANCH = "comments"
FOLDER = "content/comments"
IGNORED = f"/{FOLDER}/\n".encode()
"""The line in staff's ``.gitignore``."""

_LEFT_OUT = (".gitkeep", ".gitattributes")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Separated:
    """What was done, and what is to be done now.

    branch: of the comments. files: how many it holds.
    remote: the repository to name in the settings: staff's remote, or their own folder.
    pushed: branches to push there, staff's too if it got a commit; none for their folder.
    """

    branch: str
    files: int
    remote: str
    pushed: Sequence[str]

    @property
    def settings(self) -> Mapping[str, str]:
        """What is to be set for production."""
        return {
            "TERTULIA_COMMENTS_GIT": "clone",
            "TERTULIA_COMMENTS_REMOTE": self.remote,
            "TERTULIA_COMMENTS_BRANCH": self.branch,
        }


def begin(blog: Path, branch: str = BRANCH) -> Separated | None:
    """Give a blog that was just made a repository, and its comments a branch in it.

    Nothing of the blog is committed: its first commit is staff's. None when the blog lies in
    a repository that is in use already: that is theirs, and ``separate`` is for it.

    Raises GitFailed, also when there is no Git.
    """
    git = Git(blog)
    top = git.ask("rev-parse", "--show-toplevel")
    if top.code:
        git.run("init", "--quiet", "--initial-branch=main")
    elif _path(top.out) != blog.resolve() or head_of(git):
        return None
    return _begun(git, blog, branch)


def separate(blog: Path, branch: str = BRANCH) -> Separated:
    """Move the comments of a blog from staff's branch to ``branch``.

    The branch's root holds every comment file that is committed or lies in the folder; the
    files themselves stay on the disk. Cut short, it is finished by running it again.

    Raises CannotStart when there are changes of staff's to keep, or such a branch already;
    RepositoryBusy, GitFailed.
    """
    top = _path(Git(blog).run("rev-parse", "--show-toplevel"))
    git = Git(top)
    check_idle(git)
    head = head_of(git)
    if head is None:
        return _begun(git, blog, branch)
    inside = blog.resolve().relative_to(top)
    tree = Tree(git, (inside / FOLDER).as_posix())
    ignore = (inside / ".gitignore").as_posix()
    tracked = list(tree.items(head))
    made = head_of(git, f"refs/heads/{branch}")
    if made is not None and not tracked:
        _untrack(git, tree, ignore, head)
        return _separated(git, branch, made, staff=True)
    _refuse_branch(git, branch)
    loose = _loose(git, tree, ignore, head)
    root = _root(git, tree, tracked, loose)
    commit = _without(git, tree, ignore, head)
    _write(top / ignore, _ignoring(git, ignore, head))
    # Both branches move in one step, or none.
    moves = f"create refs/heads/{branch} {root}\nupdate HEAD {commit} {head}\n"
    git.run("update-ref", "-m", "comments: own history", "--stdin", stdin=moves.encode())
    _untrack(git, tree, ignore, commit)
    return _separated(git, branch, root, staff=True)


def _begun(git: Git, blog: Path, branch: str) -> Separated:
    """A first, empty commit of the comments' branch, in a repository without any commit."""
    _refuse_branch(git, branch)
    tree = Tree(git, FOLDER)
    loose = _loose_comments(blog / FOLDER)
    root = _root(replace(git, folder=blog), tree, [], [f"{FOLDER}/{name}" for name in loose])
    ignore = blog / ".gitignore"
    _write(ignore, _with_line(ignore.read_bytes() if ignore.is_file() else b""))
    git.run("update-ref", f"refs/heads/{branch}", root, "")
    return _separated(git, branch, root, staff=False)


def _separated(git: Git, branch: str, made: str, *, staff: bool) -> Separated:
    own = git.line("symbolic-ref", "--short", "HEAD")
    told = git.ask("config", "--get", "remote.origin.url")
    address = os.fsdecode(told.out).rstrip("\n")
    # A user's name in front of an ssh address is part of it; a web address's may be a secret.
    remote = _PASSWORD.sub("", address) if address.startswith("http") else address
    files = sum(place(item.path, "") is not None for item in Tree(git, "").items(made))
    if told.code or not remote:
        return Separated(branch, files, str(git.folder), ())
    return Separated(branch, files, remote, (own, branch) if staff else (branch,))


def _refuse_branch(git: Git, branch: str) -> None:
    names = (f"refs/heads/{branch}", f"refs/remotes/*/{branch}")
    found = git.line("for-each-ref", "--format=%(refname:short)", *names).splitlines()
    if found:
        raise CannotStart(
            N_("There is a branch %(branch)s already. Name another one with --branch."),
            branch=found[0],
        )


def _loose(git: Git, tree: Tree, ignore: str, head: str) -> list[str]:
    """Comment files that were never committed. Raises CannotStart for changes of staff's."""
    told = git.run(
        *("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"),
        *("--ignored=matching", "--", tree.path, ignore),
    )
    lines = [os.fsdecode(line) for line in told.split(b"\0")[:-1]]
    changed = [line[3:] for line in lines if line[:2] not in ("??", "!!")]
    if ignore in changed and _is_ours(git, ignore, head):
        changed.remove(ignore)
    if ignore in (line[3:] for line in lines if line.startswith("??")):
        changed.append(ignore)
    if changed:
        raise CannotStart(
            N_("%(file)s has changes that are not committed. Commit them, then try again."),
            file=changed[0],
        )
    known = {item.path for item in tree.items(head)}
    found = (tree.full(PurePosixPath(name)) for name in _loose_comments(git.folder / tree.path))
    return [name for name in found if name not in known]


def _loose_comments(folder: Path) -> list[str]:
    """Every comment and every setting of staff's that is a plain file in a plain folder."""
    found = []
    for path in sorted([*folder.glob("*/*.md"), *folder.glob(f"{SETTINGS}/**/*")]):
        name = path.relative_to(folder)
        has_place = place(name.as_posix(), "") or is_setting(name.as_posix(), "")
        is_linked = any((folder / each).is_symlink() for each in [name, *name.parents][:-1])
        if has_place and path.is_file() and not is_linked:
            found.append(name.as_posix())
    return found


def _root(git: Git, tree: Tree, tracked: Sequence[Item], loose: Sequence[str]) -> str:
    """The first commit of the comments' branch: comments at its root."""
    lines = [f"100644 {_stored(git, ATTRIBUTES)}\t.gitattributes\0"]
    for item in tracked:
        name = item.path.removeprefix(f"{tree.path}/")
        if item.mode != PLAIN:
            raise CannotStart(
                N_("%(file)s is no plain file: take it out of the comments first."), file=item.path
            )
        if name.rsplit("/", 1)[-1] not in _LEFT_OUT:
            lines.append(f"{PLAIN} {item.blob}\t{name}\0")
    for path in loose:
        blob = _stored(git, (git.folder / path).read_bytes())
        lines.append(f"{PLAIN} {blob}\t{path.removeprefix(f'{tree.path}/')}\0")
    with _index(git) as index:
        git.run("update-index", "-z", "--index-info", stdin=_bytes(lines), index=index)
        made = git.line("write-tree", index=index)
    return git.line("commit-tree", "-m", "Comments", made)


def _without(git: Git, tree: Tree, ignore: str, head: str) -> str:
    """A commit after staff's that no longer has the comments' folder, and ignores it."""
    with _index(git) as index:
        git.run("read-tree", head, index=index)
        lines = _taken_out(git, tree, ignore, head)
        git.run("update-index", "-z", "--index-info", stdin=lines, index=index)
        made = git.line("write-tree", index=index)
    message = "Comments have a history of their own"
    return git.line("commit-tree", "-p", head, "-m", message, made)


def _untrack(git: Git, tree: Tree, ignore: str, head: str) -> None:
    """Bring staff's index to their new commit, for these paths alone."""
    git.run("update-index", "-z", "--index-info", stdin=_taken_out(git, tree, ignore, head))
    git.ask("update-index", "-q", "--refresh")


def _taken_out(git: Git, tree: Tree, ignore: str, head: str) -> bytes:
    """For ``git update-index --index-info``: the folder goes, the line of .gitignore comes."""
    below = git.run("ls-files", "-z", "--", f"{tree.path}/").split(b"\0")[:-1]
    paths = {*(os.fsdecode(path) for path in below), *(item.path for item in tree.items(head))}
    lines = [f"0 {'0' * 40}\t{path}\0" for path in sorted(paths)]
    blob = _stored(git, _ignoring(git, ignore, head))
    return _bytes([*lines, f"{PLAIN} {blob}\t{ignore}\0"])


def _ignoring(git: Git, ignore: str, head: str) -> bytes:
    answer = git.ask("cat-file", "blob", f"{head}:{ignore}")
    return _with_line(b"" if answer.code else answer.out)


def _is_ours(git: Git, ignore: str, head: str) -> bool:
    """Whether the only change is the line that an earlier run wrote."""
    file = git.folder / ignore
    return file.is_file() and file.read_bytes() == _ignoring(git, ignore, head)


def _with_line(ignore: bytes) -> bytes:
    if IGNORED in ignore.splitlines(keepends=True):
        return ignore
    return ignore + (b"" if ignore.endswith(b"\n") or not ignore else b"\n") + IGNORED


def _write(file: Path, data: bytes) -> None:
    """Replace a file whole. Raises GitFailed."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        raise explained(str(error), file.parent) from error


def _stored(git: Git, data: bytes) -> str:
    return git.line("hash-object", "-w", "--stdin", "--no-filters", stdin=data)


@contextmanager
def _index(git: Git) -> Iterator[str]:
    """An index of our own, so that staff's is not touched."""
    path = _path(git.run("rev-parse", "--absolute-git-dir")) / "tertulia-index"
    path.unlink(missing_ok=True)
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def _bytes(lines: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(line) for line in lines)


def _path(printed: bytes) -> Path:
    return Path(os.fsdecode(printed).rstrip("\n"))
