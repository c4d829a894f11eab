"""Times as the tables hold them: whole seconds since 1970, UTC; days since 1970."""

from datetime import UTC, date, datetime, timedelta

_FIRST_DAY = date(1970, 1, 1)


def seconds(when: datetime) -> int:
    """The stored form of an aware time."""
    return int(when.timestamp())


def when(stored: int) -> datetime:
    """The aware UTC time of a stored one."""
    return datetime.fromtimestamp(stored, UTC)


def maybe_when(stored: int | None) -> datetime | None:
    return None if stored is None else when(stored)


def maybe_seconds(when: datetime | None) -> int | None:
    return None if when is None else seconds(when)


def day(stored: int) -> date:
    """The day of a stored one, counted from 1970-01-01."""
    return _FIRST_DAY + timedelta(days=stored)


def days(day: date) -> int:
    return (day - _FIRST_DAY).days


def maybe_day(stored: int | None) -> date | None:
    return None if stored is None else day(stored)


def maybe_days(day: date | None) -> int | None:
    return None if day is None else days(day)
