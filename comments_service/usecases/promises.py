"""The dates that readers are promised: counted in one place, stored, and kept up to date.

A promise lasts to the end of its day by the institution's clocks. When the calendar or the
deadlines change, the dates of open cases follow, and the record of each says so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from ..config.holidays import Read, read_calendar
from ..domain import undone
from ..domain.cases import SERVICE, Case, Event, EventKind
from ..domain.hours import Hours
from ..domain.mails import MailKind
from ..domain.office import WEEK, Office
from ..domain.opening import end_of
from ..domain.permissions import Role
from ..domain.standing import Waits, waits
from ..domain.workdays import Calendar, add_working_days, working_days_between
from ..errors import Fault
from ..store import cases, events, facts, mails, people
from ..store.engine import Connection
from ..store.times import maybe_seconds, when

if TYPE_CHECKING:
    from .blog import Blog

log = structlog.get_logger()

ASKED_FROM_MONTH = 11
"""From this month on the next year's holidays are asked for. Source: Alaveteli."""

SECOND = timedelta(seconds=1)
Stopped = Sequence[tuple[datetime, datetime | None]]

_DATES = "decide_by", "answer_by", "resolve_by"
_BATCH = 200
_YEARS_AHEAD = 2
"""A promise ends at most so many years after the one that it is counted from."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Aware UTC; None where no deadline is set. is_approximate: some holidays are not known."""

    decide_by: datetime | None = None
    answer_by: datetime | None = None
    resolve_by: datetime | None = None
    is_approximate: bool = False

    @property
    def dates(self) -> dict[str, datetime | None]:
        """By the names that a case has for them."""
        return {
            "decide_by": self.decide_by,
            "answer_by": self.answer_by,
            "resolve_by": self.resolve_by,
        }


def promised(blog: "Blog", received: datetime, stopped: Stopped = ()) -> Promise:
    """What is promised to somebody whose words come at ``received``.

    stopped: spans in which the clock of the answer stood.
    """
    deadlines = blog.site.deadlines
    if not deadlines.are_set:
        return Promise()
    start = received.astimezone(blog.site.zone).date()
    calendar = _calendar(blog, start.year).calendar
    more = _working_days(blog, stopped, calendar)
    terms = (deadlines.decide, 0), (deadlines.answer, more), (deadlines.resolve, more)
    days = [
        None
        if term is None
        else add_working_days(start, term + longer, calendar.holidays, deadlines.count)
        for term, longer in terms
    ]
    decide_by, answer_by, resolve_by = (_end_of(blog, day) for day in days)
    last = max(day for day in days if day)
    return Promise(decide_by, answer_by, resolve_by, not calendar.knows(start, last))


def _working_days(blog: "Blog", spans: Stopped, calendar: Calendar) -> int:
    """In spans that ended; the reader is still asked in one that did not."""
    zone = blog.site.zone
    ended = [(first.astimezone(zone), last.astimezone(zone)) for first, last in spans if last]
    return sum(
        working_days_between(first.date(), last.date(), calendar.holidays) for first, last in ended
    )


def is_approximate(blog: "Blog", received: datetime, by: datetime) -> bool:
    """Whether holidays that are not known may move a date that was promised."""
    first, last = (each.astimezone(blog.site.zone).date() for each in (received, by))
    return not _calendar(blog, first.year).calendar.knows(first, last)


def keep(blog: "Blog", connection: Connection, case_id: int, now: datetime) -> bool:
    """Give a case the dates that its record asks for; whether they are other than before.

    Other dates are an event; what is answered or closed keeps the dates that it had.
    """
    cases.lock(connection, case_id)
    case, record = cases.by_case(connection, case_id), events.of_case(connection, case_id)
    if case is None:
        return False
    since = waits(undone.standing(record))  # what was taken back stopped nothing
    if since.answer is None:
        return False
    promise = promised(blog, since.answer, since.stopped)
    decide_by = promised(blog, since.decision).decide_by if since.decision else case.decide_by
    answer_by, resolve_by = promise.answer_by, promise.resolve_by
    if more := _extended(blog, record, since):
        answer_by = resolve_by = more
    if (decide_by, answer_by, resolve_by) == (case.decide_by, case.answer_by, case.resolve_by):
        return False
    cases.promise(connection, case_id, decide_by, answer_by, resolve_by)
    if (decide_by, answer_by) == (case.decide_by, case.answer_by):
        return False  # its reader was told of no other
    _record(connection, case_id, decide_by, answer_by, now)
    return True


def had_by(case: Case) -> dict[str, str | int | None]:
    """The dates that a case has, for the event that gives it others: see ``put_back``."""
    dates = case.decide_by, case.answer_by, case.resolve_by
    return dict(zip(_DATES, map(maybe_seconds, dates), strict=True))


def put_back(connection: Connection, case: Case, event: Event, now: datetime) -> None:
    """Give a case the dates that it had before an event that was undone."""
    if not event.data.keys() >= {*_DATES}:
        return  # of a time that did not keep them
    dates = [None if event.data[key] is None else when(int(event.data[key] or 0)) for key in _DATES]
    decide_by, answer_by, resolve_by = dates
    cases.promise(connection, case.id, decide_by, answer_by, resolve_by)
    if (decide_by, answer_by) != (case.decide_by, case.answer_by):
        _record(connection, case.id, decide_by, answer_by, now)


def _extended(blog: "Blog", record: Sequence[Event], since: Waits) -> datetime | None:
    """The day that its reader was given when we asked for more time, or None: a promise that
    moves by nothing but the days in which its reader was asked something after it."""
    found = [event for event in record if event.kind is EventKind.EXTENDED]
    if not found or since.answer is None or found[-1].at < since.answer:
        return None
    until = when(int(found[-1].data["until"] or 0))
    calendar = _calendar(blog, found[-1].at.year).calendar
    later = [span for span in since.stopped if span[0] >= found[-1].at]
    more = _working_days(blog, later, calendar)
    day = add_working_days(until.astimezone(blog.site.zone).date(), more, calendar.holidays)
    return _end_of(blog, day)


def later(blog: "Blog", now: datetime, days: int) -> datetime:
    """The end of the day that comes so many working days after today."""
    today = now.astimezone(blog.site.zone).date()
    holidays = _calendar(blog, today.year).calendar.holidays
    return end_of(add_working_days(today, days, holidays), blog.site.zone).astimezone(UTC) - SECOND


def office(blog: "Blog", now: datetime, hours: Hours | None = None) -> Office:
    """When people are at work here. hours: of one person, within the institution's days."""
    said = blog.site.deadlines
    begins, ends = said.opens, said.closes
    if hours and hours.begins:
        begins, ends = hours.begins, hours.ends
    holidays = _calendar(blog, now.astimezone(blog.site.zone).year).calendar.holidays
    days = tuple(day for day in hours.days if day in WEEK) if hours else WEEK
    opens, closes = time.fromisoformat(begins), time.fromisoformat(ends)
    return Office(blog.site.zone, opens, closes, holidays, days or WEEK)


def _record(
    connection: Connection,
    case_id: int,
    decide_by: datetime | None,
    answer_by: datetime | None,
    now: datetime,
) -> None:
    data = {"decide_by": maybe_seconds(decide_by), "answer_by": maybe_seconds(answer_by)}
    events.append(connection, case_id, EventKind.PROMISED, actor=SERVICE, now=now, data=data)


def keep_of(blog: "Blog", connection: Connection, comment_id: str, now: datetime) -> None:
    """The same for the case of a comment, or of what an answer answers."""
    if case := cases.by_comment(connection, comment_id):
        keep(blog, connection, case.id, now)
    else:
        keep_of_answer(blog, connection, comment_id, now)


def keep_of_answer(blog: "Blog", connection: Connection, answer_id: str, now: datetime) -> None:
    """The same for the case whose answer was taken back: it may wait for one again."""
    if case := cases.answered_case(connection, answer_id):
        keep(blog, connection, case.id, now)


def renew(blog: "Blog", now: datetime) -> int:
    """Count the dates of open cases again if that may give others; how many changed.

    A calendar of which something cannot be read moves no date: staff are told of it.
    """
    _warn(blog, now)
    counted_with = _digest(blog, now)
    with blog.store.read() as connection:
        before = facts.get(connection, facts.PROMISED)
    never = before is None and not blog.site.deadlines.are_set
    if never or before == counted_with or calendar_faults(blog, now):
        return 0
    changed, last = 0, 0
    while True:
        with blog.store.write() as connection:
            some = cases.open_after(connection, last, _BATCH)
            changed += sum(keep(blog, connection, each, now) for each in some)
            if len(some) < _BATCH:
                facts.note(connection, facts.PROMISED, counted_with, now)
                break
        last = some[-1]
    if changed:
        log.info("promises.changed", cases=changed)
    return changed


def calendar_faults(blog: "Blog", now: datetime) -> tuple[Fault, ...]:
    """What of the calendar cannot be read; nothing where nothing is counted with it."""
    return _calendar(blog, now.year).faults if blog.site.deadlines.are_set else ()


def missing_years(blog: "Blog", now: datetime) -> list[int]:
    """The years whose holidays are wanted by now and not known."""
    if not blog.site.deadlines.are_set:
        return []
    today = now.astimezone(blog.site.zone).date()
    wanted = {today.year} | ({today.year + 1} if today.month >= ASKED_FROM_MONTH else set())
    return sorted(wanted - _calendar(blog, today.year).calendar.years)


def _warn(blog: "Blog", now: datetime) -> None:
    """Tell the log, once a day, that holidays are missing, and each administrator by mail, once."""
    years = missing_years(blog, now)
    if not years:
        return
    with blog.store.write() as connection:
        told = facts.noted_at(connection, facts.CALENDAR)
        if told is not None and now - told < timedelta(days=1):
            return
        facts.note(connection, facts.CALENDAR, "", now)
        cause = f"calendar {' '.join(map(str, years))}"
        for person in people.everybody(connection) if blog.can_send else ():
            if person.role is Role.ADMIN and person.works and person.address_id is not None:
                mails.ask(connection, MailKind.CALENDAR, person.address_id, cause, now)
    log.warning("calendar.missing", years=years)


def _calendar(blog: "Blog", year: int) -> Read:
    """The holidays that a promise of this year may meet."""
    region = blog.site.deadlines.region
    set_by_staff = blog.set_by_staff.holidays
    return read_calendar(blog.settings.blog, region, year, year + _YEARS_AHEAD, set_by_staff)


def _digest(blog: "Blog", now: datetime) -> str:
    """Of everything that a date is counted with."""
    site = blog.site
    days = sorted(_calendar(blog, now.year).calendar.holidays)
    told = [site.timezone, site.deadlines.model_dump_json(), *(day.isoformat() for day in days)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _end_of(blog: "Blog", day: date | None) -> datetime | None:
    if day is None:
        return None
    return end_of(day, blog.site.zone).astimezone(UTC) - SECOND
