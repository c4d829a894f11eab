"""Mails that wait and that were sent: kinds and ids, never an address, a text or a token.

Claimed by writing owner and lease, sent outside the transaction, then marked. What may not
leave yet stays where it is: mails about a comment until the address is confirmed (its receipt
asks for that), and whatever would be one mail too many for one address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.mails import MailKind
from .problems import Problem, dumps
from .schema import address, mail
from .times import seconds, when

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
LONGEST_PAUSE_OF_ALL = timedelta(minutes=15)

MOST = 10
WINDOW = timedelta(minutes=180)
"""One address gets no more than MOST automatic mails within WINDOW; the rest wait."""

MOST_ASKING = 5
WINDOW_ASKING = timedelta(days=1)
"""The same for mails of one kind to an address that anybody may have typed in."""

SENT, DROPPED = "sent", "dropped"
_CLAIMING = 0x7E29  # any number, the same in every node


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed mail. cause: what it tells of. tries: how often it was put off before."""

    id: int
    kind: MailKind
    address_id: int
    case_id: int | None
    subscription_id: int | None
    cause: str
    asked_at: datetime
    tries: int


def ask(
    connection: Connection,
    kind: MailKind,
    address_id: int,
    cause: str,
    now: datetime,
    *,
    case_id: int | None = None,
    subscription_id: int | None = None,
) -> None:
    """Ask for one mail to an address, once for each kind and cause, in the caller's
    transaction. cause: at most 64 characters."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {
        "kind": kind,
        "address_id": address_id,
        "case_id": case_id,
        "subscription_id": subscription_id,
        "cause": cause,
        "asked_at": seconds(now),
        "available_at": seconds(now),
    }
    connection.execute(dialect.insert(mail).on_conflict_do_nothing(), row)


def claim(connection: Connection, owner: str, now: datetime) -> Waiting | None:
    """Take the oldest mail that is due, free and may leave, for ``LEASE``; None: there is none."""
    if connection.dialect.name == "postgresql":
        # Two who claim at once would each count one mail too few.
        connection.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
    row = connection.execute(_next(now)).one_or_none()
    if row is None:
        return None
    taken = update(mail).where(mail.c.id == row.id)
    connection.execute(taken.values(owner=owner, lease_until=seconds(now + LEASE)))
    return _waiting(row)


def _next(now: datetime) -> Select[Any]:
    at = seconds(now)
    free = or_(mail.c.owner.is_(None), mail.c.lease_until <= at)
    # Put off for longer than anything ever is: noted by a clock that was ahead.
    due = or_(mail.c.available_at <= at, mail.c.available_at > seconds(now + LONGEST_PAUSE))
    unsure = address.c.confirmed_at.is_(None)
    asks = or_(mail.c.kind == MailKind.FOLLOW, unsure & (mail.c.kind == MailKind.RECEIPT))
    return (
        select(mail)
        .join(address, address.c.id == mail.c.address_id)
        .where(mail.c.done_at.is_(None), free, due)
        .where(or_(~unsure, asks, mail.c.subscription_id.is_not(None)))
        .where(_lately(now, WINDOW, None) < MOST)
        .where(or_(~asks, _lately(now, WINDOW_ASKING, mail.c.kind) < MOST_ASKING))
        .order_by(mail.c.available_at, mail.c.id)
        .limit(1)
    )


def _lately(
    now: datetime, window: timedelta, kind: ColumnElement[str] | None
) -> ColumnElement[int]:
    """How many mails, of one kind or of all, the address of ``mail`` got within the window or
    is getting now."""
    other = mail.alias()
    sent = (other.c.outcome == SENT) & (other.c.done_at > seconds(now - window))
    leaving = other.c.done_at.is_(None) & (other.c.lease_until > seconds(now))
    query = select(func.count()).select_from(other)
    query = query.where(other.c.address_id == mail.c.address_id, or_(sent, leaving))
    return (query if kind is None else query.where(other.c.kind == kind)).scalar_subquery()


def finish(connection: Connection, mail_id: int, outcome: str, now: datetime) -> None:
    """The mail left, or never will. outcome: SENT or DROPPED."""
    done = {"done_at": seconds(now), "outcome": outcome, "owner": None, "lease_until": None}
    connection.execute(update(mail).where(mail.c.id == mail_id).values(**done))


def put_off(connection: Connection, waiting: Waiting, problem: Problem, now: datetime) -> None:
    """Try this mail again later, each time twice as late. problem: no address is in it."""
    _put_off(connection, waiting, problem, now + _pause(waiting, LONGEST_PAUSE))


def put_off_all(connection: Connection, waiting: Waiting, problem: Problem, now: datetime) -> None:
    """The server takes no mail from us: whatever is due waits as long as this one."""
    until = now + _pause(waiting, LONGEST_PAUSE_OF_ALL)
    _put_off(connection, waiting, problem, until)
    due = mail.c.done_at.is_(None) & mail.c.owner.is_(None)
    late = update(mail).where(due, mail.c.available_at < seconds(until))
    connection.execute(late.values(available_at=seconds(until)))


def _pause(waiting: Waiting, longest: timedelta) -> timedelta:
    doubled: int = 1 << min(waiting.tries, 20)
    return min(FIRST_PAUSE * doubled, longest)


def _put_off(connection: Connection, waiting: Waiting, problem: Problem, until: datetime) -> None:
    change = update(mail).where(mail.c.id == waiting.id)
    free = {"owner": None, "lease_until": None, "tries": waiting.tries + 1}
    told = {"problem": dumps(problem), "available_at": seconds(until)}
    connection.execute(change.values(**free, **told))


def drop_older(connection: Connection, before: datetime, now: datetime) -> int:
    """What waited since before then is no news any more; how many mails that are."""
    old = mail.c.done_at.is_(None) & (mail.c.asked_at < seconds(before)) & mail.c.owner.is_(None)
    gone = {"done_at": seconds(now), "outcome": DROPPED}
    return connection.execute(update(mail).where(old).values(**gone)).rowcount


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        kind=MailKind(row.kind),
        address_id=row.address_id,
        case_id=row.case_id,
        subscription_id=row.subscription_id,
        cause=row.cause,
        asked_at=when(row.asked_at),
        tries=row.tries,
    )
