"""Comments that only their files know: written by hand, imported, or older than the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..domain.cases import SERVICE, EventKind
from ..domain.comments import Comment, Entry, Kind
from ..store import cases, events, outbox, publication, wordings
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.publication import TOMBSTONE
from .found_files import File

Data = Mapping[str, str | int | None]


def learn(connection: Connection, file: File, entry: Entry, now: datetime) -> None:
    """Keep the comment of a file, with a case of its own unless it is an answer or linkback."""
    case = wordings.learn(connection, entry, now)
    kinds = [EventKind.LEARNED]
    if isinstance(entry, Comment):
        publication.note_head(connection, entry.id, file.digest, entry.revision)
        outbox.ask_again(connection, Job.PUBLISH, entry.id, entry.revision, now)
    else:
        publication.note_head(connection, entry.id, file.digest, TOMBSTONE)
        outbox.ask_again(connection, Job.WITHDRAW, entry.id, 1, now)
        kinds.append(EventKind.WITHDRAWN)
    if case is None:
        return
    for kind in kinds:
        data: Data = {"comment": entry.id, "digest": file.digest}
        events.append(connection, case.id, kind, actor=SERVICE, now=now, data=data)


def tell_answered(connection: Connection, learned: Sequence[Entry], now: datetime) -> None:
    """A learned comment with a learned answer waits for nobody."""
    for answer in learned:
        if not isinstance(answer, Comment) or answer.kind is not Kind.ANSWER:
            continue
        if case := cases.answered_case(connection, answer.id):
            data: Data = {"answer": answer.id, "number": answer.number}
            events.append(
                connection, case.id, EventKind.ANSWERED, actor=SERVICE, now=now, data=data
            )
