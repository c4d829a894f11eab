"""What changes a comment after it was received: new wordings, withdrawal, erasure, staff's
work on its file."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from ..domain.cases import Case
from ..domain.comments import REMOVED, Comment, Entry, Kind, Markup, Tombstone, WithdrawnBy
from ..domain.states import Attention, Decision
from . import referrals, retention, search
from .cases import by_comment, first_generation
from .schema import NO_LANGUAGE, case, comment, event, event_text, revision, thread_counter
from .times import seconds


def add_wording(
    connection: Connection,
    said: Comment,
    *,
    seen_revision: int,
    created_at: datetime,
    by: int | None,
    now: datetime,
) -> bool:
    """Make ``said`` the comment's newest wording, approved and public, as ``said.revision``.

    False, and nothing is changed, when the newest wording is no longer ``seen_revision``.
    by: the person who answers for it; None: it came from the files.
    """
    head = update(comment).where(
        comment.c.id == said.id,
        comment.c.head_revision == seen_revision,
        comment.c.erased_at.is_(None),
    )
    changed = head.values(
        head_revision=said.revision, public_revision=said.revision, digest_seen=None
    )
    if connection.execute(changed).rowcount != 1:
        return False
    _supersede(connection, said.id, now)
    connection.execute(insert(revision), _row(said, created_at, by, now))
    return True


def hold_wording(
    connection: Connection, of: Case, body: str, *, notes: Sequence[str], now: datetime
) -> bool:
    """Keep its reader's new wording of a comment, held; what is public stays public.

    False when the newest wording is no longer that of ``of``: the transaction is to be
    given up then.
    """
    _supersede(connection, of.comment_id, now)  # first, as ``decide`` does it
    head = update(comment).where(
        comment.c.id == of.comment_id,
        comment.c.head_revision == of.revision,
        comment.c.withdrawn_at.is_(None),
    )
    if connection.execute(head.values(head_revision=of.revision + 1)).rowcount != 1:
        return False
    row = {
        "comment_id": of.comment_id,
        "revision": of.revision + 1,
        "author": of.author,
        "body": body,
        "markup": Markup.MARKDOWN,
        "created_at": seconds(now),
        "decision": Decision.HELD,
        "notes": " ".join(notes),
    }
    connection.execute(insert(revision), row)
    return True


def _supersede(connection: Connection, comment_id: str, now: datetime) -> None:
    """Nobody decides any more on what waits."""
    undecided = (revision.c.comment_id == comment_id) & (revision.c.decision == Decision.HELD)
    past = {"decision": Decision.SUPERSEDED, "decided_at": seconds(now)}
    connection.execute(update(revision).where(undecided).values(**past))


def adopt(connection: Connection, entry: Comment) -> bool:
    """Take over what a file says of the comment beside its wording: place, number, parent.

    False, and nothing is changed, when its reader or the institution withdrew it.
    """
    free = or_(comment.c.withdrawn_by.is_(None), comment.c.withdrawn_by == REMOVED)
    changed = connection.execute(
        update(comment)
        .where(comment.c.id == entry.id, comment.c.erased_at.is_(None), free)
        .values(
            thread=entry.thread,
            number=entry.number,
            received_at=seconds(entry.date),
            kind=entry.kind,
            in_reply_to=entry.in_reply_to,
            answers=entry.answers,
            lang=entry.lang or NO_LANGUAGE,
            url=entry.url,
            source=entry.source,
            withdrawn_at=None,
            withdrawn_by=None,
        )
    )
    if changed.rowcount != 1:
        return False
    _count_up(connection, entry)
    return True


def give_place(connection: Connection, entry: Entry) -> None:
    """Take over place and number of a file, and nothing of its words."""
    connection.execute(
        update(comment)
        .where(comment.c.id == entry.id)
        .values(
            thread=entry.thread,
            number=entry.number,
            received_at=seconds(entry.date),
            in_reply_to=entry.in_reply_to,
        )
    )
    _count_up(connection, entry if isinstance(entry, Comment) else _nothing_said(entry))


def learn(connection: Connection, entry: Entry, now: datetime) -> Case | None:
    """Keep a comment that only its file knows; its case, unless it is an answer or linkback."""
    said = entry if isinstance(entry, Comment) else _nothing_said(entry)
    connection.execute(
        insert(comment),
        {
            "id": said.id,
            "thread": said.thread,
            "kind": said.kind,
            "in_reply_to": said.in_reply_to,
            "answers": said.answers,
            "lang": said.lang or NO_LANGUAGE,
            "received_at": seconds(said.date),
            "head_revision": said.revision,
            "public_revision": said.revision,
            "number": said.number,
            "url": said.url,
            "source": said.source,
            "withdrawn_at": seconds(now) if isinstance(entry, Tombstone) else None,
            "withdrawn_by": entry.reason if isinstance(entry, Tombstone) else None,
        },
    )
    connection.execute(insert(revision), _row(said, said.edited or said.date, None, said.date))
    _count_up(connection, said)
    if said.kind is not Kind.COMMENT:
        return None
    row = {"year": said.date.year, "comment_id": said.id, "attention": Attention.CLOSED}
    connection.execute(insert(case), row | {"link_generation": first_generation()})
    return by_comment(connection, said.id)


def withdraw(connection: Connection, comment_id: str, by: WithdrawnBy | str, now: datetime) -> bool:
    """Withdraw a comment; False when it was withdrawn already (``by`` REMOVED gives way)."""
    never = comment.c.withdrawn_by.is_(None)
    free = never if by == REMOVED else or_(never, comment.c.withdrawn_by == REMOVED)
    _supersede(connection, comment_id, now)  # first, as ``decide`` does it
    change = update(comment).where(comment.c.id == comment_id, free)
    values = {"withdrawn_at": seconds(now), "withdrawn_by": str(by)}
    return connection.execute(change.values(**values)).rowcount == 1


def erase(connection: Connection, comment_id: str, now: datetime) -> bool:
    """Drop every text and name of a comment, its case's texts too; False if that was done.

    What stays: ids, times, number, decisions and the chain of events.
    """
    change = update(comment).where(comment.c.id == comment_id, comment.c.erased_at.is_(None))
    gone = {"network": None, "fingerprint": None, "url": None, "source": None}
    if connection.execute(change.values(erased_at=seconds(now), **gone)).rowcount != 1:
        return False
    texts = {"author": "", "body": "", "position": None, "department": None, "reason": None}
    connection.execute(update(revision).where(revision.c.comment_id == comment_id).values(**texts))
    own = select(case.c.id).where(case.c.comment_id == comment_id).scalar_subquery()
    connection.execute(delete(event_text).where(event_text.c.case_id == own))
    without_code = update(case).where(case.c.comment_id == comment_id).values(code_hash=None)
    connection.execute(without_code)
    retention.forget_address_of(connection, comment_id)
    referrals.forget_texts(connection, comment_id)
    answered = _erase_in_records(connection, comment_id)
    of_case = select(case.c.id).where(case.c.comment_id == comment_id)
    search.forget(connection, {*answered, *connection.execute(of_case).scalars()})
    return True


def _erase_in_records(connection: Connection, answer_id: str) -> set[int]:
    """The words of an answer stand in the records of the comments that it answered: in these."""
    naming = select(event.c.case_id, event.c.seq).where(event.c.data.contains(answer_id))
    records = connection.execute(naming).all()
    for each in records:
        mine = (event_text.c.case_id == each.case_id) & (event_text.c.seq == each.seq)
        connection.execute(delete(event_text).where(mine))
    return {each.case_id for each in records}


def move(connection: Connection, entry: Entry) -> None:
    """Staff moved the file to another conversation; there its number is given to no other."""
    change = update(comment).where(comment.c.id == entry.id)
    connection.execute(change.values(thread=entry.thread))
    _count_up(connection, entry if isinstance(entry, Comment) else _nothing_said(entry))


def _nothing_said(stone: Tombstone) -> Comment:
    return Comment(
        id=stone.id,
        thread=stone.thread,
        revision=1,
        number=stone.number,
        kind=Kind.COMMENT,
        markup=Markup.MARKDOWN,
        author="",
        date=stone.date,
        body="",
        in_reply_to=stone.in_reply_to,
    )


def _row(said: Comment, created_at: datetime, by: int | None, now: datetime) -> dict[str, object]:
    return {
        "comment_id": said.id,
        "revision": said.revision,
        "author": said.author,
        "body": said.body,
        "markup": said.markup,
        "position": said.position,
        "department": said.department,
        "created_at": seconds(created_at),
        "decision": Decision.APPROVED,
        "decided_at": seconds(now),
        "decided_by": by,
        "reason": said.moderated,
    }


def _count_up(connection: Connection, entry: Comment) -> None:
    """The thread's counter stands at least at this number, so that it is never given again."""
    series = "linkbacks" if entry.kind.is_linkback else "comments"
    count_up(connection, entry.thread, series, entry.number)


def count_up(connection: Connection, thread: str, series: str, number: int) -> None:
    """Let the counter of a thread's series stand at least at ``number``."""
    mine = (thread_counter.c.thread == thread) & (thread_counter.c.series == series)
    last = connection.execute(
        select(func.max(thread_counter.c.last_number)).where(mine)
    ).scalar_one()
    if last is None:
        row = {"thread": thread, "series": series, "last_number": number}
        connection.execute(insert(thread_counter), row)
    elif last < number:
        connection.execute(update(thread_counter).where(mine).values(last_number=number))


def words_of(connection: Connection, comment_id: str, number: int) -> tuple[str, Markup] | None:
    """One wording, whether or not it was ever public."""
    mine = (revision.c.comment_id == comment_id) & (revision.c.revision == number)
    row = connection.execute(select(revision.c.body, revision.c.markup).where(mine)).one_or_none()
    return None if row is None else (row.body, Markup(row.markup))
