"""``tertulia up`` and ``tertulia serve``: the site, its comments and what waits behind them."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO

import click
import structlog

from ..config import load_site
from ..config.settings import Settings, is_trial, load_settings
from ..errors import N_, CannotStart, TertuliaError
from ..site.stamp import Stamp, read_stamp
from ..store.locks import serving
from ..usecases.blog import Blog, open_blog
from ..usecases.people import first_administrator_token
from ..usecases.showing import build_site
from . import log
from .alone import serve_alone
from .building import fetch_first, tell_faults
from .options import now, trial_settings, with_address, with_blog
from .ports import check_port
from .server import Server
from .speech import Command, explained, say

ORPHAN_SECONDS = 3.0
"""How long a worker whose server was killed may still hold the port."""


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
    _check_stamp(settings)
    _run(settings, building=False)


def _check_stamp(settings: Settings) -> None:
    """Readers must not get a site with another machine's addresses, nor with drafts."""
    address = settings.site_url or load_site(settings.blog).address
    stamp = read_stamp(settings.output_folder)
    if stamp is None:
        return
    if stamp.site_url != address:
        raise CannotStart(
            N_(
                "The site in %(folder)s was built for %(built)s and not for %(address)s: "
                "run tertulia build --production first."
            ),
            folder=settings.output_folder,
            built=stamp.site_url,
            address=address,
        )
    if stamp.drafts and not is_trial(settings, address):
        raise CannotStart(
            N_("The site in %(folder)s shows drafts: run tertulia build --production first."),
            folder=settings.output_folder,
        )


def _run(settings: Settings, *, building: bool) -> None:
    """Serve until a signal ends it: SIGINT and SIGTERM are the normal end."""
    log.configure()
    signal.signal(signal.SIGTERM, _end)  # until gunicorn takes the signals over
    try:
        load_site(settings.blog)
        if not settings.var_folder.is_dir():
            check_port(settings.host, settings.port)  # a first start in vain leaves nothing
        with serve_alone(settings.var_folder) as held:
            _wait_for_port(settings)
            _serve(settings, held, building=building)
    except KeyboardInterrupt:
        sys.exit(0)


def _serve(settings: Settings, held: IO[bytes], *, building: bool) -> None:
    with serving(settings.database):
        blog = open_blog(settings)
        has_site = _has_site(blog)
        if building and not has_site:
            _build(blog)
        token = first_administrator_token(blog, now())
        blog.store.close()
    behind = _build_behind if building and has_site else None
    Server(settings, lambda: _greet(blog, token), held, behind).serve()


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _wait_for_port(settings: Settings) -> None:
    """Raises CannotStart when the port stays busy. Nobody else serves this blog, but the
    worker of a killed server may need a moment to notice."""
    end = time.monotonic() + ORPHAN_SECONDS
    while True:
        try:
            check_port(settings.host, settings.port)
        except CannotStart:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _has_site(blog: Blog) -> bool:
    """Whether a site stands there that was built as this blog is served now: then a restart
    need not wait for the next one, however large the blog."""
    output = blog.settings.output_folder
    wanted = Stamp(blog.site_url, drafts=blog.is_trial)
    return read_stamp(output) == wanted and (output / "threads.json").is_file()


def _build_behind(blog: Blog) -> None:
    """Build while the last site is served; what goes wrong leaves it in its place."""
    try:
        build_site(blog, now=now())
    except TertuliaError as error:
        structlog.get_logger().error("build.failed", why=explained(error))


def _build(blog: Blog) -> None:
    say(N_("Building the site..."))
    fetch_first(blog.settings)
    build_site(blog, now=now())
    tell_faults(blog.settings.output_folder)


def _greet(blog: Blog, token: str | None) -> None:
    site_url = blog.site_url
    say(N_("The blog is at %(url)s (Ctrl-C stops it)"), url=f"{site_url}/")
    if blog.keeps_mails:
        say(
            N_("No e-mail leaves this machine; read here what would: %(url)s"),
            url=f"{site_url}/correos",
        )
    if token is not None:
        say(
            N_("Nobody looks after its comments yet. Make the first account here, once: %(url)s"),
            url=f"{site_url}/gestion/alta/{token}",
        )
