"""``tertulia build`` and ``tertulia preview``: the pages, without the comment service."""

import json
import os
import sys
from pathlib import Path

import click

from ..config import Settings, load_settings, load_site
from ..errors import N_, CannotStart
from ..site.build import build as build_site
from .options import now, trial_settings, with_address, with_blog
from .ports import check_port
from .speech import Command, complain, say


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
@with_blog
def build(production: bool, strict: bool, output: Path | None, blog: Path | None) -> None:
    """The live site is replaced only by one that was built whole."""
    settings = load_settings(blog=blog) if production else trial_settings(blog=blog)
    site = load_site(settings.blog)
    folder = output.resolve() if output else settings.output_folder
    build_site(
        settings.blog,
        folder,
        site_url=settings.site_url or site.address,
        production=production,
        strict=strict,
        lock=settings.var_folder / "build.lock",
        log=settings.var_folder / "build.log",
        now=now(),
        report=click.echo,
    )
    tell_faults(folder)
    say(N_("The site is in %(folder)s"), folder=folder)


def tell_faults(output: Path) -> None:
    """Say how many files of a built site have faults that did not stop it."""
    report = json.loads((output / "build-report.json").read_text("utf-8"))
    if report["faults"]:
        complain(
            N_("Files with faults, left out: %(count)s. tertulia check names them."),
            count=len({fault["file"] for fault in report["faults"]}),
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
    ]


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    return kept | {"TERTULIA_SITE_URL": str(settings.site_url), "PYTHONUTF8": "1"}
