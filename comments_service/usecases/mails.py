"""Asking for mails, in the transaction of what they tell of; ``sending`` sends them later.

A mail is asked for once for each kind, address and cause. Nothing is asked for where a reader
gave no address, or wants no more mails about a comment.
"""

from collections.abc import Iterable
from datetime import datetime

from ..domain import undone
from ..domain.cases import Case, Event, EventKind
from ..domain.mails import MailKind
from ..store import addresses, cases, events, mails, subscriptions
from ..store.engine import Connection


def ask(
    connection: Connection,
    kind: MailKind,
    case: Case,
    cause: str,
    now: datetime,
    leaves: datetime | None = None,
) -> None:
    """One mail about a case to its reader. cause: what it tells of, at most 64 characters.

    leaves: not before; None: at once.
    """
    to = addresses.of_case(connection, case.id)
    if to is not None:
        mails.ask(connection, kind, to, cause, now, case_id=case.id, leaves=leaves)


def tell_cut(
    connection: Connection, case: Case, seq: int, now: datetime, leaves: datetime | None = None
) -> None:
    """Something was left out of it, or put back. seq: of the event that says so."""
    ask(connection, MailKind.CUT, case, f"{case.id}.{seq}", now, leaves)


def tell_rejected(
    connection: Connection, case: Case, seq: int, now: datetime, leaves: datetime | None = None
) -> None:
    """This wording was not published. seq: of the event that says so."""
    cause = f"{case.comment_id}.{case.revision}.{seq}"
    ask(connection, MailKind.REJECTED, case, cause, now, leaves)


def tell_asked(
    connection: Connection,
    case: Case,
    seq: int,
    now: datetime,
    leaves: datetime | None = None,
    *,
    again: bool = False,
) -> None:
    """A question of ours to its reader. seq: of the event that asked. again: a reminder."""
    cause = f"{case.id}.{seq}.again" if again else f"{case.id}.{seq}"
    ask(connection, MailKind.ASKED, case, cause, now, leaves)


def tell_replied(connection: Connection, case: Case, seq: int, now: datetime) -> None:
    """We have what its reader replied to our question."""
    ask(connection, MailKind.RECEIPT, case, f"{case.id}.{seq}", now)


def tell_closed(
    connection: Connection, case: Case, seq: int, now: datetime, leaves: datetime | None = None
) -> None:
    """Why it is closed. seq: of the event that says so."""
    ask(connection, MailKind.CLOSED, case, f"{case.id}.{seq}", now, leaves)


def tell_opened_again(
    connection: Connection, case: Case, seq: int, now: datetime, leaves: datetime | None = None
) -> None:
    """We look at it again. seq: of the event after which we do."""
    ask(connection, MailKind.OPENED_AGAIN, case, f"{case.id}.{seq}", now, leaves)


def tell_second_look(
    connection: Connection, case: Case, seq: int, now: datetime, leaves: datetime | None = None
) -> None:
    """What another person decided when its reader asked for it. seq: of their event."""
    ask(connection, MailKind.SECOND_LOOK, case, f"{case.id}.{seq}", now, leaves)


def tell_extended(connection: Connection, case: Case, seq: int, now: datetime) -> None:
    """We need some more days, and why."""
    ask(connection, MailKind.EXTENDED, case, f"{case.id}.{seq}", now)


def tell_withdrawn(connection: Connection, comment_id: str, now: datetime) -> None:
    """The institution took a comment down; an answer of its own has no reader to tell."""
    if case := cases.by_comment(connection, comment_id):
        ask(connection, MailKind.WITHDRAWN, case, comment_id, now)


def tell_shown(
    connection: Connection,
    case: Case,
    kind: EventKind,
    comment_id: str,
    now: datetime,
    *,
    threads: Iterable[str],
) -> None:
    """A comment, or the answer to it, was seen on its page: its reader and the followers.

    threads: all keys of its conversation, which may have had others. A wording that the
    institution corrected is no news to mail, nor is one seen again.
    """
    told = f"{comment_id}.{case.public_revision}"
    approved = _approval(connection, case)
    if kind is EventKind.PUBLISHED and approved:
        if approved.kind is EventKind.APPROVED:  # of a cut its reader was told already
            ask(connection, MailKind.PUBLISHED, case, told, now)
    elif kind is EventKind.ANSWER_PUBLISHED:
        ask(connection, MailKind.ANSWER, case, comment_id, now)
    else:
        return
    own = addresses.of_case(connection, case.id)
    follow = (each for key in threads for each in subscriptions.active(connection, key))
    for each in follow:
        if each.address_id != own:
            to = each.address_id
            mails.ask(connection, MailKind.REPLY, to, comment_id, now, subscription_id=each.id)


def _approval(connection: Connection, case: Case) -> Event | None:
    """By which what is public is news: approved as its reader wrote it or, the first time that
    anybody reads it, the last decision by which it came to be."""
    record = undone.standing(events.of_case(connection, case.id))
    decided = [each for each in record if each.kind in (EventKind.APPROVED, EventKind.CUT)]
    for each in decided:
        is_approved = each.kind is EventKind.APPROVED
        if is_approved and each.data.get("revision") == case.public_revision:
            return each
    is_first = sum(each.kind is EventKind.PUBLISHED for each in record) == 1
    return decided[-1] if decided and is_first else None
