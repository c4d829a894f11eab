"""Readers' e-mail addresses: sealed, found again by a keyed hash, confirmed or stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .cases import first_generation
from .schema import address, case
from .times import maybe_when, seconds


@dataclass(frozen=True, slots=True)
class Address:
    """sealed: see ``signing.seal``. generation: of its links.

    confirmed_at: its owner said that it is theirs; stopped_at: that they want no mail.
    """

    id: int
    sealed: bytes
    lang: str
    generation: int
    confirmed_at: datetime | None
    stopped_at: datetime | None


def keep(connection: Connection, lookup: str, sealed: bytes, lang: str, now: datetime) -> int:
    """The id of the address with this lookup; a new one is kept, a known one as it was."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row: Mapping[str, object] = {
        "lookup": lookup,
        "sealed": sealed,
        "lang": lang,
        # Any number: an old link must open nobody else's address after a lost database.
        "generation": first_generation(),
        "created_at": seconds(now),
    }
    new = dialect.insert(address).values(**row)
    again = {"sealed": sealed, "lang": lang}  # of an erased comment only the hash was left
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["lookup"], set_=again, where=address.c.sealed == b""
        )
    )
    query = select(address.c.id).where(address.c.lookup == lookup)
    found: int = connection.execute(query).scalar_one()
    return found


def by_id(connection: Connection, address_id: int) -> Address | None:
    """The address, or None."""
    row = connection.execute(select(address).where(address.c.id == address_id)).one_or_none()
    return None if row is None else _address(row)


def with_lookup(connection: Connection, lookup: str) -> int | None:
    """The id of the address with this keyed hash; None: nobody gave it."""
    query = select(address.c.id).where(address.c.lookup == lookup)
    return connection.execute(query).scalar_one_or_none()


def lookup_of(connection: Connection, address_id: int) -> str:
    """The keyed hash by which an address is found again."""
    query = select(address.c.lookup).where(address.c.id == address_id)
    found: str = connection.execute(query).scalar_one()
    return found


def of_case(connection: Connection, case_id: int) -> int | None:
    """The id of the address that the mails about a case go to; None: they go nowhere."""
    query = select(case.c.address_id).where(case.c.id == case_id, case.c.mails_stopped_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def given(connection: Connection, case_id: int) -> Address | None:
    """The address that a case's reader gave, whether they still want mails or not."""
    query = select(address).join(case, case.c.address_id == address.c.id)
    row = connection.execute(query.where(case.c.id == case_id)).one_or_none()
    return None if row is None else _address(row)


def give(connection: Connection, case_id: int, address_id: int) -> None:
    """Let the mails about a case go to this address."""
    change = update(case).where(case.c.id == case_id)
    connection.execute(change.values(address_id=address_id))


def confirm(connection: Connection, address_id: int, now: datetime) -> None:
    """Its owner says that it is theirs, and wants our mails."""
    change = update(address).where(address.c.id == address_id)
    connection.execute(change.values(confirmed_at=seconds(now), stopped_at=None))


def stop(connection: Connection, address_id: int, now: datetime) -> None:
    """Its owner wants no mail from here at all."""
    change = update(address).where(address.c.id == address_id)
    connection.execute(change.values(stopped_at=seconds(now)))


def _address(row: Row[Any]) -> Address:
    return Address(
        id=row.id,
        sealed=row.sealed,
        lang=row.lang,
        generation=row.generation,
        confirmed_at=maybe_when(row.confirmed_at),
        stopped_at=maybe_when(row.stopped_at),
    )
