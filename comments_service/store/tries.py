"""Tries to sign in: each is noted before it is judged, and taken back when it was right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from .schema import sign_in_try
from .times import seconds, when

_COUNTING = 0x7E32  # PostgreSQL's lock of whoever counts: any number, the same in every node


@dataclass(frozen=True, slots=True)
class Tries:
    """count: of one subject; last: when the newest was."""

    count: int
    last: datetime


def one_by_one(connection: Connection) -> None:
    """To the end of the transaction nobody else counts or notes a try: none is overlooked."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_COUNTING)))


def counted(
    connection: Connection, subjects: Collection[str], since: datetime
) -> Mapping[str, Tries]:
    """What each of the subjects tried; those that tried nothing are not in it."""
    query = (
        select(sign_in_try.c.subject, func.count(), func.max(sign_in_try.c.at))
        .where(sign_in_try.c.subject.in_(subjects), sign_in_try.c.at >= seconds(since))
        .group_by(sign_in_try.c.subject)
    )
    return {subject: Tries(count, when(last)) for subject, count, last in connection.execute(query)}


def count_of(connection: Connection, subject: str, since: datetime) -> int:
    """How often one subject tried."""
    found = counted(connection, [subject], since).get(subject)
    return found.count if found else 0


def note(connection: Connection, subjects: Sequence[str], now: datetime) -> Sequence[int]:
    """Note one try of each subject; the ids of the notes."""
    rows = [{"subject": subject, "at": seconds(now)} for subject in subjects]
    found = connection.execute(insert(sign_in_try).returning(sign_in_try.c.id), rows)
    return list(found.scalars())


def take_back(connection: Connection, noted: Sequence[int], subject: str = "") -> None:
    """These tries were no failures; of ``subject`` no other one counts any more either."""
    gone = sign_in_try.c.id.in_(noted) | (sign_in_try.c.subject == subject)
    connection.execute(delete(sign_in_try).where(gone))


def forget(connection: Connection, before: datetime) -> None:
    """Delete the notes made before."""
    connection.execute(delete(sign_in_try).where(sign_in_try.c.at < seconds(before)))
