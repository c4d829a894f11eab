"""What staff looked up for an answer: a title or an address, and the day on which they did.

Readers see it only where whoever answers puts it below the answer. It is erased with the texts of
the case.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from .. import markup
from ..config import dates
from ..domain.addresses import is_web_address
from ..domain.cases import Case, Event, EventKind, person_actor
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import events
from ..store.people import Person
from . import moves
from .blog import Blog

MAX_TITLE_CHARS = 200
MAX_ADDRESS_CHARS = 500

_WORDS = {
    "es": ("Fuentes:", "consultado el {day}"),
    "eu": ("Iturriak:", "kontsulta-eguna: {day}"),
    "en": ("Sources:", "looked at on {day}"),
}
_MARKS = re.compile(r"([\\`*_\[\]<>&!#|~{}()])")


@dataclass(frozen=True, slots=True)
class Source:
    """title, url: one of them may be "". day: on which it was looked at. seq: of its event."""

    day: date
    title: str
    url: str
    seq: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return self.title or self.url


def note(
    blog: Blog,
    case_id: int,
    seen: int,
    title: str,
    url: str,
    day: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Keep what was looked up. seen: how many events the page told of. day: ``2026-11-22``.

    Raises InvalidComment, UnknownComment, AlreadyDecided.
    """
    source = _checked(title, url, day, now.astimezone(blog.site.zone).date())
    text = f"{source.day.isoformat()}\n{source.title}\n{source.url}"
    kind, actor = EventKind.SOURCE, person_actor(by.id)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        if case.erased or case.withdrawn:
            raise AlreadyDecided(moves.NOT_NOW)
        record, texts = events.of_case(connection, case_id), events.texts(connection, case_id)
        new = [each for each in record[seen:] if each.kind is kind and each.actor == actor]
        if not any(texts.get(each.seq) == text for each in new):  # else a second click
            events.append(connection, case_id, kind, actor=actor, now=now, text=text)


def strike(blog: Blog, case_id: int, seq: int, *, by: Person, now: datetime) -> None:
    """Cite one no more that was noted by mistake. seq: of the event that noted it. The log keeps
    both. A second click changes nothing.

    Raises UnknownComment.
    """
    with blog.store.write() as connection:
        moves.locked(connection, case_id)
        record, texts = events.of_case(connection, case_id), events.texts(connection, case_id)
        if any(each.seq == seq for each in noted(record, texts)):
            kind, data = EventKind.SOURCE_STRUCK, {"source": seq}
            actor = person_actor(by.id)
            events.append(connection, case_id, kind, actor=actor, now=now, data=data)


def noted(record: Sequence[Event], texts: Mapping[int, str]) -> list[Source]:
    """Oldest first, each once; nothing of what was erased or struck out."""
    kept = dict[str, Source]()
    for each in record:
        if each.kind is EventKind.SOURCE and each.seq in texts:
            kept.setdefault(texts[each.seq], _read(texts[each.seq], each.seq))
        elif each.kind is EventKind.SOURCE_STRUCK:
            kept.pop(texts.get(int(each.data["source"] or 0), ""), None)
    return list(kept.values())


def below(blog: Blog, case: Case, body: str) -> str:
    """An answer with what was looked up for it below, as a list in Markdown."""
    with blog.store.read() as connection:
        record, texts = events.of_case(connection, case.id), events.texts(connection, case.id)
    found = noted(record, texts)
    if not found or not body.strip():
        return body
    # A comment that came with its file may be in a language of which we have no words, or in none.
    lang = case.lang if case.lang in _WORDS else blog.site.default_language
    heading, _ = _WORDS[lang]
    lines = (f"- {_line(each, lang)}" for each in found)
    return "\n".join([body.rstrip(), "", heading, "", *lines])


def _line(source: Source, lang: str) -> str:
    name = _MARKS.sub(r"\\\1", source.name)
    if source.url:
        name = f"[{name}](<{source.url}>)"
    return f"{name}, {_WORDS[lang][1].format(day=dates.short(source.day, lang))}"


def _read(text: str, seq: int) -> Source:
    day, title, url = text.split("\n")
    return Source(date.fromisoformat(day), title, url, seq)


def _checked(title: str, url: str, day: str, today: date) -> Source:
    title, url, faults = markup.clean_line(title), url.strip(), list[Fault]()
    if len(title) > MAX_TITLE_CHARS or not (url or markup.is_visible(title)):
        words = N_("Write 1 to %(most)s characters.")
        faults.append(Fault("source", words, most=MAX_TITLE_CHARS))
    if url and (len(url) > MAX_ADDRESS_CHARS or not is_web_address(url)):
        words = N_("Write an address that begins with https:// or http://.")
        faults.append(Fault("address", words))
    try:
        looked = date.fromisoformat(day.strip())
    except ValueError:
        looked = date.max
        faults.append(Fault("looked", N_("Write a day like 2026-11-14.")))
    else:
        if looked > today:
            faults.append(Fault("looked", N_("Write a day that is not to come.")))
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return Source(looked, title, url)
