"""The random key of each day under which network addresses are hashed."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from .schema import day_key
from .times import seconds

KEPT = timedelta(days=8)
_DAY = 24 * 3600
_KEY = select(day_key.c.key).where(day_key.c.day == bindparam("day"))


def key_of_day(connection: Connection, now: datetime) -> bytes:
    """The key of the day of ``now`` (UTC), made at the day's first need."""
    day = seconds(now) // _DAY
    if (known := connection.execute(_KEY, {"day": day}).scalar_one_or_none()) is None:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        new = dialect.insert(day_key).values(day=day, key=secrets.token_bytes(32))
        connection.execute(new.on_conflict_do_nothing())
        known = connection.execute(_KEY, {"day": day}).scalar_one()
    key: bytes = known
    return key


def forget(connection: Connection, now: datetime) -> None:
    """Delete the keys older than ``KEPT``: what was hashed under them is noise from then on."""
    oldest = seconds(now - KEPT) // _DAY
    connection.execute(delete(day_key).where(day_key.c.day < oldest))
