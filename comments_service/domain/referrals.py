"""A comment that a department was asked about: how long its link opens, and when it is over."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from . import undone
from .cases import Event, EventKind
from .standing import fold
from .states import Attention

OPEN_FOR = timedelta(days=30)
"""After that the link opens nothing, whatever became of the question."""


class Outcome(StrEnum):
    """How it ended. MOVED: another department was asked. ENDED: undone."""

    ANSWERED = "answered"
    RETURNED = "returned"
    MOVED = "moved"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


CAME_BACK = (Outcome.ANSWERED, Outcome.RETURNED)

_ENDING = frozenset(
    {
        EventKind.ANSWERED,
        EventKind.CLOSED,
        EventKind.MARKED_SPAM,
        EventKind.ASKED_READER,
        EventKind.WITHDRAWN,
        EventKind.REMOVED_IN_FILES,
        EventKind.ERASED,
    }
)
_ASKED = (Attention.REFERRED, Attention.UNDER_REVIEW)


def department_actor(department_id: int) -> str:
    """How an event names somebody who had the link of a department."""
    return f"department:{department_id}"


def is_asked(record: Sequence[Event], asked_seq: int) -> bool:
    """Whether the case still waits for whoever was asked by this event: what its reader adds
    meanwhile ends nothing, and what staff decide on it may."""
    since = {event.kind for event in undone.standing(record) if event.seq > asked_seq}
    stands = fold(record)
    is_open = stands.attention in _ASKED and not stands.is_refused and not stands.withdrawn
    return is_open and not since & _ENDING


def hand_offs(record: Sequence[Event]) -> int:
    """How often a case was passed on."""
    return sum(event.kind is EventKind.REFERRED for event in undone.standing(record))
