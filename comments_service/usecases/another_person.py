"""A reader to whom we are late asks that somebody else look at their comment."""

from collections.abc import Sequence
from datetime import datetime

from ..domain import deadlines
from ..domain.cases import READER, Case, Event, EventKind
from ..domain.mails import MailKind
from ..domain.permissions import GRANTS, Permission
from ..errors import AlreadyDecided
from ..store import cases, events, people
from ..store.engine import Connection
from . import moves, staff_mails
from .blog import Blog
from .track import Tracked


def is_there(connection: Connection) -> bool:
    """Whether there is more than one person who decides."""
    return people.are_several(connection, GRANTS[Permission.DECIDE])


def may_be_asked(blog: Blog, case: Case, record: Sequence[Event]) -> bool:
    """Once for each promise that we told its reader we had broken, while it is still awaited."""
    if not _is_late(case, record) or _asked(case, record):
        return False
    with blog.store.read() as connection:
        return is_there(connection)


def ask(blog: Blog, of: Tracked, *, now: datetime) -> None:
    """Ask for it; a second click finds it asked. Raises AlreadyDecided."""
    with blog.store.write() as connection:
        cases.lock(connection, of.case.id)
        case = cases.by_case(connection, of.case.id)
        record = events.of_case(connection, of.case.id)
        is_theirs = case and not case.erased and case.link_generation == of.case.link_generation
        if case is None or not is_theirs or not _is_late(case, record) or not is_there(connection):
            raise AlreadyDecided(moves.NOT_NOW)
        if _asked(case, record):
            return
        asked = events.append(connection, case.id, EventKind.ANOTHER_ASKED, actor=READER, now=now)
        _tell(blog, connection, case, asked, now)


def _tell(blog: Blog, connection: Connection, case: Case, asked: Event, now: datetime) -> None:
    """Whoever is responsible, and does not look after it; else the others who decide."""
    who = staff_mails.team(blog, connection, now)
    mine = staff_mails.looking_after(who, case) if case.assigned_to else []
    responsible = [each for each in who.there(who.responsible()) if each not in mine]
    others = [each for each in who.there(who.deciding()) if each not in mine]
    cause = f"{case.id}.{asked.seq}"
    staff_mails.tell(blog, connection, MailKind.APPEAL, responsible or others, case, cause, now)


def is_awaited(case: Case, record: Sequence[Event]) -> bool:
    """Whether a reader asked for it, and still waits for what we are late with."""
    return _is_late(case, record) and _asked(case, record)


def _is_late(case: Case, record: Sequence[Event]) -> bool:
    return _late(case, record) is not None


def _asked(case: Case, record: Sequence[Event]) -> bool:
    late = _late(case, record)
    return any(e.kind is EventKind.ANOTHER_ASKED and late and e.seq > late.seq for e in record)


def _late(case: Case, record: Sequence[Event]) -> Event | None:
    """That we told its reader that we broke the promise which still runs."""
    running = None if case.withdrawn else deadlines.running(case, record)
    late = (each for each in record if each.kind is EventKind.LATE)
    return next((e for e in late if running and e.data.get("since") == running.since), None)
