"""Correcting what is public: a new wording, approved as it is written; the earlier ones stay."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .. import markup
from ..domain.cases import EventKind, person_actor
from ..domain.comments import Comment, Markup
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, UnknownComment, Unshowable
from ..markup import second_opinion
from ..store import cases, events, outbox, publication, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.people import Person
from ..store.publication import Kept
from . import moves

if TYPE_CHECKING:
    from .blog import Blog

_NOT_PUBLIC = N_("This comment is not public, so there is nothing to correct.")


def revise(
    blog: "Blog",
    comment_id: str,
    seen_revision: int,
    body: str,
    *,
    by: Person | None,
    now: datetime,
) -> None:
    """Publish a corrected wording of a public comment or answer.

    seen_revision: the wording that was on the screen. by: None for a command on the server.
    Raises InvalidComment, UnknownComment, AlreadyDecided (changed meanwhile, or not public),
    NotPermitted.
    """
    body = checked_body(body)
    with blog.store.write() as connection:
        cases.lock_of(connection, [comment_id])
        kept = known(connection, comment_id)
        said = _public_wording(connection, kept)
        _refuse(connection, comment_id, by, now)
        new = replace(said, revision=kept.head_revision + 1, body=body, edited=now)
        if kept.head_revision != seen_revision or not wordings.add_wording(
            connection,
            new,
            seen_revision=seen_revision,
            created_at=now,
            by=by.id if by else None,
            now=now,
        ):
            raise AlreadyDecided(N_("Somebody changed this comment first. This is how it stands."))
        outbox.add(connection, Job.PUBLISH, comment_id, new.revision, now)
        _record(connection, new, by, now)


def _refuse(connection: Connection, comment_id: str, by: Person | None, now: datetime) -> None:
    """An answer has no case of its own that anything could be asked of."""
    if case := cases.by_comment(connection, comment_id):
        record = events.of_case(connection, case.id)
        asking = moves.by_staff(connection, case, record, by, now)
        asking.refuse_unless(Action.REVISE, {Guard.TEXT}, otherwise=_NOT_PUBLIC)


def _record(connection: Connection, new: Comment, by: Person | None, now: datetime) -> None:
    """An event of the comment's own case, or of the one that the answer belongs to."""
    own = cases.by_comment(connection, new.id)
    if of := own or cases.answered_case(connection, new.id):
        events.append(
            connection,
            of.id,
            EventKind.REVISED,
            actor=actor(by),
            now=now,
            data={"comment" if own else "answer": new.id, "revision": new.revision},
            text=new.body,
        )


def known(connection: Connection, comment_id: str) -> Kept:
    """What the database has of a comment. Raises UnknownComment."""
    kept = publication.kept(connection, comment_id)
    if kept is None:
        raise UnknownComment(N_("We find no comment with this id."))
    return kept


def public_wording(blog: "Blog", comment_id: str) -> Comment:
    """What readers are to see of a comment. Raises UnknownComment, AlreadyDecided."""
    with blog.store.read() as connection:
        return _public_wording(connection, known(connection, comment_id))


def actor(by: Person | None) -> str:
    """How an event names who did it; ``operator``: a command on the server."""
    return person_actor(by.id) if by else "operator"


def _public_wording(connection: Connection, kept: Kept) -> Comment:
    said = None
    if kept.withdrawn_by is None and kept.public_revision is not None:
        said = publication.wording(connection, kept.id, kept.public_revision)
    if said is None:
        raise AlreadyDecided(_NOT_PUBLIC)
    return said


def checked_body(body: str) -> str:
    """The text after the clean-up at the door. Raises InvalidComment."""
    body = markup.clean_body(body)
    try:
        markup.check(body)
    except Unshowable as error:
        fault = Fault("body", error.message, **error.values)
        raise InvalidComment(N_("There is a problem"), [fault]) from error
    if not second_opinion.agrees(body, Markup.MARKDOWN):
        fault = Fault("body", N_("This text cannot be shown safely; write it more simply."))
        raise InvalidComment(N_("There is a problem"), [fault])
    return body
