"""The rows of those whose comments are not taken for a while."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from ..domain.bans import KEPT_AFTER, Ban, BanKind
from .schema import ban, comment
from .times import maybe_when, seconds, when


def add(
    connection: Connection,
    case_id: int,
    kind: BanKind,
    value: str,
    *,
    rule: tuple[int, int] | None,
    reason: str,
    until: datetime,
    by: int,
    now: datetime,
) -> int:
    """Its number."""
    number, version = rule or (None, None)
    new = insert(ban).values(
        case_id=case_id,
        kind=kind,
        value=value,
        rule=number,
        rule_version=version,
        reason=reason,
        until=seconds(until),
        created_at=seconds(now),
        created_by=by,
    )
    made: int = connection.execute(new.returning(ban.c.id)).scalar_one()
    return made


def standing(
    connection: Connection, kind: BanKind, values: Sequence[str], now: datetime
) -> Ban | None:
    """The one that holds longest of those on any of these hashes, or None."""
    query = select(ban).where(ban.c.kind == kind, ban.c.value.in_(list(values)), _holds(now))
    row = connection.execute(query.order_by(ban.c.until.desc(), ban.c.id).limit(1)).one_or_none()
    return None if row is None else _ban(row)


def of_case(connection: Connection, case_id: int, now: datetime) -> list[Ban]:
    """Those that were decided on this case and hold, the oldest first."""
    query = select(ban).where(ban.c.case_id == case_id, _holds(now)).order_by(ban.c.id)
    return [_ban(row) for row in connection.execute(query)]


def in_force(connection: Connection, now: datetime) -> list[Ban]:
    """All that hold, the newest first."""
    query = select(ban).where(_holds(now)).order_by(ban.c.id.desc())
    return [_ban(row) for row in connection.execute(query)]


def by_id(connection: Connection, ban_id: int) -> Ban | None:
    """The one with this number, whether it holds or not."""
    row = connection.execute(select(ban).where(ban.c.id == ban_id)).one_or_none()
    return None if row is None else _ban(row)


def lift(connection: Connection, ban_id: int, now: datetime) -> bool:
    """End it; False when it was ended before or is over."""
    change = update(ban).where(ban.c.id == ban_id, _holds(now)).values(lifted_at=seconds(now))
    return connection.execute(change).rowcount == 1


def rename(connection: Connection, kind: BanKind, old: str, new: str) -> None:
    """The hash of the same under a new key."""
    change = update(ban).where(ban.c.kind == kind, ban.c.value == old)
    connection.execute(change.values(value=new))


def network_of(connection: Connection, comment_id: str) -> tuple[str, datetime] | None:
    """The hash of the network from which a comment came, and when; None: it is not kept."""
    query = select(comment.c.network, comment.c.received_at).where(comment.c.id == comment_id)
    row = connection.execute(query).one_or_none()
    return None if row is None or row.network is None else (row.network, when(row.received_at))


def others_from(connection: Connection, network: str, comment_id: str) -> int:
    """How many other comments came from the same network."""
    query = select(func.count()).where(comment.c.network == network, comment.c.id != comment_id)
    found: int = connection.execute(query).scalar_one()
    return found


def forget(connection: Connection, now: datetime) -> None:
    """Delete those that were over or lifted so long ago that nobody asks for a review."""
    before = seconds(now - KEPT_AFTER)
    over = or_(ban.c.until < before, ban.c.lifted_at < before)
    connection.execute(delete(ban).where(over))


def _holds(now: datetime) -> ColumnElement[bool]:
    return and_(ban.c.lifted_at.is_(None), ban.c.until > seconds(now))


def _ban(row: Row[Any]) -> Ban:
    return Ban(
        id=row.id,
        case_id=row.case_id,
        kind=BanKind(row.kind),
        value=row.value,
        rule=None if row.rule is None else (row.rule, row.rule_version),
        reason=row.reason,
        until=when(row.until),
        created_at=when(row.created_at),
        created_by=row.created_by,
        lifted_at=maybe_when(row.lifted_at),
    )
