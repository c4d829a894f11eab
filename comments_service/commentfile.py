"""One comment, one file: ``content/comments/<thread>/<id>.md``.

    id: "01k9x8c7j3s5m2q4r6t8v0w1y2"
    thread: "mas-alla-del-buzon"
    ...
    date: "2026-11-14T10:15:00+01:00"

    The text as the reader wrote it.

UTF-8 with LF. A header line is a key, ``: `` and one JSON value, so every YAML tool reads
the header too; the first blank line ends it, and nothing after that line is ever a header.
A tombstone (``state: "withdrawn"``) has a header only. Pelican's readers never see these
files: they trust what they read.

No I/O here, no YAML library, and no line of a file is read in more than one way: an unknown,
repeated or missing key or a wrong value is an InvalidCommentFile that names file and key.
The order of keys is constant when written and free when read.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import PurePosixPath
from typing import Any

from .domain.addresses import is_web_address
from .domain.characters import is_one_line, json_of, text_of_file
from .domain.comments import (
    ID_PATTERN,
    MAX_NUMBER,
    THREAD_PATTERN,
    Comment,
    Entry,
    Kind,
    Markup,
    Tombstone,
    WithdrawnBy,
)
from .errors import N_, CannotWrite, Fault, InvalidCommentFile

_KEY_NAME = re.compile(r"[a-z_]{1,20}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def path_of(thread: str, id: str) -> PurePosixPath:  # noqa: A002
    """``<thread>/<id>.md``, below the folder of all comments.

    Raises CannotWrite for anything but a thread key and an id, so that no text from outside
    ever becomes a path.
    """
    if not THREAD_PATTERN.fullmatch(thread) or not ID_PATTERN.fullmatch(id):
        raise CannotWrite(
            N_("“%(thread)s/%(id)s” is not the place of a comment"), thread=thread, id=id
        )
    return PurePosixPath(thread, f"{id}.md")


def digest(data: bytes) -> str:
    """The name of one exact content of a file: 16 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def dumps(entry: Entry) -> bytes:
    """The file of ``entry``. What was written is read again and compared first.

    Raises ValueError for an entry that no file can hold: a value that ``loads`` would refuse,
    a CR or an outer line break in the body.
    """
    header = _header_of(entry)
    text = "".join(f"{key}: {json_of(value)}\n" for key, value in header.items())
    if isinstance(entry, Comment):
        text += f"\n{entry.body}\n"
    data = text.encode("utf-8")
    try:
        again = loads(data, f"{header['thread']}/{header['id']}.md")
    except InvalidCommentFile as error:
        raise ValueError(f"{error.key}: {error}") from error
    if _header_of(again) != header or _body_of(again) != _body_of(entry):
        raise ValueError("the entry would be read as another one")
    return data


def loads(data: bytes, file: str) -> Entry:
    """The entry that a file holds.

    file: its path, with ``/``; it ends with ``<thread>/<id>.md``, as the header says.
    Raises InvalidCommentFile.
    """
    try:
        return _read(data, file)
    except Fault as fault:
        raise InvalidCommentFile(file, fault.where, fault.message, **fault.values) from fault


def _read(data: bytes, file: str) -> Entry:
    header, blank, body = text_of_file(data).partition("\n\n")
    raw = _split(header)
    if "state" in raw:
        if body.strip():
            raise Fault("body", N_("must be left out of a withdrawn comment"))
        values = _values(raw, _TOMBSTONE)
        del values["state"]
        entry: Entry = Tombstone(**values)
    else:
        if not blank:
            raise Fault("body", N_("must be parted from the header by a blank line"))
        entry = Comment(body=body.strip("\n"), **_values(raw, _COMMENT))
    _check_place(entry, file)
    return entry


def _split(header: str) -> dict[str, str]:
    raw: dict[str, str] = {}
    for number, line in enumerate(header.removesuffix("\n").split("\n"), start=1):
        key, colon, value = line.partition(": ")
        if not colon or not _KEY_NAME.fullmatch(key):
            # By its number: a report of faults holds no text of a comment.
            message = N_("line %(line)d of the header must be a key, “: ” and a value")
            raise Fault("", message, line=number)
        if key in raw:
            raise Fault(key, N_("stands there twice"))
        raw[key] = value
    return raw


def _values(raw: Mapping[str, str], keys: Mapping[str, "_Key"]) -> dict[str, Any]:
    values = {}
    for key, text in raw.items():
        if key not in keys:
            raise Fault(key, N_("is not a key of this header"))
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Fault(key, N_("is not JSON (a text stands in double quotes)")) from error
        try:
            values[key] = keys[key].read(value)
        except ValueError as error:
            raise Fault(key, keys[key].wanted) from error
    for key, rule in keys.items():
        if rule.required and key not in values:
            raise Fault(key, N_("is missing"))
    return values


def _check_place(entry: Entry, file: str) -> None:
    *_, folder, name = ("", *file.rsplit("/", 2))
    if name != f"{entry.id}.md":
        raise Fault("id", N_("must be the name of the file"))
    if folder != entry.thread:
        raise Fault("thread", N_("must be the name of the folder"))


def _header_of(entry: Entry) -> dict[str, object]:
    """The keys that apply, in their constant order, as JSON has them."""
    if isinstance(entry, Tombstone):
        values = {key: getattr(entry, key) for key in _TOMBSTONE if key != "state"}
        values = {key: values.get(key, "withdrawn") for key in _TOMBSTONE}
    else:
        values = {key: getattr(entry, key) for key in _COMMENT}
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
        if value is not None
    }


def _body_of(entry: Entry) -> str:
    return entry.body if isinstance(entry, Comment) else ""


# What each key may hold. A reader raises ValueError; ``wanted`` says what it asks for.


@dataclass(frozen=True, slots=True)
class _Key:
    read: Callable[[Any], object]
    wanted: str
    required: bool = False


def _text(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(value)
        return value

    return read


def _line(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not is_one_line(value):
        raise ValueError(value)
    return value


def _count(value: Any) -> int:
    # type(), as True is an int too.
    if type(value) is not int or not 1 <= value <= MAX_NUMBER:
        raise ValueError(value)
    return value


def _url(value: Any) -> str:
    if not isinstance(value, str) or not is_web_address(value):
        raise ValueError(value)
    return value


def _date(value: Any) -> datetime:
    # Python reads many more forms of ISO 8601; only the one that it writes is a date here.
    date = datetime.fromisoformat(value) if isinstance(value, str) else None
    if date is None or date.tzinfo is None or date.microsecond or date.isoformat() != value:
        raise ValueError(value)
    # The first and the last year cannot be told in every time zone.
    if not MINYEAR < date.year < MAXYEAR:
        raise ValueError(value)
    return date


def _withdrawn(value: Any) -> str:
    if value != "withdrawn":
        raise ValueError(value)
    return "withdrawn"


def _public_kind(value: Any) -> Kind:
    kind = Kind(value)
    if kind is Kind.REPORT:  # what a reader tells the institution alone
        raise ValueError(value)
    return kind


_AN_ID = N_("must be an id: 26 letters and digits, in double quotes")
_A_NUMBER = N_("must be a whole number from 1, without quotes")
_ONE_LINE = N_("must be one line of text in double quotes, and not empty")
_A_DATE = N_("must be a date and time in whole seconds like “2026-11-14T10:15:00+01:00”")

_COMMENT: Mapping[str, _Key] = {
    "id": _Key(_text(ID_PATTERN), _AN_ID, required=True),
    "thread": _Key(
        _text(THREAD_PATTERN),
        N_("must be a thread: small letters, digits and hyphens, in double quotes"),
        required=True,
    ),
    "revision": _Key(_count, _A_NUMBER, required=True),
    "number": _Key(_count, _A_NUMBER, required=True),
    "kind": _Key(
        _public_kind,
        N_("must be “comment”, “answer”, “webmention”, “trackback” or “pingback”"),
        required=True,
    ),
    "markup": _Key(Markup, N_("must be “markdown” or “text”"), required=True),
    "author": _Key(_line, _ONE_LINE, required=True),
    "date": _Key(_date, _A_DATE, required=True),
    "url": _Key(_url, N_("must be a web address that begins with http:// or https://")),
    "in_reply_to": _Key(_text(ID_PATTERN), _AN_ID),
    "lang": _Key(_text(_LANGUAGE), N_("must be the code of a language, like “es”")),
    "position": _Key(_line, _ONE_LINE),
    "department": _Key(_line, _ONE_LINE),
    "answers": _Key(_text(ID_PATTERN), _AN_ID),
    "edited": _Key(_date, _A_DATE),
    "source": _Key(_line, _ONE_LINE),
    "moderated": _Key(_line, _ONE_LINE),
}
"""In the order in which they are written."""

_TOMBSTONE: Mapping[str, _Key] = {
    "id": _COMMENT["id"],
    "thread": _COMMENT["thread"],
    "number": _COMMENT["number"],
    "date": _COMMENT["date"],
    "in_reply_to": _COMMENT["in_reply_to"],
    "state": _Key(_withdrawn, N_("must be “withdrawn”"), required=True),
    "reason": _Key(WithdrawnBy, N_("must be “reader” or “institution”"), required=True),
}
