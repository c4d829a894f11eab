"""One build, several languages: each page's interface speaks the language of its text.

In templates: ``page_language()``; ``_``, ``gettext`` and ``ngettext`` follow it, and so do
the filters of ``dates``. An article's other languages are ``article.translations``, in the
order of the institution's languages.
"""

import re
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context
from pelican import signals
from pelican.generators import Generator

from comments_service import errors
from comments_service.config import Catalog, load_catalog

from .texts import rank, texts

_FURTHER_PAGE = re.compile(r"pagina/\d+/index\.html$")


def catalog(settings: Mapping[str, Any], language: str) -> Catalog:
    """The theme's and plugins' messages in ``language``."""
    return load_catalog(Path(settings["THEME"]) / "translations", language)


def translator(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """Messages in the institution's language, the service's and ours."""
    language = settings["DEFAULT_LANG"]
    service = load_catalog(Path(errors.__file__).parent / "translations", language)
    ours = catalog(settings, language)

    def gettext(message: str) -> str:
        translated: str = ours.gettext(message)
        return translated if translated != message else str(service.gettext(message))

    return gettext


@pass_context
def page_language(context: Context) -> str:
    """Language code of the page being made.

    By the file being written, not by ``article``: in a list, an included template finds
    there the article of the loop. Raises TemplateRuntimeError where the page cannot be seen.
    """
    file = context.get("output_file")
    if file is None:
        raise TemplateRuntimeError(f"import {context.name} `with context`: it speaks a language")
    languages: dict[str, str] = context["page_languages"]
    default: str = context["DEFAULT_LANG"]
    return languages.get(_FURTHER_PAGE.sub("index.html", file), default)


@pass_context
def _gettext(context: Context, message: str) -> str:
    return str(catalog(context.parent, page_language(context)).gettext(message))


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int) -> str:
    messages = catalog(context.parent, page_language(context))
    return str(messages.ngettext(singular, plural, number))


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` their translations."""
    generator.env.globals["page_language"] = page_language
    environment: Any = generator.env  # the method is the i18n extension's
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)


def note_languages(generators: list[Generator]) -> None:
    """Note the language of each page, and order each text's translations."""
    context = generators[0].context
    order: list[str] = context["SITE"].languages
    languages: dict[str, str] = {}
    for text in texts(generators):
        languages[text.save_as] = text.lang
        text.translations.sort(key=lambda other: rank(order, other.lang))
    for term, _ in chain(context["categories"], context["tags"], context["authors"]):
        languages[term.save_as] = term.lang
    context["page_languages"] = languages


def register() -> None:
    signals.generator_init.connect(install)
    signals.all_generators_finalized.connect(note_languages)
