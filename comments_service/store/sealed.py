"""Everything that is stored sealed, row by row, for a change of key in one transaction."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update

from ..domain.bans import BanKind
from . import addresses as readers
from . import bans
from .schema import address, case, one_time_link, person, recovery_code

_BATCH = 500


class Sealed(NamedTuple):
    """id: of the row. sealed: see ``signing.seal``."""

    id: int
    sealed: bytes


def addresses(connection: Connection) -> Iterator[Sealed]:
    """Every reader's address that is still known."""
    last = 0
    while True:
        query = select(address.c.id, address.c.sealed).where(
            address.c.id > last, address.c.sealed != b""
        )
        rows = connection.execute(query.order_by(address.c.id).limit(_BATCH)).all()
        yield from (Sealed(row.id, row.sealed) for row in rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def put_address(
    connection: Connection, row_id: int, sealed: bytes, lookup: str | None = None
) -> None:
    """lookup: by what it is found from now on; None: as before."""
    values = {"sealed": sealed} | ({} if lookup is None else {"lookup": lookup})
    if lookup is not None:
        before = readers.lookup_of(connection, row_id)
        bans.rename(connection, BanKind.ADDRESS, before, lookup)
    connection.execute(update(address).where(address.c.id == row_id).values(**values))


def secrets(connection: Connection) -> list[Sealed]:
    """The secret of every telephone that counts codes."""
    query = select(person.c.id, person.c.totp_sealed).where(person.c.totp_sealed.is_not(None))
    return [Sealed(row.id, row.totp_sealed) for row in connection.execute(query)]


def put_secret(connection: Connection, person_id: int, sealed: bytes) -> None:
    change = update(person).where(person.c.id == person_id)
    connection.execute(change.values(totp_sealed=sealed))


def forget_given_out(connection: Connection) -> None:
    """Short codes, staff's kept codes and one-time links are good no more: the first are made
    anew."""
    connection.execute(update(case).values(code_hash=None))
    connection.execute(delete(recovery_code))
    connection.execute(delete(one_time_link))
