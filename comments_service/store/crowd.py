"""How much came lately, asked in one question: what the limits and a hint for staff judge by.

Of each limit only one row is read, the one by which it would be reached, along an index that
is walked no farther: it costs the same however many comments are stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Select, bindparam, func, select, text
from sqlalchemy import case as case_when

from ..domain.comments import Kind
from .schema import case, comment, revision
from .times import seconds

ALIKE_AMONG = 200
"""How many of the newest wordings a new one is held against: all would take ever longer."""


@dataclass(frozen=True, slots=True)
class Caps:
    """So many are let in, at least 1 each: lately from one network, in one conversation and in
    all, whatever became of them; undecided at any time."""

    network: int
    thread: int
    hour: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Which of them are reached. alike: of the newest wordings, those with exactly this text."""

    network_full: bool
    thread_full: bool
    hour_full: bool
    waiting_full: bool
    alike: int


def _last_of(found: Select[Any], cap: str) -> Select[Any]:
    """The row by which ``cap`` is reached; none before."""
    return found.limit(1).offset(bindparam(cap) - 1)


_SINCE: BindParameter[int] = bindparam("since", type_=BigInteger)
_OF_NETWORK = select(comment.c.received_at).where(
    comment.c.network.in_([bindparam("network"), bindparam("network_before")]),
    comment.c.received_at >= _SINCE,
)
# By ids, which grow with time and which the index of conversations has.
_OF_THREAD = (
    select(comment.c.received_at)
    .where(comment.c.thread == bindparam("thread"))
    .order_by(comment.c.id.desc())
)
_BY_READERS = _OF_THREAD.where(comment.c.kind == text(f"'{Kind.COMMENT}'"))
# Answers are told from comments only where both together are enough.
_THREAD = case_when(
    (
        _last_of(_OF_THREAD, "thread_cap").scalar_subquery() >= _SINCE,
        _last_of(_BY_READERS, "thread_cap").scalar_subquery(),
    )
)
_LAST_OF_ALL = _last_of(select(case.c.comment_id).order_by(case.c.comment_id.desc()), "hour_cap")
_HOUR = select(comment.c.received_at).where(comment.c.id == _LAST_OF_ALL.scalar_subquery())
_HELD = select(revision.c.created_at).where(revision.c.decision == text("'held'"))
_NEWEST = (
    select(revision.c.body, revision.c.created_at)
    .order_by(revision.c.comment_id.desc(), revision.c.revision.desc())
    .limit(ALIKE_AMONG)
    .subquery()
)
_ALIKE = (
    select(func.count())
    .where(_NEWEST.c.created_at >= bindparam("alike_since"), _NEWEST.c.body == bindparam("body"))
    .scalar_subquery()
)
_CROWD = select(
    _last_of(_OF_NETWORK, "network_cap").scalar_subquery().label("network"),
    _THREAD.label("thread"),
    _HOUR.scalar_subquery().label("hour"),
    _last_of(_HELD, "waiting_cap").scalar_subquery().label("waiting"),
    _ALIKE.label("alike"),
)


def count(
    connection: Connection,
    caps: Caps,
    *,
    networks: Sequence[str],
    thread: str,
    body: str,
    since: datetime,
    alike_since: datetime,
) -> Crowd:
    """networks: the hashes of one network under today's key and, round midnight, yesterday's.

    since: what is lately. alike_since: older wordings are nobody's repetition.
    """
    values = {
        "network": networks[0],
        "network_before": networks[-1],
        "network_cap": caps.network,
        "thread": thread,
        "thread_cap": caps.thread,
        "hour_cap": caps.hour,
        "waiting_cap": caps.waiting,
        "since": seconds(since),
        "alike_since": seconds(alike_since),
        "body": body,
    }
    row = connection.execute(_CROWD, values).one()
    return Crowd(
        network_full=row.network is not None,
        thread_full=row.thread is not None and row.thread >= seconds(since),
        hour_full=row.hour is not None and row.hour >= seconds(since),
        waiting_full=row.waiting is not None,
        alike=row.alike,
    )
