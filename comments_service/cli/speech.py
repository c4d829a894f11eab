"""In which language the commands speak, and how they tell what went wrong."""

import os
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import click

from ..config import Catalog, load_catalog
from ..errors import N_, BuildFailed, GitFailed, TertuliaError

TRANSLATIONS = Path(__file__).parent.parent / "translations"
SPOKEN = ("es", "eu")
YES = {"y", "yes", "s", "si", "sí", "b", "bai"}
NO = {"", "n", "no", "e", "ez"}


def language(environ: Mapping[str, str]) -> str:
    """`es` or `eu` when the terminal is, else `en`. The first variable that is set decides
    (POSIX, 8.2 Internationalization Variables)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            code = environ[name][:2].lower()
            return code if code in SPOKEN else "en"
    return "en"


def catalog() -> Catalog:
    """The messages in the language of the terminal."""
    return load_catalog(TRANSLATIONS, language(os.environ))


def told(message: str, **values: object) -> str:
    """A message marked with ``N_``, in the language of the terminal."""
    text = str(catalog().gettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for so many, with their ``%(count)s``."""
    return str(catalog().ngettext(singular, plural, count)) % {"count": count}


def say(message: str, **values: object) -> None:
    """A line for the person at the terminal."""
    click.echo(told(message, **values))


def complain(message: str, **values: object) -> None:
    """The same for what should be looked at."""
    click.echo(told(message, **values), err=True)


def confirmed(question: str) -> bool:
    """A question that is answered with yes or no in the language of the terminal; Enter and
    the end of the input are a no."""
    hint = {"es": "s/N", "eu": "b/E"}.get(language(os.environ), "y/N")
    while True:
        try:
            given = click.prompt(f"{question} [{hint}]", default="", show_default=False)
        except click.Abort:
            return False
        answer = str(given).strip().lower()
        if answer in YES or answer in NO:
            return answer in YES


def explained(error: TertuliaError) -> str:
    """The error with all that helps to mend it."""
    sentence = error.explain(catalog().gettext)
    if isinstance(error, BuildFailed | GitFailed) and error.detail:
        return f"{sentence}\n{error.detail}"
    return sentence


class Refused(click.ClickException):
    """A fault that a person can mend: its lines on standard error and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)


class Command(click.Command):
    """A command whose help is in the language of the terminal and ends with an example."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        spoken = copy(self)
        spoken.help = told(self.help) if self.help else None
        spoken.params = [_spoken(param) for param in self.params]
        super(Command, spoken).format_help(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.example:
            with formatter.section(told(N_("Example"))):
                formatter.write_text(self.example)

    def get_short_help_str(self, limit: int = 45) -> str:
        return told(self.help) if self.help else ""


class Group(Command, click.Group):
    """The group of all commands; the one place where a known error becomes lines to read."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TertuliaError as error:
            raise Refused(explained(error)) from error


def _spoken(param: click.Parameter) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help:
        return param
    spoken = copy(param)
    spoken.help = told(param.help)
    return spoken
