"""Who somebody is at the institution's own sign-in: issuer and subject (OpenID Connect)."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from .schema import identity
from .times import seconds


def person_of(connection: Connection, issuer: str, subject: str) -> int | None:
    """The id of the account that belongs to it, or None."""
    query = select(identity.c.person_id).where(
        identity.c.issuer == issuer, identity.c.subject == subject
    )
    return connection.execute(query).scalar_one_or_none()


def link(connection: Connection, issuer: str, subject: str, person_id: int, now: datetime) -> None:
    """From now on it belongs to this account."""
    row = {"issuer": issuer, "subject": subject, "person_id": person_id}
    connection.execute(insert(identity), row | {"created_at": seconds(now)})
