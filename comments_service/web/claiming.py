"""Saying that one looks at a comment, where more than one person works here.

Whoever decides on what a colleague is looking at is asked whether they mean to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from ..domain.cases import Case, Event
from ..errors import AlreadyDecided, Claimed, NotPermitted, TertuliaError
from ..store import people
from ..usecases import claims
from . import permitted, sessions, undo_offer
from .done import query
from .edge import CasePage, edge, form_of, see_other
from .failures import status_of

Back = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is looking at it, until when. name: of a colleague, or None for whoever asks."""

    name: str | None
    until: datetime


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: the claim that runs, and whether one's own is offered."""
    by, now = sessions.the_session().person, edge().clock()
    is_offered = permitted.is_team() and claims.is_offered(case, by=by, now=now)
    return {"claim": claim_of(case), "claim_is_offered": is_offered}


def claim_of(case: Case) -> Claim | None:
    """None where nobody is looking at it, or one person looks after them all."""
    now = edge().clock()
    who = case.claimant(now)
    if who is None or case.claimed_until is None or not permitted.is_team():
        return None
    with edge().blog.store.read() as connection:
        found = people.by_id(connection, who)
    is_mine = who == sessions.the_session().person.id
    return Claim(None if is_mine or found is None else found.name, case.claimed_until)


def looking(cases: Sequence[Case]) -> Mapping[int, int]:
    """Who is looking at those of a list, by number of the case."""
    now = edge().clock()
    found = {case.id: who for case in cases if (who := case.claimant(now)) is not None}
    return found if found and permitted.is_team() else {}


def offered(cases: Sequence[Case]) -> frozenset[int]:
    """The numbers of those in a list that have the button for it."""
    if not permitted.is_team():
        return frozenset()
    by, now = sessions.the_session().person, edge().clock()
    return frozenset(case.id for case in cases if claims.is_offered(case, by=by, now=now))


def refuse_unless_free(case: Case, sent: Mapping[str, str]) -> None:
    """Before a decision. Raises Claimed, unless the form says that it is meant all the same."""
    if not sent.get("anyway") and permitted.is_team():
        by = sessions.the_session().person
        claims.refuse_unless_free(case, by=by, now=edge().clock())


def anyway(error: TertuliaError | None, sent: Mapping[str, str] | None) -> Mapping[str, str]:
    """What was sent, to be sent once more by whoever decides all the same; else nothing."""
    if not isinstance(error, Claimed) or sent is None:
        return {}
    return {name: text for name, text in sent.items() if name not in ("csrf", "anyway")}


def install(staff: Blueprint, page: CasePage, back_to: Back) -> None:
    """The forms, beside the decisions of ``staff``. page: the case as it stands, with a fault.
    back_to: the path of the list that a form came from, with what it says there."""

    @staff.post("/comentario/<reference>/mirar")
    def claim(reference: str) -> ResponseReturnValue:
        """Whoever is signed in looks at it from now on."""
        return _do(reference, claims.claim, "mirar")

    @staff.post("/comentario/<reference>/dejar")
    def release(reference: str) -> ResponseReturnValue:
        """Leave it to others."""
        return _do(reference, claims.release, "dejar")

    def _do(reference: str, act: Callable[..., None], word: str) -> ResponseReturnValue:
        sent = form_of("csrf", "page", "back")
        case, here = permitted.case_named(reference), edge()
        if not permitted.is_team():
            abort(404)
        try:
            act(here.blog, case.id, by=sessions.the_session().person, now=here.clock())
        except (AlreadyDecided, NotPermitted) as error:
            return page(permitted.case_named(reference), error), status_of(error)
        if sent["page"] == "tray":
            path = back_to(sent["back"], query(word, case))
            return see_other(path + undo_offer.next_of({"next": case.reference}))
        return see_other(f"/gestion/comentario/{case.reference}{query(word)}")
