"""What has been kept as long as it may be."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from ..domain.states import Decision
from .schema import address, case, comment, mail, revision, subscription
from .times import seconds


def refused(
    connection: Connection, *, rejected_before: datetime, spam_before: datetime, limit: int
) -> list[str]:
    """Comments that were never public and whose last wording was refused before then, oldest
    first; those that are erased already are left out."""
    decided = or_(
        and_(
            revision.c.decision == Decision.REJECTED,
            revision.c.decided_at < seconds(rejected_before),
        ),
        and_(revision.c.decision == Decision.SPAM, revision.c.decided_at < seconds(spam_before)),
    )
    head = and_(
        revision.c.comment_id == comment.c.id, revision.c.revision == comment.c.head_revision
    )
    query = (
        select(comment.c.id)
        .join(revision, head)
        .where(decided, comment.c.public_revision.is_(None), comment.c.erased_at.is_(None))
        .order_by(revision.c.decided_at, comment.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def idle_addresses(connection: Connection, before: datetime, limit: int) -> list[int]:
    """Addresses that nothing came from and nothing went to since then, and that follow no
    conversation."""
    at = seconds(before)
    used = [
        exists().where(
            case.c.address_id == address.c.id,
            case.c.comment_id == comment.c.id,
            comment.c.received_at >= at,
        ),
        exists().where(
            mail.c.address_id == address.c.id, or_(mail.c.done_at.is_(None), mail.c.done_at >= at)
        ),
        exists().where(
            subscription.c.address_id == address.c.id,
            subscription.c.confirmed_at.is_not(None),
            subscription.c.ended_at.is_(None),
        ),
    ]
    idle = select(address.c.id).where(address.c.created_at < at, *(~each for each in used))
    return list(connection.execute(idle.order_by(address.c.id).limit(limit)).scalars())


def unused_address(connection: Connection, comment_id: str) -> int | None:
    """The address of a comment's case, when no other case and no conversation needs it."""
    found = connection.execute(
        select(case.c.id, case.c.address_id).where(case.c.comment_id == comment_id)
    ).one_or_none()
    if found is None or found.address_id is None:
        return None
    other = exists().where(case.c.address_id == found.address_id, case.c.id != found.id)
    follows = exists().where(
        subscription.c.address_id == found.address_id, subscription.c.ended_at.is_(None)
    )
    needed: bool = connection.execute(select(or_(other, follows))).scalar_one()
    return None if needed else found.address_id


def forget_address(connection: Connection, address_id: int) -> None:
    """The address, what it followed and every mail to it."""
    connection.execute(delete(mail).where(mail.c.address_id == address_id))
    connection.execute(delete(subscription).where(subscription.c.address_id == address_id))
    connection.execute(update(case).where(case.c.address_id == address_id).values(address_id=None))
    connection.execute(delete(address).where(address.c.id == address_id))


def forget_address_of(connection: Connection, comment_id: str) -> None:
    """The case of an erased comment has no address any more and gets no mail."""
    last = unused_address(connection, comment_id)
    own = select(case.c.id).where(case.c.comment_id == comment_id)
    connection.execute(delete(mail).where(mail.c.case_id.in_(own)))
    connection.execute(update(case).where(case.c.comment_id == comment_id).values(address_id=None))
    if last is not None:
        forget_address(connection, last)
