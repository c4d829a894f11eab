"""The random key of each day under which network addresses are hashed."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.personal_data import NETWORK_DAYS
from .schema import day_key
from .times import seconds

KEPT = timedelta(days=NETWORK_DAYS)
_DAY = 24 * 3600
_KEY = select(day_key.c.key).where(day_key.c.day == bindparam("day"))
_KEYS = select(day_key.c.day, day_key.c.key).where(
    day_key.c.day.in_([bindparam("first"), bindparam("last")])
)


def key_of_day(connection: Connection, now: datetime) -> bytes:
    """The key of the day of ``now`` (UTC), made at the day's first need."""
    return keys_of_days(connection, now, now)[0]


def keys_of_days(connection: Connection, now: datetime, before: datetime) -> Sequence[bytes]:
    """The key of the day of ``now`` and, if it is another, that of the day of ``before``."""
    days = list(dict.fromkeys(seconds(moment) // _DAY for moment in (now, before)))
    rows = connection.execute(_KEYS, {"first": days[0], "last": days[-1]})
    known: dict[int, bytes] = {row.day: row.key for row in rows}
    return [known.get(day) or _made(connection, day) for day in days]


def known(connection: Connection, moment: datetime) -> bytes | None:
    """The key of the day of ``moment``, or None: there was none, or it is deleted."""
    found: bytes | None = connection.execute(
        _KEY, {"day": seconds(moment) // _DAY}
    ).scalar_one_or_none()
    return found


def _made(connection: Connection, day: int) -> bytes:
    """A new key, or the one that another process made in the meantime."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(day_key).values(day=day, key=secrets.token_bytes(32))
    connection.execute(new.on_conflict_do_nothing())
    key: bytes = connection.execute(_KEY, {"day": day}).scalar_one()
    return key


def forget(connection: Connection, now: datetime) -> None:
    """Delete the keys older than ``KEPT``: what was hashed under them is noise from then on."""
    oldest = seconds(now - KEPT) // _DAY
    connection.execute(delete(day_key).where(day_key.c.day < oldest))
