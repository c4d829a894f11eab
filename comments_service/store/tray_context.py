"""What staff want to know beside the comments of a page, asked for all of them at once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import case as case_when

from ..domain.cases import Case, EventKind, person_actor, reference
from ..domain.states import Attention
from .batches import batches
from .schema import case, comment, event, referral, revision
from .times import day, when
from .tray import Keys

_REFUSED = ("rejected", "spam")
_IS_PUBLIC = comment.c.public_revision.is_not(None) & comment.c.withdrawn_at.is_(None)
_IS_REFUSED = comment.c.public_revision.is_(None) & revision.c.decision.in_(_REFUSED)


@dataclass(frozen=True, slots=True)
class Earlier:
    """How many other comments there are of one person. total: waiting ones too."""

    published: int = 0
    refused: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Alike:
    """Other comments with the same words: how many, and the reference of the first of them."""

    count: int
    first: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Since when others have it: a department, which answers until then, or its author (due_on:
    None), who was asked something."""

    since: datetime
    due_on: date | None = None


def keys(connection: Connection, ids: Sequence[int]) -> dict[int, Keys]:
    """What these cases share with others."""
    query = select(case.c.id, case.c.address_id, case.c.name_key, case.c.text_key)
    found: dict[int, Keys] = {}
    for some in batches(ids):
        rows = connection.execute(query.where(case.c.id.in_(some)))
        found |= {row.id: Keys(*row) for row in rows}
    return found


def earlier(
    connection: Connection, cases: Sequence[Case], shared: dict[int, Keys]
) -> dict[int, Earlier]:
    """Other comments of whoever wrote these: by e-mail address or, where none was given, by the
    name in the same conversation; cases without any are left out."""
    by_address = _counted(
        connection, case.c.address_id, [key.address_id for key in shared.values() if key.address_id]
    )
    nameless = [key for key in shared.values() if not key.address_id and key.name_key]
    by_name = _counted(connection, case.c.name_key, [key.name_key for key in nameless])
    found = {}
    for each in cases:
        key = shared.get(each.id, Keys(each.id))
        all_of = by_address.get(key.address_id) if key.address_id else by_name.get(key.name_key)
        others = _without(all_of, each) if all_of else Earlier()
        if others.total > 0:
            found[each.id] = others
    return found


def _counted(connection: Connection, column: Any, values: Sequence[Any]) -> dict[Any, Earlier]:
    if not values:
        return {}
    count, one = func.count(), func.sum
    query = (
        select(
            column.label("key"),
            one(case_when((_IS_PUBLIC, 1), else_=0)).label("published"),
            one(case_when((_IS_REFUSED, 1), else_=0)).label("refused"),
            count.label("total"),
        )
        .join_from(case, comment, case.c.comment_id == comment.c.id)
        .join(revision, _IS_HEAD)
        .group_by(column)
    )
    found = {}
    for some in batches(sorted(set(values))):
        for row in connection.execute(query.where(column.in_(some))):
            found[row.key] = Earlier(int(row.published), int(row.refused), int(row.total))
    return found


_IS_HEAD = (revision.c.comment_id == comment.c.id) & (
    revision.c.revision == comment.c.head_revision
)


def _without(all_of: Earlier, each: Case) -> Earlier:
    """The same, less the case itself."""
    is_public = each.public_revision is not None and not each.withdrawn
    is_refused = each.public_revision is None and each.decision in _REFUSED
    return Earlier(all_of.published - is_public, all_of.refused - is_refused, all_of.total - 1)


def alike(connection: Connection, shared: dict[int, Keys]) -> dict[int, Alike]:
    """Other comments with the same words, whoever wrote them; cases without any are left out."""
    wanted = sorted({key.text_key for key in shared.values() if key.text_key})
    groups: dict[str, tuple[int, int, int]] = {}
    query = (
        select(case.c.text_key, func.count(), func.min(case.c.id), func.max(case.c.id))
        .group_by(case.c.text_key)
        .having(func.count() > 1)
    )
    for some in batches(wanted):
        for key, count, first, last in connection.execute(query.where(case.c.text_key.in_(some))):
            groups[key] = (count, first, last)
    others = {
        each.case_id: (groups[each.text_key][0] - 1, _other(each, groups[each.text_key]))
        for each in shared.values()
        if each.text_key in groups
    }
    names = dict(_references(connection, sorted({other for _, other in others.values()})))
    return {of: Alike(count, names[other]) for of, (count, other) in others.items()}


def _other(each: Keys, group: tuple[int, int, int]) -> int:
    _, first, last = group
    return last if first == each.case_id else first


def _references(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    for some in batches(ids):
        for row in connection.execute(_YEARS.where(case.c.id.in_(some))):
            yield row.id, reference(row.year, row.id)


_YEARS = select(case.c.id, case.c.year)


def to_read(connection: Connection, ids: Sequence[int], person_id: int) -> frozenset[int]:
    """Those of these cases that a colleague asked somebody to read, who did nothing in them
    since."""
    actor, found = person_actor(person_id), set[int]()
    query = select(event.c.case_id, event.c.actor, event.c.data).where(
        event.c.kind.in_(_ASKING) | (event.c.actor == actor)
    )
    for some in batches(ids):
        in_order = query.where(event.c.case_id.in_(some)).order_by(event.c.case_id, event.c.seq)
        for row in connection.execute(in_order):
            if row.actor == actor:
                found.discard(row.case_id)
            elif str(person_id) in str(json.loads(row.data).get("to") or "").split():
                found.add(row.case_id)
    return frozenset(found)


_ASKING = (EventKind.NOTED, EventKind.SECOND_READING)


def elsewhere(connection: Connection, some: Sequence[Case]) -> dict[int, Elsewhere]:
    """Those of these cases that are with a department or with their author."""
    passed = [each.id for each in some if each.attention is Attention.REFERRED]
    asked = [each.id for each in some if each.attention is Attention.AWAITING_READER]
    found: dict[int, Elsewhere] = {}
    for ids in batches(passed):
        for row in connection.execute(_OPEN.where(referral.c.case_id.in_(ids))):
            found[row.case_id] = Elsewhere(when(row.asked_at), day(row.due_on))
    for ids in batches(asked):
        last = connection.execute(_ASKED_LAST.where(event.c.case_id.in_(ids)))
        found |= {of: Elsewhere(when(at)) for of, at in last}
    return found


_OPEN = select(referral.c.case_id, referral.c.asked_at, referral.c.due_on).where(
    referral.c.closed_at.is_(None)
)
_ASKED_LAST = (
    select(event.c.case_id, func.max(event.c.at).label("at"))
    .where(event.c.kind == EventKind.ASKED_READER)
    .group_by(event.c.case_id)
)
