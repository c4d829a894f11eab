"""The form in which staff say what a comment is about, and whether it is delicate."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..errors import AlreadyDecided, InvalidComment
from ..usecases import topics
from . import sessions
from .done import query
from .edge import CasePage, edge, form_of, number_of, see_other
from .failures import status_of
from .permitted import case_named


def install(staff: Blueprint, page: CasePage) -> None:
    """Beside the decisions of ``staff``. page: the case as it stands, with a fault."""

    @staff.post("/comentario/<reference>/clasificar")
    def sort(reference: str) -> ResponseReturnValue:
        """Keep both, and show the case again: nothing was decided on it."""
        sent = form_of("csrf", "topic", "risk")
        topic, case, here = number_of(sent["topic"] or "0") or None, case_named(reference), edge()
        by, risk, now = sessions.the_session().person, bool(sent["risk"]), here.clock()
        try:
            topics.sort(here.blog, case.id, topic, risk=risk, by=by, now=now)
        except (AlreadyDecided, InvalidComment) as error:
            return page(case_named(reference), error, sent), status_of(error)
        here.wake()
        return see_other(f"/gestion/comentario/{case.reference}{query('clasificar')}")


def part(case: Case, _record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case."""
    return {"topics": topics.choice(edge().blog, case)}
