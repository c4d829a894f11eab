"""``tertulia publish``: for the CI that publishes what the service commits."""

from pathlib import Path

import click

from ..content_repo import changed_rules, check_commit
from ..errors import N_, Faults
from .building import fault_line
from .speech import Command, Group, complain, explained, say


@click.command(
    "check-commit",
    cls=Command,
    help=N_("Refuse commits of comments that hold anything else than comments."),
    example="tertulia publish check-commit HEAD~3..HEAD --path content/comments",
)
@click.argument("commits", default="HEAD", metavar="[REV_OR_RANGE]")
@click.option(
    "--path",
    default="content/comments",
    help=N_("Folder of the comments in that branch; empty when it holds nothing else."),
)
@click.option(
    "--repository",
    type=click.Path(path_type=Path),
    default=Path(),
    help=N_("Folder of the repository; else the current one."),
)
def check(commits: str, path: str, repository: Path) -> None:
    """Exit code 1 and one line for each fault, or one line that all is well."""
    faults = check_commit(repository.absolute(), commits, path)
    for changed in changed_rules(repository.absolute(), commits, path):
        complain(N_("Warning: %(line)s"), line=fault_line(changed.where, "", explained(changed)))
    if faults:
        raise Faults(N_("These commits must not be published:"), faults)
    say(N_("Nothing but comments, all of them whole."))


publish = Group(
    "publish",
    help=N_("Checks for the machine that publishes the comments."),
    example="tertulia publish check-commit HEAD",
    commands=[check],
)
