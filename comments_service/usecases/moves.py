"""A case before something happens to it: finding it, asking the table, saying why it may not.

Of two people at once the database lets one through (``UPDATE ... WHERE``); what the table is
asked with is the record as it stood just before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import conditions
from ..domain.cases import Case, Event, person_actor
from ..domain.permissions import GRANTS, Permission, Role
from ..domain.standing import fold
from ..domain.states import Decision
from ..domain.transitions import Action, Guard, Refusal, Who, Why, may
from ..errors import N_, AlreadyDecided, NotPermitted, UnknownComment
from ..store import cases, people
from ..store.engine import Connection
from ..store.people import Person

NOT_NOW = N_("That cannot be done any more. This is how it stands now; nothing was changed.")
LOOKED_AT = N_("A colleague is looking at it at this moment.")
ANOTHER_PERSON = N_(
    "You decided on this comment, and its author asked for a second look:"
    " another person has to decide it."
)

FORMS = frozenset(
    {
        Guard.RULE_AND_REASON,
        Guard.REASON,
        Guard.TEXT,
        Guard.ANSWERED,
        Guard.DEPARTMENT_AND_QUESTION,
    }
)
"""Conditions that staff fulfil in the form itself, which is checked by itself."""

_WHO: Mapping[Role, Who] = {
    Role.ADMIN: Who.MANAGER,
    Role.MANAGER: Who.MANAGER,
    Role.MODERATOR: Who.MODERATOR,
    Role.RESPONDENT: Who.RESPONDENT,
    Role.AUTHOR: Who.RESPONDENT,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants to do something to a case, and the conditions that hold for them.

    who: None for somebody who may do nothing to any.
    """

    case: Case
    record: Sequence[Event]
    who: Who | None
    held: frozenset[Guard]

    def refusal(self, action: Action, more: Collection[Guard] = ()) -> Refusal | None:
        """Why not; None: it may happen. more: conditions that hold besides."""
        if self.who is None:
            return Refusal(Why.NOT_THEIRS)
        held, private = self.held.union(more), self.case.private
        return may(fold(self.record), action, self.who, held, private=private)

    def refuse_unless(
        self, action: Action, more: Collection[Guard] = (), *, otherwise: str = NOT_NOW
    ) -> None:
        """otherwise: what is said of a case that does not stand so. Raises AlreadyDecided,
        NotPermitted."""
        refused = self.refusal(action, more)
        if refused is None:
            return
        if refused.guard is Guard.NOT_THE_APPEALED:
            raise NotPermitted(ANOTHER_PERSON)
        if refused.guard is Guard.UNCLAIMED:
            raise AlreadyDecided(LOOKED_AT)
        if refused.why is Why.NOT_THEIRS:
            raise NotPermitted(N_("Your account is not meant for this."))
        raise AlreadyDecided(otherwise)


def by_reader(case: Case, record: Sequence[Event], now: datetime) -> Asking:
    return Asking(case, record, Who.READER, conditions.told(record, now))


def by_staff(
    connection: Connection, case: Case, record: Sequence[Event], by: Person | None, now: datetime
) -> Asking:
    """by: None for a command on the server, which whoever runs the conversation gives."""
    held = conditions.told(record, now)
    if not _is_refuser(record, by) or not _others_decide(connection, by):
        held |= {Guard.NOT_THE_APPEALED}
    if case.claimant(now) in (None, by.id if by else None):
        held |= {Guard.UNCLAIMED}
    return Asking(case, record, _WHO.get(by.role) if by else Who.MANAGER, held)


def _is_refuser(record: Sequence[Event], by: Person | None) -> bool:
    refused = conditions.refusal(record)
    return by is not None and refused is not None and refused.actor == person_actor(by.id)


def _others_decide(connection: Connection, by: Person | None) -> bool:
    """Where one person is alone, that person decides: nobody else will."""
    return by is not None and people.is_another(connection, by.id, GRANTS[Permission.DECIDE])


def offered(asking: Asking, among: Collection[Action] = tuple(Action)) -> frozenset[Action]:
    """What a page of staff has forms for. ANSWER, CLOSE: also of what is approved by
    it, where APPROVE is among those that are asked for."""
    found = {action for action in among if asking.refusal(action, FORMS) is None}
    if not asking.case.showable:
        found.discard(Action.APPROVE)
    if Action.APPROVE in found and asking.who is not None:
        approved = replace(fold(asking.record), decision=Decision.APPROVED, public=True)
        for action in {Action.ANSWER, Action.CLOSE}.intersection(among):
            if may(approved, action, asking.who, FORMS | {Guard.NOT_THE_APPEALED}) is None:
                found.add(action)
    return frozenset(found)


def waits_for_another(asking: Asking) -> bool:
    """Whether this person refused it, so that another one has to take the second look."""
    actions = (Action.REOPEN, Action.APPROVE, Action.CUT)
    refused = [asking.refusal(action, FORMS) for action in actions]
    return any(each is not None and each.guard is Guard.NOT_THE_APPEALED for each in refused)


def case_in(connection: Connection, case_id: int) -> Case:
    """Within a transaction. Raises UnknownComment."""
    case = cases.by_case(connection, case_id)
    if case is None:
        raise UnknownComment(N_("We find no comment at this address."))
    return case


def locked(connection: Connection, case_id: int) -> Case:
    """The same, once no other writer is at it. Raises UnknownComment."""
    cases.lock(connection, case_id)
    return case_in(connection, case_id)
