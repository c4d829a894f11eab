"""Words that answers begin from, by name and language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from .schema import canned_reply
from .times import seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """body: as it is put into the answer; see ``usecases.filling`` for what stands in braces.
    department_id: whose it is; None: everybody's."""

    id: int
    name: str
    lang: str
    body: str
    department_id: int | None = None


def everything(connection: Connection) -> list[Reply]:
    """All of them, by name and language: a few dozen."""
    query = select(canned_reply).order_by(canned_reply.c.name, canned_reply.c.lang)
    return [_reply(row) for row in connection.execute(query)]


def one(connection: Connection, reply_id: int) -> Reply | None:
    query = select(canned_reply).where(canned_reply.c.id == reply_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _reply(row)


def put(
    connection: Connection,
    name: str,
    lang: str,
    body: str,
    department_id: int | None,
    now: datetime,
) -> int:
    """These are the words of this name in this language from now on; their id."""
    same = (canned_reply.c.name == name) & (canned_reply.c.lang == lang)
    values = {"body": body, "department_id": department_id, "changed_at": seconds(now)}
    changed = connection.execute(
        update(canned_reply).where(same).values(**values).returning(canned_reply.c.id)
    ).scalar_one_or_none()
    if changed is not None:
        return int(changed)
    new = insert(canned_reply).returning(canned_reply.c.id)
    made: int = connection.execute(new, {"name": name, "lang": lang} | values).scalar_one()
    return made


def remove(connection: Connection, reply_id: int) -> bool:
    """Whether there was one."""
    return bool(
        connection.execute(delete(canned_reply).where(canned_reply.c.id == reply_id)).rowcount
    )


def _reply(row: Row[Any]) -> Reply:
    return Reply(row.id, row.name, row.lang, row.body, row.department_id)
