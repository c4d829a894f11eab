"""The handbook, ``/ayuda``: one page each for whoever reads, writes or answers.

The texts are Markdown files of the package, ``texts/<language>/<page>.md``; the first line of
each is its title. Anybody may read them: they tell how it is done, never what was written.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..config.site_toml import LANGUAGES
from ..markup.staff import manual
from .edge import address, edge
from .languages import page_language
from .switch import language_links

PAGES = ("lectores", "autores", "moderacion", "departamentos", "proteccion-de-datos")
"""In the order of the contents; the names are those of addresses and files."""

FOLDER = Path(__file__).parent / "texts"

handbook = Blueprint("handbook", __name__)


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page in one language. text: HTML without its title."""

    name: str
    title: str
    text: Html


@handbook.get("/ayuda/")
def contents() -> ResponseReturnValue:
    """All pages, and whom each is for."""
    return render_template(
        "help_contents.html",
        pages=[_page(page_language(), name) for name in PAGES],
        languages=language_links("/ayuda/", edge().blog.site.languages),
    )


@handbook.get("/ayuda/<name>")
def page(name: str) -> ResponseReturnValue:
    """One page."""
    if name not in PAGES:
        abort(404)
    return render_template(
        "help.html",
        page=_page(page_language(), name),
        pages=[_page(page_language(), each) for each in PAGES],
        languages=language_links(f"/ayuda/{name}", edge().blog.site.languages),
    )


def _page(language: str, name: str) -> HelpPage:
    title, html = _read(language, name)
    return HelpPage(name, title, Html(html.replace('href="/', f'href="{address("/")}')))  # noqa: S704


@cache
def _read(language: str, name: str) -> tuple[str, str]:
    """Title and HTML of a file of ours; at most one for each page and language is kept."""
    if language not in LANGUAGES:
        raise AssertionError(language)
    written = (FOLDER / language / f"{name}.md").read_text("utf-8")
    heading, _, body = written.partition("\n")
    return heading.removeprefix("# "), manual(body)
