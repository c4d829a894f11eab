"""Things to do because a transaction committed: a kind and ids, never text or address.

A row is claimed by writing owner and lease, worked outside the transaction, then marked
done or put off. A claim whose lease ran out belongs to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from .batches import batches
from .problems import Problem, dumps, loads
from .schema import outbox
from .times import maybe_when, seconds, when

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)

_other = outbox.alias("other")


class Job(StrEnum):
    """PUBLISH: bring a wording to its page. WITHDRAW: take a comment down.

    FORGET: drop an erased comment from a history of our own.
    """

    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed row. tries: how often it was put off before."""

    id: int
    kind: Job
    comment_id: str
    revision: int
    tries: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A job as staff see it. done_at: None while it is not done. problem: of the last try."""

    kind: Job
    asked_at: datetime
    done_at: datetime | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What is not done: how much, since when, and the newest reason why not."""

    count: int
    oldest: datetime | None
    problem: Problem | None


def add(
    connection: Connection,
    job: Job,
    comment_id: str,
    revision: int,
    now: datetime,
    leaves: datetime | None = None,
) -> None:
    """Ask for a job, once for each comment and revision, in the caller's transaction.

    leaves: not before; None: at once.
    """
    row = {"kind": job, "comment_id": comment_id, "revision": revision}
    times = {"asked_at": seconds(now), "available_at": seconds(leaves or now)}
    connection.execute(insert(outbox), row | times)


def drop(connection: Connection, job: Job, comment_id: str, revision: int, now: datetime) -> bool:
    """Remove a job that may not leave yet; False when it may, or somebody is at its comment."""
    its = select(outbox.c.owner).where(outbox.c.comment_id == comment_id).with_for_update()
    if any(connection.execute(its).scalars()):
        return False
    mine = (outbox.c.comment_id == comment_id) & (outbox.c.revision == revision)
    free = outbox.c.done_at.is_(None) & outbox.c.owner.is_(None) & (outbox.c.tries == 0)
    waits = free & (outbox.c.available_at > seconds(now))
    gone = delete(outbox).where(outbox.c.kind == job, mine, waits)
    return connection.execute(gone).rowcount == 1


def ask_again(
    connection: Connection, job: Job, comment_id: str, revision: int, now: datetime
) -> None:
    """Ask for a job that may have been asked for, and done, before."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fresh = {"asked_at": seconds(now), "available_at": seconds(now), "tries": 0}
    new = dialect.insert(outbox).values(kind=job, comment_id=comment_id, revision=revision, **fresh)
    again = new.on_conflict_do_update(
        index_elements=["kind", "comment_id", "revision"],
        set_={**fresh, "done_at": None, "problem": None, "owner": None, "lease_until": None},
        where=outbox.c.done_at.is_not(None),
    )
    connection.execute(again)


def claim(connection: Connection, owner: str, now: datetime, limit: int = 5_000) -> list[Row]:
    """Take what is due and free, oldest first, for ``LEASE``."""
    free = or_(outbox.c.owner.is_(None), outbox.c.lease_until <= seconds(now))
    due = (
        select(outbox.c.id)
        .where(outbox.c.done_at.is_(None), free)
        .where(_is_due(outbox, now), ~_is_kept_back(~_is_due(_other, now)))
        .order_by(outbox.c.available_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(due).scalars().all()
    taken = update(outbox).values(owner=owner, lease_until=seconds(now + LEASE)).returning(outbox)
    rows = [
        Row(row.id, Job(row.kind), row.comment_id, row.revision, row.tries, when(row.asked_at))
        for some in batches(ids)
        for row in connection.execute(taken.where(outbox.c.id.in_(some)))
    ]
    return sorted(rows, key=lambda row: row.id)


def _is_due(of: FromClause, now: datetime) -> ColumnElement[bool]:
    """What is put off for longer than anything ever is was noted by a clock that was wrong."""
    too_late = of.c.available_at > seconds(now + LONGEST_PAUSE)
    return or_(of.c.available_at <= seconds(now), too_late)


def _is_kept_back(waits: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whoever brings an earlier wording of a comment to its page brings the newest, so it stays
    here while that may be undone. waits: which ``_other`` may."""
    return (outbox.c.kind == Job.PUBLISH) & exists().where(
        _other.c.comment_id == outbox.c.comment_id,
        _other.c.kind == Job.PUBLISH,
        _other.c.done_at.is_(None),
        _other.c.tries == 0,
        waits,
    )


def release(connection: Connection) -> None:
    """Give back every claim: for the one publisher, when it takes the lock.

    Whoever held these claims held the lock before and is gone.
    """
    change = update(outbox).where(outbox.c.done_at.is_(None), outbox.c.owner.is_not(None))
    connection.execute(change.values(owner=None, lease_until=None))


def finish(connection: Connection, row: Row, now: datetime) -> None:
    """The job is done."""
    change = update(outbox).where(outbox.c.id == row.id)
    done = change.values(done_at=seconds(now), owner=None, lease_until=None, problem=None)
    connection.execute(done)


def put_off(connection: Connection, row: Row, problem: Problem | None, now: datetime) -> None:
    """Try again later, each time twice as late; ``problem`` is shown to staff, None is no fault:
    what was asked of another (a CI) is not there yet."""
    pause = min(FIRST_PAUSE * 2 ** min(row.tries, 20), LONGEST_PAUSE)
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            owner=None,
            lease_until=None,
            tries=row.tries + 1,
            problem=None if problem is None else dumps(problem),
            available_at=seconds(now + pause),
        )
    )


def hurry(connection: Connection, now: datetime) -> int:
    """Make everything due that was put off; how many. For the button "try again"."""
    change = (
        update(outbox)
        .where(outbox.c.done_at.is_(None), outbox.c.available_at > seconds(now))
        .where(outbox.c.tries > 0)  # the others wait because they may be undone
        .values(available_at=seconds(now), tries=0)
    )
    return connection.execute(change).rowcount


def next_due(connection: Connection) -> datetime | None:
    """When the first waiting job is due; None when nothing waits."""
    later = _is_kept_back(_other.c.available_at > outbox.c.available_at)
    query = select(func.min(outbox.c.available_at)).where(outbox.c.done_at.is_(None), ~later)
    at = connection.execute(query).scalar_one()
    return None if at is None else when(at)


def newest_leaves(connection: Connection) -> datetime | None:
    """When the newest waiting job may leave, or was asked for if it was put off since; None when
    nothing waits."""
    leaves = case((outbox.c.tries == 0, outbox.c.available_at), else_=outbox.c.asked_at)
    query = select(func.max(leaves)).where(outbox.c.done_at.is_(None))
    at = connection.execute(query).scalar_one()
    return None if at is None else when(at)


def of_comments(connection: Connection, ids: Sequence[str]) -> dict[str, Asked]:
    """The newest job of each of these comments that has one."""
    query = select(outbox).where(outbox.c.kind != Job.FORGET).order_by(outbox.c.id)
    return {
        row.comment_id: Asked(
            Job(row.kind), when(row.asked_at), maybe_when(row.done_at), loads(row.problem)
        )
        for some in batches(ids)
        for row in connection.execute(query.where(outbox.c.comment_id.in_(some)))
    }


def waiting(connection: Connection) -> dict[str, Asked]:
    """The newest job that is not done of each comment that has one."""
    query = select(outbox).where(outbox.c.done_at.is_(None)).order_by(outbox.c.id)
    return {
        row.comment_id: Asked(Job(row.kind), when(row.asked_at), None, loads(row.problem))
        for row in connection.execute(query)
    }


def queue(connection: Connection) -> Queue:
    """What is not done."""
    open_rows = outbox.c.done_at.is_(None)
    totals = select(func.count(), func.min(outbox.c.asked_at)).where(open_rows)
    count, oldest = connection.execute(totals).one()
    problem = connection.execute(
        select(outbox.c.problem)
        .where(open_rows, outbox.c.problem.is_not(None))
        .order_by(outbox.c.available_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return Queue(count, maybe_when(oldest), loads(problem))
