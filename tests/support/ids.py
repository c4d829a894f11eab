"""New comment ids for tests."""

from datetime import datetime

from ulid import ULID


def new_id(now: datetime) -> str:
    """A fresh ULID of that instant, in lower case."""
    return str(ULID.from_datetime(now)).lower()
