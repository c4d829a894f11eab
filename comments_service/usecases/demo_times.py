"""When things of the demonstration's story happened: on working days, and each after its cause.

So nobody of it decides on a Sunday or before a comment was written, whatever day it is opened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from .. import commentfile
from ..config import SiteConfig, load_site
from ..config.holidays import read_calendar
from ..domain.comments import Comment
from ..domain.office import Office

DAYS = 30
"""So many working days ago the story knows, and the dates of its posts."""

LOOKED_AFTER = timedelta(minutes=25)
"""After so long somebody at work has read what came."""

_AGO = re.compile(r"(?:(\d+)d (\d\d:\d\d)|(\d+)([hm]))")


@dataclass(frozen=True, slots=True)
class Times:
    """The story's time, told at ``end``. days: the working days before it, the last one first."""

    end: datetime
    office: Office
    days: tuple[date, ...]

    def at(self, ago: str) -> datetime:
        """The instant that the story calls so: "4d 09:30", four working days ago by the
        institution's clocks; "3h" or "25m" ago. "0d" is today, a working day or not."""
        found = _AGO.fullmatch(ago)
        if not found:
            raise AssertionError(f"no moment of the story: {ago}")
        days, clock, many, unit = found.groups()
        if many:
            return self.end - timedelta(**{"hours" if unit == "h" else "minutes": int(many)})
        local = datetime.combine(self.day(int(days)), time.fromisoformat(clock), self.office.zone)
        return min(local, self.end)

    def day(self, ago: int) -> date:
        return self.days[ago]

    def decided(self, written: datetime) -> datetime | None:
        """When somebody at work decided on what was written then; None: that is still to come."""
        at = self.office.next_opening(written + LOOKED_AFTER).astimezone(UTC)
        return at if at <= self.end else None


def times(blog: Path, end: datetime) -> Times:
    """For the blog in that folder, by its own clocks and holidays."""
    site = load_site(blog)
    today = end.astimezone(site.zone).date()
    office = _office(blog, site, today)
    days, day = [today], today
    while len(days) <= DAYS:
        day -= timedelta(days=1)
        if office.works_on(day):
            days.append(day)
    return Times(end, office, tuple(days))


def _office(blog: Path, site: SiteConfig, today: date) -> Office:
    said = site.deadlines
    known = read_calendar(blog, said.region, today.year - 1, today.year + 1)
    opens, closes = time.fromisoformat(said.opens), time.fromisoformat(said.closes)
    return Office(site.zone, opens, closes, known.calendar.holidays)


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment file of the content that the story is not at yet. at: when it was decided on."""

    at: datetime
    file: Path
    data: bytes

    def put_back(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.data)


def keep_back(content: Path, begins: datetime, told: Times) -> Iterator[Kept]:
    """Take away the content's comments that were written after ``begins``, to be put back when
    somebody decided on them. What is written in the future is gone for good."""
    for file in sorted((content / "comments").glob("[!._]*/*.md")):
        data = file.read_bytes()
        if file.stem == "thread":
            continue
        entry = commentfile.loads(data, f"{file.parent.name}/{file.name}")
        if not isinstance(entry, Comment) or entry.date <= begins:
            continue
        file.unlink()
        if at := told.decided(entry.edited or entry.date):
            yield Kept(at, file, data)
