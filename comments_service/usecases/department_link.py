"""What somebody of a department does with a question, by its link: no account, no cookie.

The link opens until the question is answered, returned, passed on again or taken back, and
thirty days at most. What is written here is read by whoever asked before anything is published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import markup, signing
from ..domain.cases import MAX_ID_CHARS, Case, Event, EventKind
from ..domain.chain import Data
from ..domain.comments import MAX_AUTHOR_CHARS, Comment
from ..domain.mails import MailKind
from ..domain.referrals import OPEN_FOR, Outcome, department_actor, is_asked
from ..domain.transitions import Action, Guard, Who
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, UnknownComment
from ..store import cases, events, follow, mails, people, publication, referrals
from ..store.engine import Connection
from ..store.referrals import Referral
from . import moves
from .blog import Blog
from .mail_links import DEPARTMENT, token
from .referrals import checked_day
from .revise import checked_body

MAX_POSITION_CHARS = 100
MAX_REASON_CHARS = 1_000
MOST_EARLIER = 3

_CHANGED = N_(
    "Its author changed the comment while you wrote. Look at it again; what you wrote is below."
)
_WRITTEN = N_("Somebody else of your department wrote meanwhile. Their text is on the page now.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page shows. asker: who asked. earlier: answers that everybody can read."""

    asked: Referral
    case: Case
    question: str
    asker: str
    said: Sequence[follow.Said]
    earlier: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class DepartmentAnswer:
    """The form of an answer, as it came. drafted: when the draft on the page was kept, in
    seconds; 0 for none. revision: the wording that was on the page."""

    body: str
    name: str
    position: str
    revision: int
    drafted: int


def sheet(blog: Blog, number: str, key: str, now: datetime) -> Sheet:
    """Raises UnknownComment: for a wrong, an old and an unknown link alike."""
    with blog.store.read() as connection:
        asked = _known(blog, connection, number, key)
        case, _ = _open(connection, asked, now)
        by = people.by_id(connection, asked.asked_by)
        threads = blog.manifest.keys(case.thread)
        near = referrals.answers_about(connection, threads, case.topic_id, MOST_EARLIER)
        found = [publication.wording(connection, *each) for each in near]
        return Sheet(
            asked,
            case,
            follow.text_of(connection, case.id, asked.asked_seq) or "",
            by.name if by else "",
            follow.said(connection, [case.id]).get(case.id, []),
            [each for each in found if each],
        )


def answer(blog: Blog, number: str, key: str, reply: DepartmentAnswer, *, now: datetime) -> None:
    """Send the answer to whoever asked. The same one sent twice is one.

    Raises UnknownComment, InvalidComment naming every fault, AlreadyDecided.
    """
    with blog.store.write() as connection:
        asked = _known_alone(blog, connection, number, key)
        if _is_again(connection, asked, Outcome.ANSWERED, markup.clean_body(reply.body)):
            return
        case, record = _open(connection, asked, now)
        body, by = _checked(reply, whole=True)
        _refuse_changes(asked, case, reply)
        referrals.save(connection, asked, "", by, None)
        _come_back(connection, asked, case, record, Outcome.ANSWERED, body, now)


def keep(blog: Blog, number: str, key: str, reply: DepartmentAnswer, *, now: datetime) -> None:
    """Keep what is written so far, for whoever of them opens the page next. Raises as
    ``answer``."""
    with blog.store.write() as connection:
        asked = _known_alone(blog, connection, number, key)
        case, _ = _open(connection, asked, now)
        body, by = _checked(reply, whole=False)
        if (body, by) == (asked.draft, asked.draft_by):
            return
        _refuse_changes(asked, case, reply)
        if not referrals.save(connection, asked, body, by, now):
            raise AlreadyDecided(_WRITTEN)


def give_back(blog: Blog, number: str, key: str, reason: str, *, now: datetime) -> None:
    """It is not theirs, or they cannot answer. Raises as ``answer``."""
    reason = markup.clean_body(reason)
    with blog.store.write() as connection:
        asked = _known_alone(blog, connection, number, key)
        if _is_again(connection, asked, Outcome.RETURNED, reason):
            return
        case, record = _open(connection, asked, now)
        _refuse_faults(_faults_of_reason("reason", reason))
        _come_back(connection, asked, case, record, Outcome.RETURNED, reason, now)


def more_time(blog: Blog, number: str, key: str, due_on: str, why: str, *, now: datetime) -> None:
    """Another date, once, and why; what its reader was promised stays. Raises as ``answer``."""
    why = markup.clean_body(why)
    with blog.store.write() as connection:
        asked = _known_alone(blog, connection, number, key)
        case, _ = _open(connection, asked, now)
        today, faults = now.astimezone(blog.site.zone).date(), list[Fault]()
        day = checked_day(due_on, today, faults)
        _refuse_faults([*faults, *_faults_of_reason("why", why)])
        if asked.extended and asked.due_on == day:
            return
        if day is None or not referrals.extend(connection, asked.id, day):
            raise AlreadyDecided(N_("More time was asked for before, and that is possible once."))
        _record(connection, asked, case, EventKind.MORE_TIME, {"due_on": day.isoformat()}, why, now)


def name_and_position(written: str) -> tuple[str, str]:
    """Of ``Referral.draft_by``."""
    name, _, position = written.partition("\n")
    return name, position


def _known(blog: Blog, connection: Connection, number: str, key: str) -> Referral:
    """The question that a link names, whether it still opens or not. Raises UnknownComment."""
    is_number = number.isascii() and number.isdigit() and len(number) <= MAX_ID_CHARS
    asked = referrals.by_id(connection, int(number)) if is_number else None
    expected = token(blog, DEPARTMENT, asked) if asked else signing.random_token()
    if not signing.same(key, expected) or asked is None or str(asked.id) != number:
        raise UnknownComment(N_("We find no comment at this address."))
    return asked


def _known_alone(blog: Blog, connection: Connection, number: str, key: str) -> Referral:
    """The same once no other writer is at its case, as it stands then."""
    cases.lock(connection, _known(blog, connection, number, key).case_id)
    return _known(blog, connection, number, key)


def _open(connection: Connection, asked: Referral, now: datetime) -> tuple[Case, list[Event]]:
    """Raises UnknownComment once it opens nothing any more."""
    case = cases.by_case(connection, asked.case_id)
    record = events.of_case(connection, asked.case_id)
    again = referrals.by_id(connection, asked.id)  # as it stands behind the lock
    is_over = again is None or again.closed_at is not None or now > asked.asked_at + OPEN_FOR
    if case is None or case.erased or is_over or not is_asked(record, asked.asked_seq):
        raise UnknownComment(N_("We find no comment at this address."))
    return case, record


def _is_again(connection: Connection, asked: Referral, outcome: Outcome, text: str) -> bool:
    """Whether these very words came before: a double click, a reload."""
    if asked.outcome is not outcome:
        return False
    of_it = (
        event
        for event in events.of_case(connection, asked.case_id)
        if event.kind is EventKind.RETURNED and event.data.get("referral") == asked.id
    )
    return any(follow.text_of(connection, e.case_id, e.seq) == text for e in of_it)


def _come_back(
    connection: Connection,
    asked: Referral,
    case: Case,
    record: Sequence[Event],
    outcome: Outcome,
    text: str,
    now: datetime,
) -> None:
    asking = moves.Asking(case, record, Who.DEPARTMENT, frozenset())
    asking.refuse_unless(Action.RETURN, {Guard.TEXT})
    referrals.close(connection, asked.id, outcome, now)
    referrals.put(connection, case.id, None)
    _record(connection, asked, case, EventKind.RETURNED, {"outcome": outcome}, text, now)
    _give_to_asker(connection, asked, case, now)


def _give_to_asker(connection: Connection, asked: Referral, case: Case, now: datetime) -> None:
    """It comes back to whoever asked, if they still work here."""
    by = people.by_id(connection, asked.asked_by)
    if by is None or not by.works or case.assigned_to == by.id:
        return
    cases.assign(connection, case.id, by.id)
    actor, data = department_actor(asked.department_id), {"to": by.id}
    events.append(connection, case.id, EventKind.ASSIGNED, actor=actor, now=now, data=data)


def _record(
    connection: Connection,
    asked: Referral,
    case: Case,
    kind: EventKind,
    more: Data,
    text: str,
    now: datetime,
) -> None:
    """The event, and the mail to whoever asked."""
    data: Data = {"referral": asked.id, **more}
    actor = department_actor(asked.department_id)
    new = events.append(connection, case.id, kind, actor=actor, now=now, data=data, text=text)
    by = people.by_id(connection, asked.asked_by)
    if by and by.works and by.address_id is not None:
        cause, told = f"referral {asked.id} {new.seq}", MailKind.FROM_DEPARTMENT
        mails.ask(connection, told, by.address_id, cause, now, case_id=case.id)


def _checked(reply: DepartmentAnswer, *, whole: bool) -> tuple[str, str]:
    """The answer and who wrote it. whole: all of it has to be there. Raises InvalidComment."""
    name, position = markup.clean_line(reply.name), markup.clean_line(reply.position)
    body, faults = "", list[Fault]()
    try:
        body = checked_body(reply.body)
    except InvalidComment as error:
        faults += error.faults
    if whole and not markup.is_visible(name):
        faults.append(Fault("name", N_("Write your name.")))
    elif len(name) > MAX_AUTHOR_CHARS:
        faults.append(
            Fault("name", N_("Write at most %(most)s characters."), most=MAX_AUTHOR_CHARS)
        )
    if whole and not markup.is_visible(position):
        faults.append(Fault("position", N_("Write what your position is.")))
    elif len(position) > MAX_POSITION_CHARS:
        words = N_("Write at most %(most)s characters.")
        faults.append(Fault("position", words, most=MAX_POSITION_CHARS))
    _refuse_faults(faults)
    return body, f"{name}\n{position}"


def _refuse_changes(asked: Referral, case: Case, reply: DepartmentAnswer) -> None:
    if case.revision != reply.revision:
        raise AlreadyDecided(_CHANGED)
    drafted = int(asked.drafted_at.timestamp()) if asked.drafted_at else 0
    if drafted != reply.drafted:
        raise AlreadyDecided(_WRITTEN)


def _faults_of_reason(field: str, text: str) -> list[Fault]:
    if not markup.is_visible(text):
        return [Fault(field, N_("Write it here."))]
    if len(text) > MAX_REASON_CHARS:
        return [Fault(field, N_("Write at most %(most)s characters."), most=MAX_REASON_CHARS)]
    return []


def _refuse_faults(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidComment(N_("There is a problem"), list(faults))
