"""Published means published: outbox -> file -> build -> the page shows the digest.

State is derived, not remembered: whatever was done before a crash is found again (the same
bytes are not written twice, a page that shows the digest needs no build), so a run that was
killed at any step is finished by the next one. Every step has a name, given to ``step``
before it begins: the one hook for fault injection.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .. import content_repo
from ..domain.cases import SERVICE, EventKind
from ..errors import N_, BuildFailed, TertuliaError, UnknownThread
from ..site import pages
from ..site.build import build
from ..store import cases, comments, events, locks, outbox
from .blog import Blog

Clock = Callable[[], datetime]
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did. confirmed: comments whose digest was seen on the page."""

    confirmed: int = 0
    put_off: int = 0

    def __add__(self, other: "Published") -> "Published":
        return Published(self.confirmed + other.confirmed, self.put_off + other.put_off)


@dataclass(frozen=True, slots=True)
class Written:
    """A claimed row whose comment stands in its file. digest: of that file."""

    row: outbox.Row
    thread: str
    digest: str


def no_step(_name: str) -> None:
    """The hook that does nothing."""


def publish(blog: Blog, clock: Clock, step: Step = no_step) -> Published:
    """Bring everything that was approved to the site; nothing when another process does.

    A comment that cannot be published now is put off with the reason, which staff see;
    it holds up no other.
    """
    total = Published()
    with locks.publishing(blog.store) as ours:
        if not ours:
            return total
        with blog.store.write() as connection:
            outbox.release(connection, outbox.Job.PUBLISH)
        while rows := _claim(blog, clock, step):
            total += _publish(blog, rows, clock, step)
    return total


def _claim(blog: Blog, clock: Clock, step: Step) -> list[outbox.Row]:
    step("claim")
    owner = f"{socket.gethostname()}:{os.getpid()}"[:64]
    with blog.store.write() as connection:
        return outbox.claim(connection, outbox.Job.PUBLISH, owner, clock())


def _publish(blog: Blog, rows: list[outbox.Row], clock: Clock, step: Step) -> Published:
    written = [done for row in rows if (done := _write(blog, row, clock, step))]
    if problem := _build_if_needed(blog, written, clock, step):
        for each in written:
            _put_off(blog, each.row, problem, clock)
        return Published(put_off=len(rows))
    confirmed = sum(_confirm(blog, each, clock, step) for each in written)
    return Published(confirmed, len(rows) - confirmed)


def _write(blog: Blog, row: outbox.Row, clock: Clock, step: Step) -> Written | None:
    """Put the public wording into its file; None when that was put off."""
    with blog.store.read() as connection:
        comment = comments.public(connection, row.comment_id)
    if comment is None:
        raise AssertionError("an outbox row without a public comment")
    try:
        blog.manifest.thread(comment.thread)
        digest = content_repo.write(blog.comments_folder, comment, step)
    except TertuliaError as error:
        _put_off(blog, row, error, clock)
        return None
    return Written(row, comment.thread, digest)


def _build_if_needed(
    blog: Blog, written: list[Written], clock: Clock, step: Step
) -> TertuliaError | None:
    """Build unless every page shows its comments already; the reason when that failed."""
    if all(_is_shown(blog, each) for each in written):
        return None
    step("build")
    try:
        build_site(blog, now=clock())
    except TertuliaError as error:
        return error
    return None


def build_site(blog: Blog, *, now: datetime) -> None:
    """Build the site as the service does. Raises BuildFailed, CannotStart."""
    var = blog.settings.var_folder
    build(
        blog.settings.blog,
        blog.settings.output_folder,
        site_url=blog.site_url,
        production=not blog.is_trial,
        strict=False,
        lock=var / "build.lock",
        log=var / "build.log",
        now=now,
    )


def _is_shown(blog: Blog, each: Written) -> bool:
    """Whether the thread's page, in every language it has, shows exactly this file."""
    try:
        urls = blog.manifest.thread(each.thread).urls
    except UnknownThread:
        return False
    return all(
        pages.shows(blog.settings.output_folder, url, each.row.comment_id, each.digest)
        for url in urls.values()
    )


def _confirm(blog: Blog, each: Written, clock: Clock, step: Step) -> bool:
    """Finish the row when the page shows the digest; else put it off."""
    step("confirm")
    if not _is_shown(blog, each):
        missing = TertuliaError(N_("The site was built, but its page does not show this comment."))
        _put_off(blog, each.row, missing, clock)
        return False
    with blog.store.write() as connection:
        outbox.finish(connection, each.row, clock())
        comments.mark_seen(connection, each.row.comment_id, each.digest)
        case = cases.by_comment(connection, each.row.comment_id)
        answered = cases.answered_case(connection, each.row.comment_id)
        kind = EventKind.PUBLISHED if case else EventKind.ANSWER_PUBLISHED
        if of := case or answered:
            data = {"comment": each.row.comment_id, "digest": each.digest}
            events.append(connection, of.id, kind, actor=SERVICE, now=clock(), data=data)
    return True


def _put_off(blog: Blog, row: outbox.Row, problem: TertuliaError, clock: Clock) -> None:
    """Try later. A failed build is told by what Pelican said, as that names the file."""
    why = problem.detail if isinstance(problem, BuildFailed) else str(problem)
    with blog.store.write() as connection:
        outbox.put_off(connection, row, why or str(problem), clock())
