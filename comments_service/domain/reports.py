"""What a report of a published comment says beside its words, and what was decided about it.

Source: Regulation (EU) 2022/2065, articles 16 (notices of illegal content: why, where, name and
address except of abuse of children, good faith) and 17 (reasons given to both sides).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from . import undone
from .cases import Event, EventKind


class Ground(StrEnum):
    """RULE: of participation. MINORS: illegal, and of the kind of which nobody has to say who
    tells of it."""

    RULE = "rule"
    OTHER = "other"
    ILLEGAL = "illegal"
    MINORS = "minors"

    @property
    def is_legal(self) -> bool:
        """A notice in the sense of the law: it is made in good faith."""
        return self in (Ground.ILLEGAL, Ground.MINORS)


class Outcome(StrEnum):
    """GONE: it was off its page before anybody decided on the report."""

    STAYS = "stays"
    REMOVED = "removed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Report:
    """rule: number and version, with ``Ground.RULE``. outcome: None before it was decided."""

    ground: Ground
    rule: tuple[int, int] | None = None
    outcome: Outcome | None = None


def report_of(record: Sequence[Event]) -> Report | None:
    """What the record of a report tells; None of any other comment's."""
    data = record[0].data if record else {}
    if "report" not in data:
        return None
    number, version = data.get("rule"), data.get("version")
    answers = [each for each in undone.standing(record) if each.kind is EventKind.ANSWERED]
    decided = [Outcome(str(each.data["outcome"])) for each in answers if "outcome" in each.data]
    return Report(
        Ground(str(data["report"])),
        (int(number), int(version)) if number and version else None,
        decided[-1] if decided else None,
    )


def reports_on(record: Sequence[Event]) -> list[int]:
    """The cases of the reports that a comment's record tells of, oldest first."""
    return [int(event.data["report"] or 0) for event in record if event.kind is EventKind.REPORTED]
