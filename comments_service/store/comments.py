"""Comments and their revisions: receiving, deciding, making public."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.cases import Case, Submission, reference
from ..domain.comments import Comment, Kind, Markup
from ..domain.states import Attention, Decision
from .cases import first_generation
from .schema import case, comment, revision, thread_counter
from .times import maybe_seconds, seconds, when

COMMENTS, LINKBACKS = "comments", "linkbacks"


_ADD_COMMENT, _ADD_REVISION = insert(comment), insert(revision)
_ADD_CASE = insert(case).returning(case.c.id)


def receive(
    connection: Connection,
    comment_id: str,
    sent: Submission,
    now: datetime,
    *,
    decide_by: datetime | None = None,
    answer_by: datetime | None = None,
) -> Case:
    """Keep a reader's comment as revision 1, held, with its case and what it is promised.

    The case is what ``cases.by_comment`` would give, without asking.
    """
    received = Case(
        id=0,
        reference="",
        comment_id=comment_id,
        thread=sent.thread,
        kind=Kind.COMMENT,
        in_reply_to=sent.in_reply_to,
        lang=sent.lang,
        received_at=when(seconds(now)),
        revision=1,
        author=sent.author,
        body=sent.body,
        markup=Markup.MARKDOWN,
        decision=Decision.HELD,
        notes=sent.notes,
        showable=sent.showable,
        attention=Attention.RECEIVED,
        link_generation=first_generation(),
        private=sent.private,
        decide_by=decide_by,
        answer_by=answer_by,
    )
    connection.execute(_ADD_COMMENT, _comment_row(received, sent))
    connection.execute(_ADD_REVISION, _revision_row(received))
    row = {
        "year": now.year,
        "comment_id": comment_id,
        "attention": received.attention,
        "link_generation": received.link_generation,
        "decide_by": maybe_seconds(decide_by),
        "answer_by": maybe_seconds(answer_by),
    }
    case_id = connection.execute(_ADD_CASE, row).scalar_one()
    return replace(received, id=case_id, reference=reference(now.year, case_id))


def _comment_row(received: Case, sent: Submission) -> dict[str, object]:
    return {
        "id": received.comment_id,
        "thread": received.thread,
        "kind": received.kind,
        "in_reply_to": received.in_reply_to,
        "lang": received.lang,
        "received_at": seconds(received.received_at),
        "head_revision": 1,
        "network": sent.network,
        "fingerprint": sent.fingerprint,
        "private": int(sent.private),
        "seal": sent.seal,
    }


def _revision_row(received: Case) -> dict[str, object]:
    return {
        "comment_id": received.comment_id,
        "revision": received.revision,
        "author": received.author,
        "body": received.body,
        "markup": received.markup,
        "created_at": seconds(received.received_at),
        "decision": received.decision,
        "notes": " ".join(received.notes),
        "showable": int(received.showable),
    }


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
    """Point the comment to the wording that readers see, under its permanent number.

    It is not on its page yet, whether or not an earlier wording is.
    """
    connection.execute(
        update(comment)
        .where(comment.c.id == comment_id)
        .values(
            public_revision=revision_number,
            number=func.coalesce(comment.c.number, number),
            digest_seen=None,
        )
    )


def highest_number(connection: Connection, threads: Sequence[str]) -> int:
    """The highest number that a comment of these threads was given, 0 if none."""
    query = select(func.max(comment.c.number)).where(comment.c.thread.in_(threads))
    return connection.execute(query).scalar_one() or 0


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
