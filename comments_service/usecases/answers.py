"""What becomes of answers that were given: corrected with both dates, or taken back.

Earlier wordings stay in the record, which only staff read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain import undone
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.chain import Data
from ..domain.comments import Comment, WithdrawnBy
from ..domain.standing import fold
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import events, publication
from ..store.engine import Connection
from ..store.people import Person
from . import moves, privately, promises, replies
from .blog import Blog
from .revise import checked_body, revise
from .withdraw import withdraw

_CHANGED = N_("Somebody changed this answer first. This is how it stands.")


@dataclass(frozen=True, slots=True)
class Wording:
    """at: when it was written."""

    at: datetime
    text: str


def correct(
    blog: Blog, case_id: int, answer_id: str, seen: int, body: str, *, by: Person, now: datetime
) -> None:
    """Give an answer other words; readers see when it was written and when it was corrected.

    seen: the revision that was on the screen. Raises InvalidComment, UnknownComment,
    AlreadyDecided (changed or taken back meanwhile).
    """
    try:
        body = checked_body(body)
        replies.refuse_unfilled(blog, body)
    except InvalidComment as error:
        faults = [Fault("correction", each.message, **each.values) for each in error.faults]
        raise InvalidComment(error.message, faults) from error
    with blog.store.write() as connection:
        case, given = _standing(connection, case_id, answer_id)
        if given is not None:
            if given.revision != seen:
                raise AlreadyDecided(_CHANGED)
            data: Data = {"answer": answer_id, "private": 1, "revision": seen + 1}
            _record(connection, case, EventKind.REVISED, by, now, data, body)
            return
    revise(blog, answer_id, seen, body, by=by, now=now)


def take_back(blog: Blog, case_id: int, answer_id: str, *, by: Person, now: datetime) -> None:
    """Withdraw an answer; where it was the only one, its comment waits for another.

    Raises UnknownComment, AlreadyDecided, CannotWrite.
    """
    with blog.store.write() as connection:
        case, given = _standing(connection, case_id, answer_id)
        if given is not None:
            data: Data = {"answer": answer_id, "private": 1}
            _record(connection, case, EventKind.WITHDRAWN, by, now, data)
            promises.keep(blog, connection, case_id, now)
            return
    withdraw(blog, answer_id, reason=WithdrawnBy.INSTITUTION, by=by, now=now)


def on_their_way(blog: Blog, record: Sequence[Event]) -> list[Comment]:
    """The answers for everybody that stand and that no page has shown yet, oldest first."""
    went_on = {event.data.get("comment") for event in record if event.kind is not EventKind.REVISED}
    ids = [
        str(event.data["answer"])
        for event in undone.standing(record)
        if event.kind is EventKind.ANSWERED
        and not event.data.get("private")
        and event.data["answer"] not in went_on
    ]
    if not ids:
        return []
    with blog.store.read() as connection:
        found = publication.public_wordings(connection, ids)
    return [found[each] for each in ids if each in found]


def earlier(record: Sequence[Event], texts: Mapping[int, str]) -> dict[str, list[Wording]]:
    """The wordings that each answer had before, oldest first, by the answer's id."""
    kinds = (EventKind.ANSWERED, EventKind.REVISED)
    found: dict[str, list[Wording]] = {}
    for event in undone.standing(record):
        if event.kind in kinds and "answer" in event.data and event.seq in texts:
            wording = Wording(event.at, texts[event.seq])
            found.setdefault(str(event.data["answer"]), []).append(wording)
    return {answer: wordings[:-1] for answer, wordings in found.items()}


def _standing(connection: Connection, case_id: int, answer_id: str) -> tuple[Case, Comment | None]:
    """The case, and the answer where it is a private one. Raises UnknownComment,
    AlreadyDecided."""
    case = moves.locked(connection, case_id)
    record = events.of_case(connection, case_id)
    if answer_id not in fold(record).answers:
        raise AlreadyDecided(moves.NOT_NOW)
    given = privately.given(connection, case, record)
    return case, next((each for each in given if each.id == answer_id), None)


def _record(
    connection: Connection,
    case: Case,
    kind: EventKind,
    by: Person,
    now: datetime,
    data: Data,
    text: str | None = None,
) -> None:
    actor = person_actor(by.id)
    events.append(connection, case.id, kind, actor=actor, now=now, data=data, text=text)
