"""The page behind the link in an author's mail: one comment, one answer, no signing in.

Its address is the secret that authorises it, so there is nothing that another site's page could
borrow. No GET changes anything; after an answer the page says only that it came.
"""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from ulid import ULID

from ..domain.cases import Case, Event
from ..domain.comments import ID_PATTERN
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError
from ..usecases import author_link as usecase
from ..usecases.author_link import AuthorAnswer
from . import headers, permitted
from .edge import edge, form_of, number_of, see_other
from .failures import HEADINGS, status_of
from .languages import sentence, speak
from .private import CHANGED, in_chosen
from .reading import shown
from .switch import language_links
from .tracking import answers

author_link = Blueprint("author_link", __name__)

PLACE = "/correo/contestar/<reference>/<number>/<token>"

THANKS = {
    "respuesta": (
        N_("Thank you, your answer is on its way"),
        N_("It will be below the comment in a moment, with your name."),
    ),
    "borrador": (
        N_("Thank you, we have your draft"),
        N_("Nothing is published yet: whoever answers for the institution looks over it first."),
    ),
}
"""Heading and sentence once there is nothing more to do."""


author_link.after_request(headers.keep_secret)


@author_link.get("/correo/contestar/gracias/<word>")
def thanks(word: str) -> ResponseReturnValue:
    """It came; the link opens nothing any more."""
    if word not in THANKS:
        abort(404)
    heading, words = THANKS[word]
    languages = language_links(f"/correo/contestar/gracias/{word}", edge().blog.site.languages)
    return render_template("thanks.html", heading=heading, words=words, languages=languages)


@author_link.get(PLACE)
def page(reference: str, number: str, token: str) -> ResponseReturnValue:
    """The comment, what was answered already, and the form."""
    return _page(reference, number, token)


@author_link.post(PLACE + "/responder")
def answer(reference: str, number: str, token: str) -> ResponseReturnValue:
    """Send it and go on to the thanks; or the page as it stands now, and why not."""
    sent, here = form_of("revision", "answer", "body"), edge()
    if not ID_PATTERN.fullmatch(sent["answer"]):
        abort(400)
    reply = AuthorAnswer(sent["body"], number_of(sent["revision"]), sent["answer"])
    try:
        is_answer = usecase.send(here.blog, reference, number, token, reply, now=here.clock())
    except (AlreadyDecided, InvalidComment) as error:
        response = make_response(_page(reference, number, token, error, sent))
        response.status_code = status_of(error)
        return response
    here.wake()
    word = "respuesta" if is_answer else "borrador"
    chosen = request.args.get("idioma", "")
    return see_other(in_chosen(f"/correo/contestar/gracias/{word}", chosen))


def drafted(case: Case, record: Sequence[Event]) -> dict[str, str]:
    """What an author left as a draft, to begin the answer from; nothing for nothing."""
    if not permitted.may("answer", case):
        return {}
    with edge().blog.store.read() as connection:
        body = usecase.drafted(connection, case, list(record))
    return {"body": body} if body else {}


def _page(
    reference: str,
    number: str,
    token: str,
    error: TertuliaError | None = None,
    sent: Mapping[str, str] | None = None,
) -> str:
    found = usecase.sheet(edge().blog, reference, number, token, edge().clock())
    path, chosen = f"/correo/contestar/{reference}/{number}/{token}", request.args.get("idioma", "")
    if not chosen:
        speak(found.person.language)
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    stale = isinstance(error, AlreadyDecided)
    return render_template(
        "author_link.html",
        sheet=found,
        shown=shown(found.case),
        link=edge().blog.site_url + path,
        chosen=in_chosen("", chosen),
        languages=[] if error else language_links(path, edge().blog.site.languages),
        answers=[each for each in answers(found.case, found.record) if each.url],
        answer_id=(sent or {}).get("answer") or str(ULID()).lower(),
        values=sent or {},
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=gettext(CHANGED if stale else HEADINGS[status_of(error)]) if error else "",
        alert=sentence(error) if error and not faults else "",
    )
