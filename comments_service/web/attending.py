"""What staff see and do about readers who wrote again, changed their text or asked twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..domain.cases import Case
from ..store.follow import Said
from ..usecases import attend
from . import sessions
from .edge import edge, form_of, number_of
from .reading import Shown, html_of, shown

Decide = Callable[[str, Callable[[Case], None], str, dict[str, str]], ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Told:
    """said: what the reader told us. public: the HTML of the wording that everybody reads, where
    the newest one is another, else ""."""

    said: Sequence[Said]
    public: Html | str


def told(cases: Sequence[Case]) -> dict[int, Told]:
    """By case."""
    found = attend.told(edge().blog, cases)
    return {
        case_id: Told(
            each.said, html_of(each.public.body, each.public.markup) if each.public else ""
        )
        for case_id, each in found.items()
    }


def again() -> list[Shown]:
    """The comments whose readers wait for us, beside those that wait for a decision."""
    return [shown(case) for case in attend.waiting(edge().blog)]


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/nada-mas")
    def close(reference: str) -> ResponseReturnValue:
        """What was added was read and asks for nothing more."""
        sent = form_of("csrf", "seen")
        seen = number_of(sent["seen"])

        def act(case: Case) -> None:
            by = sessions.the_session().person
            attend.close(edge().blog, case.id, seen, by=by, now=edge().clock())

        return decide(reference, act, "nada-mas", sent)

    @staff.post("/comentario/<reference>/reabrir")
    def reopen(reference: str) -> ResponseReturnValue:
        """Its reader asked for a second look: it waits for a decision again."""
        sent = form_of("csrf")

        def act(case: Case) -> None:
            by = sessions.the_session().person
            attend.reopen(edge().blog, case.id, by=by, now=edge().clock())

        return decide(reference, act, "reabrir", sent)
