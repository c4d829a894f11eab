"""An event as a file that calendars take (iCalendar, RFC 5545).

It stands beside its article as ``acto.ics``. Calendars know it again by its id, whatever else
of it changes; nothing in it depends on the time of the build.
"""

import re
from collections.abc import Iterator
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
MAX_OCTETS = 75
"""Of a line without its end (RFC 5545, 3.1)."""

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
    return "".join(f"{_folded(line)}\r\n" for line in _lines(entry)).encode()


def _lines(entry: Entry) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tertulia//EN", "BEGIN:VEVENT")
    yield f"UID:{_text(entry.uid)}"
    yield f"DTSTAMP:{_utc(entry.written)}"
    if isinstance(entry.starts, datetime):
        yield f"DTSTART:{_utc(entry.starts)}"
    else:
        yield f"DTSTART;VALUE=DATE:{_digits(entry.starts)}"
    yield f"SUMMARY;LANGUAGE={entry.language}:{_text(entry.name)}"
    if entry.place:
        yield f"LOCATION;LANGUAGE={entry.language}:{_text(entry.place)}"
    yield f"URL:{_CONTROL.sub('', entry.url)}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def _utc(moment: datetime) -> str:
    try:
        return f"{_digits(moment.astimezone(UTC))}Z"
    except OverflowError:  # on the first or last day that there is: an hour of no zone
        return _digits(moment)


def _digits(moment: datetime | date) -> str:
    plain = moment.replace(tzinfo=None) if isinstance(moment, datetime) else moment
    return plain.isoformat().replace("-", "").replace(":", "")


def _text(value: str) -> str:
    """Escaped (3.3.11)."""
    return re.sub(r"[\\;,]", r"\\\g<0>", _CONTROL.sub("", value)).replace("\n", r"\n")


def _folded(line: str) -> str:
    """In lines that are short enough, none of them cut inside a letter."""
    parts, octets = [""], 0
    for char in line:
        more = len(char.encode())
        if octets + more > MAX_OCTETS:
            parts.append(" ")
            octets = 1
        parts[-1] += char
        octets += more
    return "\r\n".join(parts)


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
