"""Answers to readers who wanted no publication: read on their private page alone, in no file.

The words are kept beside the event, sealed and erased as every text of a case.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from ..domain import undone
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.chain import Data
from ..domain.comments import Comment, Kind, Markup
from ..domain.mails import MailKind
from ..domain.states import Decision
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided
from ..store import comments, events, follow, people
from ..store.engine import Connection
from ..store.people import Person
from . import mails, moves
from .signatures import along


def answer(
    connection: Connection,
    case: Case,
    seen_revision: int,
    said: Comment,
    by: Person,
    more: Data = MappingProxyType({}),
    leaves: datetime | None = None,
) -> None:
    """Answer a comment that is locked for its reader alone; a private one leaves those that wait.

    said: its ``date`` is now. more: for the record beside the answer. The same answer again
    changes nothing. Raises AlreadyDecided, NotPermitted.
    """
    record = undone.standing(events.of_case(connection, case.id))
    if any(event.data.get("answer") == said.id for event in record):
        before = {each.id: each.body for each in given(connection, case, record)}
        if before.get(said.id) == said.body:
            return
        raise AlreadyDecided(
            N_("This form was sent before, with another text. Send it again if you want both.")
        )
    decided = N_("Somebody decided on this comment first. This is how it stands.")
    asking = moves.by_staff(connection, case, record, by, said.date)
    asking.refuse_unless(Action.ANSWER, {Guard.ANSWERED}, otherwise=decided)
    if case.revision != seen_revision:
        raise AlreadyDecided(decided)
    if case.private:  # nothing is left to publish or to refuse: it leaves the tray
        comments.decide(connection, case, Decision.SUPERSEDED, by=by.id, now=said.date)
    events.append(
        connection,
        case.id,
        EventKind.ANSWERED,
        actor=person_actor(by.id),
        now=said.date,
        data={"answer": said.id, "private": 1, **({} if case.private else {"beside": 1}), **more},
        text=said.body,
    )
    mails.ask(connection, MailKind.ANSWER, case, said.id, said.date, leaves)


def given(connection: Connection, case: Case, record: Iterable[Event]) -> list[Comment]:
    """The private answers to a comment whose words are kept, oldest first; they have no number."""
    found: list[Comment] = []
    for event in undone.standing(record):
        if not event.data.get("private"):
            continue
        if event.kind in (EventKind.REVISED, EventKind.WITHDRAWN):
            found = _changed(connection, found, event)
        if event.kind is not EventKind.ANSWERED:
            continue
        body = follow.text_of(connection, case.id, event.seq)
        by = people.by_id(connection, int(event.actor.partition(":")[2]))
        if body is not None and by is not None:
            said = signed(case, str(event.data["answer"]), body, by, event.at)
            found.append(along(connection, said, case.id, int(event.data.get("along") or 0)))
    return found


def _changed(connection: Connection, given: list[Comment], event: Event) -> list[Comment]:
    """The answers after one of them was corrected or taken back."""
    answer_id = event.data.get("answer")
    if event.kind is EventKind.WITHDRAWN:
        return [each for each in given if each.id != answer_id]
    body = follow.text_of(connection, event.case_id, event.seq)
    revision = int(event.data["revision"] or 1)
    return [
        replace(each, body=body, revision=revision, edited=event.at)
        if each.id == answer_id and body is not None
        else each
        for each in given
    ]


def signed(
    case: Case, answer_id: str, body: str, by: Person, at: datetime, *, number: int = 0
) -> Comment:
    """An answer of the institution as a page shows it. number: 0 for a private one."""
    return Comment(
        id=answer_id,
        thread=case.thread,
        revision=1,
        number=number,
        kind=Kind.ANSWER,
        markup=Markup.MARKDOWN,
        author=by.name,
        date=at.astimezone(UTC).replace(microsecond=0),
        body=body,
        in_reply_to=case.comment_id,
        lang=case.lang,
        position=by.position,
        department=by.department,
        answers=case.comment_id,
    )
