"""Asking a comment's reader for more time: once, with the reason and the new date."""

from dataclasses import dataclass
from datetime import datetime

from .. import markup
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.transitions import Action, Guard
from ..errors import AlreadyDecided
from ..store import events, follow
from ..store.people import Person
from . import mails, moves, promises
from .blog import Blog
from .closing import checked

DAYS = 5
"""Working days; source: notes on community management."""


@dataclass(frozen=True, slots=True)
class Offer:
    """until: the date that its reader is given."""

    until: datetime


def offer(
    blog: Blog, case: Case, record: list[Event], *, by: Person, now: datetime
) -> Offer | None:
    """What can be asked for, or None: nothing was promised, or it was asked for before."""
    until = _until(blog, case, now)
    if until is None:
        return None
    with blog.store.read() as connection:
        asking = moves.by_staff(connection, case, record, by, now)
    return Offer(until) if asking.refusal(Action.EXTEND, {Guard.TEXT}) is None else None


def extend(blog: Blog, case_id: int, seen: int, why: str, *, by: Person, now: datetime) -> None:
    """Tell its reader why it takes longer, and until when. seen: how many events the page
    told of.

    Raises InvalidComment, UnknownComment, AlreadyDecided (its reader wrote meanwhile, too),
    NotPermitted.
    """
    why = checked(markup.clean_body(why), "later")
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        record = events.of_case(connection, case_id)
        said = follow.said(connection, [case_id]).get(case_id, [])
        until = _until(blog, case, now)
        if until is None or any(each.seq > seen for each in said):
            raise AlreadyDecided(moves.NOT_NOW)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.EXTEND, {Guard.TEXT})
        given = events.append(
            connection,
            case_id,
            EventKind.EXTENDED,
            actor=person_actor(by.id),
            now=now,
            data={"until": int(until.timestamp())},
            text=why,
        )
        promises.keep(blog, connection, case_id, now)
        mails.tell_extended(connection, case, given.seq, now)


def _until(blog: Blog, case: Case, now: datetime) -> datetime | None:
    """So many working days after what was promised, or after today where that is over."""
    by = case.resolve_by or case.answer_by
    return promises.later(blog, max(by, now), DAYS) if by else None
