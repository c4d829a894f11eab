"""Builds of the site that were begun, so that there are never too many."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from .problems import Problem, dumps, loads
from .schema import build_run
from .times import maybe_when, seconds, when

KEPT = 50


@dataclass(frozen=True, slots=True)
class Run:
    """One build. ended_at: None while it goes on, or when its process died."""

    started_at: datetime
    ended_at: datetime | None
    problem: Problem | None


def begin(connection: Connection, now: datetime) -> int:
    """Note that a build begins; its number."""
    new = insert(build_run).values(started_at=seconds(now)).returning(build_run.c.id)
    number: int = connection.execute(new).scalar_one()
    connection.execute(delete(build_run).where(build_run.c.id <= number - KEPT))
    return number


def end(connection: Connection, number: int, problem: Problem | None, now: datetime) -> None:
    """Note how it ended."""
    told = None if problem is None else dumps(problem)
    change = update(build_run).where(build_run.c.id == number)
    connection.execute(change.values(ended_at=seconds(now), problem=told))


def newest(connection: Connection, count: int) -> list[Run]:
    """The last builds, newest first."""
    query = select(build_run).order_by(build_run.c.id.desc()).limit(count)
    return [
        Run(when(row.started_at), maybe_when(row.ended_at), loads(row.problem))
        for row in connection.execute(query)
    ]
