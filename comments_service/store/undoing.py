"""Rows as they stood before a decision that is undone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from ..domain.cases import Case
from ..domain.mails import MailKind
from ..domain.states import Decision
from .schema import comment, mail, revision
from .times import seconds

_PAST = dict.fromkeys(("decided_at", "decided_by", "rule", "rule_version", "reason"))
_HOLD = (
    update(revision)
    .where(revision.c.comment_id == bindparam("of"), revision.c.revision == bindparam("number"))
    .values(decision=Decision.HELD, **_PAST)
)


def hold(connection: Connection, comment_id: str, number: int) -> None:
    """The wording waits for a decision, as if none had been taken."""
    connection.execute(_HOLD, {"of": comment_id, "number": number})


def refuse_again(
    connection: Connection,
    of: Case,
    decision: Decision,
    *,
    by: int,
    at: datetime,
    rule: int | None,
    version: int | None,
    reason: str | None,
) -> None:
    """The refusal that was looked at anew stands as it did."""
    mine = (revision.c.comment_id == of.comment_id) & (revision.c.revision == of.revision)
    told = {"rule": rule, "rule_version": version, "reason": reason}
    values = {"decision": decision, "decided_at": seconds(at), "decided_by": by, **told}
    connection.execute(update(revision).where(mine).values(**values))


def unpublish(connection: Connection, comment_id: str, number: int, *, was_seen: bool) -> None:
    """Point the comment to the wording that was public before this one, or to none.

    was_seen: that one stood on the page; its file is still the one that counts.
    """
    approved = (revision.c.comment_id == comment_id) & (revision.c.decision == Decision.APPROVED)
    query = select(func.max(revision.c.revision)).where(approved, revision.c.revision < number)
    before = connection.execute(query).scalar_one()
    values: dict[str, object] = {"public_revision": before}
    values["digest_seen"] = comment.c.digest_head if was_seen else None
    if before is None:
        values["number"] = None  # the next one to be published gets another
    connection.execute(update(comment).where(comment.c.id == comment_id).values(**values))


def remove_wording(connection: Connection, comment_id: str, number: int, head: int) -> None:
    """One that nobody has seen yet: ``head`` is the newest again."""
    back = update(comment).where(comment.c.id == comment_id).values(head_revision=head)
    connection.execute(back)
    mine = (revision.c.comment_id == comment_id) & (revision.c.revision == number)
    connection.execute(delete(revision).where(mine))


def remove_answer(connection: Connection, answer_id: str) -> None:
    """An answer that nobody has seen yet."""
    connection.execute(delete(revision).where(revision.c.comment_id == answer_id))
    connection.execute(delete(comment).where(comment.c.id == answer_id))


def drop_mails(
    connection: Connection,
    case_id: int,
    kinds: Collection[MailKind],
    asked_at: datetime,
    now: datetime,
) -> bool:
    """Remove the mails of these kinds about a case that were asked for then; False when one of
    them has left or is being sent."""
    mine = mail.c.case_id == case_id, mail.c.kind.in_(kinds), mail.c.asked_at == seconds(asked_at)
    free = mail.c.done_at.is_(None), mail.c.owner.is_(None), mail.c.available_at > seconds(now)
    connection.execute(delete(mail).where(*mine, *free))
    left = select(mail.c.id).where(*mine).limit(1)
    return connection.execute(left).first() is None
