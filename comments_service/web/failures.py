"""Errors as pages: the status, a sentence for a person, and the text that they wrote.

Whatever goes wrong after a form was sent, its text comes back with the answer.
"""

import traceback
from collections.abc import Mapping
from types import TracebackType

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from .. import errors
from ..errors import N_, TertuliaError
from . import closed
from .edge import thread_or_none
from .languages import sentence

log = structlog.get_logger()

STATUS_OF: Mapping[type[TertuliaError], int] = {
    errors.InvalidComment: 422,
    errors.Unshowable: 422,
    errors.UnknownThread: 404,
    errors.UnknownComment: 404,
    errors.NotHere: 404,
    errors.ThreadClosed: 403,
    errors.Banned: 403,
    errors.LinkExpired: 410,
    errors.AlreadyDecided: 409,
    errors.Claimed: 409,
    errors.SignInFailed: 401,
    errors.NotPermitted: 403,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}

HEADINGS = {
    400: N_("We could not understand this request"),
    403: N_("This did not come from our page"),
    404: N_("We cannot find this page"),
    405: N_("That cannot be done here"),
    409: N_("Somebody was faster"),
    410: N_("This is no longer possible"),
    413: N_("This is too long"),
    415: N_("We could not read this"),
    422: N_("There is a problem"),
    429: N_("Not right now"),
    500: N_("Something went wrong on our side"),
    503: N_("We cannot do this at the moment"),
}
SENTENCES = {
    400: N_("Open the page again and repeat what you did."),
    403: N_(
        "For your safety we only accept what is sent from our own pages. Open them and repeat."
    ),
    404: N_("The address may have a slip, or the page may have moved."),
    405: N_("Go back and choose something else."),
    413: N_(
        "The text is longer than we can take in, so nothing was saved. Go back in your browser:"
        " your text is still there to be shortened."
    ),
    415: N_("Your browser sent it in a way that we do not read, so nothing was saved."),
    500: N_("Nothing was saved. We have made a note of it; please try again in a while."),
}
KEPT_FIELDS = (
    *("body", "reason", "change", "grounds", "why", "question", "correction", "note", "reading"),
    *("inquiry", "later", "cut_reason", "ban_reason", "days", "terms", "kept"),
)
"""Each text that somebody writes; by name, as any other field could be a password."""
KEPT_BY_LANGUAGE = ("heading", "message", "summary", "title", "text")
"""The same of fields that there are once for each language, ``summary_es``."""


def install(app: Flask) -> None:
    """Answer every error that a view of ``app`` raises."""
    app.register_error_handler(TertuliaError, _on_purpose)
    app.register_error_handler(HTTPException, _of_http)


class App(Flask):
    """A Flask whose log names no address and no local value: some of ours are secrets."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        trace = "".join(traceback.format_exception(exc_info[1]))
        log.error("web.crashed", endpoint=request.endpoint, method=request.method, trace=trace)


def status_of(error: TertuliaError) -> int:
    """The status that an error is answered with; a fault of ours unless the table has it."""
    return STATUS_OF.get(type(error), 500)


def retry_headers(error: TertuliaError) -> dict[str, str]:
    """``Retry-After`` for errors that know when it may work again."""
    seconds = getattr(error, "retry_after", None)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def kept_text() -> str:
    """What the person wrote in the form that they sent, so that no error loses it."""
    if request.method != "POST":
        return ""
    try:
        given = request.form
        of_languages = [name for name in given if name.rpartition("_")[0] in KEPT_BY_LANGUAGE]
        names = (*KEPT_FIELDS, *of_languages)
        return "\n\n".join(text for name in names if (text := given.get(name)))
    except (HTTPException, ValueError):  # too long, or cut off
        return ""


def page(heading: str, words: str) -> str:
    """A page that says what went wrong, and gives back the text if there is one.

    heading: a message of the catalogue; words: in the page's language already.
    """
    return render_template("error.html", heading=gettext(heading), words=words, kept=kept_text())


def _on_purpose(error: TertuliaError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 500:
        trace = "".join(traceback.format_exception(error))
        log.error("web.failed", endpoint=request.endpoint, why=str(error), trace=trace)
        return page(HEADINGS[500], gettext(SENTENCES[500])), 500
    if isinstance(error, errors.ThreadClosed) and (info := thread_or_none(error.thread)):
        return closed.page(info, kept_text()), status
    return page(heading_of(error), sentence(error)), status, retry_headers(error)


def heading_of(error: TertuliaError) -> str:
    """A message of the catalogue."""
    if isinstance(error, errors.NotPermitted):
        return N_("This is not for your account")
    if isinstance(error, errors.Claimed):
        return N_("A colleague is looking at it")
    return HEADINGS[status_of(error)]


def _of_http(error: HTTPException) -> ResponseReturnValue | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect
    known = error.code if error.code in SENTENCES else 400 if error.code < 500 else 500
    text = page(HEADINGS[known], gettext(SENTENCES[known]))
    answer = Response(text, error.code, mimetype="text/html")
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers.add(name, value)
    return answer
