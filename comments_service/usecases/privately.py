"""Answers to readers who wanted no publication: read on their private page alone, in no file.

The words are kept beside the event, sealed and erased as every text of a case.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.comments import Comment, Kind, Markup
from ..domain.mails import MailKind
from ..domain.states import Decision, Visibility
from ..errors import N_, AlreadyDecided
from ..store import comments, events, follow, people
from ..store.engine import Connection
from ..store.people import Person
from . import mails


def answer(
    connection: Connection, case: Case, seen_revision: int, said: Comment, by: Person
) -> None:
    """Answer a private comment that is locked, and take it from those that wait.

    said: its ``date`` is now. The same answer again changes nothing. Raises AlreadyDecided.
    """
    record = events.of_case(connection, case.id)
    if any(event.data.get("answer") == said.id for event in record):
        before = {each.id: each.body for each in given(connection, case, record)}
        if before.get(said.id) == said.body:
            return
        raise AlreadyDecided(
            N_("This form was sent before, with another text. Send it again if you want both.")
        )
    if case.visibility is not Visibility.PRIVATE or case.revision != seen_revision:
        raise AlreadyDecided(N_("Somebody decided on this comment first. This is how it stands."))
    # There is nothing to publish or to refuse any more: it leaves the tray.
    comments.decide(connection, case, Decision.SUPERSEDED, by=by.id, now=said.date)
    events.append(
        connection,
        case.id,
        EventKind.ANSWERED,
        actor=person_actor(by.id),
        now=said.date,
        data={"answer": said.id, "private": 1},
        text=said.body,
    )
    mails.ask(connection, MailKind.ANSWER, case, said.id, said.date)


def given(connection: Connection, case: Case, record: Iterable[Event]) -> list[Comment]:
    """The private answers to a comment whose words are kept, oldest first; they have no number."""
    found = []
    for event in record:
        if event.kind is not EventKind.ANSWERED or not event.data.get("private"):
            continue
        body = follow.text_of(connection, case.id, event.seq)
        by = people.by_id(connection, int(event.actor.partition(":")[2]))
        if body is not None and by is not None:
            found.append(signed(case, str(event.data["answer"]), body, by, event.at))
    return found


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
