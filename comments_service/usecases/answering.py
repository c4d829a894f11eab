"""Answering as the institution: in public, under the comment, or for its author alone."""

from collections.abc import Callable
from datetime import datetime

from ..domain import undone
from ..domain.cases import Case, EventKind, person_actor
from ..domain.comments import Comment
from ..domain.states import Visibility
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided
from ..store import cases, comments, events, outbox, publication
from ..store.engine import Connection
from ..store.people import Person
from . import moves, privately, replies, signatures
from .blog import Blog
from .leaving import leaves_at
from .moderate import DECIDED, approve_in, asking_of, floor_of
from .revise import checked_body

_ANSWERED = N_("A colleague answered meanwhile. Read it; send yours again if both should stand.")


def answer(
    blog: Blog,
    case_id: int,
    revision: int,
    body: str,
    *,
    by: Person,
    answer_id: str,
    now: datetime,
    along: int = 0,
    only: bool = False,
    still: Callable[[Connection], None] | None = None,
) -> Case:
    """Answer as the institution, in public, under the comment; publishes it if it waited.

    A private comment is answered in private, for its reader's eyes alone; only: a public one too.

    answer_id: a new ULID in lower case, made with the form: the same form sent twice is one
    answer. along: the question to a department whose answer this is; who wrote it there signs
    too. still: raises where the answer may not be given any more. Raises InvalidComment,
    UnknownComment, AlreadyDecided (the comment was not published, or the form was sent before
    with another text), NotPermitted, Unshowable.
    """
    body = checked_body(body)
    replies.refuse_unfilled(blog, body)
    floor, leaves = floor_of(blog, case_id), leaves_at(blog, now)
    with blog.store.write() as connection:
        cases.lock(connection, case_id)
        if still:
            still(connection)
        case = moves.case_in(connection, case_id)
        if case.private or only:
            if case.visibility is Visibility.HELD:
                approve_in(connection, case, revision, floor, by, now, leaves)
            said = privately.signed(case, answer_id, body, by, now)
            more = {"along": along}
            privately.answer(connection, case, revision, said, by, more, leaves)
            return moves.case_in(connection, case_id)
        if _is_known(connection, case, answer_id, body):
            return case
        if (case.public_revision or 0) > revision:  # readers read other words by now
            raise AlreadyDecided(DECIDED)
        if case.visibility is Visibility.HELD:  # an edit of what is public waits for its own
            approve_in(connection, case, revision, floor, by, now, leaves)
            floor += 1
        asking_of(connection, case, by, now).refuse_unless(
            Action.ANSWER,
            {Guard.ANSWERED},
            otherwise=N_("This comment is not public, so a public answer has no place."),
        )
        number = comments.next_number(connection, case.thread, comments.COMMENTS, floor)
        said = privately.signed(case, answer_id, body, by, now, number=number)
        said = signatures.along(connection, said, case.id, along)
        _add_answer(connection, case, said, by, now, leaves)
        return moves.case_in(connection, case_id)


def unless_answered(
    case_id: int, seen: int, answer_id: str, by: Person
) -> Callable[[Connection], None]:
    """A ``still`` for whoever saw the first ``seen`` events of the record: raises AlreadyDecided
    where a colleague answered since, so that nobody gets two answers by chance."""

    def refuse(connection: Connection) -> None:
        record = events.of_case(connection, case_id)
        since = {event.seq for event in record[seen:]}
        answers = [each for each in undone.standing(record) if each.kind is EventKind.ANSWERED]
        if any(each.data.get("answer") == answer_id for each in answers):
            return  # a second click
        mine = person_actor(by.id)
        if any(each.seq in since and each.actor != mine for each in answers):
            raise AlreadyDecided(_ANSWERED)

    return refuse


def _is_known(connection: Connection, case: Case, answer_id: str, body: str) -> bool:
    """Whether this very answer was given already: a double click, a reload."""
    first = publication.wording(connection, answer_id, 1)
    if first is None:
        return False
    if (first.answers, first.body) != (case.comment_id, body):
        raise AlreadyDecided(
            N_("This form was sent before, with another text. Send it again if you want both.")
        )
    return True


def _add_answer(
    connection: Connection, case: Case, said: Comment, by: Person, now: datetime, leaves: datetime
) -> None:
    """Keep the answer, have it published, and record it."""
    comments.add_answer(connection, said, by.id, now)
    outbox.add(connection, outbox.Job.PUBLISH, said.id, said.revision, now, leaves)
    events.append(
        connection,
        case.id,
        EventKind.ANSWERED,
        actor=person_actor(by.id),
        now=now,
        data={"answer": said.id, "number": said.number},
        text=said.body,
    )
