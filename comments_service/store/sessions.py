"""Signed-in browsers of those who work here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, update

from .links import hashed
from .people import PEOPLE, Person, person_of
from .schema import person, session
from .times import seconds, when


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. csrf: what its forms must carry.

    factor: by what it was opened: ``password``, ``code``, ``recovery``, ``passkey`` or
    ``institution``. agent: the browser in a few words, or None.
    """

    id_hash: str
    person: Person
    csrf: str
    created_at: datetime
    seen_at: datetime
    factor: str
    agent: str | None


_SESSION = PEOPLE.add_columns(
    session.c.id_hash,
    session.c.csrf,
    session.c.created_at.label("session_created_at"),
    session.c.seen_at,
    session.c.factor,
    session.c.agent,
).join(session, session.c.person_id == person.c.id)


def open_session(
    connection: Connection,
    token: str,
    person_id: int,
    csrf: str,
    now: datetime,
    *,
    factor: str = "password",
    agent: str | None = None,
) -> None:
    """Remember a browser by the hash of its cookie."""
    row = {"id_hash": hashed(token), "person_id": person_id, "csrf": csrf}
    times = {"created_at": seconds(now), "seen_at": seconds(now)}
    connection.execute(insert(session), row | times | {"factor": factor, "agent": agent or None})


def session_of(connection: Connection, token: str) -> Session | None:
    """The session of a cookie with its person, or None; ages are the caller's to judge."""
    row = connection.execute(_SESSION.where(session.c.id_hash == hashed(token))).one_or_none()
    return None if row is None else _session(row)


def of_person(
    connection: Connection, person_id: int, *, created: datetime, seen: datetime
) -> Sequence[Session]:
    """The sessions made since ``created`` and used since ``seen``, the last used first."""
    query = _SESSION.where(
        session.c.person_id == person_id,
        session.c.created_at >= seconds(created),
        session.c.seen_at >= seconds(seen),
    ).order_by(session.c.seen_at.desc(), session.c.id_hash)
    return [_session(row) for row in connection.execute(query)]


def touch_session(connection: Connection, id_hash: str, now: datetime) -> None:
    change = update(session).where(session.c.id_hash == id_hash)
    connection.execute(change.values(seen_at=seconds(now)))


def close_session(connection: Connection, id_hash: str) -> bool:
    """Whether it was open until now."""
    return connection.execute(delete(session).where(session.c.id_hash == id_hash)).rowcount == 1


def close_all(connection: Connection, person_id: int, *, but: str = "") -> int:
    """Close what a person has open, except the session with the hash ``but``; how many."""
    gone = delete(session).where(session.c.person_id == person_id, session.c.id_hash != but)
    return connection.execute(gone).rowcount


def close_old_sessions(connection: Connection, created: datetime, seen: datetime) -> None:
    """Forget the sessions made before ``created`` or idle since before ``seen``."""
    old = (session.c.created_at < seconds(created)) | (session.c.seen_at < seconds(seen))
    connection.execute(delete(session).where(old))


def _session(row: Row[Any]) -> Session:
    created, seen = when(row.session_created_at), when(row.seen_at)
    return Session(row.id_hash, person_of(row), row.csrf, created, seen, row.factor, row.agent)
