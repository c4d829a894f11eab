"""What a reader may do with their own comment: the same for the page that offers it and for the
form that asks for it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from ..domain.cases import Case, Event, EventKind
from ..domain.standing import Standing, fold
from ..domain.states import Attention
from ..domain.transitions import Action, Guard
from ..errors import N_
from . import moves

_TOO_LATE = N_("It has been closed for too long, or was opened again twice. Write a new comment.")


class Act(StrEnum):
    ADD = "add"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    ACCEPT = "accept"
    DISPUTE = "dispute"
    STOP_MAILS = "stop_mails"


def offered(case: Case, record: Sequence[Event], now: datetime) -> frozenset[Act]:
    """What its reader may do now, beside erasing it and a new link."""
    asking, standing = moves.by_reader(case, record, now), fold(record)
    may = {act for act in _ACTIONS if asking.refusal(_action(act, standing)) is None}
    if case.has_address and not case.mails_stopped:
        may.add(Act.STOP_MAILS)
    return frozenset(may)


_ACTIONS = {
    Act.ADD: Action.ADD,
    Act.EDIT: Action.CORRECT,
    Act.WITHDRAW: Action.WITHDRAW,
    Act.APPEAL: Action.APPEAL,
    Act.ACCEPT: Action.ACCEPT,
    Act.DISPUTE: Action.DISPUTE,
}


def _action(act: Act, standing: Standing) -> Action:
    """What the table calls it: to a reader, adding and replying are one thing."""
    if act is Act.ADD and standing.attention is Attention.AWAITING_READER:
        return Action.REPLY
    if act is Act.EDIT and standing.is_refused:
        return Action.RESUBMIT
    return _ACTIONS[act]


def refuse_unless_offered(act: Act, case: Case, record: Sequence[Event], now: datetime) -> None:
    """Raises AlreadyDecided."""
    asking, action = moves.by_reader(case, record, now), _action(act, fold(record))
    refused = asking.refusal(action)
    is_late = refused is not None and refused.guard is Guard.RECENT
    asking.refuse_unless(action, otherwise=_TOO_LATE if is_late else moves.NOT_NOW)


def ratings(record: Sequence[Event]) -> dict[str, bool]:
    """Whether each rated answer helped, by the answer's id."""
    rated = (event for event in record if event.kind is EventKind.RATED)
    return {str(event.data["answer"]): bool(event.data["useful"]) for event in rated}
