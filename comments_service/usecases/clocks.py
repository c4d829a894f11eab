"""What runs out: deadlines, questions that nobody answered, answers that nobody spoke against.

Run by the tick. Each case has the instant at which something runs out in it next, and is looked
at then and after each event: never all open ones. Whatever is done leaves an event, or a mail
with a cause that is asked for once, so that a second look does nothing. Warnings leave in the
hours in which people work, so never on a weekend or a holiday.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain import undone
from ..domain.cases import SERVICE, Case, Event, EventKind
from ..domain.deadlines import Deadline, Running, running
from ..domain.mails import MailKind
from ..domain.office import Office
from ..domain.standing import fold
from ..domain.states import Attention
from ..domain.transitions import Action, Guard, Who, may
from ..store import cases, events, facts
from ..store import mails as mail_rows
from ..store.engine import Connection
from ..store.people import Person
from . import mails, promises, staff_mails
from .blog import Blog

SILENT = "silent"
SETTLED = "settled"
"""Why a case was closed by itself, as its event has it: no word after a question, or after an
answer."""

WARN_HOURS = timedelta(hours=4)
"""Working time before the deadline of a decision; of the others it is a working day."""

ESCALATE_AFTER = {Deadline.DECIDE: 1, Deadline.ANSWER: 2, Deadline.RESOLVE: 3}
SILENCE_DAYS = 10
REMIND_AFTER_DAYS = 5
"""In working days."""

_BATCH = 50
_RUN_SECONDS = 10.0
_SOON = timedelta(minutes=1)


def run(blog: Blog, now: datetime) -> None:
    """Look at every case in which something runs out by now, and begin the day."""
    _begin_day(blog, now)
    ends = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < ends:
        with blog.store.write() as connection:
            some = cases.to_look_at(connection, now, _BATCH)
            for case_id in some:
                _look(blog, connection, case_id, now)
        if len(some) < _BATCH:
            return


def _begin_day(blog: Blog, now: datetime) -> None:
    """Once on each working day, when the office has opened: the digests."""
    office = promises.office(blog, now)
    if not blog.can_send or not office.is_working(now):
        return
    day = now.astimezone(blog.site.zone).date().isoformat()
    with blog.store.write() as connection:
        if facts.get(connection, facts.DIGEST) != day:
            facts.note(connection, facts.DIGEST, day, now)
            staff_mails.ask_digests(blog, connection, now)


@dataclass(frozen=True, slots=True)
class _Look:
    """One case that is looked at, locked."""

    blog: Blog
    connection: Connection
    case: Case
    record: Sequence[Event]
    office: Office
    now: datetime

    def cause(self, seq: int) -> str:
        """Of a mail: the event after which it became due."""
        return f"{self.case.id}.{seq}"

    def add(self, kind: EventKind, **data: str | int | None) -> Event:
        return events.append(
            self.connection, self.case.id, kind, actor=SERVICE, now=self.now, data=data
        )

    def happened(self, kind: EventKind, since: int) -> bool:
        """Whether the service did this already, for the same cause."""
        return any(each.kind is kind and each.data.get("since") == since for each in self.record)

    def may(self, action: Action, guard: Guard) -> bool:
        standing = fold(self.record)
        return may(standing, action, Who.SERVICE, {guard}, private=self.case.private) is None


def _look(blog: Blog, connection: Connection, case_id: int, now: datetime) -> None:
    cases.lock(connection, case_id)
    case, record = cases.by_case(connection, case_id), events.of_case(connection, case_id)
    following = None
    if case is not None and not case.erased and not case.withdrawn:
        look = _Look(blog, connection, case, record, promises.office(blog, now), now)
        following = _next(look)
    at = max(following, now + _SOON) if following else None
    cases.look_again(connection, case_id, at)


def _next(look: _Look) -> datetime | None:
    """Do what is due; when something is due next."""
    match look.case.attention:
        case Attention.AWAITING_READER:
            return _awaited(look)
        case Attention.ANSWERED:
            return _settled(look)
        case Attention.CLOSED:
            return None
    promise = running(look.case, look.record)
    return _promised(look, promise) if promise else None


def _promised(look: _Look, promise: Running) -> datetime:
    if look.now <= promise.by:
        return _warned(look, promise)
    if not look.office.is_working(look.now):
        return look.office.next_opening(look.now)
    if not look.happened(EventKind.LATE, promise.since):
        _tell_late(look, promise)
    escalated = look.office.after(promise.by, ESCALATE_AFTER[promise.which])
    if look.now < escalated:
        return escalated
    if not look.happened(EventKind.ESCALATED, promise.since):
        _escalate(look, promise)
    return look.now + timedelta(days=365)


def _warned(look: _Look, promise: Running) -> datetime:
    """S3, once it is time; when the promise is broken."""
    if promise.which is Deadline.DECIDE:
        warn = look.office.hours_before(promise.by, WARN_HOURS)
    else:
        warn = look.office.days_before(promise.by, 1)
    if look.now < warn:
        return warn
    if not look.office.is_working(look.now):
        return min(look.office.next_opening(look.now), promise.by + _SOON)
    who = staff_mails.team(look.blog, look.connection, look.now)
    cause, kind = look.cause(promise.since), MailKind.WARNING
    everybody = [each.address_id for each in who.everybody if each.address_id]
    if not mail_rows.was_asked(look.connection, kind, cause, everybody):
        _tell(look, kind, staff_mails.looking_after(who, look.case), cause)
    return promise.by + _SOON


def _tell_late(look: _Look, promise: Running) -> None:
    """S4 to whoever looks after it and to who is responsible, R11 to its reader."""
    who = staff_mails.team(look.blog, look.connection, look.now)
    looking_after = staff_mails.looking_after(who, look.case)
    both = [*looking_after, *who.there(who.responsible())]
    _tell(look, MailKind.OVERDUE, list(dict.fromkeys(both)), look.cause(promise.since))
    deadlines, resolve_by = look.blog.site.deadlines, look.case.resolve_by
    if resolve_by is None or resolve_by <= look.now:
        days = deadlines.resolve or deadlines.answer or deadlines.decide or 1
        resolve_by = promises.later(look.blog, look.now, days)
    look.add(EventKind.LATE, since=promise.since, until=int(resolve_by.timestamp()))
    cause = look.cause(promise.since)
    mails.ask(look.connection, MailKind.LATE, look.case, cause, look.now)


def _escalate(look: _Look, promise: Running) -> None:
    who = staff_mails.team(look.blog, look.connection, look.now)
    to = who.there(who.responsible())
    _tell(look, MailKind.ESCALATION, to, look.cause(promise.since))
    look.add(EventKind.ESCALATED, since=promise.since)


def _tell(look: _Look, kind: MailKind, to: Sequence[Person], cause: str) -> None:
    staff_mails.tell(look.blog, look.connection, kind, to, look.case, cause, look.now)


def _awaited(look: _Look) -> datetime | None:
    """One reminder of our question half-way; closed when nothing comes."""
    asked = [e for e in undone.standing(look.record) if e.kind is EventKind.ASKED_READER][-1]
    remind = look.office.after(asked.at, REMIND_AFTER_DAYS - 1)
    if look.now < remind:
        return remind
    if not look.office.is_working(look.now):
        return look.office.next_opening(look.now)
    reminded = [
        each
        for each in look.record
        if each.kind is EventKind.REMINDED and each.data.get("since") == asked.seq
    ]
    if not reminded:
        look.add(EventKind.REMINDED, since=asked.seq)
        mails.tell_asked(look.connection, look.case, asked.seq, look.now, again=True)
        at = look.now
    else:
        at = reminded[0].at
    # Whoever was reminded late has a day at least.
    gone = max(look.office.after(asked.at, SILENCE_DAYS), look.office.after(at, 1))
    if look.now < gone:
        return gone
    if look.may(Action.GIVE_UP, Guard.REMINDED):
        closed = look.add(EventKind.CLOSED, reason=SILENT)
        mails.tell_closed(look.connection, look.case, closed.seq, look.now)
    return None


def _settled(look: _Look) -> datetime | None:
    """An answer that nobody spoke against for long ends it; no mail."""
    stands = undone.standing(look.record)
    given = [each.at for each in stands if each.kind is EventKind.ANSWERED]
    if not given:
        return None
    done = look.office.after(given[-1], SILENCE_DAYS)
    if look.now < done:
        return done
    if look.may(Action.SETTLE, Guard.SILENT):
        look.add(EventKind.CLOSED, reason=SETTLED)
    return None
