"""Erasing what a reader told us, when they ask for it in another way than by their private link."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..domain.cases import Case, Event
from ..usecases import withdraw
from . import sessions
from .accounts import HOME
from .done import query
from .edge import edge, form_of, see_other
from .permitted import case_named, may


def install(staff: Blueprint) -> None:
    """The page that asks, beside the others of ``staff``, and its form."""

    @staff.get("/comentario/<reference>/borrar")
    def erase_form(reference: str) -> ResponseReturnValue:
        """What would be erased."""
        case = case_named(reference)
        return render_template(
            "staff/erase.html",
            here="comment",
            session=sessions.the_session(),
            case=case,
            remains=_remains(case),
        )

    @staff.post("/comentario/<reference>/borrar")
    def erase(reference: str) -> ResponseReturnValue:
        """Erase it for good; a second click finds it erased."""
        here, case = edge(), case_named(reference)
        form_of("csrf")
        if not case.erased:
            by = sessions.the_session().person
            withdraw.erase(here.blog, case.comment_id, by=by, now=here.clock())
        here.wake()
        return see_other(HOME + query("borrar", case))


def part(case: Case, _record: Sequence[Event]) -> dict[str, object]:
    """What whoever erases has to see to, of what is erased."""
    return {"remains": _remains(case) if case.erased and may("erase", case) else []}


def _remains(case: Case) -> list[str]:
    said = withdraw.what_remains(edge().blog.settings, case.number)
    return [gettext(each) for each in said]
