"""What a comment is about, and whether it is delicate: how staff sort what came, for themselves."""

from collections.abc import Sequence
from datetime import datetime

from ..domain.cases import Case, EventKind, person_actor
from ..domain.mails import MailKind
from ..domain.permissions import Role
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import cases, departments, events
from ..store.departments import Topic
from ..store.engine import Connection
from ..store.people import Person
from . import moves, own, staff_mails
from .blog import Blog

RESPONSIBLE = frozenset({Role.ADMIN, Role.MANAGER})
"""Who is told at once of what somebody takes for delicate."""


def choice(blog: Blog, case: Case) -> list[Topic]:
    """The topics that are offered, and the one that the case has even if it is closed."""
    with blog.store.read() as connection:
        found: Sequence[Topic] = departments.topics(connection)
    return [each for each in found if not each.closed or each.id == case.topic_id]


def sort(
    blog: Blog, case_id: int, topic_id: int | None, *, risk: bool, by: Person, now: datetime
) -> None:
    """Say what a case is about (None: nothing in particular) and whether it is delicate.

    Raises UnknownComment, AlreadyDecided, InvalidComment.
    """
    is_team = own.is_team(blog)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        if case.erased or case.withdrawn:
            raise AlreadyDecided(moves.NOT_NOW)
        if topic_id != case.topic_id:
            _set_topic(connection, case, topic_id, by, now)
        if risk != case.risk:
            cases.sort(connection, case_id, risk=int(risk))
            data = {"risk": int(risk)}
            actor = person_actor(by.id)
            new = events.append(
                connection, case_id, EventKind.RISK_SET, actor=actor, now=now, data=data
            )
            if risk and is_team:
                _tell(blog, connection, case, new.seq, by, now)


def _set_topic(
    connection: Connection, case: Case, topic_id: int | None, by: Person, now: datetime
) -> None:
    topic = departments.topic_by_id(connection, topic_id) if topic_id else None
    if topic_id and (topic is None or topic.closed):
        fault = Fault("topic", N_("Choose one of the list."))
        raise InvalidComment(N_("There is a problem"), [fault])
    cases.sort(connection, case.id, topic_id=topic_id)
    actor, data = person_actor(by.id), {"topic": topic_id}
    events.append(connection, case.id, EventKind.TOPIC_SET, actor=actor, now=now, data=data)


def _tell(
    blog: Blog, connection: Connection, case: Case, seq: int, by: Person, now: datetime
) -> None:
    """Whoever answers for the conversation, but not whoever flagged it."""
    team = staff_mails.team(blog, connection, now)
    some = [each for each in team.everybody if each.role in RESPONSIBLE and each.works]
    others = [each for each in some if each.id != by.id]
    cause = f"{case.id}.{seq}"
    staff_mails.tell(blog, connection, MailKind.RISK, others, case, cause, now, at_once=True)
