"""``/gestion/registro``: who did what, for those who have to account for it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..config.dates import machine
from ..domain.cases import REFERENCE_PATTERN
from ..domain.chain import data_json
from ..errors import N_, Fault, UnknownComment
from ..store.log_pages import LogLine, Place, Wanted, Word
from ..usecases import audit, log_pages, moderate
from ..usecases.log_pages import Group
from . import log_search, log_words, sessions
from .edge import edge, form_of
from .guard import protect
from .languages import sentence
from .spreadsheet import csv_lines

FILTERS = ("palabras", "que", "persona", "caso", "desde", "hasta")
"""In the address of the page and in the form that exports: words, what, person, case, from,
until."""

_PLACE = re.compile(r"([0-9]{1,12})-([0-9]{1,12})-([0-9]{1,12})")
_NUMBER = re.compile(r"[0-9]{1,9}")
_COLUMNS = ("at", "case", "entry", "kind", "what", "who", "whom", "data", "text", "hash")

log = Blueprint("log", __name__)
protect(log)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. wanted: None where a field cannot be read; faults: which."""

    wanted: Wanted | None
    faults: Mapping[str, Fault]


@log.get("/registro")
def entries() -> ResponseReturnValue:
    """The newest entries first, or those before the one that the address names."""
    values = {name: request.args.get(name, "").strip() for name in FILTERS}
    blog = edge().blog
    names = log_pages.names(blog)
    asked, before = _asked(values, names), _place(request.args.get("antes", ""))
    found: tuple[list[LogLine], bool] = ([], False)
    if asked.wanted is not None:
        found = log_pages.page(blog, asked.wanted, before)
    lines, has_older = found
    return render_template(
        "staff/log.html",
        here="log",
        session=sessions.the_session(),
        values=values,
        faults={name: sentence(fault) for name, fault in asked.faults.items()},
        groups=log_words.GROUPS,
        names=names,
        words=log_words,
        lines=lines,
        is_first=before is None,
        first=_query(values),
        older=_query(values, lines[-1].place) if has_older else None,
        verified=_verified(),
    )


@log.post("/registro/llevar")
def export() -> ResponseReturnValue:
    """All that is looked for, as a table or as JSON; that it was taken along is noted."""
    sent = form_of("csrf", "como", *FILTERS)
    if sent["como"] not in _FORMS:
        abort(400)
    here, names = edge(), log_pages.names(edge().blog)
    asked = _asked({name: sent[name].strip() for name in FILTERS}, names)
    if asked.wanted is None:
        abort(400)
    by, now = sessions.the_session().person, here.clock()
    found = log_pages.export(here.blog, asked.wanted, form=sent["como"], by=by, now=now)
    kind, write = _FORMS[sent["como"]]
    told = (_told(line, names) for line in found)
    response = Response(stream_with_context(write(told)), mimetype=kind)
    name = f"registro-{now.astimezone(here.blog.site.zone):%Y%m%d-%H%M}.{sent['como']}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(line: LogLine, names: Mapping[str, str]) -> dict[str, object]:
    """An entry as it is taken along, in the order of ``_COLUMNS``."""
    values = (
        machine(line.at.astimezone(edge().blog.site.zone)),
        log_words.case_of(line),
        line.place.seq,
        line.kind,
        log_words.what(line),
        log_words.who(line, names),
        log_words.whom(line, names),
        line.data,
        line.text,
        line.hash,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _as_csv(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    def cells() -> Iterator[list[str]]:
        yield list(_COLUMNS)
        for row in rows:
            yield [_cell(value) for value in row.values()]

    return csv_lines(cells())


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return data_json(value)
    return "" if value is None else str(value)


def _as_json(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    yield '{"format": 1, "entries": ['
    comma = ""
    for row in rows:
        yield f"{comma}\n{json.dumps(row, ensure_ascii=False)}"
        comma = ","
    yield "\n]}\n"


_FORMS: Mapping[str, tuple[str, Callable[[Iterable[dict[str, object]]], Iterator[str]]]] = {
    "csv": ("text/csv", _as_csv),
    "json": ("application/json", _as_json),
}


def _asked(values: Mapping[str, str], names: Mapping[str, str]) -> Asked:
    """What the fields look for; what cannot be read is told by its field."""
    faults: dict[str, Fault] = {}
    words: tuple[Word, ...] = ()
    try:
        words = log_search.asked(values["palabras"], names)
    except Fault as fault:
        faults[fault.where] = fault
    case_id = _case_id(values["caso"], faults)
    since = _midnight("desde", values, faults)
    before = _midnight("hasta", values, faults, after=timedelta(days=1))
    group, person = values["que"], values["persona"]
    if (group and group not in set(Group)) or (person and not _NUMBER.fullmatch(person)):
        abort(400)  # our own form has no such choice
    if faults:
        return Asked(None, faults)
    wanted = log_pages.wanted(
        edge().clock(),
        group=Group(group) if group else None,
        person=int(person) if person else None,
        case_id=case_id,
        since=since,
        before=before,
        words=words,
    )
    return Asked(wanted, faults)


def _case_id(typed: str, faults: dict[str, Fault]) -> int | None:
    if not typed:
        return None
    if REFERENCE_PATTERN.fullmatch(typed):
        with suppress(UnknownComment):
            return moderate.case_by_reference(edge().blog, typed).id
    faults["caso"] = Fault("caso", N_("We find no comment with this reference."))
    return None


def _midnight(
    field: str, values: Mapping[str, str], faults: dict[str, Fault], after: timedelta = timedelta()
) -> datetime | None:
    """When a day begins by the institution's clocks, or so much after it."""
    if not values[field]:
        return None
    try:
        day = date.fromisoformat(values[field]) + after
    except (ValueError, OverflowError):
        faults[field] = Fault(field, N_("Write the day like this: 2026-11-20."))
        return None
    return datetime.combine(day, time(), edge().blog.site.zone)


def _place(typed: str) -> Place | None:
    found = _PLACE.fullmatch(typed)
    return Place(*map(int, found.groups())) if found else None


def _query(values: Mapping[str, str], after: Place | None = None) -> str:
    """The same search, from a place on."""
    given = {name: value for name, value in values.items() if value}
    if after is not None:
        given["antes"] = "-".join(map(str, after))
    return f"?{urlencode(given)}" if given else ""


def _verified() -> dict[str, object] | None:
    """When and how the log was last verified; None: it never was."""
    with edge().blog.store.read() as connection:
        last = audit.last(connection)
    if last is None:
        return None
    at, found = last
    broken = found.broken and audit.explain(found.broken, gettext)
    return {"at": at, "found": found, "broken": broken}
