"""What has been kept as long as it may be."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from ..domain.cases import SERVICE
from ..domain.states import Attention, Decision
from .schema import (
    address,
    case,
    comment,
    department,
    event,
    mail,
    person,
    revision,
    subscription,
)
from .times import seconds

_ATTENDED = (Attention.ANSWERED, Attention.CLOSED)


def overdue(
    connection: Connection,
    *,
    unpublished_before: datetime,
    spam_before: datetime,
    limit: int,
    only: str | None = None,
) -> list[str]:
    """Comments that were never public and that nothing more is to be done about since then,
    oldest first: refused, withdrawn, answered in private, or closed because their reader did not
    reply. Those of which a second look is waited for, and those that are erased already, are
    left out. only: this one."""
    at = seconds(unpublished_before)
    # Nobody did anything about it since then: the answer of today is still to be read.
    is_over = and_(
        case.c.attention.in_(_ATTENDED),
        comment.c.received_at < at,
        ~exists().where(event.c.case_id == case.c.id, event.c.at >= at, event.c.actor != SERVICE),
    )
    decided = revision.c.decided_at
    done = or_(
        and_(revision.c.decision == Decision.REJECTED, decided < at),
        and_(revision.c.decision == Decision.SPAM, decided < seconds(spam_before)),
        comment.c.withdrawn_at < at,
        and_(comment.c.private == 1, is_over),
        and_(revision.c.decision == Decision.HELD, is_over),
    )
    head = and_(
        revision.c.comment_id == comment.c.id, revision.c.revision == comment.c.head_revision
    )
    query = (
        select(comment.c.id)
        .join(revision, head)
        .join(case, case.c.comment_id == comment.c.id)
        .where(done, comment.c.public_revision.is_(None), comment.c.number.is_(None))
        .where(comment.c.erased_at.is_(None), case.c.attention != Attention.UNDER_REVIEW)
        .order_by(comment.c.received_at, comment.c.id)
        .limit(limit)
    )
    if only is not None:
        query = query.where(comment.c.id == only)
    return list(connection.execute(query).scalars())


def idle_addresses(
    connection: Connection, before: datetime, limit: int, *, unconfirmed: bool = False
) -> list[int]:
    """Addresses that nothing came from and nothing went to since then, and that follow no
    conversation. unconfirmed: of those alone that nobody said to be theirs.

    One whose owner wants no mail is never idle: only so can that be kept.
    """
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
        exists().where(subscription.c.address_id == address.c.id, _is_followed()),
        exists().where(person.c.address_id == address.c.id),
        exists().where(department.c.address_id == address.c.id),
    ]
    idle = select(address.c.id).where(address.c.created_at < at, *(~each for each in used))
    idle = idle.where(address.c.stopped_at.is_(None))
    if unconfirmed:
        idle = idle.where(address.c.confirmed_at.is_(None))
    return list(connection.execute(idle.order_by(address.c.id).limit(limit)).scalars())


def _is_followed() -> ColumnElement[bool]:
    return and_(subscription.c.confirmed_at.is_not(None), subscription.c.ended_at.is_(None))


def forget_address(connection: Connection, address_id: int) -> None:
    """The address, what it followed and every mail to it."""
    connection.execute(delete(mail).where(mail.c.address_id == address_id))
    connection.execute(delete(subscription).where(subscription.c.address_id == address_id))
    connection.execute(update(case).where(case.c.address_id == address_id).values(address_id=None))
    connection.execute(delete(address).where(address.c.id == address_id))


def forget_address_of(connection: Connection, comment_id: str) -> None:
    """The case of an erased comment has no address any more and gets no mail.

    An address that nothing else needs is no longer readable. Its keyed hash stays with the
    count of mails that it got, until ``idle_addresses`` finds it, and for good where its owner
    wants no mail: else erasing and writing anew would be a way round both.
    """
    found = connection.execute(
        select(case.c.id, case.c.address_id).where(case.c.comment_id == comment_id)
    ).one_or_none()
    if found is None or found.address_id is None:
        return
    of_case = mail.c.case_id == found.id
    connection.execute(delete(mail).where(of_case, mail.c.done_at.is_(None)))
    connection.execute(update(mail).where(of_case).values(case_id=None))
    connection.execute(update(case).where(case.c.id == found.id).values(address_id=None))
    if not _is_needed(connection, found.address_id):
        blank = {"sealed": b"", "confirmed_at": None}
        connection.execute(update(address).where(address.c.id == found.address_id).values(**blank))


def _is_needed(connection: Connection, address_id: int) -> bool:
    """Whether another comment, a conversation that is followed or somebody who works here has
    this address."""
    other = exists().where(case.c.address_id == address_id)
    follows = exists().where(subscription.c.address_id == address_id, _is_followed())
    ours = exists().where(person.c.address_id == address_id)
    theirs = exists().where(department.c.address_id == address_id)
    needed: bool = connection.execute(select(or_(other, follows, ours, theirs))).scalar_one()
    return needed
