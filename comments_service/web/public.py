"""What readers use to write: the form of a comment, a look at it, its seal.

No account and no cookie. The routes here are open to everybody, so there is nothing that
another site's page could borrow.
"""

from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from ulid import ULID

from ..domain.comments import ID_PATTERN, Markup
from ..errors import Banned, InvalidComment, TertuliaError, TooMany, Unavailable
from ..site.manifest import ThreadInfo
from ..usecases import promises, seals, submit
from ..usecases.promises import Promise
from ..usecases.submit import Form
from . import bans
from .edge import address, edge, in_language, see_other
from .failures import retry_headers, status_of
from .languages import chosen, page_language, sentence, speak
from .quoting import quoted
from .reading import asked, html_of, published
from .switch import LanguageLink, language_links

KEPT_BY_THE_BROWSER = {"Cache-Control": "private, no-cache"}
"""So that what is being written is still there after a look at another page and Back: of pages
under ``no-store`` browsers keep no field."""

public = Blueprint("public", __name__)


@public.get("/comentar/<thread>")
def form(thread: str) -> ResponseReturnValue:
    """The form, as the article has it, and for replies the comment that is replied to."""
    cited = request.args.get("citar", "")
    empty = Form(
        in_reply_to=cited or request.args.get("responder", ""),
        body=quoted(_thread(thread).key, cited),
        lang=page_language(),
    )
    return _form_page(thread, empty), KEPT_BY_THE_BROWSER


@public.post("/comentar/<thread>")
def send(thread: str) -> ResponseReturnValue:
    """Take a comment; 303 to its receipt, or the same form with everything that is wrong."""
    sent = _sent()
    here = edge()
    here.step("submit.begin")
    try:
        receipt = submit.submit(
            here.blog,
            thread,
            sent,
            address=request.remote_addr or "",
            comment_id=str(ULID()).lower(),
            now=here.clock(),
        )
    except (InvalidComment, TooMany, Unavailable) as error:
        return _refused(thread, sent, error)
    except Banned as error:
        return bans.not_taken(_thread(thread), error, sent.body), status_of(error)
    here.step("submit.commit")
    answer = see_other(f"/seguimiento/{receipt.case.reference}/{receipt.token}/recibido")
    here.step("submit.answer")
    return answer


@public.post("/comentar/<thread>/vista-previa")
def preview(thread: str) -> ResponseReturnValue:
    """The form as it was sent, and above it how the comment will look. Nothing is kept."""
    sent = _sent()
    try:
        body = submit.checked_body(sent)
    except InvalidComment as error:
        return _refused(thread, sent, error)
    return _form_page(thread, sent, preview=body), KEPT_BY_THE_BROWSER


@public.get("/comentar/<thread>/sello")
def seal(thread: str) -> Response:
    """A new seal, for the script of the article's form."""
    here = edge()
    info = submit.open_thread(here.blog, thread, here.clock())
    response = make_response(seals.seal(here.blog, info.key, here.clock()))
    response.mimetype = "text/plain"
    return response


def _sent() -> Form:
    """The form's fields; from here on the page is in the language of the text."""
    given = request.form
    sent = Form(
        author=given.get("author", ""),
        body=given.get("body", ""),
        in_reply_to=given.get("in_reply_to", ""),
        lang=chosen(given.get("lang", "")),
        trap=given.get("website", ""),
        email=given.get("email", ""),
        private="private" in given,
        seal=given.get("seal", ""),
    )
    speak(sent.lang)
    return sent


def _thread(key: str) -> ThreadInfo:
    here = edge()
    return submit.open_thread(here.blog, key, here.clock())


def _refused(thread: str, sent: Form, error: TertuliaError) -> ResponseReturnValue:
    """The form again, with every field as it was."""
    headers = KEPT_BY_THE_BROWSER | retry_headers(error)
    return _form_page(thread, sent, error), status_of(error), headers


def _form_page(
    thread: str, values: Form, error: TertuliaError | None = None, preview: str = ""
) -> str:
    here = edge()
    info = _thread(thread)
    if not ID_PATTERN.fullmatch(values.in_reply_to):
        values = replace(values, in_reply_to="")
    parent = published(info.key, values.in_reply_to)
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "form.html",
        thread=info.key,
        title=in_language(info.title, page_language()),
        article=address(in_language(info.urls, page_language())),
        asked=asked(info),
        languages=_form_languages(info, values) if request.method == "GET" else [],
        parent=parent,
        parent_html=html_of(parent.body, parent.markup) if parent else "",
        values=values,
        asks_email=here.blog.can_send or here.blog.site.comments.ask_email or values.email,
        preview=html_of(preview, Markup.MARKDOWN) if preview else "",
        now=here.clock(),
        promise=_promise(),
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )


def _promise() -> Promise:
    """By when somebody reads and answers what is sent now, as far as that is known."""
    here = edge()
    promise = promises.promised(here.blog, here.clock())
    return Promise() if promise.is_approximate else promise


def _form_languages(info: ThreadInfo, values: Form) -> list[LanguageLink]:
    """The form in the languages of its text. Not of a form that was sent: its text would be
    lost."""
    name = "citar" if values.body else "responder"
    reply = {name: values.in_reply_to} if values.in_reply_to else {}
    return language_links(f"/comentar/{info.key}", info.urls, **reply)
