"""Comment files as they stand where they count: each read once, with what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import commentfile
from ..content_repo import Found, Place
from ..domain.comments import MAX_AUTHOR_CHARS, MAX_BODY_CHARS, MAX_URL_CHARS, Comment, Entry
from ..errors import N_, InvalidCommentFile, TertuliaError


@dataclass(frozen=True, slots=True)
class File:
    """A comment's file as it stands. entry: None when it cannot be read, ``problem`` why."""

    path: str
    thread: str
    digest: str
    entry: Entry | None
    problem: TertuliaError | None = None


def every_file(place: Place) -> dict[str, list[File]]:
    """By id, all that there are, without a trace of those that are gone."""
    files = files_of(place, None, everything=True)
    return {comment_id: there for comment_id, there in files.items() if there}


def files_of(place: Place, since: str | None, *, everything: bool) -> dict[str, list[File]]:
    """By id, the files that there are now; an empty list where the last one is gone."""
    files: dict[str, list[File]] = {}
    for found in place.changes(since):
        here = files.setdefault(found.id, [])
        if found.data is not None or found.problem is not None:
            here.append(_read(found))
    if not everything:
        # The rest of an id's files did not change, so they were not among the changes.
        for comment_id, changed in files.items():
            seen = {each.thread for each in changed}
            others = (other for other in place.find(comment_id) if other.thread not in seen)
            changed.extend(map(_read, others))
    return files


def _read(found: Found) -> File:
    path = f"{found.thread}/{found.id}.md"
    if found.problem is not None or found.data is None:
        fault = InvalidCommentFile(path, "", found.problem or N_("is no plain file"))
        return File(path, found.thread, "", None, fault)
    digest = commentfile.digest(found.data)
    try:
        entry = commentfile.loads(found.data, path)
        if isinstance(entry, Comment):
            _check_lengths(entry, path)
    except InvalidCommentFile as error:
        return File(path, found.thread, digest, None, error)
    return File(path, found.thread, digest, entry)


def _check_lengths(entry: Comment, path: str) -> None:
    """What the database could not hold."""
    for key, value, most in (
        ("author", entry.author, MAX_AUTHOR_CHARS),
        ("body", entry.body, MAX_BODY_CHARS),
        ("position", entry.position, 200),
        ("department", entry.department, 200),
        ("source", entry.source, 200),
        ("url", entry.url, MAX_URL_CHARS),
        ("lang", entry.lang, 8),
    ):
        if value is not None and len(value) > most:
            message = N_("has %(count)s characters; at most %(most)s are taken")
            raise InvalidCommentFile(path, key, message, count=len(value), most=most)


def the_one(thread: str | None, files: Sequence[File]) -> File | None:
    """The file that counts when staff made several: the one in the comment's own place."""

    def rank(file: File) -> tuple[bool, bool]:
        return (file.thread == thread, file.entry is not None)

    return max(files, key=rank, default=None)


def why_not(file: File, counts: File | None) -> tuple[str, str]:
    """The file and the reason, for staff: the one that keeps it from being used."""
    if file.problem:
        return file.path, str(file.problem)
    other = counts.path if counts else ""
    return file.path, str(TertuliaError(N_("the same comment stands in %(other)s"), other=other))
