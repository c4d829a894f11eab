"""The cases that are somebody's own, as a condition on rows."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_

from ..domain.states import Attention
from .batches import batches
from .schema import case, comment


@dataclass(frozen=True, slots=True)
class Own:
    """people: those whose cases they are. threads: the conversations on what they wrote.
    departments: those to which what is passed on is theirs too."""

    people: frozenset[int]
    threads: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()

    def holds(self, assigned_to: int | None, thread: str, passed_to: int | None = None) -> bool:
        """passed_to: the department that has it now."""
        is_theirs = assigned_to in self.people or thread in self.threads
        return is_theirs or passed_to in self.departments


def only(own: Own | None) -> tuple[ColumnElement[bool], ...]:
    """What a statement over cases and their comments adds to its conditions; None: nothing."""
    if own is None:
        return ()
    parts: list[ColumnElement[bool]] = [false()]
    parts += [case.c.assigned_to.in_(some) for some in batches(sorted(own.people))]
    parts += [comment.c.thread.in_(some) for some in batches(sorted(own.threads))]
    referred = case.c.attention == Attention.REFERRED
    parts += [
        referred & case.c.department_id.in_(some) for some in batches(sorted(own.departments))
    ]
    return (or_(*parts),)
