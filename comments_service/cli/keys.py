"""``tertulia keys rotate``: a new key for everything that is stored sealed."""

from pathlib import Path

import click

from ..config.settings import load_settings
from ..errors import N_
from ..usecases.faults import step_of
from ..usecases.keys import rotate as rotate_keys
from .alone import serve_alone
from .options import now, with_blog
from .speech import Command, Group, complain, say


@click.command(
    "rotate",
    cls=Command,
    help=N_(
        "Seal readers' addresses and staff's secrets under a new key. Stop the service first."
        " Private links and short codes stay good, unless you revoke them too."
    ),
    example="tertulia keys rotate && tertulia backup /srv/backups",
)
@click.option(
    "--revoke-links",
    is_flag=True,
    help=N_("After a leak: private links, short codes and staff's kept codes are good no more."),
)
@with_blog
def rotate(revoke_links: bool, blog: Path | None) -> None:
    """Killed at any moment, the next start finishes it or finds everything as it was."""
    settings = load_settings(blog=blog)
    with serve_alone(settings.var_folder):
        step = step_of(settings.fault_step)
        done = rotate_keys(settings, now(), revoke=revoke_links, step=step)
    say(
        N_("Sealed under a new key. Addresses: %(addresses)s, people: %(people)s."),
        addresses=done.addresses,
        people=done.people,
    )
    if done.unopened:
        complain(N_("Sealed under a key that is lost, and left: %(count)s"), count=done.unopened)
    say(N_("Make a backup now, with its file of secrets: an earlier one opens with its own key."))
    say(N_("Where several machines serve the blog, copy var/secrets to all of them."))


keys = Group(
    "keys",
    help=N_("The key under which readers' addresses and staff's secrets are stored."),
    example="tertulia keys rotate",
    commands=[rotate],
)
