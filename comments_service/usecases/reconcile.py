"""Comparing database, comment files, Git and site with each other, and mending what differs.

Works while the service runs: each look and each mending holds the publisher's lock, and
between them the service may publish. What a person must decide is named and left alone.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..content_repo import Step, no_step
from ..content_repo.places import Off, Place, open_place
from ..errors import N_, CannotStart, GitFailed, HistoryRewritten, TertuliaError
from ..store import facts, locks, outbox, publication, wordings
from ..store.outbox import Job
from ..store.publication import Kept
from . import compare
from .backup import Progress, no_progress
from .blog import Blog
from .compare import Files
from .differences import Difference, What
from .found_files import every_file
from .looking import know_the_place
from .publish import publish
from .remote_build import start_build
from .showing import Clock, build_site
from .take_in import take_in
from .withdraw import erase_again

PATIENCE_SECONDS = 120.0
"""How long another process that publishes is waited for."""

LEFT_OVER = timedelta(hours=1)
"""A temporary file that is older belongs to nobody who still writes."""

AGAIN = {
    What.LOST,
    What.FILE_WITHDRAWN,
    What.PAGE_LACKS,
    What.PAGE_DIFFERS,
    What.PAGE_STILL,
}
"""Mended by publishing the comment once more."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """found: every difference. left: those that stand after mending; all without it."""

    found: tuple[Difference, ...]
    left: tuple[Difference, ...]


def reconcile(
    blog: Blog,
    clock: Clock,
    *,
    fix: bool = False,
    believe: bool = False,
    step: Step = no_step,
    progress: Progress = no_progress,
    busy: Callable[[], None] = lambda: None,
) -> Reconciled:
    """Compare everything, and with ``fix`` mend it.

    believe: take a void or rewritten history of the files as meant. busy: called once when
    another process is publishing and is waited for. Raises CannotStart when that takes too
    long, HistoryRewritten for a history that a person must look at first, GitFailed, CannotWrite.
    """
    with _alone(blog, busy):
        know_the_place(blog, clock())
        found = differences(blog, open_place(blog.settings), clock(), progress)
    if not fix or not found:
        return Reconciled(found, found)
    with _alone(blog, busy):
        _mend(blog, open_place(blog.settings), found, clock, believe=believe)
    _publish_all(blog, clock, step, believe=believe)
    with _alone(blog, busy):
        left = differences(blog, open_place(blog.settings), clock(), progress)
        if any(each.what is What.PAGE_UNKNOWN for each in left):
            _build_again(blog, clock)
            left = differences(blog, open_place(blog.settings), clock(), progress)
    return Reconciled(found, left)


def differences(
    blog: Blog, place: Place, now: datetime, progress: Progress = no_progress
) -> tuple[Difference, ...]:
    """All that differs now. For whoever holds the publisher's lock."""
    found = list(_in_git(blog, place))
    files: Files = {}
    try:
        files = every_file(place)
    except GitFailed as error:
        found.append(Difference(What.STOPPED, str(place.folder), why=str(error)))
    has = compare.known(blog, files)
    found += compare.with_files(blog, has, files, progress)
    found += _not_committed(blog, files)
    found += compare.with_site(blog, has, files, progress)
    found += compare.within_database(blog)
    found += [
        Difference(What.TEMPORARY, str(path.relative_to(place.folder)))
        for path in _left_over(place.folder, now)
    ]
    return tuple(dict.fromkeys(found))


@contextmanager
def _alone(blog: Blog, busy: Callable[[], None]) -> Iterator[None]:
    """Hold the publisher's lock. Raises CannotStart when another process keeps it."""
    until, told = time.monotonic() + PATIENCE_SECONDS, False
    while True:
        with locks.publishing(blog.store) as ours:
            if ours:
                yield
                return
        if time.monotonic() > until:
            raise CannotStart(N_("Another process has been publishing for too long. Try later."))
        if not told:
            busy()
            told = True
        time.sleep(0.2)


def _in_git(blog: Blog, place: Place) -> Iterator[Difference]:
    """Look at what the repository has now; a private clone follows it."""
    if not place.keeps_history:
        return
    with blog.store.read() as connection:
        believed = facts.get(connection, facts.HEAD)
    is_clone = blog.settings.comments_git == "clone"
    before = _digests(place.folder) if is_clone else None
    try:
        head = place.refresh(believed)
    except HistoryRewritten as error:
        yield Difference(What.REWRITTEN, str(place.folder), why=str(error))
        return
    except TertuliaError as error:
        yield Difference(What.STOPPED, str(place.folder), why=str(error))
        return
    if not is_clone:
        return
    if head != believed:
        yield Difference(What.NOT_LOOKED_AT, blog.settings.comments_branch)
    elif before != _digests(place.folder):
        yield Difference(What.CLONE_CHANGED, str(place.folder))


def _digests(folder: Path) -> dict[tuple[str, str], bytes | str | None]:
    return {(each.thread, each.id): each.problem or each.data for each in Off(folder).changes(None)}


def _not_committed(blog: Blog, files: Files) -> Iterator[Difference]:
    """In the checkout that staff work in: what lies there and does not count yet."""
    if blog.settings.comments_git != "here":
        return
    counts = {(each.thread, name): each.digest for name, some in files.items() for each in some}
    lying = {
        (each.thread, name): each.digest
        for name, some in every_file(Off(blog.comments_folder)).items()
        for each in some
    }
    for thread, name in sorted(counts.keys() | lying.keys()):
        if counts.get((thread, name)) != lying.get((thread, name)):
            yield Difference(What.NOT_COMMITTED, f"{thread}/{name}.md", name)


def _left_over(folder: Path, now: datetime) -> list[Path]:
    old = (now - LEFT_OVER).timestamp()
    found = []
    for path in sorted(folder.glob("*/.*.tmp")):
        with contextlib.suppress(OSError):  # its writer just ended
            if path.stat(follow_symlinks=False).st_mtime < old:
                found.append(path)
    return found


def _mend(
    blog: Blog, place: Place, found: tuple[Difference, ...], clock: Clock, *, believe: bool
) -> None:
    """All but publishing. For whoever holds the publisher's lock."""
    erase_again(blog)
    for path in _left_over(place.folder, clock()):
        path.unlink(missing_ok=True)
    with blog.store.write() as connection:
        for each in found:
            if each.what is What.COUNTER:
                thread, _, series = each.where.removesuffix(")").partition(" (")
                wordings.count_up(connection, thread, series, int(each.why))
            if each.what is What.TEXT_DIFFERS and each.comment_id:
                # As if its file had never been looked at, so it is taken in.
                publication.note_head(connection, each.comment_id, None, None)
    _take_in_everything(blog, place, clock, believe=believe)
    ids = [each.comment_id for each in found if each.what in AGAIN and each.comment_id]
    with blog.store.write() as connection:
        for kept in publication.kept_of(connection, ids).values():
            outbox.ask_again(connection, *_job(kept), clock())
        outbox.hurry(connection, clock())


def _take_in_everything(blog: Blog, place: Place, clock: Clock, *, believe: bool) -> None:
    with blog.store.read() as connection:
        believed = facts.get(connection, facts.HEAD)
    try:
        head = place.refresh(believed)
    except HistoryRewritten:
        if not believe:
            raise
        head = place.refresh(None)
    take_in(blog, place, None, clock(), believe=believe)
    with blog.store.write() as connection:
        facts.note(connection, facts.HEAD, head, clock())
        facts.note(connection, facts.LOOKED, "", clock())


def _job(kept: Kept) -> tuple[Job, str, int]:
    if kept.withdrawn_by is not None:
        return Job.WITHDRAW, kept.id, kept.head_revision
    return Job.PUBLISH, kept.id, kept.public_revision or 1


def _publish_all(blog: Blog, clock: Clock, step: Step, *, believe: bool) -> None:
    """Publish until nothing is due, also when the service publishes beside us."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        publish(blog, clock, step, believe=believe)
        with blog.store.read() as connection:
            due = outbox.next_due(connection)
        if due is None or due > clock():
            return
        time.sleep(0.2)


def _build_again(blog: Blog, clock: Clock) -> None:
    """For a page that shows what has no row to be published by."""
    if blog.settings.build == "here":
        with contextlib.suppress(TertuliaError):  # then the difference stays, and is told
            build_site(blog, now=clock())
    elif blog.settings.build == "webhook":
        with blog.store.read() as connection:
            head = facts.get(connection, facts.HEAD)
        now = clock()
        with contextlib.suppress(TertuliaError):
            start_build(blog.settings, head, now, message_id=f"again-{now.timestamp():.0f}")
