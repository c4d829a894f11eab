"""The form that asks a comment's reader for more time."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..usecases import extend
from . import sessions
from .edge import Decide, edge, form_of, number_of


def install(staff: Blueprint, decide: Decide) -> None:
    """The decision, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/mas-dias")
    def ask_more_time(reference: str) -> ResponseReturnValue:
        """Give its reader a later date, and say why."""
        sent = form_of("csrf", "anyway", "seen", "later")
        seen = number_of(sent["seen"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            extend.extend(here.blog, case.id, seen, sent["later"], by=by, now=here.clock())

        return decide(reference, act, "mas-dias", sent)


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: the date that its reader would be given."""
    here, by = edge(), sessions.the_session().person
    offered = extend.offer(here.blog, case, list(record), by=by, now=here.clock())
    return {"more_time": offered}
