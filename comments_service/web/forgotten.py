"""The pages of a forgotten password: asking for a link, and choosing another by it.

Whoever asks reads the same, whether or not somebody has that name: nobody has looked yet.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..errors import InvalidComment, TertuliaError, TooMany
from ..usecases import forgotten as usecase
from . import headers, sessions
from .edge import edge, form_of, see_other
from .failures import retry_headers, status_of
from .languages import sentence, speak

forgotten = Blueprint("forgotten", __name__)

_OF_A_LINK = ("forgotten.form", "forgotten.choose")
CHOSEN = "/gestion/entrar?hecho=contrasena"


@forgotten.before_request
def guard() -> None:
    """No page of another site asks in somebody's name, or sets a password that it knows."""
    if request.method == "POST":
        sessions.refuse_foreign_origin(null_is_ours=request.endpoint in _OF_A_LINK)


@forgotten.after_request
def dress(response: Response) -> Response:
    """Nothing of this is kept, and the address of a link is told to nobody."""
    own = headers.PRIVATE if request.endpoint in _OF_A_LINK else {}
    for name, value in (headers.STAFF | own).items():
        response.headers.setdefault(name, value)
    return response


@forgotten.get("/olvido")
def ask_form() -> ResponseReturnValue:
    """Where to ask; without a way to send mails, whom to ask instead."""
    return _ask_page()


@forgotten.post("/olvido")
def ask() -> ResponseReturnValue:
    """Take down what was typed, and say what happens now."""
    here, sent = edge(), form_of("login")
    try:
        usecase.ask(here.blog, sent["login"], address=request.remote_addr or "", now=here.clock())
    except (InvalidComment, TooMany) as error:
        return _ask_page(error, sent["login"]), status_of(error), retry_headers(error)
    here.wake()
    return render_template("staff/forgotten_asked.html")


@forgotten.get("/contrasena/<token>")
def form(token: str) -> ResponseReturnValue:
    """The form, while the link is good. Opening it uses nothing up: mail scanners do that."""
    return _choose_page(token)


@forgotten.post("/contrasena/<token>")
def choose(token: str) -> ResponseReturnValue:
    """Use the link up; signing in, with its code, comes afterwards."""
    here, sent = edge(), form_of("password")
    try:
        person = usecase.choose(here.blog, token, sent["password"], now=here.clock())
    except InvalidComment as error:
        return _choose_page(token, error), status_of(error)
    response = see_other(f"{CHOSEN}&idioma={person.language}")
    sessions.take(response)
    sessions.take_step(response)
    here.wake()
    return response


def _ask_page(error: TertuliaError | None = None, login: str = "") -> str:
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "staff/forgotten.html",
        values={"login": login},
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )


def _choose_page(token: str, error: InvalidComment | None = None) -> str:
    here = edge()
    person = usecase.look(here.blog, token, here.clock())
    speak(person.language)
    faults = error.by_field if error else {}
    return render_template(
        "staff/another_password.html",
        token=token,
        person=person,
        faults={field: sentence(fault) for field, fault in faults.items()},
    )
