"""Staff, their sessions, one-time links and failed sign-ins."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from .schema import one_time_link, person, session, sign_in_try
from .times import seconds, when


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff. login: what is typed to sign in; name: what signs answers."""

    id: int
    login: str
    name: str
    position: str | None
    department: str | None
    language: str
    role: str
    password_hash: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. csrf: what its forms must carry."""

    id_hash: str
    person: Person
    csrf: str
    created_at: datetime
    seen_at: datetime


def hashed(token: str) -> str:
    """What the database holds of a token: it is random enough for one SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


_PERSON = select(person)


def add_person(connection: Connection, now: datetime, **values: str | None) -> int:
    """A new account; ``values`` are the columns. Returns its id."""
    row = values | {"created_at": seconds(now)}
    new: int = connection.execute(insert(person).returning(person.c.id), row).scalar_one()
    return new


def by_login(connection: Connection, login: str) -> Person | None:
    return _person(connection.execute(_PERSON.where(person.c.login == login)).one_or_none())


def by_id(connection: Connection, person_id: int) -> Person | None:
    return _person(connection.execute(_PERSON.where(person.c.id == person_id)).one_or_none())


def has_administrator(connection: Connection) -> bool:
    query = select(person.c.id).where(person.c.role == "admin", person.c.disabled_at.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def open_session(
    connection: Connection, token: str, person_id: int, csrf: str, now: datetime
) -> None:
    """Remember a browser by the hash of its cookie."""
    row = {"id_hash": hashed(token), "person_id": person_id, "csrf": csrf}
    times = {"created_at": seconds(now), "seen_at": seconds(now)}
    connection.execute(insert(session), row | times)


def session_of(connection: Connection, token: str) -> Session | None:
    """The session of a cookie with its person, or None; ages are the caller's to judge."""
    query = (
        select(session.c.id_hash, session.c.csrf, session.c.created_at, session.c.seen_at, person)
        .join_from(session, person, session.c.person_id == person.c.id)
        .where(session.c.id_hash == hashed(token))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    who = _person(row)
    if who is None:
        raise AssertionError("a session without its person")
    created = when(row._mapping[session.c.created_at])
    return Session(row.id_hash, who, row.csrf, created, when(row.seen_at))


def touch_session(connection: Connection, id_hash: str, now: datetime) -> None:
    change = update(session).where(session.c.id_hash == id_hash)
    connection.execute(change.values(seen_at=seconds(now)))


def close_session(connection: Connection, id_hash: str) -> None:
    connection.execute(delete(session).where(session.c.id_hash == id_hash))


def close_old_sessions(connection: Connection, created: datetime, seen: datetime) -> None:
    """Forget the sessions made before ``created`` or idle since before ``seen``."""
    old = (session.c.created_at < seconds(created)) | (session.c.seen_at < seconds(seen))
    connection.execute(delete(session).where(old))


def put_link(connection: Connection, purpose: str, token: str, expires: datetime) -> None:
    """The one valid link for a purpose; an earlier one stops working."""
    connection.execute(delete(one_time_link).where(one_time_link.c.purpose == purpose))
    row = {"purpose": purpose, "token_hash": hashed(token), "expires_at": seconds(expires)}
    connection.execute(insert(one_time_link), row)


def link_is_valid(connection: Connection, purpose: str, token: str, now: datetime) -> bool:
    query = select(one_time_link.c.purpose).where(*_this_link(purpose, token, now))
    return connection.execute(query).first() is not None


def use_link(connection: Connection, purpose: str, token: str, now: datetime) -> bool:
    """Use the link up; False when it is unknown, used or expired."""
    gone = delete(one_time_link).where(*_this_link(purpose, token, now))
    return connection.execute(gone).rowcount == 1


def _this_link(purpose: str, token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        one_time_link.c.purpose == purpose,
        one_time_link.c.token_hash == hashed(token),
        one_time_link.c.expires_at > seconds(now),
    )


def note_failed_try(connection: Connection, subjects: list[str], now: datetime) -> None:
    connection.execute(insert(sign_in_try), [{"subject": s, "at": seconds(now)} for s in subjects])


def failed_tries(connection: Connection, subject: str, since: datetime) -> int:
    query = select(func.count()).where(
        sign_in_try.c.subject == subject, sign_in_try.c.at >= seconds(since)
    )
    return connection.execute(query).scalar_one()


def forget_tries(connection: Connection, before: datetime) -> None:
    connection.execute(delete(sign_in_try).where(sign_in_try.c.at < seconds(before)))


def _person(row: object) -> Person | None:
    if row is None:
        return None
    values = row._mapping  # type: ignore[attr-defined]
    return Person(
        id=values[person.c.id],
        login=values[person.c.login],
        name=values[person.c.name],
        position=values[person.c.position],
        department=values[person.c.department],
        language=values[person.c.language],
        role=values[person.c.role],
        password_hash=values[person.c.password_hash],
        disabled=values[person.c.disabled_at] is not None,
    )
