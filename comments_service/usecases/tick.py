"""One idempotent run of everything that waits for time or for the outbox, and the thread
that runs it again and again beside the web service."""

import threading
from datetime import timedelta

import structlog

from ..errors import TertuliaError
from ..store import comments, day_keys, people
from .blog import Blog
from .publish import Clock, Published, Step, no_step, publish
from .staff import SESSION_IDLE, SESSION_LIFE, TRY_WINDOW

log = structlog.get_logger()

TOGETHER_SECONDS = 0.5
"""After a decision the worker waits so long for the next one: one build serves both."""


def tick(blog: Blog, clock: Clock, step: Step = no_step) -> Published:
    """Publish what was approved, then forget what is too old to keep."""
    done = publish(blog, clock, step)
    _forget(blog, clock)
    return done


def _forget(blog: Blog, clock: Clock) -> None:
    now = clock()
    with blog.store.write() as connection:
        comments.forget_networks(connection, now - day_keys.KEPT)
        day_keys.forget(connection, now)
        people.close_old_sessions(connection, now - SESSION_LIFE, now - SESSION_IDLE)
        people.forget_tries(connection, now - TRY_WINDOW - timedelta(days=1))


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
            if self._woken.wait(self._blog.settings.tick_seconds):
                self._ended.wait(TOGETHER_SECONDS)
            self._woken.clear()

    def _tick(self) -> None:
        try:
            done = tick(self._blog, self._clock, self._step)
        except TertuliaError as error:
            log.error("tick.failed", why=str(error))
        except Exception:  # the thread must outlive a bug in one run; it is told in full
            log.exception("tick.crashed")
        else:
            if done != Published():
                log.info("tick.published", confirmed=done.confirmed, put_off=done.put_off)
