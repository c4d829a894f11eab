"""In the form of an answer: other comments that wait for the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..domain.cases import Case, Event
from ..domain.permissions import Permission
from ..usecases import answering_several
from . import permitted, sessions
from .edge import edge
from .reading import excerpt

MARK = "c-"
"""Before the reference of a comment, in the name of its checkbox."""


@dataclass(frozen=True, slots=True)
class Other:
    """mark: the name of its checkbox. is_same: it has the same words."""

    case: Case
    mark: str
    excerpt: str
    is_same: bool


def part(case: Case, _record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case."""
    if case.is_refused or case.withdrawn or not permitted.may(Permission.ANSWER, case):
        return {"beside": []}
    here, by = edge(), sessions.the_session().person
    own = permitted.own_cases()
    found, alike = answering_several.offered(here.blog, case, by=by, own=own, now=here.clock())
    return {
        "beside": [
            Other(
                each,
                f"{MARK}{each.reference}",
                excerpt(each.body, each.markup),
                each.id in alike,
            )
            for each in found
            if permitted.may(Permission.ANSWER, each)
        ]
    }
