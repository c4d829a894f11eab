"""What the page of a case shows of departments: whom to ask, what is proposed, what came back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..config.holidays import read_calendar
from ..domain import undone
from ..domain.cases import Case, Event, EventKind
from ..domain.names import name_key
from ..domain.referrals import Outcome, hand_offs
from ..domain.states import Attention
from ..domain.workdays import add_working_days, working_day_before
from ..errors import UnknownThread
from ..store import departments, follow, people, referrals
from ..store.departments import Department, Topic
from ..store.engine import Connection
from ..store.referrals import Referral
from .blog import Blog
from .department_link import name_and_position
from .referrals import open_of, promised_on, reachable

WORKING_DAYS = 2
"""What is proposed that a department has."""

_LAST = (
    *(EventKind.RETURNED, EventKind.REFERRED, EventKind.TAKEN_BACK),
    *(EventKind.ANSWERED, EventKind.CLOSED),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One time that it was with a department. days: how many it was there. asker: who asked.
    reply: what came back, "" for nothing yet; name, position: who wrote it there."""

    asked: Referral
    question: str
    asker: str
    days: int
    reply: str
    name: str
    position: str
    more_time: str


@dataclass(frozen=True, slots=True)
class Desk:
    """choice: the departments that can be asked. department_id, due_on: proposed; 0 for none.
    promised: the last day of what its reader was promised. asked: the passage that is open.
    came_back: the one whose answer waits for approval, or whose return for somebody."""

    choice: Sequence[Department]
    department_id: int
    due_on: date
    promised: date | None
    passages: Sequence[Passage]
    asked: Passage | None
    came_back: Passage | None
    hand_offs: int
    days: int


def desk(blog: Blog, case: Case, record: Sequence[Event], now: datetime) -> Desk:
    with blog.store.read() as connection:
        choice = reachable(blog, connection)
        passages = list(_passages(connection, case, record, now))
        asked = open_of(connection, case.id)
        topics = departments.topics(connection)
        promised = promised_on(blog, case)
        return Desk(
            choice,
            _proposed(blog, case, choice, topics),
            _day(blog, promised, now),
            promised,
            passages,
            next((each for each in passages if asked and each.asked.id == asked.id), None),
            _came_back(case, record, passages),
            hand_offs(record),
            sum(each.days for each in passages),
        )


def _passages(
    connection: Connection, case: Case, record: Sequence[Event], now: datetime
) -> Iterator[Passage]:
    stands = undone.standing(record)
    asked_at = {each.seq for each in stands if each.kind is EventKind.REFERRED}
    names = {each.id: each.name for each in people.everybody(connection)}
    for each in referrals.of_case(connection, case.id):
        if each.asked_seq not in asked_at:
            continue
        texts = {
            event.kind: follow.text_of(connection, case.id, event.seq) or ""
            for event in stands
            if event.data.get("referral") == each.id and event.kind is not EventKind.REFERRED
        }
        name, position = name_and_position(each.draft_by)
        yield Passage(
            each,
            follow.text_of(connection, case.id, each.asked_seq) or "",
            names.get(each.asked_by, ""),
            ((each.closed_at or now) - each.asked_at).days,
            texts.get(EventKind.RETURNED, ""),
            name,
            position,
            texts.get(EventKind.MORE_TIME, ""),
        )


def _came_back(case: Case, record: Sequence[Event], passages: Sequence[Passage]) -> Passage | None:
    last = [each for each in undone.standing(record) if each.kind in _LAST]
    if case.attention is not Attention.UNDER_REVIEW or not last:
        return None
    named = last[-1].data.get("referral") if last[-1].kind is EventKind.RETURNED else None
    return next((each for each in passages if each.asked.id == named), None)


def has_answered(passage: Passage | None) -> bool:
    return passage is not None and passage.asked.outcome is Outcome.ANSWERED


def _proposed(blog: Blog, case: Case, choice: Iterable[Department], topics: Sequence[Topic]) -> int:
    """The department of the case's topic; else the one that the post's categories name, or
    that knows about a topic named there, in the text or in the post's title. 0: nobody can say."""
    offered = {each.id: name_key(each.name) for each in choice}
    own = (each.department_id for each in topics if each.id == case.topic_id)
    categories, titles = _about(blog, case)
    said = [name_key(each) for each in categories]
    known = [(each.department_id, name_key(each.name)) for each in topics if not each.closed]
    by_category = [number for number, name in [*offered.items(), *known] if name in said]
    texts = [_words(each) for each in (case.body, *titles)]
    by_text = [number for text in texts for number, name in known if _words(name) in text]
    found = (each for each in (*own, *by_category, *by_text) if each in offered)
    return next(found, 0) or 0


def _words(text: str) -> str:
    """Its words with a space round each, without signs, as ``name_key`` has them."""
    words = re.findall(r"\w+", name_key(text))
    return f" {' '.join(words)} "


def _about(blog: Blog, case: Case) -> tuple[Sequence[str], Sequence[str]]:
    """The categories of the post, and its titles in every language."""
    try:
        info = blog.manifest.thread(case.thread)
    except UnknownThread:
        return (), ()
    return info.categories, tuple(info.title.values())


def _day(blog: Blog, promised: date | None, now: datetime) -> date:
    """In two working days; before the last day of what was promised, so that somebody can look
    at what comes back, unless there is no day before."""
    site, today = blog.site, now.astimezone(blog.site.zone).date()
    known = read_calendar(
        blog.settings.blog,
        site.deadlines.region,
        today.year,
        today.year + 1,
        blog.set_by_staff.holidays,
    )
    holidays = known.calendar.holidays
    day = add_working_days(today, WORKING_DAYS, holidays, site.deadlines.count)
    if promised is None or promised < today:
        return day
    return min(day, max(today, working_day_before(promised, holidays)))
