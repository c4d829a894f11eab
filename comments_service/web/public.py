"""What readers use: the form of a comment, its receipt, its private page.

No account and no cookie. A route here is open to everybody or authorised by the secret in
its address, so there is nothing that another site's page could borrow.
"""

from dataclasses import replace

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from ulid import ULID
from werkzeug import Response

from ..domain.comments import ID_PATTERN
from ..errors import InvalidComment, TertuliaError, TooMany, Unavailable
from ..site.manifest import ThreadInfo
from ..usecases import status, submit, track
from ..usecases.submit import Form
from . import headers
from .edge import address, edge, in_language, see_other
from .failures import retry_headers, status_of
from .languages import chosen, page_language, sentence, speak
from .reading import asked, html_of, published, shown
from .switch import LanguageLink, language_links, spoken_on_the_site
from .tracking import TOLD, TOLD_OF_ANSWERS, answers, rule_cited, steps, where_it_stands

public = Blueprint("public", __name__)


@public.get("/comentar/<thread>")
def form(thread: str) -> ResponseReturnValue:
    """The form, as the article has it, and for replies the comment that is replied to."""
    empty = Form(in_reply_to=request.args.get("responder", ""), lang=page_language())
    response = make_response(_form_page(thread, empty))
    # Kept by the browser, so that what is being written survives a look at another page.
    response.headers["Cache-Control"] = "no-cache"
    return response


@public.post("/comentar/<thread>")
def send(thread: str) -> ResponseReturnValue:
    """Take a comment; 303 to its receipt, or the same form with everything that is wrong."""
    sent = Form(
        author=request.form.get("author", ""),
        body=request.form.get("body", ""),
        in_reply_to=request.form.get("in_reply_to", ""),
        lang=chosen(request.form.get("lang", "")),
        trap=request.form.get("website", ""),
    )
    speak(sent.lang)
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
        return _form_page(thread, sent, error), status_of(error), retry_headers(error)
    here.step("submit.commit")
    answer = see_other(f"/seguimiento/{receipt.case.reference}/{receipt.token}/recibido")
    here.step("submit.answer")
    return answer


def _form_page(thread: str, values: Form, error: TertuliaError | None = None) -> str:
    here = edge()
    info = submit.open_thread(here.blog, thread, here.clock())
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
        languages=[] if error else _form_languages(info, values),
        parent=parent,
        parent_html=html_of(parent.body, parent.markup) if parent else "",
        values=values,
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )


def _form_languages(info: ThreadInfo, values: Form) -> list[LanguageLink]:
    """The form in the languages of its text. Not after a fault: the text would be lost."""
    reply = {"responder": values.in_reply_to} if values.in_reply_to else {}
    return language_links(f"/comentar/{info.key}", info.urls, **reply)


@public.get("/seguimiento/<reference>/<token>/recibido")
def receipt(reference: str, token: str) -> ResponseReturnValue:
    """What was received, what comes next, and the private link to keep."""
    tracked = track.track(edge().blog, reference, token)
    if tracked.case.withdrawn:  # nothing of what it announces comes any more
        return see_other(f"/seguimiento/{reference}/{token}")
    return _private("receipt.html", tracked, "/recibido")


@public.get("/seguimiento/<reference>/<token>")
def follow(reference: str, token: str) -> ResponseReturnValue:
    """Where the comment stands, and everything that happened to it."""
    return _private("tracking.html", track.track(edge().blog, reference, token))


def _private(template: str, tracked: track.Tracked, below: str = "") -> Response:
    """In the comment's language, unless its reader chose another one."""
    case = tracked.case
    speak(request.args.get("idioma") or case.lang)
    path = f"/seguimiento/{case.reference}/{tracked.token}"
    publication = status.publications(edge().blog, [case.comment_id]).get(case.comment_id)
    label, plainly = where_it_stands(case, tracked.events, publication)
    response = make_response(
        render_template(
            template,
            shown=shown(case),
            label=label,
            plainly=plainly,
            link=address(path),
            languages=language_links(path + below, spoken_on_the_site()),
            page=tracked.page,
            steps=steps(case, tracked.events, TOLD, TOLD_OF_ANSWERS),
            answers=answers(case, tracked.events),
            rule=rule_cited(case),
        )
    )
    response.headers.update(headers.PRIVATE)
    return response
