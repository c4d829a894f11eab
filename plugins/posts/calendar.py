"""An event as a file that calendars take (iCalendar, RFC 5545).

It stands beside its article as ``acto.ics``. Calendars know it again by its id, whatever else
of it changes; nothing in it depends on the time of the build.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican.generators import Generator

from ..texts import beside

NAME = "acto.ics"
EVENTS = "events"
"""Key in Pelican's context: the articles with an event that have a page."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. uid: permanent. written: when its article last changed. place: may be ""."""

    uid: str
    written: datetime
    starts: datetime | date
    name: str
    place: str
    url: str
    language: str


def calendar(entry: Entry) -> bytes:
    """The file; the same event gives the same bytes."""
    import icalendar  # only a blog with an event waits for it

    event, language = icalendar.Event(), {"LANGUAGE": entry.language}
    event.add("uid", _clean(entry.uid))
    event.add("dtstamp", _utc(entry.written))
    event.add("dtstart", _utc(entry.starts))
    event.add("summary", _clean(entry.name), parameters=language)
    if entry.place:
        event.add("location", _clean(entry.place), parameters=language)
    event.add("url", _clean(entry.url))
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//Tertulia//EN")
    whole.add_component(event)
    data: bytes = whole.to_ical(sorted=False)
    return data


def _utc(moment: datetime | date) -> datetime | date:
    """The same instant in UTC; a day alone stays a day."""
    if not isinstance(moment, datetime):
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # on the first or last day that there is: an hour of no zone
        return moment.replace(tzinfo=None)


def _clean(text: str) -> str:
    """Without the controls that no text of a calendar may have (RFC 5545, 3.3.11)."""
    return _CONTROL.sub("", text)


def place(article: Any, context: dict[str, Any]) -> None:
    """Set ``calendar``, the path of its file from the site's root, or ""."""
    article.calendar = ""
    if article.event and article.save_as:
        article.calendar = beside(article.url, NAME)
        context.setdefault(EVENTS, []).append(article)


class CalendarGenerator(Generator):
    """Writes the files."""

    def generate_output(self, writer: object) -> None:
        """Called by Pelican after the pages were written."""
        for article in self.context.get(EVENTS, ()):
            path = Path(self.output_path, article.calendar)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(calendar(_entry(article)))


def _entry(article: Any) -> Entry:
    settings, event = article.settings, article.event
    host = urlsplit(settings["SITE"].address).hostname
    return Entry(
        uid=f"{article.thread}@{host}",
        written=max(article.date, getattr(article, "modified", article.date)),
        starts=event.starts,
        name=event.name,
        place=event.place,
        url=f"{settings['SITEURL']}/{article.url}",
        language=article.lang,
    )
