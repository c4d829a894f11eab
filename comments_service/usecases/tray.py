"""The staff's lists: what waits, what is passed on, what was found, with what helps to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from ..domain.cases import Case, id_in
from ..domain.filters import LAST_ID, Filters, Order, Place, View, filters_of
from ..store import claims, departments, people, tray_context, tray_search
from ..store import tray as store
from ..store.engine import Connection
from ..store.own import Own
from ..store.people import Person
from ..store.tray import Known
from ..store.tray_context import Alike, Earlier, Elsewhere
from .blog import Blog
from .own import own_cases

__all__ = ["Filters", "Order", "View", "filters_of"]

PAGE = 15
COUNT_CAP = 1_000

BY_DATE = frozenset({View.WAITING, View.MINE, View.REFERRED})
"""The lists that can stand in the order of what was promised."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the comments of a page, by number of the case; what there is none of
    is left out. people, departments, topics: names by number. to_read: what
    a colleague asks whoever looks at the list to read. elsewhere: what others have now."""

    earlier: Mapping[int, Earlier] = field(default_factory=dict)
    alike: Mapping[int, Alike] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    departments: Mapping[int, str] = field(default_factory=dict)
    topics: Mapping[int, str] = field(default_factory=dict)
    to_read: frozenset[int] = frozenset()
    elsewhere: Mapping[int, Elsewhere] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """One page of a list. counts: of each list that is offered, up to one above COUNT_CAP.

    order: in which it stands. has_dates: it may stand in the order of what was promised.
    after: where the next page begins, None for the last. is_partial: of many new comments,
    search does not know the older ones yet.
    """

    filters: Filters
    order: Order
    cases: tuple[Case, ...]
    after: Place | None
    counts: Mapping[View, int]
    has_dates: bool
    is_partial: bool
    beside: Beside

    @property
    def count(self) -> int:
        """Of the list, whatever narrows it."""
        return self.counts.get(self.filters.view, 0)


def tray(
    blog: Blog, filters: Filters, *, by: Person, own: Own | None, is_team: bool, now: datetime
) -> Tray:
    """A list for one person. own: of these cases alone; None: of all. is_team: others are here."""
    mine = tuple(sorted(own_cases(blog, by, now).people))
    with blog.store.read() as connection:
        known = store.known(connection)
        views = _views(known, filters.view, is_team=is_team and own is None)
        order = _order(filters, known)
        looking = claims.looked_at(connection, by.id, mine, now) if is_team else ()
        wanted = _wanted(blog, connection, filters, order, mine, own, looking)
        if filters.words:
            page = tray_search.found(connection, wanted, PAGE)
        else:
            page = store.page(connection, wanted, PAGE)
        return Tray(
            filters=filters,
            order=order,
            cases=page.cases,
            after=page.after,
            counts=store.counts(connection, views, wanted, COUNT_CAP + 1),
            has_dates=known.dates and filters.view in BY_DATE and not filters.words,
            is_partial=page.is_partial,
            beside=_beside(connection, page.cases, by, is_everything=own is None),
        )


def held(
    blog: Blog, filters: Filters, *, by: Person, now: datetime, last: int = LAST_ID
) -> dict[int, int]:
    """Of a whole list, on which no words are looked for, those that wait for a decision: the
    newest revision of each, by number. last: of none that came after that one."""
    mine = tuple(sorted(own_cases(blog, by, now).people))
    with blog.store.read() as connection:
        wanted = _wanted(blog, connection, filters.first_page(), Order.OLDEST, mine, None)
        return store.held(connection, wanted, last, COUNT_CAP)


def _views(known: Known, here: View, *, is_team: bool) -> list[View]:
    """The tabs: each appears with its first datum, or when its address was opened."""
    offered = {
        View.MINE: is_team,
        View.REFERRED: known.departments,
        View.REPORTS: known.reports,
        View.SPAM: known.spam,
    }
    return [view for view in View if view is here or offered.get(view, True)]


def _order(filters: Filters, known: Known) -> Order:
    """The order that was asked for where the list has it, else the list's own."""
    if filters.words:
        return Order.NEWEST
    if filters.view in BY_DATE:
        own = Order.DUE if known.dates else Order.OLDEST
        return filters.order if known.dates and filters.order is Order.OLDEST else own
    return Order.NEWEST if filters.view in (View.ALL, View.SPAM) else Order.OLDEST


def _wanted(
    blog: Blog,
    connection: Connection,
    filters: Filters,
    order: Order,
    mine: tuple[int, ...],
    own: Own | None,
    looking: tuple[int, ...] = (),
) -> store.Wanted:
    keys = tuple(blog.manifest.keys(filters.thread)) if filters.thread else ()
    zone = blog.site.zone
    since, until = filters.since, filters.until
    return store.Wanted(
        filters=filters,
        order=order,
        people=mine,
        looking=looking,
        own=own,
        threads=keys,
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        person=_keys(connection, filters.person),
        like=_keys(connection, filters.like),
    )


def _keys(connection: Connection, reference: str) -> store.Keys | None:
    number = id_in(reference)
    return None if number is None else store.keys_of(connection, number)


def _beside(
    connection: Connection, some: Sequence[Case], by: Person, *, is_everything: bool
) -> Beside:
    """is_everything: whoever asks may see all cases, so also how many others there are."""
    if not some:
        return Beside()
    shared = tray_context.keys(connection, [each.id for each in some]) if is_everything else {}
    names = {each.assigned_to for each in some} | {each.claimed_by for each in some}
    in_departments = any(each.department_id for each in some)
    has_topics = any(each.topic_id for each in some)
    return Beside(
        earlier=tray_context.earlier(connection, some, shared),
        alike=tray_context.alike(connection, shared),
        people=_names(people.everybody(connection)) if names - {None} else {},
        departments=_names(departments.everything(connection)) if in_departments else {},
        topics=_names(departments.topics(connection)) if has_topics else {},
        to_read=tray_context.to_read(connection, [each.id for each in some], by.id),
        elsewhere=tray_context.elsewhere(connection, some),
    )


def _names(rows: Sequence[Person | departments.Department | departments.Topic]) -> dict[int, str]:
    return {each.id: each.name for each in rows}
