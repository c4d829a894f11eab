"""What the service knows of itself: a name, a value and when it was noted.

head        the newest commit of the comments that was taken in
next_head   a commit that a history of our own is about to be rewritten to
looked      when comment files were last compared with the database
ticked      when the background work last ended a run
stopped     why publishing waits for a person (``store.problems``)
forgot      when what was kept long enough was last looked for
promised    what the dates that readers were promised were last counted with
sealed      hash of the newest seal over the log
verified    what the last verification of the log found (``usecases.audit``)
digest      the day on which those who want it were last told what it brings
calendar    when the log was last told that holidays are missing
unreadable  comment files that cannot be read: ``{id: [file, reason]}`` as JSON
passed      up to when the site says what time alone changes (``usecases.passing``)
file_went   staff took a file away that the site was made with
key         the name of the key that everything is sealed with, once it was changed
unreadable_settings  files of what staff set that cannot be read: ``{name: reason}`` as JSON
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from . import problems
from .problems import Problem
from .schema import fact
from .times import seconds, when

HEAD, BRANCH, PLACE = "head", "branch", "place"
LOOKED, CALLED = "looked", "called"
TICKED, ALARMED, FORGOT = "ticked", "alarmed", "forgot"
PROMISED, CALENDAR, DIGEST = "promised", "calendar", "digest"
SEALED, VERIFIED = "sealed", "verified"
STOPPED, UNREADABLE = "stopped", "unreadable"
UNREADABLE_SETTINGS = "unreadable_settings"
PASSED, FILE_WENT = "passed", "file_went"
KEY = "key"


def get(connection: Connection, name: str) -> str | None:
    """The value, or None."""
    query = select(fact.c.value).where(fact.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def problem(connection: Connection, name: str) -> Problem | None:
    """The value of a fact that is a problem, or None."""
    return problems.loads(get(connection, name))


def noted_at(connection: Connection, name: str) -> datetime | None:
    """When the value was noted, or None."""
    at = connection.execute(select(fact.c.at).where(fact.c.name == name)).scalar_one_or_none()
    return None if at is None else when(at)


def note(connection: Connection, name: str, value: str | None, now: datetime) -> None:
    """Keep the value in the place of an earlier one; None forgets it."""
    if value is None:
        connection.execute(delete(fact).where(fact.c.name == name))
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"value": value, "at": seconds(now)}
    new = dialect.insert(fact).values(name=name, **row)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=row))
