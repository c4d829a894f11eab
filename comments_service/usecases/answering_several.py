"""One text as the answer to several comments: each gets an answer of its own, with its own file,
mail, record and way to undo it.

What stands otherwise than it did on the screen is left out and told, as in ``together``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from ..domain.cases import Case, Event
from ..domain.transitions import Action, Guard
from ..errors import AlreadyDecided, TertuliaError
from ..store import beside, events
from ..store import together as store
from ..store.engine import Connection
from ..store.own import Own
from ..store.people import Person
from . import answering, moves, replies
from .blog import Blog
from .moderate import case_of
from .revise import checked_body
from .together import CLAIMED, DECIDED, OTHER_WORDS, Left, with_records

MOST = 8
"""Comments beside the first one: a form has few fields."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A comment that gets the answer. revision: that was on the screen. answer_id: a new ULID
    in lower case, made with the form."""

    case_id: int
    revision: int
    answer_id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """cases: by number, those that were answered."""

    cases: tuple[int, ...]
    left: tuple[Left, ...]


def offered(
    blog: Blog, of: Case, *, by: Person, own: Own | None, now: datetime
) -> tuple[list[Case], frozenset[int]]:
    """Other comments that wait and that this person may answer, and which of them have the same
    words; those first. own: only these; None: of all."""
    threads = blog.manifest.keys(of.thread)
    with blog.store.read() as connection:
        same = beside.with_the_same_words(connection, of, own, 2 * MOST)
        alike = frozenset(case.id for case in same)
        near = beside.in_the_conversation(connection, of, threads, own, 2 * MOST)
        found = [*same, *(case for case in near if case.id not in alike)][: 2 * MOST]
        records = store.records(connection, [case.id for case in found])
        chosen = (
            case
            for case in found
            if _refusal(connection, case, case.revision, records[case.id], by, now) is None
        )
        return list(islice(chosen, MOST)), alike


def look(
    blog: Blog, marked: Mapping[int, int], *, by: Person, now: datetime
) -> tuple[list[Case], list[Left]]:
    """Which would be answered, and which not. marked: revisions on the screen, by number."""
    chosen, left = list[Case](), list[Left]()
    with blog.store.read() as connection:
        for case, record in with_records(connection, sorted(marked)):
            why = _refusal(connection, case, marked[case.id], record, by, now)
            if why is None:
                chosen.append(case)
            else:
                left.append(Left(case, why))
    return chosen, left


def checked(blog: Blog, body: str) -> str:
    """The text after the clean-up at the door. Raises InvalidComment."""
    body = checked_body(body)
    replies.refuse_unfilled(blog, body)
    return body


def answer(
    blog: Blog,
    first: Answering,
    others: Sequence[Answering],
    body: str,
    *,
    seen: int,
    by: Person,
    now: datetime,
    along: int = 0,
    only: bool = False,
) -> Answered:
    """Give each of them the same answer. seen: how many events the page of the first told of.
    along: of the first, as ``answering.answer`` has it.

    Raises InvalidComment; then nothing was answered.
    """
    body = checked(blog, body)
    done, left = list[int](), list[Left]()
    for each in (first, *others):
        still = (
            answering.unless_answered(each.case_id, seen, each.answer_id, by)
            if each is first
            else partial(_refuse, each=each, by=by, now=now)
        )
        try:
            answering.answer(
                blog,
                each.case_id,
                each.revision,
                body,
                by=by,
                answer_id=each.answer_id,
                now=now,
                along=along if each is first else 0,
                only=only,
                still=still,
            )
            done.append(each.case_id)
        except TertuliaError as error:
            left.append(Left(case_of(blog, each.case_id), error))
    return Answered(tuple(done), tuple(left))


def _refuse(connection: Connection, each: Answering, by: Person, now: datetime) -> None:
    """Behind the lock. Raises AlreadyDecided, NotPermitted."""
    case, record = moves.case_in(connection, each.case_id), events.of_case(connection, each.case_id)
    if any(event.data.get("answer") == each.answer_id for event in record):
        return  # a second click
    why = _refusal(connection, case, each.revision, record, by, now)
    if why is not None:
        raise why


def _refusal(
    connection: Connection,
    case: Case,
    seen: int,
    record: Sequence[Event],
    by: Person,
    now: datetime,
) -> TertuliaError | None:
    """Why this comment is not answered along with another; None: it may be."""
    asking = moves.by_staff(connection, case, record, by, now)
    if case.revision != seen:
        return AlreadyDecided(OTHER_WORDS)
    if not case.is_waiting:
        return AlreadyDecided(DECIDED)
    if case.claimant(now) not in (None, by.id):
        return AlreadyDecided(CLAIMED)
    if Action.ANSWER in moves.offered(asking, {Action.ANSWER, Action.APPROVE}):
        return None
    try:
        asking.refuse_unless(Action.ANSWER, {Guard.ANSWERED}, otherwise=DECIDED)
    except TertuliaError as error:
        return error
    return AlreadyDecided(DECIDED)
