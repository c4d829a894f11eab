"""Times as the tables hold them: whole seconds since 1970, UTC."""

from datetime import UTC, datetime


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
