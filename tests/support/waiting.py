"""What waits, as the tables have it: for tests that look at no list of the desk."""

from sqlalchemy import Select

from comments_service.domain.cases import Case
from comments_service.domain.states import Attention, Decision
from comments_service.store import outbox
from comments_service.store.cases import CASE, as_case
from comments_service.store.schema import case, revision
from comments_service.usecases.blog import Blog

IS_HELD = revision.c.decision == Decision.HELD


def to_decide(blog: Blog) -> list[Case]:
    """The comments whose newest wording waits for a decision, oldest first."""
    return _cases(blog, CASE.where(IS_HELD).order_by(revision.c.created_at, revision.c.comment_id))


def to_answer(blog: Blog) -> list[Case]:
    """The others in which a reader waits for us."""
    is_open = case.c.attention == Attention.UNDER_REVIEW
    return _cases(blog, CASE.where(is_open, ~IS_HELD).order_by(case.c.id))


def queue(blog: Blog) -> outbox.Queue:
    """The decisions that are not on the site yet."""
    with blog.store.read() as connection:
        return outbox.queue(connection)


def _cases(blog: Blog, query: "Select[tuple[object, ...]]") -> list[Case]:
    with blog.store.read() as connection:
        return [as_case(row) for row in connection.execute(query)]
