"""When a person works: which days of the week, from when to when, by the institution's clocks."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from ..errors import N_, Fault

MONDAY, SUNDAY = 1, 7

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Hours:
    """days: from 1, Monday, to 7. begins, ends: ``08:00``; both empty for no special hours."""

    days: tuple[int, ...]
    begins: str = ""
    ends: str = ""


def checked(days: Collection[int], begins: str, ends: str) -> Hours | None:
    """What a form says; None: nothing is said of it. Raises Fault."""
    for field, value in (("begins", begins), ("ends", ends)):
        if value and not _TIME.fullmatch(value):
            raise Fault(field, N_("Write a time like 08:30."))
    if bool(begins) != bool(ends):
        raise Fault("ends" if begins else "begins", N_("Write from when to when."))
    if begins and begins >= ends:
        raise Fault("ends", N_("The end has to be later than the beginning."))
    if not days and not begins:
        return None
    kept = tuple(day for day in range(MONDAY, SUNDAY + 1) if day in days)
    return Hours(kept or tuple(range(MONDAY, SUNDAY + 1)), begins, ends)


def written(hours: Hours | None) -> str | None:
    """As the database keeps it."""
    if hours is None:
        return None
    kept = {"days": hours.days, "begins": hours.begins, "ends": hours.ends}
    return json.dumps(kept, separators=(",", ":"))


def read(text: str | None) -> Hours | None:
    """What ``written`` wrote."""
    if text is None:
        return None
    kept = json.loads(text)
    return Hours(tuple(kept["days"]), kept["begins"], kept["ends"])
