"""The journal's rows: appended one after the other, their texts apart."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from ..domain.chain import SALT_BYTES, Data, data_json, text_digest
from ..domain.journal import Entry, JournalKind, chained
from .schema import journal, journal_text
from .times import seconds, when

_APPENDING = 0x7E30  # PostgreSQL's lock of whoever appends: any number, the same in every node

_NEWEST = select(journal.c.id, journal.c.hash).order_by(journal.c.id.desc()).limit(1)
_ADD, _ADD_TEXT = insert(journal), insert(journal_text)
_OLD_TEXTS = (
    select(journal_text.c.journal_id)
    .join(journal, journal.c.id == journal_text.c.journal_id)
    .order_by(journal_text.c.journal_id)
)


def append(
    connection: Connection,
    kind: JournalKind,
    *,
    actor: str,
    now: datetime,
    data: Data,
    text: str | None,
) -> Entry:
    """Add an entry. From here to the end of the transaction every other writer of the journal
    waits: numbers have no gaps, and a number that was not committed is nobody's."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_APPENDING)))
    salt, newest = secrets.token_bytes(SALT_BYTES), head(connection)
    entry = chained(
        newest,
        at=when(seconds(now)),
        kind=kind,
        actor=actor,
        data=data,
        text_digest=None if text is None else text_digest(salt, text),
    )
    connection.execute(_ADD, _row(entry))
    if text is not None:
        connection.execute(_ADD_TEXT, {"journal_id": entry.id, "salt": salt, "text": text})
    return entry


def head(connection: Connection) -> tuple[int, str] | None:
    """Id and hash of the newest entry; None: there is none yet."""
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else (row.id, row.hash)


def forget_texts(connection: Connection, before: datetime, limit: int) -> int:
    """Erase the texts of entries that are older, the oldest first; how many."""
    old = _OLD_TEXTS.where(journal.c.at < seconds(before)).limit(limit)
    gone = delete(journal_text).where(journal_text.c.journal_id.in_(old.scalar_subquery()))
    return connection.execute(gone).rowcount


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": seconds(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "data": data_json(entry.data),
        "text_digest": entry.text_digest,
        "previous": entry.previous,
        "hash": entry.hash,
    }
