"""What staff use: the comments that wait, one comment, the decisions on it.

Every page here is for signed-in people. A decision carries the revision that was on the
screen and the token of the session.
"""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from ..domain.cases import REFERENCE_PATTERN
from ..errors import N_, AlreadyDecided
from ..store.sessions import Session
from ..usecases import status
from ..usecases.sessions import sign_out as close_session
from . import (
    answering_several,
    answers,
    assigning,
    attending,
    bans,
    claiming,
    closing,
    cutting,
    decisions,
    erasing,
    extending,
    notes,
    noting,
    referrals,
    reported,
    sessions,
    several,
    sources,
    spam,
    topics,
    tray,
    undoing,
)
from .accounts import HOME
from .case_page import case_page
from .done import query
from .edge import edge, form_of, number_of, see_other
from .guard import protect
from .notices import lost_conversations
from .permitted import case_named

PAGES = {"waiting": HOME, "decided": f"{HOME}decididos"}
"""Where a person goes back to, by the word that a form sends; never by an address."""

staff = Blueprint("staff", __name__)
protect(staff)


@staff.post("/salir")
def sign_out() -> ResponseReturnValue:
    """End the session at once."""
    form_of("csrf")
    here = edge()
    close_session(here.blog, _session(), here.clock())
    response = see_other("/gestion/entrar")
    sessions.take(response)
    return response


@staff.post("/reintentar")
def retry() -> ResponseReturnValue:
    """Try everything again that could not be published, and go back."""
    sent = form_of("csrf", "page", "reference")
    back = _page_of(sent["page"], sent["reference"])
    here = edge()
    status.retry(here.blog, here.clock())
    here.wake()
    return see_other(back + query("reintentar"))


@staff.post("/confirmar")
def believe() -> ResponseReturnValue:
    """The articles that disappeared at once are meant to be gone.

    ``lost`` says how many that were on the screen: nobody confirms what they did not see.
    """
    sent = form_of("csrf", "page", "lost")
    back, lost = _page_of(sent["page"]), number_of(sent["lost"])
    if now_lost := lost_conversations():  # nothing: it was confirmed already
        if now_lost != lost:
            raise AlreadyDecided(
                N_("The list of articles has changed meanwhile. Look at it again.")
            )
        edge().blog.manifest.believe()
        edge().wake()
    return see_other(back + query("confirmar"))


tray.install(staff)
several.install(staff)
decisions.install(staff)
answering_several.install(staff)
undoing.install(staff)
attending.install(staff, decisions.decide)
answers.install(staff, decisions.decide)
closing.install(staff, decisions.decide)
referrals.install(staff, decisions.decide)
spam.install(staff, decisions.decide)
erasing.install(staff)
noting.install(staff)
extending.install(staff, decisions.decide)
cutting.install(staff, decisions.decide)
reported.install(staff, decisions.decide)
bans.install(staff, decisions.decide)


@staff.get("/comentario/<reference>")
def comment(reference: str) -> ResponseReturnValue:
    """One comment, with what can be decided on it."""
    return case_page(case_named(reference))


def _page_of(word: str, reference: str = "") -> str:
    """Path of one of our own pages, or of the comment with this reference."""
    if REFERENCE_PATTERN.fullmatch(reference) and word == "comment":
        return f"{HOME}comentario/{reference}"
    if reference or word not in PAGES:
        abort(400)
    return PAGES[word]


def _session() -> Session:
    return sessions.the_session()


assigning.install(staff, case_page)
claiming.install(staff, case_page, tray.and_back)
notes.install(staff, case_page)
sources.install(staff, case_page)
topics.install(staff, case_page)
