"""The log as people read it: cases and journal in one list, newest first, page by page."""

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, literal, null, or_, select, tuple_

from ..domain.cases import person_actor, reference
from ..domain.chain import JOURNAL
from .schema import case, event, journal, journal_text
from .times import seconds, when


class Place(NamedTuple):
    """Where an entry stands in the list. at: seconds; chain: the case's number, or 0."""

    at: int
    chain: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word that is looked for, and what it may stand for: any of these.

    typed: stands in a text that is kept; kinds, actors: bear it in their names; case_id: of the
    reference that it is.
    """

    typed: str
    kinds: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    case_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None: everything. kinds: of events and of the journal.

    person: who did it, or whom it was done to. since, before: from then on, and until then.
    words: each of which an entry has to hold.
    journal_since: the journal's older entries are a proof and nothing else.
    """

    kinds: frozenset[str] | None = None
    person: int | None = None
    case_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    words: tuple[Word, ...] = ()
    journal_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """reference, comment_id: of the case; None in the journal. text: of the journal alone.

    is_erased: it had a text once.
    """

    place: Place
    at: datetime
    kind: str
    actor: str
    data: Mapping[str, str | int | None]
    hash: str
    reference: str | None = None
    comment_id: str | None = None
    text: str | None = None
    is_erased: bool = False


_EVENTS = select(
    event.c.at,
    event.c.case_id.label("chain"),
    event.c.seq,
    *(event.c[name] for name in ("kind", "actor", "data", "hash")),
    case.c.year,
    case.c.comment_id,
    null().label("text"),
    null().label("text_digest"),
).join_from(event, case, case.c.id == event.c.case_id)
_JOURNAL = select(
    journal.c.at,
    literal(JOURNAL).label("chain"),
    journal.c.id.label("seq"),
    *(journal.c[name] for name in ("kind", "actor", "data", "hash")),
    null().label("year"),
    null().label("comment_id"),
    journal_text.c.text,
    journal.c.text_digest,
).join_from(journal, journal_text, journal_text.c.journal_id == journal.c.id, isouter=True)


def page(
    connection: Connection, wanted: Wanted, limit: int, after: Place | None = None
) -> list[LogLine]:
    """At most so many entries, newest first, from the one after ``after``."""
    of_cases, of_journal = _events(wanted), _journal(wanted)
    if after is not None:
        here = tuple_(event.c.at, event.c.case_id, event.c.seq)
        of_cases = of_cases.where(here < tuple_(*map(literal, after)))
        there = tuple_(journal.c.at, literal(JOURNAL), journal.c.id)
        of_journal = of_journal.where(
            journal.c.at <= after.at, there < tuple_(*map(literal, after))
        )
    by_time = (event.c.at.desc(), event.c.case_id.desc(), event.c.seq.desc())
    rows = [
        *connection.execute(of_cases.order_by(*by_time).limit(limit)),
        *connection.execute(
            of_journal.order_by(journal.c.at.desc(), journal.c.id.desc()).limit(limit)
        ),
    ]
    return heapq.nlargest(limit, map(_line, rows), key=lambda line: line.place)


def _events(wanted: Wanted) -> Select[Any]:
    query = _within(_EVENTS, event.c.at, wanted)
    if wanted.kinds is not None:
        query = query.where(event.c.kind.in_(sorted(wanted.kinds)))
    if wanted.person is not None:
        query = query.where(event.c.actor == person_actor(wanted.person))
    if wanted.case_id is not None:
        query = query.where(event.c.case_id == wanted.case_id)
    for word in wanted.words:
        means: list[Any] = [
            event.c.kind.in_(sorted(word.kinds)),
            event.c.actor.in_(sorted(word.actors)),
        ]
        if word.case_id is not None:
            means.append(event.c.case_id == word.case_id)
        query = query.where(or_(*means))
    return query


def _journal(wanted: Wanted) -> Select[Any]:
    query = _within(_JOURNAL, journal.c.at, wanted)
    query = query.where(journal.c.at >= seconds(wanted.journal_since))
    if wanted.kinds is not None:
        query = query.where(journal.c.kind.in_(sorted(wanted.kinds)))
    if wanted.person is not None:
        did = journal.c.actor == person_actor(wanted.person)
        query = query.where(or_(did, _names("person", wanted.person)))
    if wanted.case_id is not None:
        query = query.where(_names("case", wanted.case_id))
    for word in wanted.words:
        query = query.where(or_(*_meanings(word)))
    return query


def _meanings(word: Word) -> Iterator[Any]:
    """What the word may be in an entry of the journal."""
    yield journal.c.kind.in_(sorted(word.kinds))
    yield journal.c.actor.in_(sorted(word.actors))
    yield journal_text.c.text.icontains(word.typed, autoescape=True)
    if word.case_id is not None:
        yield _names("case", word.case_id)
    for actor in sorted(word.actors):
        kind, _, number = actor.partition(":")
        if kind == "person":
            yield _names("person", int(number))


def _within(query: Select[Any], at: Any, wanted: Wanted) -> Select[Any]:
    if wanted.since is not None:
        query = query.where(at >= seconds(wanted.since))
    if wanted.before is not None:
        query = query.where(at < seconds(wanted.before))
    return query


def _names(name: str, number: int) -> Any:
    """Whether an entry's data say so; they are spelled in one way, see ``domain.chain``."""
    said = f'"{name}":{number}'
    return or_(journal.c.data.contains(f"{said},"), journal.c.data.endswith(f"{said}}}"))


def _line(row: Row[Any]) -> LogLine:
    of_journal = row.chain == JOURNAL
    return LogLine(
        place=Place(row.at, row.chain, row.seq),
        at=when(row.at),
        kind=row.kind,
        actor=row.actor,
        data=json.loads(row.data),
        hash=row.hash,
        reference=None if of_journal else reference(row.year, row.chain),
        comment_id=row.comment_id,
        text=row.text,
        is_erased=of_journal and row.text_digest is not None and row.text is None,
    )
