"""The random key of each day under which network addresses are hashed."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from .schema import day_key
from .times import seconds

KEPT = timedelta(days=8)
_DAY = 24 * 3600


def key_of_day(connection: Connection, now: datetime) -> bytes:
    """The key of the day of ``now`` (UTC), made at the day's first need."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    day = seconds(now) // _DAY
    new = dialect.insert(day_key).values(day=day, key=secrets.token_bytes(32))
    connection.execute(new.on_conflict_do_nothing())
    key: bytes = connection.execute(select(day_key.c.key).where(day_key.c.day == day)).scalar_one()
    return key


def forget(connection: Connection, now: datetime) -> None:
    """Delete the keys older than ``KEPT``: what was hashed under them is noise from then on."""
    oldest = seconds(now - KEPT) // _DAY
    connection.execute(delete(day_key).where(day_key.c.day < oldest))
