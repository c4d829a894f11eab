"""The links in mails. Each opens one page, for one purpose; a GET of it changes nothing.

Tokens are made like that of a comment's private link: of a purpose, an id and a generation, or
what else tells one from the next with this id.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import signing
from ..domain.cases import Case
from ..store.addresses import Address
from ..store.referrals import Referral
from ..store.subscriptions import Subscription

if TYPE_CHECKING:
    from .blog import Blog

ADDRESS = "e-mail address"
CASE = "e-mail about a comment"
FOLLOW = "follow a conversation"
LEAVE = "follow a conversation no more"
DEPARTMENT = "question to a department"
AUTHOR = "comment on an article"


def token(blog: "Blog", purpose: str, of: Address | Subscription | Referral) -> str:
    return signing.link_token(blog.link_key, purpose, of.id, of.generation)


def case_token(blog: "Blog", case: Case) -> str:
    """Ends the mails about one comment, and opens nothing of it.

    It stays when its reader gets a new private link: mails that were sent before have it too.
    The time of receipt tells cases apart that got the same number after a lost database.
    """
    return signing.link_token(blog.link_key, CASE, case.id, int(case.received_at.timestamp()))


def author_token(blog: "Blog", case: Case, person_id: int, address: Address) -> str:
    """Of one author, one comment, and the address that the mail goes to."""
    purpose = f"{AUTHOR} {person_id} {address.id}"
    return signing.link_token(blog.link_key, purpose, case.id, address.generation)


def to_address(blog: "Blog", address: Address) -> str:
    """Where its owner says that it is theirs, or that they want no mail from here."""
    return f"{blog.site_url}/correo/direccion/{address.id}/{token(blog, ADDRESS, address)}"


def to_stop(blog: "Blog", case: Case) -> str:
    """Where the mails about a comment are ended."""
    return f"{blog.site_url}/correo/caso/{case.reference}/{case_token(blog, case)}"


def to_follow(blog: "Blog", following: Subscription) -> str:
    """Where following a conversation is confirmed."""
    return f"{blog.site_url}/correo/seguir/{following.id}/{token(blog, FOLLOW, following)}"


def to_leave(blog: "Blog", following: Subscription) -> str:
    """Where following is ended, by a person or by a mail program (RFC 8058)."""
    return f"{blog.site_url}/correo/dejar/{following.id}/{token(blog, LEAVE, following)}"


def to_department(blog: "Blog", asked: Referral) -> str:
    """Where whoever is asked answers, without an account."""
    return f"{blog.site_url}/departamento/{asked.id}/{token(blog, DEPARTMENT, asked)}"


def to_author(blog: "Blog", case: Case, person_id: int, address: Address) -> str:
    """Where the author of an article answers a comment on it, without signing in."""
    token = author_token(blog, case, person_id, address)
    return f"{blog.site_url}/correo/contestar/{case.reference}/{person_id}/{token}"


def form_to_follow(blog: "Blog", thread: str) -> str:
    return f"{blog.site_url}/seguir/{thread}"


def host(blog: "Blog") -> str:
    """The name after the @ of a Message-ID."""
    return urlsplit(blog.site_url).hostname or "localhost"
