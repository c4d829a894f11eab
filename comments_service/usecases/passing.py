"""Having the site built when nothing was decided and yet its pages say what is no longer so:
the end of a pause has passed, the last day for comments is over, staff took a file away that
the site was made with.

Once for all that passed since the last build; after one that failed, again in a while. With
``push`` nobody but a push can have the site built, so there it waits for the next one.
"""

from datetime import datetime, timedelta

import structlog

from ..content_repo import Step
from ..errors import TertuliaError
from ..store import builds, facts, locks
from ..store.engine import Connection
from ..store.problems import problem_of
from .blog import Blog
from .remote_build import start_build
from .showing import Clock, build_site

log = structlog.get_logger()

AGAIN = timedelta(minutes=15)
"""Between two builds of which the first failed."""


def build_again(blog: Blog, clock: "Clock", step: "Step") -> None:
    """Have the site built if only time, or a file that went, calls for it."""
    if blog.settings.build == "push" or not _is_due(blog, clock()):
        return
    with locks.publishing(blog.store) as ours:
        if not ours or not _is_due(blog, clock()):  # another process may have built meanwhile
            return
        step("build")
        now = clock()
        with blog.store.write() as connection:
            number = builds.begin(connection, now)
        problem = _build(blog, now)
        with blog.store.write() as connection:
            told = problem_of(problem) if problem else None
            builds.end(connection, number, told, clock())
            if problem is None:
                facts.note(connection, facts.FILE_WENT, None, now)
                facts.note(connection, facts.PASSED, "", now)
    if problem:
        log.error("rebuild.failed", why=str(problem))


def _is_due(blog: Blog, now: datetime) -> bool:
    with blog.store.read() as connection:
        last = next(iter(builds.newest(connection, 1)), None)
        if last and last.problem and abs(now - last.started_at) < AGAIN:
            return False
        went = facts.noted_at(connection, facts.FILE_WENT)
        since = _since(connection)
    if since is None:  # a new institution: its site was built just now
        with blog.store.write() as connection:
            facts.note(connection, facts.PASSED, "", now)
        return False
    if went is not None and went >= since:
        return True
    threads = blog.manifest.everything()
    moments = {moment for each in threads for moment in (each.opens_at, each.closes_at)}
    return any(since < moment <= now for moment in moments if moment)


def _since(connection: Connection) -> datetime | None:
    """What passed up to then is on the pages."""
    runs = builds.newest(connection, builds.KEPT)
    built = (run.started_at for run in runs if run.ended_at and run.problem is None)
    known = [next(built, None), facts.noted_at(connection, facts.PASSED)]
    return max(filter(None, known), default=None)


def _build(blog: Blog, now: datetime) -> TertuliaError | None:
    try:
        if blog.settings.build == "here":
            build_site(blog, now=now)
        else:
            with blog.store.read() as connection:
                head = facts.get(connection, facts.HEAD)
            message_id = f"msg_time_{int(now.timestamp())}"
            start_build(blog.settings, head, now, message_id=message_id)
    except TertuliaError as error:
        return error
    return None
