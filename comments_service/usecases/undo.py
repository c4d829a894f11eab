"""Taking a decision back at once, before anything of it left.

What a decision causes waits ``undo_seconds`` in the outbox and among the mails. Whoever took
it can have it undone meanwhile: what waits is removed, the rows stand as before, and the
record keeps both. What a worker has taken to work on refuses that; later another decision
is taken. Of "leave" and "undo" the database lets exactly one through.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..domain import undone
from ..domain.cases import LOOKING, UNDOABLE, Case, Event, EventKind, person_actor
from ..domain.mails import MailKind
from ..domain.standing import Standing, fold
from ..domain.states import Decision
from ..errors import N_, AlreadyDecided, NotPermitted
from ..store import claims, events, follow, outbox, publication, undoing
from ..store.engine import Connection
from ..store.people import Person
from . import moves, promises, referrals
from .blog import Blog
from .leaving import leaves_at

TOO_LATE = N_(
    "It has left already, so it cannot be undone. You can still change it: withdraw it, open it"
    " again or take it back on the page of the comment."
)

MAILS: Mapping[EventKind, Sequence[MailKind]] = {
    EventKind.REJECTED: (MailKind.REJECTED, MailKind.SECOND_LOOK),
    EventKind.ANSWERED: (MailKind.ANSWER,),
    EventKind.CLOSED: (MailKind.CLOSED,),
    EventKind.REOPENED: (MailKind.OPENED_AGAIN, MailKind.SECOND_LOOK),
    EventKind.REFERRED: (MailKind.REFERRED, MailKind.QUESTION),
    EventKind.ASKED_READER: (MailKind.ASKED,),
    EventKind.CUT: (MailKind.CUT,),
    EventKind.RESTORED: (MailKind.CUT,),
}
"""What each decision asks for, about its case."""

_REFUSALS = {EventKind.REJECTED: Decision.REJECTED, EventKind.MARKED_SPAM: Decision.SPAM}


def last(record: Sequence[Event]) -> list[Event]:
    """The events of the last decision, newest first: one form may have taken two. Nothing where
    something else happened since."""
    if fold(record).before is None:
        return []
    stands = [each for each in undone.standing(record) if each.kind in UNDOABLE]
    found = list[Event]()
    for each in reversed(stands):
        if found and (each.at, each.actor) != (found[0].at, found[0].actor):
            break
        found.append(each)
    return [] if any(each.data.get("outcome") == "removed" for each in found) else found


def until(blog: Blog, record: Sequence[Event], by: Person, now: datetime) -> datetime | None:
    """Until when this person can undo the last decision; None: they cannot."""
    found = last(record)
    if not found or found[0].actor != person_actor(by.id):
        return None
    ends = leaves_at(blog, found[0].at)
    return ends if found[0].at <= now < ends else None


def undo(blog: Blog, case_id: int, seen: int, *, by: Person, now: datetime) -> Case:
    """Take the last decision back. seen: how many events there were when it was offered.

    Raises UnknownComment, NotPermitted (somebody else took it), AlreadyDecided (something of it
    left, or happened since).
    """
    with blog.store.write() as connection:
        moves.locked(connection, case_id)
        record = events.of_case(connection, case_id)
        if len(record) < seen or any(each.kind not in LOOKING for each in record[seen:]):
            raise AlreadyDecided(TOO_LATE)
        undo_in(blog, connection, case_id, record, by, now)
        return moves.case_in(connection, case_id)


def undo_in(
    blog: Blog,
    connection: Connection,
    case_id: int,
    record: Sequence[Event],
    by: Person,
    now: datetime,
) -> None:
    """Within a transaction that is given up, in whole or as far as this case goes, on an error.
    Raises as ``undo`` does."""
    found = last(record)
    if not found:
        raise AlreadyDecided(TOO_LATE)
    if found[0].actor != person_actor(by.id):
        raise NotPermitted(N_("Somebody else decided this. Only they can undo it."))
    if until(blog, record, by, now) is None:
        raise AlreadyDecided(TOO_LATE)
    for each in found:
        _undo_one(connection, case_id, each, by, now)
        _look_again(connection, case_id, each, now)
    promises.keep(blog, connection, case_id, now)


def _look_again(connection: Connection, case_id: int, event: Event, now: datetime) -> None:
    """Whoever was looking at it when it was decided does so again, as long as they had said."""
    who, ends = event.data.get("looked_by"), event.data.get("looked_until")
    if who and ends:
        claims.restore(connection, case_id, int(who), int(ends), now)


def _undo_one(
    connection: Connection, case_id: int, event: Event, by: Person, now: datetime
) -> None:
    """``before`` is asked for anew each time: the fold leads back step by step."""
    case, record = moves.case_in(connection, case_id), events.of_case(connection, case_id)
    before = fold(record).before
    if before is None:
        raise AlreadyDecided(TOO_LATE)
    kinds = MAILS.get(event.kind, ())
    if kinds and not undoing.drop_mails(connection, case_id, kinds, event.at, now):
        raise AlreadyDecided(TOO_LATE)
    _BACK[event.kind](connection, case, event, before, now)
    actor, data = person_actor(by.id), {"of": event.seq}
    events.append(connection, case_id, EventKind.UNDONE, actor=actor, now=now, data=data)


def _back_approved(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    revision = int(event.data["revision"] or 0)
    _drop_job(connection, case.comment_id, revision, now)
    undoing.unpublish(connection, case.comment_id, revision, was_seen=before.seen)
    undoing.hold(connection, case.comment_id, revision)


def _back_reworded(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    """The wording in which something was cut or put back was nobody's but ours."""
    revision, of = int(event.data["revision"] or 0), int(event.data["of"] or 0)
    _drop_job(connection, case.comment_id, revision, now)
    undoing.unpublish(connection, case.comment_id, revision, was_seen=before.seen)
    undoing.remove_wording(connection, case.comment_id, revision, int(event.data["head"] or 0))
    if before.decision is Decision.HELD:
        undoing.hold(connection, case.comment_id, of)


def _back_refused(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    undoing.hold(connection, case.comment_id, case.revision)


def _back_answered(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    answer = str(event.data["answer"])
    if not event.data.get("private"):
        _drop_job(connection, answer, 1, now)
        undoing.remove_answer(connection, answer)
    elif case.decision is Decision.SUPERSEDED and before.decision is Decision.HELD:
        undoing.hold(connection, case.comment_id, case.revision)


def _back_held(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    """It was refused before: the refusal stands again, with who took it and why."""
    if before.decision not in _REFUSALS.values():
        return
    record = undone.standing(events.of_case(connection, case.id))
    earlier = (each for each in reversed(record) if each.seq < event.seq)
    refusal = next(each for each in earlier if each.kind in _REFUSALS)
    rule, version = refusal.data.get("rule"), refusal.data.get("version")
    undoing.refuse_again(
        connection,
        case,
        before.decision,
        by=int(refusal.actor.partition(":")[2]),
        at=refusal.at,
        rule=int(rule) if rule else None,
        version=int(version) if version else None,
        reason=follow.text_of(connection, case.id, refusal.seq),
    )


def _back_reopened(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    _back_held(connection, case, event, before, now)
    promises.put_back(connection, case, event, now)


def _back_nothing(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    """No row beside the record and its mails tells of it."""


def _back_referred(
    connection: Connection, case: Case, event: Event, before: Standing, now: datetime
) -> None:
    referrals.put_back(connection, event, now)


_BACK: Mapping[EventKind, Callable[[Connection, Case, Event, Standing, datetime], None]] = {
    EventKind.APPROVED: _back_approved,
    EventKind.REJECTED: _back_refused,
    EventKind.MARKED_SPAM: _back_refused,
    EventKind.NOT_SPAM: _back_reopened,
    EventKind.ANSWERED: _back_answered,
    EventKind.CLOSED: _back_nothing,
    EventKind.REOPENED: _back_reopened,
    EventKind.REFERRED: _back_referred,
    EventKind.TAKEN_BACK: _back_referred,
    EventKind.ASKED_READER: _back_nothing,
    EventKind.CUT: _back_reworded,
    EventKind.RESTORED: _back_reworded,
}
"""How the rows of each decision are put back."""


def _drop_job(connection: Connection, comment_id: str, revision: int, now: datetime) -> None:
    is_dropped = outbox.drop(connection, outbox.Job.PUBLISH, comment_id, revision, now)
    stands = publication.kept(connection, comment_id)
    if not is_dropped or (stands and stands.revision_head == revision):
        raise AlreadyDecided(TOO_LATE)
