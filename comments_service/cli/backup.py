"""``tertulia backup``, ``restore`` and ``upgrade``: the blog kept safe."""

from collections.abc import Sequence
from pathlib import Path

import click

from ..config.settings import load_settings
from ..errors import N_
from ..usecases import backup as making
from ..usecases import restore as restoring
from ..usecases import upgrade as upgrading
from ..usecases.counts import WORDS, Difference
from ..usecases.leftovers import BACKUPS
from . import log
from .alone import serve_alone
from .options import now, with_blog
from .speech import Command, complain, say, told
from .watching import watched

MANY_ROWS = 20_000
"""From so many on it takes long enough to watch."""


@click.command(
    "backup",
    cls=Command,
    help=N_("Put the whole blog into one file, while it runs."),
    example="tertulia backup /srv/backups",
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_blog
def backup(folder: Path, blog: Path | None) -> None:
    """Readers and staff notice nothing of it."""
    settings = load_settings(blog=blog)
    log.configure()
    with watched(MANY_ROWS) as progress:
        made = making.back_up(settings, folder, now(), progress)
    counted = {name: Difference(name, count, count) for name, count in made.manifest.counts.items()}
    _tell_counts(list(counted.values()))
    for path in made.left_out:
        complain(N_("Left out, as it is a link and no file: %(path)s"), path=path)
    say(N_("The backup of %(at)s is in %(path)s"), at=made.manifest.made_at, path=made.path)
    if made.secrets:
        say(N_("Its keys and passwords are in %(path)s: keep them apart."), path=made.secrets)
    say(
        N_("The list of erased comments, %(path)s, is in no backup: keep a copy of it elsewhere."),
        path=settings.erasures_file,
    )


@click.command(
    "restore",
    cls=Command,
    help=N_("Bring a backup back, compare it, and erase again what was erased since."),
    example="tertulia restore /srv/backups/tertulia-20261120T100000Z.tar --blog my-blog",
)
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("File of keys; else the one beside the backup."),
)
@click.option(
    "--erasures",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=N_("List of erased comments, when it lies elsewhere."),
)
@click.option("--replace", is_flag=True, help=N_("Put what is there aside first."))
@with_blog
def restore(
    source: Path, secrets: Path | None, erasures: Path | None, replace: bool, blog: Path | None
) -> None:
    """Nothing is touched before the whole backup was verified."""
    log.configure()
    with (
        restoring.verified(source, secrets) as verified,
        restoring.settings_in_place((blog or Path()).resolve(), verified),
    ):
        settings = load_settings(blog=blog)
        with serve_alone(settings.var_folder), watched(MANY_ROWS) as progress:
            done = restoring.restore(
                settings, verified, now(), progress, erasures=erasures, replace=replace
            )
    _tell_counts(done.comparison, compared=True)
    say(N_("Restored as it was at %(at)s."), at=done.manifest.made_at)
    say(N_("Erased again: %(count)s"), count=done.erased)
    if done.comments != settings.comments_folder:
        say(
            N_(
                "The comment files of the backup are in %(path)s: those that Git has count, and"
                " were left as they are."
            ),
            path=done.comments,
        )
    if done.aside:
        say(N_("What was there before is in %(path)s"), path=done.aside)
    complain(
        N_(
            "What readers asked for after that day is not in the backup: a private link that they"
            " replaced opens again, and who wanted no more e-mails may get some. Tell them, if you"
            " know who they are."
        )
    )
    if not done.has_secrets:
        complain(N_("Without the file of keys, readers' private links do not work any more."))
    say(N_("Now build and start it: tertulia up, or tertulia build --production"))


@click.command(
    "upgrade",
    cls=Command,
    help=N_("Bring the blog to this version: all of it, or nothing."),
    example="tertulia upgrade",
)
@click.option(
    "--backups",
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("Folder for the backup that is made first; else var/backups."),
)
@with_blog
def upgrade(backups: Path | None, blog: Path | None) -> None:
    """Whatever is lost or fails on the way, everything is put back."""
    settings = load_settings(blog=blog)
    log.configure()
    folder = backups or settings.var_folder / BACKUPS
    with serve_alone(settings.var_folder), watched(MANY_ROWS) as progress:
        done = upgrading.upgrade(settings, folder, now(), say, progress)
    _tell_counts(done.compared, compared=True)
    if done.new_anchors:
        say(N_("Comments that are on the site only now: %(count)s"), count=done.new_anchors)
    if settings.build != "here":
        say(N_("The site is built elsewhere: have it built again there with this version."))
    say(N_("The backup made first is in %(path)s"), path=done.backup)
    say(
        N_(
            "Done: articles, comments, cases and the comments that readers see were compared,"
            " and nothing is missing (tables %(before)s -> %(after)s)."
        ),
        before=done.before,
        after=done.after,
    )


def _tell_counts(counts: Sequence[Difference], *, compared: bool = False) -> None:
    """A line for each count: what there was and, when compared, what there is."""
    for each in counts:
        name = told(WORDS.get(each.name, each.name))
        sign = "=" if each.before == each.after else "→"
        numbers = f"{each.before} {sign} {each.after}" if compared else str(each.before)
        click.echo(f"  {name}: {numbers}")
