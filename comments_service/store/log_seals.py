"""Seals over the chains: which of them grew, their heads, the seals themselves."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update

from ..domain.chain import JOURNAL, Head, Seal
from . import journal
from .batches import batches
from .schema import case, event, log_head, log_seal

_SEALING = 0x7E31  # PostgreSQL's lock of whoever seals: any number, the same in every node

# Whoever appends to a case holds its row to the end of their transaction: a case in work is
# left for the next seal, and nobody appends to those that are taken here.
_GREW = (
    select(case.c.id)
    .where(case.c.unsealed == text("1"))
    .order_by(case.c.id)
    .with_for_update(skip_locked=True)
)
_newest = event.alias()
_LAST = (
    select(func.max(_newest.c.seq)).where(_newest.c.case_id == event.c.case_id).scalar_subquery()
)
_HEADS = select(event.c.case_id, event.c.seq, event.c.hash).where(event.c.seq == _LAST)
_OF_JOURNAL = (
    select(log_head.c.seq)
    .where(log_head.c.case_id == JOURNAL)
    .order_by(log_head.c.seal_id.desc())
    .limit(1)
)
_NEWEST = select(log_seal).order_by(log_seal.c.id.desc()).limit(1)


def is_due(connection: Connection) -> bool:
    """Whether anything is new since the last seal."""
    grew = select(case.c.id).where(case.c.unsealed == text("1")).limit(1)
    return connection.execute(grew).first() is not None or bool(head_of_journal(connection))


def begin(connection: Connection) -> bool:
    """Let one seal be taken at a time; False: another node is at it."""
    if connection.dialect.name != "postgresql":
        return True
    ours: bool = connection.execute(select(func.pg_try_advisory_xact_lock(_SEALING))).scalar_one()
    return ours


def heads_that_grew(connection: Connection, limit: int) -> list[Head]:
    """The newest events of at most so many cases that no seal covers yet."""
    ids = connection.execute(_GREW.limit(limit)).scalars().all()
    found = {
        row.case_id: Head(row.case_id, row.seq, row.hash)
        for some in batches(ids)
        for row in connection.execute(_HEADS.where(event.c.case_id.in_(some)))
    }
    return list(found.values())


def head_of_journal(connection: Connection) -> Head | None:
    """The newest entry of the journal, where the last seal over it covers an older one."""
    newest = journal.head(connection)
    sealed = connection.execute(_OF_JOURNAL).scalar_one_or_none()
    if newest is None or newest[0] == sealed:
        return None
    return Head(JOURNAL, *newest)


def newest(connection: Connection) -> Seal | None:
    """The last seal, or None."""
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else seal_of(row)


def keep(connection: Connection, seal: Seal, heads: Sequence[Head]) -> None:
    """Keep a seal with its heads; their cases are sealed then."""
    names = ("id", "at", "heads", "digest", "previous", "hash")
    connection.execute(insert(log_seal), {name: getattr(seal, name) for name in names})
    rows = [
        {"seal_id": seal.id, "case_id": head.chain, "seq": head.seq, "hash": head.hash}
        for head in heads
    ]
    connection.execute(insert(log_head), rows)
    for some in batches([head.chain for head in heads if head.chain != JOURNAL]):
        connection.execute(update(case).where(case.c.id.in_(some)).values(unsealed=0))


def seal_of(row: Row[Any]) -> Seal:
    """The seal in a whole row of its table."""
    return Seal(
        id=row.id,
        at=row.at,
        heads=row.heads,
        digest=row.digest,
        previous=row.previous,
        hash=row.hash,
    )
