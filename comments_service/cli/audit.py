"""``tertulia audit``: is the log whole, as a complaint or an auditor may ask."""

import sys
from pathlib import Path

import click

from ..errors import N_
from ..usecases.audit import Verified, explain
from ..usecases.audit import verify as verify_log
from .options import now, with_blog
from .speech import Command, Group, complain, say, told
from .upkeep import opened_blog
from .watching import watched

MANY = 20_000
"""Entries, from which on verifying takes long enough to watch."""


@click.command(
    "verify",
    cls=Command,
    help=N_("Verify that nothing in the log was changed or removed. Ends with 1 when it was."),
    example="tertulia audit verify --seal 5f0c…",
)
@click.option("--seal", help=N_("Hash of a seal that you kept: must be among those here."))
@with_blog
def verify(seal: str | None, blog: Path | None) -> None:
    """Works while the service runs."""
    with opened_blog(blog) as opened, watched(MANY) as progress:
        found = verify_log(opened, now(), progress, seal=seal and seal.strip().lower())
    _tell(found)
    if not found.is_whole:
        sys.exit(1)


def _tell(found: Verified) -> None:
    if found.broken:
        click.echo(explain(found.broken, told), err=True)
    if found.has_seal is False:
        complain(N_("The seal that you gave is not among those here."))
    if found.is_whole:
        say(
            N_("The log is whole. Cases: %(cases)s, entries: %(entries)s, seals: %(seals)s."),
            cases=found.cases,
            entries=found.entries,
            seals=found.seals,
        )
        say(N_("Texts that were erased, as they may be: %(count)s"), count=found.erased)
        if found.has_seal:
            say(N_("The seal that you gave is among them."))
        if found.newest:
            say(N_("The newest seal; keep a copy of it elsewhere: %(hash)s"), hash=found.newest)


audit = Group(
    "audit",
    help=N_("The log of what was done, and whether it is whole."),
    example="tertulia audit verify",
    commands=[verify],
)
