"""Signing in, and the one-time page that makes the first administrator."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..errors import InvalidComment, SignInFailed, TertuliaError, TooMany
from ..usecases import staff
from ..usecases.staff import Account, SignedIn
from . import headers, sessions
from .edge import edge, form_of, see_other
from .failures import kept_text, retry_headers, status_of
from .languages import page_language, sentence

HOME = "/gestion/"
FIRST_FORM = ("name", "position", "department", "login", "password", "language")
"""The fields of the first account, in the order of the form."""

accounts = Blueprint("accounts", __name__)


@accounts.before_request
def guard() -> None:
    """Nobody is signed in by a page of another site, as somebody else least of all."""
    if request.method == "POST":
        sessions.refuse_foreign_origin(null_is_ours=_has_secret_address())


@accounts.after_request
def dress(response: Response) -> Response:
    """Nothing of this is kept, and the one-time address is told to nobody."""
    for name, value in (headers.STAFF | _own_headers()).items():
        response.headers.setdefault(name, value)
    return response


def _has_secret_address() -> bool:
    return request.endpoint in ("accounts.first_form", "accounts.first")


def _own_headers() -> dict[str, str]:
    return headers.PRIVATE if _has_secret_address() else {}


@accounts.get("/entrar")
def sign_in_form() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    return see_other(HOME) if sessions.open_session() else sign_in_page()


@accounts.post("/entrar")
def sign_in() -> ResponseReturnValue:
    """Open a session under a new cookie; an earlier one of this browser ends."""
    here, sent = edge(), form_of("login", "password")
    try:
        signed_in = staff.sign_in(
            here.blog,
            sent["login"],
            sent["password"],
            address=request.remote_addr or "",
            now=here.clock(),
        )
    except (SignInFailed, TooMany) as error:
        return sign_in_page(error, sent["login"]), status_of(error), retry_headers(error)
    if earlier := sessions.open_session():
        staff.sign_out(here.blog, earlier)
    return _welcome(signed_in)


def sign_in_page(error: TertuliaError | None = None, login: str = "") -> str:
    """The form, with what went wrong, and with the text of a form sent after the session ended."""
    alert = sentence(error) if error else ""
    return render_template("staff/sign_in.html", alert=alert, login=login, kept=kept_text())


@accounts.get("/alta/<token>")
def first_form(token: str) -> ResponseReturnValue:
    """The form of the first account, while its one-time link is valid."""
    here = edge()
    staff.check_first_administrator_token(here.blog, token, here.clock())
    return _first_page(token, {})


@accounts.post("/alta/<token>")
def first(token: str) -> ResponseReturnValue:
    """Make the first account and sign it in."""
    here = edge()
    sent = form_of(*FIRST_FORM)
    try:
        signed_in = staff.make_first_administrator(
            here.blog, token, Account(**sent), now=here.clock()
        )
    except InvalidComment as error:
        return _first_page(token, sent, error), status_of(error)
    return _welcome(signed_in)


def _first_page(token: str, values: dict[str, str], error: InvalidComment | None = None) -> str:
    faults = error.by_field if error else {}
    in_order = [field for field in FIRST_FORM if field in faults]
    return render_template(
        "staff/first.html",
        token=token,
        values={"language": page_language()} | values,
        faults={field: sentence(faults[field]) for field in in_order},
    )


def _welcome(signed_in: SignedIn) -> Response:
    response = make_response(see_other(HOME))
    sessions.give(response, signed_in.token)
    return response
