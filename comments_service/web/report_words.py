"""What a report says, and what was decided about it, in words: for readers and for staff."""

from dataclasses import dataclass

from ..domain.reports import Ground, Outcome, Report
from ..errors import N_
from . import rules

GROUNDS = {
    Ground.RULE: N_("It breaks a rule of participation:"),
    Ground.OTHER: N_("Something else"),
    Ground.ILLEGAL: N_("It is against the law"),
    Ground.MINORS: N_("It is against the law: sexual abuse of minors"),
}
OUTCOMES = {
    Outcome.STAYS: N_("We decided that the comment stays."),
    Outcome.REMOVED: N_("We decided to take the comment off the page."),
    Outcome.GONE: N_("The comment was no longer on the page when we looked at it."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """words: what kind of problem, a message of the catalogue. rule: the one that it names, or
    None. outcome: what was decided, a message too, or "". is_legal: made as the law asks.
    """

    words: str
    rule: rules.ShownRule | None
    outcome: str
    is_legal: bool


def told(report: Report | None) -> Told | None:
    """None for a comment that is no report."""
    if report is None:
        return None
    outcome = OUTCOMES[report.outcome] if report.outcome else ""
    return Told(GROUNDS[report.ground], rules.of(report.rule), outcome, report.ground.is_legal)
