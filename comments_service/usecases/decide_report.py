"""Deciding on a report: the comment stays, or it leaves its page; both sides are told why."""

from datetime import datetime

from .. import markup
from ..domain import undone
from ..domain.cases import Case, EventKind
from ..domain.comments import Kind, WithdrawnBy
from ..domain.reports import Outcome
from ..domain.states import Visibility
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, UnknownComment
from ..site.rules import Cited
from ..store import cases, events
from ..store.engine import Connection
from ..store.people import Person
from . import moves, privately
from . import withdraw as taking_off
from .blog import Blog
from .leaving import leaves_at
from .moderate import CHANGED_RULE, DECIDED, MAX_REASON_CHARS, citable
from .withdraw import Why

_ON_ITS_PAGE = (Visibility.APPROVED, Visibility.PUBLISHED)


def reported(blog: Blog, case: Case) -> Case | None:
    """The case of the comment that a report is about, or None."""
    if case.kind is not Kind.REPORT:
        return None
    with blog.store.read() as connection:
        return cases.by_comment(connection, case.in_reply_to or "")


def leave(
    blog: Blog,
    case_id: int,
    revision: int,
    reason: str,
    *,
    by: Person,
    answer_id: str,
    now: datetime,
) -> None:
    """The comment stays where it is, or it was gone already; who told of it reads why, in private.

    answer_id: a new ULID in lower case, made with the form. Raises InvalidComment,
    UnknownComment, AlreadyDecided, NotPermitted.
    """
    reason = _checked(blog, reason, None, now)
    with blog.store.write() as connection:
        report = _report(connection, case_id, answer_id)
        said = privately.signed(report, answer_id, reason, by, now)
        about = cases.by_comment(connection, report.in_reply_to or "")
        stays = about is not None and about.visibility in _ON_ITS_PAGE
        more = {"outcome": Outcome.STAYS if stays else Outcome.GONE}
        privately.answer(connection, report, revision, said, by, more, leaves_at(blog, now))


def remove(
    blog: Blog,
    case_id: int,
    revision: int,
    seen: int,
    reason: str,
    rule: Cited | None,
    *,
    by: Person,
    answer_id: str,
    now: datetime,
) -> None:
    """The comment leaves its page; its author and who told of it read why.

    seen: the newest wording of the comment that was on the screen. rule: number and version of
    the one that it breaks, None for another reason.
    Raises InvalidComment, UnknownComment, AlreadyDecided (also: it was withdrawn meanwhile),
    NotPermitted, CannotWrite.
    """
    reason = _checked(blog, reason, rule, now)
    with blog.store.write() as connection:
        report = _report(connection, case_id, answer_id)
        cases.lock_of(connection, [report.in_reply_to or ""])
        about = cases.by_comment(connection, report.in_reply_to or "")
        if about is None:
            raise UnknownComment(N_("We find no comment at this address."))
        _refuse_other_words(about, seen)
        said = privately.signed(report, answer_id, reason, by, now)
        more = {"outcome": Outcome.REMOVED}
        privately.answer(connection, report, revision, said, by, more)
        taking_off.withdraw_with(
            blog,
            connection,
            about.comment_id,
            reason=WithdrawnBy.INSTITUTION,
            by=by,
            now=now,
            why=Why(reason, rule),
        )
    taking_off.remember(blog, about.comment_id, now)


def take_off(
    blog: Blog,
    case_id: int,
    revision: int,
    reason: str,
    rule: Cited | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Take a published comment off its page, whoever asked for it; its author reads why.

    revision: the newest that was on the screen. Raises as ``remove`` does.
    """
    reason = _checked(blog, reason, rule, now)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        if case.public_revision is None:
            raise AlreadyDecided(moves.NOT_NOW)
        _refuse_other_words(case, revision)
        taking_off.withdraw_with(
            blog,
            connection,
            case.comment_id,
            reason=WithdrawnBy.INSTITUTION,
            by=by,
            now=now,
            why=Why(reason, rule),
        )
    taking_off.remember(blog, case.comment_id, now)


def _refuse_other_words(case: Case, seen: int) -> None:
    """It leaves for good, so nobody takes off what they did not read. Raises AlreadyDecided."""
    if not case.withdrawn and case.revision != seen:
        raise AlreadyDecided(DECIDED)


def _report(connection: Connection, case_id: int, answer_id: str) -> Case:
    case = moves.locked(connection, case_id)
    if case.kind is not Kind.REPORT:
        raise UnknownComment(N_("We find no comment at this address."))
    record = undone.standing(events.of_case(connection, case_id))
    decided = [
        each for each in record if each.kind is EventKind.ANSWERED and "outcome" in each.data
    ]
    if any(each.data.get("answer") != answer_id for each in decided):
        raise AlreadyDecided(DECIDED)
    return case


def _checked(blog: Blog, reason: str, rule: Cited | None, now: datetime) -> str:
    """The reason after the clean-up. Raises InvalidComment."""
    reason, faults = markup.clean_body(reason), []
    if not markup.is_visible(reason):
        faults.append(Fault("grounds", N_("Write why: those whom it concerns read it.")))
    if len(reason) > MAX_REASON_CHARS:
        most = MAX_REASON_CHARS
        faults.append(Fault("grounds", N_("Write at most %(most)s characters."), most=most))
    if rule and rule not in citable(blog, now):
        faults.append(Fault("broken", CHANGED_RULE))
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return reason
