"""What stands before every page for staff: who is signed in, and that forms are ours."""

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..usecases.second_factor import is_set, must_be_set
from . import headers, permitted, sessions
from .accounts import sign_in_page
from .edge import edge, see_other
from .languages import speak


def protect(blueprint: Blueprint) -> None:
    """Let only signed-in people see its pages, and nobody keep them."""
    blueprint.before_request(guard)
    blueprint.after_request(dress)


def install(app: Flask) -> None:
    """See that no page for staff stands outside, and give templates what they ask of rights."""
    guarded = (name for name, before in app.before_request_funcs.items() if guard in before)
    permitted.refuse_unlisted(app, frozenset(filter(None, guarded)))
    app.jinja_env.globals.update(may=permitted.may, is_team=permitted.is_team)


def guard() -> ResponseReturnValue | None:
    """Only for signed-in people, every form from a page of ours, each page for who may."""
    if request.method == "POST":
        sessions.refuse_foreign_origin()
    session = sessions.open_session()
    must_set = session is not None and must_be_set(edge().blog, session)
    if session is None or (must_set and is_set(edge().blog, session.person)):
        # No WWW-Authenticate: its schemes open a window of the browser's own.
        return sign_in_page(), 401
    speak(session.person.language)
    if request.method == "POST":
        sessions.refuse_without_token(session)
    if must_set and request.endpoint not in permitted.WITHOUT_SECOND_FACTOR:
        return see_other("/gestion/cuenta/codigo")
    permitted.ask()
    return None


def dress(response: Response) -> Response:
    """Nothing of this is kept by a browser or a cache."""
    for name, value in headers.STAFF.items():
        response.headers.setdefault(name, value)
    return response
