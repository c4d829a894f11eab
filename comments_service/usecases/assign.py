"""Who looks after a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..domain.cases import Case, EventKind, person_actor
from ..domain.permissions import Permission, granted
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import cases, events, people
from ..store.people import Person
from . import moves
from .blog import Blog


@dataclass(frozen=True, slots=True)
class Carer:
    """who: None for nobody in particular. substitute: who stands in while ``who`` is away or
    after they left, else None. choice: to whom the case may be given."""

    who: Person | None
    substitute: Person | None
    choice: Sequence[Person]


def carer(blog: Blog, case: Case, today: date) -> Carer:
    """Who looks after the case, as its page says it."""
    with blog.store.read() as connection:
        found = {each.id: each for each in people.everybody(connection)}
    who = found.get(case.assigned_to or 0)
    stands_in = who is not None and who.is_away(today)
    substitute = found.get(who.substitute_id or 0) if who and stands_in else None
    choice = [each for each in found.values() if each.works and _looks_after(each)]
    return Carer(who, substitute, choice)


def assign(
    blog: Blog, case_id: int, to: int | None, *, was: int | None, by: Person, now: datetime
) -> None:
    """Let somebody look after a case; None: nobody in particular.

    was: who did so on the screen. Raises UnknownComment, AlreadyDecided (somebody else does
    meanwhile), InvalidComment.
    """
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        if case.assigned_to == to:
            return
        if case.assigned_to != was:
            raise AlreadyDecided(
                N_("Somebody gave this comment to another person. This is how it stands.")
            )
        who = people.by_id(connection, to) if to is not None else None
        if to is not None and (who is None or not who.works or not _looks_after(who)):
            fault = Fault("to", N_("Choose one of the list."))
            raise InvalidComment(N_("There is a problem"), [fault])
        cases.assign(connection, case_id, to)
        actor, data = person_actor(by.id), {"to": to}
        events.append(connection, case_id, EventKind.ASSIGNED, actor=actor, now=now, data=data)


def _looks_after(person: Person) -> bool:
    """Whether somebody of this role can do anything for a comment."""
    able = (Permission.DECIDE, Permission.ANSWER)
    return any(granted(person.role, each) is not None for each in able)
