"""Where a case stands: the fold of its events, from the first to the last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from .cases import LOOKING, UNDOABLE, Event, EventKind
from .states import Attention, Decision, Visibility, visibility


@dataclass(frozen=True, slots=True)
class Standing:
    """What the events of a case tell.

    decision: on the newest wording. public: some wording is for everybody, also while a
    newer one is looked at. answers: ids of those that stand. before: where it stood before the
    last decision, while that is the last thing that changed anything. left_at: where it stood
    when staff took its file away, until they put it back.
    """

    decision: Decision = Decision.HELD
    attention: Attention = Attention.RECEIVED
    seen: bool = False
    withdrawn: bool = False
    erased: bool = False
    public: bool = False
    answers: frozenset[str] = frozenset()
    left_at: Attention | None = None
    before: "Standing | None" = field(default=None, compare=False, repr=False)

    @property
    def is_waiting(self) -> bool:
        """Somebody has to do something about it."""
        return not self.withdrawn and self.attention not in (Attention.ANSWERED, Attention.CLOSED)

    @property
    def is_undecided(self) -> bool:
        """Its newest wording waits for a decision."""
        return not self.withdrawn and self.decision is Decision.HELD

    @property
    def is_refused(self) -> bool:
        """No wording of it is public, and the newest one was decided not to be."""
        refused = self.decision in (Decision.REJECTED, Decision.SPAM)
        return refused and not self.public and not self.withdrawn

    @property
    def is_held(self) -> bool:
        """Nobody decided on it yet, and no wording of it is public."""
        return self.is_waiting and self.decision is Decision.HELD and not self.public

    def visibility(self, *, private: bool = False) -> Visibility:
        """private: its reader wanted an answer and no publication."""
        decision = Decision.APPROVED if self.public else self.decision
        return visibility(
            withdrawn=self.withdrawn, private=private, decision=decision, seen=self.seen
        )


def fold(events: Iterable[Event]) -> Standing:
    """The state that the events tell, from the first to the last."""
    standing = Standing()
    for event in events:
        standing = after(standing, event)
    return standing


@dataclass(frozen=True, slots=True)
class Waits:
    """Since when a case waits for a decision and for an answer; None: it does not.

    stopped: from when to when the clock stood, because its reader was asked something; what
    is still asked has no end yet.
    """

    decision: datetime | None = None
    answer: datetime | None = None
    stopped: tuple[tuple[datetime, datetime | None], ...] = ()


def waits(events: Iterable[Event]) -> Waits:
    """Counted from the event after which it waited again, not from its reader's later words:
    they neither hurry nor put off what was promised. Being passed on stops no clock."""
    standing, since = Standing(attention=Attention.CLOSED), Waits()
    for event in events:
        standing = after(standing, event)
        if not standing.is_waiting:
            since = Waits()
            continue
        since = Waits(
            (since.decision or event.at) if standing.is_held else None,
            since.answer or event.at,
            _stopped(since.stopped, standing.attention is Attention.AWAITING_READER, event.at),
        )
    return since


def _stopped(
    spans: tuple[tuple[datetime, datetime | None], ...], is_asked: bool, at: datetime
) -> tuple[tuple[datetime, datetime | None], ...]:
    stands = bool(spans) and spans[-1][1] is None
    if is_asked and not stands:
        return (*spans, (at, None))
    if stands and not is_asked:
        return (*spans[:-1], (spans[-1][0], at))
    return spans


_PUBLIC: Mapping[str, object] = {"decision": Decision.APPROVED, "public": True, "seen": False}
_GONE: Mapping[str, object] = {"withdrawn": True, "attention": Attention.CLOSED}

_CHANGES: Mapping[EventKind, Mapping[str, object]] = {
    EventKind.APPROVED: _PUBLIC,
    EventKind.REJECTED: {"decision": Decision.REJECTED, "attention": Attention.CLOSED},
    EventKind.ANSWERED: {"attention": Attention.ANSWERED},
    EventKind.PUBLISHED: {"seen": True},
    EventKind.REVISED: _PUBLIC,
    EventKind.CUT: _PUBLIC,
    EventKind.RESTORED: _PUBLIC,
    EventKind.WITHDRAWN: _GONE,
    EventKind.ERASED: {**_GONE, "erased": True},
    EventKind.LEARNED: {**_PUBLIC, "attention": Attention.CLOSED},
    EventKind.CHANGED_IN_FILES: _PUBLIC,
    EventKind.RESTORED_IN_FILES: {**_PUBLIC, "withdrawn": False},
    EventKind.REMOVED_IN_FILES: _GONE,
    EventKind.EDITED: {"decision": Decision.HELD},
    EventKind.ADDED: {"attention": Attention.UNDER_REVIEW},
    EventKind.APPEALED: {"attention": Attention.UNDER_REVIEW},
    EventKind.RATED: {"attention": Attention.UNDER_REVIEW},
    EventKind.REFERRED: {"attention": Attention.REFERRED},
    EventKind.RETURNED: {"attention": Attention.UNDER_REVIEW},
    EventKind.ASKED_READER: {"attention": Attention.AWAITING_READER},
    EventKind.CLOSED: {"attention": Attention.CLOSED},
    EventKind.REOPENED: {"attention": Attention.UNDER_REVIEW},
    EventKind.MARKED_SPAM: {"decision": Decision.SPAM, "attention": Attention.CLOSED},
    EventKind.NOT_SPAM: {"decision": Decision.HELD, "attention": Attention.RECEIVED},
    EventKind.TAKEN_BACK: {"attention": Attention.UNDER_REVIEW},
}
"""What an event changes; kinds that are neither here nor in ``_depending`` change nothing."""


def after(standing: Standing, event: Event) -> Standing:
    """Where the case stands once this happened."""
    if event.kind is EventKind.UNDONE:
        return standing.before or standing
    then = _after(standing, event)
    if event.kind in UNDOABLE:
        return replace(then, before=standing)
    if event.kind in LOOKING and standing.before:
        return replace(then, before=after(standing.before, event))
    return then if then == standing else replace(then, before=None)


def _after(standing: Standing, event: Event) -> Standing:
    if event.kind is EventKind.RECEIVED:
        return Standing()
    if "answer" in event.data and event.kind is not EventKind.RATED:
        return _after_one_of_its_answers(standing, event)
    changes = _depending(standing, event) or _CHANGES.get(event.kind, {})
    return replace(standing, **changes)  # type: ignore[arg-type]


def _depending(standing: Standing, event: Event) -> Mapping[str, object]:
    """The changes of kinds that depend on where the case stood; empty: as ``_CHANGES`` says."""
    match event.kind:
        case EventKind.REJECTED if standing.public:
            # Of an edit: the wording that is public, and the question in it, stay as they were.
            return {"decision": Decision.REJECTED}
        case EventKind.EDITED | EventKind.REOPENED if standing.is_refused:
            return {"decision": Decision.HELD, "attention": Attention.RECEIVED}
        case EventKind.EDITED if standing.attention in (Attention.ANSWERED, Attention.CLOSED):
            # Nobody looked at the new wording yet, and its label must not say that all is done.
            return {"decision": Decision.HELD, "attention": Attention.RECEIVED}
        case EventKind.EDITED if standing.attention is Attention.AWAITING_READER:
            return {"decision": Decision.HELD, "attention": Attention.UNDER_REVIEW}
        case EventKind.RATED if event.data.get("useful"):
            return {"attention": Attention.CLOSED}
        case EventKind.REMOVED_IN_FILES if not standing.withdrawn:
            return {**_GONE, "left_at": standing.attention}
        case EventKind.RESTORED_IN_FILES if standing.withdrawn and standing.left_at:
            is_done = standing.left_at in (Attention.ANSWERED, Attention.CLOSED)
            # What a department or its reader was asked meanwhile is asked no more.
            attention = standing.left_at if is_done else Attention.RECEIVED
            return {**_PUBLIC, "withdrawn": False, "left_at": None, "attention": attention}
        case EventKind.CLAIMED if standing.attention is Attention.RECEIVED:
            return {"attention": Attention.UNDER_REVIEW}
    return {}


def _after_one_of_its_answers(standing: Standing, event: Event) -> Standing:
    """What happens to an answer says of the comment only whether it has one, or will have one
    when its own file is put back."""
    this = {str(event.data["answer"])}
    attention = standing.left_at or standing.attention
    if event.kind in (EventKind.ANSWERED, EventKind.RESTORED_IN_FILES):
        answers, attention = standing.answers | this, Attention.ANSWERED
        is_for_it_alone = event.data.get("private") and not event.data.get("beside")
        if is_for_it_alone and standing.decision is Decision.HELD:
            # There is nothing to publish or to refuse any more.
            standing = replace(standing, decision=Decision.SUPERSEDED)
    elif event.kind in (EventKind.WITHDRAWN, EventKind.ERASED, EventKind.REMOVED_IN_FILES):
        answers = standing.answers - this
        if not answers and (attention is Attention.ANSWERED or _is_settled(standing)):
            attention = Attention.RECEIVED
    else:
        return standing
    if standing.left_at:
        return replace(standing, answers=answers, left_at=attention)
    return replace(standing, answers=answers, attention=attention)


def _is_settled(standing: Standing) -> bool:
    """Closed with an answer that stands: its reader was content, or silent for long enough."""
    is_here = not standing.withdrawn or standing.left_at is Attention.CLOSED
    is_closed = standing.attention is Attention.CLOSED and bool(standing.answers)
    return is_closed and is_here and not standing.is_refused
