"""What the repository of a world holds in all its commits, asked of Git itself."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.faults.expected import Text
from tests.faults.history import WORD
from tests.faults.world import World, git, tree_files

EMPTY_TREE = "missing tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""What fsck says of an index without files; Git knows this tree without having it."""


def check(world: World, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    """I4, I5, I6, I7 and I10 of the repository and of the private clone."""
    repository = world.repository
    if repository is None:
        return
    yield from _sound(world)
    yield from _wordings(world, repository, texts)
    yield from _history(world, repository, texts)
    yield from _objects(world, repository)


def _sound(world: World) -> Iterator[tuple[str, str]]:
    for folder in (world.repository, world.clone):
        if folder is None or not folder.exists() or not _is_repository(folder):
            continue
        done = subprocess.run(
            ["git", "fsck", "--full", "--no-dangling", "--no-progress"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        told = [line for line in done.stdout.splitlines() if line != EMPTY_TREE]
        if done.returncode and (told or not done.stdout):
            yield "I7", f"git fsck of {folder.name}: {done.stdout}{done.stderr}"


def _is_repository(folder: Path) -> bool:
    return (folder / ".git").exists() or (folder / "HEAD").exists()


def _reachable(repository: Path) -> dict[str, bytes]:
    """Every blob and commit that any reference holds, by ``kind id``."""
    ids = [
        line.split(" ")[0]
        for line in git(repository, "rev-list", "--objects", "--all").splitlines()
    ]
    return _read(repository, ids)


def _read(repository: Path, ids: list[str]) -> dict[str, bytes]:
    told = subprocess.run(
        ["git", "cat-file", "--batch"],
        cwd=repository,
        input="\n".join(ids).encode(),
        capture_output=True,
        check=True,
    ).stdout
    found, at = {}, 0
    while at < len(told):
        end = told.index(b"\n", at)
        name, kind, size = told[at:end].decode().split(" ")
        data = told[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
        if kind != "tree":
            found[f"{kind} {name}"] = data
    return found


def _wordings(world: World, repository: Path, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    """I4: no commit holds a wording that was not approved. I5: erased words are in none."""
    known = {word: text for text in texts.values() for word in text.words}
    own = world.mode == "clone" and not world.below
    for place, data in _reachable(repository).items():
        for word in set(WORD.findall(data.decode("utf-8", "replace"))):
            text = known.get(word)
            if text is None or word not in text.ever_public:
                yield "I4", f"{word} is in {place} of {repository.name} and was never approved"
            elif own and text.is_surely("erased"):
                yield "I5", f"{word} was erased, but is in {place} of {repository.name}"


def _history(world: World, repository: Path, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    """I6: every update of the branch held the one before, or was an erasing."""
    erased = any(text.may_be("erased") for text in texts.values())
    rewritten = False
    for old, new in _updates(repository, world.head) if world.mode == "clone" else ():
        if _code(repository, "merge-base", "--is-ancestor", old, new) == 0:
            continue
        rewritten = True
        if not erased or world.below:
            yield "I6", f"{old[:10]} of {world.head} was replaced by {new[:10]}"
        elif tree_files(repository, old, world.tree) != tree_files(repository, new, world.tree):
            yield "I6", f"erasing changed more than history: {old[:10]} -> {new[:10]}"
    subjects = git(repository, "log", "--format=%s", world.head, check=False).splitlines()
    for act in world.history.acts():
        if act["did"] != "commit" or not act["told"]:
            continue
        if act["subject"] not in subjects:
            yield "I6", f"staff's commit {act['subject']!r} is lost"
        elif not rewritten and _code(
            repository, "merge-base", "--is-ancestor", act["commit"], world.head
        ):
            yield "I6", f"staff's commit {act['commit'][:10]} is no ancestor of {world.head}"


def _updates(repository: Path, reference: str) -> Iterator[tuple[str, str]]:
    """Old and new head of each push, from the bare repository's reflog."""
    log = repository / "logs" / reference
    for line in log.read_text("utf-8").splitlines() if log.exists() else ():
        old, new = line.split(" ")[:2]
        if set(old) != {"0"}:
            yield old, new


def _code(repository: Path, *arguments: str) -> int:
    return subprocess.run(["git", *arguments], cwd=repository, capture_output=True).returncode


def _objects(world: World, repository: Path) -> Iterator[tuple[str, str]]:
    """I10: every object that there is, reachable or not; authors and messages of ours."""
    every = git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    for place, data in _read(repository, every.split()).items():
        for canary in world.canaries:
            if canary.encode() in data:
                yield "I10", f"{canary} is in {place} of {repository.name}"
        if place.startswith("commit ") and b"author Tertulia <comments@localhost>" in data:
            message = data.split(b"\n\n", 1)[1].decode("utf-8", "replace")
            if not re.fullmatch(r"(?:[A-Za-z ,.]*|[0-9a-z]{26}|\n)*", message):
                yield "I10", f"the message of {place} holds more than ids: {message!r}"
