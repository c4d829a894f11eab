"""Passing a comment on to a department, and taking it back.

The department is asked by mail, with a link that needs no account (``department_link``). No
date that its reader was promised moves by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import markup
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.chain import Data
from ..domain.mails import MailKind
from ..domain.referrals import Outcome, is_asked
from ..domain.transitions import Action, Guard
from ..domain.undone import standing
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import departments, events, follow, people, referrals
from ..store import mails as stored_mails
from ..store.departments import Department
from ..store.engine import Connection
from ..store.people import Person
from ..store.referrals import Referral
from . import mails, moves
from .blog import Blog
from .leaving import leaves_at

MAX_QUESTION_CHARS = 2_000
LATEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Form:
    """Of whoever passes on. due_on: a day like 2026-12-24. late: it may be after the day that
    its reader was promised. seen: how many events the page told of."""

    department: int
    question: str
    due_on: str
    late: bool
    seen: int


@dataclass(frozen=True, slots=True)
class _Checked:
    to: Department
    question: str
    due_on: date


def refer(blog: Blog, case_id: int, form: Form, *, by: Person, now: datetime) -> None:
    """Ask a department. The same form sent twice asks once.

    Raises InvalidComment naming every fault, UnknownComment, AlreadyDecided, NotPermitted.
    """
    with blog.store.write() as connection:
        case, record = _locked(connection, case_id)
        said = _checked(blog, connection, case, form, now)
        if _was_sent(connection, record, form.seen, said, by):
            return
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.REFER, {Guard.DEPARTMENT_AND_QUESTION})
        _ask(connection, case, record, said, by, now, leaves_at(blog, now))


def _ask(
    connection: Connection,
    case: Case,
    record: Sequence[Event],
    said: _Checked,
    by: Person,
    now: datetime,
    leaves: datetime,
) -> None:
    before = open_of(connection, case.id)
    if before:
        referrals.close(connection, before.id, Outcome.MOVED, now)
    seq, due = record[-1].seq + 1, said.due_on
    new = referrals.add(connection, case.id, said.to.id, by=by.id, seq=seq, due_on=due, now=now)
    data: Data = {
        "department": said.to.name,
        "referral": new,
        "due_on": due.isoformat(),
        "before": before.id if before else None,
    }
    actor, kind = person_actor(by.id), EventKind.REFERRED
    events.append(connection, case.id, kind, actor=actor, now=now, data=data, text=said.question)
    referrals.put(connection, case.id, said.to.id)
    if said.to.address_id is not None:
        to, cause = said.to.address_id, cause_of(new)
        stored_mails.ask(
            connection, MailKind.QUESTION, to, cause, now, case_id=case.id, leaves=leaves
        )
    mails.ask(connection, MailKind.REFERRED, case, cause_of(new), now, leaves)


def cause_of(referral_id: int) -> str:
    """By what its mails name it."""
    return f"referral {referral_id}"


def take_back(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """Look after it ourselves again; the link opens nothing any more.

    Raises UnknownComment, AlreadyDecided, NotPermitted.
    """
    with blog.store.write() as connection:
        case, record = _locked(connection, case_id)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.TAKE_BACK)
        asked = open_of(connection, case.id)
        if asked:
            referrals.close(connection, asked.id, Outcome.TAKEN_BACK, now)
        data: Data = {"referral": asked.id if asked else None}
        actor, kind = person_actor(by.id), EventKind.TAKEN_BACK
        events.append(connection, case.id, kind, actor=actor, now=now, data=data)
        referrals.put(connection, case.id, None)


def put_back(connection: Connection, undone: Event, now: datetime) -> None:
    """What undoing REFERRED or TAKEN_BACK leads back to, beside the record itself."""
    this = referrals.by_id(connection, int(undone.data.get("referral") or 0))
    again = this
    if undone.kind is EventKind.REFERRED:
        again = referrals.by_id(connection, int(undone.data.get("before") or 0))
        if this:
            referrals.close(connection, this.id, Outcome.ENDED, now)
    if again:
        referrals.reopen(connection, again.id)
    referrals.put(connection, undone.case_id, again.department_id if again else None)


def open_of(connection: Connection, case_id: int) -> Referral | None:
    """The department that is asked now, or None."""
    record = events.of_case(connection, case_id)
    found = [each for each in referrals.of_case(connection, case_id) if each.closed_at is None]
    return next((each for each in found if is_asked(record, each.asked_seq)), None)


def reachable(blog: Blog, connection: Connection) -> list[Department]:
    """Those that can be asked: by mail, or because somebody of them has an account."""
    here = {each.department_id for each in people.everybody(connection) if each.works}
    return [
        each
        for each in departments.everything(connection)
        if not each.closed and ((each.address_id and blog.can_send) or each.id in here)
    ]


def _locked(connection: Connection, case_id: int) -> tuple[Case, list[Event]]:
    case = moves.locked(connection, case_id)
    return case, events.of_case(connection, case_id)


def _was_sent(
    connection: Connection, record: Sequence[Event], seen: int, said: _Checked, by: Person
) -> bool:
    """Whether this very form came before, and was not undone. Raises AlreadyDecided: somebody
    else was faster."""
    for event in standing(record[seen:]):
        if event.kind is EventKind.REFERRED:
            asked = follow.text_of(connection, event.case_id, event.seq)
            told = event.actor, event.data.get("department"), asked
            if told == (person_actor(by.id), said.to.name, said.question):
                return True
            raise AlreadyDecided(moves.NOT_NOW)
    return False


def _checked(blog: Blog, connection: Connection, case: Case, form: Form, now: datetime) -> _Checked:
    """Raises InvalidComment naming every fault."""
    faults, question = list[Fault](), markup.clean_body(form.question)
    offered = reachable(blog, connection)
    to = next((each for each in offered if each.id == form.department), None)
    if to is None:
        faults.append(Fault("department", N_("Choose one of the list.")))
    if not markup.is_visible(question):
        faults.append(Fault("inquiry", N_("Write what they should answer.")))
    elif len(question) > MAX_QUESTION_CHARS:
        words = N_("Write at most %(most)s characters.")
        faults.append(Fault("inquiry", words, most=MAX_QUESTION_CHARS))
    due_on = checked_day(form.due_on, now.astimezone(blog.site.zone).date(), faults)
    promised = promised_on(blog, case)
    if due_on and promised and due_on > promised and not form.late:
        words = N_("Its author was promised an answer before that day. Choose an earlier one.")
        faults.append(Fault("due_on", words))
    if to is None or due_on is None or faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return _Checked(to, question, due_on)


def checked_day(text: str, today: date, faults: list[Fault]) -> date | None:
    """A day from today on, within a year; adds a fault about ``due_on`` where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(Fault("due_on", N_("Write a day like 2026-12-24.")))
        return None
    if not today <= day <= today + LATEST:
        faults.append(Fault("due_on", N_("Choose a day from today on, within a year.")))
        return None
    return day


def promised_on(blog: Blog, case: Case) -> date | None:
    """The last day of what its reader was promised, by the institution's clocks."""
    return case.answer_by.astimezone(blog.site.zone).date() if case.answer_by else None
