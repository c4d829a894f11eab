"""Bringing comment files to where they count: the folder, a commit, a push.

What is wanted is found out anew before every try: after a refused push nothing is merged,
everything is derived once more from what the remote has now.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from .. import commentfile, content_repo
from ..content_repo import Place
from ..domain.comments import Comment, Entry
from ..errors import (
    N_,
    GitFailed,
    InvalidCommentFile,
    PushRejected,
    RepositoryBusy,
    TertuliaError,
    Unavailable,
)
from ..store import facts, outbox, publication
from ..store.outbox import Job
from ..store.problems import problem_of
from ..store.publication import Kept
from .blog import Blog
from .showing import put_off
from .take_in import take_in, unreadable

MAX_TRIES = 10
"""Of a push that somebody else's push came before."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the publisher works with. wait: between two tries of a push."""

    blog: Blog
    place: Place
    clock: Callable[[], datetime]
    step: Callable[[str], None]
    wait: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A claimed row whose file is as wanted. digest: of that file; None: no file is wanted."""

    row: outbox.Row
    kept: Kept
    digest: str | None
    is_new: bool


def look(run: Run, *, believe: bool = False) -> str | None:
    """Fetch what is newest and take in what staff did; the commit that counts now, if any.

    believe: whatever history and files say now is meant, however much of it is gone.
    Raises GitFailed and its kind.
    """
    _know_the_place(run)
    run.step("refresh")
    with run.blog.store.read() as connection:
        believed = None if believe else facts.get(connection, facts.HEAD)
    head = run.place.refresh(believed)
    run.step("take_in")
    if head is None or head != believed:
        _take_in(run, believed, believe=believe)
    with run.blog.store.write() as connection:
        facts.note(connection, facts.HEAD, head, run.clock())
        facts.note(connection, facts.LOOKED, "", run.clock())
    return head


def _know_the_place(run: Run) -> None:
    """After a change of the settings that say where files count, nothing is known of them:
    what the new place lacks is written there, and not taken for removed by staff."""
    settings = run.blog.settings
    here = ["off"]
    if settings.comments_git != "off":
        here = [settings.comments_git, settings.comments_remote or ""]
        here += [settings.comments_branch, settings.comments_path]
    named, first = (hashlib.sha256(repr(each).encode()).hexdigest() for each in (here, ["off"]))
    with run.blog.store.write() as connection:
        if (facts.get(connection, facts.PLACE) or first) == named:
            return
        publication.forget_files(connection)
        facts.note(connection, facts.HEAD, None, run.clock())
        facts.note(connection, facts.PLACE, named, run.clock())


def _take_in(run: Run, since: str | None, *, believe: bool) -> None:
    try:
        take_in(run.blog, run.place, since, run.clock(), believe=believe)
    except (PushRejected, RepositoryBusy):
        raise
    except GitFailed as error:
        if since is None or type(error) is not GitFailed:
            raise
        # Staff rewrote their own history (an amended commit): everything is looked at.
        take_in(run.blog, run.place, None, run.clock(), believe=believe)


def bring(run: Run, rows: list[outbox.Row]) -> list[Written]:
    """Write, commit and push what the rows ask for; those that can be shown next.

    A row whose own file is the trouble is put off and left out. Raises TertuliaError when
    none can be brought on.
    """
    for tries in range(1, MAX_TRIES + 1):
        if tries > 1:
            look(run)
        written, refused = _write_all(run, rows)
        paths = [_path(each.kept) for each in written if each.is_new]
        message = "\n".join(sorted({each.kept.id for each in written if each.is_new}))
        try:
            head = run.place.commit(paths, message, run.step) if paths else None
        except PushRejected:
            if tries == MAX_TRIES:
                raise
            run.wait()
            continue
        _record(run, written, head)
        for row, error in refused:
            put_off(run.blog, row, problem_of(error), run.clock)
        return written
    raise AssertionError("the last try returns or raises")


def _path(kept: Kept) -> PurePosixPath:
    return commentfile.path_of(kept.thread, kept.id)


def _write_all(
    run: Run, rows: list[outbox.Row]
) -> tuple[list[Written], list[tuple[outbox.Row, TertuliaError]]]:
    written: list[Written] = []
    refused: list[tuple[outbox.Row, TertuliaError]] = []
    with run.blog.store.read() as connection:
        troubled = unreadable(connection)
    for row in rows:
        if row.kind is Job.FORGET:
            continue
        try:
            written.append(_write(run, row, troubled.get(row.comment_id)))
        except Unavailable:
            raise
        except TertuliaError as error:
            refused.append((row, error))
    return written, refused


def _write(run: Run, row: outbox.Row, trouble: tuple[str, str] | None) -> Written:
    """Put what is wanted into the comment's file. Raises TertuliaError."""
    with run.blog.store.read() as connection:
        kept = publication.kept(connection, row.comment_id)
        if kept is None:
            raise AssertionError("an outbox row without its comment")
        wanted = publication.wanted(connection, kept)
    if trouble:
        file, why = trouble
        raise TertuliaError(N_("%(file)s cannot be read: %(why)s"), file=file, why=why)
    if kept.is_current or wanted is None or _nothing_stands(kept):
        return Written(row, kept, kept.digest_head if kept.is_current else None, is_new=False)
    if isinstance(wanted, Comment):
        run.blog.manifest.thread(wanted.thread)
    _refuse_to_overwrite(run, kept, wanted)
    return Written(row, kept, content_repo.write(run.place.folder, wanted, run.step), is_new=True)


def _nothing_stands(kept: Kept) -> bool:
    """Withdrawn, and no file of it is there: nothing needs to stand in its place."""
    return kept.is_withdrawn and kept.digest_head is None


def _refuse_to_overwrite(run: Run, kept: Kept, wanted: Entry) -> None:
    """Raises RepositoryBusy for a file that staff are editing: not committed, or, where no
    Git is used, changed since it was looked at."""
    if not run.place.keeps_history:
        _refuse_what_changed(run, kept, wanted)
        return
    if not run.place.uncommitted(kept.thread, kept.id):
        return
    try:
        there = content_repo.read(run.place.folder, kept.thread, kept.id)
    except InvalidCommentFile:
        there = None
    ours = there == wanted
    if isinstance(there, Comment) and not ours:
        with run.blog.store.read() as connection:
            ours = publication.wording(connection, kept.id, there.revision) == there
    if not ours:
        raise RepositoryBusy(
            "",
            N_("%(file)s has changes that are not committed yet; it waits until they are."),
            file=_path(kept),
        )


def _refuse_what_changed(run: Run, kept: Kept, wanted: Entry) -> None:
    here = [each for each in run.place.find(kept.id) if each.thread == kept.thread]
    data = here[0].data if here else None
    there = None if data is None else commentfile.digest(data)
    if there not in (kept.digest_head, commentfile.digest(commentfile.dumps(wanted))):
        raise RepositoryBusy(
            "", N_("%(file)s was changed a moment ago, so it is looked at first."), file=_path(kept)
        )


def _record(run: Run, written: list[Written], head: str | None) -> None:
    """Note what stands where it counts now."""
    run.step("record")
    with run.blog.store.write() as connection:
        for each in written:
            if each.is_new:
                wording = each.kept.wanted_revision
                publication.note_head(connection, each.kept.id, each.digest, wording)
        if head is not None:
            facts.note(connection, facts.HEAD, head, run.clock())


def forget(run: Run, rows: list[outbox.Row]) -> int:
    """Drop erased comments from a history of our own; how many rows that finished.

    Elsewhere there is nothing to drop (no history), or nothing that may be rewritten: the
    tombstone stands, and what was stays in the staff's history.
    """
    asked = [row for row in rows if row.kind is Job.FORGET]
    if not asked:
        return 0
    try:
        if run.place.own_history:
            _rewrite(run, [row.comment_id for row in asked])
    except TertuliaError as error:
        for row in asked:
            put_off(run.blog, row, problem_of(error), run.clock)
        return 0
    with run.blog.store.write() as connection:
        for row in asked:
            outbox.finish(connection, row, run.clock())
    return len(asked)


def _rewrite(run: Run, ids: list[str]) -> None:
    with run.blog.store.read() as connection:
        kept = publication.kept_of(connection, ids)
        begun = facts.get(connection, facts.HEAD) is not None
    if not begun:
        return  # nothing was ever committed: there is no history to leave it out of
    if not all(each.is_current or each.digest_head is None for each in kept.values()):
        raise RepositoryBusy("", N_("The words of an erased comment still stand in its file."))
    paths = [_path(each) for each in kept.values()]
    head = run.place.forget(paths, run.step)
    with run.blog.store.write() as connection:
        facts.note(connection, facts.HEAD, head, run.clock())
