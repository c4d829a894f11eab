"""Closing a case without an answer: none is needed, or staff say why in their own words.

Its reader is always told why: a sentence of the catalogue, or the words that staff wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import markup
from ..domain import undone
from ..domain.cases import Event, EventKind, person_actor
from ..domain.standing import fold
from ..domain.states import Attention
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import events, follow
from ..store.engine import Connection
from ..store.people import Person
from . import mails, moves
from .blog import Blog
from .leaving import leaves_at
from .moderate import DECIDED, approve_in, floor_of

NO_ANSWER = "no_answer"
IN_WORDS = "words"
"""Why a case was closed, as its event has it, beside ``attend.READ``."""

MAX_CHARS = 2_000


def without_answer(blog: Blog, case_id: int, revision: int, *, by: Person, now: datetime) -> None:
    """It needs no answer; what waits for a decision is published by it.

    revision: the wording that was on the screen. Raises UnknownComment, AlreadyDecided,
    NotPermitted, Unshowable.
    """
    floor = floor_of(blog, case_id)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        if case.revision != revision:
            raise AlreadyDecided(DECIDED)
        asking = moves.by_staff(connection, case, events.of_case(connection, case_id), by, now)
        if Action.CLOSE in moves.offered(asking) and asking.refusal(Action.APPROVE) is None:
            leaves = leaves_at(blog, now)
            approve_in(connection, case, revision, floor, by, now, leaves)
        _close(blog, connection, case_id, by, now, NO_ANSWER)


def in_words(blog: Blog, case_id: int, seen: int, words: str, *, by: Person, now: datetime) -> None:
    """Close it and tell its reader why. seen: how many events the page told of.

    Raises InvalidComment, UnknownComment, AlreadyDecided (its reader wrote meanwhile, too),
    NotPermitted.
    """
    words = markup.clean_body(words)
    with blog.store.write() as connection:
        moves.locked(connection, case_id)
        if any(each.seq > seen for each in follow.said(connection, [case_id]).get(case_id, [])):
            raise AlreadyDecided(moves.NOT_NOW)
        _close(blog, connection, case_id, by, now, IN_WORDS, checked(words, "why"))


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a case is closed. words: to its reader, or ""."""

    reason: str
    words: str


def closed(record: Sequence[Event], texts: Mapping[int, str]) -> Closed | None:
    """As its last closing says it; None where staff did not close it, or opened it again."""
    if fold(record).attention is not Attention.CLOSED:
        return None
    last = [event for event in undone.standing(record) if event.kind is EventKind.CLOSED]
    if not last:
        return None
    return Closed(str(last[-1].data.get("reason") or ""), texts.get(last[-1].seq, ""))


def checked(words: str, field: str) -> str:
    """Words of staff to a reader. Raises InvalidComment."""
    if not markup.is_visible(words):
        raise InvalidComment(N_("There is a problem"), [Fault(field, N_("Write it here."))])
    if len(words) > MAX_CHARS:
        fault = Fault(field, N_("Write at most %(most)s characters."), most=MAX_CHARS)
        raise InvalidComment(N_("There is a problem"), [fault])
    return words


def _close(
    blog: Blog,
    connection: Connection,
    case_id: int,
    by: Person,
    now: datetime,
    reason: str,
    words: str | None = None,
) -> None:
    case = moves.locked(connection, case_id)
    asking = moves.by_staff(connection, case, events.of_case(connection, case_id), by, now)
    asking.refuse_unless(Action.CLOSE, {Guard.REASON})
    closed = events.append(
        connection,
        case_id,
        EventKind.CLOSED,
        actor=person_actor(by.id),
        now=now,
        data={"revision": case.revision, "reason": reason},
        text=words,
    )
    mails.tell_closed(connection, case, closed.seq, now, leaves_at(blog, now))
