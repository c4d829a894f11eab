"""Passing a comment on to a department, beside the other forms of its page."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ..domain.cases import Case, Event
from ..domain.referrals import hand_offs
from ..usecases import referrals, referring
from ..usecases.referring import Desk, has_answered
from . import permitted, sessions
from .edge import Decide, edge, form_of, number_of


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """What the page of a case needs for it."""
    desk = referring.desk(edge().blog, case, record, edge().clock())
    return {
        "referring": desk,
        "has_answered": has_answered(desk.came_back),
        "times": times(desk),
    }


def times(desk: Desk) -> str:
    """How often it was passed on and how long that took, in words; "" where it never was."""
    if not desk.hand_offs:
        return ""
    often = ngettext("Passed on once.", "Passed on %(num)s times.", desk.hand_offs)
    took = ngettext("%(num)s day coming and going.", "%(num)s days coming and going.", desk.days)
    return f"{often} {took}" if desk.days else often


def answered(case: Case, record: Sequence[Event]) -> dict[str, str]:
    """What a department wrote, to begin the answer from; nothing for nothing."""
    if not hand_offs(record) or not permitted.may("answer", case):
        return {}
    back = referring.desk(edge().blog, case, record, edge().clock()).came_back
    return {"body": back.reply} if back and has_answered(back) else {}


def install(staff: Blueprint, decide: Decide) -> None:
    """The forms, beside the other decisions of ``staff``."""

    @staff.post("/comentario/<reference>/derivar")
    def refer(reference: str) -> ResponseReturnValue:
        """Ask a department, by mail."""
        sent = form_of("csrf", "anyway", "seen", "department", "inquiry", "due_on", "late")
        form = referrals.Form(
            department=number_of(sent["department"] or "0"),
            question=sent["inquiry"],
            due_on=sent["due_on"],
            late=bool(sent["late"]),
            seen=number_of(sent["seen"]),
        )

        def act(case: Case) -> None:
            by = sessions.the_session().person
            referrals.refer(edge().blog, case.id, form, by=by, now=edge().clock())

        return decide(reference, act, "derivar", sent)

    @staff.post("/comentario/<reference>/recuperar")
    def take_back(reference: str) -> ResponseReturnValue:
        """Look after it here again."""
        sent = form_of("csrf", "anyway")

        def act(case: Case) -> None:
            by = sessions.the_session().person
            referrals.take_back(edge().blog, case.id, by=by, now=edge().clock())

        return decide(reference, act, "recuperar", sent)
