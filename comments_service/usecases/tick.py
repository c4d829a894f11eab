"""One idempotent run of everything that waits for time or for the outbox, and the thread
that runs it again and again beside the web service.
"""

import threading
from datetime import datetime, timedelta

import structlog

from ..content_repo import Step, no_step
from ..errors import CannotWrite, SiteUnreachable, TertuliaError
from ..store import (
    builds,
    comments,
    day_keys,
    facts,
    outbox,
    sessions,
    sign_in_steps,
    site_files,
    tries,
)
from ..store.engine import Connection
from . import (
    clocks,
    codes,
    forgotten,
    leftovers,
    passing,
    promises,
    remote_manifest,
    retention,
    search,
)
from .blog import Blog
from .log_seals import seal_all as seal_log
from .publish import publish
from .sending import send_waiting
from .sessions import SESSION_IDLE, SESSION_LIFE
from .showing import Clock, Published
from .status import sound_alarms
from .tries import TRIES_KEPT

log = structlog.get_logger()

TOGETHER_SECONDS = 0.5
"""After a decision the worker waits so long for the next one: one build serves both."""

MINUTE = timedelta(seconds=61)
"""Times are kept in whole seconds, so a minute is surely over after 61 of them."""

QUIET = timedelta(seconds=4)
"""A second build within a minute waits until nothing was decided for so long."""

LOOK_EVERY = timedelta(minutes=5)
"""Between two looks at what staff did to comment files, when nothing was decided."""


def tick(blog: Blog, clock: Clock, step: Step = no_step, *, look: bool = False) -> Published:
    """Publish what was decided, look at what staff did, send mails, forget what is too old,
    seal the log.

    look: now, although it may not be time to.
    """
    _note_alive(blog, clock())
    _fetch_manifest(blog, clock())
    done = publish(blog, clock, step) if look or is_due(blog, clock()) else Published()
    passing.build_again(blog, clock, step)
    promises.renew(blog, clock())
    clocks.run(blog, clock())
    forgotten.look_up(blog, clock())
    send_waiting(blog, clock, step)
    _forget(blog, clock)
    seal_log(blog, clock())
    sound_alarms(blog, clock())
    search.take_in(blog)  # last: without it staff find less, and nothing else waits for it
    return done


def _fetch_manifest(blog: Blog, now: datetime) -> None:
    """What a site built elsewhere has; the last good copy serves while it does not answer."""
    try:
        remote_manifest.refresh_manifest(blog.settings, blog.site_url, now)
    except (SiteUnreachable, CannotWrite) as error:
        log.warning("manifest.not_fetched", why=str(error))


def is_due(blog: Blog, now: datetime) -> bool:
    """Whether the publisher has something to do that may begin now."""
    with blog.store.read() as connection:
        looked = facts.noted_at(connection, facts.LOOKED)
        begins = next_publishing(connection, now)
    # abs: a clock that was ahead and was set right must not stop everything until then.
    is_time = looked is None or abs(now - looked) >= LOOK_EVERY
    return is_time or (begins is not None and begins <= now)


def next_publishing(connection: Connection, now: datetime) -> datetime | None:
    """When publishing may begin next; None when nothing waits.

    The first decision in a while goes at once; a second build within a minute waits for a
    pause in the deciding; a third one waits until the minute is over. So two hundred
    decisions in a minute make two builds at most.
    """
    dues = outbox.next_due(connection), site_files.next_due(connection)
    due = min(filter(None, dues), default=None)
    if due is None:
        return None
    last, before = (*(run.started_at for run in builds.newest(connection, 2)), None, None)[:2]
    if due - now > outbox.LONGEST_PAUSE:
        return now  # noted by a clock that was ahead
    if last is None or abs(now - last) >= MINUTE:
        return due
    newest = outbox.newest_leaves(connection) or due
    begins = max(due, min(newest + QUIET, last + MINUTE))
    if before is not None and abs(now - before) < MINUTE:
        begins = max(begins, before + MINUTE)
    return begins


def _forget(blog: Blog, clock: Clock) -> None:
    now = clock()
    with blog.store.write() as connection:
        comments.forget_networks(connection, now - day_keys.KEPT)
        day_keys.forget(connection, now)
        sessions.close_old_sessions(connection, now - SESSION_LIFE, now - SESSION_IDLE)
        tries.forget(connection, now - TRIES_KEPT)
        sign_in_steps.forget(connection, now)
    codes.fill(blog)
    try:
        retention.forget(blog, now)
        leftovers.remove_old(blog.settings, now)
    except CannotWrite as error:
        log.warning("leftovers.not_removed", why=str(error))
    _note_alive(blog, now)


def _note_alive(blog: Blog, now: datetime) -> None:
    with blog.store.write() as connection:
        facts.note(connection, facts.TICKED, "", now)


class Worker:
    """The thread that ticks. ``wake`` tells it that something was decided."""

    def __init__(self, blog: Blog, clock: Clock, step: Step = no_step) -> None:
        self._blog = blog
        self._clock = clock
        self._step = step
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tick", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self, seconds: float = 10.0) -> None:
        """End after the current run, or without it when that takes longer than ``seconds``."""
        self._ended.set()
        self._woken.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._tick()
            if self._woken.wait(self._pause()):
                self._ended.wait(TOGETHER_SECONDS)
            self._woken.clear()

    def _pause(self) -> float:
        """Seconds until the next run: as set, or sooner when publishing may begin sooner."""
        most = self._blog.settings.tick_seconds
        try:
            now = self._clock()
            with self._blog.store.read() as connection:
                begins = next_publishing(connection, now)
        except TertuliaError:
            return most
        if begins is None:
            return most
        return min(most, max((begins - now).total_seconds(), 0.2))

    def _tick(self) -> None:
        try:
            done = tick(self._blog, self._clock, self._step)
        except TertuliaError as error:
            log.error("tick.failed", why=str(error))
        except Exception:  # the thread must outlive a bug in one run; it is told in full
            log.exception("tick.crashed")
        else:
            if done.confirmed:
                log.info("tick.published", confirmed=done.confirmed)
            if done.put_off:
                log.warning("tick.put_off", count=done.put_off)
