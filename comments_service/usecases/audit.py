"""Verifying the log: that nothing in it was changed, removed or added since it was written.

Every chain by itself, every seal by itself, and both against each other. A text that was
erased is no fault where its case says that it was, or where its term is over; it is counted.
Rows are read in one snapshot and one at a time, so that a million events need no memory and
nobody has to wait.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from ..domain.cases import EventKind
from ..domain.chain import JOURNAL, Head, Seal, follows, heads_digest, is_itself
from ..errors import N_
from ..store import audit, dump, facts
from ..store.audit import CaseRow, Stored
from ..store.engine import Connection
from .backup import Progress, no_progress
from .retention import LOG_TEXTS

if TYPE_CHECKING:
    from .blog import Blog

Item = TypeVar("Item")


class What(StrEnum):
    """What is wrong with a chain or a seal."""

    CHANGED = "changed"
    TEXT = "text"
    TEXT_GONE = "text_gone"
    GONE = "gone"
    OTHER = "other"
    UNSEALED = "unsealed"
    STRAY = "stray"
    SEAL = "seal"
    HEADS = "heads"
    SEALS_GONE = "seals_gone"


WORDS = {
    What.CHANGED: N_("entry %(place)s was changed, or one before it is missing"),
    What.TEXT: N_("the text of entry %(place)s is not the one that was written"),
    What.TEXT_GONE: N_(
        "the text of entry %(place)s is missing, and nothing says that it was erased"
    ),
    What.GONE: N_("entries are missing that a seal names"),
    What.OTHER: N_("entry %(place)s is not the one that was sealed"),
    What.UNSEALED: N_("entries were added that no seal covers"),
    What.STRAY: N_("there are entries or texts that belong to nothing"),
    What.SEAL: N_("the seal was changed, or one before it is missing"),
    What.HEADS: N_("what it names was changed"),
    What.SEALS_GONE: N_("the newest seals are missing"),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """case: reference of the first broken case, or None. seal: number of the first broken
    seal, or None. Neither: the journal. place: of the entry in its chain; 0: not one alone."""

    what: What
    case: str | None = None
    seal: int | None = None
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was counted up to the first fault. erased: texts. newest: hash of the last seal.

    has_seal: the seal that was asked for is in the chain; None: none was asked for.
    """

    cases: int = 0
    entries: int = 0
    erased: int = 0
    seals: int = 0
    newest: str | None = None
    has_seal: bool | None = None
    broken: Broken | None = None

    @property
    def is_whole(self) -> bool:
        return self.broken is None and self.has_seal is not False


def verify(
    blog: "Blog", now: datetime, progress: Progress = no_progress, *, seal: str | None = None
) -> Verified:
    """Verify the whole log and note the result. seal: the hash of one that was kept elsewhere
    and must be in the chain. Raises Unavailable."""
    with dump.snapshot(blog.store) as connection:
        found = look_through(connection, progress, seal, texts_since=now - LOG_TEXTS)
    with blog.store.write() as connection:
        facts.note(connection, facts.VERIFIED, json.dumps(asdict(found)), now)
    return found


def look_through(
    connection: Connection,
    progress: Progress = no_progress,
    seal: str | None = None,
    *,
    texts_since: datetime,
) -> Verified:
    """Verify what this transaction sees; it should be a snapshot.

    texts_since: the term of older texts of the journal is over.
    """
    return _Verifier(connection, progress, texts_since).run(seal)


def explain(broken: Broken, translate: Callable[[str], str]) -> str:
    """Where it is broken and how, as a sentence in somebody's language."""
    if broken.case is not None:
        where = translate(N_("Case %(reference)s")) % {"reference": broken.case}
    elif broken.seal is not None:
        where = translate(N_("Seal %(number)s")) % {"number": broken.seal}
    else:
        where = translate(N_("Journal"))
    what = translate(WORDS[broken.what])
    return f"{where}: {what % {'place': broken.place} if broken.place else what}."


def last(connection: Connection) -> tuple[datetime, Verified] | None:
    """When the log was last verified, and what was found; None: it never was."""
    value, at = facts.get(connection, facts.VERIFIED), facts.noted_at(connection, facts.VERIFIED)
    if value is None or at is None:
        return None
    kept = json.loads(value)
    broken = kept.pop("broken")
    if broken:
        broken = Broken(**broken | {"what": What(broken["what"])})
    return at, Verified(**kept, broken=broken)


class _Verifier:
    """One run over a snapshot; ``found`` grows until the first fault."""

    def __init__(self, connection: Connection, progress: Progress, texts_since: datetime) -> None:
        self._connection = connection
        self._progress = progress
        self._texts_since = int(texts_since.timestamp())
        self._total, self._done = audit.count(connection), 0
        self._found = Verified()

    def run(self, seal: str | None) -> Verified:
        # The seals first: the chains are held against what they name.
        broken = self._seals(seal) or self._chains()
        return replace(self._found, broken=broken)

    def _seals(self, wanted: str | None) -> Broken | None:
        heads = _Runs((number, head) for number, head in audit.heads_by_seal(self._connection))
        before: Seal | None = None
        seen = False
        for each in self._counted(audit.seals(self._connection)):
            if not follows(each, before):
                return Broken(What.SEAL, seal=each.id)
            if heads.has_before(each.id) or not _names(each, heads.take(each.id)):
                return Broken(What.HEADS, seal=each.id)
            before, seen = each, seen or each.hash == wanted
        newest = before.hash if before else None
        self._found = replace(
            self._found,
            seals=before.id if before else 0,
            newest=newest,
            has_seal=None if wanted is None else seen,
        )
        if heads.has_more or facts.get(self._connection, facts.SEALED) != newest:
            return Broken(What.SEALS_GONE, seal=before.id + 1 if before else 1)
        return None

    def _chains(self) -> Broken | None:
        sealed = _Runs((head.chain, head) for head in audit.heads_by_chain(self._connection))
        if sealed.has_before(JOURNAL):
            return Broken(What.STRAY)
        journal = self._counted(audit.entries(self._connection))
        broken = self._chain(journal, sealed.take(JOURNAL), CaseRow(JOURNAL, "", False))
        return broken or self._cases(sealed) or self._stray()

    def _cases(self, sealed: "_Runs[Head]") -> Broken | None:
        stored = _Runs((each.link.chain, each) for each in audit.events(self._connection))
        for row in audit.case_rows(self._connection):
            if stored.has_before(row.id) or sealed.has_before(row.id):
                break
            events = self._counted(stored.take(row.id))
            if broken := self._chain(events, sealed.take(row.id), row):
                return broken
            self._found = replace(self._found, cases=self._found.cases + 1)
        if stored.has_more or sealed.has_more:
            return Broken(What.STRAY, case=str(stored.key or sealed.key))
        return None

    def _chain(self, links: Iterable[Stored], heads: Iterator[Head], row: CaseRow) -> Broken | None:
        """Hold one chain against itself, its texts and the seals over it."""
        case = row.reference or None
        head, sealed, place, before = next(heads, None), 0, 0, ""
        erased = _Erased(self._texts_since)
        for place, each in enumerate(links, 1):
            link = each.link
            if (link.previous, link.seq) != (before, place) or not is_itself(link):
                return Broken(What.CHANGED, case, place=place)
            if each.has_wrong_text:
                return Broken(What.TEXT, case, place=place)
            while head is not None and head.seq == place:
                if head.hash != link.hash:
                    return Broken(What.OTHER, case, place=place)
                head, sealed = next(heads, None), place
            before = link.hash
            erased.take(each)
        if erased.lost:
            return Broken(What.TEXT_GONE, case, place=erased.lost)
        if head is not None or (case and place == 0):
            return Broken(What.GONE, case)
        if row.is_sealed and sealed != place:
            return Broken(What.UNSEALED, case)
        found = self._found
        self._found = replace(
            found, entries=found.entries + place, erased=found.erased + erased.count
        )
        return None

    def _stray(self) -> Broken | None:
        by_cases, by_journal = audit.stray_texts(self._connection)
        if by_cases:
            return Broken(What.STRAY, by_cases[0])
        return Broken(What.STRAY) if by_journal else None

    def _counted(self, items: Iterable[Item]) -> Iterator[Item]:
        for each in items:
            self._done += 1
            self._progress(self._done, self._total)
            yield each


def _names(seal: Seal, heads: Iterator[Head]) -> bool:
    named = list(heads)
    return len(named) == seal.heads and heads_digest(named) == seal.digest


class _Erased:
    """The texts of one chain that are not kept. lost: place of the first that should be."""

    def __init__(self, texts_since: int) -> None:
        self._since = texts_since
        self._first, self._says_so = 0, False
        self.count = 0

    def take(self, each: Stored) -> None:
        link = each.link
        self._says_so |= link.kind == EventKind.ERASED
        if each.is_erased:
            self.count += 1
            is_over = link.chain == JOURNAL and link.at < self._since
            self._first = self._first or (0 if is_over else link.seq)

    @property
    def lost(self) -> int:
        return 0 if self._says_so else self._first


class _Runs(Generic[Item]):
    """A stream of keys and items that comes in the order of its keys, taken key by key."""

    def __init__(self, stream: Iterator[tuple[int, Item]]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    @property
    def key(self) -> int | None:
        return None if self._next is None else self._next[0]

    @property
    def has_more(self) -> bool:
        return self._next is not None

    def has_before(self, key: int) -> bool:
        """Whether something is left of an earlier key, which nobody asked for."""
        return self._next is not None and self._next[0] < key

    def take(self, key: int) -> Iterator[Item]:
        """The items of this key."""
        while self._next is not None and self._next[0] == key:
            item = self._next[1]
            self._next = next(self._stream, None)
            yield item
