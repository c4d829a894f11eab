"""Those who wrote an article are told of the comments on it, once each is on its page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..domain.cases import Case, Event, EventKind
from ..domain.mails import MailKind
from ..domain.names import name_key
from ..store import events, mails
from ..store.engine import Connection
from ..store.people import Person
from . import staff_mails

if TYPE_CHECKING:
    from .blog import Blog

GATHERED = timedelta(minutes=15)
"""Somebody gets one such mail in that time at most."""


def tell(blog: "Blog", connection: Connection, case: Case, now: datetime) -> None:
    """A reader's comment was seen on its page: to the authors of the article who work here.

    Of a comment that comes back, or was corrected, nobody is told a second time.
    """
    record = events.of_case(connection, case.id)
    shown = sum(event.kind is EventKind.PUBLISHED for event in record)
    if not blog.can_send or shown != 1 or _is_learned(record):
        return
    team = staff_mails.team(blog, connection, now)
    for person in team.there(each for each in team.everybody if _wrote(blog, each, case)):
        if _wrote(blog, person, case) and person.notices != staff_mails.NONE:
            _ask(blog, connection, person, now)


def _is_learned(record: Sequence[Event]) -> bool:
    """It came with the files, from another blog perhaps, and is no news."""
    return any(event.kind is EventKind.LEARNED for event in record)


def _wrote(blog: "Blog", person: Person, case: Case) -> bool:
    return case.thread in written_by(blog, person.name)


def _ask(blog: "Blog", connection: Connection, person: Person, now: datetime) -> None:
    to = person.address_id
    last = mails.last_asked(connection, MailKind.AUTHOR, to) if to is not None else None
    if to is None or (last and last.is_waiting):
        return  # the mail that waits tells of this one too
    leaves = max(now, last.at + GATHERED) if last else now
    cause = f"author {now.timestamp():.0f}"
    leaves = staff_mails.in_their_hours(blog, person, leaves)
    mails.ask(connection, MailKind.AUTHOR, to, cause, now, leaves=leaves)


def written_by(blog: "Blog", name: str) -> list[str]:
    """All keys of the conversations whose articles name this author."""
    wanted = name_key(name)
    return [
        key
        for info in blog.manifest.everything()
        if any(name_key(each) == wanted for each in info.authors)
        for key in info.keys
    ]
