"""Opening the database and its two kinds of transaction.

SQLite: WAL with ``synchronous=FULL``, so that what was acknowledged survives a power cut;
``BEGIN IMMEDIATE`` and a lock in the process round writes, so that threads queue here and
not in SQLite's busy loop, whose tail is long. PostgreSQL: whoever waits for a lock gives up
after the same time (its manual, ``lock_timeout``), so one that is stuck never takes the rest
with it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ..errors import N_, Unavailable

__all__ = ["Connection", "Store", "open_store"]

BUSY_SECONDS = 10

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # an erased text is overwritten, not only left out
)


class Store:
    """An open database. ``is_sqlite`` tells the two dialects apart where they differ."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._writing = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; commits at the end, rolls back on any error.

        Raises Unavailable when the database is locked, full or gone.
        """
        if not self.is_sqlite:
            with _translated(), self.engine.begin() as connection:
                yield connection
            return
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(_RETRY_SECONDS, _BUSY)
        try:
            with _translated(), self.engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises Unavailable."""
        with _translated(), self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def scrub(self) -> None:
        """Let what was erased leave the files too: SQLite's log is folded in and emptied.

        Readers who are at it may keep some of it until the next time. PostgreSQL reuses the
        space by itself (its manual, section 25.1). Raises Unavailable.
        """
        if self.is_sqlite:
            with _translated(), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The database at a SQLAlchemy address; nothing is read or made yet."""
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return Store(engine)
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    return Store(engine)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1_000)}")  # milliseconds
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver begins nothing by itself: ``Store`` does. A listener to SQLAlchemy's own
    # "begin" would make every statement look for listeners.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeoutError) as error:
        raise Unavailable(_RETRY_SECONDS, _BUSY) from error
    except DBAPIError as error:
        # DatabaseError itself, no kind of it: SQLite's file is damaged.
        if error.connection_invalidated or type(error) is DatabaseError:
            raise Unavailable(_RETRY_SECONDS, _BUSY) from error
        raise


_RETRY_SECONDS = 30
_BUSY = N_("We cannot save anything at this moment. Please try again in a minute.")
