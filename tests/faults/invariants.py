"""The invariants I1 to I10, held against a world by what its clients were told.

    I1   every acknowledged submission is in the database with the acknowledged bytes
    I2   every acknowledged approval (answer, correction) is at HEAD and on its page
    I3   each comment stands at most once at HEAD and once on the site
    I4   nothing is on the site or in any commit that was not approved in that wording
    I5   what was withdrawn or erased is gone from HEAD and site (erased: from everywhere)
    I6   no commit of staff's is lost, no history replaced but by an erasing
    I7   repositories and database are sound, the record of each case too
    I8   no temporary or lock file is left
    I9   nothing waits to be published
    I10  nothing personal is in Git, files, pages, feeds or the log

``violations`` looks once; ``settle`` looks until nothing is wrong or the time is over, as
I2, I5, I8 and I9 hold only some time after the last fault.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from tests.faults import in_database, in_git, on_site
from tests.faults.expected import Text, texts_of
from tests.faults.history import WORD
from tests.faults.world import World

SETTLED_SECONDS = 90.0
"""T: so long after the last fault everything must be as it should."""


@dataclass(frozen=True)
class Violation:
    """What is wrong and where."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def violations(world: World) -> list[Violation]:
    """Everything that is wrong now."""
    texts = texts_of(world.history.acts())
    files = world.files()
    site = on_site.shown(world.output)
    checks: list[Callable[[], Iterator[tuple[str, str]]]] = [
        lambda: in_database.check(world, texts),
        lambda: _places(files),
        lambda: _standings(texts, files, site),
        lambda: _pages(files, site),
        lambda: _tombstones(world, texts, files),
        lambda: in_git.check(world, texts),
        lambda: on_site.leftovers(world),
        lambda: on_site.canaries(world, files),
    ]
    return [Violation(*each) for check in checks for each in check()]


def settle(world: World, seconds: float = SETTLED_SECONDS) -> list[Violation]:
    """What is still wrong ``seconds`` after the last fault."""
    until = time.monotonic() + seconds
    while True:
        try:
            found = violations(world) if not in_database.waiting(world) else None
        except (FileNotFoundError, NotADirectoryError, OperationalError):
            found = None  # swapped or locked while we looked
        if found == [] or time.monotonic() > until:
            return violations(world) if found is None else found
        time.sleep(0.3)


def assert_holds(world: World, about: str, seconds: float = SETTLED_SECONDS) -> None:
    """Fails with every violation. about: what was done to the world, with its seed."""
    found = settle(world, seconds)
    if found:
        told = "\n".join(f"  {each}" for each in found)
        log = world.log.read_text("utf-8", "replace")[-6000:] if world.log.exists() else ""
        raise AssertionError(f"{world.mode}, {about}:\n{told}\n--- the log's end\n{log}")


def _places(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    by_id: dict[str, list[str]] = {}
    for path in files:
        by_id.setdefault(path.rsplit("/", 1)[-1], []).append(path)
    for places in by_id.values():
        if len(places) > 1:
            yield "I3", f"one comment in several files: {', '.join(places)}"


def _standings(
    texts: dict[str, Text], files: dict[str, bytes], site: on_site.Site
) -> Iterator[tuple[str, str]]:
    """Each text against the states that are possible for it."""
    at_head: dict[str, list[str]] = {}
    for path, data in files.items():
        for word in set(WORD.findall(data.decode("utf-8", "replace"))):
            at_head.setdefault(word, []).append(path)
    known = {word: text for text in texts.values() for word in text.words}
    for found in (at_head, site.words):
        for word in found.keys() - known.keys():
            yield "I4", f"{word} is in {found[word]} and nobody wrote it"
    for text in texts.values():
        at = {word for word in text.words if word in at_head}
        on = {word for word in text.words if word in site.words}
        for where, there, places in (("HEAD", at, at_head), ("the site", on, site.words)):
            if problem := _wrong(text, there):
                invariant, what = problem
                yield invariant, f"{what}: {where} ({[places[word] for word in there]})"
        if at == on and len(at) == 1 and len(at_head[next(iter(at))]) > 1:
            yield "I3", f"{text.word} stands in {at_head[next(iter(at))]}"


def _wrong(text: Text, there: set[str]) -> tuple[str, str] | None:
    possible = {frozenset({word} if how == "public" else ()) for how, word in text.possible}
    if frozenset(there) in possible:
        return None
    told = f"{text.word} may be {sorted(text.possible)}, but shows {sorted(there)}"
    if not there:
        return "I2", told
    if text.is_surely("withdrawn", "erased", "removed"):
        return "I5", told
    return "I4" if there - text.ever_public else "I2", told


def _pages(files: dict[str, bytes], site: on_site.Site) -> Iterator[tuple[str, str]]:
    """The site shows each file once, in exactly its wording, and nothing else."""
    wanted = {path.rsplit("/", 1)[-1].removesuffix(".md"): path for path in files}
    for comment_id in wanted.keys() | site.elements.keys():
        shown = site.elements.get(comment_id, [])
        if comment_id not in wanted:
            yield "I5", f"{comment_id} has no file, but stands on {shown}"
            continue
        digest = on_site.digest(files[wanted[comment_id]])
        if len(shown) > 1:
            yield "I3", f"{comment_id} stands on {shown}"
        if not shown:
            yield "I2", f"{wanted[comment_id]} is on no page"
        for page, told in shown:
            if told != digest:
                yield "I2", f"{comment_id} on {page} says {told}, its file is {digest}"
            if wanted[comment_id].split("/")[0] not in page:
                yield "I2", f"{wanted[comment_id]} stands on {page}"


def _tombstones(
    world: World, texts: dict[str, Text], files: dict[str, bytes]
) -> Iterator[tuple[str, str]]:
    """Something stands in the place of what was withdrawn: not its words, its number."""
    for text in texts.values():
        if not text.is_surely("withdrawn", "erased") or not text.ever_public:
            continue
        for comment_id in in_database.ids_of(world, text):
            for path, data in files.items():
                if comment_id in path and b'\nstate: "withdrawn"\n' not in b"\n" + data:
                    yield "I5", f"{path} was withdrawn, but is no tombstone"
