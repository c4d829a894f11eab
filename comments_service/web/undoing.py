"""Taking one's last decision back at once."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..errors import AlreadyDecided, NotPermitted
from ..usecases import undo as usecase
from . import sessions
from .case_page import case_page
from .done import query
from .edge import edge, form_of, number_of, see_other
from .failures import status_of
from .permitted import case_named


def install(staff: Blueprint) -> None:
    """The form, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/deshacer")
    def undo(reference: str) -> ResponseReturnValue:
        """Take back what one has just decided; the page of the comment says how it stands."""
        sent = form_of("csrf", "seen")
        seen, here, case = number_of(sent["seen"]), edge(), case_named(reference)
        by = sessions.the_session().person
        try:
            usecase.undo(here.blog, case.id, seen, by=by, now=here.clock())
        except (AlreadyDecided, NotPermitted) as error:
            return case_page(case_named(reference), error, {}), status_of(error)
        here.wake()
        return see_other(f"/gestion/comentario/{reference}{query('deshecho')}")
