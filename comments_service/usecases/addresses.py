"""A reader's e-mail address: checked at the door, kept sealed, opened only when a mail leaves."""

from datetime import datetime
from typing import TYPE_CHECKING

from .. import signing
from ..domain.cases import Case
from ..domain.mails import MailKind, checked_address
from ..errors import N_, Fault, InvalidComment
from ..store import addresses, mails
from ..store.engine import Connection

if TYPE_CHECKING:
    from .blog import Blog

PURPOSE = "e-mail address"


def checked(email: str) -> str | None:
    """The address as it is kept, or None for none. Raises InvalidComment about ``email``."""
    if not email.strip():
        return None
    try:
        return checked_address(email)
    except Fault as fault:
        raise InvalidComment(N_("There is a problem"), [fault]) from fault


def keep(blog: "Blog", connection: Connection, email: str, lang: str, now: datetime) -> int:
    """The id of an address that was checked; the same address is found again.

    lang: of the mails that are about no comment.
    """
    # Hardly any server tells Ana@ from ana@, and one person must not be counted as two.
    lookup = signing.lookup(blog.address_key, PURPOSE, email.lower())
    sealed = signing.seal(blog.address_key, PURPOSE, email)
    return addresses.keep(connection, lookup, sealed, lang, now)


def give(blog: "Blog", connection: Connection, case: Case, email: str, now: datetime) -> None:
    """Let the mails about a new case go to an address that was ``checked``, the receipt first."""
    address_id = keep(blog, connection, email, case.lang, now)
    addresses.give(connection, case.id, address_id)
    kind, cause = MailKind.RECEIPT, case.comment_id
    mails.ask(connection, kind, address_id, cause, now, case_id=case.id)


def opened(blog: "Blog", address: addresses.Address) -> str:
    """The address as it was given. Raises Unsealable."""
    return signing.unseal(blog.address_key, PURPOSE, address.sealed)
