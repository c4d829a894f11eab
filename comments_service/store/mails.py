"""Mails that wait and that were sent: kinds and ids, never an address, a text or a token.

Claimed by writing owner and lease, sent outside the transaction, then marked. What may not
leave yet stays where it is: mails about a comment until the address is confirmed (its receipt
asks for that), and whatever would be one mail too many for one address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Subquery,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.mails import TO_STAFF, MailKind
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
_ASKING = (MailKind.RECEIPT, MailKind.FOLLOW, MailKind.RESET)
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


@dataclass(frozen=True, slots=True)
class Asked:
    """at: when it left, or may. is_waiting: nobody is sending it yet."""

    at: datetime
    is_waiting: bool


def ask(
    connection: Connection,
    kind: MailKind,
    address_id: int,
    cause: str,
    now: datetime,
    *,
    case_id: int | None = None,
    subscription_id: int | None = None,
    leaves: datetime | None = None,
) -> None:
    """Ask for one mail to an address, once for each kind and cause, in the caller's
    transaction. cause: at most 64 characters. leaves: not before; None: at once.

    Of those that only ask, no more than MOST_ASKING wait for an address that nobody confirmed:
    whoever types somebody else's in a hundred times fills no letter box for weeks.
    """
    if kind in _ASKING and _asks_enough(connection, kind, address_id):
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {
        "kind": kind,
        "address_id": address_id,
        "case_id": case_id,
        "subscription_id": subscription_id,
        "cause": cause,
        "asked_at": seconds(now),
        "available_at": seconds(leaves or now),
    }
    connection.execute(dialect.insert(mail).on_conflict_do_nothing(), row)


def was_asked(
    connection: Connection, kind: MailKind, cause: str, of: Collection[int | None]
) -> bool:
    """Whether any of these addresses was to be told of this, by a mail of this kind."""
    query = select(mail.c.id).where(mail.c.kind == kind, mail.c.address_id.in_(of))
    found = query.where(mail.c.cause == cause).limit(1)
    return connection.execute(found).scalar_one_or_none() is not None


def last_asked(connection: Connection, kind: MailKind, address_id: int) -> Asked | None:
    """The newest mail of a kind to an address."""
    query = select(mail.c.available_at, mail.c.done_at, mail.c.lease_until)
    of_kind = query.where(mail.c.address_id == address_id, mail.c.kind == kind)
    row = connection.execute(of_kind.order_by(mail.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    is_waiting = row.done_at is None and row.lease_until is None
    return Asked(when(row.done_at or row.available_at), is_waiting)


def _asks_enough(connection: Connection, kind: MailKind, address_id: int) -> bool:
    waiting = (
        select(mail.c.id)
        .join(address, address.c.id == mail.c.address_id)
        .where(mail.c.address_id == address_id, mail.c.kind == kind, mail.c.done_at.is_(None))
        .where(address.c.confirmed_at.is_(None))
        .limit(MOST_ASKING)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(waiting)).scalar_one() >= MOST_ASKING


def claim(connection: Connection, owner: str, now: datetime) -> Waiting | None:
    """Take the oldest mail that is due, free and may leave, for ``LEASE``; None: there is none."""
    if connection.dialect.name == "postgresql":
        # Two who claim at once would each count one mail too few.
        connection.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
    row = connection.execute(_next(now)).one_or_none()
    if row is None:
        return None
    taken = update(mail).where(mail.c.id == row.id)
    done = connection.execute(taken.values(owner=owner, lease_until=seconds(now + LEASE)))
    return _waiting(row) if done.rowcount else None  # what it told of was just undone


def _next(now: datetime) -> Select[Any]:
    at = seconds(now)
    free = or_(mail.c.owner.is_(None), mail.c.lease_until <= at)
    # Put off for longer than anything ever is: noted by a clock that was ahead.
    ahead = mail.c.available_at > seconds(now + LONGEST_PAUSE)
    # Who works here may be told in their hours, which begin when they begin.
    due = or_(mail.c.available_at <= at, ahead & mail.c.kind.not_in(sorted(TO_STAFF)))
    unsure = address.c.confirmed_at.is_(None)
    to_anybody = mail.c.kind.in_((MailKind.FOLLOW, MailKind.RESET))
    asks = or_(to_anybody, unsure & (mail.c.kind == MailKind.RECEIPT))
    of_staff = mail.c.kind.in_(sorted(TO_STAFF))
    lately, asked = _lately(now, WINDOW), _lately(now, WINDOW_ASKING)
    full = select(lately.c.address_id).group_by(lately.c.address_id)
    tired = select(asked.c.address_id, asked.c.kind).group_by(asked.c.address_id, asked.c.kind)
    return (
        select(mail)
        .join(address, address.c.id == mail.c.address_id)
        .where(mail.c.done_at.is_(None), free, due)
        # Who works here was asked in person; the others show that an address is theirs first.
        .where(or_(~unsure, asks, of_staff, mail.c.subscription_id.is_not(None)))
        .where(mail.c.address_id.not_in(full.having(func.count() >= MOST)))
        .where(
            or_(
                ~asks,
                tuple_(mail.c.address_id, mail.c.kind).not_in(
                    tired.having(func.count() >= MOST_ASKING)
                ),
            )
        )
        # What failed comes after what did not.
        .order_by(mail.c.tries, mail.c.available_at, mail.c.id)
        .limit(1)
    )


def _lately(now: datetime, window: timedelta) -> Subquery:
    """Address and kind of each mail that left within the window or is leaving now: counted
    once for a claim, however many mails wait."""
    kinds = select(mail.c.address_id, mail.c.kind)
    sent = kinds.where(mail.c.done_at > seconds(now - window), mail.c.outcome == SENT)
    leaving = kinds.where(mail.c.done_at.is_(None), mail.c.lease_until > seconds(now))
    return union_all(sent, leaving).subquery()


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
