"""The forms that leave words out of a comment and put them back, and what was left out."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..domain.cuts import MAX_REASON_CHARS
from ..store import wordings
from ..usecases import cutting
from . import permitted, sessions
from .edge import Decide, edge, form_of, number_of


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/recortar")
    def cut(reference: str) -> ResponseReturnValue:
        """Publish it without some of its words."""
        sent = form_of("csrf", "anyway", "revision", "cut", "cut_reason")
        revision = number_of(sent["revision"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            left, reason, now = sent["cut"], sent["cut_reason"], here.clock()
            cutting.cut(here.blog, case.id, revision, left, reason, by=by, now=now)

        return decide(reference, act, "recortar", sent)

    @staff.post("/comentario/<reference>/reponer")
    def restore(reference: str) -> ResponseReturnValue:
        """Publish it whole again."""
        sent = form_of("csrf", "anyway", "revision")
        revision = number_of(sent["revision"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            cutting.restore(here.blog, case.id, revision, by=by, now=here.clock())

        return decide(reference, act, "reponer", sent)


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: what was cut, for those who may see it, and the text to cut."""
    sees = permitted.may("decide", case) or permitted.may("erase", case)
    with edge().blog.store.read() as connection:
        words = wordings.words_of(connection, case.comment_id, cutting.base(case))
        found = cutting.standing(connection, case, record) if sees else None
    return {
        "cut": found,
        "to_cut": words[0] if words else "",
        "cut_reason_chars": MAX_REASON_CHARS,
    }


def for_reader(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """What is cut, and what was before its author corrected it."""
    with edge().blog.store.read() as connection:
        return {
            "cut": cutting.standing(connection, case, record),
            "cut_before": cutting.earlier(connection, case, record),
        }
