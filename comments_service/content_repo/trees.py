"""Comment files as one commit of a Git repository has them.

Read from Git's own objects, never from a working folder, so that what counts is what is
committed; paths are parsed strictly, and anything but a plain file is named as a problem.
A hundred thousand files are read by two processes.

Sources: git-diff-tree(1) "RAW OUTPUT FORMAT", git-ls-tree(1), git-cat-file(1) "BATCH OUTPUT".
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ..commentfile import digest
from ..config.site_files import FOLDER, is_site_file
from ..config.thread_file import NAME as THREAD
from ..domain.comments import ID_PATTERN, THREAD_PATTERN
from ..errors import N_
from .git import COMMIT_ID, Git

ATTRIBUTES = b"* -text\n"
"""``.gitattributes`` of a history of their own: the bytes of a comment are never changed."""

PLAIN = "100644"
FILES = (PLAIN, "100755")
"""What a comment's file may be in the tree; the second is a problem, yet one of bytes."""

GONE = "000000"
PROBLEMS = {
    "120000": N_("is a symbolic link, not a plain file"),
    "100755": N_("is marked as a program, not as a plain file"),
    "160000": N_("is another repository, not a plain file"),
}
FOLDER_PROBLEM = N_("its folder was replaced by something that is no folder")
TOO_LARGE = N_("is too large to be a comment")


@dataclass(frozen=True, slots=True)
class Found:
    """One comment file as the counting state has it.

    thread, id: the place where it stands, whatever its header says.
    data: its bytes; None when it is gone since, or is no plain file.
    problem: why it is no plain file at that place, else None (a message of the catalogue).
    """

    thread: str
    id: str
    data: bytes | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a tree or of a difference. mode: six octal digits, ``000000`` when gone."""

    path: str
    mode: str
    blob: str


@dataclass(slots=True)
class Tree:
    """The comments below ``path`` (``""``: the root) in the repository of ``git``.

    ``path`` has ``/`` between its parts and none at its ends.
    """

    git: Git
    path: str
    _listed: tuple[str, Mapping[str, Sequence[Item]]] = field(default=("", {}))

    def changes(self, since: str | None, head: str | None) -> Iterator[Found]:
        """Comment files that differ between two commits, both sides of a move; see ``Place``."""
        if head is None or since == head:
            return
        items = list(self.items(head) if since is None else self._difference(since, head))
        yield from self._read(items, self._replaced(items, head))

    def find(self, comment_id: str, head: str | None) -> list[Found]:
        """Every place of ``head`` where a file has this id. The last listing is kept."""
        if head is None:
            return []
        if self._listed[0] != head:
            by_id: dict[str, list[Item]] = {}
            for item in self.items(head):
                if place := self.place(item.path):
                    by_id.setdefault(place[1], []).append(item)
            self._listed = (head, by_id)
        return list(self._read(self._listed[1].get(comment_id, ()), frozenset()))

    def place(self, path: str) -> tuple[str, str] | None:
        """Thread and id of a path of the repository, None if no comment may stand there."""
        return place(path, self.path)

    def settings(self, head: str | None) -> dict[str, bytes | None]:
        """What staff set as a commit has it, by name below the comments' folder; None: no
        plain file, or too large."""
        if head is None:
            return {}
        folder = self.full(PurePosixPath(FOLDER))
        listed = [*self._listed_below(head, folder), *self._decided_on(head)]
        items = [each for each in listed if is_setting(each.path, self.path)]
        plain = [each for each in items if each.mode == PLAIN]
        data = dict(
            zip((each.path for each in plain), self.git.blobs(e.blob for e in plain), strict=True)
        )
        cut = len(self.path) + 1 if self.path else 0
        return {each.path[cut:]: data.get(each.path) for each in items}

    def full(self, path: PurePosixPath) -> str:
        """The repository's path for one below the comments' folder."""
        return f"{self.path}/{path}" if self.path else str(path)

    def items(self, head: str) -> Iterator[Item]:
        yield from self._listed_below(head, self.path)

    def _listed_below(self, head: str, folder: str) -> Iterator[Item]:
        below = ["--", f"{folder}/"] if folder else []
        yield from self._listed_by("-r", head, *below)

    def _decided_on(self, head: str) -> Iterator[Item]:
        """The file of each conversation that has one, without a look at its comments."""
        below = ["--", f"{self.path}/"] if self.path else []
        folders = [each.path for each in self._listed_by(head, *below)]
        names = [f"{each}/{THREAD}" for each in folders]
        for some in (names[at : at + 500] for at in range(0, len(names), 500)):
            yield from self._listed_by(head, "--", *some)

    def _listed_by(self, *args: str) -> Iterator[Item]:
        listed = self.git.run("ls-tree", "-z", "--full-tree", *args)
        for line in listed.split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode("ascii").split(" ")
            yield Item(os.fsdecode(path), mode, blob)

    def _difference(self, since: str, head: str) -> Iterator[Item]:
        below = ["--", self.path] if self.path else []
        yield from difference(
            self.git.run("diff-tree", "-r", "-z", "--no-renames", "--raw", since, head, *below)
        )

    def _replaced(self, items: Sequence[Item], head: str) -> frozenset[str]:
        """Paths that a folder of comments had and where something else stands now."""
        if not any(item.mode == GONE for item in items):
            return frozenset()
        above = [str(each) for each in PurePosixPath(self.path, "x").parents][:-1]
        kinds = (self.git.ask("cat-file", "-t", f"{head}:{each}") for each in above)
        taken = [
            each
            for each, kind in zip(above, kinds, strict=True)
            if kind.code == 0 and kind.out.strip() != b"tree"
        ]
        return frozenset(taken) | {item.path for item in items if item.mode != GONE}

    def _read(self, items: Sequence[Item], replaced: frozenset[str]) -> Iterator[Found]:
        plain = [item for item in items if item.mode == PLAIN and self.place(item.path)]
        with_bytes = self.git.blobs(item.blob for item in plain) if plain else iter(())
        for item in items:
            where = self.place(item.path)
            if where is None:
                continue
            if item.mode == PLAIN:
                data = next(with_bytes)
                yield Found(*where, data, None if data is not None else TOO_LARGE)
            elif item.mode != GONE:
                yield Found(*where, None, PROBLEMS.get(item.mode, FOLDER_PROBLEM))
            else:
                parents = {str(each) for each in PurePosixPath(item.path).parents}
                yield Found(*where, None, FOLDER_PROBLEM if parents & replaced else None)
        next(with_bytes, None)


def place(path: str, below: str) -> tuple[str, str] | None:
    """Thread and id of ``<below>/<thread>/<id>.md``, None for any other path."""
    if below:
        if not path.startswith(f"{below}/"):
            return None
        path = path[len(below) + 1 :]
    thread, slash, name = path.partition("/")
    comment_id, dot, ending = name.partition(".")
    if not slash or not dot or ending != "md":
        return None
    if not THREAD_PATTERN.fullmatch(thread) or not ID_PATTERN.fullmatch(comment_id):
        return None
    return thread, comment_id


def is_setting(path: str, below: str) -> bool:
    """Whether this is ``<below>/_site/`` and then what staff set: rules, words, dates."""
    if below and not path.startswith(f"{below}/"):
        return False
    return is_site_file(path[len(below) + 1 :] if below else path)


def difference(raw: bytes) -> Iterator[Item]:
    """The lines of ``git diff-tree -r -z --raw --no-renames``, with what stands there now."""
    parts = raw.split(b"\0")
    for about, path in zip(parts[0::2], parts[1::2], strict=False):
        _, mode, _, blob, _ = about.decode("ascii").lstrip(":").split(" ")
        yield Item(os.fsdecode(path), mode, blob)


def head_of(git: Git, name: str = "HEAD") -> str | None:
    """The commit that a reference names, None while there is none."""
    answer = git.ask("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
    found = answer.out.decode("ascii", "replace").strip()
    return found if answer.code == 0 and COMMIT_ID.fullmatch(found) else None


def are_at(git: Git, commit: str, digests: Mapping[str, str]) -> bool:
    """Whether a commit has each of these files, with the bytes of its digest.

    digests: the repository's names of files, each with a ``commentfile.digest``.
    """
    names = list(digests)
    blobs: dict[str, str] = {}
    for at in range(0, len(names), 500):
        told = git.run("ls-tree", "-z", "--full-tree", commit, "--", *names[at : at + 500])
        for line in told.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            _, kind, blob = about.decode("ascii").split(" ")
            if kind == "blob":
                blobs[os.fsdecode(name)] = blob
    if blobs.keys() != digests.keys():
        return False
    return all(
        data is not None and digest(data) == digests[name]
        for name, data in zip(blobs, git.blobs(blobs.values()), strict=True)
    )


def holds(git: Git, commit: str) -> bool:
    """Whether the repository has this commit."""
    if not COMMIT_ID.fullmatch(commit):
        return False
    return git.ask("cat-file", "-e", f"{commit}^{{commit}}").code == 0


def is_ancestor(git: Git, older: str, newer: str) -> bool:
    """Whether ``newer`` holds ``older``; an unknown commit is held by nothing."""
    if not holds(git, older):
        return False
    return git.ask("merge-base", "--is-ancestor", older, newer).code == 0
