"""What staff did to comment files by hand: taken over, reported, never undone.

Every file that changed since the last look is compared with what the database wants and
with what stood there then (``domain.publication``). A file that the database does not know
is learned; one that staff removed withdraws its comment; one that they changed is a new
approved wording. What cannot be read is left alone and named.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from .. import commentfile
from ..content_repo import Place
from ..domain.cases import SERVICE, EventKind
from ..domain.comments import REMOVED, Comment, Entry, Kind, Tombstone, WithdrawnBy
from ..domain.publication import Act, Compared, act
from ..errors import N_, HistoryRewritten, TertuliaError
from ..store import cases, events, facts, outbox, publication, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.publication import TOMBSTONE, Kept
from .blog import Blog
from .found_files import File, files_of, the_one, why_not

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
    answers: list[Comment] = field(default_factory=list)


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
            kept = publication.kept_of(connection, some, lock=True)
            for each in some:
                _compare(connection, kept.get(each), each, files[each], taken, now)
    with blog.store.write() as connection:
        _tell_answered(connection, taken.answers, now)
        _note_unreadable(connection, files, taken, now)
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
            _learn(connection, file, file.entry, taken, now)
        return
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
            _ask(connection, kept, now)
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


def _learn(connection: Connection, file: File, entry: Entry, taken: TakenIn, now: datetime) -> None:
    case = wordings.learn(connection, entry, now)
    taken.by_kind[EventKind.LEARNED] += 1
    kinds = [EventKind.LEARNED]
    if isinstance(entry, Comment):
        publication.note_head(connection, entry.id, file.digest, entry.revision)
        outbox.ask_again(connection, Job.PUBLISH, entry.id, entry.revision, now)
        if entry.kind is Kind.ANSWER:
            taken.answers.append(entry)
    else:
        publication.note_head(connection, entry.id, file.digest, TOMBSTONE)
        outbox.ask_again(connection, Job.WITHDRAW, entry.id, 1, now)
        kinds.append(EventKind.WITHDRAWN)
    if case is None:
        return
    for kind in kinds:
        data: Data = {"comment": entry.id, "digest": file.digest}
        events.append(connection, case.id, kind, actor=SERVICE, now=now, data=data)


def _move(connection: Connection, kept: Kept, entry: Entry, taken: TakenIn, now: datetime) -> Kept:
    wordings.move(connection, entry)
    data: Data = {"from": kept.thread, "to": entry.thread}
    _record(connection, kept, EventKind.MOVED_IN_FILES, taken, now, data)
    if kept.wanted_revision is not None:
        _ask(connection, kept, now)
    return replace(kept, thread=entry.thread)


def _ask(connection: Connection, kept: Kept, now: datetime) -> None:
    """For the file or the page of what is wanted."""
    job = Job.WITHDRAW if kept.is_withdrawn else Job.PUBLISH
    revision = kept.head_revision if kept.is_withdrawn else kept.public_revision
    outbox.ask_again(connection, job, kept.id, revision or 1, now)


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
    wordings.adopt(connection, new)
    wordings.add_wording(
        connection, new, seen_revision=kept.head_revision, created_at=now, by=None, now=now
    )
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


def _tell_answered(connection: Connection, answers: list[Comment], now: datetime) -> None:
    """A learned comment with a learned answer waits for nobody."""
    for answer in answers:
        if case := cases.answered_case(connection, answer.id):
            data: Data = {"answer": answer.id, "number": answer.number}
            events.append(
                connection, case.id, EventKind.ANSWERED, actor=SERVICE, now=now, data=data
            )


def _note_unreadable(
    connection: Connection, files: Mapping[str, list[File]], taken: TakenIn, now: datetime
) -> None:
    known = json.loads(facts.get(connection, facts.UNREADABLE) or "{}")
    _show_again(connection, known.keys() & files.keys() - taken.unreadable.keys(), now)
    left = {each: why for each, why in known.items() if each not in files}
    value = json.dumps({**left, **taken.unreadable})
    if json.loads(value) != known:
        facts.note(connection, facts.UNREADABLE, value, now)


def _show_again(connection: Connection, healed: Collection[str], now: datetime) -> None:
    """A file that could not be read was in no build meanwhile, even if it is as it was before."""
    for kept in publication.kept_of(connection, sorted(healed)).values():
        if kept.wanted_revision is not None:
            job = Job.WITHDRAW if kept.is_withdrawn else Job.PUBLISH
            revision = kept.head_revision if kept.is_withdrawn else kept.public_revision
            outbox.ask_again(connection, job, kept.id, revision or 1, now)


def unreadable(connection: Connection) -> dict[str, tuple[str, str]]:
    """By id, the file that cannot be used and why."""
    found = json.loads(facts.get(connection, facts.UNREADABLE) or "{}")
    return {each: (file, why) for each, (file, why) in found.items()}
