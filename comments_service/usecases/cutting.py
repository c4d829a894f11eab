"""Leaving words out of a reader's comment, with the reason, and putting them back.

What readers see then says "edited by moderation". The wording of its author stays in the case:
those who decide see both, and a search finds none of the words that were cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import markup
from ..domain import conditions, cuts, undone
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.comments import Comment, Markup
from ..domain.cuts import Piece
from ..domain.states import Decision
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, Unshowable
from ..markup import second_opinion
from ..store import comments, events, follow, outbox, search, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.people import Person
from . import mails, moves
from .blog import Blog
from .leaving import leaves_at
from .moderate import DECIDED, floor_of

_PROBLEM = N_("There is a problem")


@dataclass(frozen=True, slots=True)
class Cut:
    """What was left out of the wording that is public. pieces: of what its author wrote.
    reason: what readers see below it."""

    pieces: tuple[Piece, ...]
    reason: str
    at: datetime


def cut(
    blog: Blog,
    case_id: int,
    revision: int,
    left: str,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Publish a comment without some of its words. revision: the newest that was on the screen.

    left: the words that stay; ``cuts`` makes the wording of them. reason: for all readers.
    Raises InvalidComment, UnknownComment, AlreadyDecided, NotPermitted.
    """
    reason, floor = markup.clean_line(reason), floor_of(blog, case_id)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        record = events.of_case(connection, case_id)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.CUT, {Guard.REASON}, otherwise=DECIDED)
        if case.revision != revision:
            raise AlreadyDecided(DECIDED)
        body = _checked(connection, case, left, reason)
        number = case.number or comments.next_number(
            connection, case.thread, comments.COMMENTS, floor
        )
        _publish(blog, connection, case, EventKind.CUT, (body, reason, number), by, now)


def restore(blog: Blog, case_id: int, revision: int, *, by: Person, now: datetime) -> None:
    """Publish the whole wording of its author again. revision: the newest that was on the screen.

    Raises UnknownComment, AlreadyDecided, NotPermitted.
    """
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        record = events.of_case(connection, case_id)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.RESTORE, otherwise=DECIDED)
        own = own_revision(record)
        words = wordings.words_of(connection, case.comment_id, own) if own else None
        if case.revision != revision or words is None or case.number is None:
            raise AlreadyDecided(DECIDED)
        said = words[0], None, case.number
        _publish(blog, connection, case, EventKind.RESTORED, said, by, now)


def base(case: Case) -> int:
    """The wording that is cut: the newest where it waits or is public, else the public one."""
    if case.decision is Decision.HELD or case.public_revision is None:
        return case.revision
    return case.public_revision


def own_revision(record: Sequence[Event]) -> int | None:
    """The wording of its author that the public one was made of; None where nothing is cut."""
    made = {
        event.data.get("revision"): event.data.get("of")
        for event in undone.standing(record)
        if event.kind is EventKind.CUT
    }
    found = conditions.cut(record)
    if found is None:
        return None
    own = found.data.get("of")
    while own in made:
        own = made[own]
    return int(own or 0)


def standing(connection: Connection, case: Case, record: Sequence[Event]) -> Cut | None:
    """What is cut out of what everybody reads, or None."""
    found, own = conditions.cut(record), own_revision(record)
    if found is None or own is None or case.erased or case.withdrawn:
        return None
    before = wordings.words_of(connection, case.comment_id, own)
    after = wordings.words_of(connection, case.comment_id, int(found.data["revision"] or 0))
    if before is None or after is None:
        return None
    reason = follow.text_of(connection, case.id, found.seq)
    return Cut(tuple(cuts.pieces(before[0], after[0])), reason or "", found.at)


def earlier(connection: Connection, case: Case, record: Sequence[Event]) -> list[Cut]:
    """What was cut out of wordings that its reader has corrected since, oldest first."""
    edits = [n for n, event in enumerate(record) if event.kind is EventKind.EDITED]
    found = (standing(connection, case, record[:n]) for n in edits)
    return [each for each in found if each]


def _checked(connection: Connection, case: Case, left: str, reason: str) -> str:
    """The new wording. Raises InvalidComment."""
    words = wordings.words_of(connection, case.comment_id, base(case))
    faults, body = list[Fault](), ""
    try:
        body = cuts.cut(words[0] if words else "", left)
        if case.markup is Markup.MARKDOWN:
            markup.check(body)
    except Fault as fault:
        faults.append(fault)
    except Unshowable as error:
        faults.append(Fault("cut", error.message, **error.values))
    if body and not second_opinion.agrees(body, case.markup):
        message = N_("This text cannot be shown safely; write it more simply.")
        faults.append(Fault("cut", message))
    if not markup.is_visible(reason):
        faults.append(Fault("cut_reason", N_("Write why: readers see it below the comment.")))
    if len(reason) > cuts.MAX_REASON_CHARS:
        most = cuts.MAX_REASON_CHARS
        message = N_("Write at most %(most)s characters.")
        faults.append(Fault("cut_reason", message, most=most))
    if faults:
        raise InvalidComment(_PROBLEM, faults)
    return body


def _publish(
    blog: Blog,
    connection: Connection,
    case: Case,
    kind: EventKind,
    said: tuple[str, str | None, int],
    by: Person,
    now: datetime,
) -> None:
    """said: text, reason for readers, number."""
    body, reason, number = said
    new = Comment(
        id=case.comment_id,
        thread=case.thread,
        revision=case.revision + 1,
        number=number,
        kind=case.kind,
        markup=case.markup,
        author=case.author,
        date=case.received_at,
        body=body,
        moderated=reason,
    )
    seen = case.revision
    if not wordings.add_wording(
        connection, new, seen_revision=seen, created_at=now, by=by.id, now=now
    ):
        raise AlreadyDecided(DECIDED)
    comments.make_public(connection, case.comment_id, new.revision, number)
    leaves = leaves_at(blog, now)
    outbox.add(connection, Job.PUBLISH, case.comment_id, new.revision, now, leaves)
    told = events.append(
        connection,
        case.id,
        kind,
        actor=person_actor(by.id),
        now=now,
        data={
            "revision": new.revision,
            "of": base(case),
            "head": seen,
            "first": int(case.public_revision is None),
        },
        text=reason,
    )
    search.forget(connection, {case.id})
    mails.tell_cut(connection, case, told.seq, now, leaves)
