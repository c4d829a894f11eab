"""Which words stand in which comment: a table beside the others that can always be made anew.

SQLite keeps it as FTS5, PostgreSQL as ``tsvector`` with GIN. The words are folded before
(``domain.words``), so that both find the same. Every change of a case marks it ``unindexed``;
the tick takes those in, some at a time, and a search reads the newest of them itself.

It stands in no migration: what it holds is made of the other tables, and a restore drops it.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    TextClause,
    bindparam,
    column,
    exists,
    func,
    select,
    table,
    text,
    true,
    update,
)

from ..domain.cases import EventKind, reference
from ..domain.states import Decision
from ..domain.words import name_key, text_key, words
from .batches import batches
from .schema import case, comment, event, event_text, revision

SEARCHED = (EventKind.ADDED, EventKind.APPEALED, EventKind.RATED, EventKind.ANSWERED)
"""Events whose texts are found beside the comment's own: what readers told us, and answers."""

_MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE case_search USING fts5(words, detail=none, columnsize=0,"
        " tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "CREATE TABLE case_search (case_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_case_search_words ON case_search USING gin (words)"
        " WITH (fastupdate = off)",
    ),
}
_IS_THERE = {
    "sqlite": text("SELECT 1 FROM sqlite_master WHERE name = 'case_search'"),
    "postgresql": text("SELECT 1 WHERE to_regclass('case_search') IS NOT NULL"),
}
_KEEP = {
    "sqlite": text("INSERT OR REPLACE INTO case_search (rowid, words) VALUES (:id, :words)"),
    "postgresql": text(
        "INSERT INTO case_search (case_id, words)"
        " VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
        " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words"
    ),
}
_DROP = {
    "sqlite": text("DELETE FROM case_search WHERE rowid = :id"),
    "postgresql": text("DELETE FROM case_search WHERE case_id = :id"),
}
_TAKEN_IN = (
    update(case)
    .where(case.c.id == bindparam("of"))
    .values(unindexed=0, text_key=bindparam("text_key"), name_key=bindparam("name_key"))
)
MAX_WORDS = 10
MOST_BYTES = 500_000
"""Of one case: PostgreSQL keeps a megabyte, and mixes up the words of more."""

READ_AT_ONCE = 200
"""Of the cases that the tick did not take in yet, so many are read by a search itself."""

_UNINDEXED = case.c.unindexed == text("1")  # literal, as the partial index has it

_FTS = table("case_search", column("rowid", BigInteger)).alias("found")
_VECTORS = table("case_search", column("case_id", BigInteger), column("words"))
NEAR = 1_000
"""PostgreSQL looks for words in so many of the newest first: a common one fills a page there,
and of a rare one its index gives the few that there are."""


@dataclass(slots=True)
class Said:
    """Everything that is searched of one case; body, author: of its newest wording."""

    id: int
    thread: str
    reference: str
    author: str = ""
    body: str = ""
    texts: list[str] = field(default_factory=list)

    def words(self) -> list[str]:
        """Each once; the oldest are left out where there are more than a row can hold."""
        newest_first = (self.reference, *reversed(self.texts))
        found, room = set[str](), MOST_BYTES
        for word in (word for each in newest_first for word in words(each)):
            if word not in found and (room := room - len(word.encode())) >= 0:
                found.add(word)
        return sorted(found)


def is_there(connection: Connection) -> bool:
    return connection.execute(_IS_THERE[connection.dialect.name]).first() is not None


def ensure(connection: Connection) -> None:
    """Make the table where it is missing, and let the tick take all cases in again."""
    if is_there(connection):
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
        if is_there(connection):
            return
    for statement in _MAKE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    connection.execute(update(case).where(case.c.unindexed == 0).values(unindexed=1))


_MAKING = 7_405_211
"""Any number: of the lock for two nodes that begin at once."""


def take_in(connection: Connection, most: int) -> int:
    """Take the newest cases in that search does not know as they are now; how many there were.

    Their rows are locked: what happens to them meanwhile waits, and marks them once more.
    """
    lacking = select(case.c.id).where(_UNINDEXED).order_by(case.c.id.desc()).limit(most)
    lacking = lacking.with_for_update(skip_locked=True)
    ids = list(connection.execute(lacking).scalars())
    rows, kept = [], []
    for each in said(connection, ids):
        rows.append({"id": each.id, "words": " ".join(each.words())})
        keys = {"text_key": text_key(each.body), "name_key": name_key(each.thread, each.author)}
        kept.append({"of": each.id, **keys})
    if rows:
        connection.execute(_KEEP[connection.dialect.name], rows)
        connection.execute(_TAKEN_IN, kept)
    return len(ids)


def said(connection: Connection, ids: Sequence[int]) -> list[Said]:
    """What stands in these cases, newest first."""
    read: dict[int, Said] = {}
    for some in batches(ids):
        for row in connection.execute(_WORDINGS, {"ids": some}):
            each = read.setdefault(row.id, Said(row.id, row.thread, reference(row.year, row.id)))
            each.texts += [row.author, row.body]
            if row.revision == row.head_revision:
                each.author, each.body = row.author, row.body
        taken_back = connection.execute(_UNDONE, {"ids": some})
        undone = {(row.case_id, json.loads(row.data)["of"]) for row in taken_back}
        for row in connection.execute(_TEXTS, {"ids": some}):
            if (row.case_id, row.seq) not in undone:
                read[row.case_id].texts.append(row.text)
    return sorted(read.values(), key=lambda each: each.id, reverse=True)


_later = revision.alias("later")
_IS_CUT = exists(
    select(_later.c.revision).where(
        _later.c.comment_id == revision.c.comment_id,
        _later.c.revision > revision.c.revision,
        _later.c.decision == Decision.APPROVED,
        _later.c.reason.is_not(None),
    )
)
"""A wording out of which something was cut later: whoever looks for a word finds no sealed one."""
_WORDINGS = (
    select(case.c.id, case.c.year, comment.c.thread, comment.c.head_revision)
    .add_columns(revision.c.revision, revision.c.author, revision.c.body)
    .join_from(case, comment, case.c.comment_id == comment.c.id)
    .join(revision, revision.c.comment_id == comment.c.id)
    .where(case.c.id.in_(bindparam("ids", expanding=True)), ~_IS_CUT)
)
_TEXTS = (
    select(event_text.c.case_id, event_text.c.seq, event_text.c.text)
    .join(event, (event.c.case_id == event_text.c.case_id) & (event.c.seq == event_text.c.seq))
    .where(event_text.c.case_id.in_(bindparam("ids", expanding=True)), event.c.kind.in_(SEARCHED))
)


_UNDONE = select(event.c.case_id, event.c.data).where(
    event.c.case_id.in_(bindparam("ids", expanding=True)), event.c.kind == EventKind.UNDONE
)


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Nothing of what these cases held stays in the table; the tick takes in what is left.

    The row of the case is locked first: whoever takes it in at this moment has done so, or
    comes later. FTS5 only marks what is deleted; merged into one, it is left out.
    """
    if not ids:
        return
    blank = {"unindexed": 1, "text_key": None, "name_key": None}
    connection.execute(update(case).where(case.c.id.in_(sorted(ids))).values(**blank))
    if not is_there(connection):
        return
    connection.execute(_DROP[connection.dialect.name], [{"id": each} for each in sorted(ids)])
    if connection.dialect.name == "sqlite":
        merge = "INSERT INTO case_search (case_search) VALUES ('optimize')"
        connection.exec_driver_sql(merge)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of the table in which some words stand, and the number of the case in them.
    condition: what chooses them; None: they are chosen already."""

    rows: FromClause
    id: ColumnElement[int]
    condition: TextClause | None = None

    def of(self, query: Select[Any], most: int) -> Select[Any]:
        """The newest of what ``query`` selects among the cases, of those found."""
        if self.condition is not None:
            query = query.join(self.rows, case.c.id == self.id).where(self.condition)
            return query.order_by(self.id.desc()).limit(most)
        # One case after the other, until there are enough: of words that it does not know,
        # PostgreSQL takes so many for granted that it would read every comment to join them.
        newest = select(self.id).order_by(self.id.desc()).offset(0).subquery("newest_found")
        each = query.where(case.c.id == newest.c.case_id).offset(0).lateral("each")
        joined = select(each).select_from(newest.join(each, true()))
        return joined.order_by(newest.c.case_id.desc()).limit(most)


def with_words(
    connection: Connection, wanted: Sequence[str], before: int, *, beginnings: bool
) -> Iterator[Found]:
    """Where all these words stand, each one of ``domain.words.words``, in cases below this
    number. The first rows are enough where they fill a page; the last ones are all.

    beginnings: also as the beginnings of longer ones.
    """
    if connection.dialect.name == "sqlite":
        asked = " ".join(f'"{each}"{"*" * beginnings}' for each in wanted)
        condition = text("found.case_search MATCH :asked AND found.rowid < :before")
        yield Found(_FTS, _FTS.c.rowid, condition.bindparams(asked=asked, before=before))
        return
    asked = " & ".join(f"'{each}'{':*' * beginnings}" for each in wanted)
    holds = text("words @@ CAST(:asked AS tsquery)").bindparams(asked=asked)
    older = select(_VECTORS).where(_VECTORS.c.case_id < before)
    newest = older.order_by(_VECTORS.c.case_id.desc()).limit(NEAR).subquery("newest")
    near = select(newest.c.case_id).where(holds).subquery("found")
    yield Found(near, near.c.case_id)
    # Apart from the rest: where a page is asked for, PostgreSQL takes every word for a common one.
    everywhere = select(_VECTORS.c.case_id).where(_VECTORS.c.case_id < before, holds).cte("found")
    everywhere = everywhere.prefix_with("MATERIALIZED", dialect="postgresql")
    yield Found(everywhere, everywhere.c.case_id)


def holding(connection: Connection, ids: Sequence[int], wanted: Sequence[str]) -> list[int]:
    """Of these cases, read anew, those in which all the words stand, or begin one that does."""
    return [each.id for each in said(connection, ids) if _holds(each.words(), wanted)]


def _holds(standing: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(each.startswith(word) for each in standing) for word in wanted)


def lacking(connection: Connection, before: int | None, most: int) -> list[int]:
    """The newest cases, below this number, that search does not know as they are now."""
    query = select(case.c.id).where(_UNINDEXED).order_by(case.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(case.c.id < before)
    return list(connection.execute(query).scalars())
