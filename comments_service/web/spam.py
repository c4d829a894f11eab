"""Advertising: setting a comment aside, taking it back, and a sample of it for review."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..domain.cases import Case
from ..usecases import spam
from . import sessions
from .done import done, query
from .edge import Decide, edge, form_of, number_of, see_other
from .permitted import case_named
from .reading import shown

SAMPLE = "/gestion/publicidad"


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/publicidad")
    def mark_spam(reference: str) -> ResponseReturnValue:
        """It is advertising: set it aside."""
        sent = form_of("csrf", "anyway", "revision", "back")
        revision = number_of(sent["revision"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            spam.mark(here.blog, case.id, revision, by=by, now=here.clock())

        return decide(reference, act, "publicidad", sent)

    @staff.post("/comentario/<reference>/no-es-publicidad")
    def unmark_spam(reference: str) -> ResponseReturnValue:
        """It is none: it waits again. sample: sent from there, and back there."""
        sent = form_of("csrf", "anyway", "sample", "back")

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            spam.unmark(here.blog, case.id, by=by, now=here.clock())

        answer = decide(reference, act, "no-es-publicidad", sent)
        is_done = getattr(answer, "status_code", 0) == 303
        if is_done and sent["sample"]:
            return see_other(SAMPLE + query("no-es-publicidad", case_named(reference)))
        return answer

    @staff.get("/publicidad")
    def spam_sample() -> ResponseReturnValue:
        """Some of what was set aside, by chance: is all of it advertising?"""
        here = edge()
        found = spam.sample(here.blog, here.clock())
        return render_template(
            "staff/spam_sample.html",
            here="waiting",
            session=sessions.the_session(),
            done=done(),
            comments=[shown(case) for case in found],
            days=here.blog.site.retention.spam_days,
        )
