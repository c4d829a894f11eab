"""What was decided together, found again under its name, and taken back at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ulid import ULID

from ..domain import undone
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.comments import ID_PATTERN
from ..errors import AlreadyDecided, NotPermitted
from ..store import together as store
from ..store.engine import Connection
from ..store.people import Person
from . import undo
from .blog import Blog
from .together import AT_ONCE, Left, Marked, What, with_records

_WHAT = {
    EventKind.APPROVED: What.PUBLISH,
    EventKind.REJECTED: What.REFUSE,
    EventKind.MARKED_SPAM: What.ADVERTISING,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was decided together, and of it what was taken back since. until: until when the
    rest can be; None: it cannot."""

    what: What
    cases: tuple[Case, ...]
    undone: tuple[Case, ...]
    until: datetime | None


def found(blog: Blog, name: str, *, by: Person, now: datetime) -> Found | None:
    """What this person decided together under this name; None: nothing."""
    with blog.store.read() as connection:
        taken = list(with_records(connection, _decided(connection, name, by)))
    if not taken:
        return None
    kept, gone, until, kinds = list[Case](), list[Case](), list[datetime](), set[EventKind]()
    for case, record in taken:
        stands = [each for each in undone.standing(record) if _is_of(each, name)]
        (kept if stands else gone).append(case)
        kinds |= {each.kind for each in record if _is_of(each, name)}
        ends = undo.until(blog, record, by, now) if _is_last(record, name) else None
        until += [ends] if ends else []
    what = next(_WHAT[kind] for kind in kinds if kind in _WHAT)
    return Found(what, tuple(kept), tuple(gone), max(until, default=None))


def take_back(blog: Blog, name: str, *, by: Person, now: datetime) -> tuple[Left, ...]:
    """Undo what was decided together; what could not be undone any more.

    Raises AlreadyDecided when it is too late for all of it.
    """
    with blog.store.read() as connection:
        numbers = _decided(connection, name, by)
    left = list[Left]()
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        with blog.store.write() as connection:
            store.lock(connection, some)
            for case, record in with_records(connection, some):
                try:
                    with store.part(connection):
                        _take_back(blog, connection, case, record, name, by, now)
                except (AlreadyDecided, NotPermitted) as error:
                    left.append(Left(case, error))
    if len(left) == len(numbers):
        raise AlreadyDecided(undo.TOO_LATE)
    return tuple(left)


def _take_back(
    blog: Blog,
    connection: Connection,
    case: Case,
    record: Sequence[Event],
    name: str,
    by: Person,
    now: datetime,
) -> None:
    if not _is_last(record, name):
        raise AlreadyDecided(undo.TOO_LATE)
    undo.undo_in(blog, connection, case.id, record, by, now)


def sent_before(blog: Blog, what: What, marked: Marked, by: Person) -> str:
    """The name under which this person did the very same before: a double click; "" for none.
    marked: the revisions that were on the screen then too."""
    with blog.store.read() as connection:
        for case, record in with_records(connection, sorted(marked)):
            for each in undo.last(record):
                is_same = _WHAT.get(each.kind) is what and each.actor == person_actor(by.id)
                if is_same and each.data.get("revision") == marked[case.id] and _name(each):
                    return _name(each)
    return ""


def _name(event: Event) -> str:
    return str(event.data.get("together") or "")


def _is_of(event: Event, name: str) -> bool:
    return _name(event) == name


def _is_last(record: Sequence[Event], name: str) -> bool:
    """Whether nothing that counts happened since."""
    return any(_is_of(each, name) for each in undo.last(record))


def _decided(connection: Connection, name: str, by: Person) -> list[int]:
    if not ID_PATTERN.fullmatch(name):
        return []
    try:
        at = ULID.from_str(name.upper()).datetime.astimezone(UTC)
    except ValueError:  # after the year 9999
        return []
    return store.decided(connection, name, person_actor(by.id), at)
