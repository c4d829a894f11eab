"""The people who work here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select, update

from ..domain.permissions import Role
from .schema import (
    department,
    identity,
    passkey,
    person,
    recovery_code,
    session,
    sign_in_step,
)
from .times import maybe_day, maybe_days, seconds

NO_PASSWORD = "!"  # noqa: S105 - the hash of none
"""Of whoever comes from the institution's own sign-in: their rights end where they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff. login: what is typed to sign in; name: what signs answers.

    notices: what they are told of new comments, see ``staff_mails``; None: as is usual.
    is_used: somebody can sign in with it. department: its name. away_from, away_until: first
    and last day away. has_code: it is asked for at sign-in. left: gone for good.
    """

    id: int
    login: str
    name: str
    position: str | None
    department: str | None
    language: str
    role: Role
    password_hash: str
    disabled: bool
    is_used: bool = True
    department_id: int | None = None
    address_id: int | None = None
    notices: str | None = None
    hours: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    substitute_id: int | None = None
    has_code: bool = False
    passkey_hosts: frozenset[str] = frozenset()
    left: bool = False

    @property
    def has_password(self) -> bool:
        """There is one, which can be typed and forgotten."""
        return self.password_hash not in ("", NO_PASSWORD)

    @property
    def works(self) -> bool:
        """Can sign in today."""
        return self.is_used and not self.disabled and not self.left

    @property
    def has_second_factor(self) -> bool:
        """There is something to take from somebody who lost it, wherever it is good for."""
        return self.has_code or bool(self.passkey_hosts)

    def has_passkey(self, host: str) -> bool:
        """One that is good at this host of the site's address (see ``store.passkeys``)."""
        return not self.passkey_hosts.isdisjoint(("", host))

    def is_away(self, today: date) -> bool:
        """Whether a substitute stands in, on a day of the institution's calendar."""
        if self.left:
            return True
        until = self.away_until or date.max
        return self.away_from is not None and self.away_from <= today <= until


# Whoever was invited and has not answered has no way to sign in yet.
_USED = (person.c.password_hash != "") | exists().where(identity.c.person_id == person.c.id)

_PASSKEYS = (
    select(func.aggregate_strings(passkey.c.host, " "))
    .where(passkey.c.person_id == person.c.id)
    .scalar_subquery()
)

# The name of a department that a node of the earlier release wrote stands in the person's row.
PEOPLE = select(
    person,
    func.coalesce(department.c.name, person.c.department).label("department_name"),
    _USED.label("is_used"),
    _PASSKEYS.label("passkey_hosts"),
).join_from(person, department, person.c.department_id == department.c.id, isouter=True)
"""Rows that ``person_of`` reads."""

_LOCK = select(person.c.id).where(person.c.id == bindparam("id")).with_for_update()
_NAMES = select(person.c.name)
_ADMINISTRATORS = select(person.c.id).where(
    person.c.role == Role.ADMIN, person.c.disabled_at.is_(None), person.c.left_at.is_(None)
)


def add_person(connection: Connection, now: datetime, **values: str | int | None) -> int:
    """A new account; ``values`` are the columns. Returns its id."""
    row = values | {"created_at": seconds(now)}
    new: int = connection.execute(insert(person).returning(person.c.id), row).scalar_one()
    return new


def by_login(connection: Connection, login: str) -> Person | None:
    row = connection.execute(PEOPLE.where(person.c.login == login)).one_or_none()
    return None if row is None else person_of(row)


def by_id(connection: Connection, person_id: int) -> Person | None:
    row = connection.execute(PEOPLE.where(person.c.id == person_id)).one_or_none()
    return None if row is None else person_of(row)


def by_address(connection: Connection, address_id: int) -> Person | None:
    """Whoever works here and is written to there; of several, the first."""
    query = PEOPLE.where(person.c.address_id == address_id, person.c.left_at.is_(None))
    row = connection.execute(query.order_by(person.c.id).limit(1)).one_or_none()
    return None if row is None else person_of(row)


def all_at(connection: Connection, address_id: int) -> list[Person]:
    """Whoever works here and is written to there: colleagues may share a mailbox."""
    query = PEOPLE.where(person.c.address_id == address_id, person.c.left_at.is_(None))
    return [person_of(row) for row in connection.execute(query.order_by(person.c.id))]


def language_at(connection: Connection, address_id: int) -> str | None:
    """Of whoever works here and is written to there; None: nobody."""
    found = by_address(connection, address_id)
    return found.language if found else None


def everybody(connection: Connection) -> list[Person]:
    """All accounts by name, of those who left too."""
    return [person_of(row) for row in connection.execute(PEOPLE.order_by(person.c.name))]


def count(connection: Connection) -> int:
    """How many accounts there are, without those who left."""
    query = select(func.count()).select_from(person).where(person.c.left_at.is_(None))
    return connection.execute(query).scalar_one()


def names(connection: Connection) -> list[str]:
    """Of all who work here or did."""
    return list(connection.execute(_NAMES).scalars())


def stood_in_for(connection: Connection, person_id: int, today: date) -> list[int]:
    """Those who left, or are away today, and whose substitute this person is."""
    day = maybe_days(today)
    until = (person.c.away_until >= day) | person.c.away_until.is_(None)
    gone = person.c.left_at.is_not(None) | ((person.c.away_from <= day) & until)
    query = select(person.c.id).where(person.c.substitute_id == person_id, gone)
    return list(connection.execute(query).scalars())


def change(connection: Connection, person_id: int, **values: str | int | date | None) -> None:
    """Set columns of one account; days and times as they are."""
    stored = {name: _stored(value) for name, value in values.items()}
    connection.execute(update(person).where(person.c.id == person_id).values(**stored))


def keys_of(connection: Connection, person_id: int) -> str | None:
    """The keys that a person chose for the lists, as they are kept; None: never asked."""
    query = select(person.c["keys"]).where(person.c.id == person_id)
    kept: str | None = connection.execute(query).scalar_one()
    return kept


def _stored(value: str | int | date | None) -> str | int | None:
    if isinstance(value, datetime):
        return seconds(value)
    return maybe_days(value) if isinstance(value, date) else value


def hand_over(connection: Connection, person_id: int, to: int | None) -> None:
    """Let somebody else stand in where this person did; nobody stands in for themselves."""
    mine = update(person).where(person.c.substitute_id == person_id)
    connection.execute(mine.where(person.c.id != (to or 0)).values(substitute_id=to))
    connection.execute(mine.values(substitute_id=None))


def forget_ways_in(connection: Connection, person_id: int) -> None:
    """Nothing opens the account any more: no password, no code, no passkey.

    Who they are at the institution stays: whoever comes from there again is known as gone, and
    gets no new account.
    """
    for table in (recovery_code, passkey, sign_in_step, session):
        connection.execute(delete(table).where(table.c.person_id == person_id))
    change(connection, person_id, password_hash="", totp_sealed=None, totp_step=None)


def forget(connection: Connection, person_id: int) -> bool:
    """Remove an account that nobody ever used; False when somebody did."""
    unused = person.c.left_at.is_(None) & ~_USED
    gone = connection.execute(delete(person).where(person.c.id == person_id, unused))
    return gone.rowcount == 1


def lock(connection: Connection, person_id: int) -> None:
    """Let two who change one account wait for each other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"id": person_id})


def lock_administrators(connection: Connection) -> None:
    """Let two who change accounts wait for each other, so that one administrator stays."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ADMINISTRATORS.order_by(person.c.id).with_for_update()).all()


def is_another(connection: Connection, person_id: int, roles: Collection[Role]) -> bool:
    """Whether somebody else with one of these roles works here, and has a way to sign in."""
    works = person.c.disabled_at.is_(None) & person.c.left_at.is_(None) & _USED
    query = select(person.c.id).where(person.c.id != person_id, person.c.role.in_(roles), works)
    return connection.execute(query.limit(1)).first() is not None


def are_several(connection: Connection, roles: Collection[Role]) -> bool:
    """Whether more than one person with one of these roles works here."""
    works = person.c.disabled_at.is_(None) & person.c.left_at.is_(None) & _USED
    query = select(person.c.id).where(person.c.role.in_(roles), works)
    return len(connection.execute(query.limit(2)).all()) > 1


def has_administrator(connection: Connection) -> bool:
    return connection.execute(_ADMINISTRATORS.limit(1)).first() is not None


def person_of(row: Row[Any]) -> Person:
    """The person of a row of ``PEOPLE``."""
    values = row._mapping
    return Person(
        id=values[person.c.id],
        login=values[person.c.login],
        name=values[person.c.name],
        position=values[person.c.position],
        department=values["department_name"],
        language=values[person.c.language],
        role=Role(values[person.c.role]),
        password_hash=values[person.c.password_hash],
        disabled=values[person.c.disabled_at] is not None,
        is_used=bool(values["is_used"]),
        department_id=values[person.c.department_id],
        address_id=values[person.c.address_id],
        notices=values[person.c.notices],
        hours=values[person.c.hours],
        away_from=maybe_day(values[person.c.away_from]),
        away_until=maybe_day(values[person.c.away_until]),
        substitute_id=values[person.c.substitute_id],
        has_code=values[person.c.totp_sealed] is not None,
        passkey_hosts=_hosts(values["passkey_hosts"]),
        left=values[person.c.left_at] is not None,
    )


def _hosts(told: str | None) -> frozenset[str]:
    return frozenset() if told is None else frozenset(told.split(" "))
