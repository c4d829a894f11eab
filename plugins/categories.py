"""Several categories on one article: ``Category: Gestión pública, Referentes``.

``article.categories`` is the list, ``article.category`` its first. Each category has its
page, its feed, ``.count`` and ``.lang``. A translation stands on the pages of its own
categories, tags and authors, except where its original already does, so that no link is
dead and no list names a post twice.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican.readers import ensure_metadata_list
from pelican.urlwrappers import Category
from pelican.utils import order_content

from .texts import articles


class Listing(list[Article]):
    """A list that is never changed and knows its members.

    Pelican asks for each article of the blog whether it is in each category's list.
    """

    def __init__(self, articles: Iterable[Article]) -> None:
        super().__init__(articles)
        self._members = {id(article) for article in self}

    def __contains__(self, article: object) -> bool:
        return id(article) in self._members


def split(generator: ArticlesGenerator, metadata: dict[str, object]) -> None:
    """Make ``categories`` of one line, each once, the first being ``category``."""
    written = metadata.get("category")
    if not isinstance(written, Category):
        return
    names = ensure_metadata_list(written.name) or [written.name]
    categories = list(dict.fromkeys(Category(name, generator.settings) for name in names))
    metadata["categories"] = categories
    metadata["category"] = categories[0]


def list_articles(generator: Any) -> None:
    """Replace Pelican's lists by category, tag and author with those of this module."""
    generator.categories = sorted(_listings(generator, "categories").items())
    generator.tags = _listings(generator, "tags")
    generator.authors = sorted(_listings(generator, "authors").items())
    for article in articles(generator):
        if hasattr(article, "categories"):
            article.category = article.categories[0]
        if hasattr(article, "authors"):
            article.author = article.authors[0]
    generator._update_context(("categories", "tags", "authors"))


def _listings(generator: Any, name: str) -> dict[Any, Listing]:
    """Each term of the attribute ``name`` with its articles, in the order of all articles."""
    one_for_all: dict[Any, Any] = {}
    for article in articles(generator):
        terms = [one_for_all.setdefault(term, term) for term in getattr(article, name, ())]
        if terms:
            setattr(article, name, terms)
    listed: dict[Any, list[Any]] = {}
    for term, article in _pairs(generator.articles, name):
        listed.setdefault(term, []).append(article)
    stands = {(article.thread, term) for term, article in _pairs(generator.articles, name)}
    mixed = set()
    for term, article in _pairs(generator.translations, name):
        if (article.thread, term) not in stands:
            listed.setdefault(term, []).append(article)
            mixed.add(term)
    for term in mixed:
        order_content(listed[term], generator.settings["ARTICLE_ORDER_BY"])
    for term in one_for_all:
        _describe(term, listed.get(term, ()), generator.settings["DEFAULT_LANG"])
    return {term: Listing(found) for term, found in listed.items()}


def _pairs(found: Iterable[Any], name: str) -> Iterator[tuple[Any, Any]]:
    """Each term of each article, with the article."""
    return ((term, article) for article in found for term in getattr(article, name, ()))


def _describe(term: Any, found: Iterable[Any], default: str) -> None:
    languages = [article.lang for article in found]
    term.count = len(languages)
    term.lang = languages[0] if len(set(languages)) == 1 else default


def register() -> None:
    signals.article_generator_context.connect(split)
    signals.article_generator_finalized.connect(list_articles)
