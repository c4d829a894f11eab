"""The record of each case: events in a chain, their texts apart."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ..domain.cases import LOOKED, UNDOABLE, Event, EventKind, chained, reference
from ..domain.chain import SALT_BYTES, Data, data_json, text_digest
from ..domain.standing import fold
from ..domain.states import Attention
from .cases import lock
from .schema import case, event, event_text
from .times import seconds, when

_OF_CASE = select(event).where(event.c.case_id == bindparam("case_id")).order_by(event.c.seq)
_TEXTS = select(event_text.c.seq, event_text.c.text).where(
    event_text.c.case_id == bindparam("case_id")
)
_ADD, _ADD_TEXT = insert(event), insert(event_text)
_CHANGED = (
    update(case)
    .where(case.c.id == bindparam("case_id"))
    .values(attention=bindparam("now"), unsealed=1, unindexed=1, look_at=0)
)
_CLAIM = select(case.c.claimed_by, case.c.claimed_until).where(case.c.id == bindparam("case_id"))
_LOOKED_AT = _CHANGED.values(claimed_by=None, claimed_until=None)


def append(
    connection: Connection,
    case_id: int,
    kind: EventKind,
    *,
    actor: str,
    now: datetime,
    data: Data | None = None,
    text: str | None = None,
) -> Event:
    """Add an event to a case and bring the case's attention to the fold of its events; the
    next seal covers it, and search learns of it. A decision ends a claim, and notes which.

    Two writers of one case wait for each other on the row of the case; one that was made in
    this transaction (RECEIVED) is nobody else's yet.
    """
    salt, earlier = secrets.token_bytes(SALT_BYTES), list[Event]()
    if kind is not EventKind.RECEIVED:
        lock(connection, case_id)
        earlier = of_case(connection, case_id)
    if kind in UNDOABLE:
        data = {**(data or {}), **_looking(connection, case_id, now)}
    new = chained(
        earlier[-1] if earlier else None,
        case_id=case_id,
        at=when(seconds(now)),
        kind=kind,
        actor=actor,
        data=data or {},
        text_digest=None if text is None else text_digest(salt, text),
    )
    connection.execute(_ADD, _row(new))
    if text is not None:
        row = {"case_id": case_id, "seq": new.seq, "salt": salt, "text": text}
        connection.execute(_ADD_TEXT, row)
    attention = fold([*earlier, new]).attention
    if earlier or attention is not Attention.RECEIVED:  # as a new case is, and unsealed
        changed = _LOOKED_AT if kind in LOOKED else _CHANGED
        connection.execute(changed, {"case_id": case_id, "now": attention})
    return new


def _looking(connection: Connection, case_id: int, now: datetime) -> Data:
    """Who is looking at the case until when, as the event says it that ends this."""
    row = connection.execute(_CLAIM, {"case_id": case_id}).one()
    if row.claimed_until is None or row.claimed_until <= seconds(now):
        return {}
    return {"looked_by": row.claimed_by, "looked_until": row.claimed_until}


def of_case(connection: Connection, case_id: int) -> list[Event]:
    """The events of a case, in order."""
    return [event_of(row) for row in connection.execute(_OF_CASE, {"case_id": case_id})]


def texts(connection: Connection, case_id: int) -> dict[int, str]:
    """The texts of a case's events that are kept, by the number of the event."""
    found = connection.execute(_TEXTS, {"case_id": case_id})
    return {row.seq: row.text for row in found}


def newest(
    connection: Connection, kinds: Collection[EventKind], since: datetime, limit: int
) -> list[tuple[str, EventKind, datetime]]:
    """Reference, kind and time of the newest events of these kinds, newest first."""
    query = (
        select(case.c.year, case.c.id, event.c.kind, event.c.at)
        .join_from(event, case, event.c.case_id == case.c.id)
        .where(event.c.kind.in_(kinds), event.c.at >= seconds(since))
        .order_by(event.c.at.desc(), event.c.case_id.desc())
        .limit(limit)
    )
    return [
        (reference(row.year, row.id), EventKind(row.kind), when(row.at))
        for row in connection.execute(query)
    ]


def _row(new: Event) -> dict[str, object]:
    return {
        "case_id": new.case_id,
        "seq": new.seq,
        "at": seconds(new.at),
        "kind": new.kind,
        "actor": new.actor,
        "data": data_json(new.data),
        "text_digest": new.text_digest,
        "previous": new.previous,
        "hash": new.hash,
    }


def event_of(row: Row[tuple[object, ...]]) -> Event:
    """The event in a whole row of its table."""
    return Event(
        case_id=row.case_id,
        seq=row.seq,
        at=when(row.at),
        kind=EventKind(row.kind),
        actor=row.actor,
        data=json.loads(row.data),
        text_digest=row.text_digest,
        previous=row.previous,
        hash=row.hash,
    )
