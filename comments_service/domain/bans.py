"""Taking no comments of somebody for a while: how it is known who it is, and for how long.

Never for ever, never by itself. It is weak, and the screen says so: readers have no account.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from .opening import end_of

MAX_DAYS = 180
"""No term is longer."""

TERMS = (1, 7, 30)
"""Days that the form offers; another day is chosen by its date."""

KEPT_AFTER = timedelta(days=30)
"""How long one stays known after its term, so that a review has something to look at."""

MIDNIGHT_OVERLAP = timedelta(hours=1)
"""So long the key of the day before still counts; see ``usecases.limits.network_hashes``."""


class BanKind(StrEnum):
    """By what somebody is known again: their e-mail address, their network of today."""

    ADDRESS = "address"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Ban:
    """value: keyed hash. rule: number and version, or None. until: first instant after it.

    created_by: the person who decided it. lifted_at: ended before its term.
    """

    id: int
    case_id: int
    kind: BanKind
    value: str
    rule: tuple[int, int] | None
    reason: str
    until: datetime
    created_at: datetime
    created_by: int
    lifted_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it counts at that moment."""
        return self.lifted_at is None and now < self.until


def ends(last_day: date, zone: tzinfo) -> datetime:
    """When a ban ends whose last day is this one."""
    return end_of(last_day, zone).astimezone(UTC)


def end_of_network(now: datetime) -> datetime:
    """When a network of today is known no more: the key of its day counts no longer."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC) + MIDNIGHT_OVERLAP
