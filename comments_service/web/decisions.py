"""Deciding on a comment: publish, do not publish, answer.

A decision carries the revision that was on the screen.
"""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ..domain.cases import Case
from ..domain.comments import ID_PATTERN
from ..errors import AlreadyDecided, InvalidComment, NotPermitted, Unshowable
from ..usecases import answering, moderate
from . import claiming, rules, sessions, sources, undo_offer
from .answering_several import FIELDS, marks, preview
from .case_page import case_page
from .done import query
from .edge import edge, form_of, number_of, see_other
from .failures import status_of
from .permitted import case_named
from .tray import and_back


def install(staff: Blueprint) -> None:
    """The forms, beside the other pages of ``staff``."""

    @staff.post("/comentario/<reference>/publicar")
    def approve(reference: str) -> ResponseReturnValue:
        """Publish the wording that was on the screen."""
        sent = form_of("csrf", "anyway", "revision", "back", "next")
        revision = number_of(sent["revision"])

        def act(case: Case) -> None:
            here = edge()
            moderate.approve(
                here.blog, case.id, revision, by=sessions.the_session().person, now=here.clock()
            )

        return decide(reference, act, "publicar", sent)

    @staff.post("/comentario/<reference>/no-publicar")
    def reject(reference: str) -> ResponseReturnValue:
        """Do not publish it, and tell its author why."""
        sent = form_of("csrf", "anyway", "revision", "rule", "reason", "change")
        revision, rule = number_of(sent["revision"]), rules.chosen(sent["rule"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            moderate.reject(
                here.blog,
                case.id,
                revision,
                rule=rule,
                reason=sent["reason"],
                change=sent["change"],
                by=by,
                now=here.clock(),
            )

        return decide(reference, act, "no-publicar", sent)

    @staff.post("/comentario/<reference>/contestar")
    def answer(reference: str) -> ResponseReturnValue:
        """Answer as the institution, right below the comment."""
        sent = form_of(*FIELDS, "sources", *marks())
        revision, answer_id = number_of(sent["revision"]), sent["answer"]
        seen = number_of(sent["seen"] or "0")
        along = number_of(sent["along"] or "0")
        if not ID_PATTERN.fullmatch(answer_id):
            abort(400)
        if marks():
            return preview(case_named(reference), sent)

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            answering.answer(
                here.blog,
                case.id,
                revision,
                sources.in_answer(case, sent),
                by=by,
                answer_id=answer_id,
                now=here.clock(),
                along=along,
                only=bool(sent["only"]),
                still=answering.unless_answered(case.id, seen, answer_id, by),
            )

        return decide(reference, act, "contestar-en-privado" if sent["only"] else "contestar", sent)


def decide(
    reference: str, act: Callable[[Case], None], word: str, sent: Mapping[str, str]
) -> ResponseReturnValue:
    """Decide and go back to the tray, or show the comment again as it stands now."""
    here = edge()
    here.step("decide.begin")
    case = case_named(reference)
    try:
        claiming.refuse_unless_free(case, sent)
        act(case)
    except (AlreadyDecided, InvalidComment, NotPermitted, Unshowable) as error:
        return case_page(case_named(reference), error, sent), status_of(error)
    here.step("decide.commit")
    here.wake()
    came_from = sent if sent.get("back") or sent.get("next") else _list_of_the_page()
    path = and_back(came_from.get("back", ""), query(word, case))
    answer = see_other(path + undo_offer.next_of(came_from))
    here.step("decide.answer")
    return answer


def _list_of_the_page() -> Mapping[str, str]:
    """The list from which the page of the comment was opened, as that page's address has it."""
    opened = parse_qs((request.referrer or "").partition("?")[2])
    asked = {"back": "lista", "next": "siguiente"}
    return {name: opened.get(word, [""])[0] for name, word in asked.items()}
