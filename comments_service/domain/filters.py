"""What a list of comments for staff shows: a view, what narrows it, where its page begins.

It stands in the address, so that a list can be sent to a colleague. What cannot be read there
is left out: a broken address shows more, never a fault.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from .cases import REFERENCE_PATTERN
from .comments import THREAD_PATTERN

MAX_WORDS_CHARS = 200
LAST_ID = 2**63 - 1

_PAGE = re.compile(r"(-|[0-9]{1,15})\.([0-9]{1,18}|[0-9a-hjkmnp-tv-z]{26})")
_CODE = re.compile(r"[a-z_]{1,20}")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")

_Code = TypeVar("_Code", bound=StrEnum)


class View(StrEnum):
    """The lists, in the order of their tabs. The values stand in addresses."""

    WAITING = "esperan"
    UNREAD = "por-leer"
    MINE = "mios"
    REFERRED = "otro-departamento"
    REPORTS = "avisos"
    SPAM = "spam"
    ALL = "todo"


class Order(StrEnum):
    OLDEST = "antiguos"
    DUE = "plazo"
    NEWEST = "nuevos"


@dataclass(frozen=True, slots=True)
class Place:
    """After which comment a page begins: its time in the order of the list (None where it has
    none, or the order asks for none), and its number or id."""

    at: int | None
    id: str

    def __str__(self) -> str:
        return f"{'-' if self.at is None else self.at}.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """view: which list. thread, lang, note (a code of screening), department, topic: only those
    of it. mine: only what the person who asks looks after. since, until: received on or between
    these days. words: all of them stand in it. person: only by whoever wrote the comment with
    this reference; like: only with its very text. order: None, the view's own. after: where the
    page begins, None for the first.
    """

    view: View = View.WAITING
    thread: str = ""
    lang: str = ""
    note: str = ""
    mine: bool = False
    since: date | None = None
    until: date | None = None
    department: int | None = None
    topic: int | None = None
    words: str = ""
    person: str = ""
    like: str = ""
    order: Order | None = None
    after: Place | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything besides the view chooses what is shown."""
        return replace(self, order=None, after=None) != Filters(view=self.view)

    @property
    def is_alike(self) -> bool:
        """Whether one note or the same words choose what is shown, so that it is one thing."""
        return bool(self.note or self.like) and not self.words

    def first_page(self) -> "Filters":
        return replace(self, after=None)

    def of(self, view: View) -> "Filters":
        """Another view, from its beginning, with nothing that narrows it."""
        return Filters(view=view)

    def by_whoever_wrote(self, reference: str) -> "Filters":
        """All comments of one person."""
        return Filters(view=View.ALL, person=reference)

    def like_that(self, reference: str) -> "Filters":
        """All comments with the same words."""
        return Filters(view=View.ALL, like=reference)

    def query(self) -> str:
        """As it stands in an address, without its question mark; "" for the first list."""
        return urlencode(list(self._written()))

    def _written(self) -> Iterator[tuple[str, str]]:
        if self.view is not View.WAITING:
            yield "vista", self.view
        for name, key in _TEXTS.items():
            if value := getattr(self, key):
                yield name, str(value)
        if self.mine:
            yield "mios", "1"
        if self.after is not None:
            yield "desde-el", str(self.after)


_TEXTS = {
    "buscar": "words",
    "hilo": "thread",
    "idioma": "lang",
    "marca": "note",
    "desde": "since",
    "hasta": "until",
    "departamento": "department",
    "tema": "topic",
    "persona": "person",
    "como": "like",
    "orden": "order",
}
"""What stands in the address by its name there, and the field that holds it."""


def filters_of(args: Mapping[str, str]) -> Filters:
    """What an address asks for; what is broken or unknown in it is left out."""
    return Filters(
        view=_one_of(View, args.get("vista")) or View.WAITING,
        thread=_if(THREAD_PATTERN.fullmatch, args.get("hilo")),
        lang=_if(_LANG.fullmatch, args.get("idioma")),
        note=_if(_CODE.fullmatch, args.get("marca")),
        mine=args.get("mios") == "1",
        since=_day(args.get("desde")),
        until=_day(args.get("hasta")),
        department=_number(args.get("departamento")),
        topic=_number(args.get("tema")),
        words=_line(args.get("buscar")),
        person=_if(REFERENCE_PATTERN.fullmatch, args.get("persona")),
        like=_if(REFERENCE_PATTERN.fullmatch, args.get("como")),
        order=_one_of(Order, args.get("orden")),
        after=_place(args.get("desde-el")),
    )


def _place(text: str | None) -> Place | None:
    found = _PAGE.fullmatch(text or "")
    if not found or (found[2].isdigit() and int(found[2]) > LAST_ID):
        return None
    return Place(None if found[1] == "-" else int(found[1]), found[2])


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("\0", " ").split())[:MAX_WORDS_CHARS].rstrip()


def _day(text: str | None) -> date | None:
    """Broken values are left out; so are days before there were blogs, which no index knows."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _number(text: str | None) -> int | None:
    """The database counts from 1: 0 is nobody's."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text) or None


def _one_of(kind: type[_Code], text: str | None) -> _Code | None:
    try:
        return kind(text or "")
    except ValueError:
        return None


def _if(fits: Callable[[str], object], text: str | None) -> str:
    return text if text and fits(text) else ""
