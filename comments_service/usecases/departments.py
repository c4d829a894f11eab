"""Departments and topics: added, renamed, closed and opened again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .. import markup
from ..domain.cases import person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..domain.names import name_key
from ..errors import N_, Fault, InvalidComment, NotHere
from ..store import departments, referrals
from ..store.departments import Department, Topic
from ..store.engine import Connection
from ..store.people import Person
from . import addresses
from .blog import Blog
from .journal import note
from .person_form import MAX_LINE_CHARS


@dataclass(frozen=True, slots=True)
class Departments:
    """All of both, by name."""

    departments: Sequence[Department]
    topics: Sequence[Topic]

    @property
    def open(self) -> list[Department]:
        return [each for each in self.departments if not each.closed]

    def name_of(self, department_id: int | None) -> str:
        return next((each.name for each in self.departments if each.id == department_id), "")


def everything(blog: Blog) -> Departments:
    with blog.store.read() as connection:
        return _everything(connection)


def department(blog: Blog, department_id: int) -> Department:
    """Raises NotHere."""
    with blog.store.read() as connection:
        return _department(connection, department_id)


def email_of(blog: Blog, of: Department) -> str:
    """Where comments are passed on to, with the name covered: ``o…@example.org``; "" for
    none."""
    return addresses.covered(blog, of.address_id)


def topic(blog: Blog, topic_id: int) -> Topic:
    """Raises NotHere."""
    with blog.store.read() as connection:
        return _topic(connection, topic_id)


def add(blog: Blog, name: str, *, by: Person, now: datetime) -> int:
    """Its number. Raises InvalidComment: no name, too long, or there is one with it."""
    with blog.store.write() as connection:
        name = _checked(name, departments.everything(connection))
        new = departments.add(connection, name, now)
        _note_department(connection, new, name, "added", by, now)
        return new


def change(
    blog: Blog,
    department_id: int,
    name: str,
    *,
    closed: bool,
    by: Person,
    now: datetime,
    email: str = "",
    no_email: bool = False,
) -> None:
    """email: where comments are passed on to from now on, "" for the one that there is; the
    links that went to another open nothing any more. no_email: keep none.

    Raises NotHere, and InvalidComment as ``add`` does.
    """
    with blog.store.write() as connection:
        before = _department(connection, department_id)
        others = (each for each in departments.everything(connection) if each.id != before.id)
        name, given = _checked(name, others), addresses.checked(email)
        address_id = None if no_email and not given else before.address_id
        if given:
            lang = blog.site.default_language
            address_id = addresses.keep(blog, connection, given, lang, now)
        after = replace(before, name=name, closed=closed, address_id=address_id)
        if after != before:
            departments.change(connection, after, now)
            if (after.closed, after.address_id) != (before.closed, before.address_id):
                referrals.renew_links(connection, before.id)  # whoever had the mail is out
            done = _done(before.closed, closed)
            _note_department(connection, before.id, after.name, done, by, now)


def add_topic(blog: Blog, name: str, department_id: int, *, by: Person, now: datetime) -> None:
    """department_id: 0 for none. Raises InvalidComment as ``add`` does."""
    with blog.store.write() as connection:
        name = _checked(name, departments.topics(connection), "topic")
        where = _place(connection, department_id)
        new = departments.add_topic(connection, name, where, now)
        _note_topic(connection, new, name, "added", by, now)


def change_topic(
    blog: Blog,
    topic_id: int,
    name: str,
    department_id: int,
    *,
    closed: bool,
    by: Person,
    now: datetime,
) -> None:
    """department_id: 0 for none. Raises NotHere, and InvalidComment as ``add`` does."""
    with blog.store.write() as connection:
        before = _topic(connection, topic_id)
        others = (each for each in departments.topics(connection) if each.id != before.id)
        name = _checked(name, others, "topic")
        where = _place(connection, department_id)
        after = replace(before, name=name, department_id=where, closed=closed)
        if after != before:
            departments.change_topic(connection, after, now)
            done = _done(before.closed, closed)
            _note_topic(connection, before.id, after.name, done, by, now)


def _everything(connection: Connection) -> Departments:
    return Departments(departments.everything(connection), departments.topics(connection))


def _department(connection: Connection, department_id: int) -> Department:
    found = departments.by_id(connection, department_id)
    if found is None:
        raise NotHere(N_("There is nothing at this address."))
    return found


def _topic(connection: Connection, topic_id: int) -> Topic:
    found = departments.topic_by_id(connection, topic_id)
    if found is None:
        raise NotHere(N_("There is nothing at this address."))
    return found


def _place(connection: Connection, department_id: int) -> int | None:
    if not department_id:
        return None
    if departments.by_id(connection, department_id) is None:
        fault = Fault("department", N_("Choose one of the list."))
        raise InvalidComment(N_("There is a problem"), [fault])
    return department_id


def _checked(name: str, others: Iterable[Department | Topic], field: str = "name") -> str:
    name = markup.clean_line(name)
    fault = None
    if not markup.is_visible(name) or len(name) > MAX_LINE_CHARS:
        fault = Fault(field, N_("Write 1 to %(most)s characters."), most=MAX_LINE_CHARS)
    elif any(name_key(each.name) == name_key(name) for each in others):
        fault = Fault(field, N_("There is one with this name already."))
    if fault:
        raise InvalidComment(N_("There is a problem"), [fault])
    return name


def _done(was_closed: bool, is_closed: bool) -> str:
    if was_closed == is_closed:
        return "changed"
    return "closed" if is_closed else "opened"


def _note_department(
    connection: Connection, number: int, name: str, done: str, by: Person, now: datetime
) -> None:
    kind = JournalKind.DEPARTMENT_CHANGED
    data: Data = {"department": number, "done": done}
    note(connection, kind, actor=person_actor(by.id), now=now, data=data, text=name)


def _note_topic(
    connection: Connection, number: int, name: str, done: str, by: Person, now: datetime
) -> None:
    kind = JournalKind.TOPIC_CHANGED
    data: Data = {"topic": number, "done": done}
    note(connection, kind, actor=person_actor(by.id), now=now, data=data, text=name)
