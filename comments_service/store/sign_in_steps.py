"""Halves of a sign-in: the password was right and the code is awaited, or a challenge is out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from .links import hashed
from .schema import sign_in_step
from .times import seconds


@dataclass(frozen=True, slots=True)
class Step:
    """kind: ``code``, ``passkey``, ``new-passkey``, ``institution`` or ``reset``.

    person_id: who it is about, None while nobody knows. data: what the kind needs.
    """

    token_hash: str
    kind: str
    person_id: int | None
    data: Mapping[str, Any]


def put(
    connection: Connection,
    token: str,
    kind: str,
    expires: datetime,
    *,
    person_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Remember a step by the hash of its token."""
    row = {
        "token_hash": hashed(token),
        "kind": kind,
        "person_id": person_id,
        "data": json.dumps(data or {}, sort_keys=True),
        "expires_at": seconds(expires),
    }
    connection.execute(insert(sign_in_step), row)


def get(connection: Connection, token: str, kind: str, now: datetime) -> Step | None:
    """The step of this kind that the token names, unless it is over."""
    query = select(sign_in_step).where(
        sign_in_step.c.token_hash == hashed(token),
        sign_in_step.c.kind == kind,
        sign_in_step.c.expires_at > seconds(now),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Step(row.token_hash, row.kind, row.person_id, json.loads(row.data))


def of_kind(connection: Connection, kind: str, now: datetime, limit: int) -> list[Step]:
    """Those of a kind that are not over, the first to end first."""
    query = select(sign_in_step).where(
        sign_in_step.c.kind == kind, sign_in_step.c.expires_at > seconds(now)
    )
    rows = connection.execute(query.order_by(sign_in_step.c.expires_at).limit(limit))
    return [Step(row.token_hash, row.kind, row.person_id, json.loads(row.data)) for row in rows]


def change(connection: Connection, step: Step, data: Mapping[str, Any]) -> bool:
    """Keep other data with it; False when somebody else changed or ended it meanwhile."""
    now_so = update(sign_in_step).where(
        sign_in_step.c.token_hash == step.token_hash,
        sign_in_step.c.data == json.dumps(dict(step.data), sort_keys=True),
    )
    written = json.dumps(dict(data), sort_keys=True)
    return connection.execute(now_so.values(data=written)).rowcount == 1


def end(connection: Connection, step: Step) -> bool:
    """Use the step up; False when somebody else did."""
    gone = delete(sign_in_step).where(sign_in_step.c.token_hash == step.token_hash)
    return connection.execute(gone).rowcount == 1


def end_all(connection: Connection, person_id: int) -> None:
    """Half a sign-in of this person leads nowhere any more."""
    connection.execute(delete(sign_in_step).where(sign_in_step.c.person_id == person_id))


def forget(connection: Connection, now: datetime) -> None:
    """Delete the steps whose time is over."""
    connection.execute(delete(sign_in_step).where(sign_in_step.c.expires_at <= seconds(now)))
