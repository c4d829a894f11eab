"""Notes for colleagues, where more than one person works here; no reader sees any of it."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..errors import AlreadyDecided, InvalidComment
from ..usecases import notes
from . import permitted, sessions
from .case_texts import texts_of
from .done import query
from .edge import CasePage, edge, form_of, number_of, see_other
from .failures import status_of


def install(staff: Blueprint, page: CasePage) -> None:
    """The forms, beside the decisions of ``staff``. page: the case as it stands, with a fault."""

    @staff.post("/comentario/<reference>/anotar")
    def leave_note(reference: str) -> ResponseReturnValue:
        """A note for whoever works on it, and a mail to those whom it names."""
        sent = form_of("csrf", "seen", "note")
        seen, here = number_of(sent["seen"]), edge()

        def act(case: Case) -> None:
            by, now = sessions.the_session().person, here.clock()
            notes.note(here.blog, case.id, seen, sent["note"], by=by, now=now)

        return stay(reference, act, "anotar", sent)

    @staff.post("/comentario/<reference>/segunda-lectura")
    def ask_to_read(reference: str) -> ResponseReturnValue:
        """Ask one colleague to read it."""
        sent = form_of("csrf", "seen", "reader", "reading")
        seen, to, here = number_of(sent["seen"]), number_of(sent["reader"] or "0"), edge()

        def act(case: Case) -> None:
            by, now = sessions.the_session().person, here.clock()
            notes.ask_to_read(here.blog, case.id, seen, to, sent["reading"], by=by, now=now)

        return stay(reference, act, "segunda-lectura", sent)

    def stay(
        reference: str, act: Callable[[Case], None], word: str, sent: Mapping[str, str]
    ) -> ResponseReturnValue:
        """Do it and show the case again: nothing was decided on it."""
        case = permitted.case_named(reference)
        try:
            act(case)
        except (AlreadyDecided, InvalidComment) as error:
            return page(permitted.case_named(reference), error, sent), status_of(error)
        edge().wake()
        return see_other(f"/gestion/comentario/{case.reference}{query(word)}")


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case. colleagues: to whom one may turn; None: one person works here."""
    if not permitted.is_team():
        return {"colleagues": None, "team_notes": ()}
    here, by = edge(), sessions.the_session().person
    return {
        "colleagues": notes.colleagues(here.blog, case, by=by, now=here.clock()),
        "team_notes": notes.notes(here.blog, record, texts_of(case)),
    }
