"""Signing in, in one step or two, and the one-time page that makes the first administrator."""

from flask import Blueprint, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..errors import InvalidComment, LinkExpired, SignInFailed, TertuliaError, TooMany
from ..usecases import id_tokens, institution, passkeys, people, second_factor, sign_in
from ..usecases import sessions as usecase
from ..usecases.people import Account
from ..usecases.sign_in import Awaited, SignedIn
from . import headers, sessions
from .edge import edge, form_of, see_other
from .failures import kept_text, retry_headers, status_of
from .languages import page_language, sentence, speak

HOME = "/gestion/"
SIGN_IN = "/gestion/entrar"
CODE = "/gestion/entrar/codigo"
FIRST_FORM = ("name", "position", "login", "password", "language")
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


@accounts.post("/entrar", endpoint="sign_in")
def signing_in() -> ResponseReturnValue:
    """The first half: open a session, or ask for the code."""
    here, sent = edge(), form_of("login", "password", "kept")
    try:
        done = sign_in.sign_in(
            here.blog,
            sent["login"],
            sent["password"],
            address=request.remote_addr or "",
            agent=sessions.agent(),
            now=here.clock(),
        )
    except (SignInFailed, TooMany) as error:
        return sign_in_page(error, sent["login"]), status_of(error), retry_headers(error)
    return _ask_for_code(done) if isinstance(done, Awaited) else welcome(done)


def sign_in_page(error: TertuliaError | None = None, login: str = "") -> str:
    """The form, with what went wrong, and with the text of a form sent after the session ended."""
    alert = sentence(error) if error else ""
    with_passkeys = passkeys.are_used(edge().blog)
    if with_passkeys:
        headers.run_script()
    return render_template(
        "staff/sign_in.html",
        alert=alert,
        is_chosen=request.endpoint == "accounts.sign_in_form"
        and request.args.get("hecho") == "contrasena",
        login=login,
        kept=kept_text(),
        with_passkeys=with_passkeys,
        institution=institution.name_of(edge().blog) if institution.is_offered(edge().blog) else "",
    )


@accounts.post("/entrar/llave/reto")
def passkey_challenge() -> ResponseReturnValue:
    """What a device needs to sign in, for the script of the page."""
    here = edge()
    form_of()
    made = passkeys.challenge_to_sign_in(
        here.blog, address=request.remote_addr or "", now=here.clock()
    )
    return jsonify(token=made.token, options=made.options)


@accounts.post("/entrar/llave")
def passkey() -> ResponseReturnValue:
    """A device's answer, which is both factors at once."""
    here, sent = edge(), form_of("token", "answer", "kept")
    try:
        signed_in = passkeys.sign_in(
            here.blog, sent["token"], sent["answer"], now=here.clock(), agent=sessions.agent()
        )
    except SignInFailed as error:
        return sign_in_page(error), status_of(error)
    return welcome(signed_in)


@accounts.post("/entrar/institucion")
def leave_for_institution() -> ResponseReturnValue:
    """Send the browser to the institution's own sign-in: a link, which it follows by itself.

    A redirect would be stopped by our own policy: forms lead nowhere else.
    """
    here = edge()
    form_of()
    try:
        leaving = institution.begin(here.blog, address=request.remote_addr or "", now=here.clock())
    except (SignInFailed, TooMany) as error:
        return sign_in_page(error), status_of(error), retry_headers(error)
    page = render_template(
        "staff/leaving.html", to=leaving.address, host=institution.name_of(here.blog)
    )
    response = make_response(page)
    sessions.give_step(response, leaving.token)
    return response


@accounts.get("/entrar/institucion")
def back_from_institution() -> ResponseReturnValue:
    """Whoever comes back says once more that they want in: looking at a page changes nothing."""
    sent = {name: request.args.get(name, "") for name in ("state", "code")}
    if "error" in request.args:
        return sign_in_page(SignInFailed(id_tokens.NOT_BELIEVED)), 401
    if not all(sent.values()):
        return see_other(SIGN_IN)
    return render_template("staff/back.html", **sent)


@accounts.post("/entrar/institucion/fin")
def from_institution() -> ResponseReturnValue:
    """Who the institution says it is."""
    here, sent = edge(), form_of("state", "code")
    try:
        signed_in = institution.finish(
            here.blog,
            sessions.step(),
            state=sent["state"],
            code=sent["code"],
            now=here.clock(),
            agent=sessions.agent(),
        )
    except SignInFailed as error:
        return sign_in_page(error), status_of(error)
    return welcome(signed_in)


def _ask_for_code(done: Awaited) -> Response:
    """A text that was kept is on the page; else a reload sends nothing."""
    speak(done.person.language)
    response = make_response(_code_page() if kept_text() else see_other(CODE))
    sessions.give_step(response, done.token)
    return response


def _code_page(error: TertuliaError | None = None) -> str:
    alert = sentence(error) if error else ""
    return render_template("staff/code.html", alert=alert, kept=kept_text())


@accounts.get("/entrar/codigo")
def code_form() -> ResponseReturnValue:
    """The form of the second half; without a first one the password is asked."""
    here = edge()
    person = second_factor.is_awaited(here.blog, sessions.step(), here.clock())
    if person is None:
        return see_other(SIGN_IN)
    speak(person.language)
    return _code_page()


@accounts.post("/entrar/codigo")
def code() -> ResponseReturnValue:
    """The second half: the telephone's code, or a kept one."""
    here, sent = edge(), form_of("code", "kept")
    token, now = sessions.step(), here.clock()
    if person := second_factor.is_awaited(here.blog, token, now):
        speak(person.language)
    try:
        signed_in = second_factor.take_code(
            here.blog,
            token,
            sent["code"],
            address=request.remote_addr or "",
            agent=sessions.agent(),
            now=now,
        )
    except (SignInFailed, TooMany) as error:
        return _code_page(error), status_of(error), retry_headers(error)
    except LinkExpired as error:
        return sign_in_page(error), 401
    return welcome(signed_in)


def welcome(signed_in: SignedIn) -> Response:
    """Go on under a new cookie; an earlier session of this browser ends.

    What was written when the last session ended is shown once more.
    """
    here = edge()
    if earlier := sessions.open_session():
        usecase.sign_out(here.blog, earlier, here.clock())
    speak(signed_in.person.language)
    kept = kept_text()
    page = render_template("staff/kept.html", kept=kept) if kept else see_other(HOME)
    response = make_response(page)
    sessions.give(response, signed_in.token)
    sessions.take_step(response)
    return response


@accounts.get("/alta/<token>")
def first_form(token: str) -> ResponseReturnValue:
    """The form of the first account, while its one-time link is valid."""
    here = edge()
    people.check_first_administrator_token(here.blog, token, here.clock())
    return _first_page(token, {})


@accounts.post("/alta/<token>")
def first(token: str) -> ResponseReturnValue:
    """Make the first account and sign it in."""
    here = edge()
    sent = form_of(*FIRST_FORM)
    try:
        signed_in = people.make_first_administrator(
            here.blog, token, Account(**sent), now=here.clock()
        )
    except InvalidComment as error:
        return _first_page(token, sent, error), status_of(error)
    return welcome(signed_in)


def _first_page(token: str, values: dict[str, str], error: InvalidComment | None = None) -> str:
    faults = error.by_field if error else {}
    in_order = [field for field in FIRST_FORM if field in faults]
    return render_template(
        "staff/first.html",
        token=token,
        values={"language": page_language()} | values,
        faults={field: sentence(faults[field]) for field in in_order},
    )
