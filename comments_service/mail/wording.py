"""The words of mails: a text for each kind of mail and each way of speaking, ``texts/``.

A mail is one text and is translated as one. Its first line is the subject.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEXTS = Path(__file__).parent / "texts"
VOICES = ("es", "es-usted", "eu", "en")
"""Folders of ``texts``. Spanish addresses its reader in two ways."""

_BLANKS = re.compile(r"\n{3,}")


def voice(language: str, address_as: str) -> str:
    """The folder for a language and ``[mails] address_as`` of ``site.toml``."""
    formal = f"{language}-{address_as}"
    return formal if formal in VOICES else language


def worded(voice: str, name: str, values: dict[str, object]) -> tuple[str, str]:
    """Subject and text of a mail."""
    text = _environment().get_template(f"{voice}/{name}.txt").render(values)
    subject, _, body = text.partition("\n")
    return subject, _BLANKS.sub("\n\n", body).strip("\n") + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEXTS),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=False),  # plain text: nothing to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["quoted"] = quoted
    return environment


def quoted(text: str) -> str:
    """Each line after ``> ``, as mails quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
