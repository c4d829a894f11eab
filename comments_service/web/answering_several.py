"""One text as the answer to several comments: what it would be, giving it, what became of it.

The comments beside the first one are marked in the form of its answer. Looking at what it would
be changes nothing; the text travels in the form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from ulid import ULID

from ..domain import undone
from ..domain.cases import REFERENCE_PATTERN, Case, Event, EventKind, person_actor
from ..domain.comments import ID_PATTERN, Markup
from ..domain.permissions import Permission
from ..domain.states import Visibility
from ..errors import AlreadyDecided, InvalidComment, TertuliaError, UnknownComment
from ..usecases import answering_several as usecase
from ..usecases.answering_several import Answering
from ..usecases.together import Left
from ..usecases.track import record_of
from . import claiming, permitted, sessions, sources, undo_offer
from .beside import MARK
from .case_page import case_page
from .edge import edge, form_of, number_of, see_other
from .failures import heading_of, status_of
from .languages import sentence
from .permitted import case_named
from .reading import Shown, html_of, shown

FIELDS = ("csrf", "anyway", "revision", "seen", "answer", "body", "along", "only")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """why: in the page's language; "" where nothing stands against it any more."""

    case: Case
    why: str


@dataclass(frozen=True, slots=True)
class Given:
    """A comment that was answered, with the way to undo it."""

    shown: Shown
    undo: undo_offer.Offer | None


def install(staff: Blueprint) -> None:
    """The pages, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/contestar-a-varios")
    def answer_several(reference: str) -> ResponseReturnValue:
        """Give the answer to each; or go back to the text, with what was marked."""
        sent = form_of(*FIELDS, "which", "again")
        case, others = case_named(reference), list(_others(sent["which"]))
        if sent["again"]:
            marked = {f"{MARK}{each.reference}": str(to.revision) for each, to in others}
            return case_page(case, None, {**sent, **marked})
        try:
            claiming.refuse_unless_free(case, sent)
            done = _answer(case, sent, [to for _, to in others])
        except (AlreadyDecided, InvalidComment) as error:
            return case_page(case, error, sent), status_of(error)
        if not done.cases:
            named = {each.id: to.revision for each, to in others}
            why = done.left[0].why
            return _page(case_named(reference), named, sent["body"], sent, why), 409
        edge().wake()
        return see_other(_done_at(case, done, [(case, _first(case, sent)), *others]))

    @staff.get("/comentario/<reference>/contestados")
    def answered_several(reference: str) -> ResponseReturnValue:
        """What was answered together, each with the way to undo it, and what was left out."""
        case = case_named(reference)
        given = [each for each, _ in _named(request.args.get("a", ""))]
        out = {each.id: seen for each, seen in _named(request.args.get("fuera", ""))}
        return _done_page(case, given, out)


def marks() -> list[str]:
    """The checkboxes that the form of an answer came with."""
    found = [name for name in request.form if name.startswith(MARK)]
    if any(not REFERENCE_PATTERN.fullmatch(name.removeprefix(MARK)) for name in found):
        abort(400)
    return found


def preview(case: Case, sent: Mapping[str, str]) -> ResponseReturnValue:
    """What one answer to this comment and to the marked ones would be."""
    texts = {name.removeprefix(MARK): sent[name] for name in marks()}
    named = {each.id: seen for each, seen in _named(_joined(texts))}
    try:
        claiming.refuse_unless_free(case, sent)
        body = usecase.checked(edge().blog, sources.in_answer(case, sent))
    except (AlreadyDecided, InvalidComment) as error:
        return case_page(case, error, sent), status_of(error)
    return _page(case, named, body, sent)


def _page(
    case: Case,
    named: Mapping[int, int],
    body: str,
    sent: Mapping[str, str],
    error: TertuliaError | None = None,
) -> str:
    here, session = edge(), sessions.the_session()
    chosen, left = usecase.look(here.blog, named, by=session.person, now=here.clock())
    by = session.person
    return render_template(
        "staff/answer_several.html",
        here="waiting",
        session=session,
        first=case,
        comments=[shown(each) for each in (case, *chosen)],
        held=Visibility.HELD,
        left=_told(left),
        body=body,
        html=html_of(body, Markup.MARKDOWN),
        signature=", ".join(filter(None, (by.name, by.position, by.department))),
        which=" ".join(_written(each, each.revision) for each in chosen),
        sent=sent,
        heading=gettext(heading_of(error)) if error else "",
        alert=sentence(error) if error else "",
    )


def _answer(case: Case, sent: Mapping[str, str], others: Sequence[Answering]) -> usecase.Answered:
    here, by = edge(), sessions.the_session().person
    return usecase.answer(
        here.blog,
        _first(case, sent),
        others,
        sent["body"],
        seen=number_of(sent["seen"] or "0"),
        by=by,
        now=here.clock(),
        along=number_of(sent["along"] or "0"),
        only=bool(sent["only"]),
    )


def _first(case: Case, sent: Mapping[str, str]) -> Answering:
    if not ID_PATTERN.fullmatch(sent["answer"]):
        abort(400)
    return Answering(case.id, number_of(sent["revision"]), sent["answer"])


def _done_page(case: Case, given: Sequence[Case], out: Mapping[int, int]) -> str:
    here, session = edge(), sessions.the_session()
    free, left = usecase.look(here.blog, out, by=session.person, now=here.clock())
    mine = [each for each in given if _is_answered_by(each, person_actor(session.person.id))]
    return render_template(
        "staff/answered_several.html",
        here="waiting",
        session=session,
        first=case,
        given=[Given(shown(each), undo_offer.offer(each)) for each in mine],
        left=[*_told(left), *(LeftOut(each, "") for each in free)],
    )


def _is_answered_by(case: Case, actor: str) -> bool:
    record: Sequence[Event] = record_of(edge().blog, case).events
    return any(
        each.kind is EventKind.ANSWERED and each.actor == actor for each in undone.standing(record)
    )


def _done_at(case: Case, done: usecase.Answered, asked: Sequence[tuple[Case, Answering]]) -> str:
    seen = {to.case_id: (each, to.revision) for each, to in asked}
    said = {
        "a": " ".join(_joined_one(*seen[number]) for number in done.cases),
        "fuera": " ".join(_joined_one(*seen[each.case.id]) for each in done.left),
    }
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/gestion/comentario/{case.reference}/contestados?{query}"


def _told(left: Sequence[Left]) -> list[LeftOut]:
    return [LeftOut(each.case, sentence(each.why)) for each in left]


def _written(case: Case, revision: int) -> str:
    """A comment as the form names it, with the id of the answer that it will get."""
    return f"{case.reference}.{revision}.{str(ULID()).lower()}"


def _joined(seen: Mapping[str, str]) -> str:
    return " ".join(f"{reference}.{revision}" for reference, revision in seen.items())


def _joined_one(case: Case, revision: int) -> str:
    return f"{case.reference}.{revision}"


def _others(which: str) -> Iterator[tuple[Case, Answering]]:
    """Those that a form names, which this person may answer. Raises BadRequest."""
    for each in which.split(" ")[: usecase.MOST] if which else ():
        named, _, answer_id = each.rpartition(".")
        if not ID_PATTERN.fullmatch(answer_id):
            abort(400)
        for case, seen in _named(named):
            yield case, Answering(case.id, seen, answer_id)


def _named(text: str) -> Iterator[tuple[Case, int]]:
    """References with their revisions, ``2026-000123.1``; nothing for what is none, and of what
    this person may not answer nothing is told."""
    for each in text.split(" ")[: usecase.MOST + 1]:
        reference, _, seen = each.partition(".")
        if not REFERENCE_PATTERN.fullmatch(reference) or not (seen.isascii() and seen.isdigit()):
            continue
        try:
            found = case_named(reference)
        except UnknownComment:
            continue
        if permitted.may(Permission.ANSWER, found):
            yield found, int(seen[:9])
