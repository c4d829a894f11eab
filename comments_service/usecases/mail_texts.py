"""What each mail says, put together when it leaves: the state of then, not of when it was asked.

None means that there is nothing to tell any more, and the mail is dropped.
"""

from dataclasses import dataclass

from ..domain.cases import Case
from ..domain.comments import Comment, Kind
from ..domain.mails import TO_STAFF, MailKind
from ..mail.message import one_line
from ..mail.wording import voice, worded
from ..store import addresses, cases, people, subscriptions
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from ..store.subscriptions import Subscription
from . import letters_of_accounts, letters_of_bans, letters_of_referrals, mail_links
from .blog import Blog
from .letters_of_cases import OF_CASES, Values, public, title_of
from .letters_to_staff import OF_STAFF, language_at
from .track import receipt_for, thread_url

_OF_CASES = {**OF_CASES, **letters_of_referrals.OF_CASES, **letters_of_bans.OF_CASES}
_OF_STAFF = {**OF_STAFF, **letters_of_referrals.OF_STAFF, **letters_of_accounts.OF_STAFF}

_NOT_OF_STAFF = (MailKind.QUESTION, MailKind.INVITED, MailKind.ADDRESS_CHANGED)
"""To a department, to whoever has not come yet, to an address that is theirs no more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that may leave. unsubscribe: address of the one-click end, or None.

    reply_to: who reads an answer, where it is not the institution.
    """

    address: Address
    lang: str
    subject: str
    body: str
    unsubscribe: str | None = None
    reply_to: str | None = None


def letter(blog: Blog, connection: Connection, waiting: Waiting) -> Letter | None:
    """What this mail says now, or None when it is not to leave at all."""
    address = addresses.by_id(connection, waiting.address_id)
    if address is None or address.stopped_at is not None:
        return None
    if waiting.kind in TO_STAFF:
        return _to_staff(blog, connection, waiting, address)
    if waiting.subscription_id is not None:
        return _about_a_thread(blog, connection, waiting, address)
    case = cases.by_case(connection, waiting.case_id or 0)
    if case is None or case.erased or case.mails_stopped:
        return None
    values = _OF_CASES[waiting.kind](blog, connection, waiting, case, address)
    if values is None:
        return None
    common = _about_a_case(blog, case)
    return Letter(address, case.lang, *_worded(blog, waiting.kind, case.lang, common | values))


def _worded(blog: Blog, kind: MailKind, lang: str, values: Values) -> tuple[str, str]:
    site = blog.site
    home = blog.manifest.menu(lang).get("home", "/")  # a language without posts has none
    shared = {"institution": one_line(site.named(lang)), "home": blog.site_url + home}
    return worded(voice(lang, _ADDRESS_AS[site.mails.address_as]), kind.lower(), shared | values)


_ADDRESS_AS = {"tú": "tu", "usted": "usted"}


def _to_staff(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Letter | None:
    if waiting.kind not in _NOT_OF_STAFF and not _works_here(connection, address):
        return None
    values = _OF_STAFF[waiting.kind](blog, connection, waiting, address)
    if values is None:
        return None
    reply_to = values.pop("reply_to", None)
    lang = language_at(connection, address)
    words = _worded(blog, waiting.kind, lang, values)
    return Letter(address, lang, *words, reply_to=str(reply_to) if reply_to else None)


def _works_here(connection: Connection, address: Address) -> bool:
    """Whether it is still of somebody who may sign in: they may have left since it was asked."""
    return any(
        each.works and each.address_id == address.id for each in people.everybody(connection)
    )


def _about_a_case(blog: Blog, case: Case) -> Values:
    private = f"{blog.site_url}/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
    return {
        "reference": case.reference,
        "title": title_of(blog, case.thread, case.lang),
        "name": case.author,
        "text": case.body,
        "is_report": case.kind is Kind.REPORT,
        "private": private,
        "stop": mail_links.to_stop(blog, case),
    }


def _about_a_thread(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Letter | None:
    following = subscriptions.by_id(connection, waiting.subscription_id or 0)
    url = following and thread_url(blog, following.thread, following.lang)
    if following is None or url is None:
        return None
    lang, kind = following.lang, waiting.kind
    values: Values = {"title": title_of(blog, following.thread, lang), "url": url}
    if kind is MailKind.FOLLOW:
        if following.is_active:
            return None
        values |= {
            "confirm": mail_links.to_follow(blog, following),
            "never": mail_links.to_address(blog, address),
        }
        return Letter(address, lang, *_worded(blog, kind, lang, values))
    said = public(connection, waiting.cause)
    if said is None or not following.is_active:
        return None
    leave = mail_links.to_leave(blog, following)
    values |= {
        "name": said.author,
        "text": said.body,
        "page": f"{url}#comment-{said.id}",
        "is_mine": _is_mine(connection, following, said),
        "leave": leave,
    }
    return Letter(address, lang, *_worded(blog, kind, lang, values), unsubscribe=leave)


def _is_mine(connection: Connection, following: Subscription, said: Comment) -> bool:
    """Whether it replies to a comment of the follower's."""
    case = cases.by_comment(connection, said.in_reply_to or "")
    return case is not None and addresses.of_case(connection, case.id) == following.address_id
