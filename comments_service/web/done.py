"""What a page of staff says after something was done: a word comes back in its address."""

from dataclasses import dataclass

from flask import request

from ..domain.cases import Case
from ..errors import N_, UnknownComment
from ..usecases.moderate import case_by_reference
from .edge import edge

WORDS = {
    "publicar": N_("Approved. It will be on the page in a moment."),
    "no-publicar": N_("Not published. Its author can read why on their private page."),
    "nada-mas": N_("Noted: there is nothing more to do about it."),
    "reabrir": N_("It waits for a decision again."),
    "contestar": N_("Answered. The answer will be on the page in a moment."),
    "reintentar": N_("We are trying again now."),
    "confirmar": N_("Done: from now on we go by the new list of articles."),
}


ANSWERED_IN_PRIVATE = N_("Answered. Only its reader sees the answer, on their private page.")


@dataclass(frozen=True, slots=True)
class Done:
    """words: a message of the catalogue. case: whose comment it was about, or None."""

    words: str
    case: Case | None


def done() -> Done | None:
    """What the address says was done; None for nothing that we know of."""
    word = request.args.get("hecho", "")
    if word not in WORDS:
        return None
    case = _about()
    is_private = word == "contestar" and case is not None and case.private
    return Done(ANSWERED_IN_PRIVATE if is_private else WORDS[word], case)


def query(word: str, case: Case | None = None) -> str:
    """For the address of the page that says it."""
    return f"?hecho={word}" + (f"&comentario={case.reference}" if case else "")


def _about() -> Case | None:
    try:
        return case_by_reference(edge().blog, request.args.get("comentario", ""))
    except UnknownComment:
        return None
