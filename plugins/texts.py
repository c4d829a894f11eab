"""Articles and pages together: what Pelican calls content, without its static files."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from posixpath import splitext
from typing import Any, Protocol, TypeGuard

from pelican.contents import Article, Page
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator


class Text(Protocol):
    """An article or page. Pelican sets most of it from the file's header.

    url, save_as: from the site's root. thread: its key until all texts were read, then a
    ``comments.views.Thread``. aliases: its earlier keys. said_of_comments: a
    ``comments.policy.Word``. translations: the same text in other languages.
    """

    title: str
    lang: str
    slug: str
    status: str
    template: str
    url: str
    save_as: str
    content: str
    summary: str
    date: datetime
    source_path: str
    metadata: dict[str, Any]
    settings: dict[str, Any]
    translations: list["Text"]
    thread: Any
    aliases: tuple[str, ...]
    said_of_comments: Any
    _content: str
    _summary: str
    _context: dict[str, Any]

    def get_relative_source_path(self) -> str:
        """Path of the file below ``content/``."""

    def get_static_links(self) -> set[str]:
        """Files below ``content/`` that the text links to with {static} or {attach}."""


def is_text(content: object) -> TypeGuard[Text]:
    """Whether this is an article or a page; Pelican's signals come for static files too."""
    return isinstance(content, Article | Page)


def is_article(text: object) -> TypeGuard[Text]:
    """Whether this is an article, not a page."""
    return isinstance(text, Article)


def texts(generators: Iterable[Generator]) -> list[Text]:
    """All articles and pages in all languages, drafts too, in a constant order."""
    found: list[Any] = []
    for generator in generators:
        if isinstance(generator, ArticlesGenerator):
            found += articles(generator)
        elif isinstance(generator, PagesGenerator):
            found += [*generator.pages, *generator.translations]
            found += [*generator.hidden_pages, *generator.hidden_translations]
            found += [*generator.draft_pages, *generator.draft_translations]
    return sorted(found, key=lambda text: str(text.source_path))


def articles(generator: ArticlesGenerator) -> list[Any]:
    """All articles in all languages, drafts too."""
    return [
        *(*generator.articles, *generator.translations),
        *(*generator.hidden_articles, *generator.hidden_translations),
        *(*generator.drafts, *generator.drafts_translations),
    ]


def beside(url: str, name: str) -> str:
    """Path of a file that belongs to the text at ``url``, whatever the form of its address is."""
    folder = url if url.endswith("/") or not url else f"{splitext(url)[0]}/"
    return f"{folder}{name}"


def newest_first(article: Text) -> tuple[float, str]:
    """Sort key; articles of the same minute keep one order on every machine."""
    return -article.date.timestamp(), article.source_path


def rank(languages: Sequence[str], language: str) -> int:
    """Place of a language among the institution's; unknown ones come last."""
    return languages.index(language) if language in languages else len(languages)
