"""What waits beside a comment: in the same conversation, or with the same words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from ..domain.cases import Case
from ..domain.comments import Kind
from .cases import CASE, as_case
from .own import Own, only
from .schema import case, comment
from .tray import IS_OPEN, keys_of

LOOK = 100
"""Comments that are looked at for it: a page of a case costs the same, whatever there is."""


def with_the_same_words(connection: Connection, of: Case, own: Own | None, most: int) -> list[Case]:
    """The oldest first. own: only these; None: of all."""
    keys = keys_of(connection, of.id)
    if keys is None or not keys.text_key:
        return []
    some = select(case.c.comment_id).where(case.c.text_key == keys.text_key).limit(LOOK)
    return _open(connection, of, some, own, most)


def in_the_conversation(
    connection: Connection, of: Case, threads: Sequence[str], own: Own | None, most: int
) -> list[Case]:
    """The oldest first. threads: every key of the conversation."""
    some = select(comment.c.id).where(comment.c.thread.in_(threads))
    return _open(connection, of, some.order_by(comment.c.id.desc()).limit(LOOK), own, most)


def _open(
    connection: Connection, of: Case, some: Select[Any], own: Own | None, most: int
) -> list[Case]:
    near = some.subquery()
    query = CASE.where(
        comment.c.id.in_(select(near)),
        IS_OPEN,
        comment.c.kind == Kind.COMMENT,
        comment.c.withdrawn_at.is_(None),
        case.c.id != of.id,
        *only(own),
    )
    found = connection.execute(query.order_by(case.c.id).limit(most))
    return [as_case(row) for row in found]
