"""Comments and answers in short, newest first, for a person who looks for one."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ..domain.cases import reference
from ..domain.states import Decision, Visibility, visibility
from .schema import case, comment, revision


@dataclass(frozen=True, slots=True)
class Listed:
    """One comment in its newest wording. reference: None for an answer or a linkback."""

    id: str
    reference: str | None
    thread: str
    author: str
    body: str
    visibility: Visibility
    erased: bool


def newest(connection: Connection, thread: str | None, most: int) -> list[Listed]:
    """Of one conversation, or of all (None); at most so many."""
    query = (
        select(comment, revision, case.c.id.label("case_id"), case.c.year)
        .join_from(comment, revision, revision.c.comment_id == comment.c.id)
        .where(revision.c.revision == comment.c.head_revision)
        .outerjoin(case, case.c.comment_id == comment.c.id)
        .order_by(comment.c.id.desc())
        .limit(most)
    )
    if thread is not None:
        query = query.where(comment.c.thread == thread)
    return [
        Listed(
            id=row.id,
            reference=None if row.case_id is None else reference(row.year, row.case_id),
            thread=row.thread,
            author=row.author,
            body=row.body,
            visibility=visibility(
                withdrawn=row.withdrawn_at is not None,
                private=bool(row.private),
                decision=Decision(row.decision),
                seen=row.digest_seen is not None,
            ),
            erased=row.erased_at is not None,
        )
        for row in connection.execute(query)
    ]
