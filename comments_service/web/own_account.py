"""One's own account: the password, the second factor, where one is signed in."""

from collections.abc import Mapping

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..errors import N_, InvalidComment, TooMany
from ..store.sessions import Session
from ..usecases import (
    colleagues,
    own_keys,
    own_language,
    own_notices,
    passkeys,
    second_factor,
    staff_mails,
)
from ..usecases import sessions as usecase
from ..usecases.sign_in import SignedIn
from . import guard, keys_form, sessions
from .edge import edge, form_of, see_other
from .failures import retry_headers, status_of
from .languages import sentence
from .qr import drawn

ACCOUNT = "/gestion/cuenta"
DONE = {
    "contrasena": N_("Your password is changed. Your other sessions are closed."),
    "idioma": N_("Your pages are in this language now."),
    "avisos": N_("Your notices are as you chose."),
    "teclas": N_("Your keys are as you chose."),
    "sesion": N_("The session is closed."),
    "sesiones": N_("Your other sessions are closed."),
    "codigo": N_("From now on no code is asked."),
}
"""What was done, by the word that leads back here."""

NOTICES = {
    staff_mails.EACH: N_("Each new comment, in one e-mail every quarter of an hour at most"),
    staff_mails.DAILY: N_("Once a day, when the office opens: what there is to do"),
    staff_mails.NONE: N_("None of new comments"),
}
"""What can be chosen, in words."""

own_account = Blueprint("own_account", __name__)
guard.protect(own_account)


@own_account.get("/cuenta")
def account() -> ResponseReturnValue:
    """What one can change oneself."""
    return _page()


@own_account.post("/cuenta/contrasena")
def change_password() -> ResponseReturnValue:
    """Another password; this browser goes on under a new cookie."""
    here, sent = edge(), form_of("csrf", "password", "new")
    try:
        signed_in = usecase.change_password(
            here.blog,
            _session(),
            sent["password"],
            sent["new"],
            address=request.remote_addr or "",
            agent=sessions.agent(),
            now=here.clock(),
        )
    except (InvalidComment, TooMany) as error:
        return _page(error), status_of(error), retry_headers(error)
    return _go_on(see_other(f"{ACCOUNT}?hecho=contrasena"), signed_in)


@own_account.post("/cuenta/idioma")
def choose_language() -> ResponseReturnValue:
    """The language of one's own pages, from the next one on."""
    here, sent = edge(), form_of("csrf", "language")
    try:
        own_language.choose(here.blog, _session().person, sent["language"], now=here.clock())
    except InvalidComment as error:
        return _page(error), status_of(error)
    return see_other(f"{ACCOUNT}?hecho=idioma")


@own_account.post("/cuenta/avisos")
def choose_notices() -> ResponseReturnValue:
    """What one is told by mail, and at which address."""
    here, sent = edge(), form_of("csrf", "email", "no_email", "notices", "own_password")
    wish = own_notices.Wish(sent["email"], sent["notices"], bool(sent["no_email"]))
    try:
        if sent["email"].strip() and _session().person.has_password:
            # A link to another password goes there: a stolen session must not say where.
            _ask_password(sent["own_password"], field="own_password")
        own_notices.change(here.blog, _session().person, wish, now=here.clock())
    except (InvalidComment, TooMany) as error:
        return _page(error), status_of(error), retry_headers(error)
    here.wake()
    return see_other(f"{ACCOUNT}?hecho=avisos")


@own_account.get("/cuenta/codigo")
def code() -> ResponseReturnValue:
    """How to set the second factor; or what can be done with the one that there is."""
    return _code_page(anew="otro" in request.args)


@own_account.post("/cuenta/codigo")
def set_code() -> ResponseReturnValue:
    """The telephone counts: show the kept codes, once."""
    here, sent = edge(), form_of("csrf", "code", "password")
    try:
        if _session().person.has_code:
            _ask_password(sent["password"])
        done = second_factor.set_up(
            here.blog, _session(), sent["code"], now=here.clock(), agent=sessions.agent()
        )
    except (InvalidComment, TooMany) as error:
        return _code_page(error, anew=True), status_of(error), retry_headers(error)
    return _go_on(_kept_codes(done.recovery), done.signed_in)


@own_account.post("/cuenta/codigo/guardados")
def renew_codes() -> ResponseReturnValue:
    """Other kept codes; the earlier ones are worth nothing then."""
    here, session, sent = edge(), _session(), form_of("csrf", "password")
    if not session.person.has_code:
        abort(400)
    try:
        _ask_password(sent["password"])
    except (InvalidComment, TooMany) as error:
        return _code_page(error), status_of(error), retry_headers(error)
    return _kept_codes(second_factor.renew_codes(here.blog, session.person, here.clock()))


@own_account.post("/cuenta/codigo/quitar")
def remove_code() -> ResponseReturnValue:
    """No telephone any more: at once another one is asked for, where one has to be set."""
    here, session, sent = edge(), _session(), form_of("csrf", "password")
    try:
        _ask_password(sent["password"])
    except (InvalidComment, TooMany) as error:
        return _code_page(error), status_of(error), retry_headers(error)
    try:
        signed_in = second_factor.give_up(
            here.blog, session, now=here.clock(), agent=sessions.agent()
        )
    except InvalidComment as error:
        return _code_page(error), status_of(error)
    return _go_on(see_other(f"{ACCOUNT}?hecho=codigo"), signed_in)


@own_account.post("/cuenta/sesiones/cerrar")
def close_session() -> ResponseReturnValue:
    """Close one of one's own sessions."""
    here, sent = edge(), form_of("csrf", "session")
    usecase.close(here.blog, _session(), sent["session"], here.clock())
    return see_other(f"{ACCOUNT}?hecho=sesion")


@own_account.post("/cuenta/sesiones/cerrar-las-otras")
def close_others() -> ResponseReturnValue:
    """Close all but this one."""
    here = edge()
    form_of("csrf")
    usecase.close_others(here.blog, _session(), here.clock())
    return see_other(f"{ACCOUNT}?hecho=sesiones")


@own_account.post("/cuenta/teclas")
def choose_keys() -> ResponseReturnValue:
    """The keys of the lists, or none; asked once, changed here."""
    sent = form_of("csrf", "use", "page", *own_keys.KEYS)
    try:
        keys_form.keep(_session().person, sent)
    except InvalidComment as error:
        return _page(error, sent), status_of(error)
    return see_other("/gestion/" if sent["page"] == "tray" else f"{ACCOUNT}?hecho=teclas")


def _page(
    error: InvalidComment | TooMany | None = None, values: Mapping[str, str] | None = None
) -> str:
    here, session = edge(), _session()
    alert, faults = _told(error)
    return render_template(
        "staff/account.html",
        here="account",
        session=session,
        done=DONE.get(request.args.get("hecho", "")),
        alert=alert,
        faults=faults,
        sessions=usecase.of_person(here.blog, session.person, here.clock()),
        name_of=usecase.name_of,
        codes_left=second_factor.codes_left(here.blog, session.person),
        passkeys_possible=passkeys.are_possible(here.blog),
        email=colleagues.email_of(here.blog, session.person),
        decides=own_notices.decides(session.person),
        notices=own_notices.chosen(here.blog, session.person),
        choices=NOTICES,
        **keys_form.section(session.person, values),
    )


def _code_page(error: InvalidComment | TooMany | None = None, *, anew: bool = False) -> str:
    """anew: what a telephone needs, of somebody who has one already."""
    here, session = edge(), _session()
    alert, faults = _told(error)
    is_set = session.person.has_code and not anew
    template = "staff/code_set.html" if is_set else "staff/code_set_up.html"
    offered = second_factor.offered(here.blog, session)
    return render_template(
        template,
        here="account",
        session=session,
        alert=alert,
        faults=faults,
        offered=offered,
        picture=drawn(offered.address),
        is_led=second_factor.must_be_set(here.blog, session),
        codes_left=second_factor.codes_left(here.blog, session.person),
    )


def _kept_codes(codes: list[str]) -> Response:
    return make_response(render_template("staff/kept_codes.html", codes=codes))


def _ask_password(password: str, field: str = "password") -> None:
    here, person, address = edge(), _session().person, request.remote_addr or ""
    usecase.check_password(
        here.blog, person, password, address=address, now=here.clock(), field=field
    )


def _go_on(response: Response, signed_in: SignedIn) -> Response:
    sessions.give(response, signed_in.token)
    return response


def _told(error: InvalidComment | TooMany | None) -> tuple[str, Mapping[str, str]]:
    """What stands above the form, and what beside its fields."""
    if isinstance(error, InvalidComment):
        return "", {field: sentence(fault) for field, fault in error.by_field.items()}
    return sentence(error) if error else "", {}


def _session() -> Session:
    return sessions.the_session()
