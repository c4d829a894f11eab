"""Comments and their revisions: receiving, deciding, making public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.cases import Case, Submission
from ..domain.comments import Comment, Kind, Markup
from ..domain.states import Attention, Decision
from .cases import by_comment, first_generation
from .schema import case, comment, revision, thread_counter
from .times import seconds

COMMENTS, LINKBACKS = "comments", "linkbacks"


def receive(connection: Connection, comment_id: str, sent: Submission, now: datetime) -> Case:
    """Keep a reader's comment as revision 1, held, with its case."""
    connection.execute(
        insert(comment),
        {
            "id": comment_id,
            "thread": sent.thread,
            "kind": Kind.COMMENT,
            "in_reply_to": sent.in_reply_to,
            "lang": sent.lang,
            "received_at": seconds(now),
            "head_revision": 1,
            "network": sent.network,
            "fingerprint": sent.fingerprint,
        },
    )
    connection.execute(
        insert(revision),
        {
            "comment_id": comment_id,
            "revision": 1,
            "author": sent.author,
            "body": sent.body,
            "markup": Markup.MARKDOWN,
            "created_at": seconds(now),
            "decision": Decision.HELD,
            "notes": " ".join(sent.notes),
            "showable": int(sent.showable),
        },
    )
    row = {"year": now.year, "comment_id": comment_id, "attention": Attention.RECEIVED}
    connection.execute(insert(case), row | {"link_generation": first_generation()})
    received = by_comment(connection, comment_id)
    if received is None:
        raise AssertionError("a case that was just inserted is gone")
    return received


def add_answer(connection: Connection, answer: Comment, by: int, now: datetime) -> None:
    """Keep an answer of the institution, approved as it is written; it has no case."""
    connection.execute(
        insert(comment),
        {
            "id": answer.id,
            "thread": answer.thread,
            "kind": answer.kind,
            "in_reply_to": answer.in_reply_to,
            "answers": answer.answers,
            "lang": answer.lang,
            "received_at": seconds(answer.date),
            "head_revision": 1,
            "public_revision": 1,
            "number": answer.number,
        },
    )
    connection.execute(
        insert(revision),
        {
            "comment_id": answer.id,
            "revision": 1,
            "author": answer.author,
            "body": answer.body,
            "markup": answer.markup,
            "position": answer.position,
            "department": answer.department,
            "created_at": seconds(now),
            "decision": Decision.APPROVED,
            "decided_at": seconds(now),
            "decided_by": by,
        },
    )


def count_from_network(connection: Connection, networks: Sequence[str], since: datetime) -> int:
    """How many comments came from a network (its hashes under today's and yesterday's key)."""
    query = select(func.count()).where(
        comment.c.network.in_(networks), comment.c.received_at >= seconds(since)
    )
    return connection.execute(query).scalar_one()


def count_same_body(connection: Connection, body: str, since: datetime) -> int:
    """How many revisions since then have exactly this text."""
    query = select(func.count()).where(revision.c.created_at >= seconds(since))
    return connection.execute(query.where(revision.c.body == body)).scalar_one()


def in_thread(connection: Connection, thread: str, comment_id: str) -> bool:
    """Whether the thread has this comment, in whatever state."""
    query = select(comment.c.id).where(comment.c.id == comment_id, comment.c.thread == thread)
    return connection.execute(query).first() is not None


def decide(
    connection: Connection,
    of: Case,
    decision: Decision,
    *,
    by: int,
    now: datetime,
    rule: int | None = None,
    rule_version: int | None = None,
    reason: str | None = None,
) -> bool:
    """Decide the revision that was seen; False when somebody was first."""
    change = (
        update(revision)
        .where(
            revision.c.comment_id == of.comment_id,
            revision.c.revision == of.revision,
            revision.c.decision == Decision.HELD,
        )
        .values(
            decision=decision,
            decided_at=seconds(now),
            decided_by=by,
            rule=rule,
            rule_version=rule_version,
            reason=reason,
        )
    )
    return connection.execute(change).rowcount == 1


def make_public(connection: Connection, comment_id: str, revision_number: int, number: int) -> None:
    """Point the comment to the wording that readers see, under its permanent number."""
    connection.execute(
        update(comment)
        .where(comment.c.id == comment_id)
        .values(public_revision=revision_number, number=func.coalesce(comment.c.number, number))
    )


def next_number(connection: Connection, thread: str, series: str, floor: int) -> int:
    """The thread's next permanent number, above ``floor``; never given twice."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    counted = thread_counter.c.last_number
    start = dialect.insert(thread_counter).values(
        thread=thread, series=series, last_number=floor + 1
    )
    count = start.on_conflict_do_update(
        index_elements=["thread", "series"],
        set_={"last_number": _larger(connection, counted, floor) + 1},
    ).returning(counted)
    number: int = connection.execute(count).scalar_one()
    return number


def _larger(connection: Connection, column: Any, floor: int) -> Any:
    larger = func.max if connection.dialect.name == "sqlite" else func.greatest
    return larger(column, floor)


def forget_networks(connection: Connection, before: datetime) -> int:
    """Clear the network hashes of comments received before then; how many had one."""
    change = (
        update(comment)
        .where(comment.c.received_at < seconds(before), comment.c.network.is_not(None))
        .values(network=None, fingerprint=None)
    )
    return connection.execute(change).rowcount
