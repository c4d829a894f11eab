"""The log exactly as it is stored, a row at a time, for whoever verifies it.

Nothing is assumed of what is read: SQLite's texts are taken as bytes, since one that is no
UTF-8 any more must be told as a changed one and not end the reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    Table,
    cast,
    func,
    select,
)

from ..domain.cases import reference
from ..domain.chain import JOURNAL, Head, Link, Seal, text_digest
from .schema import case, event, event_text, journal, journal_text, log_head, log_seal

_BATCH = 1_000
_SEAL = ("id", "at", "heads", "digest", "previous", "hash")
_LINK = ("at", "kind", "actor", "data", "text_digest", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry with its text. digest: of the text that is kept, or None without one."""

    link: Link
    digest: str | None

    @property
    def is_erased(self) -> bool:
        """It had a text, which is not kept any more."""
        return self.link.text_digest is not None and self.digest is None

    @property
    def has_wrong_text(self) -> bool:
        return self.digest is not None and self.digest != self.link.text_digest


class CaseRow(NamedTuple):
    """is_sealed: nothing happened since the last seal over it."""

    id: int
    reference: str
    is_sealed: bool


def count(connection: Connection) -> int:
    """How many rows there are to be verified."""
    tables = (event, journal, log_seal, log_head)
    counts = (connection.execute(select(func.count()).select_from(each)) for each in tables)
    return sum(each.scalar_one() for each in counts)


def case_rows(connection: Connection) -> Iterator[CaseRow]:
    """Every case, by number."""
    query = select(case.c.id, case.c.year, case.c.unsealed).order_by(case.c.id)
    for row in _rows(connection, query):
        yield CaseRow(row.id, reference(row.year, row.id), row.unsealed == 0)


def events(connection: Connection) -> Iterator[Stored]:
    """Every event, by case and place."""
    with_text = (event_text.c.case_id == event.c.case_id) & (event_text.c.seq == event.c.seq)
    query = (
        select(event.c.case_id.label("chain"), event.c.seq, *_plain(connection, event, _LINK))
        .add_columns(event_text.c.salt, *_plain(connection, event_text, ("text",)))
        .join_from(event, event_text, with_text, isouter=True)
        .order_by(event.c.case_id, event.c.seq)
    )
    return (_stored(row, row.chain) for row in _rows(connection, query))


def entries(connection: Connection) -> Iterator[Stored]:
    """The whole journal."""
    query = (
        select(journal.c.id.label("seq"), *_plain(connection, journal, _LINK))
        .add_columns(journal_text.c.salt, *_plain(connection, journal_text, ("text",)))
        .join_from(journal, journal_text, journal_text.c.journal_id == journal.c.id, isouter=True)
        .order_by(journal.c.id)
    )
    return (_stored(row, JOURNAL) for row in _rows(connection, query))


def heads_by_chain(connection: Connection) -> Iterator[Head]:
    """What the seals say of each chain, by chain and place."""
    query = select(log_head.c.case_id, log_head.c.seq, *_plain(connection, log_head, ("hash",)))
    ordered = query.order_by(log_head.c.case_id, log_head.c.seq)
    return (Head(row.case_id, row.seq, _text(row.hash)) for row in _rows(connection, ordered))


def heads_by_seal(connection: Connection) -> Iterator[tuple[int, Head]]:
    """Seal and head, in the order in which a seal's digest takes them."""
    names = _plain(connection, log_head, ("hash",))
    query = select(log_head.c.seal_id, log_head.c.case_id, log_head.c.seq, *names)
    for row in _rows(connection, query.order_by(log_head.c.seal_id, log_head.c.case_id)):
        yield row.seal_id, Head(row.case_id, row.seq, _text(row.hash))


def seals(connection: Connection) -> Iterator[Seal]:
    """Every seal, by number."""
    query = select(*_plain(connection, log_seal, _SEAL)).order_by(log_seal.c.id)
    for row in _rows(connection, query):
        values = {name: _text(value) for name, value in row._mapping.items()}
        yield Seal(**values)


def stray_texts(connection: Connection) -> tuple[list[str], bool]:
    """References of cases that texts stand by which belong to no event, the first one; and
    whether there are such texts by the journal."""
    of_event = select(event.c.seq).where(
        event.c.case_id == event_text.c.case_id, event.c.seq == event_text.c.seq
    )
    stray = (
        select(case.c.year, event_text.c.case_id)
        .join_from(event_text, case, case.c.id == event_text.c.case_id, isouter=True)
        .where(~of_event.exists())
        .order_by(event_text.c.case_id)
        .limit(1)
    )
    of_entry = select(journal.c.id).where(journal.c.id == journal_text.c.journal_id)
    by_journal = select(journal_text.c.journal_id).where(~of_entry.exists()).limit(1)
    found = [reference(row.year or 0, row.case_id) for row in connection.execute(stray)]
    return found, connection.execute(by_journal).first() is not None


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    # Closed also where the first fault ends the reading: PostgreSQL keeps a cursor for it.
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from found


def _plain(
    connection: Connection, table: Table, names: tuple[str, ...]
) -> list[ColumnElement[Any]]:
    """Columns of a table; on SQLite those that hold text as their bytes."""
    found = (table.c[name] for name in names)
    if connection.dialect.name != "sqlite":
        return list(found)
    return [
        cast(each, LargeBinary).label(each.name) if isinstance(each.type, String) else each
        for each in found
    ]


def _text(value: Any) -> Any:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def _stored(row: Any, chain: int) -> Stored:
    values = {name: _text(row._mapping[name]) for name in _LINK}
    link = Link(chain=chain, seq=row.seq, **values)
    if row.salt is None:
        return Stored(link, None)
    return Stored(link, text_digest(bytes(row.salt), _text(row.text)))
