"""The holidays that the institution keeps: ``content/holidays.txt`` and those of its region.

The file has a date on each line, then what is celebrated; ``#`` begins a remark. The package
``holidays`` knows states and regions, and not what a town celebrates. What staff set on their
screens (``_site/holidays.txt`` among the comments) stands in the place of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ..domain.characters import MISLEADING, UNSAFE
from ..domain.workdays import Calendar
from ..errors import N_, Fault

FILE = "content/holidays.txt"


@dataclass(frozen=True, slots=True)
class Read:
    """A calendar, and what of it could not be read: one slip must not move every date."""

    calendar: Calendar
    faults: tuple[Fault, ...] = ()


def read_calendar(
    blog: Path, region: str | None, first: int, last: int, written: str | None = None
) -> Read:
    """The holidays from the year ``first`` to the year ``last``.

    A year is known when the file has a day of it; without a file, when the region's are known.
    So whoever began to keep the town's own days is asked for those of each year.
    written: what staff set, in the place of the file.
    """
    days, faults = _in_file(blog / FILE) if written is None else _in_text(written)
    years = {day.year for day in days}
    if region:
        regional = {year: _of_region(region, year) for year in range(first, last + 1)}
        if None in regional.values():
            message = N_("“%(region)s” is not a region whose holidays are known, like ES-PV")
            faults.append(Fault("site.toml: deadlines.region", message, region=region))
        known = {year: found for year, found in regional.items() if found is not None}
        years = years or set(known)
        days = days.union(*known.values())
    return Read(Calendar(frozenset(days), frozenset(years)), tuple(faults))


def _in_file(path: Path) -> tuple[set[date], list[Fault]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return set(), []
    except (OSError, UnicodeDecodeError) as error:
        return set(), [Fault(FILE, N_("cannot be read: %(why)s"), why=error)]
    return _in_text(text, f"{FILE}:")


def faults_in(data: bytes) -> tuple[Fault, ...]:
    """What is wrong in a file that staff set; ``where``: the line."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return (Fault("", N_("must be in UTF-8")),)
    if "\r" in text or text.startswith("\ufeff"):
        return (Fault("", N_("must end its lines with LF alone, not with CR or CRLF")),)
    if UNSAFE.search(text) or MISLEADING.search(text):
        return (Fault("", N_("holds a character that is no text")),)
    return tuple(_in_text(text)[1])


def _in_text(text: str, where: str = "") -> tuple[set[date], list[Fault]]:
    """where: goes before the number of a faulty line."""
    days: set[date] = set()
    faults: list[Fault] = []
    for number, line in _lines(text):
        try:
            days.add(date.fromisoformat(line.split()[0]))
        except ValueError:
            message = N_("must begin with a day, like 2026-12-25 and then its name: %(line)s")
            faults.append(Fault(f"{where}{number}", message, line=line[:60]))
    return days, faults


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if said := line.partition("#")[0].strip():
            yield number, said


@cache
def _of_region(region: str, year: int) -> frozenset[date] | None:
    """The region's holidays of a year; None: the package does not know them."""
    import holidays  # a tenth of a second, and most runs need none of it

    country, _, part = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return None
    return frozenset(found) or None
