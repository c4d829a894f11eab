"""Taking a comment back: withdrawn (its place stays, its words go) or erased (its words leave
the database, the files and a history of our own too).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .. import ledger
from ..config.settings import Settings
from ..domain.cases import READER, SERVICE, Case, Event, EventKind
from ..domain.chain import Data
from ..domain.comments import WithdrawnBy
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided
from ..site.rules import Cited
from ..store import cases, events, follow, outbox, publication, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.people import Person
from . import leftovers, mails, moves, promises
from .revise import actor, known

if TYPE_CHECKING:
    from .blog import Blog


@dataclass(frozen=True, slots=True)
class Why:
    """What its author is told. rule: number and version of the one that it breaks, or None."""

    text: str
    rule: Cited | None = None


def withdraw(
    blog: "Blog",
    comment_id: str,
    *,
    reason: WithdrawnBy,
    by: Person | None,
    now: datetime,
    why: Why | None = None,
) -> None:
    """Take a comment or an answer down; where it was public, a tombstone says so.

    reason: whose decision it was. by: who did it; None: its reader, or a command.
    Raises UnknownComment, AlreadyDecided, NotPermitted, CannotWrite.
    """
    with blog.store.write() as connection:
        withdraw_with(blog, connection, comment_id, reason=reason, by=by, now=now, why=why)
    remember(blog, comment_id, now)


def withdraw_with(
    blog: "Blog",
    connection: Connection,
    comment_id: str,
    *,
    reason: WithdrawnBy,
    by: Person | None,
    now: datetime,
    why: Why | None = None,
) -> None:
    """The same in a transaction with something else; ``remember`` comes right after it."""
    cases.lock_of(connection, [comment_id])
    _refuse(connection, comment_id, reason, by, now)
    who = READER if reason is WithdrawnBy.READER and by is None else actor(by)
    if not _withdraw(connection, comment_id, reason, who, now, why):
        raise AlreadyDecided(N_("This comment was withdrawn already."))
    promises.keep_of_answer(blog, connection, comment_id, now)
    if reason is WithdrawnBy.INSTITUTION:  # what its reader wished is no news to them
        mails.tell_withdrawn(connection, comment_id, now)


def remember(blog: "Blog", comment_id: str, now: datetime) -> None:
    """Let an older backup that is restored lose the comment again. Raises CannotWrite."""
    # After the database: the publisher takes back what the ledger names and would be first.
    ledger.append(blog.settings.erasures_file, comment_id, now, withdrawn=True)


def _refuse(
    connection: Connection,
    comment_id: str,
    reason: WithdrawnBy,
    by: Person | None,
    now: datetime,
) -> None:
    """Of what was withdrawn already the database tells whether it may be once more: what staff
    removed by hand may. An answer has no case of its own."""
    case = cases.by_comment(connection, comment_id)
    if case is None or case.withdrawn:
        return
    record = events.of_case(connection, case.id)
    if reason is WithdrawnBy.READER:
        asking = moves.by_reader(case, record, now)
    else:
        asking = moves.by_staff(connection, case, record, by, now)
    not_public = N_("This comment is not public, so there is nothing to take down.")
    asking.refuse_unless(Action.WITHDRAW, {Guard.REASON}, otherwise=not_public)


def why_withdrawn(
    connection: Connection, case: Case, record: Iterable[Event]
) -> tuple[Why, datetime] | None:
    """Why the institution withdrew a comment of its reader's, and when; None where it told no
    reason."""
    if not case.withdrawn:
        return None
    own = [event for event in record if event.data.get("comment") == case.comment_id]
    told = [event for event in own if event.kind is EventKind.WITHDRAWN]
    text = follow.text_of(connection, case.id, told[-1].seq) if told else None
    if text is None:
        return None
    number, version = told[-1].data.get("rule"), told[-1].data.get("version")
    rule = (int(number), int(version)) if number and version else None
    return Why(text, rule), told[-1].at


def _withdraw(
    connection: Connection,
    comment_id: str,
    reason: WithdrawnBy,
    who: str,
    now: datetime,
    why: Why | None = None,
) -> bool:
    kept = known(connection, comment_id)
    if not wordings.withdraw(connection, comment_id, reason, now):
        return False
    outbox.ask_again(connection, Job.WITHDRAW, comment_id, kept.head_revision, now)
    data: dict[str, str | int | None] = {"by": str(reason)}
    if why and why.rule:
        data |= {"rule": why.rule[0], "version": why.rule[1]}
    text = why.text if why else None
    _record(connection, comment_id, EventKind.WITHDRAWN, who, now, data, text)
    return True


def erase(
    blog: "Blog",
    comment_id: str,
    *,
    reason: WithdrawnBy = WithdrawnBy.READER,
    by: Person | None = None,
    who: str | None = None,
    now: datetime,
) -> None:
    """Erase a comment: every text and name of it, for good.

    who: the actor in its record where nobody of staff did it; None: a command.
    The id goes to the ledger first, which lives apart from database and backups: an older
    backup that is restored loses the comment again before anything is served.
    Raises UnknownComment, CannotWrite.
    """
    with blog.store.read() as connection:
        known(connection, comment_id)
    ledger.append(blog.settings.erasures_file, comment_id, now)
    _erase(blog, comment_id, reason, who or actor(by), now)
    blog.store.scrub()


def what_remains(settings: Settings, number: int | None) -> list[str]:
    """Where the words of an erased comment may still be, and who has to see to it. number: its
    own on its page, or None: it was never in a file."""
    backups = [N_("Backups keep it until they are deleted; one that is restored loses it again.")]
    if number is None or settings.comments_git == "off":
        return backups
    if settings.comments_git == "clone" and not settings.comments_path:
        return [
            N_("The history of the comments is rewritten, so that it is in no earlier version."),
            N_("Other copies of that repository keep it until they are made anew."),
            *backups,
        ]
    return [
        N_("The history in Git keeps the earlier text, as other work stands in it too."),
        N_("To be able to erase from it, separate them: tertulia comments separate"),
        *backups,
    ]


def erase_again(blog: "Blog") -> int:
    """Erase and withdraw what the ledger names and the database still has; how many erased.

    After a restore, and after a death between the ledger and the database. Raises
    CannotStart for a ledger that cannot be read.
    """
    listed = ledger.erasures(blog.settings.erasures_file)
    withdrawn = ledger.withdrawals(blog.settings.erasures_file)
    with blog.store.read() as connection:
        kept = publication.kept_of(connection, [*listed, *withdrawn])
    again = [each for each in listed if each in kept and not kept[each].erased]
    for comment_id in again:
        _erase(blog, comment_id, WithdrawnBy.INSTITUTION, SERVICE, listed[comment_id])
    for comment_id in withdrawn:
        if comment_id in kept and kept[comment_id].withdrawn_by is None:
            with blog.store.write() as connection:
                at = withdrawn[comment_id]
                cases.lock_of(connection, [comment_id])
                if _withdraw(connection, comment_id, WithdrawnBy.INSTITUTION, SERVICE, at):
                    promises.keep_of_answer(blog, connection, comment_id, at)
    if again:
        blog.store.scrub()
    return len(again)


def _erase(
    blog: "Blog",
    comment_id: str,
    reason: WithdrawnBy,
    who: str,
    now: datetime,
) -> None:
    with blog.store.read() as connection:
        thread = known(connection, comment_id).thread
    leftovers.erase_copies(blog.settings, comment_id, thread)
    with blog.store.write() as connection:
        cases.lock_of(connection, [comment_id])
        if _withdraw(connection, comment_id, reason, who, now):
            promises.keep_of_answer(blog, connection, comment_id, now)
        if not wordings.erase(connection, comment_id, now):
            return
        revision = known(connection, comment_id).head_revision
        outbox.ask_again(connection, Job.FORGET, comment_id, revision, now)
        _record(connection, comment_id, EventKind.ERASED, who, now)


def _record(
    connection: Connection,
    comment_id: str,
    kind: EventKind,
    who: str,
    now: datetime,
    more: Data | None = None,
    text: str | None = None,
) -> None:
    own = cases.by_comment(connection, comment_id)
    if of := own or cases.answered_case(connection, comment_id):
        data = {"comment" if own else "answer": comment_id, **(more or {})}
        events.append(connection, of.id, kind, actor=who, now=now, data=data, text=text)
