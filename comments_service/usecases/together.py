"""Deciding on several comments at once, which are looked at first.

Each comes with the revision that was on the screen. What stands otherwise by now is left out and
told: other words, a decision of somebody else, a colleague who is looking at it. Each decision is
whole or its case untouched; that they were taken together is part of the record of each.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ulid import ULID

from ..domain import conditions
from ..domain.cases import Case, Event
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided, NotPermitted, TertuliaError, Unavailable, Unshowable
from ..store import addresses, subscriptions
from ..store import together as store
from ..store.engine import Connection
from ..store.people import Person
from . import moderate, moves, spam
from .blog import Blog
from .leaving import leaves_at
from .moderate import Refusing

AT_ONCE = 200
"""Decisions in one transaction: readers who write wait for no longer than that."""

Marked = Mapping[int, int]
"""The revision that was on the screen, by number of the case."""

DECIDED = N_("Somebody decided on it meanwhile.")
OTHER_WORDS = N_("Its author has written other words meanwhile.")
CLAIMED = moves.LOOKED_AT
SECOND_LOOK = N_("Its author asks for a second look, which is taken on its own page.")
FOR_US = N_("Its author asked us not to publish it.")
UNSHOWABLE = N_("It cannot be shown safely, so it cannot be published.")


class What(StrEnum):
    """The values stand in forms and addresses."""

    PUBLISH = "publicar"
    REFUSE = "no-publicar"
    ADVERTISING = "publicidad"


_ACTIONS = {
    What.PUBLISH: Action.APPROVE,
    What.REFUSE: Action.REJECT,
    What.ADVERTISING: Action.SPAM,
}


@dataclass(frozen=True, slots=True)
class Left:
    """A case to which nothing was done, and why not."""

    case: Case
    why: TertuliaError


@dataclass(frozen=True, slots=True)
class Looked:
    """On which would be decided, by number, and on which not. mails: how many would leave."""

    cases: tuple[Case, ...]
    left: tuple[Left, ...]
    mails: int


@dataclass(frozen=True, slots=True)
class Decided:
    """name: under which ``taken_together`` knows what was decided; "" for nothing."""

    name: str
    left: tuple[Left, ...]


def look(blog: Blog, what: What, marked: Marked, *, by: Person, now: datetime) -> Looked:
    """What deciding on these would do; nothing is changed."""
    with blog.store.read() as connection:
        chosen, left = list[Case](), list[Left]()
        for case, record in with_records(connection, sorted(marked)):
            try:
                _refuse(connection, what, case, marked[case.id], record, by, now)
                chosen.append(case)
            except TertuliaError as error:
                left.append(Left(case, error))
        mails = _mails(blog, connection, what, chosen) if blog.can_send else 0
    return Looked(tuple(chosen), tuple(left), mails)


def digest(marked: Marked) -> str:
    """By which a form says which it is about, where they are too many to be named."""
    named = "".join(f"{number}.{revision}\n" for number, revision in sorted(marked.items()))
    return hashlib.sha256(named.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Deciding:
    """why: of what is not published, else None. leaves: when what it causes may."""

    what: What
    why: Refusing | None
    by: Person
    now: datetime
    leaves: datetime
    name: str


def decide(
    blog: Blog, what: What, marked: Marked, why: Refusing | None, *, by: Person, now: datetime
) -> Decided:
    """Decide on each that still stands as it was seen. why: of what is not published, else None.

    Raises InvalidComment for a fault in it, Unavailable; then nothing was decided.
    """
    if (what is What.REFUSE) != (why is not None):
        raise ValueError(what)
    if why is not None:
        why.refuse_faults()
    name, numbers = str(ULID.from_datetime(now)).lower(), sorted(marked)
    deciding = _Deciding(what, why, by, now, leaves_at(blog, now), name)
    count, left = 0, list[Left]()
    for start in range(0, len(numbers), AT_ONCE):
        some = {each: marked[each] for each in numbers[start : start + AT_ONCE]}
        try:
            done, others = _decide(blog, deciding, some)
        except Unavailable as error:
            if start == 0:
                raise
            done, others = 0, _all_left(blog, some, error)
        count, left = count + done, [*left, *others]
    return Decided(name if count else "", tuple(left))


def _decide(blog: Blog, deciding: _Deciding, marked: Marked) -> tuple[int, list[Left]]:
    """On how many, and on which not, in one transaction.

    Two who do this wait for each other once: they lock cases by number, and then what counts
    the comments of each conversation, by its key.
    """
    count, left, what = 0, list[Left](), deciding.what
    floors = _floors(blog, marked) if what is What.PUBLISH else {}
    with blog.store.write() as connection:
        store.lock(connection, sorted(marked))
        found = with_records(connection, sorted(marked))
        for case, record in sorted(found, key=lambda each: (each[0].thread, each[0].id)):
            seen, by = marked[case.id], deciding.by
            try:
                _refuse(connection, what, case, seen, record, by, deciding.now)
            except TertuliaError as error:
                left.append(Left(case, error))
            else:
                _act(connection, deciding, case, floors.get(case.thread, 0))
                count += 1
    return count, left


def _act(connection: Connection, deciding: _Deciding, case: Case, floor: int) -> None:
    by, now, leaves, name = deciding.by, deciding.now, deciding.leaves, deciding.name
    if deciding.what is What.PUBLISH:
        moderate.approve_in(connection, case, case.revision, floor, by, now, leaves, name)
    elif deciding.why is not None:
        moderate.reject_in(connection, case, case.revision, deciding.why, by, now, leaves, name)
    else:
        spam.mark_in(connection, case, case.revision, by, now, name)


def _refuse(
    connection: Connection,
    what: What,
    case: Case,
    seen: int,
    record: Sequence[Event],
    by: Person,
    now: datetime,
) -> None:
    """Before anything is written. Raises AlreadyDecided, NotPermitted, Unshowable."""
    if case.private and what is What.PUBLISH:
        raise AlreadyDecided(FOR_US)
    if not case.showable and what is What.PUBLISH:
        raise Unshowable(UNSHOWABLE)
    if conditions.refusal(record) is not None:
        raise NotPermitted(SECOND_LOOK)
    asking = moves.by_staff(connection, case, record, by, now)
    asking.refuse_unless(_ACTIONS[what], {Guard.RULE_AND_REASON}, otherwise=DECIDED)
    if case.revision != seen:
        raise AlreadyDecided(OTHER_WORDS)
    if case.claimant(now) not in (None, by.id):
        raise AlreadyDecided(CLAIMED)


def _mails(blog: Blog, connection: Connection, what: What, some: Sequence[Case]) -> int:
    """To readers who gave an address, and of what is published to whoever follows."""
    if what is What.ADVERTISING:
        return 0
    own = {case.id: addresses.of_case(connection, case.id) for case in some if case.has_address}
    count = sum(each is not None for each in own.values())
    if what is What.REFUSE:
        return count
    follow = {
        thread: [
            each.address_id
            for key in blog.manifest.keys(thread)
            for each in subscriptions.active(connection, key)
        ]
        for thread in {case.thread for case in some}
    }
    return count + sum(to != own.get(case.id) for case in some for to in follow[case.thread])


def _floors(blog: Blog, marked: Marked) -> dict[str, int]:
    with blog.store.read() as connection:
        threads = {case.thread for case in store.of(connection, sorted(marked))}
    return {thread: moderate.floor_in(blog, thread) for thread in threads}


def _all_left(blog: Blog, marked: Marked, error: TertuliaError) -> list[Left]:
    with blog.store.read() as connection:
        return [Left(case, error) for case in store.of(connection, sorted(marked))]


def with_records(
    connection: Connection, numbers: Sequence[int]
) -> Iterator[tuple[Case, list[Event]]]:
    """Those that there are, by number."""
    records = store.records(connection, numbers)
    for case in store.of(connection, numbers):
        yield case, records.get(case.id, [])
