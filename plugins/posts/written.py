"""Headers of ours that say something to readers.

Pregunta: ¿Y tú, qué harías?        the question above the form
Serie: Aprender en la red           with Parte: 2, or in the order of the dates
Evento: Charla abierta              with Fecha_evento: 2009-07-28 19:00, and Lugar:

What is written wrongly is left out of the page and told to staff: a header that meant nothing
when a post was written must not take the post from readers.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from comments_service.errors import N_

from ..report import note
from ..texts import Text, is_article, is_text

MAX_PART = 999
EXAMPLE = "2026-11-24 19:00"

_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people can go to.

    place: may be "". starts: by the institution's clocks, or a day when no hour is written.
    is_past: its day was over at the instant of the build: nobody is sent home while it lasts.
    """

    name: str
    place: str
    starts: datetime | date
    is_past: bool

    @property
    def time(self) -> str:
        """``19:00``; "" when no hour is written."""
        return f"{self.starts:%H:%M}" if isinstance(self.starts, datetime) else ""


def read(content: object) -> None:
    """Set what the header of a new article or page says, and tell what it says wrongly."""
    if not is_text(content):
        return
    text: object = content
    question = content.metadata.get("pregunta", "").strip()
    event, part = None, None
    if is_article(content):
        event, part = _event(content), _part(content)
    for name, value in (("question", question), ("event", event), ("part", part)):
        setattr(text, name, value)


def _event(text: Text) -> Event | None:
    name, place, when = (_line(text, key) for key in ("evento", "lugar", "fecha_evento"))
    if not name:
        if place or when:
            note(text, "evento", N_("Lugar and Fecha_evento say nothing without Evento"))
        return None
    if not when:
        missing = N_("Evento needs its date: write a line like `Fecha_evento: %(example)s`")
        note(text, "fecha_evento", missing, example=EXAMPLE)
        return None
    try:
        starts = moment(when, text.settings["SITE"].zone)
    except ValueError:
        wrong = N_("Fecha_evento is %(date)r; write it like %(example)s, or without the hour")
        note(text, "fecha_evento", wrong, date=when, example=EXAMPLE)
        return None
    day = starts.date() if isinstance(starts, datetime) else starts
    return Event(name, place, starts, day < text.settings["NOW"].date())


def moment(written: str, zone: ZoneInfo) -> datetime | date:
    """``2009-07-28 19:00`` by the clocks of ``zone``, or ``2009-07-28``.

    Raises ValueError for anything else.
    """
    found = _MOMENT.fullmatch(written)
    if not found:
        raise ValueError(written)
    year, month, day, hour, minute = (int(each) if each else 0 for each in found.groups())
    if found[4] is None:
        return date(year, month, day)
    return datetime(year, month, day, hour, minute, tzinfo=zone)


def _part(text: Text) -> int | None:
    """The number in ``Parte:``; None where the dates decide."""
    said = _line(text, "parte")
    if not said:
        return None
    if not _line(text, "serie"):
        note(text, "parte", N_("Parte says nothing without Serie"))
        return None
    if not re.fullmatch(r"[1-9]\d{0,2}", said, re.ASCII):
        wrong = N_("Parte is %(said)r; it takes a number from 1 to %(limit)s")
        note(text, "parte", wrong, said=said, limit=MAX_PART)
        return None
    return int(said)


def _line(text: Text, key: str) -> str:
    return str(text.metadata.get(key, "")).strip()
