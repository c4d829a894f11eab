"""The staff's lists of cases: a page at a time, each along an index of its own.

No page counts or sorts more than it shows: whatever the list holds, a page begins after the
last comment of the one before, and counts stop at a cap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    TextClause,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    text,
)

from ..domain.cases import Case
from ..domain.filters import Filters, Order, Place, View
from .cases import CASE, as_case
from .own import Own, only
from .schema import case, comment, department, revision
from .times import seconds

Condition = ColumnElement[bool] | TextClause

# Literal, as the partial indexes have them: with a bound value they would not be used.
IS_OPEN = text("cases.attention NOT IN ('answered', 'closed')")
_HELD = text("revision.decision = 'held'")
_SPAM = text("revision.decision = 'spam'")
_REFERRED = text("cases.attention = 'referred'")
_REPORT = text("comment.kind = 'report'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is asked for. people: whose cases are "mine"; looking: those of others that
    whoever asks is looking at, which are so too. own: only these; None: of all.

    threads: every key of the conversation that is asked for. since, until: received at or after
    the one and before the other. person, like: what the case named by these filters shares with
    others; None: there is no such case.
    """

    filters: Filters
    order: Order
    people: tuple[int, ...] = ()
    looking: tuple[int, ...] = ()
    own: Own | None = None
    threads: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    person: "Keys | None" = None
    like: "Keys | None" = None


@dataclass(frozen=True, slots=True)
class Keys:
    """What a case shares with others of one person or with the same words; None: nothing."""

    case_id: int
    address_id: int | None = None
    name_key: str | None = None
    text_key: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The cases, and where the next page begins; None: there is none."""

    cases: tuple[Case, ...]
    after: Place | None
    is_partial: bool = False


def page(connection: Connection, wanted: Wanted, most: int) -> Page:
    """The cases after the place that is asked for, in the order of the list."""
    if wanted.order is Order.DUE:
        return _by_due(connection, wanted, most)
    key, number = _key_of(wanted.filters.view)
    query = CASE.add_columns(*((key.label("place"),) if key is not None else ()))
    query = query.where(*conditions(wanted), *_after(wanted, key, number))
    falling = wanted.order is Order.NEWEST
    columns = [each for each in (key, number) if each is not None]
    query = query.order_by(*(each.desc() if falling else each for each in columns))
    return page_of(connection.execute(query.limit(most + 1)).all(), wanted, most)


def held(connection: Connection, wanted: Wanted, last: int, most: int) -> dict[int, int]:
    """Of a whole list those that wait for a decision, up to the number ``last``: the newest
    revision of each, by number."""
    query = CASE.with_only_columns(case.c.id, revision.c.revision).where(_HELD, case.c.id <= last)
    query = query.where(*conditions(wanted)).order_by(case.c.id).limit(most)
    return {row.id: row.revision for row in connection.execute(query)}


def _key_of(view: View) -> tuple[Any, Any]:
    """By what a list is ordered: a time where that is not the number, and the number or id."""
    if view is View.UNREAD:
        return revision.c.created_at, revision.c.comment_id
    if view is View.SPAM:
        return None, revision.c.comment_id
    if view is View.REPORTS:
        return None, comment.c.id
    return None, case.c.id


def _after(wanted: Wanted, key: Any, number: Any) -> list[ColumnElement[bool]]:
    """What comes after the place where the page begins; a place of another list is none."""
    place = wanted.filters.after
    if place is None or (key is None) != (place.at is None):
        return []
    if (number is case.c.id) != place.id.isdigit():
        return []
    last = int(place.id) if number is case.c.id else place.id
    falling = wanted.order is Order.NEWEST
    beyond = number < last if falling else number > last
    if key is None:
        return [beyond]
    further = key < place.at if falling else key > place.at
    return [or_(further, and_(key == place.at, beyond))]


def page_of(rows: Sequence[Row[Any]], wanted: Wanted, most: int) -> Page:
    """Of the rows, one more than a page has where there is a next one."""
    shown = rows[:most]
    return Page(
        tuple(as_case(row) for row in shown),
        _place_of(shown[-1], wanted) if len(rows) > most else None,
    )


def _place_of(row: Row[Any], wanted: Wanted) -> Place:
    if wanted.order is Order.DUE:
        return Place(row.answer_by, str(row.id))
    key, number = _key_of(wanted.filters.view)
    at = row.place if key is not None else None
    return Place(at, str(row.id) if number is case.c.id else row.comment_id)


def _by_due(connection: Connection, wanted: Wanted, most: int) -> Page:
    """First what has a date, the earliest first; then what has none."""
    place, due = wanted.filters.after, case.c.answer_by
    query = CASE.where(*conditions(wanted))
    rows: list[Row[Any]] = []
    last = int(place.id) if place and place.id.isdigit() else 0
    if place is None or place.at is not None:
        dated = query.where(due.is_not(None)).order_by(due, case.c.id).limit(most + 1)
        if place is not None:
            dated = dated.where(or_(due > place.at, and_(due == place.at, case.c.id > last)))
        rows += connection.execute(dated)
        last = 0
    if len(rows) <= most:
        undated = query.where(due.is_(None), case.c.id > last).order_by(case.c.id)
        rows += connection.execute(undated.limit(most + 1 - len(rows)))
    return page_of(rows, wanted, most)


_OF_VIEW: Mapping[View, tuple[Condition, ...]] = {
    View.WAITING: (IS_OPEN,),
    View.UNREAD: (_HELD,),
    View.MINE: (IS_OPEN,),
    View.REFERRED: (_REFERRED,),
    View.REPORTS: (_REPORT, IS_OPEN),
    View.SPAM: (_SPAM,),
    View.ALL: (),
}


def conditions(wanted: Wanted) -> list[Condition]:
    """Which cases, but for where the page begins."""
    asked, found = wanted.filters, list[Condition](_OF_VIEW[wanted.filters.view])
    if asked.mine or asked.view is View.MINE:
        mine = case.c.assigned_to.in_(sorted(wanted.people) or [0])
        found.append(or_(mine, case.c.id.in_(wanted.looking)) if wanted.looking else mine)
    if asked.note:
        found.append((" " + revision.c.notes + " ").contains(f" {asked.note} ", autoescape=True))
    if asked.person:
        found.append(_same(wanted.person, case.c.address_id, case.c.name_key))
    if asked.like:
        found.append(_same(wanted.like, case.c.text_key))
    return [*found, *_plain(wanted), *only(wanted.own)]


def _plain(wanted: Wanted) -> Iterator[Condition]:
    asked = wanted.filters
    if asked.thread:
        yield comment.c.thread.in_(wanted.threads)
    if asked.lang:
        yield comment.c.lang == asked.lang
    if wanted.since is not None:
        yield comment.c.received_at >= seconds(wanted.since)
    if wanted.until is not None:
        yield comment.c.received_at < seconds(wanted.until)
    if asked.department is not None:
        yield case.c.department_id == asked.department
    if asked.topic is not None:
        yield case.c.topic_id == asked.topic


def _same(keys: Keys | None, *columns: Any) -> ColumnElement[bool]:
    """The case itself, and those that share one of these with it."""
    if keys is None:
        return false()
    shared = ((each, getattr(keys, each.name)) for each in columns)
    return or_(case.c.id == keys.case_id, *(each == value for each, value in shared if value))


def keys_of(connection: Connection, case_id: int) -> Keys | None:
    """What a case shares with others; None: there is no such case."""
    names = ("address_id", "name_key", "text_key")
    query = select(case.c.id, *(case.c[name] for name in names)).where(case.c.id == case_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Keys(*row)


def counts(
    connection: Connection, views: Sequence[View], wanted: Wanted, cap: int
) -> dict[View, int]:
    """How many each list holds for whoever asks, counted up to ``cap``, in one statement."""
    people, own = wanted.people, wanted.own
    if own is None:
        query, values = _counting(tuple(views)), {"people": sorted(people) or [0], "cap": cap}
        row = connection.execute(query, values).one()
    else:
        parts = (_capped(view, people, own, cap) for view in views)
        row = connection.execute(select(*parts)).one()
    found = dict(zip(views, row, strict=True))
    if View.MINE in found:
        found[View.MINE] = min(cap, found[View.MINE] + len(wanted.looking))
    return found


@lru_cache(maxsize=32)
def _counting(views: tuple[View, ...]) -> Select[Any]:
    """Of all cases: made once for each choice of lists."""
    parts = []
    for view in views:
        source = _ROWS_OF.get(view, CASE.with_only_columns(case.c.id)).where(*_OF_VIEW[view])
        if view is View.MINE:
            source = source.where(case.c.assigned_to.in_(bindparam("people", expanding=True)))
        some = source.limit(bindparam("cap", type_=Integer)).subquery()
        counted = select(func.count()).select_from(some).scalar_subquery()
        parts.append(counted.label(view.name))
    return select(*parts)


def _capped(view: View, people: Sequence[int], own: Own, cap: int) -> Any:
    wanted = Wanted(filters=Filters(view=view), order=Order.OLDEST, people=tuple(people), own=own)
    some = CASE.with_only_columns(case.c.id).where(*conditions(wanted)).limit(cap).subquery()
    return select(func.count()).select_from(some).scalar_subquery().label(view.name)


_ROWS_OF: Mapping[View, Select[Any]] = {
    View.WAITING: select(case.c.id),
    View.UNREAD: select(revision.c.comment_id),
    View.MINE: select(case.c.id),
    View.REFERRED: select(case.c.id),
    View.ALL: select(case.c.id),
}
"""The one table that a list can be counted in."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whether there is a first datum of what only some blogs have."""

    departments: bool
    reports: bool
    spam: bool
    dates: bool


_FIRST_DATA = select(
    exists().where(department.c.id > 0),
    exists().where(_REPORT).select_from(comment),
    exists().where(_SPAM).select_from(revision),
    exists().where(IS_OPEN, case.c.answer_by.is_not(None)),
)


def known(connection: Connection) -> Known:
    """What there is the first datum of."""
    return Known(*map(bool, connection.execute(_FIRST_DATA).one()))
