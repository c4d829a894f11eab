"""What was looked up for an answer: noted on the page of a comment, and put below the answer."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..errors import AlreadyDecided, InvalidComment
from ..usecases import sources
from . import sessions
from .case_texts import texts_of
from .done import query
from .edge import CasePage, edge, form_of, number_of, see_other
from .failures import status_of
from .languages import today
from .permitted import case_named


def install(staff: Blueprint, page: CasePage) -> None:
    """Beside the decisions of ``staff``. page: the case as it stands, with a fault."""

    @staff.post("/comentario/<reference>/apuntar-fuente")
    def note_source(reference: str) -> ResponseReturnValue:
        """Keep it, and show the case again: nothing was decided on it."""
        sent = form_of("csrf", "seen", "source", "address", "looked")
        seen, case, here = number_of(sent["seen"]), case_named(reference), edge()
        by, now = sessions.the_session().person, here.clock()
        words = (sent["source"], sent["address"], sent["looked"])
        try:
            sources.note(here.blog, case.id, seen, *words, by=by, now=now)
        except (AlreadyDecided, InvalidComment) as error:
            return page(case_named(reference), error, sent), status_of(error)
        return see_other(f"/gestion/comentario/{case.reference}{query('apuntar-fuente')}")

    @staff.post("/comentario/<reference>/quitar-fuente")
    def strike_source(reference: str) -> ResponseReturnValue:
        """One that was noted by mistake."""
        seq, case, here = (
            number_of(form_of("csrf", "source")["source"]),
            case_named(reference),
            edge(),
        )
        sources.strike(here.blog, case.id, seq, by=sessions.the_session().person, now=here.clock())
        return see_other(f"/gestion/comentario/{case.reference}{query('quitar-fuente')}")


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case."""
    may_note = not (case.withdrawn or case.erased)
    return {
        "sources": sources.noted(record, texts_of(case)),
        "may_note_source": may_note,
        "today": today().isoformat(),
    }


def in_answer(case: Case, sent: Mapping[str, str]) -> str:
    """The words of an answer, as its form sent them, with what was looked up where it says so."""
    body = sent["body"]
    return sources.below(edge().blog, case, body) if sent["sources"] else body
