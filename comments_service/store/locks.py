"""The publisher's lock: one works, a second waits and takes over.

SQLite: a lock on a file beside the database, dropped by the system when its holder dies.
PostgreSQL: an advisory lock of the session (its manual, section 13.3.5).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from .engine import Store

_PUBLISHER = 0x7E27  # any number, the same in every node


@contextmanager
def publishing(store: Store) -> Iterator[bool]:
    """True while this process is the one publisher; False when another one is."""
    if store.is_sqlite:
        with _file_lock(f"{store.engine.url.database}.publisher") as ours:
            yield ours
        return
    with store.engine.connect() as connection:
        values = {"key": _PUBLISHER}
        ours = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), values).scalar_one()
        connection.commit()
        try:
            yield ours
        finally:
            if ours:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), values)
                connection.commit()


@contextmanager
def _file_lock(path: str) -> Iterator[bool]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
