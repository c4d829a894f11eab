"""Passkeys: the public halves of keys that people's devices keep (WebAuthn)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from .schema import passkey
from .times import maybe_when, seconds, when


@dataclass(frozen=True, slots=True)
class Passkey:
    """id: the credential's, base64url. public_key: COSE. sign_count: of its last use.

    name: what its owner calls it. host: of the site's address that it was made at and is good
    for (WebAuthn: the relying party's id); "" for one that an earlier release made.
    """

    id: str
    person_id: int
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None
    host: str = ""

    def is_for(self, host: str) -> bool:
        return self.host in ("", host)


def add(connection: Connection, key: Passkey) -> None:
    """A new one."""
    row = {
        "id": key.id,
        "person_id": key.person_id,
        "public_key": key.public_key,
        "sign_count": key.sign_count,
        "name": key.name,
        "created_at": seconds(key.created_at),
        "host": key.host,
    }
    connection.execute(insert(passkey), row)


def by_id(connection: Connection, key_id: str) -> Passkey | None:
    row = connection.execute(select(passkey).where(passkey.c.id == key_id)).one_or_none()
    return None if row is None else _passkey(row)


def of_person(connection: Connection, person_id: int) -> Sequence[Passkey]:
    """Those of one person, the oldest first."""
    query = select(passkey).where(passkey.c.person_id == person_id)
    return [_passkey(row) for row in connection.execute(query.order_by(passkey.c.created_at))]


def is_any(connection: Connection, host: str) -> bool:
    """Whether anybody has one for this host."""
    found = select(passkey.c.id).where(passkey.c.host.in_(("", host))).limit(1)
    return connection.execute(found).first() is not None


def use(connection: Connection, key: Passkey, sign_count: int, now: datetime) -> bool:
    """Note a use; False when a later one was noted meanwhile. A device that counts none says 0."""
    change = update(passkey).where(
        passkey.c.id == key.id,
        or_(passkey.c.sign_count < sign_count, (passkey.c.sign_count == 0) & (sign_count == 0)),
    )
    values = {"sign_count": sign_count, "used_at": seconds(now)}
    return connection.execute(change.values(**values)).rowcount == 1


def remove(connection: Connection, person_id: int, key_id: str) -> bool:
    """Whether this person had it."""
    gone = delete(passkey).where(passkey.c.id == key_id, passkey.c.person_id == person_id)
    return connection.execute(gone).rowcount == 1


def remove_all(connection: Connection, person_id: int) -> int:
    """Those of one person; how many."""
    return connection.execute(delete(passkey).where(passkey.c.person_id == person_id)).rowcount


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        id=row.id,
        person_id=row.person_id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        name=row.name,
        created_at=when(row.created_at),
        used_at=maybe_when(row.used_at),
        host=row.host,
    )
