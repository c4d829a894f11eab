"""What staff see and do about readers who wrote again, changed their text or asked twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html
from werkzeug import Response

from ..domain.cases import Case, EventKind
from ..domain.states import Decision, Visibility
from ..errors import N_
from ..store.follow import Said
from ..usecases import attend
from . import permitted, rules, sessions
from .done import query
from .edge import Decide, edge, form_of, number_of, see_other
from .reading import html_of


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


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a comment was refused at which a second look is taken. rule: None for none."""

    reason: str
    change: str
    rule: rules.ShownRule | None


def refused(refusal: attend.Refused | None) -> Refused | None:
    if refusal is None:
        return None
    return Refused(refusal.reason, refusal.change, rules.of(refusal.rule))


def second_looks(told: Mapping[int, Told]) -> frozenset[int]:
    """The cases whose readers asked for one: the page of the case says what to know first."""
    appealed = EventKind.APPEALED
    return frozenset(of for of, each in told.items() if any(s.kind is appealed for s in each.said))


@dataclass(frozen=True, slots=True)
class Promised:
    """by: the last moment. words: what was promised until then, or that it is late."""

    by: datetime
    words: str
    is_late: bool = False


def promised(cases: Sequence[Case]) -> dict[int, Promised]:
    """What the readers of those that wait were promised, by case; none where nothing was."""
    return {case.id: found for case in cases if (found := _promised(case))}


def _promised(case: Case) -> Promised | None:
    by, is_held = case.due_by, case.visibility is Visibility.HELD
    if by is None or not case.is_waiting or attend.is_edited(case):
        return None  # of a correction nothing was promised
    decides = is_held and case.decide_by is not None
    if edge().clock() > by:
        late = N_("Out of time: to be answered by %(day)s."), N_("Out of time: decide by %(day)s.")
        return Promised(by, late[decides], is_late=True)
    return Promised(by, N_("Decide by %(day)s.") if decides else N_("Answer by %(day)s."))


def install(staff: Blueprint, decide: Decide) -> None:
    """The decisions, beside the others of ``staff``."""

    @staff.post("/comentario/<reference>/nada-mas")
    def close(reference: str) -> ResponseReturnValue:
        """What was added was read and asks for nothing more."""
        sent = form_of("csrf", "anyway", "seen")
        seen = number_of(sent["seen"])

        def act(case: Case) -> None:
            by = sessions.the_session().person
            attend.close(edge().blog, case.id, seen, by=by, now=edge().clock())

        return decide(reference, act, "nada-mas", sent)

    @staff.post("/comentario/<reference>/reabrir")
    def reopen(reference: str) -> ResponseReturnValue:
        """Its reader asked for a second look: it waits for a decision again."""
        sent = form_of("csrf", "anyway")

        def act(case: Case) -> None:
            by = sessions.the_session().person
            attend.reopen(edge().blog, case.id, by=by, now=edge().clock())

        answer = decide(reference, act, "reabrir", sent)
        reopened = permitted.case_named(reference)
        if reopened.decision is Decision.HELD and isinstance(answer, Response):
            # What it was opened again for is done on its own page.
            return see_other(f"/gestion/comentario/{reference}{query('reabrir', reopened)}")
        return answer
