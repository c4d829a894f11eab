"""``tertulia comments``: what an operator does with one comment (``comments_edit``), and with
all as a whole."""

from pathlib import Path

import click

from ..config.settings import load_settings
from ..content_repo import Separated
from ..content_repo import separate as separate_comments
from ..content_repo.history import BRANCH
from ..errors import N_
from .comments_edit import erase_, list_, revise_, withdraw_
from .options import with_blog
from .speech import Command, Group, say


@click.command(
    "separate",
    cls=Command,
    help=N_("Give the comments a branch of their own, from which one can be erased for good."),
    example="tertulia comments separate",
)
@click.option("--branch", default=BRANCH, help=N_("Its name; else comments."))
@with_blog
def separate(branch: str, blog: Path | None) -> None:
    """The posts' branch gets one commit; nothing is pushed."""
    settings = load_settings(blog=blog, comments_branch=branch)
    done = separate_comments(settings.blog, settings.comments_branch)
    say(
        N_("The branch %(branch)s holds the comments now: %(count)s"),
        branch=done.branch,
        count=done.files,
    )
    tell_production(done)


def tell_production(done: Separated) -> None:
    """How the service comes to publish from that branch."""
    if done.pushed:
        say(N_("Push it: %(command)s"), command=f"git push origin {' '.join(done.pushed)}")
    say(N_("For production, write these three settings in .env:"))
    for name, value in done.settings.items():
        click.echo(f"  {name}={value}")


comments = Group(
    "comments",
    help=N_("Correct, withdraw or erase a comment; where the history of all is kept."),
    example="tertulia comments withdraw 2026-000123",
    commands=[list_, revise_, withdraw_, erase_, separate],
)
