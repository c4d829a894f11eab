"""Asking a reader for something that an answer needs; meanwhile no date runs out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import markup
from ..domain import undone
from ..domain.cases import Event, EventKind, person_actor
from ..domain.transitions import Action, Guard
from ..errors import AlreadyDecided
from ..store import events, follow
from ..store.people import Person
from . import mails, moves
from .blog import Blog
from .closing import checked
from .leaving import leaves_at


@dataclass(frozen=True, slots=True)
class Question:
    at: datetime
    text: str


def ask(blog: Blog, case_id: int, seen: int, question: str, *, by: Person, now: datetime) -> None:
    """Ask its reader something. seen: how many events the page told of.

    Raises InvalidComment, UnknownComment, AlreadyDecided (its reader wrote meanwhile, too),
    NotPermitted.
    """
    question = checked(markup.clean_body(question), "question")
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        record = events.of_case(connection, case_id)
        said = follow.said(connection, [case_id]).get(case_id, [])
        if any(each.seq > seen for each in said) or _is_asked(record, seen):
            raise AlreadyDecided(moves.NOT_NOW)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.ASK, {Guard.TEXT})
        asked = events.append(
            connection,
            case_id,
            EventKind.ASKED_READER,
            actor=person_actor(by.id),
            now=now,
            text=question,
        )
        mails.tell_asked(connection, case, asked.seq, now, leaves_at(blog, now))


def _is_asked(record: Sequence[Event], seen: int) -> bool:
    """A second click, or a colleague who was faster."""
    return any(event.kind is EventKind.ASKED_READER for event in undone.standing(record[seen:]))


def asked(record: Sequence[Event], texts: Mapping[int, str]) -> list[Question]:
    """What its reader was asked, oldest first; nothing of what was erased or undone."""
    return [
        Question(event.at, texts[event.seq])
        for event in undone.standing(record)
        if event.kind is EventKind.ASKED_READER and event.seq in texts
    ]
