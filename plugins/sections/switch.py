"""From a page to the same page in another language.

In templates: ``page_section()``, the section of the page being made; ``language_links()``,
for the header; ``site_pages()``, for the footer; ``language_name("eu")``.
"""

from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.runtime import Context
from pelican.generators import Generator

from comments_service.config.site_toml import LANGUAGE_NAMES
from comments_service.domain.names import name_key

from ..languages import page_language
from ..texts import Text, rank
from .section import Section


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the switch. name: the language's own. url: from the site's root.
    is_same: it leads to the same page, else to the home of that language."""

    lang: str
    name: str
    url: str
    current: bool
    is_same: bool


@pass_context
def page_section(context: Context) -> Section:
    """That of the page's language, or the first one's if that language has none."""
    sections: dict[str, Section] = context["sections"]
    return sections.get(page_language(context)) or sections[context["DEFAULT_LANG"]]


@pass_context
def language_links(context: Context) -> list[LanguageLink]:
    """The languages that the reader may choose; none where there is nothing to choose.

    Each leads to the same page where it exists, else to the home of that language.
    """
    sections: dict[str, Section] = context["sections"]
    current = page_language(context)
    places = dict(context["page_places"].get(context["output_file"], ()))
    if len(sections) < 2 and len(places) < 2:
        return []
    homes = {language: section.home for language, section in sections.items()}
    order = context["SITE"].languages
    offered = sorted({current, *homes, *places}, key=lambda language: rank(order, language))
    return [
        LanguageLink(
            lang=language,
            name=language_name(language),
            url=places.get(language, homes.get(language, "")),
            current=language == current,
            is_same=language in places,
        )
        for language in offered
    ]


@pass_context
def site_pages(context: Context) -> list[Text]:
    """The blog's pages by title, each in the language of the page being made if it is in it."""
    language = page_language(context)
    known: dict[str, list[Text]] = context["pages_by_language"]
    if language not in known:
        shown = [
            next((one for one in [page, *page.translations] if one.lang == language), page)
            for page in context["pages"]
        ]
        known[language] = sorted(shown, key=lambda page: (name_key(page.title), page.url))
    return known[language]


def language_name(language: str) -> str:
    """A language by its own name."""
    return LANGUAGE_NAMES.get(language, language)


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` these functions."""
    generator.context.setdefault("pages_by_language", {})
    functions = (page_section, language_links, site_pages, language_name)
    generator.env.globals.update({function.__name__: function for function in functions})
