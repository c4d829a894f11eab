"""The page that an invitation opens: choose a password and be signed in."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..errors import InvalidComment
from ..usecases import invitations as usecase
from . import headers, sessions
from .accounts import welcome
from .edge import edge, form_of
from .failures import status_of
from .languages import sentence, speak

invitations = Blueprint("invitations", __name__)


@invitations.before_request
def guard() -> None:
    """Nobody is signed in by a page of another site."""
    if request.method == "POST":
        sessions.refuse_foreign_origin(null_is_ours=True)


@invitations.after_request
def dress(response: Response) -> Response:
    """Nothing of this is kept, and the address is told to nobody."""
    for name, value in (headers.STAFF | headers.PRIVATE).items():
        response.headers.setdefault(name, value)
    return response


@invitations.get("/invitacion/<token>")
def form(token: str) -> ResponseReturnValue:
    """The form, while the link is valid. Opening it uses nothing up: mail scanners do that."""
    return _page(token)


@invitations.post("/invitacion/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Use the link up and sign in."""
    sent, here = form_of("name", "password"), edge()
    try:
        signed_in = usecase.accept(
            here.blog, token, **sent, now=here.clock(), agent=sessions.agent()
        )
    except InvalidComment as error:
        return _page(token, sent["name"], error), status_of(error)
    return welcome(signed_in)


def _page(token: str, name: str | None = None, error: InvalidComment | None = None) -> str:
    here = edge()
    person = usecase.look(here.blog, token, here.clock())
    speak(person.language)
    faults = error.by_field if error else {}
    return render_template(
        "staff/invitation.html",
        token=token,
        person=person,
        may_choose_name=usecase.may_choose_name(person),
        values={"name": person.name if name is None else name},
        faults={field: sentence(fault) for field, fault in faults.items()},
    )
