"""The forms that end a case without an answer, or ask its reader for something first."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..usecases import asking, closing
from . import sessions
from .case_texts import texts_of
from .edge import Decide, edge, form_of, number_of


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/no-hace-falta")
    def close_without_answer(reference: str) -> ResponseReturnValue:
        """It needs no answer; what waits is published by it."""
        sent = form_of("csrf", "anyway", "revision")
        revision = number_of(sent["revision"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            closing.without_answer(here.blog, case.id, revision, by=by, now=here.clock())

        return decide(reference, act, "no-hace-falta", sent)

    @staff.post("/comentario/<reference>/cerrar")
    def close_in_words(reference: str) -> ResponseReturnValue:
        """Close it, and tell its reader why."""
        sent = form_of("csrf", "anyway", "seen", "why")
        seen = number_of(sent["seen"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            closing.in_words(here.blog, case.id, seen, sent["why"], by=by, now=here.clock())

        return decide(reference, act, "cerrar-comentario", sent)

    @staff.post("/comentario/<reference>/preguntar")
    def ask_reader(reference: str) -> ResponseReturnValue:
        """Ask whoever wrote it for something more."""
        sent = form_of("csrf", "anyway", "seen", "question")
        seen = number_of(sent["seen"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            asking.ask(here.blog, case.id, seen, sent["question"], by=by, now=here.clock())

        return decide(reference, act, "preguntar", sent)


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: what its reader was asked, and why it was closed."""
    texts = texts_of(case)
    return {"asked": asking.asked(record, texts), "closed": closing.closed(record, texts)}
