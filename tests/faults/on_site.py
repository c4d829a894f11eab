"""What the built site and the other folders hold, read without the service's own code."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.history import WORD
from tests.faults.world import World

_TAG = re.compile(rb'<[a-z]+ [^<>]*id="comment-([0-9a-z]{26})"[^<>]*>')
_DIGEST = re.compile(rb'data-digest="([0-9a-f]{16})"')
TEXTS = (".html", ".xml", ".json", ".txt", ".md", ".js", ".css")

LEFT = re.compile(r"\.tmp$|\.lock$|\.next$|\.old$|\.new$|\.part$|^tmp")
OWN_LOCKS = re.compile(r"^(build|\.comments)\.lock$|\.publisher$|^\.?[a-z-]+\.lock$")


@dataclass(frozen=True)
class Site:
    """elements: comment id -> (page, digest) of each element. words: word -> files."""

    elements: dict[str, list[tuple[str, str]]]
    words: dict[str, list[str]]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def shown(output: Path) -> Site:
    """Everything in the built site."""
    elements: dict[str, list[tuple[str, str]]] = {}
    words: dict[str, list[str]] = {}
    for path in sorted(output.rglob("*")):
        if path.suffix not in TEXTS:
            continue
        data, name = path.read_bytes(), str(path.relative_to(output))
        for word in set(WORD.findall(data.decode("utf-8", "replace"))):
            words.setdefault(word, []).append(name)
        for tag in _TAG.finditer(data):
            told = _DIGEST.search(tag[0])
            place = (name, told[1].decode() if told else "")
            elements.setdefault(tag[1].decode(), []).append(place)
    return Site(elements, words)


def leftovers(world: World) -> Iterator[tuple[str, str]]:
    """I8: files that only a process at work has."""
    folders = [
        world.blog / "content",
        world.blog / "var",
        *([world.remote] if world.remote.exists() else []),
    ]
    paths = [path for folder in folders for path in folder.rglob("*")]
    paths += list(world.blog.glob(".*"))
    if world.mode == "here":
        paths += (world.blog / ".git").rglob("*.lock")
    for path in paths:
        # What a killed Git left of objects is Git's own to clear: git-prune(1).
        if "objects" in path.parts or (OWN_LOCKS.search(path.name) and ".git" not in path.parts):
            continue
        if LEFT.search(path.name):
            yield "I8", f"{path.relative_to(world.root)} is left over"


def canaries(world: World, files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """I10: personal texts where nobody may find them."""
    secret = [each.encode() for each in world.canaries]
    if not secret:
        return
    places = {f"HEAD:{path}": data for path, data in files.items()}
    for folder in (world.blog / "content", world.output):
        for path in folder.rglob("*"):
            if path.is_file():
                places[str(path.relative_to(world.root))] = path.read_bytes()
    if world.log.exists():
        places["the log"] = world.log.read_bytes()
    build_log = world.blog / "var" / "build.log"
    if build_log.exists():
        places["build.log"] = build_log.read_bytes()
    for place, data in places.items():
        for each in secret:
            if each in data:
                yield "I10", f"{each.decode()} is in {place}"
