"""One-time links: whoever has one may do one thing, once, until its term.

Purposes: ``first-admin``, ``invite:<person>`` and, for a forgotten password, ``reset:<person>``
(by mail) and ``hand:<person>``; of each there is at most one valid link.
"""

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from .schema import one_time_link
from .times import maybe_when, seconds

RESETS = ("reset", "hand")
"""Kinds of links that set another password: sent by mail, handed over by a colleague."""


def hashed(token: str) -> str:
    """What the database holds of a token: it is random enough for one SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def put_link(connection: Connection, purpose: str, token: str, expires: datetime) -> None:
    """The one valid link for a purpose; an earlier one stops working."""
    connection.execute(delete(one_time_link).where(one_time_link.c.purpose == purpose))
    row = {"purpose": purpose, "token_hash": hashed(token), "expires_at": seconds(expires)}
    connection.execute(insert(one_time_link), row)


def link_is_valid(connection: Connection, purpose: str, token: str, now: datetime) -> bool:
    query = select(one_time_link.c.purpose).where(*_this_link(purpose, token, now))
    return connection.execute(query).first() is not None


def purpose_of(connection: Connection, token: str, now: datetime) -> str | None:
    """What the link with this token is for, while it is valid."""
    query = select(one_time_link.c.purpose).where(
        one_time_link.c.token_hash == hashed(token), one_time_link.c.expires_at > seconds(now)
    )
    return connection.execute(query).scalar_one_or_none()


def expires(connection: Connection, purpose: str) -> datetime | None:
    """The end of the link for a purpose; None: there is none."""
    query = select(one_time_link.c.expires_at).where(one_time_link.c.purpose == purpose)
    return maybe_when(connection.execute(query).scalar_one_or_none())


def remove_link(connection: Connection, purpose: str) -> None:
    connection.execute(delete(one_time_link).where(one_time_link.c.purpose == purpose))


def end_resets(connection: Connection, person_id: int) -> None:
    """No link sets another password of this person any more."""
    purposes = [f"{kind}:{person_id}" for kind in RESETS]
    connection.execute(delete(one_time_link).where(one_time_link.c.purpose.in_(purposes)))


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
