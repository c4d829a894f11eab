"""How far a decision is on its way to the page, in words for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from ..domain.cases import Case, Event, EventKind
from ..store.problems import Problem
from ..usecases import status
from ..usecases.status import Progress, Publication
from .edge import edge
from .languages import is_today, near_day, time


@dataclass(frozen=True, slots=True)
class Technical:
    """For whoever looks after the server: the reason, and what a program printed, or ""."""

    why: str
    printed: str


@dataclass(frozen=True, slots=True)
class Told:
    """words: in the page's language. technical: of what failed, else None."""

    words: str
    technical: Technical | None = None


def told_of(publication: Publication | None, decided_at: datetime | None = None) -> Told | None:
    """What staff are told; None when nothing was ever to be published.

    decided_at: what stands beside it; the day is left out where both are today's.
    """
    if publication is None:
        return None
    if publication.progress is Progress.FAILING and publication.problem:
        words = (
            gettext("We could not take it off the page.")
            if publication.taken_down
            else gettext("We could not publish it. The comment is safe.")
        )
        return Told(words, technical(publication.problem))
    if publication.progress is Progress.PUBLISHED:
        return Told(_done(publication, decided_at or publication.at))
    return Told(gettext("Withdrawing…") if publication.taken_down else gettext("Publishing…"))


def _done(publication: Publication, decided_at: datetime) -> str:
    day, at = near_day(publication.at), time(publication.at)
    at_once = is_today(publication.at) and is_today(decided_at)
    if publication.taken_down:
        if at_once:
            return gettext("Withdrawn at %(time)s", time=at)
        return gettext("Withdrawn on %(day)s at %(time)s", day=day, time=at)
    if at_once:
        return gettext("Published at %(time)s", time=at)
    return gettext("Published on %(day)s at %(time)s", day=day, time=at)


def technical(problem: Problem) -> Technical:
    """A problem in the page's language."""
    why = gettext(problem.message)
    return Technical(why % problem.values if problem.values else why, problem.detail)


def of_case(case: Case, events: Sequence[Event]) -> tuple[Publication | None, list[Told]]:
    """How far the comment is, and what is told of its answers, oldest first."""
    ids = [str(event.data["answer"]) for event in events if event.kind is EventKind.ANSWERED]
    found = status.publications(edge().blog, [case.comment_id, *ids])
    answers = [told for each in ids if (told := told_of(found.get(each)))]
    return found.get(case.comment_id), answers


def of_cases(cases: Sequence[Case]) -> dict[str, Told]:
    """How far each comment is, by its id."""
    found = status.publications(edge().blog, [case.comment_id for case in cases])
    decided = {case.comment_id: case.decided_at for case in cases}
    return {key: told for key, each in found.items() if (told := told_of(each, decided[key]))}
