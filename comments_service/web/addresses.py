"""A reader's e-mail address: masked on every page, shown whole to whoever asks, and noted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..domain.cases import Case
from ..errors import Unsealable
from ..usecases import addresses as usecase
from ..usecases import moderate
from . import permitted, sessions
from .edge import edge, form_of
from .guard import protect

addresses = Blueprint("addresses", __name__)
protect(addresses)


def masked_address(case: Case) -> str | None:
    """For a page that tells only that there is one; None: none, or its key is lost."""
    if not case.has_address:
        return None
    try:
        return usecase.masked(edge().blog, case)
    except Unsealable:
        return None


@addresses.post("/comentario/<reference>/correo")
def show(reference: str) -> ResponseReturnValue:
    """The address, on a page that is not kept."""
    form_of("csrf")
    here, session = edge(), sessions.the_session()
    case = permitted.case(moderate.case_by_reference(here.blog, reference))
    address = usecase.shown(here.blog, case, by=session.person, now=here.clock())
    return render_template(
        "staff/address.html", here="", session=session, case=case, address=address
    )
