"""Comments and their revisions: receiving, deciding, making public."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.cases import Case, Submission, reference
from ..domain.comments import Comment, Markup
from ..domain.states import Attention, Decision
from .cases import first_generation
from .schema import case, comment, revision, thread_counter
from .times import maybe_seconds, seconds, when

COMMENTS, LINKBACKS = "comments", "linkbacks"


_ADD_COMMENT, _ADD_REVISION = insert(comment), insert(revision)
_ADD_CASE = insert(case).returning(case.c.id)
_DECIDE = (
    update(revision)
    .where(
        revision.c.comment_id == bindparam("of"),
        revision.c.revision == bindparam("seen"),
        revision.c.decision == text("'held'"),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("decision", "decided_at", "decided_by", "rule", "rule_version", "reason")
        }
    )
)


def receive(
    connection: Connection,
    comment_id: str,
    sent: Submission,
    now: datetime,
    *,
    decide_by: datetime | None = None,
    answer_by: datetime | None = None,
    resolve_by: datetime | None = None,
) -> Case:
    """Keep a reader's comment as revision 1, held, with its case and what it is promised.

    The case is what ``cases.by_comment`` would give, without asking.
    """
    received = replace(
        _held(comment_id, sent, now),
        decide_by=decide_by,
        answer_by=answer_by,
        resolve_by=resolve_by,
    )
    connection.execute(_ADD_COMMENT, _comment_row(received, sent))
    connection.execute(_ADD_REVISION, _revision_row(received))
    case_id = connection.execute(_ADD_CASE, _case_row(received, now.year)).scalar_one()
    return replace(received, id=case_id, reference=reference(now.year, case_id))


def _held(
    comment_id: str,
    sent: Submission,
    now: datetime,
) -> Case:
    """The new case, but for its number, which the database gives."""
    return Case(
        id=0,
        reference="",
        comment_id=comment_id,
        thread=sent.thread,
        kind=sent.kind,
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
    )


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


def _case_row(received: Case, year: int) -> dict[str, object]:
    return {
        "year": year,
        "comment_id": received.comment_id,
        "attention": received.attention,
        "link_generation": received.link_generation,
        "decide_by": maybe_seconds(received.decide_by),
        "answer_by": maybe_seconds(received.answer_by),
        "resolve_by": maybe_seconds(received.resolve_by),
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
    values = {
        "of": of.comment_id,
        "seen": of.revision,
        "decision": decision,
        "decided_at": seconds(now),
        "decided_by": by,
        "rule": rule,
        "rule_version": rule_version,
        "reason": reason,
    }
    return connection.execute(_DECIDE, values).rowcount == 1


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


def came_by(connection: Connection, case_id: int, channel: str) -> None:
    """How a case came that its reader did not write here."""
    connection.execute(update(case).where(case.c.id == case_id).values(channel=channel))


def spam_since(connection: Connection, since: datetime) -> list[str]:
    """The comments whose newest wording was set aside as advertising since then."""
    query = (
        select(comment.c.id)
        .join(
            revision,
            (revision.c.comment_id == comment.c.id)
            & (revision.c.revision == comment.c.head_revision),
        )
        .where(
            revision.c.decision == text("'spam'"),
            revision.c.decided_at >= seconds(since),
            comment.c.withdrawn_at.is_(None),
        )
    )
    return list(connection.execute(query).scalars())


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
