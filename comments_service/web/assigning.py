"""Who looks after a comment, where more than one person works here."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case
from ..errors import AlreadyDecided, InvalidComment
from ..usecases import assign
from ..usecases.assign import Carer
from . import permitted, sessions
from .done import query
from .edge import CasePage, edge, form_of, number_of, see_other
from .failures import status_of
from .languages import today


def carer(case: Case) -> Carer | None:
    """For the page of a case; None where one person looks after them all, or it is erased."""
    if case.erased or not permitted.is_team():
        return None
    return assign.carer(edge().blog, case, today())


def install(staff: Blueprint, page: CasePage) -> None:
    """The form, beside the decisions of ``staff``. page: the case as it stands, with a fault."""

    @staff.post("/comentario/<reference>/encargar")
    def assign_to(reference: str) -> ResponseReturnValue:
        """Let somebody look after it, and show it again."""
        sent = form_of("csrf", "to", "was")
        to, was = number_of(sent["to"] or "0") or None, number_of(sent["was"]) or None
        case, here = permitted.case_named(reference), edge()
        by = sessions.the_session().person
        try:
            assign.assign(here.blog, case.id, to, was=was, by=by, now=here.clock())
        except (AlreadyDecided, InvalidComment) as error:
            return page(permitted.case_named(reference), error), status_of(error)
        return see_other(f"/gestion/comentario/{case.reference}{query('encargar')}")
