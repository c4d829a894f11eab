"""What staff did to comment files by hand: taken over, reported, never undone.

Every file that changed since the last look is compared with what the database wants and
with what stood there then (``domain.publication``). A file that the database does not know
is learned; one that staff removed withdraws its comment; one that they changed is a new
approved wording. What cannot be read is left alone and named.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from .. import commentfile
from ..content_repo import Place
from ..domain.cases import SERVICE, EventKind
from ..domain.comments import REMOVED, Comment, Entry, Tombstone, WithdrawnBy
from ..domain.publication import Act, Compared, act
from ..errors import N_, HistoryRewritten, TertuliaError
from ..store import cases, events, outbox, publication, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.publication import TOMBSTONE, Kept
from . import learn, promises, troubles
from .blog import Blog
from .found_files import File, files_of, the_one, why_not
from .withdraw import erase_again

Data = Mapping[str, str | int | None]

FEW = 5
"""So many files may disappear at once without a person being asked, however few there were."""

BATCH = 200
"""Comments in one transaction: readers who write meanwhile wait for no longer than that."""


@dataclass(slots=True)
class TakenIn:
    """What one look found. by_kind: how many comments staff changed, and how."""

    by_kind: Counter[EventKind] = field(default_factory=Counter)
    unreadable: dict[str, tuple[str, str]] = field(default_factory=dict)
    learned: list[Entry] = field(default_factory=list)


def take_in(
    blog: Blog, place: Place, since: str | None, now: datetime, *, believe: bool = False
) -> TakenIn:
    """Bring the database to what the files say since the commit ``since`` (None: all).

    believe: also that most of the files are gone, which otherwise waits for a person.
    Raises HistoryRewritten when more than half of all comment files disappeared at once.
    """
    everything = place.base(since) is None
    files = files_of(place, since, everything=everything)
    with blog.store.read() as connection:
        known = set(publication.ids_with_files(connection))
        if everything:
            there = known | set(publication.ids_wanted(connection))
            files |= {gone: [] for gone in there - files.keys()}
        changed = _changed(connection, files)
    if not believe:
        _refuse_a_void(len(known), sum(not files[each] for each in known & files.keys()))
    taken = TakenIn()
    for start in range(0, len(changed), BATCH):
        with blog.store.write() as connection:
            some = changed[start : start + BATCH]
            cases.lock_of(connection, some)
            kept = publication.kept_of(connection, some, lock=True)
            for each in some:
                try:
                    _compare(connection, kept.get(each), each, files[each], taken, now)
                    if each in kept:  # what waits for an answer again has a day for it again
                        promises.keep_of(blog, connection, each, now)
                except ValueError as error:  # one comment must not hold up all others
                    taken.unreadable[each] = (f"{each}.md", str(error))
    with blog.store.write() as connection:
        learn.tell_answered(connection, taken.learned, now)
        troubles.note(connection, files, taken.unreadable, now)
    if taken.by_kind[EventKind.LEARNED]:
        erase_again(blog)  # a lost database does not bring back what its ledger names
    return taken


def _changed(connection: Connection, files: Mapping[str, list[File]]) -> list[str]:
    """The ids whose files are not just as they were, and as they are wanted; sorted."""
    ids = sorted(files)
    kept = publication.kept_of(connection, ids)
    return [each for each in ids if not _is_as_known(kept.get(each), files[each])]


def _is_as_known(kept: Kept | None, files: list[File]) -> bool:
    if kept is None or len(files) != 1:
        return False
    there = (files[0].thread, files[0].digest)
    return kept.is_current and there == (kept.thread, kept.digest_head)


def _refuse_a_void(known: int, gone: int) -> None:
    """An unmounted folder or a wrong branch is not a wish to withdraw every comment."""
    if gone > FEW and 2 * gone > known:
        raise HistoryRewritten(
            "",
            N_(
                "%(gone)s of %(known)s comment files disappeared at once, so nothing is published"
                " until a person says that this was meant: tertulia reconcile --believe"
            ),
            gone=gone,
            known=known,
        )


def _compare(
    connection: Connection,
    kept: Kept | None,
    comment_id: str,
    files: list[File],
    taken: TakenIn,
    now: datetime,
) -> None:
    file = the_one(kept.thread if kept else None, files)
    for each in files:
        if each.problem or each is not file:
            taken.unreadable[comment_id] = why_not(each, file)
    if kept is None:
        if file and file.entry:
            learn.learn(connection, file, file.entry, now)
            taken.by_kind[EventKind.LEARNED] += 1
            taken.learned.append(file.entry)
        return
    if kept.is_withdrawn and file and not file.entry and file.thread != kept.thread:
        return  # named above; over a file in another place that cannot be read nothing is written
    if kept.is_withdrawn and kept.number is None and file and file.entry:
        kept = _give_place(connection, kept, file.entry)
    known = kept.digest_head
    if file and file.entry and file.thread != kept.thread:
        kept = _move(connection, kept, file.entry, taken, now)
        if not kept.is_current and _says_the_same(connection, kept, file):
            known = file.digest  # moved and nothing else: a newer wording of ours still goes out
    wanted = publication.wanted(connection, kept)
    digest = commentfile.digest(commentfile.dumps(wanted)) if wanted else None
    compared = Compared(
        wanted=digest,
        withdrawn=kept.is_withdrawn,
        known=known,
        is_current=kept.is_current,
        found=file.digest if file else None,
        readable=file is None or file.entry is not None,
        is_ours=bool(file and file.entry and _is_ours(connection, kept, file.entry, file.digest)),
    )
    _act(connection, act(compared), kept, file, taken, now)


def _give_place(connection: Connection, kept: Kept, entry: Entry) -> Kept:
    """A database older than the files: it was public, so a tombstone has to stand for it."""
    wordings.give_place(connection, entry)
    return replace(
        kept,
        thread=entry.thread,
        number=entry.number,
        received_at=entry.date.astimezone(UTC),
        in_reply_to=entry.in_reply_to,
    )


def _says_the_same(connection: Connection, kept: Kept, file: File) -> bool:
    """Whether a file that was moved holds the wording that stood at its old place."""
    said = publication.wording(connection, kept.id, kept.revision_head or TOMBSTONE)
    return said is not None and commentfile.digest(commentfile.dumps(said)) == file.digest


def _is_ours(connection: Connection, kept: Kept, entry: Entry, digest: str) -> bool:
    """Written by the service and not noted any more: it died between the two."""
    if kept.is_withdrawn or not isinstance(entry, Comment):
        return False
    if entry.revision <= (kept.revision_head or 0):
        return False
    said = publication.wording(connection, kept.id, entry.revision)
    return said is not None and commentfile.digest(commentfile.dumps(said)) == digest


def _act(
    connection: Connection,
    what: Act,
    kept: Kept,
    file: File | None,
    taken: TakenIn,
    now: datetime,
) -> None:
    match what:
        case Act.NOTHING:
            _note(connection, kept, file.digest if file else None, kept.wanted_revision)
        case Act.WRITE:
            _note(connection, kept, file.digest if file else None, _wording_in(file, kept))
            troubles.ask(connection, kept, now)
            if kept.erased and file and file.entry:
                outbox.ask_again(connection, Job.FORGET, kept.id, kept.head_revision, now)
        case Act.REMOVED:
            _withdraw(connection, kept, REMOVED, EventKind.REMOVED_IN_FILES, taken, now)
            publication.note_head(connection, kept.id, None, None)
        case Act.TAKE_IN if file and isinstance(file.entry, Comment):
            _take_wording(connection, kept, file.entry, file.digest, taken, now)
        case Act.TAKE_IN if file and isinstance(file.entry, Tombstone):
            _withdraw(connection, kept, file.entry.reason, EventKind.WITHDRAWN, taken, now)
            publication.note_head(connection, kept.id, file.digest, TOMBSTONE)
        case Act.LEAVE if file and not file.problem:
            words = str(TertuliaError(N_("was withdrawn, but cannot be replaced here")))
            taken.unreadable[kept.id] = (file.path, words)


def _note(connection: Connection, kept: Kept, digest: str | None, wording: int | None) -> None:
    noted = (kept.digest_head, kept.revision_head)
    now = (digest, None if digest is None else wording)
    if noted != now:
        publication.note_head(connection, kept.id, *now)


def _wording_in(file: File | None, kept: Kept) -> int | None:
    """Which of our wordings a file holds that must be written again; None: none of ours."""
    if file is None or file.digest == kept.digest_head:
        return kept.revision_head
    if isinstance(file.entry, Comment) and not kept.is_withdrawn:
        return file.entry.revision
    return None


def _move(connection: Connection, kept: Kept, entry: Entry, taken: TakenIn, now: datetime) -> Kept:
    wordings.move(connection, entry)
    data: Data = {"from": kept.thread, "to": entry.thread}
    _record(connection, kept, EventKind.MOVED_IN_FILES, taken, now, data)
    if kept.wanted_revision is not None:
        troubles.ask(connection, kept, now)
    return replace(kept, thread=entry.thread)


def _take_wording(
    connection: Connection,
    kept: Kept,
    entry: Comment,
    digest: str,
    taken: TakenIn,
    now: datetime,
) -> None:
    """Staff's wording becomes the public one; their file stays byte for byte."""
    new = replace(entry, revision=max(kept.head_revision + 1, entry.revision))
    back = kept.withdrawn_by == REMOVED
    seen = kept.head_revision
    if not wordings.adopt(connection, new) or not wordings.add_wording(
        connection, new, seen_revision=seen, created_at=now, by=None, now=now
    ):
        return
    publication.note_head(connection, kept.id, digest, new.revision)
    outbox.ask_again(connection, Job.PUBLISH, kept.id, new.revision, now)
    kind = EventKind.RESTORED_IN_FILES if back else EventKind.CHANGED_IN_FILES
    data: Data = {"revision": new.revision, "digest": digest}
    _record(connection, kept, kind, taken, now, data, text=entry.body)


def _withdraw(
    connection: Connection,
    kept: Kept,
    by: WithdrawnBy | str,
    kind: EventKind,
    taken: TakenIn,
    now: datetime,
) -> None:
    if wordings.withdraw(connection, kept.id, by, now):
        outbox.ask_again(connection, Job.WITHDRAW, kept.id, kept.head_revision, now)
        _record(connection, kept, kind, taken, now, {"by": str(by)})


def _record(
    connection: Connection,
    kept: Kept,
    kind: EventKind,
    taken: TakenIn,
    now: datetime,
    data: Data,
    text: str | None = None,
) -> None:
    taken.by_kind[kind] += 1
    own = cases.by_comment(connection, kept.id)
    if case := own or cases.answered_case(connection, kept.id):
        told: Data = {**data, "comment" if own else "answer": kept.id}
        events.append(connection, case.id, kind, actor=SERVICE, now=now, data=told, text=text)
