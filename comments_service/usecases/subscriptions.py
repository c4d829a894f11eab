"""What an address' owner says through the links in our mails; following a conversation.

Whoever asks to follow gets the same answer whether the address is known or not, and nothing
is sent to it but the question whether its owner wants that.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from .. import signing
from ..domain.cases import MAX_ID_CHARS, READER, Case, EventKind, id_in
from ..domain.mails import MailKind
from ..errors import N_, Fault, InvalidComment, UnknownComment, UnknownThread
from ..store import addresses, cases, events, mails, subscriptions
from ..store import follow as follow_store
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.subscriptions import Subscription
from . import mail_links
from .addresses import checked, keep
from .blog import Blog
from .limits import refuse_following

Owned = TypeVar("Owned", Address, Subscription)


def follow(
    blog: Blog, thread_key: str, email: str, lang: str, *, network: str, now: datetime
) -> None:
    """Ask an address' owner whether they want to follow a conversation, once a day at most.

    network: address of whoever asks; a keyed hash of it is kept for a day.
    Raises UnknownThread, InvalidComment about ``email``, TooMany, Unavailable.
    """
    thread = thread_to_follow(blog, thread_key)
    to = checked(email)
    if to is None:
        fault = Fault("email", N_("Write your e-mail address."))
        raise InvalidComment(N_("There is a problem"), [fault])
    with blog.store.write() as connection:
        refuse_following(blog, connection, network, now)
        address_id = keep(blog, connection, to, lang, now)
        following = subscriptions.keep(connection, thread, address_id, lang, now)
        if not following.is_active:
            cause = f"{following.id}.{now:%Y%m%d}"
            kind = MailKind.FOLLOW
            mails.ask(connection, kind, address_id, cause, now, subscription_id=following.id)


def thread_to_follow(blog: Blog, key: str) -> str:
    """The thread, if it can be followed by e-mail. Raises UnknownThread."""
    thread = blog.manifest.thread(key).key
    if not blog.can_send:
        raise UnknownThread(N_("We find no conversation at this address."))
    return thread


def address_at(blog: Blog, address_id: str, token: str) -> Address:
    """The address that a link is about. Raises UnknownComment."""
    return _owned(blog, addresses.by_id, address_id, mail_links.ADDRESS, token)


def confirm_address(blog: Blog, address_id: str, token: str, now: datetime) -> None:
    """It is theirs, and they want our mails. Raises UnknownComment."""
    address = address_at(blog, address_id, token)
    with blog.store.write() as connection:
        addresses.confirm(connection, address.id, now)


def stop_address(blog: Blog, address_id: str, token: str, now: datetime) -> None:
    """They want no mail from here at all. Raises UnknownComment."""
    address = address_at(blog, address_id, token)
    with blog.store.write() as connection:
        addresses.stop(connection, address.id, now)


def case_at(blog: Blog, reference: str, token: str) -> Case:
    """The case that a link to end its mails is about. Raises UnknownComment."""
    number, case = id_in(reference), None
    if number is not None:
        with blog.store.read() as connection:
            case = cases.by_case(connection, number)
    expected = mail_links.case_token(blog, case) if case else signing.random_token()
    if not signing.same(token, expected) or case is None or case.reference != reference:
        raise _unknown()
    return case


def stop_case(blog: Blog, reference: str, token: str, now: datetime) -> None:
    """No more mails about a comment. Raises UnknownComment."""
    case = case_at(blog, reference, token)
    with blog.store.write() as connection:
        if case.has_address and follow_store.stop_mails(connection, case.id, now):
            events.append(connection, case.id, EventKind.MAILS_STOPPED, actor=READER, now=now)


def following_at(blog: Blog, subscription_id: str, token: str, purpose: str) -> Subscription:
    """What a link is about. purpose: ``mail_links.FOLLOW`` or ``LEAVE``.

    Raises UnknownComment.
    """
    return _owned(blog, subscriptions.by_id, subscription_id, purpose, token)


def confirm(blog: Blog, subscription_id: str, token: str, now: datetime) -> None:
    """They want to follow the conversation. Raises UnknownComment."""
    following = following_at(blog, subscription_id, token, mail_links.FOLLOW)
    with blog.store.write() as connection:
        subscriptions.confirm(connection, following.id, now)


def leave(blog: Blog, subscription_id: str, token: str, now: datetime) -> None:
    """They follow it no more. Raises UnknownComment."""
    following = following_at(blog, subscription_id, token, mail_links.LEAVE)
    with blog.store.write() as connection:
        subscriptions.end(connection, following.id, now)


def _owned(
    blog: Blog,
    find: Callable[[Connection, int], Owned | None],
    number: str,
    purpose: str,
    token: str,
) -> Owned:
    found = None
    if number.isascii() and number.isdigit() and len(number) <= MAX_ID_CHARS:
        with blog.store.read() as connection:
            found = find(connection, int(number))
    expected = mail_links.token(blog, purpose, found) if found else signing.random_token()
    if not signing.same(token, expected) or found is None:
        raise _unknown()
    return found


def _unknown() -> UnknownComment:
    return UnknownComment(N_("This link does not work any more, or a part of it is missing."))
