"""What a page of staff says after something was done: a word comes back in its address."""

from dataclasses import dataclass

from flask import request

from ..domain.cases import Case
from ..errors import N_, UnknownComment
from ..usecases.moderate import case_by_reference
from . import permitted, undo_offer
from .edge import edge

WORDS = {
    "publicar": N_("Approved. It will be on the page in a moment."),
    "no-publicar": N_("Not published. Its author can read why on their private page."),
    "deshecho": N_("Undone. It stands as it did before."),
    "recortar": N_("It will be on the page in a moment without that part, with your reason."),
    "reponer": N_("The whole comment will be on the page again in a moment."),
    "nada-mas": N_("Noted: there is nothing more to do about it."),
    "mas-dias": N_("Done: whoever wrote it knows the new date and why."),
    "se-queda": N_("Answered. Whoever reported it can read why."),
    "retirar-el-comentario": N_(
        "The comment leaves its page in a moment. Its author and whoever reported it can read why."
    ),
    "borrar": N_("Erased for good. What stays is that it happened, and who did it."),
    "no-admitir": N_("Done. If they write again, they read why, until when and whom to ask."),
    "admitir": N_("Done: comments of theirs are taken again."),
    "retirar": N_("It leaves the page in a moment. Its author can read why."),
    "no-hace-falta": N_("Done: nobody waits for an answer to it."),
    "cerrar-comentario": N_("Closed. Its author can read why on their private page."),
    "contestar-en-privado": N_("Answered. Only its reader sees the answer, on their private page."),
    "corregir-respuesta": N_("Corrected. Readers see both dates in a moment."),
    "retirar-respuesta": N_("Taken back. The comment waits for another answer."),
    "preguntar": N_("Asked. What its author replies will stand here."),
    "reabrir": N_("It waits for a decision again."),
    "contestar": N_("Answered. The answer will be on the page in a moment."),
    "publicidad": N_("Set aside as advertising. Nobody is told, and it is erased after a while."),
    "no-es-publicidad": N_("Done: it waits for a decision again."),
    "derivar": N_("Passed on. The department has an e-mail with a link to answer."),
    "recuperar": N_("You look after it again. The department's link opens nothing any more."),
    "clasificar": N_("Done: it is kept so."),
    "anotar": N_("Done: your colleagues can read the note."),
    "apuntar-fuente": N_("Noted. You can put it below your answer."),
    "quitar-fuente": N_("Struck out. It will not stand below any answer."),
    "segunda-lectura": N_("Asked. It is marked in their list until they do something about it."),
    "mirar": N_("Done: your colleagues see that you are looking at it. You find it under “Yours”."),
    "dejar": N_("Done: it is left for others to look at."),
    "encargar": N_("Done: this is who looks after it now."),
    "persona": N_("Changed."),
    "invitacion": N_("The invitation opens nothing any more."),
    "detener": N_("Nobody can sign in with this account until you allow it again."),
    "reanudar": N_("This person can sign in again."),
    "sin-telefono": N_(
        "The telephone and the passkeys count no more. At the next sign-in another one is set."
    ),
    "se-va": N_("Done: this person's account is closed, and what was open has been handed over."),
    "departamento": N_("Changed."),
    "departamento-nuevo": N_("Added. Write the e-mail address to which comments are passed on."),
    "tema": N_("Changed."),
    "cerrar": N_("Done: the comments are closed. Readers will see it in a moment."),
    "pausada": N_("The conversation is paused. Readers see it on its page in a moment."),
    "cerrada": N_("The conversation is closed. Readers see the summary in a moment."),
    "abierta": N_("Comments are taken here again as soon as the page says so."),
    "abrir": N_("Done: comments are taken again, where articles take them."),
    "palabras": N_("Saved. Readers will see it in a moment."),
    "plazos": N_("Saved. From now on readers are promised these dates."),
    "festivos": N_("Saved. The dates of what is open follow in a moment."),
    "respuesta": N_("Saved. You find it on the page of each comment, above your answer."),
    "respuesta-quitada": N_("Removed."),
    "vigiladas": N_("Saved. New comments with one of these words have a note."),
    "norma": N_("Saved. The rule will have its page in a moment."),
    "reintentar": N_("We are trying again now."),
    "confirmar": N_("Done: from now on we go by the new list of articles."),
}


ANSWERED_IN_PRIVATE = N_("Answered. Only its reader sees the answer, on their private page.")


@dataclass(frozen=True, slots=True)
class Done:
    """words: a message of the catalogue. case: whose comment it was about, or None."""

    words: str
    case: Case | None
    undo: undo_offer.Offer | None = None


def done() -> Done | None:
    """What the address says was done; None for nothing that we know of."""
    word = request.args.get("hecho", "")
    if word not in WORDS:
        return None
    case = _about()
    is_private = word == "contestar" and case is not None and case.private
    undo = undo_offer.offer(case) if case is not None else None
    return Done(ANSWERED_IN_PRIVATE if is_private else WORDS[word], case, undo)


def query(word: str, case: Case | None = None) -> str:
    """For the address of the page that says it."""
    return f"?hecho={word}" + (f"&comentario={case.reference}" if case else "")


def _about() -> Case | None:
    try:
        found = case_by_reference(edge().blog, request.args.get("comentario", ""))
        return permitted.case(found)
    except UnknownComment:
        return None
