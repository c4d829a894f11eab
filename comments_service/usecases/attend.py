"""What staff do about readers who wrote again: read it, close it, decide a second time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain.cases import Case, EventKind, person_actor
from ..domain.comments import Comment
from ..domain.states import Attention, Decision
from ..errors import N_, AlreadyDecided, UnknownComment
from ..store import cases, events, follow, publication
from ..store.engine import Connection
from ..store.follow import Said
from ..store.people import Person
from . import promises
from .blog import Blog

PAGE = 50

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


def waiting(blog: Blog) -> list[Case]:
    """The cases in which a reader waits for us, beside those that wait for a decision."""
    with blog.store.read() as connection:
        return follow.under_review(connection, PAGE)


def may_close(case: Case) -> bool:
    """Whether nothing more may be all that is to be done about it: a plain "thanks" that was
    published, words that its reader added."""
    is_decided = case.decision is not Decision.HELD or is_edited(case)
    is_open = case.attention in (Attention.RECEIVED, Attention.UNDER_REVIEW)
    return is_decided and is_open and not case.is_refused and not case.withdrawn


def may_reopen(case: Case) -> bool:
    """Whether its reader asks for a second look at a refusal."""
    return case.is_refused and case.attention is Attention.UNDER_REVIEW


def close(blog: Blog, case_id: int, seen: int, *, by: Person, now: datetime) -> None:
    """What the reader told us was read, and asks for nothing more.

    seen: how many events the page told of. Raises AlreadyDecided, UnknownComment.
    """
    with blog.store.write() as connection:
        cases.lock(connection, case_id)
        case = _case(connection, case_id)
        spoken = follow.said(connection, [case_id]).get(case_id, [])
        if not may_close(case) or any(each.seq > seen for each in spoken):
            raise AlreadyDecided(_STALE)
        _record(connection, case, EventKind.CLOSED, by, now)


def reopen(blog: Blog, case_id: int, *, by: Person, now: datetime) -> None:
    """Let a refused comment wait for a decision again. Raises AlreadyDecided, UnknownComment."""
    with blog.store.write() as connection:
        case = _case(connection, case_id)
        if not may_reopen(case) or not follow.hold(connection, case):
            raise AlreadyDecided(_STALE)
        _record(connection, case, EventKind.REOPENED, by, now)
        promises.keep(blog, connection, case.id, now)


def _record(connection: Connection, case: Case, kind: EventKind, by: Person, now: datetime) -> None:
    data = {"revision": case.revision}
    events.append(connection, case.id, kind, actor=person_actor(by.id), now=now, data=data)


def _case(connection: Connection, case_id: int) -> Case:
    case = cases.by_case(connection, case_id)
    if case is None:
        raise UnknownComment(N_("We find no comment at this address."))
    return case
