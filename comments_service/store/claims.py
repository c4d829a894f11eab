"""Who is looking at a case now, until when: of two who say so at once, the database lets one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, or_, select, update

from .schema import case, person
from .times import seconds
from .tray import IS_OPEN


def claim(
    connection: Connection, case_id: int, person_id: int, now: datetime, until: datetime
) -> bool:
    """Let the person look at the case until then; whether nobody else does."""
    is_free = or_(
        case.c.claimed_by.is_(None),
        case.c.claimed_by == person_id,
        case.c.claimed_until <= seconds(now),
    )
    change = update(case).where(case.c.id == case_id, is_free)
    values = {"claimed_by": person_id, "claimed_until": seconds(until)}
    return connection.execute(change.values(**values)).rowcount == 1


def restore(
    connection: Connection, case_id: int, person_id: int, until: int, now: datetime
) -> None:
    """Let the person look at the case again as an event noted it; nothing where their time is
    over, they work here no more, or somebody says so meanwhile."""
    is_free = or_(case.c.claimed_by.is_(None), case.c.claimed_until <= seconds(now))
    is_here = person.c.disabled_at.is_(None) & person.c.left_at.is_(None)
    works_here = exists().where(person.c.id == person_id, is_here)
    change = update(case).where(case.c.id == case_id, is_free, works_here)
    if until > seconds(now):
        connection.execute(change.values(claimed_by=person_id, claimed_until=until))


def release(connection: Connection, person_id: int, case_id: int | None = None) -> None:
    """The person looks at this case no more; None: at none."""
    change = update(case).where(case.c.claimed_by == person_id)
    if case_id is not None:
        change = change.where(case.c.id == case_id)
    connection.execute(change.values(claimed_by=None, claimed_until=None))


def looked_at(
    connection: Connection, person_id: int, people: Collection[int], now: datetime
) -> tuple[int, ...]:
    """The open cases that the person is looking at, but for those that these people look after;
    by number."""
    runs = case.c.claimed_by == person_id, case.c.claimed_until > seconds(now)
    query = select(case.c.id, case.c.assigned_to).where(IS_OPEN, *runs).order_by(case.c.id)
    found = connection.execute(query)
    return tuple(row.id for row in found if row.assigned_to not in people)
