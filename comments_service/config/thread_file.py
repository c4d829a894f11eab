"""What staff decided about one conversation, as a file: ``<thread>/thread.md``.

    thread: "mas-alla-del-buzon"
    state: "closed"
    since: "2026-11-14T10:15:00+01:00"
    author: "Ane Etxeberria"
    position: "Gestora de comunidad"
    text: {"es": "**A favor**: que abra los sábados. **En contra**: el coste."}

The form is that of ``settings.md``: UTF-8 with LF, a key, ``: `` and one JSON value a line.
``state`` is ``paused`` (until a moment, with a message), ``closed`` (with a summary of what was
said) or ``open`` (again: neither text nor signature). The conversation goes by it whatever its
article says; an article may be stricter.

No I/O here. A file with faults is told with all of them, each with its line and key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..domain.characters import is_one_line, json_of
from ..domain.comments import THREAD_PATTERN
from ..errors import N_, Fault, InvalidRuleFile
from .site_settings import Texts, pairs_of, texts

NAME = "thread.md"
MAX_TEXT_CHARS = 4_000


class State(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadState:
    """thread: key of the conversation. since, until: aware, whole seconds; until: of a pause.

    text: why it is paused, or the summary of a closed one, Markdown by language.
    author, position, department: who signs it; "" for none.
    """

    thread: str
    state: State
    since: datetime
    until: datetime | None = None
    text: Texts = field(default_factory=dict)
    author: str = ""
    position: str = ""
    department: str = ""


def name_of(thread: str) -> str:
    """Its place below the comments' folder."""
    return f"{thread}/{NAME}"


def thread_of(name: str) -> str | None:
    """The conversation that a file of this place is about; None for any other."""
    folder, _, last = name.rpartition("/")
    return folder if last == NAME and THREAD_PATTERN.fullmatch(folder) else None


def dumps(said: ThreadState) -> bytes:
    """The file of ``said``. What was written is read again and compared first.

    Raises InvalidRuleFile for what no file may hold.
    """
    values = {key: _plain(getattr(said, key)) for key in _KEYS}
    lines = [f"{key}: {json_of(value)}\n" for key, value in values.items() if value]
    try:
        data = "".join(lines).encode()
    except UnicodeEncodeError as error:
        raise InvalidRuleFile(NAME, [Fault("text", _ONE_LINE)]) from error
    if loads(data, name_of(said.thread)) != said:
        raise ValueError("the decision would be read as another one")
    return data


def loads(data: bytes, file: str) -> ThreadState:
    """What a file says. file: its path below the comments' folder, ``<thread>/thread.md``.

    Raises InvalidRuleFile, which names every fault with its line and key.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for where, key, written in pairs_of(data, file, _KEYS, faults):
        try:
            values[key] = _KEYS[key](written)
        except Fault as fault:
            faults.append(Fault(where, fault.message, **fault.values))
    faults = faults or [*_missing(values)] or [*_not_together(values, file)]
    if faults:
        raise InvalidRuleFile(file, faults)
    return ThreadState(**values)


def _missing(values: Mapping[str, Any]) -> list[Fault]:
    return [Fault(key, N_("is missing")) for key in _NEEDED if key not in values]


def _not_together(values: Mapping[str, Any], file: str) -> list[Fault]:
    """What each state has, and what it has not."""
    state, faults = values["state"], list[Fault]()
    if values["thread"] != thread_of(file):
        faults.append(Fault("thread", N_("must be the name of the folder")))
    wanted = _WITH[state]
    for key in ("until", "text", "author"):
        if (key in values) != (key in wanted):
            message = _NEEDS if key in wanted else _HAS_NOT
            faults.append(Fault(key, message, state=state.value))
    if not faults and state is State.PAUSED and values["until"] <= values["since"]:
        faults.append(Fault("until", N_("must be later than “since”")))
    return faults


def _plain(value: object) -> object:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def _thread(value: Any) -> str:
    if not isinstance(value, str) or not THREAD_PATTERN.fullmatch(value):
        raise Fault("", N_("must be the name of the folder"))
    return value


def _state(value: Any) -> State:
    try:
        return State(value)
    except ValueError as error:
        raise Fault("", N_("must be “open”, “paused” or “closed”")) from error


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Fault("", _A_MOMENT) from error
    # Python reads more forms of ISO 8601; only the one that it writes is a moment here.
    if moment.tzinfo is None or moment.microsecond or moment.isoformat() != value:
        raise Fault("", _A_MOMENT)
    if not 2000 <= moment.year < 3000:
        raise Fault("", _A_MOMENT)
    return moment


def _text(value: Any) -> Texts:
    read = texts(MAX_TEXT_CHARS, one_line=False)(value)
    if not read:
        raise Fault("", N_("is missing"))
    return read


def _line(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not is_one_line(value):
        raise Fault("", _ONE_LINE)
    return value


_ONE_LINE = N_("must be one line of text in double quotes, and not empty")
_A_MOMENT = N_("must be a date and time in whole seconds like “2026-11-14T10:15:00+01:00”")
_NEEDS = N_("is missing: a conversation that is “%(state)s” has one")
_HAS_NOT = N_("must be left out: a conversation that is “%(state)s” has none")
_NEEDED = ("thread", "state", "since")
_WITH = {
    State.OPEN: frozenset[str](),
    State.PAUSED: frozenset({"until", "text", "author"}),
    State.CLOSED: frozenset({"text", "author"}),
}
_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "thread": _thread,
    "state": _state,
    "since": _moment,
    "until": _moment,
    "author": _line,
    "position": _line,
    "department": _line,
    "text": _text,
}
"""How each is read, in the order in which they are written; each raises Fault."""
