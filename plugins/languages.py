"""One build, several languages: each page's interface speaks the language of its text.

In templates: ``page_language()`` and ``page_translations()``; ``_``, ``gettext`` and
``ngettext`` follow the first, and so do the filters of ``dates``. An article's other
languages are ``article.translations``, in the order of the institution's languages.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from pelican import signals
from pelican.generators import Generator

from comments_service import errors
from comments_service.config import Catalog, load_catalog

from .texts import Text, rank, texts

Places = tuple[tuple[str, str], ...]
"""Languages, each with the address of a page in it from the site's root."""


def catalog(settings: Mapping[str, Any], language: str) -> Catalog:
    """The theme's and plugins' messages in ``language``."""
    return _catalog(settings["THEME"], language)


@cache
def _catalog(theme: str, language: str) -> Catalog:
    return load_catalog(Path(theme) / "translations", language)


@cache
def service_catalog(language: str) -> Catalog:
    """The service's messages in ``language``, for what it declares and the site shows."""
    return load_catalog(Path(errors.__file__).parent / "translations", language)


def translator(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """Messages in the institution's language, the service's and ours."""
    language = settings["DEFAULT_LANG"]
    service, ours = service_catalog(language), catalog(settings, language)

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
    file = _file(context)
    languages: dict[str, str] = context["page_languages"]
    return languages.get(file) or str(context["DEFAULT_LANG"])


@pass_context
def page_translations(context: Context) -> list[tuple[str, str]]:
    """The page being made in every language, itself too, each with its whole address.

    In the order of the institution's languages; empty where there is only one.
    """
    places: Places = context["page_places"].get(_file(context), ())
    if len(places) < 2 or page_language(context) not in dict(places):
        return []  # a further page of a list knows where the others begin, and is none of them
    return [(language, f"{context['SITEURL']}/{url}") for language, url in places]


def _file(context: Context) -> str:
    file: str | None = context.get("output_file")
    if file is None:
        raise TemplateRuntimeError(f"import {context.name} `with context`: it speaks a language")
    return file


@pass_context
def _gettext(context: Context, message: str, /, **values: object) -> Markup:
    """The message in the page's language; the values are escaped, unless they are Markup."""
    language = page_language(context)
    text = _message(context["THEME"], language, message)
    return text % values if values else text


@pass_context
def _ngettext(
    context: Context, singular: str, plural: str, number: int, /, **values: object
) -> Markup:
    language = page_language(context)
    messages = _catalog(context["THEME"], language)
    text = Markup(messages.ngettext(singular, plural, number))  # noqa: S704 (our own words)
    return text % {"num": number, **values}


@cache
def _message(theme: str, language: str, message: str) -> Markup:
    return Markup(_catalog(theme, language).gettext(message))  # noqa: S704 (our own words)


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` their translations.

    The i18n extension's own wrappers would ask for each word thrice as long.
    """
    environment: Any = generator.env
    environment.newstyle_gettext = True  # for {% trans %} in a blog's templates
    environment.globals.update(
        page_language=page_language,
        page_translations=page_translations,
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
    )


def note_languages(generators: list[Generator]) -> None:
    """Note of each text's page its language and its translations, these in constant order.

    Whoever writes other pages adds them to ``page_languages`` and ``page_places``.
    """
    context = generators[0].context
    order: list[str] = context["SITE"].languages
    languages: dict[str, str] = context.setdefault("page_languages", {})
    places: dict[str, Places] = context.setdefault("page_places", {})

    def by_language(text: Text) -> int:
        return rank(order, text.lang)

    for text in texts(generators):
        save_as = text.save_as
        languages[save_as] = text.lang
        text.translations.sort(key=by_language)
        if text.translations:
            same = sorted([text, *text.translations], key=by_language)
            places[save_as] = tuple((each.lang, each.url) for each in same)


def register() -> None:
    signals.generator_init.connect(install)
    signals.all_generators_finalized.connect(note_languages)
