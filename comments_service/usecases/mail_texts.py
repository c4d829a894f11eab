"""What each mail says, put together when it leaves: the state of then, not of when it was asked.

None means that there is nothing to tell any more, and the mail is dropped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..config import dates
from ..domain.cases import Case
from ..domain.comments import Comment
from ..domain.mails import MailKind
from ..domain.states import Decision
from ..errors import UnknownThread
from ..mail.message import one_line
from ..mail.wording import voice, worded
from ..store import addresses, cases, events, publication, subscriptions
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from ..store.subscriptions import Subscription
from . import mail_links, privately
from .blog import Blog
from .track import page_of, receipt_for, thread_url

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that may leave. unsubscribe: address of the one-click end, or None."""

    address: Address
    lang: str
    subject: str
    body: str
    unsubscribe: str | None = None


def letter(blog: Blog, connection: Connection, waiting: Waiting) -> Letter | None:
    """What this mail says now, or None when it is not to leave at all."""
    address = addresses.by_id(connection, waiting.address_id)
    if address is None or address.stopped_at is not None:
        return None
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
    shared = {"institution": one_line(site.named(lang)), "home": blog.site_url + "/"}
    return worded(voice(lang, _ADDRESS_AS[site.mails.address_as]), kind.lower(), shared | values)


_ADDRESS_AS = {"tú": "tu", "usted": "usted"}


def _about_a_case(blog: Blog, case: Case) -> Values:
    private = f"{blog.site_url}/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
    return {
        "reference": case.reference,
        "title": _title(blog, case.thread, case.lang),
        "name": case.author,
        "text": case.body,
        "private": private,
        "stop": mail_links.to_stop(blog, case),
    }


def _receipt(
    blog: Blog, _connection: Connection, _waiting: Waiting, case: Case, address: Address
) -> Values | None:
    """To an address that nobody confirmed it says nothing of the comment and opens nothing."""
    zone = blog.site.zone
    return {
        "is_known": address.confirmed_at is not None,
        "received": dates.with_time(case.received_at.astimezone(zone), case.lang),
        "decide_by": _day(case.decide_by, zone, case.lang),
        "answer_by": _day(case.answer_by, zone, case.lang),
        "confirm": mail_links.to_address(blog, address),
        "registry": blog.site.contact.registry or "",
    }


def _day(at: datetime | None, zone: ZoneInfo, lang: str) -> str:
    return dates.short(at.astimezone(zone), lang) if at else ""


def _published(
    blog: Blog, _connection: Connection, _waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    page = page_of(blog, case)
    follow = mail_links.form_to_follow(blog, case.thread)
    return {"page": page, "follow": follow} if page else None


def _rejected(
    blog: Blog, _connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    decided_since = waiting.cause != f"{case.comment_id}.{case.revision}"
    if decided_since or case.decision is not Decision.REJECTED or case.withdrawn:
        return None
    is_edit = case.public_revision is not None
    return {"rule": _rule(blog, case), "reason": case.reason or "", "is_edit": is_edit}


def _answer(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    said = _answer_of(connection, case, waiting.cause)
    if said is None or case.withdrawn:
        return None
    url = None if case.private else thread_url(blog, case.thread, case.lang)
    signature = [said.author, said.position, said.department]
    return {
        "answer": said.body,
        "signature": ", ".join(each for each in signature if each),
        "page": url and f"{url}#comment-{said.id}",
    }


def _answer_of(connection: Connection, case: Case, answer_id: str) -> Comment | None:
    """An answer as its reader finds it: on the page, or for their eyes alone."""
    if not case.private:
        return _public(connection, answer_id)
    given = privately.given(connection, case, events.of_case(connection, case.id))
    return next((each for each in given if each.id == answer_id), None)


def _withdrawn(
    blog: Blog, _connection: Connection, _waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    contact = blog.settings.mail_reply_to or blog.site.contact.email
    return {"contact": contact or ""} if case.withdrawn else None


_Values = Callable[[Blog, Connection, Waiting, Case, Address], Values | None]
_OF_CASES: Mapping[MailKind, _Values] = {
    MailKind.RECEIPT: _receipt,
    MailKind.PUBLISHED: _published,
    MailKind.REJECTED: _rejected,
    MailKind.ANSWER: _answer,
    MailKind.WITHDRAWN: _withdrawn,
}


def _about_a_thread(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Letter | None:
    following = subscriptions.by_id(connection, waiting.subscription_id or 0)
    url = following and thread_url(blog, following.thread, following.lang)
    if following is None or url is None:
        return None
    lang, kind = following.lang, waiting.kind
    values: Values = {"title": _title(blog, following.thread, lang), "url": url}
    if kind is MailKind.FOLLOW:
        if following.is_active:
            return None
        values |= {
            "confirm": mail_links.to_follow(blog, following),
            "never": mail_links.to_address(blog, address),
        }
        return Letter(address, lang, *_worded(blog, kind, lang, values))
    said = _public(connection, waiting.cause)
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


def _public(connection: Connection, comment_id: str) -> Comment | None:
    """What readers see of a comment, or None."""
    kept = publication.kept(connection, comment_id)
    if kept is None or kept.withdrawn_by is not None or kept.public_revision is None:
        return None
    return publication.wording(connection, comment_id, kept.public_revision)


def _rule(blog: Blog, case: Case) -> tuple[int, str, str] | None:
    """Number, title and text of the rule that a decision cited, in the version of then."""
    if case.rule is None or case.rule_version is None:
        return None
    rule = blog.rules.version((case.rule, case.rule_version))
    if rule is None:
        return None
    lang = case.lang if case.lang in rule.title else next(iter(rule.title))
    return rule.number, rule.title[lang], rule.text[lang]


def _title(blog: Blog, thread: str, lang: str) -> str:
    try:
        titles = blog.manifest.thread(thread).title
    except UnknownThread:
        return ""
    return one_line(titles.get(lang) or next(iter(titles.values()), ""))
