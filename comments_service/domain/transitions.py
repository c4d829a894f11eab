"""What may happen to a case: from where, by whom, on what condition, and what follows.

The table is data. ``may`` asks it before an event is recorded, ``standing.after`` says what
the event changes, and tests hold both to it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .cases import EventKind
from .standing import Standing
from .states import Attention, Visibility


class Who(StrEnum):
    """DEPARTMENT: whoever has the signed link of a case that was passed on. SERVICE: the tick."""

    READER = "reader"
    MODERATOR = "moderator"
    MANAGER = "manager"
    RESPONDENT = "respondent"
    DEPARTMENT = "department"
    SERVICE = "service"


class Action(StrEnum):
    RECEIVE = "receive"
    CLAIM = "claim"
    APPROVE = "approve"
    SHOW = "show"
    REJECT = "reject"
    REFER = "refer"
    RETURN = "return"
    ASK = "ask"
    REPLY = "reply"
    GIVE_UP = "give_up"
    ANSWER = "answer"
    ADD = "add"
    DISPUTE = "dispute"
    ACCEPT = "accept"
    SETTLE = "settle"
    CLOSE = "close"
    APPEAL = "appeal"
    REOPEN = "reopen"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"


class Guard(StrEnum):
    """A condition that only the caller can judge; its value says what has to be true."""

    WITHIN_LIMITS = "its size and rate are within the limits"
    UNCLAIMED = "nobody else claimed it within fifteen minutes"
    NOT_THE_APPEALED = "on a second look, it is not the person who refused it"
    RULE_AND_REASON = "a rule is named and explained"
    ON_THE_PAGE = "its digest was found in the built page"
    DEPARTMENT_AND_QUESTION = "a department, a question to it and a date are named"
    TEXT = "there is a text"
    REMINDED = "ten working days passed, and the reader was reminded once"
    ANSWERED = "there is an answer, public or private"
    RECENT = "the answer is not older than 30 days, and this is the first or second time"
    SILENT = "ten working days passed since the answer"
    REASON = "a reason for the reader is stored"
    FIRST_APPEAL = "it is the first, not later than twenty days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row. to: what the reader's label follows, where it changes; None: neither changes.

    kind, data: the event that records it. mail: to the reader, ``R1`` to ``R12``, or None.
    """

    action: Action
    sees: frozenset[Visibility]
    attends: frozenset[Attention]
    to: Visibility | Attention | None
    who: frozenset[Who]
    guard: Guard | None
    kind: EventKind
    data: Mapping[str, str | int | None]
    mail: str | None


class Why(StrEnum):
    NOT_NOW = "not_now"
    NOT_THEIRS = "not_theirs"
    GUARDED = "guarded"


@dataclass(frozen=True, slots=True)
class Refusal:
    """guard: the condition that does not hold, where that is why."""

    why: Why
    guard: Guard | None = None


def may(
    standing: Standing | None,
    action: Action,
    who: Who,
    held: Collection[Guard] = (),
    *,
    private: bool = False,
) -> Refusal | None:
    """Why not; None: it may happen. standing: None before there is a case.

    held: the conditions that hold, as the caller found.
    """
    rows = [row for row in TABLE if row.action is action and _fits(row, standing, private)]
    if not rows:
        return Refusal(Why.NOT_NOW)
    if not any(who in row.who for row in rows):
        return Refusal(Why.NOT_THEIRS)
    guards = [row.guard for row in rows if who in row.who]
    if any(guard is None or guard in held for guard in guards):
        return None
    return Refusal(Why.GUARDED, guards[0])


def _fits(row: Transition, standing: Standing | None, private: bool) -> bool:
    if standing is None:
        return row.action is Action.RECEIVE
    return (
        row.action is not Action.RECEIVE
        and standing.visibility(private=private) in row.sees
        and standing.attention in row.attends
    )


_V, _A, _W, _K = Visibility, Attention, Who, EventKind

EVERY_VISIBILITY, EVERY_ATTENTION = frozenset(_V), frozenset(_A)
STANDS = frozenset({_V.HELD, _V.APPROVED, _V.PUBLISHED, _V.PRIVATE})
REFUSED = frozenset({_V.REJECTED, _V.SPAM})
OPEN = EVERY_ATTENTION - {_A.ANSWERED, _A.CLOSED}
STAFF = frozenset({_W.MODERATOR, _W.MANAGER, _W.RESPONDENT})
DECIDING = frozenset({_W.MODERATOR, _W.MANAGER})
READER, MANAGER, SERVICE = (frozenset({who}) for who in (_W.READER, _W.MANAGER, _W.SERVICE))


def _row(
    action: Action,
    sees: Collection[Visibility],
    attends: Collection[Attention],
    to: Visibility | Attention | None,
    who: frozenset[Who],
    guard: Guard | None,
    kind: EventKind,
    mail: str | None = None,
    **data: int,
) -> Transition:
    return Transition(
        action=action,
        sees=frozenset(sees),
        attends=frozenset(attends),
        to=to,
        who=who,
        guard=guard,
        kind=kind,
        data=data,
        mail=mail,
    )


# fmt: off
TABLE = (
    _row(Action.RECEIVE, (), (), _A.RECEIVED, READER | STAFF | SERVICE,
         Guard.WITHIN_LIMITS, _K.RECEIVED, "R1"),
    _row(Action.CLAIM, STANDS, {_A.RECEIVED}, _A.UNDER_REVIEW, STAFF,
         Guard.UNCLAIMED, _K.CLAIMED),
    _row(Action.APPROVE, {_V.HELD}, EVERY_ATTENTION, _V.APPROVED, DECIDING,
         Guard.NOT_THE_APPEALED, _K.APPROVED),
    _row(Action.SHOW, {_V.APPROVED}, EVERY_ATTENTION, _V.PUBLISHED, SERVICE,
         Guard.ON_THE_PAGE, _K.PUBLISHED, "R2"),
    _row(Action.REJECT, {_V.HELD}, EVERY_ATTENTION, _V.REJECTED, DECIDING,
         Guard.RULE_AND_REASON, _K.REJECTED, "R3"),
    _row(Action.REFER, STANDS, OPEN, _A.REFERRED, DECIDING,
         Guard.DEPARTMENT_AND_QUESTION, _K.REFERRED, "R4"),
    _row(Action.RETURN, STANDS, {_A.REFERRED}, _A.UNDER_REVIEW, frozenset({_W.DEPARTMENT}),
         Guard.TEXT, _K.RETURNED),
    _row(Action.ASK, STANDS, OPEN, _A.AWAITING_READER, frozenset({_W.MANAGER, _W.RESPONDENT}),
         Guard.TEXT, _K.ASKED_READER, "R6"),
    _row(Action.REPLY, STANDS, {_A.AWAITING_READER}, _A.UNDER_REVIEW, READER,
         None, _K.ADDED, "R1"),
    _row(Action.GIVE_UP, STANDS, {_A.AWAITING_READER}, _A.CLOSED, SERVICE,
         Guard.REMINDED, _K.CLOSED, "R7"),
    # Who answers has looked at it: from "received" too, and once more after an answer.
    _row(Action.ANSWER, STANDS - {_V.HELD}, EVERY_ATTENTION, _A.ANSWERED, MANAGER,
         Guard.ANSWERED, _K.ANSWERED, "R5"),
    _row(Action.ADD, STANDS, OPEN - {_A.AWAITING_READER}, _A.UNDER_REVIEW, READER,
         None, _K.ADDED),
    _row(Action.ADD, STANDS, {_A.ANSWERED, _A.CLOSED}, _A.UNDER_REVIEW, READER,
         Guard.RECENT, _K.ADDED, "R8"),
    _row(Action.DISPUTE, STANDS, {_A.ANSWERED}, _A.UNDER_REVIEW, READER,
         Guard.RECENT, _K.RATED, "R8", useful=0),
    _row(Action.ACCEPT, STANDS, {_A.ANSWERED}, _A.CLOSED, READER,
         None, _K.RATED, useful=1),
    _row(Action.SETTLE, STANDS, {_A.ANSWERED}, _A.CLOSED, SERVICE,
         Guard.SILENT, _K.CLOSED),
    _row(Action.CLOSE, STANDS, EVERY_ATTENTION - {_A.CLOSED}, _A.CLOSED, MANAGER,
         Guard.REASON, _K.CLOSED, "R7"),
    _row(Action.APPEAL, REFUSED, EVERY_ATTENTION - {_A.UNDER_REVIEW}, _A.UNDER_REVIEW, READER,
         Guard.FIRST_APPEAL, _K.APPEALED),
    _row(Action.REOPEN, REFUSED, {_A.UNDER_REVIEW}, _V.HELD, DECIDING,
         Guard.NOT_THE_APPEALED, _K.REOPENED, "R9"),
    _row(Action.RESUBMIT, REFUSED, EVERY_ATTENTION - {_A.UNDER_REVIEW}, _V.HELD, READER,
         None, _K.EDITED, "R9"),
    _row(Action.WITHDRAW, EVERY_VISIBILITY - {_V.WITHDRAWN}, EVERY_ATTENTION, _V.WITHDRAWN, READER,
         None, _K.WITHDRAWN, "R10"),
    _row(Action.WITHDRAW, {_V.APPROVED, _V.PUBLISHED}, EVERY_ATTENTION, _V.WITHDRAWN, MANAGER,
         Guard.REASON, _K.WITHDRAWN, "R10"),
)
# fmt: on
"""Source: notes on community management, with what the service lets readers do besides:
add words to an open case, and ask once for a second look at a refusal."""
