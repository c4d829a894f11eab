"""What the database of a world holds, read by plain SQL."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy import text as sql

from comments_service.domain.cases import Event, EventKind, is_sound
from comments_service.store.events import of_case
from tests.faults.expected import Text
from tests.faults.world import World

TABLES_WITHOUT_TEXT = ("outbox", "build_run", "fact", "comment", "event", "cases")


@contextmanager
def reading(world: World) -> Iterator[Connection]:
    engine = create_engine(world.database)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(world: World, query: str, **values: object) -> list[Any]:
    with reading(world) as connection:
        return list(connection.execute(sql(query), values))


def waiting(world: World) -> int:
    """I9: how much is not published yet."""
    return int(rows(world, "SELECT count(*) FROM outbox WHERE done_at IS NULL")[0][0])


def ids_of(world: World, of: Text) -> list[str]:
    """Ids of the comments that a text became; one, if all is well."""
    if of.reference:
        number = int(of.reference.split("-")[1])
        return [
            row[0] for row in rows(world, "SELECT comment_id FROM cases WHERE id = :id", id=number)
        ]
    found = rows(
        world,
        "SELECT DISTINCT comment_id FROM revision WHERE body LIKE :like",
        like=f"%{of.word}%",
    )
    return [row[0] for row in found]


def check(world: World, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    """I1, I3, I5, I7, I9, I10 of the database."""
    with reading(world) as connection:
        yield from _submissions(connection, texts)
        yield from _numbers(connection, texts)
        yield from _soundness(connection)
        yield from _erased(connection, texts)
        yield from _ledger(connection, world, texts)
        yield from _personal(connection, world)
    if left := waiting(world):
        why = rows(world, "SELECT kind, comment_id, problem FROM outbox WHERE done_at IS NULL")
        yield "I9", f"{left} wait in the outbox: {[tuple(row) for row in why][:5]}"


def _submissions(connection: Connection, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    first = sql(
        "SELECT cases.id, revision.author, revision.body, cases.year FROM cases"
        " JOIN revision ON revision.comment_id = cases.comment_id AND revision.revision = 1"
    )
    by_case = {row[0]: row for row in connection.execute(first)}
    by_body: dict[str, int] = {}
    for row in by_case.values():
        by_body[row[2]] = by_body.get(row[2], 0) + 1
    for text in texts.values():
        if text.told and not text.may_be("erased"):
            year, _, number = (text.reference or "0-0").partition("-")
            row = by_case.get(int(number))
            if row is None or str(row[3]) != year:
                yield "I1", f"{text.word}: {text.reference} was told, but there is no such case"
            elif (row[1], row[2]) != (text.author, text.body):
                yield "I1", f"{text.word}: {text.reference} holds {row[1]!r}, {row[2]!r}"
        if text.body and by_body.get(text.body, 0) > 1:
            yield "I3", f"{text.word} was kept {by_body[text.body]} times"


def _numbers(connection: Connection, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    """A number is given once in its thread. A file that staff moved keeps the number it says."""
    moved = {text.reference for text in texts.values() if text.moved}
    given = sql(
        "SELECT comment.thread, comment.number, cases.year, cases.id FROM comment"
        " LEFT JOIN cases ON cases.comment_id = comment.id"
        " WHERE number IS NOT NULL AND kind IN ('comment', 'answer')"
    )
    count: Counter[tuple[str, int]] = Counter()
    for thread, number, year, case in connection.execute(given):
        if f"{year}-{case or 0:06}" not in moved:
            count[thread, number] += 1
    for (thread, number), times in count.items():
        if times > 1:
            yield "I3", f"number {number} of {thread} was given {times} times"


def _soundness(connection: Connection) -> Iterator[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        told = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        if told != ["ok"]:
            yield "I7", f"integrity_check: {told[:3]}"
        if broken := list(connection.exec_driver_sql("PRAGMA foreign_key_check")):
            yield "I7", f"foreign_key_check: {broken[:3]}"
    for (case,) in list(connection.execute(sql("SELECT id FROM cases"))):
        record: list[Event] = of_case(connection, case)
        if not is_sound(record):
            yield "I7", f"the record of case {case} is broken"
        seen = [event.data.get("digest") for event in record if event.kind is EventKind.PUBLISHED]
        if len(seen) != len(set(seen)):
            yield "I3", f"case {case} was told twice that it is published: {seen}"


def _erased(connection: Connection, texts: dict[str, Text]) -> Iterator[tuple[str, str]]:
    for text in texts.values():
        if not text.is_surely("erased"):
            continue
        for word in text.words:
            for table, column in (
                ("revision", "body"),
                ("event_text", "text"),
                ("revision", "reason"),
            ):
                like = sql(f"SELECT count(*) FROM {table} WHERE {column} LIKE :like")
                if connection.execute(like, {"like": f"%{word}%"}).scalar():
                    yield "I5", f"{word} was erased, but is in {table}.{column}"


def _ledger(
    connection: Connection, world: World, texts: dict[str, Text]
) -> Iterator[tuple[str, str]]:
    """What was erased stands in the list outside the database."""
    file = world.settings().erasures_file
    listed = file.read_text("ascii") if file.exists() else ""
    by_case = dict(
        tuple(row) for row in connection.execute(sql("SELECT id, comment_id FROM cases"))
    )
    for text in texts.values():
        if text.is_surely("erased") and text.reference:
            comment_id = by_case.get(int(text.reference.split("-")[1]))
            if f"{comment_id} " not in listed:
                yield "I5", f"{text.word} was erased, but {file.name} does not say so"


def _personal(connection: Connection, world: World) -> Iterator[tuple[str, str]]:
    for table in TABLES_WITHOUT_TEXT:
        for row in connection.execute(sql(f"SELECT * FROM {table}")):
            for canary in world.canaries:
                if any(canary in str(value) for value in row):
                    yield "I10", f"{canary} is in the table {table}"
