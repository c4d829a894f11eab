"""Accounts of those who work here, looked after by one of them: changed, stopped, left.

Of two who change accounts at once one waits for the other, so that there is always somebody
left who looks after them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..domain.cases import EventKind, person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..domain.permissions import Role
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, NotHere
from ..store import cases, claims, events, links, people, sessions, sign_in_steps
from ..store.engine import Connection
from ..store.people import Person
from . import addresses, staff_mails
from .blog import Blog
from .journal import note
from .person_form import Checked, PersonForm, checked

_LAST = N_(
    "Nobody else looks after the accounts. First let another person be in charge of everything."
)

_NOTED = (
    *("name", "position", "department_id", "language", "address_id", "hours"),
    *("away_from", "away_until", "substitute_id"),
)


@dataclass(frozen=True, slots=True)
class Colleagues:
    """here: those who have an account or an invitation. gone: those who left. By name."""

    here: Sequence[Person]
    gone: Sequence[Person]


def everybody(blog: Blog) -> Colleagues:
    with blog.store.read() as connection:
        found = people.everybody(connection)
    return Colleagues([p for p in found if not p.left], [p for p in found if p.left])


def person(blog: Blog, person_id: int) -> Person:
    """Raises NotHere."""
    with blog.store.read() as connection:
        return _person(connection, person_id)


def email_of(blog: Blog, of: Person) -> str:
    """Where notices for the person go, with the name covered: ``a…@example.org``; "" for none."""
    return addresses.covered(blog, of.address_id)


def open_cases(blog: Blog, of: Person) -> int:
    """How many cases the person looks after in which something is still to be done."""
    with blog.store.read() as connection:
        return len(cases.open_of(connection, of.id))


def change(blog: Blog, person_id: int, form: PersonForm, *, by: Person, now: datetime) -> bool:
    """Whether the role changed, which closes all sessions of the person.

    Raises NotHere, AlreadyDecided (the person left), InvalidComment naming every fault.
    """
    with blog.store.write() as connection:
        people.lock_administrators(connection)
        before = _here(connection, person_id)
        said = checked(blog, connection, form, before)
        if said.role is not Role.ADMIN:
            _refuse_the_last(connection, before, "role")
        values = _values(said)
        if said.email:
            lang = said.language
            values["address_id"] = addresses.keep(blog, connection, said.email, lang, now)
        elif form.no_email:
            values["address_id"] = None
        people.change(connection, before.id, **values)
        _tell_address(blog, connection, before, now)
        return _note_changes(connection, before, said.role, by, now)


def stop(blog: Blog, person_id: int, *, by: Person, now: datetime) -> None:
    """Let nobody sign in with the account until it is resumed. Raises as ``change`` does."""
    with blog.store.write() as connection:
        people.lock_administrators(connection)
        found = _here(connection, person_id)
        if found.disabled:
            return
        _refuse_the_last(connection, found, "stop")
        people.change(connection, found.id, disabled_at=now)
        claims.release(connection, found.id)
        _close_all(connection, found.id)
        _note(connection, JournalKind.PERSON_STOPPED, found, by, now)


def resume(blog: Blog, person_id: int, *, by: Person, now: datetime) -> None:
    """Raises NotHere, AlreadyDecided (the person left)."""
    with blog.store.write() as connection:
        found = _here(connection, person_id)
        if found.disabled:
            people.change(connection, found.id, disabled_at=None)
            _note(connection, JournalKind.PERSON_RESUMED, found, by, now)


def leave(blog: Blog, person_id: int, successor: int, *, by: Person, now: datetime) -> None:
    """The person works here no more: what is open goes to the successor (0: nobody), nothing
    opens the account, and the name stays on what it signed.

    Raises as ``change`` does.
    """
    with blog.store.write() as connection:
        people.lock_administrators(connection)
        found = _here(connection, person_id)
        _refuse_the_last(connection, found, "leave")
        open_ones = cases.open_of(connection, found.id)
        to = _successor(connection, found, successor, needed=bool(open_ones))
        for case_id in open_ones:
            cases.assign(connection, case_id, to)
            data = {"to": to, "left": found.id}
            actor = person_actor(by.id)
            events.append(connection, case_id, EventKind.ASSIGNED, actor=actor, now=now, data=data)
        _take_out(connection, found, to, now)
        _note(connection, JournalKind.PERSON_LEFT, found, by, now, to=to, cases=len(open_ones))


def _take_out(connection: Connection, found: Person, to: int | None, now: datetime) -> None:
    people.hand_over(connection, found.id, to)
    claims.release(connection, found.id)
    people.forget_ways_in(connection, found.id)
    links.remove_link(connection, f"invite:{found.id}")
    links.end_resets(connection, found.id)
    people.change(
        connection,
        found.id,
        left_at=now,
        disabled_at=now,
        substitute_id=to,
        address_id=None,
        hours=None,
        away_from=None,
        away_until=None,
        keys=None,
        notices=None,
    )


def _successor(
    connection: Connection, found: Person, successor: int, *, needed: bool
) -> int | None:
    if not successor and not needed:
        return None
    to = people.by_id(connection, successor)
    if to is None or to.id == found.id or not to.works:
        words = N_("Choose who takes over what is open.")
        raise InvalidComment(N_("There is a problem"), [Fault("successor", words)])
    return to.id


def _values(said: Checked) -> dict[str, str | int | date | None]:
    """The columns; ``department``, the name that an earlier release wrote, is emptied."""
    return {
        "name": said.name,
        "position": said.position,
        "department": None,
        "department_id": said.department_id,
        "language": said.language,
        "role": said.role,
        "hours": said.hours,
        "away_from": said.away_from,
        "away_until": said.away_until,
        "substitute_id": said.substitute_id,
    }


def _tell_address(blog: Blog, connection: Connection, before: Person, now: datetime) -> None:
    after = _person(connection, before.id)
    staff_mails.tell_address_changed(blog, connection, before, after.address_id, now)


def _note_changes(
    connection: Connection, before: Person, role: Role, by: Person, now: datetime
) -> bool:
    after = _person(connection, before.id)
    changed = [name for name in _NOTED if getattr(before, name) != getattr(after, name)]
    other_role = role is not before.role
    if other_role:
        _close_all(connection, before.id)
        data: Data = {"person": before.id, "from": before.role, "to": role}
        actor = person_actor(by.id)
        note(connection, JournalKind.ROLE_CHANGED, actor=actor, now=now, data=data)
    if changed:
        fields = " ".join(changed)
        _note(connection, JournalKind.PERSON_CHANGED, before, by, now, fields=fields)
    return other_role


def _close_all(connection: Connection, person_id: int) -> None:
    """Every session, what was half of one, and links to another password."""
    links.end_resets(connection, person_id)
    sessions.close_all(connection, person_id)
    sign_in_steps.end_all(connection, person_id)


def _refuse_the_last(connection: Connection, found: Person, field: str) -> None:
    """Raises InvalidComment: nobody else could look after the accounts."""
    is_one = found.role is Role.ADMIN and found.works
    if is_one and not people.is_another(connection, found.id, {Role.ADMIN}):
        raise InvalidComment(N_("There is a problem"), [Fault(field, _LAST)])


def _here(connection: Connection, person_id: int) -> Person:
    found = _person(connection, person_id)
    if found.left:
        raise AlreadyDecided(N_("This person has left. Nothing was changed."))
    return found


def _person(connection: Connection, person_id: int) -> Person:
    found = people.by_id(connection, person_id)
    if found is None:
        raise NotHere(N_("There is no account at this address."))
    return found


def _note(
    connection: Connection,
    kind: JournalKind,
    about: Person,
    by: Person,
    now: datetime,
    **more: str | int | None,
) -> None:
    data = {"person": about.id, **more}
    note(connection, kind, actor=person_actor(by.id), now=now, data=data)
