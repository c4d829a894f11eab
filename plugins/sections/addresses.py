"""Where the lists of a section stand: words of its own language, below its own prefix.

Each address is a folder, so that no page's number runs into another page's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pelican.paginator import PaginationRule

TEMPLATES = ("index", "archives", "categories", "tags", "authors", "conversations")
"""The direct templates that are written for each section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language that stand in addresses."""

    category: str
    tag: str
    author: str
    archives: str
    categories: str
    tags: str
    authors: str
    conversations: str
    page: str
    rules: str


WORDS = {
    "es": Words(
        category="categoria",
        tag="etiqueta",
        author="autor",
        archives="archivo",
        categories="categorias",
        tags="etiquetas",
        authors="autores",
        conversations="conversaciones",
        page="pagina",
        rules="normas",
    ),
    "eu": Words(
        category="kategoria",
        tag="etiketa",
        author="egilea",
        archives="artxiboa",
        categories="kategoriak",
        tags="etiketak",
        authors="egileak",
        conversations="elkarrizketak",
        page="orria",
        rules="arauak",
    ),
    "en": Words(
        category="category",
        tag="tag",
        author="author",
        archives="archive",
        categories="categories",
        tags="tags",
        authors="authors",
        conversations="conversations",
        page="page",
        rules="rules",
    ),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of a section's own pages, from the site's root; None for one turned off."""

    archives: str | None
    categories: str | None
    tags: str | None
    authors: str | None
    conversations: str | None


def prefix_of(language: str, default: str) -> str:
    """What the addresses of a language begin with."""
    return "" if language == default else f"{language}/"


def address_settings(language: str, prefix: str) -> dict[str, Any]:
    """Pelican's settings for the addresses of one section."""
    words = WORDS[language]
    places = {
        "INDEX": "",
        "CATEGORY": f"{words.category}/{{slug}}/",
        "TAG": f"{words.tag}/{{slug}}/",
        "AUTHOR": f"{words.author}/{{slug}}/",
        "ARCHIVES": f"{words.archives}/",
        "CATEGORIES": f"{words.categories}/",
        "TAGS": f"{words.tags}/",
        "AUTHORS": f"{words.authors}/",
        "CONVERSATIONS": f"{words.conversations}/",
        "YEAR_ARCHIVE": "{date:%Y}/",
        "MONTH_ARCHIVE": "{date:%Y}/{date:%m}/",
    }
    paged = f"{{base_name}}/{words.page}/{{number}}/"
    return {
        **{f"{name}_URL": f"{prefix}{place}" for name, place in places.items()},
        **{f"{name}_SAVE_AS": f"{prefix}{place}index.html" for name, place in places.items()},
        "PAGINATION_PATTERNS": [
            PaginationRule(1, "{url}", "{save_as}"),
            PaginationRule(2, paged, f"{paged}index.html"),
        ],
    }


def section_settings(settings: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """All settings, as they are for the lists in ``language``.

    Those of the first language stand in the blog's own settings, where it may change them;
    pages that it turns off there (``TAG_SAVE_AS = ""``) are off in every language.
    """
    default: str = settings["DEFAULT_LANG"]
    if language == default:
        return settings
    own = address_settings(language, prefix_of(language, default))
    off = {name: "" for name in own if name.endswith("_SAVE_AS") and not settings[name]}
    return {**settings, **own, **off}


def addresses(settings: Mapping[str, Any]) -> Addresses:
    """The addresses that the settings of a section give."""
    names = ("ARCHIVES", "CATEGORIES", "TAGS", "AUTHORS", "CONVERSATIONS")
    return Addresses(
        *(settings[f"{name}_URL"] if settings[f"{name}_SAVE_AS"] else None for name in names)
    )
