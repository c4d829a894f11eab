"""One version of a rule of participation in one language, as a file.

    number: 2
    version: 3
    lang: "es"
    since: "2026-06-15"
    title: "Datos de otras personas"

    No cuentes datos privados de otra persona.

Its name says the same: ``02-v3.es.md``. The form is that of a comment's file (``commentfile``):
UTF-8 with LF, a header of a key, ``: `` and one JSON value a line, a blank line, Markdown. So
staff write one by hand and a screen can write it too; a translation that comes later is a file
of its own and changes no other.

No I/O here. A file with faults is told with all of them, each with its line and key.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..domain.characters import MISLEADING, UNSAFE, is_one_line, text_of_file
from ..errors import N_, Fault, InvalidRuleFile
from .site_toml import LANGUAGES

MAX_NUMBER = 99
MAX_VERSION = 999
MAX_TITLE_CHARS = 80
MAX_TEXT_CHARS = 1_000

NAME = re.compile(
    r"(?P<number>0[1-9]|[1-9][0-9])-v(?P<version>[1-9][0-9]{0,2})"
    rf"\.(?P<lang>{'|'.join(LANGUAGES)})\.md"
)
NO_NAME = N_("is not named like a rule, for example 02-v3.es.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one file says: a version of a rule in one language. text: Markdown.

    ends: with this version the rule holds no more; its text says why.
    """

    number: int
    version: int
    lang: str
    since: date
    title: str
    text: str
    ends: bool = False


def name_of(wording: Wording) -> str:
    """The name of its file."""
    return f"{wording.number:02}-v{wording.version}.{wording.lang}.md"


def dumps(wording: Wording) -> bytes:
    """The file of ``wording``. What was written is read again and compared first.

    Raises ValueError for a wording that no file can hold.
    """
    keys = [key for key in _KEYS if key not in _OPTIONAL or getattr(wording, key)]
    header = "".join(f"{key}: {_json(getattr(wording, key))}\n" for key in keys)
    data = f"{header}\n{wording.text}\n".encode()
    try:
        again = loads(data, name_of(wording))
    except InvalidRuleFile as error:
        raise ValueError(str(error)) from error
    if again != wording:
        raise ValueError("the wording would be read as another one")
    return data


def loads(data: bytes, file: str) -> Wording:
    """What a file says.

    file: its path, with ``/``; it ends with ``<number>-v<version>.<lang>.md``, as the header says.
    Raises InvalidRuleFile, which names every fault with its line and key.
    """
    try:
        text = text_of_file(data)
    except Fault as fault:
        raise InvalidRuleFile(file, [fault]) from fault
    header, blank, body = text.partition("\n\n")
    faults: list[Fault] = []
    values = _header(header, faults)
    faults += _misplaced(values, file.rpartition("/")[2])
    body = body.strip("\n")
    if blank:
        faults += _faults_of_text(body, where=str(header.count("\n") + 3))
    else:
        faults.append(Fault("", _NO_BLANK_LINE))
    if faults:
        raise InvalidRuleFile(file, faults)
    return Wording(text=body, **{key: value for key, (_, value) in values.items()})


def _header(header: str, faults: list[Fault]) -> dict[str, tuple[int, Any]]:
    """The value of each key that has a good one, with the number of its line."""
    values: dict[str, tuple[int, Any]] = {}
    seen: set[str] = set()
    for number, line in enumerate(header.removesuffix("\n").split("\n"), start=1):
        key, colon, written = line.partition(": ")
        if not colon:
            faults.append(Fault(str(number), N_("must be a key, “: ” and a value")))
            continue
        where = f"{number}: {key}"
        if key not in _KEYS:
            faults.append(Fault(where, N_("is not a key of this header")))
        elif key in seen:
            faults.append(Fault(where, N_("stands there twice")))
        else:
            try:
                values[key] = number, _value(key, written)
            except Fault as fault:
                faults.append(Fault(where, fault.message, **fault.values))
        seen.add(key)
    faults += [Fault(key, N_("is missing")) for key in _KEYS if key not in {*seen, *_OPTIONAL}]
    return values


def _value(key: str, written: str) -> Any:
    read, wanted, given = _KEYS[key]
    try:
        value = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Fault(key, N_("is not JSON (a text stands in double quotes)")) from error
    try:
        return read(value)
    except (ValueError, TypeError) as error:
        raise Fault(key, wanted, **given) from error


def _misplaced(values: Mapping[str, tuple[int, Any]], name: str) -> Iterator[Fault]:
    """A fault for each key that says something else than the name of the file."""
    found = NAME.fullmatch(name)
    if not found:
        yield Fault("", NO_NAME)
        return
    for key, named in found.groupdict().items():
        if key in values and str(values[key][1]) != named.lstrip("0"):
            line = values[key][0]
            yield Fault(
                f"{line}: {key}", N_("must be as in the name of the file: %(named)s"), named=named
            )


def _faults_of_text(text: str, where: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault(where, N_("the rule itself is missing below the header"))
    if UNSAFE.search(text) or MISLEADING.search(text):
        yield Fault(where, N_("holds a character that is no text"))
    if len(text) > MAX_TEXT_CHARS:
        yield Fault(where, N_("must have at most %(most)s characters"), most=MAX_TEXT_CHARS)


def _json(value: object) -> str:
    text = value.isoformat() if isinstance(value, date) else value
    return json.dumps(text, ensure_ascii=False)


def _count(most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        # type(), as True is an int too.
        if type(value) is not int or not 1 <= value <= most:
            raise ValueError(value)
        return value

    return read


def _lang(value: Any) -> str:
    if value not in LANGUAGES:
        raise ValueError(value)
    return str(value)


def _day(value: Any) -> date:
    # Python reads more forms of ISO 8601; only the one that it writes is a date here.
    day = date.fromisoformat(value)
    if day.isoformat() != value:
        raise ValueError(value)
    return day


def _true(value: Any) -> bool:
    if value is not True:
        raise ValueError(value)
    return True


def _title(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TITLE_CHARS:
        raise ValueError(value)
    if not is_one_line(value) or MISLEADING.search(value):
        raise ValueError(value)
    return value


_NO_BLANK_LINE = N_("must have a blank line between the header and the text")
_A_NUMBER = N_("must be a whole number from 1 to %(most)s, without quotes")

_KEYS: Mapping[str, tuple[Callable[[Any], Any], str, Mapping[str, object]]] = {
    "number": (_count(MAX_NUMBER), _A_NUMBER, {"most": MAX_NUMBER}),
    "version": (_count(MAX_VERSION), _A_NUMBER, {"most": MAX_VERSION}),
    "lang": (
        _lang,
        N_("must be one of %(known)s, in double quotes"),
        {"known": ", ".join(LANGUAGES)},
    ),
    "since": (_day, N_("must be a day like “2026-11-14”, in double quotes"), {}),
    "title": (
        _title,
        N_("must be one line of text in double quotes, of at most %(most)s characters"),
        {"most": MAX_TITLE_CHARS},
    ),
    "ends": (_true, N_("must be true, or be left out"), {}),
}
"""In the order in which they are written: how each is read, and what is asked for else."""

_OPTIONAL = frozenset({"ends"})
