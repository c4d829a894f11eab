"""An exact copy of the whole database that can be put back at once.

SQLite: its own online copy, which is one transaction in either direction. PostgreSQL: the
rows as lines of JSON, put back in one transaction. What was acknowledged since the copy was
taken is never lost: then nothing is put back.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import checks, dump, migrations
from .engine import Connection, Store


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was taken. schema: revision of its tables. last_case: see
    ``dump.last_case``. given: see ``checks.given``."""

    path: Path
    schema: str
    last_case: int
    given: Mapping[str, int]


def take(store: Store, path: Path) -> Copy:
    """Copy the database, with everything in it, into a new file of mode 0600."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    # Looked at first: what comes between is in the copy and counts as come since, not as lost.
    with dump.snapshot(store) as connection:
        schema = migrations.revision_of(connection) or ""
        taken = Copy(path, schema, dump.last_case(connection), checks.given(connection))
    if store.is_sqlite:
        with _sqlite(store) as live, _opened(path) as copy:
            live.backup(copy)
        return taken
    with path.open("wb") as file, dump.snapshot(store) as connection:
        dump.write(connection, file, lambda _rows: None, everything=True)
        file.flush()
        os.fsync(file.fileno())
    return taken


def put_back(store: Store, copy: Copy) -> bool:
    """Make the database what it was when the copy was taken: all of it, or nothing changes.

    False, and nothing changed: something was acknowledged since. Raises FileNotFoundError
    without the copy.
    """
    if store.is_sqlite:
        with store.read() as connection:
            if _has_more(connection, copy):
                return False
        with _sqlite(store) as live, _opened(copy.path) as kept:
            kept.backup(live)
        return True
    with copy.path.open("rb") as lines, store.write() as connection:
        dump.lock(connection)
        if _has_more(connection, copy):
            return False
        dump.clear(connection)
        migrations.make(connection, copy.schema)
        dump.read(connection, lines, lambda _rows: None, last_case=copy.last_case)
    return True


def _has_more(connection: Connection, copy: Copy) -> bool:
    if not dump.tables(connection):
        return False  # no tables any more, so nobody was told anything
    if dump.last_case(connection) > copy.last_case:
        return True
    return any(count > copy.given.get(name, 0) for name, count in checks.given(connection).items())


@contextmanager
def _sqlite(store: Store) -> Iterator[Any]:
    raw = store.engine.raw_connection()
    try:
        yield raw.driver_connection
    finally:
        raw.close()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that is there: a connection to one that is not would make an empty database."""
    if not path.is_file():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()
