"""One comment with everything about it, and the forms of what may be done now."""

from collections.abc import Callable, Mapping, Sequence

from flask import render_template, request
from flask_babel import gettext
from ulid import ULID

from ..domain.cases import Case, Event
from ..domain.states import Decision, Visibility
from ..domain.transitions import Action
from ..errors import InvalidComment, TertuliaError
from ..screening import NOTES
from ..store.sessions import Session
from ..usecases import attend, track
from ..usecases.answers import on_their_way
from . import answers as given
from . import (
    assigning,
    attending,
    bans,
    beside,
    claiming,
    closing,
    conversations,
    cutting,
    erasing,
    extending,
    notes,
    referrals,
    reported,
    rules,
    sessions,
    sources,
    topics,
    undo_offer,
)
from .addresses import masked_address
from .author_link import drafted
from .done import done
from .edge import edge
from .event_words import NOTED, NOTED_OF_ANSWERS
from .failures import heading_of
from .languages import sentence
from .progress import of_case, told_of
from .reading import shown
from .ready_words import begun, offered
from .standing_words import left_to_do, seen_by_readers
from .tracking import answers, label_of, steps, withdrawal
from .tray import back

Part = Callable[[Case, Sequence[Event]], Mapping[str, object]]

PARTS: tuple[Part, ...] = (
    undo_offer.part,
    given.part,
    closing.part,
    referrals.part,
    reported.part,
    extending.part,
    notes.part,
    sources.part,
    beside.part,
    topics.part,
    cutting.part,
    conversations.part,
    bans.part,
    claiming.part,
    erasing.part,
)
"""What the forms of other modules need: names of the template's, from the case and its record."""

FORMS = {
    "contestar": ("answer", "body"),
    "no-publicar": ("reject", "reason"),
    "cerrar": ("close", "why"),
    "corregir-respuesta": ("revise", "correction"),
    "preguntar": ("ask", "question"),
    "mas-dias": ("extend", "later"),
    "recortar": ("cut", "cut"),
    "derivar": ("refer", "inquiry"),
    "retirar": ("withdraw", "grounds"),
}
"""By the last word of its address: what a form does, and the field with the person's own words,
which are never lost: where the form is offered no more, they stand to be copied."""


def case_page(
    case: Case, error: TertuliaError | None = None, sent: Mapping[str, str] | None = None
) -> str:
    """error: why what was ``sent`` was not done; it stands in the form again."""
    record = track.record_of(edge().blog, case)
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    publication, of_answers = of_case(case, record.events)
    values, forms = sent or begun(case), _forms(case, record.events)
    values = values or referrals.answered(case, record.events)
    values = values or drafted(case, record.events)
    for part in PARTS:
        forms |= part(case, record.events)
    return render_template(
        "staff/comment.html",
        address=masked_address(case),
        back=back(request.args.get("lista", "")),
        session=_session(),
        shown=shown(case),
        label=label_of(case),
        promise=attending.promised([case]).get(case.id),
        seen_by_readers=seen_by_readers(case),
        left_to_do=left_to_do(case),
        withdrawal=withdrawal(case, record.events),
        progress=told_of(publication, case.decided_at),
        answers_progress=of_answers,
        done=done(),
        told=attending.told([case]),
        steps=steps(case, record.events, NOTED, NOTED_OF_ANSWERS),
        answers=answers(case, record.events, on_their_way(edge().blog, record.events)),
        page=record.page,
        carer=assigning.carer(case),
        rule=rules.cited(case),
        notes=NOTES,
        values=values,
        opened=_opened(values),
        kept=_kept(values, forms),
        anyway=claiming.anyway(error, sent),
        replies=offered(case),
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=gettext(heading_of(error)) if error else "",
        alert=sentence(error) if error and not faults else "",
        **forms,
    )


def _forms(case: Case, record: Sequence[Event]) -> dict[str, object]:
    """What may be done now, and what the forms of it come with."""
    by = _session().person
    offered = attend.offered(edge().blog, case, record, by=by, now=edge().clock())
    held, edited = case.visibility is Visibility.HELD, attend.is_edited(case)
    return {
        "offers": offered.actions,
        "waits_for_another": offered.waits_for_another,
        "refused": attending.refused(offered.refusal),
        "held": held,
        "edited": edited and case.decision is Decision.HELD,
        "rules": rules.in_force() if Action.REJECT in offered.actions else [],
        "seen": len(record),
        "new_id": str(ULID()).lower(),
        "signature": ", ".join(filter(None, (by.name, by.position, by.department))),
    }


def _opened(values: Mapping[str, str]) -> str:
    """The form that stands open: the one that came back, or that the address asks for."""
    if request.method == "POST":
        word = request.path.rpartition("/")[2]
        return "contestar" if word == "contestar-a-varios" else word
    return "contestar" if values else request.args.get("abrir", "")


def _kept(sent: Mapping[str, str], forms: Mapping[str, object]) -> str:
    word, offers = _opened(sent), forms["offers"]
    if word == "no-admitir":
        return "" if forms["ban_choices"] else sent.get("ban_reason", "")
    if word in ("se-queda", "retirar-el-comentario"):
        return sent.get("grounds", "") if getattr(forms["report"], "outcome", "") else ""
    action, field = FORMS.get(word, ("", ""))
    is_offered = isinstance(offers, frozenset) and action in offers
    return "" if is_offered else sent.get(field, "")


def _session() -> Session:
    return sessions.the_session()
