"""The parts of the institution, and the topics that each knows about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from .schema import department, topic
from .times import seconds


@dataclass(frozen=True, slots=True)
class Department:
    """closed: offered no more, and still what it was for whoever belongs to it. address_id:
    where comments are passed on to, or None."""

    id: int
    name: str
    closed: bool
    address_id: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """department_id: of the part that knows about it, or None."""

    id: int
    name: str
    department_id: int | None
    closed: bool


def everything(connection: Connection) -> Sequence[Department]:
    """By name, the closed ones too."""
    return [_department(row) for row in connection.execute(_DEPARTMENTS)]


def by_id(connection: Connection, department_id: int) -> Department | None:
    query = _DEPARTMENTS.where(department.c.id == department_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _department(row)


def add(connection: Connection, name: str, now: datetime) -> int:
    row = {"name": name, "created_at": seconds(now)}
    query = insert(department).returning(department.c.id)
    new: int = connection.execute(query, row).scalar_one()
    return new


def change(connection: Connection, of: Department, now: datetime) -> None:
    """Give it another name or address, close it, open it again."""
    closed_at = seconds(now) if of.closed else None
    change = update(department).where(department.c.id == of.id)
    values = {"name": of.name, "address_id": of.address_id, "closed_at": closed_at}
    connection.execute(change.values(**values))


def topics(connection: Connection) -> Sequence[Topic]:
    """By name, the closed ones too."""
    return [_topic(row) for row in connection.execute(_TOPICS)]


def topic_by_id(connection: Connection, topic_id: int) -> Topic | None:
    row = connection.execute(_TOPICS.where(topic.c.id == topic_id)).one_or_none()
    return None if row is None else _topic(row)


def add_topic(connection: Connection, name: str, department_id: int | None, now: datetime) -> int:
    row = {"name": name, "department_id": department_id, "created_at": seconds(now)}
    new: int = connection.execute(insert(topic).returning(topic.c.id), row).scalar_one()
    return new


def change_topic(connection: Connection, of: Topic, now: datetime) -> None:
    """Give it another name or department, close it, open it again."""
    closed_at = seconds(now) if of.closed else None
    values = {"name": of.name, "department_id": of.department_id, "closed_at": closed_at}
    connection.execute(update(topic).where(topic.c.id == of.id).values(**values))


_DEPARTMENTS = select(department).order_by(department.c.name)
_TOPICS = select(topic).order_by(topic.c.name)


def _department(row: Row[Any]) -> Department:
    return Department(row.id, row.name, row.closed_at is not None, row.address_id)


def _topic(row: Row[Any]) -> Topic:
    return Topic(row.id, row.name, row.department_id, row.closed_at is not None)
