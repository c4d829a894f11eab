"""What each mail about a comment tells its reader: the values that its words are made with.

None means that there is nothing to tell any more.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from ..config import dates
from ..domain import conditions, undone
from ..domain.cases import Case, Event, EventKind
from ..domain.comments import Comment
from ..domain.deadlines import running
from ..domain.mails import MailKind
from ..domain.standing import fold
from ..domain.states import Attention, Decision
from ..errors import UnknownThread
from ..mail.message import one_line
from ..site.rules import Cited
from ..store import events, follow, people, publication
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from ..store.times import when
from . import another_person, clocks, mail_links, privately, promises, second_look
from .blog import Blog
from .track import page_of, thread_url
from .withdraw import Why, why_withdrawn

Values = dict[str, object]
OfACase = Callable[[Blog, Connection, Waiting, Case, Address], Values | None]

_ADDRESS = re.compile(r"://|www\.|@|\w\.\w{2}|\d[\d ]{7}", re.IGNORECASE)
"""What a mail program makes a link of, and telephone numbers; rather too much than too little."""


def _receipt(
    blog: Blog, _connection: Connection, waiting: Waiting, case: Case, address: Address
) -> Values | None:
    """To an address that nobody confirmed it says nothing of the comment and opens nothing.

    Nobody here has read the comment yet, and whoever knows a confirmed address could have us
    send it a name and a text: it greets nobody, and a text that leads elsewhere stays on the
    private page. The same says that we have a reply to our question.
    """
    is_reply = "." in waiting.cause
    if is_reply and address.confirmed_at is None:
        return None
    zone = blog.site.zone
    return {
        "text": "" if _ADDRESS.search(case.body) else case.body,
        "is_known": address.confirmed_at is not None,
        "is_private": case.private,
        "is_reply": is_reply,
        "received": dates.with_time(case.received_at.astimezone(zone), case.lang),
        "decide_by": day(case.decide_by, zone, case.lang),
        "answer_by": day(case.answer_by, zone, case.lang),
        "confirm": mail_links.to_address(blog, address),
        "registry": blog.site.contact.registry or "",
    }


def day(at: datetime | None, zone: ZoneInfo, lang: str) -> str:
    return dates.short(at.astimezone(zone), lang) if at else ""


def _published(
    blog: Blog, _connection: Connection, _waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    page = page_of(blog, case)
    follow = mail_links.form_to_follow(blog, case.thread)
    return {"page": page, "follow": follow} if page else None


def _cut(
    _blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """What everybody reads now, and why it is not all that its author wrote."""
    told = _event(connection, case, waiting)
    newest = told is not None and told.data.get("revision") == case.public_revision
    said = public(connection, case.comment_id)
    if told is None or not newest or said is None:
        return None
    return {
        "is_restored": told.kind is EventKind.RESTORED,
        "now": said.body,
        "reason": said.moderated or "",
    }


def _rejected(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    if case.decision is not Decision.REJECTED or case.withdrawn:
        return None
    wording = f"{case.comment_id}.{case.revision}"  # all that releases before this one say
    newest = [e.seq for e in _standing(connection, case) if e.kind is EventKind.REJECTED][-1]
    if waiting.cause not in (wording, f"{wording}.{newest}"):
        return None
    is_edit = case.public_revision is not None
    return {
        "rule": _rule(blog, case),
        "reason": case.reason or "",
        "change": case.change,
        "is_edit": is_edit,
        "office": second_look.outside(blog, connection),
    }


def _answer(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    said = _answer_of(connection, case, waiting.cause)
    if said is None or case.withdrawn:
        return None
    is_public = not case.private and said.number
    url = thread_url(blog, case.thread, case.lang) if is_public else None
    signature = [said.author, said.position, said.department]
    return {
        "answer": said.body,
        "signature": ", ".join(each for each in signature if each),
        "page": url and f"{url}#comment-{said.id}",
    }


def _answer_of(connection: Connection, case: Case, answer_id: str) -> Comment | None:
    """An answer as its reader finds it: on the page, or for their eyes alone."""
    if found := None if case.private else public(connection, answer_id):
        return found
    given = privately.given(connection, case, events.of_case(connection, case.id))
    return next((each for each in given if each.id == answer_id), None)


def _withdrawn(
    blog: Blog, connection: Connection, _waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    if not case.withdrawn:
        return None
    contact = blog.settings.mail_reply_to or blog.site.contact.email
    found = why_withdrawn(connection, case, events.of_case(connection, case.id))
    why = found[0] if found else Why("")
    reasons = {"reason": why.text, "rule": rule_in(blog, why.rule, case.lang)}
    return {"contact": contact or "", **reasons}


def _asked(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """While the question waits for its reply. A cause that ends so is a reminder."""
    seq = _seq(waiting)
    asked = [e for e in _standing(connection, case) if e.kind is EventKind.ASKED_READER]
    question = follow.text_of(connection, case.id, seq)
    is_open = case.attention is Attention.AWAITING_READER and not case.withdrawn
    if not asked or asked[-1].seq != seq or question is None or not is_open:
        return None
    until = promises.later(blog, asked[-1].at, clocks.SILENCE_DAYS)
    return {
        "question": question,
        "until": day(until, blog.site.zone, case.lang),
        "is_again": waiting.cause.endswith(".again"),
        "may_reopen": conditions.may_come_back(events.of_case(connection, case.id)),
    }


def _closed(
    _blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    closed = _event(connection, case, waiting)
    if closed is None or case.attention is not Attention.CLOSED or case.withdrawn:
        return None
    words = follow.text_of(connection, case.id, closed.seq) or ""
    may_reopen = conditions.may_come_back(events.of_case(connection, case.id))
    return {"why": str(closed.data.get("reason") or ""), "words": words, "may_reopen": may_reopen}


def _opened_again(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    is_done = case.attention in (Attention.ANSWERED, Attention.CLOSED) or case.withdrawn
    if is_done or _event(connection, case, waiting) is None:
        return None
    return {"by": day(case.answer_by, blog.site.zone, case.lang)}


def _second_look(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """What was decided, and by whom, while it stands."""
    decided = _event(connection, case, waiting)
    is_refused = decided is not None and decided.kind is EventKind.REJECTED
    is_over = is_refused and case.decision is not Decision.REJECTED
    if decided is None or is_over or case.withdrawn:
        return None
    who, _, number = decided.actor.partition(":")
    by = people.by_id(connection, int(number)) if who == "person" else None
    return {
        "is_refused": is_refused,
        "rule": _rule(blog, case),
        "reason": case.reason or "",
        "by": ", ".join(each for each in (by.name, by.position) if each) if by else "",
    }


def _late(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """While it still waits for the same."""
    record = events.of_case(connection, case.id)
    since, promise = _seq(waiting), running(case, record)
    late = [e for e in record if e.kind is EventKind.LATE and e.data.get("since") == since]
    if not late or promise is None or promise.since != since:
        return None
    until = when(int(late[-1].data["until"] or 0))
    return {
        "until": day(until, blog.site.zone, case.lang),
        "why": _why_later(connection, case),
        "another": another_person.is_there(connection),
    }


def _why_later(connection: Connection, case: Case) -> str:
    """The cause that its reader was given when we asked for more time, or ""."""
    given = [e for e in _standing(connection, case) if e.kind is EventKind.EXTENDED]
    return (follow.text_of(connection, case.id, given[-1].seq) or "") if given else ""


def _extended(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    given = _event(connection, case, waiting)
    if given is None or not fold(events.of_case(connection, case.id)).is_waiting:
        return None
    until = when(int(given.data["until"] or 0))
    why = follow.text_of(connection, case.id, given.seq)
    return {"until": day(until, blog.site.zone, case.lang), "why": why or ""}


def _seq(waiting: Waiting) -> int:
    """Of the event that a cause like ``12.3`` or ``12.3.again`` names."""
    return int(waiting.cause.split(".")[1])


def _standing(connection: Connection, case: Case) -> list[Event]:
    return undone.standing(events.of_case(connection, case.id))


def _event(connection: Connection, case: Case, waiting: Waiting) -> Event | None:
    """The event that a mail tells of, unless it was taken back."""
    seq = _seq(waiting)
    return next((each for each in _standing(connection, case) if each.seq == seq), None)


def public(connection: Connection, comment_id: str) -> Comment | None:
    """What readers see of a comment, or None."""
    kept = publication.kept(connection, comment_id)
    if kept is None or kept.withdrawn_by is not None or kept.public_revision is None:
        return None
    return publication.wording(connection, comment_id, kept.public_revision)


def _rule(blog: Blog, case: Case) -> tuple[int, str, str] | None:
    """Number, title and text of the rule that a decision cited, in the version of then."""
    if case.rule is None or case.rule_version is None:
        return None
    return rule_in(blog, (case.rule, case.rule_version), case.lang)


def rule_in(blog: Blog, cited: Cited | None, lang: str) -> tuple[int, str, str] | None:
    rule = blog.rules.version(cited) if cited else None
    if rule is None:
        return None
    lang = lang if lang in rule.title else next(iter(rule.title))
    return rule.number, rule.title[lang], rule.text[lang]


def title_of(blog: Blog, thread: str, lang: str) -> str:
    try:
        titles = blog.manifest.thread(thread).title
    except UnknownThread:
        return ""
    return one_line(titles.get(lang) or next(iter(titles.values()), ""))


OF_CASES: Mapping[MailKind, OfACase] = {
    MailKind.RECEIPT: _receipt,
    MailKind.PUBLISHED: _published,
    MailKind.CUT: _cut,
    MailKind.REJECTED: _rejected,
    MailKind.EXTENDED: _extended,
    MailKind.ANSWER: _answer,
    MailKind.ASKED: _asked,
    MailKind.CLOSED: _closed,
    MailKind.OPENED_AGAIN: _opened_again,
    MailKind.SECOND_LOOK: _second_look,
    MailKind.WITHDRAWN: _withdrawn,
    MailKind.LATE: _late,
}
