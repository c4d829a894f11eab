"""Published means published: outbox -> file -> commit -> push -> build -> the page shows it.

State is derived, not remembered: whatever was done before a crash is found again (the same
bytes are not written twice, a page that shows the digest needs no build), so a run that was
killed at any step is finished by the next one. Every step has a name, given to ``step``
before it begins: the one hook for fault injection.

    looking   what counts now
    writing   the files, and the history that holds them
    take_in   what staff did to the files by hand
    site_files  the same for what staff set
    showing   the build, and whether the page shows it
"""

import os
import random
import socket
import time
from collections.abc import Callable

import structlog

from ..content_repo import Step, no_step, open_place
from ..errors import TertuliaError, Unavailable
from ..store import facts, locks, outbox, site_files
from ..store.problems import Problem, dumps, problem_of
from ..store.site_files import SiteFile
from . import looking, showing, writing
from . import site_files as bringing
from .blog import Blog
from .showing import Clock, Published

log = structlog.get_logger()


def wait_a_little() -> None:
    """Between two pushes, so that two writers do not meet again and again."""
    time.sleep(random.uniform(0.05, 0.5))  # noqa: S311


def publish(
    blog: Blog,
    clock: Clock,
    step: Step = no_step,
    *,
    wait: Callable[[], None] = wait_a_little,
    believe: bool = False,
) -> Published:
    """Bring everything that was decided to the site; nothing when another process does.

    What is decided meanwhile is left to the next run, which ``tick`` begins in time. A
    comment that cannot be published now is put off with the reason, which staff see; it
    holds up no other. believe: see ``take_in``.
    """
    with locks.publishing(blog.store) as ours:
        if not ours:
            return Published()
        with blog.store.write() as connection:
            outbox.release(connection)
        run = looking.Run(blog, open_place(blog.settings), clock, step, wait)
        if not _look(run, believe=believe):
            return _put_off_all(run)
        rows, due = _claim(run), _due(run)
        return _publish(run, rows, due) if rows or due else Published()


def _look(run: looking.Run, *, believe: bool) -> bool:
    """Take in what staff did; False when that cannot be done now, and publishing waits."""
    try:
        looking.look(run, believe=believe)
    except Unavailable:
        raise
    except TertuliaError as error:
        _note_stop(run, problem_of(error))
        return False
    _note_stop(run, None)
    return True


def _note_stop(run: looking.Run, problem: Problem | None) -> None:
    """Keep why publishing waits, for staff; told to the log once, not at each try."""
    told = dumps(problem) if problem else None
    with run.blog.store.write() as connection:
        before = facts.get(connection, facts.STOPPED)
        if told != before:
            facts.note(connection, facts.STOPPED, told, run.clock())
    if problem and told != before:
        log.error("publish.stopped", why=problem.message % problem.values, detail=problem.detail)


def _claim(run: looking.Run) -> list[outbox.Row]:
    run.step("claim")
    owner = f"{socket.gethostname()}:{os.getpid()}"[:64]
    now, rows = run.clock(), list[outbox.Row]()
    while True:
        with run.blog.store.write() as connection:
            some = outbox.claim(connection, owner, now)
        if not some:
            return rows
        rows += some


def _due(run: looking.Run) -> list[SiteFile]:
    """What staff set and the site does not show yet."""
    with run.blog.store.read() as connection:
        return site_files.due(connection, run.clock())


def _put_off_all(run: looking.Run) -> Published:
    """Nothing can be published now: everything that is due waits, with the reason."""
    rows = _claim(run)
    with run.blog.store.read() as connection:
        problem = facts.problem(connection, facts.STOPPED)
    for row in rows:
        showing.put_off(run.blog, row, problem, run.clock)
    bringing.put_off(run.blog, _due(run), problem, run.clock)
    return Published(put_off=len(rows))


def _publish(run: looking.Run, rows: list[outbox.Row], due: list[SiteFile]) -> Published:
    try:
        written, brought = writing.bring(run, rows, due)
    except Unavailable:
        raise
    except TertuliaError as error:
        for row in rows:
            showing.put_off(run.blog, row, problem_of(error), run.clock)
        bringing.put_off(run.blog, due, problem_of(error), run.clock)
        return Published(put_off=len(rows))
    shown = showing.show(run.blog, written, brought, run.clock, run.step)
    forgotten = writing.forget(run, rows)
    return Published(shown.confirmed + forgotten, len(rows) - shown.confirmed - forgotten)
