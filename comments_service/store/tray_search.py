"""The cases in which some words stand, as a list of the staff's: the newest first.

What search knows is asked for in the order of its rows, so that a word of every comment costs
no more than a rare one: nothing is ranked or counted.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_

from ..domain.filters import LAST_ID
from ..domain.words import words
from . import search
from .cases import CASE
from .schema import case
from .tray import Page, Wanted, conditions, page_of


def found(connection: Connection, wanted: Wanted, most: int) -> Page:
    """The cases in which all the words stand, newest first.

    What search does not know yet is read here, the newest ``search.READ_AT_ONCE`` of it.
    """
    asked = list(dict.fromkeys(words(wanted.filters.words)))[: search.MAX_WORDS]
    if not asked:
        return Page((), None)
    place = wanted.filters.after
    before = int(place.id) if place and place.id.isdigit() else None
    news = search.lacking(connection, before, search.READ_AT_ONCE)
    holding = search.holding(connection, news, asked)
    is_partial = len(news) == search.READ_AT_ONCE
    known = or_(case.c.unindexed == 0, case.c.id < news[-1]) if is_partial else _KNOWN
    rows = _with(connection, wanted, case.c.id.in_(holding), most) if holding else []
    if search.is_there(connection):
        for beginnings in (False, True):
            rows += _indexed(connection, wanted, asked, known, before, most, beginnings)
            if rows:
                break
    rows.sort(key=lambda row: -row.id)
    return replace(page_of(rows, wanted, most), is_partial=is_partial)


_KNOWN = case.c.unindexed == 0


def _indexed(
    connection: Connection,
    wanted: Wanted,
    asked: Sequence[str],
    known: ColumnElement[bool],
    before: int | None,
    most: int,
    beginnings: bool,
) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    below = LAST_ID if before is None else before
    for index in search.with_words(connection, asked, below, beginnings=beginnings):
        query = CASE.where(known, *conditions(wanted))
        rows = list(connection.execute(index.of(query, most + 1)).all())
        if len(rows) > most:
            break
    return rows


def _with(
    connection: Connection,
    wanted: Wanted,
    condition: ColumnElement[bool],
    most: int,
) -> list[Row[Any]]:
    query = CASE.where(condition, *conditions(wanted)).order_by(case.c.id.desc())
    return list(connection.execute(query.limit(most + 1)).all())
