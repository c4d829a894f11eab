"""gunicorn: one worker process with threads, and the thread that publishes beside it.

Nothing that the blog holds open (database, threads) is made before the fork: a connection
must not be shared by two processes, and a thread does not survive a fork.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

import click
import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from ..config.settings import Settings
from ..errors import TertuliaError
from ..store.locks import Share
from ..usecases.blog import Blog, open_blog
from ..usecases.faults import step_of
from ..usecases.tick import Worker
from ..web import create_app
from .options import now
from .speech import explained

KEEP_SECONDS = 5.0
"""Between two looks whether the database still knows that it is served."""

STOP_SECONDS = 3.0
"""How long a stopping server waits for the background work; the next start resumes it."""

APP_LOAD_ERROR = 4  # gunicorn's: the worker will never come up, so the server ends


class QuietLogger(Logger):
    """gunicorn's faults go through our log, without addresses and paths of requests."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.setLevel("WARNING")
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if not str(msg).startswith("Invalid request from ip="):
            self.error_log.warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Error handling request"):
            msg, args = "Error handling request", ()
        self.error_log.exception(msg, *args, **kwargs)


class Server(BaseApplication):
    """The blog behind gunicorn.

    ready: called once it listens. held: what the master alone keeps open.
    build: makes the site anew beside the first requests; None when it is new.
    opened: opens the blog; is_demonstration: with the pages of ``web.demo``.
    """

    def __init__(
        self,
        settings: Settings,
        ready: Callable[[], None],
        held: IO[bytes],
        build: Callable[[Blog], None] | None = None,
        opened: Callable[[Settings], Blog] = open_blog,
        *,
        is_demonstration: bool = False,
    ) -> None:
        self._settings = settings
        self._ready = ready
        self._held = held
        self._build = build
        self._opened = opened
        self._is_demonstration = is_demonstration
        self._worker: Worker | None = None
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        """Called by gunicorn, first of all."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        chosen = {
            "bind": f"{host}:{self._settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._settings.threads,
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 5,
            "logger_class": QuietLogger,
            "control_socket_disable": True,
            # The service judges by itself which proxy it trusts.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            # The terminal sends Ctrl-C to every process; the worker waits for its master's word.
            "post_worker_init": lambda worker: signal.signal(signal.SIGINT, signal.SIG_IGN),
            "post_fork": lambda server, worker: self._held.close(),
            "when_ready": lambda server: self._ready(),
            "worker_exit": lambda server, worker: self._stop(),
        }
        config: Any = self.cfg
        for name, value in chosen.items():
            config.set(name, value)

    def serve(self) -> None:
        """Until a signal ends it, with SystemExit."""
        self.run()  # type: ignore[no-untyped-call]

    def load(self) -> Any:
        """The web application, made in the worker process."""
        share = Share(self._settings.database)
        try:
            step = step_of(self._settings.fault_step)
            share.take()
            blog = self._opened(self._settings)
        except TertuliaError as error:
            click.echo(explained(error), err=True)
            sys.exit(APP_LOAD_ERROR)
        self._worker = Worker(blog, now, step)
        app = create_app(
            blog,
            clock=now,
            wake=self._worker.wake,
            step=step,
            is_demonstration=self._is_demonstration,
        )
        self._worker.start()
        threading.Thread(target=_keep, args=[share], name="share", daemon=True).start()
        if self._build is not None:
            threading.Thread(target=self._build, args=[blog], name="build", daemon=True).start()
        return app

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop(STOP_SECONDS)


def _keep(share: Share) -> None:
    """While the server lives, no upgrade begins. Where one did, because the database was out
    of reach for a while, the worker ends; the next one is told why it cannot start."""
    while share.keep():
        time.sleep(KEEP_SECONDS)
    structlog.get_logger().error("serving.ended", why="an upgrade or a restore is at work")
    os.kill(os.getpid(), signal.SIGTERM)
