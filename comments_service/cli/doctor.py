"""``tertulia doctor``: is all well, on one screen."""

import sys
from pathlib import Path

import click

from ..config.settings import load_settings
from ..errors import N_, InvalidConfig
from ..usecases.doctor import WORDS, Health, Line, examine, is_well
from .options import now, with_blog
from .speech import Command, explained, told
from .upkeep import with_built_address

SIGNS = {Health.GOOD: "+", Health.ATTENTION: "!", Health.WRONG: "x"}
_COLOURS = {Health.GOOD: "green", Health.ATTENTION: "yellow", Health.WRONG: "red"}


@click.command(
    "doctor",
    cls=Command,
    help=N_(
        "Tell on one screen whether all is well, and what to do where it is not. Changes nothing;"
        " ends with 1 when something is wrong."
    ),
    example="tertulia doctor --blog /srv/blog || systemctl status tertulia",
)
@with_blog
def doctor(blog: Path | None) -> None:
    """Words and a sign before each line; colours only where a terminal shows them."""
    try:
        settings = with_built_address(load_settings(blog=blog))
    except InvalidConfig as error:
        _tell([Line(Health.WRONG, "%(why)s", {"why": explained(error)})])
        sys.exit(1)
    lines = examine(settings, now())
    _tell(lines)
    if not is_well(lines):
        sys.exit(1)


def _tell(lines: list[Line]) -> None:
    width = max(len(told(word)) for word in WORDS.values())
    for line in lines:
        sign = f"{SIGNS[line.health]} {told(WORDS[line.health]):{width}}"
        click.echo(
            f"{click.style(sign, fg=_COLOURS[line.health])}  {told(line.words, **line.values)}"
        )
        if line.advice:
            click.echo(" " * (width + 4) + told(line.advice))
