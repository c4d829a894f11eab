"""``tertulia reconcile``: does the site show what was decided, and do all copies agree?"""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import N_
from ..usecases.differences import WORDS, Difference
from ..usecases.faults import step_of
from ..usecases.reconcile import Reconciled
from ..usecases.reconcile import reconcile as run_reconcile
from .options import now, with_blog
from .speech import Command, complain, confirmed, say, told
from .upkeep import opened_blog
from .watching import watched

MANY = 2_000
"""Comments, from which on looking takes long enough to watch."""


@click.command(
    "reconcile",
    cls=Command,
    help=N_(
        "Compare database, comment files, Git and site, and name every difference. Ends with 1"
        " when some remain."
    ),
    example="tertulia reconcile --fix",
)
@click.option("--fix", is_flag=True, help=N_("Mend what can be mended, then compare again."))
@click.option(
    "--believe",
    is_flag=True,
    help=N_("Take it as meant that many comment files are gone, or their history rewritten."),
)
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@with_blog
def reconcile(fix: bool, believe: bool, yes: bool, blog: Path | None) -> None:
    """Works while the service runs."""
    if believe and not yes:
        complain(
            N_(
                "Every comment whose file is not there any more will be withdrawn. If that was"
                " not meant, put the files or the earlier commit back instead: then all goes on"
                " by itself."
            )
        )
        if not confirmed(told(N_("Was it meant?"))):
            return
    with opened_blog(blog) as opened, watched(MANY) as progress:
        done = run_reconcile(
            opened,
            now,
            fix=fix or believe,
            believe=believe,
            step=step_of(opened.settings.fault_step),
            progress=progress,
            busy=lambda: complain(N_("Something is being published just now; waiting for it.")),
        )
    _tell(done, fixed=fix or believe)
    if done.left:
        sys.exit(1)


def _tell(done: Reconciled, *, fixed: bool) -> None:
    _tell_each(done.found)
    if not done.found:
        say(N_("All is well: database, comment files and site agree."))
    elif not fixed:
        say(N_("Differences: %(count)s"), count=len(done.found))
        if any(each.can_be_mended for each in done.found):
            say(N_("To mend what can be mended: tertulia reconcile --fix"))
    elif not done.left:
        say(N_("Mended: %(count)s. Now all agree."), count=len(done.found))
    else:
        say(N_("Looked at again. What is left:"))
        _tell_each(done.left)
        say(N_("Differences: %(count)s"), count=len(done.left))


def _tell_each(differences: Sequence[Difference]) -> None:
    for each in differences:
        click.echo(line(each))


def line(of: Difference) -> str:
    """One difference as one line: where, what, and what is to be done."""
    words = WORDS[of.what]
    why = told(of.why).rstrip(".") if of.why else ""
    what = told(words.what, why=why)
    if why and "%(why)s" not in words.what:
        what = f"{what} ({why})"
    if words.fix:
        return f"{of.where}: {what}. --fix: {told(words.fix)}."
    return f"{of.where}: {what}. {told(words.advice) if words.advice else ''}".rstrip()
