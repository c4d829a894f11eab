"""Locks between processes and nodes: the publisher's, and who may serve a database.

The publisher's: one works, a second waits and takes over. The other one is shared by all who
serve the blog or work on it by a command; an upgrade or a restore takes it alone, so that
nobody is told that something was kept which is then put back.

SQLite: a lock on a file beside the database, dropped by the system when its holder dies.
PostgreSQL: an advisory lock of the session (its manual, section 13.3.5), which ends with the
connection; ``Share`` takes it again.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ..errors import N_, CannotStart
from .engine import Connection, Store, open_store

_PUBLISHER = 0x7E27  # any number, the same in every node
_SERVING = 0x7E28
_KEYS = 0x7E2A
_FILES = {_PUBLISHER: "publisher", _SERVING: "serving"}

_Kind = Literal["alone", "shared"]
_TAKE = {
    "alone": text("SELECT pg_try_advisory_lock(:key)"),
    "shared": text("SELECT pg_try_advisory_lock_shared(:key)"),
}
_FREE = {
    "alone": text("SELECT pg_advisory_unlock(:key)"),
    "shared": text("SELECT pg_advisory_unlock_shared(:key)"),
}
_FLOCK = {"alone": fcntl.LOCK_EX, "shared": fcntl.LOCK_SH}


@contextmanager
def publishing(store: Store) -> Iterator[bool]:
    """True while this process is the one publisher; False when another one is."""
    with _lock(store, _PUBLISHER, "alone") as held:
        yield held is not None


@contextmanager
def alone(store: Store) -> Iterator[Callable[[], None]]:
    """Work on this database while nobody else serves it or works on it. Waits for nobody:
    raises CannotStart. Gives what raises it too, once the connection that held the lock is lost.
    """
    with _lock(store, _SERVING, "alone") as held:
        if held is None:
            raise CannotStart(
                N_(
                    "Another node serves this blog, or a command is at work on it."
                    " Stop all of them first."
                )
            )
        yield lambda: _refuse_when_lost(held)


def _refuse_when_lost(held: "_Held") -> None:
    if isinstance(held, Connection):
        with suppress(DBAPIError):
            if not held.invalidated:  # else it would be another session that answers
                held.execute(text("SELECT 1"))
                return
        raise CannotStart(
            N_("The connection to the database was lost. Nothing was changed; try again.")
        )


def of_keys(connection: Connection) -> None:
    """Let a change of keys and whoever would undo it wait for each other, to the end of their
    transactions; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEYS})


@contextmanager
def serving(database: str) -> Iterator[None]:
    """Work on the database at an address beside others who do. Raises CannotStart while an
    upgrade or a restore has it alone."""
    share = Share(database)
    try:
        share.take()
        yield
    finally:
        share.close()


class Share:
    """What one who serves a database holds of it, on a connection of its own.

    database: its address. Not to be taken before a fork, nor used by two threads at once.
    """

    def __init__(self, database: str) -> None:
        self._store = open_store(database)
        self._held: _Held = None
        self._stack = ExitStack()

    def take(self) -> None:
        """Raises CannotStart while an upgrade or a restore has the database alone.

        One that cannot be reached, or is not there yet, is nobody's: whoever opens it next
        is told why, and ``keep`` takes it later.
        """
        with ExitStack() as stack:
            try:
                self._held = stack.enter_context(_lock(self._store, _SERVING, "shared"))
            except (FileNotFoundError, DBAPIError):
                return
            if self._held is None:
                raise CannotStart(
                    N_(
                        "An upgrade or a restore is at work on this blog."
                        " Start again when it has ended."
                    )
                )
            self._stack = stack.pop_all()

    def keep(self) -> bool:
        """Take it again where the connection was lost. False: too late, an upgrade or a
        restore has the database alone now. To be asked every few seconds."""
        if isinstance(self._held, Connection):
            with suppress(DBAPIError):
                if not self._held.invalidated:  # else it would be another session that answers
                    self._held.execute(text("SELECT 1"))
                    return True
        elif self._held is not None:
            return True
        self.close()
        try:
            self.take()
        except CannotStart:
            return False
        return True

    def close(self) -> None:
        """Give it back."""
        self._held = None
        self._stack.close()
        self._store.close()


_Held = Connection | str | None
"""A session's connection, the path of a locked file, or nothing: somebody else has it."""


def _lock(store: Store, key: int, kind: _Kind) -> AbstractContextManager[_Held]:
    """Without waiting. Raises FileNotFoundError, DBAPIError where there is nothing to lock."""
    if store.is_sqlite:
        return _file_lock(f"{store.engine.url.database}.{_FILES[key]}", kind)
    return _session_lock(store, key, kind)


@contextmanager
def _session_lock(store: Store, key: int, kind: _Kind) -> Iterator[_Held]:
    with store.engine.connect() as pooled:
        # No transaction stays open: it would keep the database from tidying up.
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        ours = connection.execute(_TAKE[kind], {"key": key}).scalar_one()
        try:
            yield connection if ours else None
        finally:
            if ours and not connection.invalidated:  # a lost session holds nothing any more
                with suppress(DBAPIError):
                    connection.execute(_FREE[kind], {"key": key})


@contextmanager
def _file_lock(path: str, kind: _Kind) -> Iterator[_Held]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, _FLOCK[kind] | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield path
    finally:
        os.close(descriptor)
