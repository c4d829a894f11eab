"""Things to do because a transaction committed: a kind and ids, never text or address.

A row is claimed by writing owner and lease, worked outside the transaction, then marked
done or put off. A claim whose lease ran out belongs to nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, insert, or_, select, update

from .schema import outbox
from .times import seconds

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)


class Job(StrEnum):
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed row. tries: how often it was put off before."""

    id: int
    comment_id: str
    revision: int
    tries: int


def add(connection: Connection, job: Job, comment_id: str, revision: int, now: datetime) -> None:
    """Ask for a job, once for each comment and revision, in the caller's transaction."""
    row = {"kind": job, "comment_id": comment_id, "revision": revision}
    connection.execute(insert(outbox), row | {"available_at": seconds(now)})


def claim(
    connection: Connection, job: Job, owner: str, now: datetime, limit: int = 500
) -> list[Row]:
    """Take what is due and free, oldest first, for ``LEASE``."""
    free = or_(outbox.c.owner.is_(None), outbox.c.lease_until <= seconds(now))
    due = (
        select(outbox.c.id)
        .where(outbox.c.done_at.is_(None), outbox.c.kind == job, free)
        .where(outbox.c.available_at <= seconds(now))
        .order_by(outbox.c.available_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(due).scalars().all()
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(owner=owner, lease_until=seconds(now + LEASE))
        .returning(outbox.c.id, outbox.c.comment_id, outbox.c.revision, outbox.c.tries)
    )
    return sorted((Row(*row) for row in connection.execute(taken)), key=lambda row: row.id)


def release(connection: Connection, job: Job) -> None:
    """Give back every claim of a job: for the one publisher, when it takes the lock.

    Whoever held these claims held the lock before and is gone.
    """
    change = update(outbox).where(outbox.c.kind == job, outbox.c.done_at.is_(None))
    connection.execute(change.values(owner=None, lease_until=None))


def finish(connection: Connection, row: Row, now: datetime) -> None:
    """The job is done."""
    change = update(outbox).where(outbox.c.id == row.id)
    done = change.values(done_at=seconds(now), owner=None, lease_until=None, problem=None)
    connection.execute(done)


def put_off(connection: Connection, row: Row, problem: str, now: datetime) -> None:
    """Try again later, each time twice as late; ``problem`` is shown to staff."""
    pause = min(FIRST_PAUSE * 2 ** min(row.tries, 20), LONGEST_PAUSE)
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            owner=None,
            lease_until=None,
            tries=row.tries + 1,
            problem=problem,
            available_at=seconds(now + pause),
        )
    )


def unfinished(connection: Connection) -> tuple[int, str | None]:
    """How many jobs are not done, and the newest problem among them."""
    open_rows = outbox.c.done_at.is_(None)
    count = connection.execute(select(func.count()).where(open_rows)).scalar_one()
    problem = connection.execute(
        select(outbox.c.problem)
        .where(open_rows, outbox.c.problem.is_not(None))
        .order_by(outbox.c.available_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return count, problem
