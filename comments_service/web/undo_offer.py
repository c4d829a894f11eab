"""What a page offers after a decision: to undo it; or says of one that came too late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from ..domain.cases import REFERENCE_PATTERN, Case, Event, EventKind
from ..store import wordings
from ..usecases import undo as usecase
from ..usecases.track import record_of
from . import keys_form, sessions
from .edge import edge
from .reading import html_of


@dataclass(frozen=True, slots=True)
class Offer:
    """seen: how many events there are. seconds: that are left."""

    seen: int
    seconds: int


def offer(case: Case, record: Sequence[Event] | None = None) -> Offer | None:
    """To undo the last decision on it; None: it is not this person's, or too late."""
    here = edge()
    found = record_of(here.blog, case).events if record is None else record
    now = here.clock()
    until = usecase.until(here.blog, found, sessions.the_session().person, now)
    return Offer(len(found), max(1, int((until - now).total_seconds()))) if until else None


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """What the page of a case has of this: the offer, and the wording that was decided on where
    its reader has written another since."""
    return {
        "undo": offer(case, record),
        "decided_on": _decided_on(case, record),
        **keys_form.on_page(),
    }


def next_of(sent: Mapping[str, str]) -> str:
    """The anchor of the comment that stands below the one that was decided on, or ""."""
    named = sent.get("next", "")
    return f"#c-{named}" if REFERENCE_PATTERN.fullmatch(named) else ""


def _decided_on(case: Case, record: Sequence[Event]) -> object:
    """None also where something was cut: what was left out is not for everybody who answers."""
    if any(each.kind is EventKind.CUT for each in record):
        return None
    seen = request.form.get("revision", "") if request.method == "POST" else ""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 9) or int(seen) == case.revision:
        return None
    with edge().blog.store.read() as connection:
        wording = wordings.words_of(connection, case.comment_id, int(seen))
    return html_of(*wording) if wording else None
