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
    or_,
    select,
    text,
    tuple_,
    update,
)

from ..domain.cases import Case, reference
from ..domain.comments import Kind, Markup
from ..domain.reasons import read
from ..domain.states import Attention, Decision
from .own import Own, only
from .schema import case, comment, revision
from .times import maybe_seconds, maybe_when, seconds, when

SAME_POST_WINDOW = timedelta(minutes=10)
"""Two posts that agree within this time are one comment (a reload, a double click)."""


_OF_CASE = """
    attention link_generation address_id mails_stopped_at decide_by answer_by assigned_to
    claimed_by claimed_until topic_id department_id risk resolve_by me_too channel
""".split()
_OF_COMMENT = """
    thread kind in_reply_to lang received_at number private withdrawn_at erased_at digest_seen
    public_revision
""".split()
_OF_REVISION = """
    revision author body markup decision decided_at rule rule_version reason notes showable
""".split()

CASE: Select[Any] = (
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
"""Cases, each in its head revision; ``as_case`` reads its rows."""

_DONE = (Attention.ANSWERED, Attention.CLOSED)
_CASE_BY_ID = CASE.where(case.c.id == bindparam("id"))
_CASE_BY_COMMENT = CASE.where(case.c.comment_id == bindparam("id"))
_CASE_BY_SEAL = CASE.where(comment.c.seal == bindparam("seal"))
_LOCK = select(case.c.id).where(case.c.id == bindparam("id")).with_for_update()
_DECIDED = CASE.where(revision.c.decision != "held").order_by(
    revision.c.decided_at.desc(), revision.c.comment_id.desc()
)
_SAME_POST = CASE.where(
    comment.c.fingerprint.in_([bindparam("fingerprint"), bindparam("fingerprint_before")]),
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
    connection: Connection,
    case_id: int,
    decide_by: datetime | None,
    answer_by: datetime | None,
    resolve_by: datetime | None = None,
) -> None:
    """Keep the dates that its reader is given, and by when a final answer is due."""
    dates = {
        "decide_by": maybe_seconds(decide_by),
        "answer_by": maybe_seconds(answer_by),
        "resolve_by": maybe_seconds(resolve_by),
    }
    connection.execute(update(case).where(case.c.id == case_id).values(**dates))


def open_after(connection: Connection, case_id: int, limit: int) -> list[int]:
    """The next cases, by number, in which somebody has to do something."""
    query = select(case.c.id).where(case.c.id > case_id, case.c.attention.not_in(_DONE))
    return list(connection.execute(query.order_by(case.c.id).limit(limit)).scalars())


def to_look_at(connection: Connection, now: datetime, limit: int) -> list[int]:
    """The cases in which something runs out by now, the longest waiting first."""
    query = select(case.c.id).where(case.c.look_at <= seconds(now))
    in_order = query.order_by(case.c.look_at, case.c.id)
    return list(connection.execute(in_order.limit(limit)).scalars())


def look_again(connection: Connection, case_id: int, at: datetime | None) -> None:
    """When something runs out in it next; None: not before something happens to it."""
    change = update(case).where(case.c.id == case_id)
    connection.execute(change.values(look_at=maybe_seconds(at)))


def assign(connection: Connection, case_id: int, to: int | None) -> None:
    """Let somebody look after a case; None: nobody in particular."""
    connection.execute(update(case).where(case.c.id == case_id).values(assigned_to=to))


def sort(connection: Connection, case_id: int, **values: int | None) -> None:
    """What a case is about (``topic_id``), whether it is delicate (``risk``)."""
    connection.execute(update(case).where(case.c.id == case_id).values(**values))


def open_of(connection: Connection, person_id: int) -> list[int]:
    """The cases that somebody looks after and in which something is still to be done."""
    query = select(case.c.id).where(case.c.assigned_to == person_id, case.c.attention.not_in(_DONE))
    return list(connection.execute(query.order_by(case.c.id)).scalars())


def lock(connection: Connection, case_id: int) -> None:
    """Let two writers of one case wait for each other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"id": case_id})


def lock_of(connection: Connection, ids: Sequence[str]) -> None:
    """The same for the cases of these comments and answers, before anything of them is changed:
    whoever decides locks the case first, so nobody waits in a circle."""
    if connection.dialect.name == "postgresql":
        answered = select(comment.c.answers).where(comment.c.id.in_(ids))
        of_them = or_(case.c.comment_id.in_(ids), case.c.comment_id.in_(answered))
        connection.execute(select(case.c.id).where(of_them).order_by(case.c.id).with_for_update())


def same_post(connection: Connection, fingerprints: Sequence[str], since: datetime) -> Case | None:
    """The case that a post with one of these fingerprints made since then, while it waits to be
    read as it came, or None.

    The second of two simultaneous equal posts waits here for the first.
    """
    if connection.dialect.name == "postgresql":
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(fingerprints[0], 0)))
        connection.execute(lock)
    values = {
        "fingerprint": fingerprints[0],
        "fingerprint_before": fingerprints[-1],
        "since": seconds(since),
    }
    return _case(connection.execute(_SAME_POST, values).one_or_none())


def by_seal(connection: Connection, seal: str) -> Case | None:
    """The case of the comment that used up this seal, or None.

    The second of two simultaneous posts waits here for the first.
    """
    if connection.dialect.name == "postgresql":
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(seal, 1)))
        connection.execute(lock)
    return _case(connection.execute(_CASE_BY_SEAL, {"seal": seal}).one_or_none())


def decided(
    connection: Connection, limit: int, before: Case | None = None, own: Own | None = None
) -> list[Case]:
    """The last decisions, newest first; ``before``: those that come after this one's there."""
    query = _DECIDED.where(*only(own)).limit(limit)
    if before is not None and before.decided_at is not None:
        here = seconds(before.decided_at), before.comment_id
        query = query.where(tuple_(revision.c.decided_at, revision.c.comment_id) < here)
    return [as_case(row) for row in connection.execute(query)]


def count_waiting(connection: Connection, cap: int) -> int:
    """How many wait, counted up to ``cap``."""
    held = select(text("1")).select_from(revision).where(revision.c.decision == text("'held'"))
    capped = held.limit(cap).subquery()
    return connection.execute(select(func.count()).select_from(capped)).scalar_one()


def _case(row: Row[Any] | None) -> Case | None:
    return None if row is None else as_case(row)


def as_case(row: Row[Any]) -> Case:
    """The case in a row of ``CASE``."""
    reasons = read(row.reason)
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
        reason=reasons.why or None,
        change=reasons.change,
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
        assigned_to=row.assigned_to,
        claimed_by=row.claimed_by,
        claimed_until=maybe_when(row.claimed_until),
        topic_id=row.topic_id,
        department_id=row.department_id,
        risk=bool(row.risk),
        resolve_by=maybe_when(row.resolve_by),
        me_too=row.me_too,
        channel=row.channel,
    )
