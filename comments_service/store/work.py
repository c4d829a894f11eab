"""What there is to do, as mails to staff tell it: who looks after it, by when, since when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, text
from sqlalchemy import case as when_then

from ..domain.cases import Case
from ..domain.states import Attention
from .cases import CASE, as_case
from .schema import case, comment, revision
from .times import seconds

_IS_OPEN = text("cases.attention NOT IN ('answered', 'closed')")
_HELD = text("revision.decision = 'held'")
_IS_HELD = and_(
    revision.c.decision == "held", comment.c.public_revision.is_(None), comment.c.private == 0
)
_DUE: ColumnElement[Any] = when_then(
    (_IS_HELD & case.c.decide_by.is_not(None), case.c.decide_by),
    else_=func.coalesce(case.c.answer_by, case.c.resolve_by),
)
_WE_ARE_ASKED = case.c.attention != Attention.AWAITING_READER


def mine(connection: Connection, people: Collection[int], limit: int) -> list[Case]:
    """The open cases that somebody looks after, the oldest first."""
    query = CASE.where(case.c.assigned_to.in_(people), _IS_OPEN, _WE_ARE_ASKED)
    return [as_case(row) for row in connection.execute(query.order_by(case.c.id).limit(limit))]


def due(connection: Connection, after: datetime | None, until: datetime, limit: int) -> list[Case]:
    """The cases whose promise ends after the one and at the other instant at the latest."""
    # The dates that there are narrow it down before which of them runs is asked.
    some = or_(case.c.decide_by <= seconds(until), case.c.answer_by <= seconds(until))
    query = CASE.where(_IS_OPEN, some, _WE_ARE_ASKED, seconds(until) >= _DUE)
    if after is not None:
        query = query.where(seconds(after) < _DUE)
    return [
        as_case(row) for row in connection.execute(query.order_by(_DUE, case.c.id).limit(limit))
    ]


def come_since(connection: Connection, since: datetime, limit: int) -> list[Case]:
    """What came since then and waits to be read, the oldest first."""
    query = CASE.where(_HELD, revision.c.created_at >= seconds(since))
    in_order = query.order_by(revision.c.created_at, revision.c.comment_id)
    return [as_case(row) for row in connection.execute(in_order.limit(limit))]
