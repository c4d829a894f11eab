"""Counting in working days: neither Saturday nor Sunday nor a holiday.

The simple count calls the day of receipt day zero, whatever day it is. ``ley39`` is Spain's
Ley 39/2015, articles 30 and 31: what comes on a day that is not a working day is taken to
come on the next one, so it is never shorter than the simple count.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Count = Literal["simple", "ley39"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """holidays: days on which nobody works. years: those whose holidays are known."""

    holidays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def knows(self, first: date, last: date) -> bool:
        """Whether the holidays of every year between two days are known."""
        return self.years.issuperset(range(first.year, last.year + 1))


def is_working_day(day: date, holidays: Container[date]) -> bool:
    return day.isoweekday() <= 5 and day not in holidays


def working_days_between(first: date, last: date, holidays: Container[date]) -> int:
    """How many working days come after ``first``, up to ``last``."""
    days = (first + _DAY * n for n in range(1, (last - first).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def working_day_before(day: date, holidays: Container[date]) -> date:
    """The last working day before this one."""
    day -= _DAY
    while not is_working_day(day, holidays):
        day -= _DAY
    return day


def add_working_days(
    start: date, days: int, holidays: Container[date], count: Count = "simple"
) -> date:
    """The day that is ``days`` working days after ``start``. Raises OverflowError."""
    day = start
    if count == "ley39":
        while not is_working_day(day, holidays):
            day += _DAY
    for _ in range(days):
        day += _DAY
        while not is_working_day(day, holidays):
            day += _DAY
    return day
