"""``tertulia build`` and ``tertulia preview``: the pages, without the comment service."""

import json
import os
import sys
from pathlib import Path

import click

from ..config import load_site
from ..config.settings import Settings, is_trial, load_settings
from ..content_repo import open_place
from ..errors import N_, CannotStart, TertuliaError
from ..site.build import REPORT
from ..site.build import build as build_site
from ..site.stamp import read_stamp
from .options import now, trial_settings, with_address, with_blog
from .ports import check_port
from .speech import Command, complain, explained, say

MAX_TOLD = 20
"""Faults named after a build; ``tertulia check`` names all."""


@click.command(
    "build",
    cls=Command,
    help=N_("Build the site into the folder output."),
    example="tertulia build --production",
)
@click.option(
    "--production", is_flag=True, help=N_("For its real address: no drafts, nothing of the future.")
)
@click.option("--strict", is_flag=True, help=N_("Take warnings for faults too."))
@click.option("--output", type=click.Path(path_type=Path), help=N_("Another folder to build in."))
@click.option(
    "--force", is_flag=True, help=N_("Replace a site for readers by one for this machine.")
)
@with_blog
def build(
    production: bool, strict: bool, output: Path | None, force: bool, blog: Path | None
) -> None:
    """The live site is replaced only by one that was built whole.

    Not strict, a faulty article or page keeps its last good wording (``plugins/tolerance.py``).
    """
    settings = load_settings(blog=blog) if production else trial_settings(blog=blog)
    site = load_site(settings.blog)
    folder = output.resolve() if output else settings.output_folder
    if not production and not output and not force:
        _spare_readers(settings)
    build_site(
        settings.blog,
        folder,
        site_url=settings.site_url or site.address,
        production=production,
        strict=strict,
        lock=settings.var_folder / "build.lock",
        log=settings.var_folder / "build.log",
        last_good=None if strict else settings.var_folder / "last-good",
        comments=comments_of(settings),
        now=now(),
        report=click.echo,
    )
    tell_faults(folder)
    say(N_("The site is in %(folder)s"), folder=folder)


def comments_of(settings: Settings) -> Path | None:
    """Where the comments that count are, when it is not ``content/comments``.

    Of a remote that cannot be reached those of the content show. Raises GitFailed.
    """
    fetch_first(settings)
    folder = open_place(settings).snapshot()
    usual = settings.content_folder / "comments"
    return folder if folder != usual and folder.is_dir() else None


def fetch_first(settings: Settings) -> None:
    """In mode ``clone``, before the publisher's first look: have the clone made now, or the
    first site would lack comments, rules and what staff set. Says so when that cannot be."""
    if settings.comments_git != "clone" or settings.clone_folder.is_dir():
        return
    try:
        open_place(settings).refresh(None)
    except TertuliaError as error:
        complain(N_("The comments are not fetched yet: %(why)s"), why=explained(error))


def tell_faults(output: Path) -> None:
    """Name the files of a built site whose faults did not stop it, each with its reason."""
    faults = json.loads((output / REPORT).read_text("utf-8"))["faults"]
    if not faults:
        return
    complain(N_("Files with faults: %(count)s"), count=len({each["file"] for each in faults}))
    for each in faults[:MAX_TOLD]:
        click.echo("  " + fault_line(each["file"], each["key"], each["reason"]), err=True)


def fault_line(file: str, key: str, reason: str) -> str:
    """One fault, as the terminal shows it."""
    return ": ".join(part for part in (file, key, reason) if part)


def _spare_readers(settings: Settings) -> None:
    """Raises CannotStart when the output is the site that readers see.

    A slip on the server would give them drafts, and links to a machine of their own.
    """
    stamp = read_stamp(settings.output_folder)
    if stamp is None or stamp.drafts or stamp.site_url == settings.site_url:
        return
    if is_trial(settings, stamp.site_url):
        return
    raise CannotStart(
        N_(
            "%(folder)s holds the site for %(address)s, and this one would be for this machine"
            " alone. Add --production, choose another folder with --output, or say --force."
        ),
        folder=settings.output_folder,
        address=stamp.site_url,
    )


@click.command(
    "preview",
    cls=Command,
    help=N_("Show the articles while you write them; every change is built at once."),
    example="tertulia preview --port 8001",
)
@with_address
@with_blog
def preview(host: str | None, port: int | None, blog: Path | None) -> None:
    """Pelican's own server, in a folder of its own: the comment service is not there."""
    settings = trial_settings(host=host, port=port, blog=blog)
    load_site(settings.blog)
    if not (settings.blog / "pelicanconf.py").is_file():
        raise CannotStart(
            N_("There is no file %(file)s; `tertulia init` makes one."),
            file=settings.blog / "pelicanconf.py",
        )
    check_port(settings.host, settings.port)
    say(N_("The articles are at %(url)s (Ctrl-C stops it)"), url=f"{settings.site_url}/")
    sys.stdout.flush()
    os.chdir(settings.blog)
    # Pelican takes this process's place, so that signals reach it and its end is ours.
    os.execve(sys.executable, _pelican(settings), _environment(settings))  # noqa: S606


def _pelican(settings: Settings) -> list[str]:
    return [
        *(sys.executable, "-m", "pelican", str(settings.content_folder)),
        *("-s", str(settings.blog / "pelicanconf.py")),
        *("-o", str(settings.var_folder / "preview")),
        *("--autoreload", "--listen"),
        *("--bind", settings.host, "--port", str(settings.port)),
        *("--extra-settings", "COMPRESSED=false"),  # that server sends no smaller copies
    ]


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    return kept | {"TERTULIA_SITE_URL": str(settings.site_url), "PYTHONUTF8": "1"}
