"""Bringing comment files to where they count: the folder, a commit, a push.

What is wanted is found out anew before every try: after a refused push nothing is merged,
everything is derived once more from what the remote has now.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from .. import commentfile, content_repo
from ..domain.comments import Comment, Entry, Tombstone
from ..errors import (
    N_,
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
from ..store.site_files import SiteFile
from . import site_files, troubles
from .looking import Run, look
from .showing import put_off
from .site_files import Brought
from .troubles import unreadable

MAX_TRIES = 10
"""Of a push that somebody else's push came before."""


@dataclass(frozen=True, slots=True)
class Written:
    """A claimed row whose file is as wanted. digest: of that file; None: no file is wanted.

    files: what was written just now, with its digests; their places below the folder.
    """

    row: outbox.Row
    kept: Kept
    digest: str | None
    files: Mapping[PurePosixPath, str] = field(default_factory=dict)


def bring(
    run: Run, rows: list[outbox.Row], due: Sequence[SiteFile] = ()
) -> tuple[list[Written], list[Brought]]:
    """Write, commit and push what the rows ask for, and what staff set (``due``); those that
    can be shown next.

    A row whose own file is the trouble is put off and left out. Raises TertuliaError when
    none can be brought on.
    """
    for tries in range(1, MAX_TRIES + 1):
        if tries > 1:
            look(run)
        written, refused = _write_all(run, rows)
        brought = site_files.bring(run, due)
        try:
            head = _commit(run, written, brought)
        except PushRejected:
            if tries == MAX_TRIES:
                raise
            run.wait()
            continue
        _record(run, written, brought, head)
        for row, error in refused:
            put_off(run.blog, row, problem_of(error), run.clock)
        return written, brought
    raise AssertionError("the last try returns or raises")


def _commit(run: Run, written: list[Written], brought: list[Brought]) -> str | None:
    """Commit what was written onto the head that was looked at. Raises PushRejected."""
    files = {path: digest for each in written for path, digest in each.files.items()}
    files |= {path: digest for each in brought for path, digest in each.files.items()}
    if not files:
        return None
    with run.blog.store.read() as connection:
        looked = facts.get(connection, facts.HEAD)
    message = "\n".join(sorted({path.stem for path in files}))
    return run.place.commit(files, message, run.step, looked)


def _path(kept: Kept) -> PurePosixPath:
    return commentfile.path_of(kept.thread, kept.id)


def _write_all(
    run: Run, rows: list[outbox.Row]
) -> tuple[list[Written], list[tuple[outbox.Row, TertuliaError]]]:
    written: list[Written] = []
    refused: list[tuple[outbox.Row, TertuliaError]] = []
    with run.blog.store.read() as connection:
        troubled = unreadable(connection)
        kept = publication.kept_of(connection, [row.comment_id for row in rows])
    ignored = run.place.ignored({_path(each) for each in kept.values()})
    for row in rows:
        if row.kind is Job.FORGET:
            continue
        try:
            _refuse_ignored(kept[row.comment_id], ignored)
            written.append(_write(run, row, troubled.get(row.comment_id)))
        except Unavailable:
            raise
        except TertuliaError as error:
            refused.append((row, error))
    return written, refused


def _refuse_ignored(kept: Kept, ignored: Collection[PurePosixPath]) -> None:
    """One conversation whose name a .gitignore has must not hold up the others."""
    if _path(kept) in ignored:
        raise RepositoryBusy(
            "",
            N_("Git ignores %(file)s: a .gitignore says so. Take that line out."),
            file=_path(kept),
        )


def _write(run: Run, row: outbox.Row, trouble: tuple[str, str] | None) -> Written:
    """Put what is wanted into the comment's file. Raises TertuliaError."""
    with run.blog.store.read() as connection:
        kept = publication.kept(connection, row.comment_id)
        if kept is None:
            raise AssertionError("an outbox row without its comment")
        wanted = publication.wanted(connection, kept)
    # A run killed in the middle may have left one, and perhaps nothing is to be written now.
    content_repo.remove_leftover(run.place.folder, kept.thread, kept.id)
    if trouble and not kept.is_withdrawn:
        file, why = trouble
        raise TertuliaError(N_("%(file)s cannot be read: %(why)s"), file=file, why=why)
    if isinstance(wanted, Tombstone):
        return Written(row, kept, *_bury(run, kept, wanted, doubled=trouble is not None))
    if kept.is_current or wanted is None:
        return Written(row, kept, kept.digest_head if kept.is_current else None)
    run.blog.manifest.thread(wanted.thread)
    _refuse_to_overwrite(run, kept, wanted)
    digest = content_repo.write(run.place.folder, wanted, run.step)
    return Written(row, kept, digest, {_path(kept): digest})


def _bury(
    run: Run, kept: Kept, stone: Tombstone, *, doubled: bool
) -> tuple[str | None, dict[PurePosixPath, str]]:
    """Put a tombstone wherever a file of the comment stands; its digest, and the files.

    A withdrawal waits for nobody: not for a slip in the file, not for an edit of it that
    staff have not committed. Where no file stands, none is made.
    """
    folder = run.place.folder
    stones = [] if kept.is_current or not _stands(folder, kept) else [stone]
    if doubled:
        others = {each.thread for each in run.place.find(kept.id)} - {kept.thread}
        stones += [replace(stone, thread=other) for other in sorted(others)]
    files = {
        commentfile.path_of(each.thread, each.id): content_repo.write(folder, each, run.step)
        for each in stones
    }
    known = kept.digest_head if kept.is_current else None
    return files.get(_path(kept), known), files


def _stands(folder: Path, kept: Kept) -> bool:
    """Whether a file is to be replaced: one that counts, or one that a killed run left."""
    return kept.digest_head is not None or os.path.lexists(folder / _path(kept))


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


def _record(run: Run, written: list[Written], brought: list[Brought], head: str | None) -> None:
    """Note what stands where it counts now."""
    run.step("record")
    with run.blog.store.write() as connection:
        for each in written:
            if each.files and each.digest is not None:
                wording = each.kept.wanted_revision
                publication.note_head(connection, each.kept.id, each.digest, wording)
        site_files.record(connection, brought)
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
        troubles.clear(connection, ids, run.clock())
