"""``tertulia up`` and ``tertulia serve``: the site, its comments and what waits behind them."""

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from ..config import Settings, load_settings
from ..errors import N_, CannotStart
from ..usecases.blog import Blog, open_blog
from ..usecases.publish import build_site
from ..usecases.staff import first_administrator_token
from . import log
from .building import tell_faults
from .options import now, trial_settings, with_address, with_blog
from .ports import check_port
from .server import Server
from .speech import Command, say


@click.command(
    "up",
    cls=Command,
    help=N_("Build the site and serve it with its comments on this machine."),
    example="tertulia up --port 8001",
)
@with_address
@with_blog
def up(host: str | None, port: int | None, blog: Path | None) -> None:
    """Everything with one command; the address is this machine's unless one is set."""
    _run(trial_settings(host=host, port=port, blog=blog), building=True)


@click.command(
    "serve",
    cls=Command,
    help=N_("Serve the site that was built, with its comments, at its real address."),
    example="tertulia build --production && tertulia serve",
)
@with_address
@with_blog
def serve(host: str | None, port: int | None, blog: Path | None) -> None:
    """For a real server, alone or behind a proxy."""
    settings = load_settings(host=host, port=port, blog=blog)
    if not (settings.output_folder / "threads.json").is_file():
        raise CannotStart(
            N_("There is no built site in %(folder)s: run tertulia build --production first."),
            folder=settings.output_folder,
        )
    _run(settings, building=False)


def _run(settings: Settings, *, building: bool) -> None:
    """Serve until a signal ends it: SIGINT and SIGTERM are the normal end."""
    log.configure()
    signal.signal(signal.SIGTERM, _end)  # until gunicorn takes the signals over
    try:
        check_port(settings.host, settings.port)
        blog = open_blog(settings)
        if building:
            _build(blog)
        token = first_administrator_token(blog, now())
        blog.store.close()
        Server(settings, lambda: _greet(blog.site_url, token)).serve()
    except KeyboardInterrupt:
        sys.exit(0)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _build(blog: Blog) -> None:
    say(N_("Building the site..."))
    build_site(blog, now=now())
    tell_faults(blog.settings.output_folder)


def _greet(site_url: str, token: str | None) -> None:
    say(N_("The blog is at %(url)s (Ctrl-C stops it)"), url=f"{site_url}/")
    if token is not None:
        say(
            N_("Nobody looks after its comments yet. Make the first account here, once: %(url)s"),
            url=f"{site_url}/gestion/alta/{token}",
        )
