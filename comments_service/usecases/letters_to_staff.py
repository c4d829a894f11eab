"""What each mail to those who work here tells: the values that its words are made with.

None means that there is nothing to tell any more. ``reply_to`` among the values is who reads
an answer to the mail. Links in them only open pages, which ask to sign in.
"""

from collections.abc import Callable, Mapping

from ..config import dates
from ..domain import conditions
from ..domain.cases import Case, EventKind
from ..domain.deadlines import running
from ..domain.mails import MailKind
from ..domain.permissions import Permission, may
from ..store import cases, events, people, work
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from . import another_person, authors, mail_links, notes, promises
from .blog import Blog
from .letters_of_cases import title_of
from .track import page_of

Values = dict[str, object]
MOST_SHOWN, MOST_COUNTED = 10, 200
ToStaff = Callable[[Blog, Connection, Waiting, Address], Values | None]


def _calendar(
    blog: Blog, _connection: Connection, waiting: Waiting, _address: Address
) -> Values | None:
    """To whoever administrates, while the years are still missing."""
    named = set(waiting.cause.partition(" ")[2].split(" "))
    missing = [str(year) for year in promises.missing_years(blog, waiting.asked_at)]
    years = ", ".join(year for year in missing if year in named)
    if not years:
        return None
    return {"years": years, "holidays": f"{blog.site_url}/gestion/ajustes/festivos"}


def _news(blog: Blog, connection: Connection, waiting: Waiting, address: Address) -> Values | None:
    """What came since it was asked for and nobody decided on yet."""
    came = work.come_since(connection, waiting.asked_at, MOST_COUNTED)
    if not came:
        return None
    lang = language_at(connection, address)
    shown = [_named(blog, each, lang) for each in came[:MOST_SHOWN]]
    return {"count": len(came), "cases": shown, "tray": _tray(blog)}


def _digest(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """What the day brings; nothing to do, no mail."""
    person = people.by_address(connection, address.id)
    if person is None:
        return None
    today = promises.later(blog, waiting.asked_at, 0)
    away = people.stood_in_for(connection, person.id, today.astimezone(blog.site.zone).date())
    mine = work.mine(connection, [person.id, *away], MOST_SHOWN)
    overdue = work.due(connection, None, waiting.asked_at, MOST_COUNTED)
    due = work.due(connection, waiting.asked_at, today, MOST_COUNTED)
    waits = cases.count_waiting(connection, MOST_COUNTED)
    if not (mine or overdue or due or waits):
        return None
    lang = person.language
    return {
        "mine": [_named(blog, each, lang) for each in mine],
        "overdue": [_named(blog, each, lang) for each in overdue[:MOST_SHOWN]],
        "due": [_named(blog, each, lang) for each in due[:MOST_SHOWN]],
        "counts": {"overdue": len(overdue), "due": len(due), "waits": waits},
        "tray": _tray(blog),
    }


def _of_a_deadline(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """Of one that runs out or has run out, while the comment still waits for the same."""
    case = cases.by_case(connection, waiting.case_id or 0)
    if case is None or case.erased or case.withdrawn:
        return None
    promise = running(case, events.of_case(connection, case.id))
    if promise is None or promise.since != int(waiting.cause.split(".")[1]):
        return None
    lang = language_at(connection, address)
    looks_after = people.by_id(connection, case.assigned_to) if case.assigned_to else None
    return {
        "which": promise.which.value,
        "by": dates.short(promise.by.astimezone(blog.site.zone), lang),
        "person": looks_after.name if looks_after else "",
        **_named(blog, case, lang),
    }


def _appeal(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """While nobody took the second look, or did what its reader waits for too long."""
    case = cases.by_case(connection, waiting.case_id or 0)
    if case is None or case.erased or case.withdrawn:
        return None
    record = events.of_case(connection, case.id)
    is_late, at = another_person.is_awaited(case, record), conditions.refusal(record)
    if not is_late and at is None:
        return None
    is_cut = at is not None and at.kind is EventKind.CUT
    return {
        "is_late": is_late,
        "is_cut": is_cut,
        **_named(blog, case, language_at(connection, address)),
    }


def _colleague(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """Who names them in a note, or asks them to read. What was noted stays where they sign in."""
    case = cases.by_case(connection, waiting.case_id or 0)
    if case is None or case.erased or case.withdrawn:
        return None
    seq = int(waiting.cause.split(".")[1])
    event = next((e for e in events.of_case(connection, case.id) if e.seq == seq), None)
    if event is None:
        return None
    author = people.by_id(connection, int(event.actor.partition(":")[2]))
    return {
        "name": author.name if author else "",
        "is_asked": event.kind is EventKind.SECOND_READING,
        "is_draft": notes.is_draft(event),
        **_named(blog, case, language_at(connection, address)),
    }


def _risk(blog: Blog, connection: Connection, waiting: Waiting, address: Address) -> Values | None:
    """While it is still taken for delicate."""
    case = cases.by_case(connection, waiting.case_id or 0)
    if case is None or case.erased or case.withdrawn or not case.risk:
        return None
    return _named(blog, case, language_at(connection, address))


def _author(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """The comments on what somebody wrote that came to their pages since it was asked for;
    colleagues may share a mailbox."""
    here = [each for each in people.all_at(connection, address.id) if each.works]
    wrote = [(each, frozenset(authors.written_by(blog, each.name))) for each in here]
    kinds = (EventKind.PUBLISHED,)
    news = events.newest(connection, kinds, waiting.asked_at, MOST_COUNTED)
    numbers = dict.fromkeys(int(reference.partition("-")[2]) for reference, _, _ in news)
    found = [cases.by_case(connection, number) for number in numbers]
    there = [each for each in found if each and page_of(blog, each)]
    own = [(by, each) for each in there for by, threads in wrote if each.thread in threads]
    shown = [
        _named(blog, each, by.language)
        | {"name": each.author, "text": each.body, "public": page_of(blog, each)}
        | {"answer": mail_links.to_author(blog, each, by.id, address)}
        for by, each in reversed(own[:MOST_SHOWN])
    ]
    answers = any(may(by.role, Permission.ANSWER) for by, _ in own)
    return {"count": len(own), "cases": shown, "may_answer": answers} if own else None


def _named(blog: Blog, case: Case, lang: str) -> Values:
    """A comment as staff are told of it. Its text and its name stay where they sign in."""
    return {
        "reference": case.reference,
        "title": title_of(blog, case.thread, lang),
        "page": f"{blog.site_url}/gestion/comentario/{case.reference}",
    }


def _tray(blog: Blog) -> str:
    return f"{blog.site_url}/gestion/"


def language_at(connection: Connection, address: Address) -> str:
    """Of the person whose address it is, else of whom it was asked of."""
    return people.language_at(connection, address.id) or address.lang


OF_STAFF: Mapping[MailKind, ToStaff] = {
    MailKind.NEWS: _news,
    MailKind.DIGEST: _digest,
    MailKind.WARNING: _of_a_deadline,
    MailKind.OVERDUE: _of_a_deadline,
    MailKind.ESCALATION: _of_a_deadline,
    MailKind.APPEAL: _appeal,
    MailKind.CALENDAR: _calendar,
    MailKind.RISK: _risk,
    MailKind.COLLEAGUE: _colleague,
    MailKind.AUTHOR: _author,
}
