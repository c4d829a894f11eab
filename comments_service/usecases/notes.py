"""What colleagues tell each other about a case: notes, and asking one of them to read it.

Nothing of it reaches a reader, a department, a file or a feed; it is erased with the case's texts.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import markup
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.chain import Data
from ..domain.mails import MailKind
from ..domain.names import name_key
from ..domain.permissions import Permission, Scope, granted
from ..domain.states import Attention
from ..errors import N_, AlreadyDecided, Fault, InvalidComment
from ..store import cases, events, people
from ..store.engine import Connection
from ..store.people import Person
from . import moves, staff_mails
from .blog import Blog
from .closing import checked
from .moderate import case_of
from .own import own_cases

KINDS = (EventKind.NOTED, EventKind.SECOND_READING)


@dataclass(frozen=True, slots=True)
class Note:
    """name: of whoever wrote it. asked: who is asked to read the comment, or "". is_draft: an
    answer that is not given yet."""

    at: datetime
    name: str
    text: str
    asked: str = ""
    is_draft: bool = False


def colleagues(blog: Blog, case: Case, *, by: Person, now: datetime) -> list[Person]:
    """Those who may open the case, beside the person."""
    with blog.store.read() as connection:
        found = people.everybody(connection)
    return [
        each
        for each in found
        if each.works and each.id != by.id and _may_read(blog, each, case, now)
    ]


def note(blog: Blog, case_id: int, seen: int, text: str, *, by: Person, now: datetime) -> None:
    """Leave a note; whoever it names with @ gets a mail. seen: how many events the page told of.

    Raises InvalidComment, UnknownComment, AlreadyDecided.
    """
    text = checked(markup.clean_body(text), "note")
    others = colleagues(blog, case_of(blog, case_id), by=by, now=now)
    _record(blog, case_id, seen, EventKind.NOTED, text, mentioned(text, others), by, now)


def ask_to_read(
    blog: Blog, case_id: int, seen: int, to: int, question: str, *, by: Person, now: datetime
) -> None:
    """Ask one colleague to read it, with a question. seen: as ``note`` has it.

    Raises InvalidComment, UnknownComment, AlreadyDecided.
    """
    others = colleagues(blog, case_of(blog, case_id), by=by, now=now)
    asked = [each for each in others if each.id == to]
    if not asked:
        fault = Fault("reader", N_("Choose one of the list."))
        raise InvalidComment(N_("There is a problem"), [fault])
    question = checked(markup.clean_body(question), "reading")
    _record(blog, case_id, seen, EventKind.SECOND_READING, question, asked, by, now)


def leave_draft(
    blog: Blog,
    case_id: int,
    text: str,
    *,
    by: Person,
    now: datetime,
    still: Callable[[Connection], None],
) -> None:
    """Leave an answer as a draft, and tell those who may give it. still: raises where it may
    not be left any more; it is asked behind the lock."""
    with blog.store.write() as connection:
        cases.lock(connection, case_id)
        still(connection)
        case, actor = moves.case_in(connection, case_id), person_actor(by.id)
        data: Data = {"to": "", "draft": 1}
        kind = EventKind.NOTED
        new = events.append(connection, case_id, kind, actor=actor, now=now, data=data, text=text)
        to = staff_mails.answering(staff_mails.team(blog, connection, now), case)
        cause = f"{case.id}.{new.seq}"
        staff_mails.tell(blog, connection, MailKind.COLLEAGUE, to, case, cause, now)


def is_draft(event: Event) -> bool:
    """Whether a note is an answer that somebody left as a draft."""
    return event.kind is EventKind.NOTED and bool(event.data.get("draft"))


def mentioned(text: str, some: Sequence[Person]) -> list[Person]:
    """Those whom a text names: @ and the whole name, or the first one where only one has it."""
    said = name_key(text)
    first = Counter(name_key(each.name).split()[0] for each in some)
    found = []
    for each in some:
        key = name_key(each.name)
        names = [key] + [name for name in key.split()[:1] if first[name] == 1]
        if any(re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", said) for name in names):
            found.append(each)
    return found


def notes(blog: Blog, record: Sequence[Event], texts: Mapping[int, str]) -> list[Note]:
    """Oldest first; nothing of what was erased."""
    kept = [event for event in record if event.kind in KINDS and event.seq in texts]
    if not kept:
        return []
    with blog.store.read() as connection:
        names = {person_actor(each.id): each.name for each in people.everybody(connection)}
    return [
        Note(
            event.at,
            names.get(event.actor, ""),
            texts[event.seq],
            names.get(person_actor(asked(event)[0]), "")
            if event.kind is EventKind.SECOND_READING
            else "",
            is_draft(event),
        )
        for event in kept
    ]


def asked(event: Event) -> list[int]:
    """Numbers of the people whom a note names, or who is asked to read."""
    return [int(each) for each in str(event.data.get("to") or "").split()]


def _record(
    blog: Blog,
    case_id: int,
    seen: int,
    kind: EventKind,
    text: str,
    to: Sequence[Person],
    by: Person,
    now: datetime,
) -> None:
    with blog.store.write() as connection:
        case, actor = moves.locked(connection, case_id), person_actor(by.id)
        if case.erased or case.withdrawn:
            raise AlreadyDecided(moves.NOT_NOW)
        record, texts = events.of_case(connection, case_id), events.texts(connection, case_id)
        own = [each for each in record[seen:] if each.actor == actor and each.kind is kind]
        if any(texts.get(each.seq) == text for each in own):
            return  # a second click
        data = {"to": " ".join(str(each.id) for each in to)}
        new = events.append(connection, case_id, kind, actor=actor, now=now, data=data, text=text)
        cause = f"{case.id}.{new.seq}"
        staff_mails.tell(blog, connection, MailKind.COLLEAGUE, to, case, cause, now)


def _may_read(blog: Blog, person: Person, case: Case, now: datetime) -> bool:
    scope = granted(person.role, Permission.READ)
    if scope is not Scope.OWN:
        return scope is Scope.ALL
    passed_to = case.department_id if case.attention is Attention.REFERRED else None
    return own_cases(blog, person, now).holds(case.assigned_to, case.thread, passed_to)
