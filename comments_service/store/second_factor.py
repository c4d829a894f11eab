"""The secret by which a person's telephone counts codes, and the codes kept for its loss."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from .schema import person, recovery_code
from .times import seconds


@dataclass(frozen=True, slots=True)
class Secret:
    """sealed: see ``signing.seal``. step: the last one that was used, or None."""

    sealed: bytes
    step: int | None


def secret_of(connection: Connection, person_id: int) -> Secret | None:
    """The secret of a person, or None."""
    query = select(person.c.totp_sealed, person.c.totp_step).where(person.c.id == person_id)
    row = connection.execute(query).one()
    return None if row.totp_sealed is None else Secret(row.totp_sealed, row.totp_step)


def keep(connection: Connection, person_id: int, sealed: bytes, step: int) -> None:
    """The secret from now on; ``step`` was used to show that the telephone knows it."""
    change = update(person).where(person.c.id == person_id)
    connection.execute(change.values(totp_sealed=sealed, totp_step=step))


def use_step(connection: Connection, person_id: int, step: int) -> bool:
    """Use a step up; False when it or a later one was used: of two at once, one is first."""
    change = update(person).where(
        person.c.id == person_id,
        person.c.totp_sealed.is_not(None),
        or_(person.c.totp_step.is_(None), person.c.totp_step < step),
    )
    return connection.execute(change.values(totp_step=step)).rowcount == 1


def remove(connection: Connection, person_id: int) -> None:
    """Neither the telephone nor the kept codes are worth anything any more."""
    change = update(person).where(person.c.id == person_id)
    connection.execute(change.values(totp_sealed=None, totp_step=None))
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))


def put_recovery_codes(connection: Connection, person_id: int, hashes: Collection[str]) -> None:
    """These codes instead of all earlier ones."""
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": each} for each in hashes]
    connection.execute(insert(recovery_code), rows)


def use_recovery_code(
    connection: Connection, person_id: int, code_hash: str, now: datetime
) -> bool:
    """Use a code up; False when it is none of this person's or was used."""
    change = update(recovery_code).where(
        recovery_code.c.person_id == person_id,
        recovery_code.c.code_hash == code_hash,
        recovery_code.c.used_at.is_(None),
    )
    return connection.execute(change.values(used_at=seconds(now))).rowcount == 1


def recovery_codes_left(connection: Connection, person_id: int) -> int:
    query = select(func.count()).where(
        recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None)
    )
    return connection.execute(query).scalar_one()
