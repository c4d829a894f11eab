"""The page behind a department's link: one question, one answer, no account and no cookie.

Its address is the secret that authorises it, so there is nothing that another site's page could
borrow. No GET changes anything; after an answer the page says only that it came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup as Html

from ..domain.comments import Comment
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError
from ..usecases import department_link as usecase
from ..usecases.department_link import DepartmentAnswer, Sheet
from . import headers
from .edge import edge, form_of, number_of, see_other
from .failures import HEADINGS, status_of
from .languages import sentence
from .private import in_chosen
from .reading import html_of, shown
from .switch import language_links

department_link = Blueprint("department_link", __name__)

PLACE = "/departamento/<number>/<token>"
CHANGED = N_("Something has changed meanwhile")

DONE = {
    "borrador": N_("The draft is saved. Whoever has the link can go on with it."),
    "plazo": N_("The new date is noted, and whoever asked has been told."),
}
"""What the page says after a form, by the word in its address."""

THANKS = {
    "respuesta": (
        N_("Thank you, we have your answer"),
        N_("Nothing is published yet: whoever asked you looks over it first."),
    ),
    "devuelta": (
        N_("Thank you for telling us"),
        N_("Whoever asked you has it again and will find the right place for it."),
    ),
}
"""Heading and sentence once there is nothing more to do."""


@dataclass(frozen=True, slots=True)
class Given:
    """An earlier answer as it stands on the page."""

    comment: Comment
    html: Html


department_link.after_request(headers.keep_secret)


@department_link.get("/departamento/gracias/<word>")
def thanks(word: str) -> ResponseReturnValue:
    """It came; the link opens nothing any more."""
    if word not in THANKS:
        abort(404)
    heading, words = THANKS[word]
    languages = language_links(f"/departamento/gracias/{word}", edge().blog.site.languages)
    return render_template("thanks.html", heading=heading, words=words, languages=languages)


@department_link.get(PLACE)
def page(number: str, token: str) -> ResponseReturnValue:
    """The question, what it is about, and the form to answer."""
    return _page(number, token)


@department_link.post(PLACE + "/responder")
def answer(number: str, token: str) -> ResponseReturnValue:
    """Send the answer, or keep what is written so far."""
    sent = form_of("revision", "drafted", "what", "body", "name", "position")
    here = edge()
    reply = DepartmentAnswer(
        sent["body"],
        sent["name"],
        sent["position"],
        number_of(sent["revision"]),
        number_of_seconds(sent["drafted"]),
    )
    if sent["what"] == "draft":
        return _done(
            number,
            token,
            lambda: usecase.keep(here.blog, number, token, reply, now=here.clock()),
            f"/departamento/{number}/{token}?hecho=borrador",
            sent,
        )
    return _done(
        number,
        token,
        lambda: usecase.answer(here.blog, number, token, reply, now=here.clock()),
        "/departamento/gracias/respuesta",
        sent,
    )


@department_link.post(PLACE + "/devolver")
def give_back(number: str, token: str) -> ResponseReturnValue:
    """It is not theirs."""
    sent, here = form_of("reason"), edge()
    return _done(
        number,
        token,
        lambda: usecase.give_back(here.blog, number, token, sent["reason"], now=here.clock()),
        "/departamento/gracias/devuelta",
        sent,
        "devolver",
    )


@department_link.post(PLACE + "/mas-tiempo")
def more_time(number: str, token: str) -> ResponseReturnValue:
    """Another date, once."""
    sent, here = form_of("due_on", "why"), edge()
    day, why = sent["due_on"], sent["why"]
    return _done(
        number,
        token,
        lambda: usecase.more_time(here.blog, number, token, day, why, now=here.clock()),
        f"/departamento/{number}/{token}?hecho=plazo",
        sent,
        "mas-tiempo",
    )


def number_of_seconds(text: str) -> int:
    """Of a form of ours: 0 or a time. Raises BadRequest."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(400)
    return int(text)


def _done(
    number: str,
    token: str,
    act: Callable[[], None],
    then: str,
    sent: Mapping[str, str],
    opened: str = "",
) -> ResponseReturnValue:
    """Do it and go on to ``then``; or the page as it stands now, and why not."""
    try:
        act()
    except (AlreadyDecided, InvalidComment) as error:
        answer = make_response(_page(number, token, error, sent, opened))
        answer.status_code = status_of(error)
        return answer
    edge().wake()
    return see_other(in_chosen(then, request.args.get("idioma", "")))


def _page(
    number: str,
    token: str,
    error: TertuliaError | None = None,
    sent: Mapping[str, str] | None = None,
    opened: str = "",
) -> str:
    """opened: the last word of the address of the form that came back with a fault."""
    found = usecase.sheet(edge().blog, number, token, edge().clock())
    path, chosen = f"/departamento/{number}/{token}", request.args.get("idioma", "")
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    stale = isinstance(error, AlreadyDecided)
    return render_template(
        "department_link.html",
        sheet=found,
        shown=shown(found.case),
        link=edge().blog.site_url + path,
        chosen=in_chosen("", chosen),
        languages=[] if error else language_links(path, edge().blog.site.languages),
        earlier=[Given(each, html_of(each.body, each.markup)) for each in found.earlier],
        values=_begun(found) if stale or not sent else _begun(found) | dict(sent),
        kept=(sent or {}).get("body", "") if stale else "",
        opened=opened,
        drafted=int(found.asked.drafted_at.timestamp()) if found.asked.drafted_at else 0,
        done=DONE.get(request.args.get("hecho", ""), ""),
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=gettext(CHANGED if stale else HEADINGS[status_of(error)]) if error else "",
        alert=sentence(error) if error and not faults else "",
    )


def _begun(found: Sheet) -> dict[str, str]:
    """The draft, and whoever wrote it."""
    name, position = usecase.name_and_position(found.asked.draft_by)
    return {"body": found.asked.draft, "name": name, "position": position}
