"""The database as lines of JSON, the same from SQLite and from PostgreSQL.

One line a row, ``{"table": ..., "row": {...}}``, in an order that foreign keys allow; bytes
stand as ``{"base64": ...}``. Everything is read in one snapshot and a row at a time, so that
the service goes on and a million rows need no memory. The tables are those of the schema
revision that the database has, so that an older one can be written and read too.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from typing import IO, Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    Update,
    create_engine,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError

from ..errors import N_, InvalidBackup
from . import migrations
from .engine import Store

LEFT_OUT = frozenset({"session", "one_time_link", "sign_in_step", "sign_in_try", "day_key"})
"""What must not come back: a signed-in browser, a link for one use, and the keys of the day,
which are deleted after some days so that no network address can be found out."""

BLANKED = {"comment": ("network", "fingerprint")}
"""Columns that say nothing without the keys of the day."""

GAP = 10_000
"""Case numbers left free by a restore: those after the backup were given to readers, whose
private links are made from them, and must never be another case's."""

_BATCH = 1_000
_NUMBERED = "cases"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Dumped:
    """tables: rows by table. last_case: the highest case number that was ever given."""

    tables: dict[str, int]
    last_case: int


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A transaction that sees one instant and hinders no writer. Raises Unavailable."""
    with store.read() as connection:
        if not store.is_sqlite:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection


def tables(connection: Connection) -> list[Table]:
    """The tables of the database's own schema revision, each after those it refers to."""
    found = MetaData()
    if names := _names(connection):
        found.reflect(connection, only=names)
    return found.sorted_tables


def has_rows(connection: Connection, table: Table) -> bool:
    """Whether anything stands in a table."""
    return connection.execute(select(table).limit(1)).first() is not None


def count_rows(connection: Connection) -> int:
    """How many rows ``write`` would write, but for everything."""
    return sum(
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _kept(tables(connection), everything=False)
    )


def write(
    connection: Connection, out: IO[bytes], progress: Progress, *, everything: bool = False
) -> Dumped:
    """Write every row. everything: sign-ins and keys of the day too, for a copy that is put
    back at once."""
    counts: dict[str, int] = {}
    for table in _kept(tables(connection), everything):
        blank = () if everything else BLANKED.get(table.name, ())
        rows = select(table).order_by(*table.primary_key.columns)
        counts[table.name] = 0
        for row in connection.execute(rows.execution_options(yield_per=_BATCH)).mappings():
            shown = {name: None if name in blank else _shown(value) for name, value in row.items()}
            line = json.dumps({"table": table.name, "row": shown}, separators=(",", ":"))
            out.write(line.encode() + b"\n")
            counts[table.name] += 1
            progress(1)
    return Dumped(counts, last_case(connection))


def read(
    connection: Connection, lines: Iterable[bytes], progress: Progress, *, last_case: int
) -> dict[str, int]:
    """Fill the empty tables of the transaction; rows by table.

    last_case: no case will get this number or a lower one. Raises InvalidBackup for a line
    that is no row of these tables.
    """
    known = {table.name: table for table in tables(connection)}
    counts = dict.fromkeys(known, 0)
    later: list[Update] = []
    try:
        for table, rows in _batches(lines, known):
            later += _held_back(table, rows)
            connection.execute(insert(table), rows)
            counts[table.name] += len(rows)
            progress(len(rows))
        for change in later:
            connection.execute(change)
    except OperationalError:
        raise  # a full disk says nothing about the backup
    except (IntegrityError, DataError, StatementError, OverflowError) as error:
        raise InvalidBackup(
            N_("The backup cannot be used: the database refuses it (%(why)s)."),
            why=str(getattr(error, "orig", error)).splitlines()[0],
        ) from error
    _set_counters(connection, list(known.values()), last_case)
    return counts


def lock(connection: Connection) -> None:
    """PostgreSQL: keep everybody else away from our tables until the transaction ends."""
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(name) for name in _names(connection))
    if names:
        connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


def clear(connection: Connection) -> None:
    """Remove all our tables, whatever revision they have."""
    found = MetaData()
    found.reflect(connection, only=_names(connection))
    found.drop_all(connection)
    for derived in ("case_search", "alembic_version"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {derived}")


def last_case(connection: Connection) -> int:
    """The highest case number that was ever given; 0 without any."""
    if _NUMBERED not in _names(connection):
        return 0
    if connection.dialect.name == "sqlite":
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        row = connection.execute(given, {"table": _NUMBERED}).scalar_one_or_none()
        return int(row or 0)
    name = connection.execute(_SEQUENCE, {"table": _NUMBERED}).scalar_one()
    # The name is PostgreSQL's own, quoted by it where that is needed.
    given = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608
    return int(connection.execute(given).scalar_one())


_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, 'id')")


def compact(store: Store) -> None:
    """Let nothing of an overwritten text stay in the files of the database."""
    raw = store.engine.raw_connection()
    try:
        if not store.is_sqlite:
            raw.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor = raw.cursor()
        cursor.execute("VACUUM" if store.is_sqlite else "VACUUM FULL")
        if store.is_sqlite:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        raw.invalidate()
        raw.close()


def _names(connection: Connection) -> tuple[str, ...]:
    """The tables that the database's own schema revision has."""
    revision = migrations.revision_of(connection)
    return _names_at(revision) if revision else ()


@cache
def _names_at(revision: str) -> tuple[str, ...]:
    """The tables that a revision has, learnt by making them in memory."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            migrations.make(connection, revision)
            made = MetaData()
            made.reflect(connection)
    finally:
        engine.dispose()
    return tuple(sorted(made.tables.keys() - {"alembic_version"}))


def _kept(found: list[Table], everything: bool) -> list[Table]:
    return [table for table in found if everything or table.name not in LEFT_OUT]


def _shown(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    return value


def _stored(value: object) -> object:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    return value


def _batches(
    lines: Iterable[bytes], known: dict[str, Table]
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows, at most ``_BATCH`` of one table at a time."""
    numbered = (_row(line, known, number) for number, line in enumerate(lines, 1))
    for table, rows in groupby(numbered, key=lambda each: each[0]):
        while batch := [row for _, row in islice(rows, _BATCH)]:
            yield table, batch


def _held_back(table: Table, rows: list[dict[str, Any]]) -> Iterator[Update]:
    """Take out of the rows what refers to a row of the same table, which may come after them."""
    keys = [(each, each.foreign_keys) for each in table.columns]
    own = [column.name for column, refers in keys if any(r.column.table is table for r in refers)]
    if not own:
        return
    (key,) = table.primary_key.columns
    for row in rows:
        values = {name: row[name] for name in own if row[name] is not None}
        if values:
            row.update(dict.fromkeys(values))
            yield update(table).where(key == row[key.name]).values(**values)


def _row(line: bytes, known: dict[str, Table], number: int) -> tuple[Table, dict[str, Any]]:
    try:
        entry = json.loads(line)
        table = known[entry["table"]]
        row = {name: _stored(value) for name, value in entry["row"].items()}
        if row.keys() != set(table.columns.keys()):
            raise KeyError(table.name)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidBackup(
            N_("The backup cannot be used: line %(number)s of the database is no row of it."),
            number=number,
        ) from error
    return table, row


def _set_counters(connection: Connection, filled: list[Table], last: int) -> None:
    """Let new rows get identity numbers above all that were ever given."""
    for table in filled:
        key = list(table.primary_key.columns)
        if [column.name for column in key] != ["id"] or key[0].type.python_type is not int:
            continue
        highest = connection.execute(select(func.max(key[0]))).scalar_one() or 0
        if table.name == _NUMBERED:
            highest = max(highest, last)
        if connection.dialect.name == "postgresql":
            values = {"table": table.name, "last": max(highest, 1), "used": highest > 0}
            connection.execute(_SET_SEQUENCE, values)
        elif table.name == _NUMBERED and highest:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'cases'"))
            added = text("INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', :last)")
            connection.execute(added, {"last": highest})


_SET_SEQUENCE = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last, :used)")
