"""What staff set on their screens and readers' pages show, as a file: ``_site/settings.md``.

    closed_until: "2027-05-23"
    closed_message: {"es": "Volvemos el lunes 24."}
    deadlines: {"decide": 1, "answer": 2, "resolve": null}

The form is that of a rule's header (``rulefile``): UTF-8 with LF, a key, ``: `` and one JSON
value a line. Every key may be left out: what is not said here is as ``site.toml`` says it. A
value that is said takes the place of the one there, whole: ``closed_until: null`` opens what
``site.toml`` closes, and ``message: {}`` leaves the message to the catalogue.

No I/O here. A file with faults is told with all of them, each with its line and key.
"""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from ..domain.characters import MISLEADING, UNSAFE, is_one_line
from ..errors import N_, Fault, InvalidRuleFile
from .site_toml import LANGUAGES, SiteConfig

NAME = "settings.md"
MAX_HEADING_CHARS = 200
MAX_MESSAGE_CHARS = 2_000
MAX_DAYS = 250

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """Working days until a person decides, answers for the first and for the last time; a term
    that is None promises nothing."""

    decide: int | None = None
    answer: int | None = None
    resolve: int | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """day: the last one on which no comment is taken; None: comments are taken."""

    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What staff set. None: nothing, so that ``site.toml`` counts.

    closed_message, heading, message: by language; the heading is one line, the others Markdown.
    """

    closed_until: Until | None = None
    closed_message: Texts | None = None
    heading: Texts | None = None
    message: Texts | None = None
    deadlines: Terms | None = None


def applied(site: SiteConfig, said: SiteSettings) -> SiteConfig:
    """The institution with what staff set over it."""
    comments: dict[str, object] = {
        name: dict(value)
        for name in ("closed_message", "heading", "message")
        if (value := getattr(said, name)) is not None
    }
    if said.closed_until is not None:
        comments["closed_until"] = said.closed_until.day
    changes: dict[str, object] = {}
    if comments:
        changes["comments"] = site.comments.model_copy(update=comments)
    if said.deadlines is not None:
        terms = {name: getattr(said.deadlines, name) for name in _TERMS}
        changes["deadlines"] = site.deadlines.model_copy(update=terms)
    return site.model_copy(update=changes) if changes else site


def dumps(said: SiteSettings) -> bytes:
    """The file of ``said``. What was written is read again and compared first.

    Raises InvalidRuleFile for what no file may hold.
    """
    lines = [
        f"{each.name}: {json.dumps(_plain(value), ensure_ascii=False)}\n"
        for each in fields(SiteSettings)
        if (value := getattr(said, each.name)) is not None
    ]
    try:
        data = "".join(lines).encode()
    except UnicodeEncodeError as error:
        raise InvalidRuleFile(NAME, [Fault("", _NO_TEXT)]) from error
    if loads(data) != said:
        raise ValueError("the settings would be read as others")
    return data


def loads(data: bytes, file: str = NAME) -> SiteSettings:
    """What a file says. Raises InvalidRuleFile, which names every fault with its line and key."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for where, key, written in pairs_of(data, file, _KEYS, faults):
        try:
            values[key] = _KEYS[key](written)
        except Fault as fault:
            faults.append(Fault(where, fault.message, **fault.values))
    if faults:
        raise InvalidRuleFile(file, faults)
    return SiteSettings(**values)


def pairs_of(
    data: bytes, file: str, known: Container[str], faults: list[Fault]
) -> Iterator[tuple[str, str, Any]]:
    """Of each good line its place for people, its key and its value; what is wrong with the
    others goes to ``faults``. Raises InvalidRuleFile for what is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRuleFile(file, [Fault("", N_("must be in UTF-8"))]) from error
    if "\r" in text or text.startswith("\ufeff") or not (text.endswith("\n") or not text):
        faults.append(Fault("", _PLAIN_LINES))
    seen = set[str]()
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        key, colon, written = line.partition(": ")
        where = f"{number}: {key}" if colon else str(number)
        try:
            if not colon:
                raise Fault("", N_("must be a key, “: ” and a value"))
            if key not in known:
                raise Fault("", N_("is not a key of this header"))
            if key in seen:
                raise Fault("", N_("stands there twice"))
            seen.add(key)
            value = _json_of(written)
        except Fault as fault:
            faults.append(Fault(where, fault.message, **fault.values))
        else:
            yield where, key, value


def _json_of(written: str) -> Any:
    try:
        return json.loads(written, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise Fault("", N_("is not JSON (a text stands in double quotes)")) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("the same name twice")
    return dict(pairs)


def _plain(value: object) -> object:
    """As JSON has it."""
    if isinstance(value, Until):
        return value.day.isoformat() if value.day else None
    if isinstance(value, Terms):
        return {name: getattr(value, name) for name in _TERMS}
    return dict(value) if isinstance(value, Mapping) else value


def _until(value: Any) -> Until:
    if value is None:
        return Until(None)
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Fault("", _A_DAY) from error
    # Python reads more forms of ISO 8601; only the one that it writes is a date here.
    if day.isoformat() != value or not 2000 <= day.year < 3000:
        raise Fault("", _A_DAY)
    return Until(day)


def texts(most: int, *, one_line: bool) -> Callable[[Any], Texts]:
    """Reads a text for each language, each of at most so many characters; raises Fault."""

    def read(value: Any) -> Texts:
        if not isinstance(value, dict) or set(value) - set(LANGUAGES):
            raise Fault("", _BY_LANGUAGE, known=", ".join(LANGUAGES))
        for text in value.values():
            if not isinstance(text, str) or not text.strip():
                raise Fault("", _BY_LANGUAGE, known=", ".join(LANGUAGES))
            if len(text) > most:
                raise Fault("", N_("must have at most %(most)s characters"), most=most)
            if UNSAFE.search(text) or MISLEADING.search(text):
                raise Fault("", _NO_TEXT)
            if one_line and not is_one_line(text):
                raise Fault("", N_("must be one line"))
        return MappingProxyType(dict(value))

    return read


def _terms(value: Any) -> Terms:
    if not isinstance(value, dict) or set(value) != set(_TERMS):
        raise Fault("", N_("must have decide, answer and resolve, each a number or null"))
    for days in value.values():
        # type(), as True is an int too.
        if days is not None and (type(days) is not int or not 1 <= days <= MAX_DAYS):
            raise Fault("", N_("must be days from 1 to %(most)s, or null"), most=MAX_DAYS)
    return Terms(**value)


_TERMS = ("decide", "answer", "resolve")
_NO_TEXT = N_("holds a character that is no text")
_A_DAY = N_("must be a day like “2026-11-14”, in double quotes, or null")
_PLAIN_LINES = N_("must be lines that end with LF alone, without a byte order mark")
_BY_LANGUAGE = N_("must be a text for each language, like {“es”: “…”}; known: %(known)s")
_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "closed_until": _until,
    "closed_message": texts(MAX_MESSAGE_CHARS, one_line=False),
    "heading": texts(MAX_HEADING_CHARS, one_line=True),
    "message": texts(MAX_MESSAGE_CHARS, one_line=False),
    "deadlines": _terms,
}
"""How each is read; each raises Fault."""
