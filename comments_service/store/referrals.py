"""What departments were asked, what they began to write, and how it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from ..domain.comments import Kind
from ..domain.referrals import Outcome
from .cases import first_generation
from .schema import case, comment, department, referral
from .times import day, days, maybe_seconds, maybe_when, seconds, when


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """asked_seq: of the event with the question. generation: of its link. extended: more time
    was asked for. draft, draft_by: what somebody there wrote, and who; "" for nothing."""

    id: int
    case_id: int
    department_id: int
    department: str
    asked_by: int
    asked_seq: int
    generation: int
    asked_at: datetime
    due_on: date
    extended: bool
    draft: str
    draft_by: str
    drafted_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None


def add(
    connection: Connection,
    case_id: int,
    department_id: int,
    *,
    by: int,
    seq: int,
    due_on: date,
    now: datetime,
) -> int:
    """A new one; its id."""
    row = {
        "case_id": case_id,
        "department_id": department_id,
        "asked_by": by,
        "asked_seq": seq,
        # Any number: after a lost database an old link opens nobody else's case.
        "generation": first_generation(),
        "asked_at": seconds(now),
        "due_on": days(due_on),
    }
    new: int = connection.execute(insert(referral).returning(referral.c.id), row).scalar_one()
    return new


def by_id(connection: Connection, referral_id: int) -> Referral | None:
    row = connection.execute(_REFERRALS.where(referral.c.id == referral_id)).one_or_none()
    return None if row is None else _referral(row)


def of_case(connection: Connection, case_id: int) -> list[Referral]:
    """All of a case, oldest first."""
    query = _REFERRALS.where(referral.c.case_id == case_id).order_by(referral.c.id)
    return [_referral(row) for row in connection.execute(query)]


def close(connection: Connection, referral_id: int, outcome: Outcome, now: datetime) -> bool:
    """False when it was closed already."""
    return _change_open(connection, referral_id, closed_at=seconds(now), outcome=outcome)


def reopen(connection: Connection, referral_id: int) -> None:
    """As it was before it was closed."""
    mine = update(referral).where(referral.c.id == referral_id)
    connection.execute(mine.values(closed_at=None, outcome=None))


def save(
    connection: Connection,
    of: Referral,
    draft: str,
    draft_by: str,
    now: datetime | None,
) -> bool:
    """Keep what somebody there wrote; False when somebody else wrote meanwhile."""
    as_it_was = referral.c.drafted_at.is_not_distinct_from(maybe_seconds(of.drafted_at))
    free = update(referral).where(referral.c.id == of.id, referral.c.closed_at.is_(None), as_it_was)
    values = {"draft": draft, "draft_by": draft_by, "drafted_at": maybe_seconds(now)}
    return connection.execute(free.values(**values)).rowcount == 1


def extend(connection: Connection, referral_id: int, due_on: date) -> bool:
    """Another date, once; False when there was one already."""
    once = update(referral).where(
        referral.c.id == referral_id, referral.c.closed_at.is_(None), referral.c.extended == 0
    )
    done = connection.execute(once.values(extended=1, due_on=days(due_on)))
    return done.rowcount == 1


def renew_links(connection: Connection, department_id: int) -> None:
    """Let the links of what a department has open nothing any more."""
    mine = update(referral).where(
        referral.c.department_id == department_id, referral.c.closed_at.is_(None)
    )
    connection.execute(mine.values(generation=referral.c.generation + 1))


def _change_open(connection: Connection, referral_id: int, **values: object) -> bool:
    mine = update(referral).where(referral.c.id == referral_id, referral.c.closed_at.is_(None))
    return connection.execute(mine.values(**values)).rowcount == 1


def put(connection: Connection, case_id: int, department_id: int | None) -> None:
    """The department that has the case now; None: none."""
    mine = update(case).where(case.c.id == case_id)
    connection.execute(mine.values(department_id=department_id))


def forget_texts(connection: Connection, comment_id: str) -> None:
    """What departments wrote on an erased comment, and who."""
    own = select(case.c.id).where(case.c.comment_id == comment_id).scalar_subquery()
    mine = update(referral).where(referral.c.case_id == own)
    connection.execute(mine.values(draft="", draft_by=""))


def answers_about(
    connection: Connection, threads: Collection[str], topic_id: int | None, limit: int
) -> list[tuple[str, int]]:
    """Id and wording of the last answers that are on the page: in these conversations, or to
    comments on this topic."""
    of_topic = select(case.c.comment_id).where(case.c.topic_id == topic_id)
    here = comment.c.thread.in_(list(threads))
    near = here if topic_id is None else or_(here, comment.c.answers.in_(of_topic))
    query = (
        select(comment.c.id, comment.c.public_revision)
        .where(comment.c.kind == Kind.ANSWER, near)
        .where(comment.c.public_revision.is_not(None), comment.c.withdrawn_at.is_(None))
        .where(comment.c.digest_seen.is_not(None))
        .order_by(comment.c.received_at.desc(), comment.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.public_revision) for row in connection.execute(query)]


_REFERRALS = select(referral, department.c.name.label("department")).join_from(
    referral, department, referral.c.department_id == department.c.id
)


def _referral(row: Row[Any]) -> Referral:
    return Referral(
        id=row.id,
        case_id=row.case_id,
        department_id=row.department_id,
        department=row.department,
        asked_by=row.asked_by,
        asked_seq=row.asked_seq,
        generation=row.generation,
        asked_at=when(row.asked_at),
        due_on=day(row.due_on),
        extended=bool(row.extended),
        draft=row.draft,
        draft_by=row.draft_by,
        drafted_at=maybe_when(row.drafted_at),
        closed_at=maybe_when(row.closed_at),
        outcome=Outcome(row.outcome) if row.outcome else None,
    )
