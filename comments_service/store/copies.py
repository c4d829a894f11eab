"""An exact copy of the whole database that can be put back at once.

SQLite: its own online copy, which is one transaction in either direction. PostgreSQL: the
rows as lines of JSON, put back in one transaction.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import dump, migrations
from .engine import Store


def take(store: Store, path: Path) -> None:
    """Copy the database, with everything in it, into a new file of mode 0600."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    if store.is_sqlite:
        with _sqlite(store) as live, _opened(path) as copy:
            live.backup(copy)
        return
    with path.open("wb") as file, dump.snapshot(store) as connection:
        dump.write(connection, file, lambda _rows: None, everything=True)
        file.flush()
        os.fsync(file.fileno())


def put_back(store: Store, path: Path, schema: str, last_case: int) -> None:
    """Make the database what it was when the copy was taken: all of it, or nothing changes.

    schema: its revision then. last_case: see ``dump.last_case``.
    """
    if store.is_sqlite:
        with _sqlite(store) as live, _opened(path) as copy:
            copy.backup(live)
        return
    with path.open("rb") as lines, store.write() as connection:
        dump.clear(connection)
        migrations.make(connection, schema)
        dump.read(connection, lines, lambda _rows: None, last_case=last_case)


@contextmanager
def _sqlite(store: Store) -> Iterator[Any]:
    raw = store.engine.raw_connection()
    try:
        yield raw.driver_connection
    finally:
        raw.close()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()
