"""What readers are to see of each comment, and what was last seen of its file and page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from ..domain.comments import REMOVED, Comment, Entry, Kind, Markup, Tombstone, WithdrawnBy
from ..domain.states import Decision
from .batches import batches
from .schema import NO_LANGUAGE, comment, revision
from .times import when

TOMBSTONE = 0
"""In the place of a revision's number: the file of a withdrawn comment."""

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One comment as the database has it, without its texts.

    withdrawn_by: a WithdrawnBy, REMOVED or None. digest_head, revision_head: of its file
    where it counts, when it was last looked at (revision TOMBSTONE: withdrawn).
    digest_seen: of the wording that its page was found to show.
    """

    id: str
    thread: str
    kind: Kind
    received_at: datetime
    in_reply_to: str | None
    answers: str | None
    number: int | None
    head_revision: int
    public_revision: int | None
    withdrawn_by: str | None
    erased: bool
    digest_head: str | None
    revision_head: int | None
    digest_seen: str | None

    @property
    def is_withdrawn(self) -> bool:
        """By its reader or the institution: a tombstone stands for it."""
        return self.withdrawn_by not in (None, REMOVED)

    @property
    def wanted_revision(self) -> int | None:
        """The wording that its file is to hold, TOMBSTONE, or None: no file."""
        if self.withdrawn_by == REMOVED or self.number is None or self.kind is Kind.REPORT:
            return None
        return TOMBSTONE if self.is_withdrawn else self.public_revision

    @property
    def is_current(self) -> bool:
        """What was last seen of its file is the wording that is wanted."""
        return self.digest_head is not None and self.revision_head == self.wanted_revision


_KEPT = """
    id thread kind received_at in_reply_to answers number head_revision public_revision
    withdrawn_by erased_at digest_head revision_head digest_seen
""".split()
_BY_ID = select(*(comment.c[name] for name in _KEPT)).where(comment.c.id == bindparam("id"))
_MANY = select(*(comment.c[name] for name in _KEPT))
_WORDINGS: Select[Any] = select(
    *(comment.c[name] for name in "kind in_reply_to answers lang received_at".split()),
    *(comment.c[name] for name in "thread number url source".split()),
    revision,
).join(revision, revision.c.comment_id == comment.c.id)
_WORDING = _WORDINGS.where(
    comment.c.id == bindparam("id"), revision.c.revision == bindparam("wording")
)
_PUBLIC_WORDINGS = _WORDINGS.where(revision.c.revision == comment.c.public_revision)


def kept(connection: Connection, comment_id: str) -> Kept | None:
    """What the database has of a comment, or None."""
    row = connection.execute(_BY_ID, {"id": comment_id}).one_or_none()
    return None if row is None else _kept(row)


def kept_of(connection: Connection, ids: Sequence[str], *, lock: bool = False) -> dict[str, Kept]:
    """The same of many, by id; ids that the database does not have are left out.

    lock: whoever wants to change one of them waits until this transaction ends (SQLite has
    one writer at a time anyway).
    """
    found: dict[str, Kept] = {}
    for some in batches(ids):
        query = _MANY.where(comment.c.id.in_(some))
        if lock:
            # The cases first (``cases.lock_of``), then the wordings, as whoever decides does it.
            held = select(revision.c.comment_id).where(revision.c.comment_id.in_(some))
            connection.execute(held.order_by(revision.c.comment_id).with_for_update())
            query = query.order_by(comment.c.id).with_for_update()
        found |= {row.id: _kept(row) for row in connection.execute(query)}
    return found


def ids_with_files(connection: Connection) -> list[str]:
    """Of every comment whose file was seen where it counts."""
    query = select(comment.c.id).where(comment.c.digest_head.is_not(None))
    return list(connection.execute(query).scalars())


def ids_wanted(connection: Connection) -> list[str]:
    """Of every comment whose wording is to stand in a file."""
    is_public = comment.c.number.is_not(None) & comment.c.withdrawn_by.is_(None)
    return list(connection.execute(select(comment.c.id).where(is_public)).scalars())


def ids_erased(connection: Connection) -> list[str]:
    """Of every comment whose words are to be nowhere any more."""
    query = select(comment.c.id).where(comment.c.erased_at.is_not(None))
    return list(connection.execute(query).scalars())


def forget_files(connection: Connection) -> None:
    """What was known of files was about another place: from now on nothing is known."""
    connection.execute(update(comment).values(digest_head=None, revision_head=None))


def public(connection: Connection) -> Iterator[Kept]:
    """Every comment that has, or had, a place on its page, by id."""
    return _each(connection, comment.c.number.is_not(None))


def _each(connection: Connection, condition: Any) -> Iterator[Kept]:
    last = ""
    while True:
        query = _MANY.where(condition, comment.c.id > last).order_by(comment.c.id).limit(_BATCH)
        rows = connection.execute(query).all()
        yield from map(_kept, rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def wanted(connection: Connection, of: Kept) -> Entry | None:
    """What the comment's file is to hold; None: no file."""
    if of.wanted_revision is None:
        return None
    if of.wanted_revision != TOMBSTONE:
        return wording(connection, of.id, of.wanted_revision)
    return Tombstone(
        id=of.id,
        thread=of.thread,
        number=of.number or 0,
        date=of.received_at,
        reason=WithdrawnBy(of.withdrawn_by or ""),
        in_reply_to=of.in_reply_to,
    )


def wording(connection: Connection, comment_id: str, number: int) -> Comment | None:
    """One wording as its file holds it; None if there is none or it has no number yet."""
    row = connection.execute(_WORDING, {"id": comment_id, "wording": number}).one_or_none()
    return None if row is None or row.number is None else _comment(row)


def public_wordings(connection: Connection, ids: Sequence[str]) -> dict[str, Comment]:
    """The wordings that readers are to see, by id; comments that have none are left out."""
    found: dict[str, Comment] = {}
    for some in batches(ids):
        query = _PUBLIC_WORDINGS.where(comment.c.id.in_(some), comment.c.number.is_not(None))
        found |= {row.comment_id: _comment(row) for row in connection.execute(query)}
    return found


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.comment_id,
        thread=row.thread,
        revision=row.revision,
        number=row.number,
        kind=Kind(row.kind),
        markup=Markup(row.markup),
        author=row.author,
        date=when(row.received_at),
        body=row.body,
        url=row.url,
        in_reply_to=row.in_reply_to,
        lang=None if row.lang == NO_LANGUAGE else row.lang,
        position=row.position,
        department=row.department,
        answers=row.answers,
        edited=when(row.created_at) if row.revision > 1 else None,
        source=row.source,
        moderated=row.reason if row.decision == Decision.APPROVED else None,
    )


def note_head(
    connection: Connection, comment_id: str, digest: str | None, wording_number: int | None
) -> None:
    """Note what the comment's file is now, where it counts."""
    change = update(comment).where(comment.c.id == comment_id)
    connection.execute(change.values(digest_head=digest, revision_head=wording_number))


def note_seen(connection: Connection, comment_id: str, digest: str | None) -> None:
    """Note the digest that the built page was found to show; None: nothing of it."""
    change = update(comment).where(comment.c.id == comment_id)
    connection.execute(change.values(digest_seen=digest))


def _kept(row: Row[Any]) -> Kept:
    values = row._asdict()
    erased = values.pop("erased_at") is not None
    values |= {"kind": Kind(row.kind), "received_at": when(row.received_at)}
    return Kept(erased=erased, **values)
