"""What staff do about readers who wrote again: read it, close it, decide a second time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain import conditions, reasons
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.comments import Comment
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided
from ..store import events, follow, publication
from ..store.engine import Connection
from ..store.follow import Said
from ..store.people import Person
from . import mails, moves, promises
from .blog import Blog
from .leaving import leaves_at

READ = "read"
"""Why a case was closed, as its event has it: its reader sees the sentence of it."""

_STALE = N_("Something happened meanwhile. This is how it stands now; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Told:
    """said: what the reader told us, oldest first. public: the wording that everybody reads
    while its reader's newer one is looked at, else None."""

    said: Sequence[Said] = ()
    public: Comment | None = None


def told(blog: Blog, some: Sequence[Case]) -> Mapping[int, Told]:
    """What readers told us beside their comments, by case."""
    with blog.store.read() as connection:
        found = follow.said(connection, [case.id for case in some])
        edited = [case.comment_id for case in some if is_edited(case)]
        public = publication.public_wordings(connection, edited)
    return {
        case.id: Told(
            tuple(found.get(case.id, ())), public.get(case.comment_id) if is_edited(case) else None
        )
        for case in some
    }


def is_edited(case: Case) -> bool:
    """Its newest wording is not the one that is public: it waits, or it was refused."""
    return case.public_revision not in (None, case.revision) and not case.withdrawn


@dataclass(frozen=True, slots=True)
class Offered:
    """What one person may do to a case now. waits_for_another: they refused it, and its reader
    asked for a second look. refusal: that refusal, with the words that explained it."""

    actions: frozenset[Action]
    waits_for_another: bool = False
    refusal: "Refused | None" = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal at which a second look was asked for. rule: None where it cited none.
    change: what its author could write differently, or ""."""

    rule: tuple[int, int] | None
    reason: str
    change: str
    at: datetime


def offered(
    blog: Blog, case: Case, record: Sequence[Event], *, by: Person, now: datetime
) -> Offered:
    """The forms that a page of staff has, from what their use cases ask."""
    with blog.store.read() as connection:
        asking = moves.by_staff(connection, case, record, by, now)
        refusal = conditions.refusal(record)
        return Offered(
            moves.offered(asking),
            moves.waits_for_another(asking),
            _refused(connection, refusal) if refusal else None,
        )


def _refused(connection: Connection, event: Event) -> Refused:
    number, version = event.data.get("rule"), event.data.get("version")
    said = reasons.read(follow.text_of(connection, event.case_id, event.seq))
    cited = (int(number), int(version)) if number and version else None
    return Refused(cited, said.why, said.change, event.at)


def close(blog: Blog, case_id: int, seen: int, *, by: Person, now: datetime) -> None:
    """What the reader told us was read, and asks for nothing more.

    seen: how many events the page told of. Raises AlreadyDecided, NotPermitted,
    UnknownComment.
    """
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        spoken = follow.said(connection, [case_id]).get(case_id, [])
        if any(each.seq > seen for each in spoken):
            raise AlreadyDecided(_STALE)
        asking = moves.by_staff(connection, case, events.of_case(connection, case_id), by, now)
        asking.refuse_unless(Action.CLOSE, {Guard.REASON}, otherwise=_STALE)
        closed = _record(connection, case, EventKind.CLOSED, by, now, reason=READ)
        mails.tell_closed(connection, case, closed.seq, now, leaves_at(blog, now))


def reopen(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """Let a refused comment wait for a decision again, or open again what was answered or closed.

    Raises AlreadyDecided, NotPermitted, UnknownComment.
    """
    with blog.store.write() as connection:
        case, record = moves.locked(connection, case_id), events.of_case(connection, case_id)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.REOPEN, otherwise=_STALE)
        if case.is_refused and not follow.hold(connection, case):
            raise AlreadyDecided(_STALE)
        had = promises.had_by(case)  # for an undo of this
        opened = _record(connection, case, EventKind.REOPENED, by, now, **had)
        is_asked = conditions.refusal(record) is not None
        tell = mails.tell_second_look if is_asked else mails.tell_opened_again
        tell(connection, case, opened.seq, now, leaves_at(blog, now))
        promises.keep(blog, connection, case.id, now)


def _record(
    connection: Connection,
    case: Case,
    kind: EventKind,
    by: Person,
    now: datetime,
    **more: str | int | None,
) -> Event:
    data: dict[str, str | int | None] = {"revision": case.revision, **more}
    return events.append(connection, case.id, kind, actor=person_actor(by.id), now=now, data=data)
