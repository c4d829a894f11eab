"""Saying that one is looking at a comment, so that two do not write the same answer.

It lasts for a quarter of an hour by the clock, or until somebody decides. It keeps nobody from
deciding: a page asks whether they mean to (``refuse_unless_free``).
"""

from datetime import datetime, timedelta

from ..domain.cases import Case, EventKind, person_actor
from ..domain.permissions import Permission, granted
from ..domain.states import Decision
from ..domain.transitions import STANDS, Action
from ..errors import N_, AlreadyDecided, Claimed
from ..store import claims, events
from ..store.people import Person
from . import moves
from .blog import Blog
from .moderate import asking_of

LASTS = timedelta(minutes=15)

_CLAIMED = N_("Nothing was changed: you can wait, or decide all the same.")


def claim(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """Somebody looks at the comment from now on; whoever does so already has more time, of which
    the record needs no second line.

    Raises UnknownComment, AlreadyDecided (a colleague looks at it), NotPermitted.
    """
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        asking_of(connection, case, by, now).refuse_unless(Action.CLAIM)
        if not claims.claim(connection, case_id, by.id, now, now + LASTS):
            raise AlreadyDecided(moves.LOOKED_AT)
        if case.claimant(now) != by.id:
            actor = person_actor(by.id)
            events.append(connection, case_id, EventKind.CLAIMED, actor=actor, now=now)


def release(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """They look at it no more; nothing where they did not, or their time is over.

    Raises UnknownComment.
    """
    with blog.store.write() as connection:
        if moves.locked(connection, case_id).claimant(now) != by.id:
            return
        claims.release(connection, by.id, case_id)
        actor = person_actor(by.id)
        events.append(connection, case_id, EventKind.RELEASED, actor=actor, now=now)


def refuse_unless_free(case: Case, *, by: Person, now: datetime) -> None:
    """Raises Claimed where a colleague is looking at it."""
    if case.claimant(now) not in (None, by.id):
        raise Claimed(_CLAIMED)


def is_offered(case: Case, *, by: Person, now: datetime) -> bool:
    """Whether a list has the button for it: where something is left to do, and nobody is at it.

    The table is asked again when it is pressed.
    """
    is_open = case.is_waiting or case.decision is Decision.HELD
    is_free = case.claimant(now) in (None, by.id)
    can = granted(by.role, Permission.CLAIM) is not None
    return can and is_open and is_free and case.visibility in STANDS
