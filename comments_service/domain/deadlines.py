"""Which promise runs for a case now, and since which event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from . import undone
from .cases import Case, Event, EventKind
from .standing import Standing, after
from .states import Attention

_RESPONSES = (EventKind.REFERRED, EventKind.ASKED_READER, EventKind.EXTENDED)
"""What tells its reader that somebody works on it; then the final answer is what is awaited."""


class Deadline(StrEnum):
    """DECIDE: read and decided. ANSWER: the first answer. RESOLVE: the last one."""

    DECIDE = "decide"
    ANSWER = "answer"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Running:
    """since: the event after which the case waits for this, which names the cause of every
    warning."""

    which: Deadline
    by: datetime
    since: int


def running(case: Case, record: Iterable[Event]) -> Running | None:
    """None: nothing is promised, or nothing is awaited from us."""
    record = list(record)
    meant = {event.seq for event in undone.standing(record) if event.kind is EventKind.EXTENDED}
    standing, which, since, responded = Standing(), None, 0, False
    for event in record:
        standing = after(standing, event)
        responded = standing.is_waiting and (responded or event.kind in _RESPONSES)
        now = _awaited(case, standing, responded)
        # More time is a new promise, with warnings of its own.
        if now is not which or (now is Deadline.RESOLVE and event.seq in meant):
            which, since = now, event.seq
    by = which and _date(case, which)
    return Running(which, by, since) if which and by else None


def _awaited(case: Case, standing: Standing, responded: bool) -> Deadline | None:
    if not standing.is_waiting or standing.attention is Attention.AWAITING_READER:
        return None
    if standing.is_held and not case.private and case.decide_by:
        return Deadline.DECIDE
    return Deadline.RESOLVE if responded and case.resolve_by else Deadline.ANSWER


def _date(case: Case, which: Deadline) -> datetime | None:
    match which:
        case Deadline.DECIDE:
            return case.decide_by
        case Deadline.RESOLVE:
            return case.resolve_by
    return case.answer_by
