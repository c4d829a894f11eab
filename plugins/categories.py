"""Several categories on one article: ``Category: Gestión pública, Referentes``.

``article.categories`` is the list, ``article.category`` its first. Their pages, and which
articles stand there, are the business of ``sections``. ``Categories:``, by likeness with
``Authors:``, is the same line. A page has none.
"""

from collections.abc import Iterator
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.readers import ensure_metadata_list
from pelican.urlwrappers import Category, URLWrapper

from comments_service.domain.names import name_key

from .header_names import drop
from .slugs import slug_of


def split(generator: ArticlesGenerator, metadata: dict[str, Any]) -> None:
    """Make ``categories`` of what was written, each once, the first being ``category``."""
    names = _written(metadata, generator.settings["DEFAULT_CATEGORY"])
    once = {name_key(name): name for name in reversed(names)}
    categories = [
        Category(once[each], generator.settings) for each in dict.fromkeys(map(name_key, names))
    ]
    metadata["categories"] = categories
    metadata["category"] = categories[0]


def _written(metadata: dict[str, Any], general: str) -> list[str]:
    """Names of both headers; that of what has no other, where none is written.

    general: the name that Pelican puts in the place of a missing ``Category:``.
    """
    one, more = metadata.get("category"), metadata.pop("categories", [])
    lines = [more] if isinstance(more, str) else more
    names = [name for line in lines for name in ensure_metadata_list(line)]
    if isinstance(one, Category) and not (names and one.name == general):
        names = [*(ensure_metadata_list(one.name) or [one.name]), *names]
    return names or [general]


def none_for_pages(generator: PagesGenerator, metadata: dict[str, Any]) -> None:
    """Take a page's ``Categories:`` away: templates would take its letters for categories."""
    if "categories" in metadata:
        drop(metadata, "categories")


def give_slugs(generator: ArticlesGenerator | PagesGenerator, metadata: dict[str, Any]) -> None:
    """Give each term that was read an address: Pelican only warns of a name that spells none."""
    for term in _terms(metadata):
        term.slug = slug_of(term)


def _terms(metadata: dict[str, Any]) -> Iterator[Any]:
    for value in metadata.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, URLWrapper):
                yield each


def register() -> None:
    signals.article_generator_context.connect(split)
    signals.article_generator_context.connect(give_slugs)
    signals.page_generator_context.connect(none_for_pages)
    signals.page_generator_context.connect(give_slugs)
