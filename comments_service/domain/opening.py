"""When a conversation takes comments, judged for a moment: the same for site and service."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Phase(StrEnum):
    """OPEN takes comments. CLOSED does not; ENDED did until its day; PAUSED will from its day."""

    OPEN = "open"
    CLOSED = "closed"
    ENDED = "ended"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Opening:
    """open: takes comments at some time, at any that is not said otherwise.

    opens_at, closes_at: aware; from the one on and before the other comments are taken.
    """

    open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def at(self, now: datetime) -> Phase:
        """How it stands at a moment."""
        if not self.open:
            return Phase.CLOSED
        if self.closes_at and self.closes_at <= max(now, self.opens_at or now):
            return Phase.ENDED
        if self.opens_at and now < self.opens_at:
            return Phase.PAUSED
        return Phase.OPEN


def end_of(day: date, zone: tzinfo) -> datetime:
    """The instant after a day by the clocks of ``zone``. Raises OverflowError."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def last_of(moment: datetime, zone: tzinfo) -> datetime | date:
    """The last of what ends at ``moment``, for people: a day, if it ends with a whole one."""
    local = moment.astimezone(zone)
    if local.time() == time():
        return local.date() - timedelta(days=1)
    return local


def first_of(moment: datetime, zone: tzinfo) -> datetime | date:
    """The first of what begins at ``moment``, for people: a day, if it begins with one."""
    local = moment.astimezone(zone)
    return local.date() if local.time() == time() else local
