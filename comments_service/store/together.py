"""Several cases at once: read, locked in one order, found again by what was decided together."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, select

from ..domain.cases import Case, Event
from .batches import batches
from .cases import CASE, as_case
from .events import event_of
from .schema import case, event
from .times import seconds


def lock(connection: Connection, case_ids: Sequence[int]) -> None:
    """Let other writers of these cases wait, and nobody for each other: whoever locks several
    does it by number. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        query = select(case.c.id).order_by(case.c.id).with_for_update()
        for some in batches(sorted(case_ids)):
            connection.execute(query.where(case.c.id.in_(some)))


def of(connection: Connection, case_ids: Sequence[int]) -> list[Case]:
    """The cases that there are, by number."""
    found = [
        as_case(row)
        for some in batches(case_ids)
        for row in connection.execute(CASE.where(case.c.id.in_(some)))
    ]
    return sorted(found, key=lambda each: each.id)


def records(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Event]]:
    """The events of each case, in order."""
    found: dict[int, list[Event]] = {}
    for some in batches(case_ids):
        query = select(event).where(event.c.case_id.in_(some))
        for row in connection.execute(query.order_by(event.c.case_id, event.c.seq)):
            found.setdefault(row.case_id, []).append(event_of(row))
    return found


def decided(connection: Connection, together: str, actor: str, at: datetime) -> list[int]:
    """The cases on which somebody decided then, all at once under this name; by number."""
    query = select(event.c.case_id, event.c.data).where(
        event.c.at == seconds(at), event.c.actor == actor
    )
    found = connection.execute(query.order_by(event.c.case_id)).all()
    return [row.case_id for row in found if json.loads(row.data).get("together") == together]


@contextmanager
def part(connection: Connection) -> Iterator[None]:
    """Part of a transaction: on an error what was written in it is given up, and no more."""
    with connection.begin_nested():
        yield
