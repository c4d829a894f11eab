"""Cases as staff and readers see them: finding one, listing what waits."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    func,
    select,
    text,
    tuple_,
    update,
)

from ..domain.cases import Case, reference
from ..domain.comments import Kind, Markup
from ..domain.states import Attention, Decision
from .schema import case, comment, revision
from .times import maybe_seconds, maybe_when, seconds, when

SAME_POST_WINDOW = timedelta(minutes=10)
"""Two posts that agree within this time are one comment (a reload, a double click)."""


_OF_CASE = """
    attention link_generation address_id mails_stopped_at decide_by answer_by
""".split()
_OF_COMMENT = """
    thread kind in_reply_to lang received_at number private withdrawn_at erased_at digest_seen
    public_revision
""".split()
_OF_REVISION = """
    revision author body markup decision decided_at rule rule_version reason notes showable
""".split()

_CASE: Select[Any] = (
    select(
        case.c.id,
        case.c.year,
        *(case.c[name] for name in _OF_CASE),
        comment.c.id.label("comment_id"),
        *(comment.c[name] for name in _OF_COMMENT),
        *(revision.c[name] for name in _OF_REVISION),
    )
    .join_from(case, comment, case.c.comment_id == comment.c.id)
    .join(
        revision,
        (revision.c.comment_id == comment.c.id) & (revision.c.revision == comment.c.head_revision),
    )
)
_DONE = (Attention.ANSWERED, Attention.CLOSED)
_CASE_BY_ID = _CASE.where(case.c.id == bindparam("id"))
_CASE_BY_COMMENT = _CASE.where(case.c.comment_id == bindparam("id"))
_CASE_BY_SEAL = _CASE.where(comment.c.seal == bindparam("seal"))
_LOCK = select(case.c.id).where(case.c.id == bindparam("id")).with_for_update()
_HELD = _CASE.where(revision.c.decision == text("'held'"))
_WAITING = _HELD.order_by(revision.c.created_at, revision.c.comment_id)
_DECIDED = _CASE.where(revision.c.decision != "held").order_by(
    revision.c.decided_at.desc(), revision.c.comment_id.desc()
)
_SAME_POST = _CASE.where(
    comment.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
    comment.c.received_at >= bindparam("since"),
    # What was published anybody may copy; what was edited is another text.
    comment.c.head_revision == 1,
    comment.c.public_revision.is_(None),
    revision.c.decision == text("'held'"),
).limit(1)


def first_generation() -> int:
    """Of a new case's private link: any number, so that after a lost database, whose case
    numbers are given again, an old link opens nobody else's case."""
    return 1 + secrets.randbelow(2**30)


def by_case(connection: Connection, case_id: int) -> Case | None:
    """The case with its comment, or None."""
    return _case(connection.execute(_CASE_BY_ID, {"id": case_id}).one_or_none())


def by_comment(connection: Connection, comment_id: str) -> Case | None:
    """The case of a comment, or None (an answer has none)."""
    return _case(connection.execute(_CASE_BY_COMMENT, {"id": comment_id}).one_or_none())


def reference_of(connection: Connection, case_id: int) -> str:
    """How people name a case that there is."""
    year = connection.execute(select(case.c.year).where(case.c.id == case_id)).scalar_one()
    return reference(year, case_id)


def answered_case(connection: Connection, answer_id: str) -> Case | None:
    """The case of the comment that an answer answers, or None."""
    query = select(comment.c.answers).where(comment.c.id == answer_id)
    answered = connection.execute(query).scalar_one_or_none()
    return by_comment(connection, answered) if answered else None


def promise(
    connection: Connection, case_id: int, decide_by: datetime | None, answer_by: datetime | None
) -> None:
    """Keep the dates that its reader is given."""
    dates = {"decide_by": maybe_seconds(decide_by), "answer_by": maybe_seconds(answer_by)}
    connection.execute(update(case).where(case.c.id == case_id).values(**dates))


def open_after(connection: Connection, case_id: int, limit: int) -> list[int]:
    """The next cases, by number, in which somebody has to do something."""
    query = select(case.c.id).where(case.c.id > case_id, case.c.attention.not_in(_DONE))
    return list(connection.execute(query.order_by(case.c.id).limit(limit)).scalars())


def lock(connection: Connection, case_id: int) -> None:
    """Let two writers of one case wait for each other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"id": case_id})


def same_post(connection: Connection, fingerprints: Sequence[str], since: datetime) -> Case | None:
    """The case that a post with one of these fingerprints made since then, while it waits to be
    read as it came, or None.

    The second of two simultaneous equal posts waits here for the first.
    """
    if connection.dialect.name == "postgresql":
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(fingerprints[0], 0)))
        connection.execute(lock)
    values = {"fingerprints": fingerprints, "since": seconds(since)}
    return _case(connection.execute(_SAME_POST, values).one_or_none())


def by_seal(connection: Connection, seal: str) -> Case | None:
    """The case of the comment that used up this seal, or None.

    The second of two simultaneous posts waits here for the first.
    """
    if connection.dialect.name == "postgresql":
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(seal, 1)))
        connection.execute(lock)
    return _case(connection.execute(_CASE_BY_SEAL, {"seal": seal}).one_or_none())


def waiting(
    connection: Connection, limit: int, after: tuple[datetime, str] | None = None
) -> list[Case]:
    """What waits for a decision, oldest first, after the given (received_at, comment id)."""
    query = _WAITING
    if after:
        at, comment_id = seconds(after[0]), after[1]
        key = revision.c.created_at
        query = query.where((key > at) | ((key == at) & (revision.c.comment_id > comment_id)))
    return [_as_case(row) for row in connection.execute(query.limit(limit))]


def decided(connection: Connection, limit: int, before: Case | None = None) -> list[Case]:
    """The last decisions, newest first; ``before``: those that come after this one's there."""
    query = _DECIDED.limit(limit)
    if before is not None and before.decided_at is not None:
        here = seconds(before.decided_at), before.comment_id
        query = query.where(tuple_(revision.c.decided_at, revision.c.comment_id) < here)
    return [_as_case(row) for row in connection.execute(query)]


def count_waiting(connection: Connection, cap: int) -> int:
    """How many wait, counted up to ``cap``."""
    held = select(text("1")).select_from(revision).where(revision.c.decision == text("'held'"))
    capped = held.limit(cap).subquery()
    return connection.execute(select(func.count()).select_from(capped)).scalar_one()


def _case(row: Row[Any] | None) -> Case | None:
    return None if row is None else _as_case(row)


def _as_case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        reference=reference(row.year, row.id),
        comment_id=row.comment_id,
        thread=row.thread,
        kind=Kind(row.kind),
        in_reply_to=row.in_reply_to,
        lang=row.lang,
        received_at=when(row.received_at),
        revision=row.revision,
        author=row.author,
        body=row.body,
        markup=Markup(row.markup),
        decision=Decision(row.decision),
        decided_at=maybe_when(row.decided_at),
        rule=row.rule,
        rule_version=row.rule_version,
        reason=row.reason,
        notes=tuple(row.notes.split()),
        showable=bool(row.showable),
        number=row.number,
        attention=Attention(row.attention),
        link_generation=row.link_generation,
        private=bool(row.private),
        withdrawn=row.withdrawn_at is not None,
        erased=row.erased_at is not None,
        seen=row.digest_seen is not None,
        public_revision=row.public_revision,
        decide_by=maybe_when(row.decide_by),
        answer_by=maybe_when(row.answer_by),
        has_address=row.address_id is not None,
        mails_stopped=row.mails_stopped_at is not None,
    )
