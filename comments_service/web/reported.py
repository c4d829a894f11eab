"""Reports as staff see and decide them, and taking a published comment off its page."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..domain.comments import ID_PATTERN
from ..domain.reports import report_of, reports_on
from ..domain.transitions import Action
from ..errors import UnknownComment
from ..usecases import attend, decide_report, track
from ..usecases.moderate import case_of
from . import permitted, rules, sessions
from .edge import Decide, edge, form_of, number_of
from .reading import Shown, shown
from .report_words import told


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: what it reports, or who reported it; whether it may be taken off."""
    report = told(report_of(record))
    about = decide_report.reported(edge().blog, case)
    return {
        "report": report,
        "reported": shown(about) if about else None,
        "may_remove": about is not None and _may_take_off(about),
        "may_take_off": report is None and _may_take_off(case),
        "reports_here": [each for each in map(_open, reports_on(record)) if each],
        "rules_in_force": rules.in_force(),
    }


def _may_take_off(case: Case) -> bool:
    here, by = edge(), sessions.the_session().person
    record = track.record_of(here.blog, case).events
    offered = attend.offered(here.blog, case, record, by=by, now=here.clock())
    return Action.WITHDRAW in offered.actions


def _open(case_id: int) -> Shown | None:
    try:
        found = case_of(edge().blog, case_id)
    except UnknownComment:
        return None
    return shown(found) if permitted.may("read", found) else None


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/se-queda")
    def leave_reported(reference: str) -> ResponseReturnValue:
        """The comment that was reported stays; who told of it reads why."""
        sent, revision, answer = _fields()

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            decide_report.leave(
                here.blog,
                case.id,
                revision,
                sent["grounds"],
                by=by,
                answer_id=answer,
                now=here.clock(),
            )

        return decide(reference, act, "se-queda", sent)

    @staff.post("/comentario/<reference>/retirar-el-comentario")
    def remove_reported(reference: str) -> ResponseReturnValue:
        """The comment that was reported leaves its page; both sides read why."""
        sent, revision, answer = _fields()
        seen, rule = number_of(sent["wording"] or "0"), rules.chosen(sent["broken"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            decide_report.remove(
                here.blog,
                case.id,
                revision,
                seen,
                sent["grounds"],
                rule,
                by=by,
                answer_id=answer,
                now=here.clock(),
            )

        return decide(reference, act, "retirar-el-comentario", sent)

    @staff.post("/comentario/<reference>/retirar")
    def take_off(reference: str) -> ResponseReturnValue:
        """Take it off its page, and tell its author why."""
        sent = form_of("csrf", "anyway", "revision", "grounds", "broken")
        seen, rule = number_of(sent["revision"] or "0"), rules.chosen(sent["broken"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            grounds, now = sent["grounds"], here.clock()
            decide_report.take_off(here.blog, case.id, seen, grounds, rule, by=by, now=now)

        return decide(reference, act, "retirar", sent)


def _fields() -> tuple[dict[str, str], int, str]:
    sent = form_of("csrf", "anyway", "revision", "wording", "answer", "grounds", "broken")
    if not ID_PATTERN.fullmatch(sent["answer"]):
        abort(400)
    return sent, number_of(sent["revision"]), sent["answer"]
