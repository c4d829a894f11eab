"""Advertising: set aside by a person, never by a check; kept for a while and looked at again.

It needs no rule, and its sender is told nothing. Of what was set aside some are shown for
review, so that a mistake is found before its term is over (``retention``).
"""

import hashlib
from datetime import datetime, timedelta

from ..domain.cases import Case, EventKind, person_actor
from ..domain.chain import Data
from ..domain.states import Decision
from ..domain.transitions import Action
from ..errors import AlreadyDecided
from ..store import cases, comments, events, follow
from ..store.engine import Connection
from ..store.people import Person
from . import moves, promises
from .blog import Blog
from .moderate import DECIDED, named

SAMPLE = 20
MONTH = timedelta(days=30)


def mark(blog: Blog, case_id: int, revision: int, *, by: Person, now: datetime) -> None:
    """Set the wording that was seen aside as advertising.

    Raises UnknownComment, AlreadyDecided, NotPermitted.
    """
    with blog.store.write() as connection:
        mark_in(connection, moves.locked(connection, case_id), revision, by, now)


def mark_in(
    connection: Connection, case: Case, revision: int, by: Person, now: datetime, together: str = ""
) -> None:
    """Within a transaction. together: names the decisions that were taken at once."""
    _refuse_unless(connection, case, Action.SPAM, by, now)
    is_head = case.revision == revision
    if not is_head or not comments.decide(connection, case, Decision.SPAM, by=by.id, now=now):
        raise AlreadyDecided(DECIDED)
    _record(connection, case, EventKind.MARKED_SPAM, by, now, named(together))


def unmark(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """It was none: it waits for a decision again. Raises as ``mark`` does."""
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        _refuse_unless(connection, case, Action.NOT_SPAM, by, now)
        if case.decision is not Decision.SPAM or not follow.hold(connection, case):
            raise AlreadyDecided(DECIDED)
        _record(connection, case, EventKind.NOT_SPAM, by, now, promises.had_by(case))
        promises.keep(blog, connection, case.id, now)


def sample(blog: Blog, now: datetime) -> list[Case]:
    """Some of what was set aside in the last month, by chance, and the same for a whole day."""
    day = now.astimezone(blog.site.zone).date().isoformat()
    with blog.store.read() as connection:
        ids = comments.spam_since(connection, now - MONTH)
        chosen = sorted(ids, key=lambda each: hashlib.sha256(f"{day} {each}".encode()).digest())
        found = (cases.by_comment(connection, each) for each in chosen[:SAMPLE])
        return [each for each in found if each]


def _refuse_unless(
    connection: Connection, case: Case, action: Action, by: Person, now: datetime
) -> None:
    asking = moves.by_staff(connection, case, events.of_case(connection, case.id), by, now)
    asking.refuse_unless(action, otherwise=DECIDED)


def _record(
    connection: Connection,
    case: Case,
    kind: EventKind,
    by: Person,
    now: datetime,
    more: Data | None = None,
) -> None:
    data = {"revision": case.revision, **(more or {})}
    events.append(connection, case.id, kind, actor=person_actor(by.id), now=now, data=data)
