"""Asking for mails, in the transaction of what they tell of; ``sending`` sends them later.

A mail is asked for once for each kind, address and cause. Nothing is asked for where a reader
gave no address, or wants no more mails about a comment.
"""

from collections.abc import Iterable
from datetime import datetime

from ..domain.cases import Case, EventKind
from ..domain.mails import MailKind
from ..store import addresses, cases, events, mails, subscriptions
from ..store.engine import Connection


def ask(connection: Connection, kind: MailKind, case: Case, cause: str, now: datetime) -> None:
    """One mail about a case to its reader. cause: what it tells of, at most 64 characters."""
    to = addresses.of_case(connection, case.id)
    if to is not None:
        mails.ask(connection, kind, to, cause, now, case_id=case.id)


def tell_rejected(connection: Connection, case: Case, now: datetime) -> None:
    """This wording was not published."""
    ask(connection, MailKind.REJECTED, case, f"{case.comment_id}.{case.revision}", now)


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
    told = f"{comment_id}.{case.revision}"
    if kind is EventKind.PUBLISHED and _was_approved(connection, case):
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


def _was_approved(connection: Connection, case: Case) -> bool:
    """Whether a person approved the newest wording as its reader wrote it."""
    return any(
        event.kind is EventKind.APPROVED and event.data.get("revision") == case.revision
        for event in events.of_case(connection, case.id)
    )
