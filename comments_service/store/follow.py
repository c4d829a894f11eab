"""What readers do to their case from its private page, and what staff read of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from ..domain.cases import Case, EventKind
from ..domain.states import Decision
from .batches import batches
from .cases import by_case
from .schema import case, comment, event, event_text, revision
from .times import seconds, when

SAID = (EventKind.ADDED, EventKind.APPEALED, EventKind.ANOTHER_ASKED, EventKind.RATED)
"""Events in which a reader speaks to the institution."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a reader to the institution, as they were typed; text: "" for none.

    useful: of a rated answer, else None.
    """

    seq: int
    at: datetime
    kind: EventKind
    text: str
    useful: bool | None


def said(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Said]]:
    """What the readers of these cases said, by case, oldest first."""
    found: dict[int, list[Said]] = {}
    texts = (event_text.c.case_id == event.c.case_id) & (event_text.c.seq == event.c.seq)
    query = (
        select(event.c.case_id, event.c.seq, event.c.at, event.c.kind, event.c.data)
        .add_columns(event_text.c.text)
        .join_from(event, event_text, texts, isouter=True)
        .where(event.c.kind.in_(SAID))
        .order_by(event.c.case_id, event.c.seq)
    )
    for some in batches(case_ids):
        for row in connection.execute(query.where(event.c.case_id.in_(some))):
            found.setdefault(row.case_id, []).append(_said(row))
    return found


def _said(row: Row[Any]) -> Said:
    kind = EventKind(row.kind)
    useful = '"useful":1' in row.data if kind is EventKind.RATED else None
    return Said(row.seq, when(row.at), kind, row.text or "", useful)


def text_of(connection: Connection, case_id: int, seq: int) -> str | None:
    """The text of one event; None: it had none, or it was erased."""
    mine = (event_text.c.case_id == case_id) & (event_text.c.seq == seq)
    return connection.execute(select(event_text.c.text).where(mine)).scalar_one_or_none()


def hold(connection: Connection, of: Case) -> bool:
    """Let a refused wording wait for a decision again; False when it does not stand refused."""
    mine = (revision.c.comment_id == of.comment_id) & (revision.c.revision == of.revision)
    refused = revision.c.decision.in_((Decision.REJECTED, Decision.SPAM))
    past = dict.fromkeys(("decided_at", "decided_by", "rule", "rule_version", "reason"))
    change = update(revision).where(mine, refused).values(decision=Decision.HELD, **past)
    return connection.execute(change).rowcount == 1


def renew_link(connection: Connection, of: Case) -> bool:
    """Let only the next private link work; False when that was done meanwhile."""
    this = (case.c.id == of.id) & (case.c.link_generation == of.link_generation)
    change = update(case).where(this).values(link_generation=of.link_generation + 1)
    return connection.execute(change).rowcount == 1


def stop_mails(connection: Connection, case_id: int, now: datetime) -> bool:
    """No more mails about a case; False when they were stopped already."""
    open_ = (case.c.id == case_id) & case.c.mails_stopped_at.is_(None)
    change = update(case).where(open_).values(mails_stopped_at=seconds(now))
    return connection.execute(change).rowcount == 1


_KEEP_CODE = update(case).where(case.c.id == bindparam("of")).values(code_hash=bindparam("hash"))


def keep_code(connection: Connection, case_id: int, code_hash: str) -> None:
    connection.execute(_KEEP_CODE, {"of": case_id, "hash": code_hash})


def by_code(connection: Connection, code_hash: str) -> Case | None:
    """The case of a short code, or None."""
    query = select(case.c.id).where(case.c.code_hash == code_hash)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else by_case(connection, found)


def without_code(connection: Connection, limit: int) -> list[tuple[int, int]]:
    """Number and link generation of cases whose code nobody could type yet."""
    query = (
        select(case.c.id, case.c.link_generation)
        .join_from(case, comment, case.c.comment_id == comment.c.id)
        .where(case.c.code_hash.is_(None), comment.c.erased_at.is_(None))
        .limit(limit)
    )
    return [(row.id, row.link_generation) for row in connection.execute(query)]


def one_at_a_time(connection: Connection, subject: str) -> None:
    """Let two tries of one subject wait for each other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(text(":subject").bindparams(subject=subject), 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))
