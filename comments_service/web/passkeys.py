"""One's passkeys: which there are, adding one, removing one."""

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ..errors import N_, InvalidComment, TooMany
from ..usecases import passkeys as usecase
from ..usecases.sessions import check_password
from . import guard, headers, sessions
from .edge import edge, form_of, see_other
from .failures import retry_headers, status_of
from .languages import sentence

PAGE = "/gestion/cuenta/llaves"
DONE = {
    "nueva": N_("The passkey is added. Next time you can sign in with it."),
    "quitada": N_("The passkey is removed."),
}
"""What was done, by the word that leads back here."""

passkeys = Blueprint("passkeys", __name__)
guard.protect(passkeys)


@passkeys.get("/cuenta/llaves")
def page() -> ResponseReturnValue:
    """The list, and the form that a script fills in."""
    return _page({})


@passkeys.post("/cuenta/llaves/reto")
def challenge() -> ResponseReturnValue:
    """What the device needs to make a key, for the script of the page."""
    here = edge()
    form_of("csrf")
    if not usecase.are_possible(here.blog):
        abort(400)
    made = usecase.challenge_to_add(here.blog, sessions.the_session().person, here.clock())
    return jsonify(token=made.token, options=made.options)


@passkeys.post("/cuenta/llaves")
def add() -> ResponseReturnValue:
    """Keep the key that the device made; whoever finds a browser open cannot add theirs."""
    here, sent = edge(), form_of("csrf", "name", "password", "token", "answer")
    person, now = sessions.the_session().person, here.clock()
    try:
        check_password(
            here.blog, person, sent["password"], address=request.remote_addr or "", now=now
        )
        usecase.add(here.blog, person, sent["token"], sent["name"], sent["answer"], now)
    except (InvalidComment, TooMany) as error:
        return _page(sent, error), status_of(error), retry_headers(error)
    return see_other(f"{PAGE}?hecho=nueva")


@passkeys.post("/cuenta/llaves/quitar")
def remove() -> ResponseReturnValue:
    """Forget one of one's own keys."""
    here, sent = edge(), form_of("csrf", "key")
    try:
        usecase.remove(here.blog, sessions.the_session().person, sent["key"], here.clock())
    except InvalidComment as error:
        return _page({}, error), status_of(error)
    return see_other(f"{PAGE}?hecho=quitada")


def _page(sent: dict[str, str], error: InvalidComment | TooMany | None = None) -> str:
    here, session = edge(), sessions.the_session()
    if not usecase.are_possible(here.blog):
        abort(404)
    headers.run_script()
    faults = dict(error.by_field) if isinstance(error, InvalidComment) else {}
    alert = faults.pop("key", error if not faults else None)
    return render_template(
        "staff/passkeys.html",
        here="account",
        session=session,
        done=DONE.get(request.args.get("hecho", "")),
        alert=sentence(alert) if alert else "",
        faults={field: sentence(fault) for field, fault in faults.items()},
        values=sent,
        passkeys=usecase.of_person(here.blog, session.person),
    )
