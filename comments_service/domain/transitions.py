"""What may happen to a case: from where, by whom, on what condition, and what follows.

The table is data. The use cases ask it by ``may`` before they record an event, pages ask it
what to offer, ``standing.after`` says what the event changes, and tests hold all to it. Two
people at once are none of its business: the database lets one of them through.

Erasing is not in it: that is its reader's right at any time. Nor are links and mails, which
no label tells of, nor what staff do to files by hand, which happened already, nor undoing,
which leads back to where the case stood.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .actions import Action, Guard, Who
from .cases import EventKind
from .standing import Standing
from .states import Attention, Visibility

__all__ = [
    "STAFF",
    "TABLE",
    "Action",
    "Guard",
    "Refusal",
    "Transition",
    "Who",
    "Why",
    "fits",
    "may",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row. to: what the reader's label follows, where it changes; None: neither changes.

    guards: all have to hold; the first that does not is why. undecided: the newest wording
    waits for a decision; refused: none is public and the newest was refused; None: either way.
    kind, data: the event that records it. mail: to the reader, ``R1`` to ``R12``, or None.
    """

    action: Action
    sees: frozenset[Visibility]
    attends: frozenset[Attention]
    to: Visibility | Attention | None
    who: frozenset[Who]
    guards: tuple[Guard, ...]
    kind: EventKind
    data: Mapping[str, str | int | None]
    mail: str | None
    undecided: bool | None
    refused: bool | None


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
    rows = [row for row in TABLE if row.action is action and fits(row, standing, private)]
    if not rows:
        return Refusal(Why.NOT_NOW)
    theirs = [row for row in rows if who in row.who]
    if not theirs:
        return Refusal(Why.NOT_THEIRS)
    missing = [[guard for guard in row.guards if guard not in held] for row in theirs]
    return None if [] in missing else Refusal(Why.GUARDED, missing[0][0])


def fits(row: Transition, standing: Standing | None, private: bool) -> bool:
    """Whether the case stands where the row begins, whoever asks."""
    if standing is None:
        return row.action is Action.RECEIVE
    return (
        row.action is not Action.RECEIVE
        and standing.visibility(private=private) in row.sees
        and standing.attention in row.attends
        and row.undecided in (None, standing.is_undecided)
        and row.refused in (None, standing.is_refused)
    )


_V, _A, _W, _K, _G = Visibility, Attention, Who, EventKind, Guard

EVERY_VISIBILITY, EVERY_ATTENTION = frozenset(_V), frozenset(_A)
PUBLIC = frozenset({_V.APPROVED, _V.PUBLISHED})
STANDS = PUBLIC | {_V.HELD, _V.PRIVATE}
REFUSED = frozenset({_V.REJECTED, _V.SPAM})
DONE = frozenset({_A.ANSWERED, _A.CLOSED})
OPEN = EVERY_ATTENTION - DONE
STAFF = frozenset({_W.MODERATOR, _W.MANAGER, _W.RESPONDENT})
DECIDING = frozenset({_W.MODERATOR, _W.MANAGER})
ANSWERING = frozenset({_W.MANAGER, _W.RESPONDENT})
READER, MANAGER, SERVICE = (frozenset({who}) for who in (_W.READER, _W.MANAGER, _W.SERVICE))
DEPARTMENT = frozenset({_W.DEPARTMENT})


def _row(
    action: Action,
    sees: Collection[Visibility],
    attends: Collection[Attention],
    to: Visibility | Attention | None,
    who: frozenset[Who],
    guards: tuple[Guard, ...],
    kind: EventKind,
    mail: str | None = None,
    *,
    undecided: bool | None = None,
    refused: bool | None = None,
    **data: int,
) -> Transition:
    return Transition(
        action=action,
        sees=frozenset(sees),
        attends=frozenset(attends),
        to=to,
        who=who,
        guards=guards,
        kind=kind,
        data=data,
        mail=mail,
        undecided=undecided,
        refused=refused,
    )


# fmt: off
TABLE = (
    _row(Action.RECEIVE, (), (), _A.RECEIVED, READER | STAFF | SERVICE,
         (_G.WITHIN_LIMITS,), _K.RECEIVED, "R1"),
    _row(Action.CLAIM, STANDS, {_A.RECEIVED}, _A.UNDER_REVIEW, STAFF,
         (_G.UNCLAIMED,), _K.CLAIMED),
    _row(Action.CLAIM, STANDS, EVERY_ATTENTION - {_A.RECEIVED}, None, STAFF,
         (_G.UNCLAIMED,), _K.CLAIMED),
    _row(Action.APPROVE, PUBLIC | {_V.HELD}, EVERY_ATTENTION, _V.APPROVED, DECIDING,
         (_G.NOT_THE_APPEALED,), _K.APPROVED, undecided=True),
    # The publisher's own word, which it derives from the page and asks nobody for.
    _row(Action.SHOW, {_V.APPROVED}, EVERY_ATTENTION, _V.PUBLISHED, SERVICE,
         (_G.ON_THE_PAGE,), _K.PUBLISHED, "R2"),
    _row(Action.REJECT, {_V.HELD}, EVERY_ATTENTION, _V.REJECTED, DECIDING,
         (_G.NOT_THE_APPEALED, _G.RULE_AND_REASON), _K.REJECTED, "R3", undecided=True),
    # Of a correction: what is public stays, and so does the question in it.
    _row(Action.REJECT, PUBLIC, EVERY_ATTENTION, None, DECIDING,
         (_G.NOT_THE_APPEALED, _G.RULE_AND_REASON), _K.REJECTED, "R3", undecided=True),
    _row(Action.REJECT, {_V.PRIVATE}, EVERY_ATTENTION, _A.CLOSED, DECIDING,
         (_G.NOT_THE_APPEALED, _G.RULE_AND_REASON), _K.REJECTED, "R3", undecided=True),
    # Advertising: it needs no rule, and its sender is told nothing.
    _row(Action.SPAM, {_V.HELD}, EVERY_ATTENTION, _V.SPAM, DECIDING,
         (_G.NOT_THE_APPEALED,), _K.MARKED_SPAM, undecided=True),
    _row(Action.SPAM, {_V.PRIVATE}, EVERY_ATTENTION, _A.CLOSED, DECIDING,
         (_G.NOT_THE_APPEALED,), _K.MARKED_SPAM, undecided=True),
    _row(Action.NOT_SPAM, {_V.SPAM}, EVERY_ATTENTION, _V.HELD, DECIDING,
         (), _K.NOT_SPAM),
    _row(Action.NOT_SPAM, {_V.PRIVATE}, {_A.CLOSED}, _A.RECEIVED, DECIDING,
         (), _K.NOT_SPAM, refused=True),
    _row(Action.REVISE, PUBLIC, EVERY_ATTENTION, _V.APPROVED, DECIDING,
         (_G.TEXT,), _K.REVISED),
    # Nobody here puts words in a reader's mouth: something is left out, and it says so.
    _row(Action.CUT, PUBLIC | {_V.HELD}, EVERY_ATTENTION, _V.APPROVED, DECIDING,
         (_G.NOT_THE_APPEALED, _G.REASON), _K.CUT, "R2b"),
    _row(Action.RESTORE, PUBLIC, EVERY_ATTENTION, _V.APPROVED, DECIDING,
         (_G.IS_CUT,), _K.RESTORED, "R2b"),
    _row(Action.REFER, STANDS, OPEN, _A.REFERRED, DECIDING,
         (_G.DEPARTMENT_AND_QUESTION,), _K.REFERRED, "R4"),
    # Its reader may have added words meanwhile: whoever was asked can still answer.
    _row(Action.RETURN, STANDS, {_A.REFERRED, _A.UNDER_REVIEW}, _A.UNDER_REVIEW, DEPARTMENT,
         (_G.TEXT,), _K.RETURNED),
    _row(Action.TAKE_BACK, STANDS, {_A.REFERRED}, _A.UNDER_REVIEW, DECIDING,
         (), _K.TAKEN_BACK),
    _row(Action.EXTEND, STANDS, OPEN - {_A.AWAITING_READER}, None, ANSWERING,
         (_G.TEXT, _G.FIRST_EXTENSION), _K.EXTENDED, "R4b"),
    _row(Action.ASK, STANDS, OPEN, _A.AWAITING_READER, ANSWERING,
         (_G.TEXT,), _K.ASKED_READER, "R6"),
    _row(Action.REPLY, STANDS, {_A.AWAITING_READER}, _A.UNDER_REVIEW, READER,
         (), _K.ADDED, "R1"),
    _row(Action.GIVE_UP, STANDS, {_A.AWAITING_READER}, _A.CLOSED, SERVICE,
         (_G.REMINDED,), _K.CLOSED, "R7"),
    # Who answers has looked at it: from "received" too, and once more after an answer.
    _row(Action.ANSWER, {_V.PRIVATE}, EVERY_ATTENTION, _A.ANSWERED, ANSWERING,
         (_G.ANSWERED,), _K.ANSWERED, "R5", refused=False),
    # It may end the second look at what was cut.
    _row(Action.ANSWER, PUBLIC, EVERY_ATTENTION, _A.ANSWERED, ANSWERING,
         (_G.NOT_THE_APPEALED, _G.ANSWERED), _K.ANSWERED, "R5"),
    # It ends the second look, so it is not for whoever refused it.
    _row(Action.ANSWER, {_V.PRIVATE}, EVERY_ATTENTION, _A.ANSWERED, ANSWERING,
         (_G.NOT_THE_APPEALED, _G.ANSWERED), _K.ANSWERED, "R5", refused=True),
    _row(Action.ADD, STANDS, OPEN - {_A.AWAITING_READER}, _A.UNDER_REVIEW, READER,
         (), _K.ADDED, refused=False),
    _row(Action.ADD, STANDS, DONE, _A.UNDER_REVIEW, READER,
         (_G.RECENT,), _K.ADDED, "R8", refused=False),
    # Nobody looked at the new wording yet. Whoever was asked something has replied by it.
    _row(Action.CORRECT, STANDS, OPEN - {_A.AWAITING_READER}, None, READER,
         (), _K.EDITED, refused=False),
    _row(Action.CORRECT, STANDS, {_A.AWAITING_READER}, _A.UNDER_REVIEW, READER,
         (), _K.EDITED, refused=False),
    _row(Action.CORRECT, STANDS, DONE, _A.RECEIVED, READER,
         (), _K.EDITED, refused=False),
    _row(Action.DISPUTE, STANDS, DONE, _A.UNDER_REVIEW, READER,
         (_G.ANSWERED, _G.RECENT), _K.RATED, "R8", useful=0),
    _row(Action.ACCEPT, STANDS, DONE, _A.CLOSED, READER,
         (_G.ANSWERED,), _K.RATED, useful=1),
    _row(Action.SETTLE, STANDS, {_A.ANSWERED}, _A.CLOSED, SERVICE,
         (_G.SILENT,), _K.CLOSED),
    # What waits for a decision is decided first; what was answered, its reader or time closes.
    _row(Action.CLOSE, {_V.PRIVATE}, OPEN, _A.CLOSED, MANAGER,
         (_G.REASON,), _K.CLOSED, "R7", undecided=False, refused=False),
    _row(Action.CLOSE, PUBLIC, OPEN, _A.CLOSED, MANAGER,
         (_G.NOT_THE_APPEALED, _G.REASON), _K.CLOSED, "R7", undecided=False),
    _row(Action.APPEAL, REFUSED | {_V.PRIVATE}, EVERY_ATTENTION - {_A.UNDER_REVIEW},
         _A.UNDER_REVIEW, READER, (_G.FIRST_APPEAL,), _K.APPEALED, refused=True),
    _row(Action.APPEAL, PUBLIC, EVERY_ATTENTION - {_A.UNDER_REVIEW},
         _A.UNDER_REVIEW, READER, (_G.IS_CUT, _G.FIRST_APPEAL), _K.APPEALED, undecided=False),
    _row(Action.REOPEN, REFUSED, {_A.UNDER_REVIEW}, _V.HELD, DECIDING,
         (_G.NOT_THE_APPEALED,), _K.REOPENED, "R9"),
    _row(Action.REOPEN, {_V.PRIVATE}, {_A.UNDER_REVIEW}, _A.RECEIVED, DECIDING,
         (_G.NOT_THE_APPEALED,), _K.REOPENED, "R9", refused=True),
    # Staff changed their mind: what was refused is read again, what was closed is open again.
    _row(Action.REOPEN, {_V.REJECTED}, EVERY_ATTENTION - {_A.UNDER_REVIEW}, _V.HELD, DECIDING,
         (), _K.REOPENED, "R8"),
    _row(Action.REOPEN, STANDS, DONE, _A.UNDER_REVIEW, MANAGER,
         (), _K.REOPENED, "R8", refused=False),
    # Also while a second look is awaited: the new wording is looked at in its place.
    _row(Action.RESUBMIT, REFUSED, EVERY_ATTENTION, _V.HELD, READER,
         (), _K.EDITED),
    _row(Action.RESUBMIT, {_V.PRIVATE}, EVERY_ATTENTION, _A.RECEIVED, READER,
         (), _K.EDITED, refused=True),
    # What its reader wished is no news to them.
    _row(Action.WITHDRAW, EVERY_VISIBILITY - {_V.WITHDRAWN}, EVERY_ATTENTION, _V.WITHDRAWN, READER,
         (), _K.WITHDRAWN),
    _row(Action.WITHDRAW, PUBLIC, EVERY_ATTENTION, _V.WITHDRAWN, MANAGER,
         (_G.REASON,), _K.WITHDRAWN, "R10"),
)
# fmt: on
"""Source: notes on community management, with what the service lets readers do besides:
add words to an open case, correct what they wrote, and ask for a second look at a refusal."""
