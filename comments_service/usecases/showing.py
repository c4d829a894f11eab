"""Making the site show what was written, and believing nothing but the page itself.

A wording is published when its page carries exactly its file's digest, a withdrawal done
when the page carries the tombstone's, or nothing of the comment any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..content_repo import Step, open_place
from ..domain.cases import SERVICE, EventKind
from ..errors import N_, SiteUnreachable, TertuliaError, UnknownThread
from ..site.build import build
from ..store import builds, cases, events, facts, outbox, publication
from ..store.engine import Connection
from ..store.problems import Problem, problem_of
from . import authors, mails, site_files
from .blog import Blog
from .public_site import PublicSite, open_public_site
from .remote_build import start_build
from .site_files import Brought

if TYPE_CHECKING:
    from .writing import Written

Clock = Callable[[], datetime]

TOO_LONG = timedelta(hours=1)
"""A site built elsewhere that does not show a decision for so long is told to staff."""

CALL_AGAIN = timedelta(minutes=15)

TOGETHER = 200
"""Comments confirmed in one transaction: readers who write wait for no longer than that."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did. confirmed: rows whose comment was seen on the page as wanted."""

    confirmed: int = 0
    put_off: int = 0


def show(
    blog: Blog, written: "list[Written]", brought: list[Brought], clock: Clock, step: Step
) -> Published:
    """Have the site built if it must be, and finish the rows that it shows.

    brought: what staff set, which the site is to be made with.
    """
    problem = _build_if_needed(blog, written, brought, clock, step)
    site = open_public_site(blog.settings, blog.site_url)
    site_files.confirm(blog, site, brought, problem, clock)
    seen: list[Written] = []
    for each in written:
        try:
            shown = problem is None and is_shown(blog, site, each)
            why = problem
        except SiteUnreachable as error:
            shown, why = False, error
        if shown:
            seen.append(each)
        else:
            put_off(blog, each.row, _why_not(blog, each, why, clock), clock)
    for start in range(0, len(seen), TOGETHER):
        step("confirm")
        some = seen[start : start + TOGETHER]
        with blog.store.write() as connection:
            cases.lock_of(connection, [each.kept.id for each in some])
            for each in some:
                _confirm(blog, connection, each, clock())
    return Published(len(seen), len(written) - len(seen))


def is_shown(blog: Blog, site: PublicSite, each: "Written") -> bool:
    """Whether the comment's page, in every language it has, is as wanted.

    Raises SiteUnreachable.
    """
    try:
        urls = list(blog.manifest.thread(each.kept.thread).urls.values())
    except UnknownThread:
        # Without its page nothing of a withdrawn comment can be seen.
        return each.kept.withdrawn_by is not None
    if each.digest is None:
        return all(site.lacks(url, each.kept.id) for url in urls)
    return all(site.shows(url, each.kept.id, each.digest) for url in urls)


def _build_if_needed(
    blog: Blog, written: "list[Written]", brought: list[Brought], clock: Clock, step: Step
) -> TertuliaError | None:
    """Build, or have it built, unless every page is as wanted; the reason when that failed."""
    if _all_shown(blog, written, brought):
        return None
    step("build")
    if blog.settings.build != "here":
        return _call(blog, clock)
    with blog.store.write() as connection:
        number = builds.begin(connection, clock())
    problem = _built(blog, clock)
    with blog.store.write() as connection:
        told = problem_of(problem) if problem else None
        builds.end(connection, number, told, clock())
    return problem


def _all_shown(blog: Blog, written: "list[Written]", brought: list[Brought]) -> bool:
    """A site that does not answer is no reason not to build: it may be why."""
    site = open_public_site(blog.settings, blog.site_url)
    try:
        if site_files.lacks(site, brought):
            return False
        return all(is_shown(blog, site, each) for each in written)
    except SiteUnreachable:
        return False


def _built(blog: Blog, clock: Clock) -> TertuliaError | None:
    try:
        build_site(blog, now=clock())
    except TertuliaError as error:
        return error
    return None


def build_site(blog: Blog, *, now: datetime) -> None:
    """Build the site as the service does, with the comments that count. Raises BuildFailed,
    CannotStart, GitFailed.

    Comment files that change meanwhile have a row of the outbox or are seen by the next look.
    """
    var = blog.settings.var_folder
    build(
        blog.settings.blog,
        blog.settings.output_folder,
        site_url=blog.site_url,
        production=not blog.is_trial,
        strict=False,
        lock=var / "build.lock",
        log=var / "build.log",
        last_good=var / "last-good",
        comments=open_place(blog.settings).snapshot(),
        now=now,
    )


def _call(blog: Blog, clock: Clock) -> TertuliaError | None:
    """Have a CI build what was pushed: by the push itself, or by a call, once for each commit."""
    now = clock()
    with blog.store.read() as connection:
        head = facts.get(connection, facts.HEAD) or ""
        called, at = facts.get(connection, facts.CALLED), facts.noted_at(connection, facts.CALLED)
    if head and called == head and at and now - at < CALL_AGAIN:
        return None
    if blog.settings.build == "webhook":
        try:
            start_build(blog.settings, head or None, now, message_id=_name_of(head, now))
        except SiteUnreachable as error:
            return error
    with blog.store.write() as connection:
        facts.note(connection, facts.CALLED, head, now)
        builds.end(connection, builds.begin(connection, now), None, now)
    return None


def _name_of(head: str, now: datetime) -> str:
    """The same for two calls about one commit; without Git, each call is its own."""
    return f"msg_{head or int(now.timestamp())}"


def _why_not(
    blog: Blog, each: "Written", problem: TertuliaError | None, clock: Clock
) -> Problem | None:
    """The reason to keep; None while a CI may still be at work."""
    if problem:
        return problem_of(problem)
    if blog.settings.build == "here":
        return Problem(N_("The site was built, but its page does not show this comment."), {})
    if clock() - each.row.asked_at < TOO_LONG:
        return None
    return Problem(N_("It was pushed, but the site has not shown it for more than an hour."), {})


def _confirm(blog: Blog, connection: Connection, each: "Written", now: datetime) -> None:
    """Finish the row, and tell it to the case the first time."""
    outbox.finish(connection, each.row, now)
    before = publication.kept(connection, each.kept.id)
    if before is None or before.digest_seen == each.digest:
        return
    if before.wanted_revision != each.kept.wanted_revision:
        return  # another decision came meanwhile, with a row of its own
    publication.note_seen(connection, each.kept.id, each.digest)
    case = cases.by_comment(connection, each.kept.id)
    of = case or cases.answered_case(connection, each.kept.id)
    kind = EventKind.PUBLISHED if case else EventKind.ANSWER_PUBLISHED
    if before.withdrawn_by is not None:
        kind = EventKind.TAKEN_DOWN
    if of:
        data = {"comment": each.kept.id, "digest": each.digest}
        events.append(connection, of.id, kind, actor=SERVICE, now=now, data=data)
        threads = blog.manifest.keys(of.thread)
        mails.tell_shown(connection, of, kind, each.kept.id, now, threads=threads)
        if kind is EventKind.PUBLISHED:
            authors.tell(blog, connection, of, now)


def put_off(blog: Blog, row: outbox.Row, problem: Problem | None, clock: Clock) -> None:
    """Try later; ``problem`` is shown to staff."""
    with blog.store.write() as connection:
        outbox.put_off(connection, row, problem, clock())
