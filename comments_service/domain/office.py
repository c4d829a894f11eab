"""When people are at work, in instants: the hours of working days by the institution's clocks."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from .workdays import add_working_days, is_working_day

_DAY = timedelta(days=1)
_A_YEAR = 366
WEEK = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Office:
    """opens, closes: by the clocks of ``zone``, on working days. days: of the week, from 1."""

    zone: tzinfo
    opens: time
    closes: time
    holidays: Container[date] = frozenset()
    days: tuple[int, ...] = WEEK

    def works_on(self, day: date) -> bool:
        return is_working_day(day, self.holidays) and day.isoweekday() in self.days

    def is_working(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        return self.works_on(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """The first instant from ``at`` on at which somebody is at work; ``at`` itself where
        that is never within a year."""
        local = at.astimezone(self.zone)
        for n in range(_A_YEAR):
            day = local.date() + _DAY * n
            begins = self.opening(day)
            if self.works_on(day) and at < self._closing(day):
                return max(at, begins)
        return at

    def opening(self, day: date) -> datetime:
        return datetime.combine(day, self.opens, self.zone)

    def hours_before(self, by: datetime, hours: timedelta) -> datetime:
        """From when on no more than so much working time is left until ``by``."""
        day, left = by.astimezone(self.zone).date(), hours
        for n in range(_A_YEAR):
            this = day - _DAY * n
            ends = min(self._closing(this), by)
            if not self.works_on(this) or ends <= self.opening(this):
                continue
            if ends - self.opening(this) >= left:
                return ends - left
            left -= ends - self.opening(this)
        return by

    def days_before(self, by: datetime, days: int) -> datetime:
        """The opening, so many working days before the day of ``by``."""
        day, left = by.astimezone(self.zone).date(), days
        for _ in range(_A_YEAR):
            if left == 0:
                break
            day -= _DAY
            left -= self.works_on(day)
        return self.opening(day)

    def after(self, by: datetime, days: int) -> datetime:
        """The first opening once so many working days have passed since the day of ``by``."""
        day = add_working_days(by.astimezone(self.zone).date(), days, self.holidays)
        return self.next_opening(self.opening(day + _DAY))

    def _closing(self, day: date) -> datetime:
        return datetime.combine(day, self.closes, self.zone)
