"""How much came lately, asked in one question: what the limits and a hint for staff judge by.

Each number is counted only as far as its limit, in the order of an index: it costs the same
however many comments are stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, Select, bindparam, func, select, text

from ..domain.comments import Kind
from .schema import comment, revision
from .times import seconds

ALIKE_AMONG = 200
"""How many of the newest wordings a new one is held against: all would take ever longer."""


@dataclass(frozen=True, slots=True)
class Caps:
    """So far each is counted: from one network and in one conversation; undecided in all, and
    those of them that came lately."""

    network: int
    thread: int
    waiting: int
    lately: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """The same, counted. alike: of the newest wordings, those with exactly this text."""

    network: int
    thread: int
    waiting: int
    lately: int
    alike: int


def _capped(found: Select[tuple[object]], cap: str) -> ScalarSelect[int]:
    some = found.limit(bindparam(cap)).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


_HELD = select(text("1")).select_from(revision).where(revision.c.decision == text("'held'"))
_FROM_NETWORK = select(comment.c.id).where(
    comment.c.network.in_([bindparam("network"), bindparam("network_before")]),
    comment.c.received_at >= bindparam("since"),
)
# By ids, which grow with time and which the index of conversations has.
_NEWEST_IN_THREAD = (
    select(comment.c.received_at)
    .where(comment.c.thread == bindparam("thread"), comment.c.kind == text(f"'{Kind.COMMENT}'"))
    .order_by(comment.c.id.desc())
    .limit(bindparam("thread_cap"))
    .subquery()
)
_IN_THREAD = (
    select(func.count())
    .where(_NEWEST_IN_THREAD.c.received_at >= bindparam("since"))
    .scalar_subquery()
)
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
    _capped(_FROM_NETWORK, "network_cap").label("network"),
    _IN_THREAD.label("thread"),
    _capped(_HELD, "waiting_cap").label("waiting"),
    _capped(_HELD.where(revision.c.created_at >= bindparam("since")), "lately_cap").label("lately"),
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
    row = connection.execute(
        _CROWD,
        {
            "network": networks[0],
            "network_before": networks[-1],
            "network_cap": caps.network,
            "thread": thread,
            "thread_cap": caps.thread,
            "waiting_cap": caps.waiting,
            "lately_cap": caps.lately,
            "since": seconds(since),
            "alike_since": seconds(alike_since),
            "body": body,
        },
    ).one()
    return Crowd(row.network, row.thread, row.waiting, row.lately, row.alike)
