"""A reader's e-mail address: checked at the door, kept sealed, opened only when a mail leaves."""

from datetime import datetime
from typing import TYPE_CHECKING

from .. import signing
from ..domain.cases import Case, person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..domain.mails import MailKind, checked_address
from ..errors import N_, Fault, InvalidComment
from ..store import addresses, mails
from ..store.engine import Connection
from ..store.people import Person
from .journal import note

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


def lookup_of(key: bytes, email: str) -> str:
    """By what an address is found again."""
    # Hardly any server tells Ana@ from ana@, and one person must not be counted as two.
    return signing.lookup(key, PURPOSE, email.lower())


def keep(blog: "Blog", connection: Connection, email: str, lang: str, now: datetime) -> int:
    """The id of an address that was checked; the same address is found again.

    lang: of the mails that are about no comment.
    """
    lookup = lookup_of(blog.lookup_key, email)
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


def covered(blog: "Blog", address_id: int | None) -> str:
    """The address of those who work here, ``a…@example.org``; "" for none."""
    if address_id is None:
        return ""
    with blog.store.read() as connection:
        found = addresses.by_id(connection, address_id)
    name, _, host = opened(blog, found).partition("@") if found else ("", "", "")
    return f"{name[:1]}…@{host}" if host else ""


def masked(blog: "Blog", case: Case) -> str | None:
    """The address of a case's reader as staff see it, ``m…@e….org``; None: there is none."""
    address = _of(blog, case)
    if address is None:
        return None
    name, _, host = address.rpartition("@")
    rest, _, top = host.rpartition(".")
    return f"{name[:1]}…@{rest[:1]}….{top}"


def shown(blog: "Blog", case: Case, *, by: Person, now: datetime) -> str | None:
    """The whole address, after it was noted who looked at it; None: there is none."""
    address = _of(blog, case)
    if address is not None:
        with blog.store.write() as connection:
            data: Data = {"case": case.id, "reference": case.reference}
            who, kind = person_actor(by.id), JournalKind.ADDRESS_SHOWN
            note(connection, kind, actor=who, now=now, data=data)
    return address


def _of(blog: "Blog", case: Case) -> str | None:
    with blog.store.read() as connection:
        found = addresses.given(connection, case.id)
    if found is None or not found.sealed:  # of an erased comment only the hash was left
        return None
    return opened(blog, found)
