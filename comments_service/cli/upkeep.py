"""``tertulia tick``, ``migrate`` and ``admin-link``: single acts on an open blog."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ..config.settings import Settings, load_settings
from ..errors import N_, CannotStart
from ..site.stamp import read_stamp
from ..store.locks import serving
from ..usecases.blog import Blog, open_blog
from ..usecases.faults import step_of
from ..usecases.people import first_administrator_token
from ..usecases.tick import tick as run_tick
from . import log
from .options import now, with_blog
from .speech import Command, complain, say


def with_built_address(settings: Settings) -> Settings:
    """The settings, for the address that the site was built for unless one is set."""
    stamp = read_stamp(settings.output_folder)
    if settings.site_url is None and settings.build == "here" and stamp is not None:
        return settings.model_copy(update={"site_url": stamp.site_url})
    return settings


@contextmanager
def opened_blog(blog: Path | None) -> Iterator[Blog]:
    """The blog, for the address that its site was built for: what a command publishes beside
    a running `tertulia up` must not send readers elsewhere."""
    settings = with_built_address(load_settings(blog=blog))
    log.configure()
    with serving(settings.database):
        opened = open_blog(settings)
        try:
            yield opened
        finally:
            opened.store.close()


@click.command(
    "tick",
    cls=Command,
    help=N_("Publish once what was approved and forget what is too old to keep."),
    example="tertulia tick",
)
@with_blog
def tick(blog: Path | None) -> None:
    """The same as the running service does from time to time, and a look at the files now."""
    with opened_blog(blog) as opened:
        done = run_tick(opened, now, step_of(opened.settings.fault_step), look=True)
    say(N_("Published comments: %(count)s"), count=done.confirmed)
    if done.put_off:
        complain(N_("Comments put off until later: %(count)s"), count=done.put_off)


@click.command(
    "migrate",
    cls=Command,
    help=N_("Bring the tables of the database to this version; starting does it too."),
    example="tertulia migrate",
)
@with_blog
def migrate(blog: Path | None) -> None:
    """Opening the blog is what brings the tables up to date."""
    with opened_blog(blog) as opened:
        url = opened.store.engine.url.render_as_string(hide_password=True)
    say(N_("The database %(url)s is up to date."), url=url)


@click.command(
    "admin-link",
    cls=Command,
    help=N_("Print a fresh one-time link that makes the first account."),
    example="tertulia admin-link",
)
@with_blog
def admin_link(blog: Path | None) -> None:
    """An earlier link stops working."""
    with opened_blog(blog) as opened:
        token = first_administrator_token(opened, now())
    if token is None:
        raise CannotStart(
            N_("There is an account already: sign in at %(url)s"),
            url=f"{opened.site_url}/gestion/entrar",
        )
    click.echo(f"{opened.site_url}/gestion/alta/{token}")
