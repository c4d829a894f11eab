"""Whether a database is whole, and what it holds, counted by what matters to people.

Only columns that every schema revision has are read, so that an older database can be
looked at before it is upgraded.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, func, select

from ..domain.cases import Event
from ..domain.chain import first_fault
from ..domain.comments import Kind
from ..domain.standing import fold
from ..domain.states import Decision, visibility
from . import audit
from .events import event_of
from .schema import case, comment, event, outbox, person, revision, thread_counter

_BATCH = 1_000


def faults(connection: Connection) -> list[str]:
    """What is wrong, a short line in the database's own words for each; nothing when whole."""
    found: list[str] = []
    if connection.dialect.name == "sqlite":
        answers = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        found += [f"integrity_check: {answer}" for answer in answers if answer != "ok"]
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            found.append(f"foreign_key_check: {row[0]} {row[1]} -> {row[2]}")
    found += [f"events: case {number}" for number in unsound_cases(connection)]
    return found


def unsound_cases(connection: Connection) -> list[int]:
    """Cases whose record was changed or is not whole, and those whose kept texts are not the
    ones that the record names."""
    unsound: list[int] = []
    for number, record in groupby(audit.events(connection), key=lambda each: each.link.chain):
        entries = list(record)
        is_whole = first_fault(each.link for each in entries) is None
        if not is_whole or any(each.has_wrong_text for each in entries):
            unsound.append(number)
    without = select(case.c.id).where(~case.c.id.in_(select(event.c.case_id)))
    return sorted({*unsound, *connection.execute(without).scalars()})


def wrong_attentions(connection: Connection) -> list[int]:
    """Cases whose stored attention is not what their events tell."""
    stored = {
        row.id: row.attention for row in connection.execute(select(case.c.id, case.c.attention))
    }
    told = {
        number: fold(record).attention
        for number, record in groupby(_events(connection), key=lambda each: each.case_id)
    }
    return sorted(number for number, each in stored.items() if told.get(number, each) != each)


def low_counters(connection: Connection) -> list[tuple[str, str, int]]:
    """Thread, series and highest number given, where the counter stands below that number."""
    counted = {
        (row.thread, row.series): row.last_number
        for row in connection.execute(select(thread_counter))
    }
    highest: dict[tuple[str, str], int] = {}
    numbers = select(comment.c.thread, comment.c.kind, func.max(comment.c.number))
    given = numbers.where(comment.c.number.is_not(None)).group_by(comment.c.thread, comment.c.kind)
    for thread, kind, number in connection.execute(given):
        key = (thread, "linkbacks" if Kind(kind).is_linkback else "comments")
        highest[key] = max(number, highest.get(key, 0))
    return sorted((*key, most) for key, most in highest.items() if counted.get(key, 0) < most)


def tallies(connection: Connection) -> dict[str, int]:
    """Comments by visibility (``comments.published``), answers, cases, events, people and
    jobs that wait."""
    counts: Counter[str] = Counter()
    for kind, withdrawn, private, decision, public, seen, count in connection.execute(_STATES):
        # While an edit is looked at, and when it was refused, the old wording stays public.
        shown = Decision.APPROVED if public else Decision(decision)
        state = visibility(
            withdrawn=bool(withdrawn), private=bool(private), decision=shown, seen=bool(seen)
        )
        counts[f"{'answers' if kind == Kind.ANSWER else 'comments'}.{state}"] += count
    for name, table in {"cases": case, "events": event, "people": person}.items():
        counts[name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
    waiting = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
    counts["waiting"] = connection.execute(waiting).scalar_one()
    return dict(sorted(counts.items()))


def given(connection: Connection) -> dict[str, int]:
    """Rows of the tables in which what people were told is kept, by table; the rows of none
    of these get fewer by themselves."""
    kept = (case, comment, revision, event, person)
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in kept
    }


_TRAITS = (
    comment.c.kind,
    comment.c.withdrawn_at.is_not(None),
    comment.c.private,
    revision.c.decision,
    comment.c.public_revision.is_not(None),
    comment.c.digest_seen.is_not(None),
)
_STATES = (
    select(*_TRAITS, func.count())
    .join(
        revision,
        (revision.c.comment_id == comment.c.id) & (revision.c.revision == comment.c.head_revision),
    )
    .group_by(*_TRAITS)
)


def _events(connection: Connection) -> Iterator[Event]:
    query = select(event).order_by(event.c.case_id, event.c.seq)
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        yield event_of(row)
