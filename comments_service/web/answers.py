"""The forms below an answer that was given: correct it, take it back."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..domain.comments import ID_PATTERN
from ..usecases import answers
from . import sessions
from .case_texts import texts_of
from .edge import Decide, edge, form_of, number_of


def install(staff: Blueprint, decide: Decide) -> None:
    """Beside the other decisions of ``staff``."""

    @staff.post("/comentario/<reference>/corregir-respuesta")
    def correct_answer(reference: str) -> ResponseReturnValue:
        """Other words, with the date of the correction."""
        sent = form_of("csrf", "anyway", "which", "revision", "correction")
        which, seen = _id_of(sent), number_of(sent["revision"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            body, now = sent["correction"], here.clock()
            answers.correct(here.blog, case.id, which, seen, body, by=by, now=now)

        return decide(reference, act, "corregir-respuesta", sent)

    @staff.post("/comentario/<reference>/retirar-respuesta")
    def take_back_answer(reference: str) -> ResponseReturnValue:
        """It disappears; a line says so where it was public."""
        sent = form_of("csrf", "anyway", "which")
        which = _id_of(sent)

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            answers.take_back(here.blog, case.id, which, by=by, now=here.clock())

        return decide(reference, act, "retirar-respuesta", sent)


def _id_of(sent: Mapping[str, str]) -> str:
    if not ID_PATTERN.fullmatch(sent["which"]):
        abort(400)
    return sent["which"]


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: the wordings that its answers had before."""
    return {"earlier": answers.earlier(record, texts_of(case))}
