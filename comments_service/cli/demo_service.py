"""The comment service of the demonstration, in a process of its own: ``tertulia demo`` starts it,
stops it, and starts it again.

It ends by itself when whoever started it dies: its standard input is a pipe that ends then.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from ..config.settings import Settings
from ..errors import TertuliaError
from ..store.locks import serving
from ..usecases.demo import open_demonstration
from . import log
from .alone import serve_alone
from .server import Server
from .speech import complain, explained

UNDO_SECONDS = 15
"""Whoever tries it does not wait for long, and has time to find the button that undoes."""


def settings_of(folder: Path, port: int, listening: int) -> Settings:
    """Of the demonstration in ``folder``, reached at ``port``: nothing of the environment, so
    that no real database, mail server or repository is ever touched."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        _env_prefix="TERTULIA_DEMONSTRATION_",
        blog=folder,
        site_url=f"http://localhost:{port}",
        port=listening,
        undo_seconds=UNDO_SECONDS,
        tick_seconds=2.0,
    )


def run(folder: Path, port: int, listening: int) -> None:
    """Serve until a signal ends it."""
    log.configure()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = settings_of(folder, port, listening)
    with serve_alone(settings.var_folder) as held, serving(settings.database):
        Server(
            settings, lambda: None, held, opened=open_demonstration, is_demonstration=True
        ).serve()


def _end_with_parent() -> None:
    while os.read(0, 1):  # not by sys.stdin: its lock would stand in the way of our end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """As the child process is called: the folder, the site's port, the one to listen on."""
    try:
        run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    except TertuliaError as error:
        complain("%(why)s", why=explained(error))
        sys.exit(1)
