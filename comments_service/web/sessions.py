"""Who is signed in: the cookie, the token that forms carry, where a request comes from.

The cookie names a session of the database and holds nothing else. Source of the checks:
OWASP's CSRF cheat sheet; ``Sec-Fetch-Site`` as Fetch Metadata has it.
"""

from typing import cast
from urllib.parse import urlsplit

from flask import abort, g, request
from werkzeug import Response

from .. import signing
from ..store.sessions import Session
from ..usecases import sessions
from ..usecases.sign_in import STEP_LIFE
from .agents import in_two_words
from .edge import edge


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this host, to HTTPS and to no parent domain.

    Without HTTPS the port is in the name: two blogs on one machine share its cookies.
    """
    if edge().is_https:
        return "__Host-tertulia"
    return f"tertulia-{urlsplit(edge().origin).port or 80}"


def agent() -> str:
    """The browser in two words, by which its owner knows it again."""
    return in_two_words(request.headers.get("User-Agent", "")[:1_000])


def open_session() -> Session | None:
    """The live session of this request's cookie."""
    if "session" not in g:
        here = edge()
        g.session = sessions.session(here.blog, request.cookies.get(cookie_name()), here.clock())
    return cast("Session | None", g.session)


def the_session() -> Session:
    """The session of a page that is shown to signed-in people only."""
    session = open_session()
    if session is None:
        raise AssertionError("a staff page without its guard")
    return session


def give(response: Response, token: str) -> None:
    """Let the browser keep a new session until it is closed."""
    response.set_cookie(
        cookie_name(), token, httponly=True, secure=edge().is_https, samesite="Lax", path="/"
    )


def step() -> str:
    """The token of the half sign-in of this browser, or nothing."""
    return request.cookies.get(_step_name(), "")


def give_step(response: Response, token: str) -> None:
    """Let the browser keep half a sign-in for a while; no other site's page can send it."""
    response.set_cookie(
        _step_name(),
        token,
        max_age=int(STEP_LIFE.total_seconds()),
        httponly=True,
        secure=edge().is_https,
        samesite="Strict",
        path="/",
    )


def take_step(response: Response) -> None:
    """Let the browser forget it."""
    if step():
        response.delete_cookie(
            _step_name(), httponly=True, secure=edge().is_https, samesite="Strict", path="/"
        )


def _step_name() -> str:
    return cookie_name().replace("tertulia", "tertulia-step")


def take(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(
        cookie_name(), httponly=True, secure=edge().is_https, samesite="Lax", path="/"
    )


def refuse_foreign_origin(*, null_is_ours: bool = False) -> None:
    """End a POST that another site's page made with 403.

    null_is_ours: our own page sends no referrer, so that its ``Origin`` is ``null``.
    A browser too old to say where a form stood is let through: it must know the token.
    """
    came_from = request.headers.get("Sec-Fetch-Site")
    if came_from not in (None, "same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is None or origin == edge().origin:
        return
    if origin == "null" and (null_is_ours or came_from == "same-origin"):
        return
    abort(403)


def refuse_without_token(session: Session) -> None:
    """End a POST that does not carry the token of its session with 400."""
    if not signing.same(request.form.get("csrf", ""), session.csrf):
        abort(400)
