"""What a form says of a person who works here, checked whole: every fault at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .. import markup
from ..domain import hours
from ..domain.comments import MAX_AUTHOR_CHARS
from ..domain.permissions import Role
from ..errors import N_, Fault, InvalidComment
from ..store import departments, people
from ..store.engine import Connection
from ..store.people import Person
from . import addresses
from .blog import Blog

MAX_LINE_CHARS = 200


@dataclass(frozen=True, slots=True)
class PersonForm:
    """The fields as they came, each in one line of text.

    said: by name; email: a new one, "" leaves the one that there is. days: the marked ones,
    from 1, Monday. no_email: keep none.
    """

    said: Mapping[str, str]
    days: Collection[int] = ()
    no_email: bool = False

    def __getitem__(self, name: str) -> str:
        return self.said.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """email: None for no new one."""

    name: str
    position: str | None
    department_id: int | None
    language: str
    role: Role
    hours: str | None
    away_from: date | None
    away_until: date | None
    substitute_id: int | None
    email: str | None


def checked(blog: Blog, connection: Connection, form: PersonForm, person: Person | None) -> Checked:
    """person: who is changed; None: somebody new. Raises InvalidComment naming every fault."""
    faults: list[Fault] = []
    name, position = markup.clean_line(form["name"]), markup.clean_line(form["position"])
    faults += faults_of_name("name", name)
    if len(position) > MAX_LINE_CHARS:
        most = MAX_LINE_CHARS
        faults.append(Fault("position", N_("Write at most %(most)s characters."), most=most))
    role = Role(form["role"]) if form["role"] in set(Role) else Role.MODERATOR
    if form["role"] not in set(Role):
        faults.append(Fault("role", N_("Choose what this person does.")))
    email = times = None
    try:
        email = addresses.checked(form["email"])
    except InvalidComment as error:
        faults += error.faults
    try:
        times = hours.checked(form.days, form["begins"], form["ends"])
    except Fault as fault:
        faults.append(fault)
    department_id = _department(connection, form, person, faults)
    away_from, away_until = _away(form, faults)
    substitute_id = _substitute(connection, form, person, faults)
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return Checked(
        name=name,
        position=position or None,
        department_id=department_id,
        language=language_of(blog, form["language"]),
        role=role,
        hours=hours.written(times),
        away_from=away_from,
        away_until=away_until,
        substitute_id=substitute_id,
        email=email,
    )


def language_of(blog: Blog, wanted: str) -> str:
    """``wanted`` if the site has it, else the site's first language."""
    return wanted if wanted in blog.site.languages else blog.site.default_language


def faults_of_name(field: str, name: str) -> Iterator[Fault]:
    """A name that is seen, and not too long for a signature."""
    if not markup.is_visible(name) or len(name) > MAX_AUTHOR_CHARS:
        yield Fault(field, N_("Write 1 to %(most)s characters."), most=MAX_AUTHOR_CHARS)


def _department(
    connection: Connection, form: PersonForm, person: Person | None, faults: list[Fault]
) -> int | None:
    if not form["department"]:
        return None
    found = departments.by_id(connection, _number(form["department"]))
    stays = person is not None and found is not None and found.id == person.department_id
    if found is None or (found.closed and not stays):
        faults.append(Fault("department", N_("Choose one of the list.")))
        return None
    return found.id


def _substitute(
    connection: Connection, form: PersonForm, person: Person | None, faults: list[Fault]
) -> int | None:
    if not form["substitute"]:
        return None
    found = people.by_id(connection, _number(form["substitute"]))
    is_self = person is not None and found is not None and found.id == person.id
    if found is None or is_self or not found.works:
        faults.append(Fault("substitute", N_("Choose one of the list.")))
        return None
    return found.id


def _away(form: PersonForm, faults: list[Fault]) -> tuple[date | None, date | None]:
    first = _day("away_from", form["away_from"], faults)
    last = _day("away_until", form["away_until"], faults)
    if last and not form["away_from"]:
        faults.append(Fault("away_from", N_("Write the first day too.")))
    elif first and last and last < first:
        faults.append(Fault("away_until", N_("The last day is before the first one.")))
    return first, last


def _day(field: str, text: str, faults: list[Fault]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if 2000 <= day.year < 2100:
            return day
    except ValueError:
        pass
    faults.append(Fault(field, N_("Write a day like 2026-12-24.")))
    return None


def _number(text: str) -> int:
    """Of an id in a form; 0, which nothing has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
