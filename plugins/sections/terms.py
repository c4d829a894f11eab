"""Categories, tags and authors of one section: one object for each, with what is known of it.

They are Pelican's, so that a blog's own templates find what Pelican's manual tells; besides:

    count         articles of the section that have it; 0 where it has no page
    lang          of the section
    identity      what it shares with its translations; "" where it can have none
    translations  the same thing in other sections that have a page of it
    slug          its own: of two names that an address spells alike, the one that was written
                  later bears a digest of itself
    description   of a category                                 from content/site.toml, in the
    position, department, about    of an author                 section's language, or ""
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pelican.urlwrappers import Author, Category, Tag

from comments_service.config import SiteConfig
from comments_service.domain.names import name_key
from comments_service.errors import N_

from ..languages import catalog
from ..slugs import digest, slug_of

Terms = tuple[tuple[Any, tuple[Any, ...]], ...]
"""Each term with its articles, by its slug."""

KINDS = ("categories", "tags", "authors")
"""Attributes of an article that hold terms."""

GENERAL = N_("General")
"""The category of an article that names none."""


class Vocabulary:
    """The terms of one section, each made once.

    settings: those of the section, which give each term its address.
    """

    def __init__(self, language: str, settings: Mapping[str, Any]) -> None:
        self._language = language
        self._settings = settings
        self._site: SiteConfig = settings["SITE"]
        self._terms: dict[tuple[str, str], Any] = {}
        self._slugs: set[tuple[str, str]] = set()

    def adopt(self, article: Any) -> None:
        """Give the article this section's terms in the place of those that it was read with."""
        for kind in KINDS:
            if hasattr(article, kind):
                mine = [self._term(kind, read) for read in getattr(article, kind)]
                setattr(article, kind, list(dict.fromkeys(mine)))
        if getattr(article, "categories", ()):
            article.category = article.categories[0]
        if getattr(article, "authors", ()):
            article.author = article.authors[0]

    def _term(self, kind: str, read: Any) -> Any:
        """Ours for the one that Pelican read."""
        key = (kind, name_key(read.name))
        if key not in self._terms:
            term = self._made(kind, " ".join(read.name.split()))
            term.count, term.lang, term.translations = 0, self._language, []
            # Under the name that it was read by, and under the one that it bears here.
            own = (kind, name_key(term.name))
            if own not in self._terms:
                self._terms[own] = self._placed(kind, term)
            self._terms[key] = self._terms[own]
        return self._terms[key]

    def _placed(self, kind: str, term: Any) -> Any:
        """With an address that no other name has."""
        term.slug = slug_of(term)
        if (kind, term.slug) in self._slugs:
            term.slug = f"{term.slug}-{digest(term.name)}"
        self._slugs.add((kind, term.slug))
        return term

    def _made(self, kind: str, name: str) -> Any:
        if kind == "categories":
            return self._category(name)
        return self._author(name) if kind == "authors" else self._tag(name)

    def _category(self, name: str) -> Any:
        """One that site.toml knows bears its name in this language; so does the general one."""
        known = self._site.category(name)
        term: Any = Category(self._text(known.name) if known else name, self._settings)
        term.identity = f"known {self._text_of_all(known.name)}" if known else ""
        term.description = self._text(known.description) if known else ""
        general = self._general(self._settings["DEFAULT_LANG"])
        if not known and name_key(name) == name_key(general):
            term.name, term.identity = self._general(self._language), GENERAL
        return term

    def _tag(self, name: str) -> Any:
        """A tag is a word: the same letters may mean another thing in another language."""
        term: Any = Tag(name, self._settings)
        term.identity = ""
        return term

    def _author(self, name: str) -> Any:
        known = self._site.author(name)
        term: Any = Author(known.name if known else name, self._settings)
        term.identity = name_key(term.name)
        term.position = self._text(known.position) if known else ""
        term.department = self._text(known.department) if known else ""
        term.about = self._text(known.about) if known else ""
        return term

    def _general(self, language: str) -> str:
        return str(catalog(self._settings, language).gettext(GENERAL))

    def _text(self, localized: dict[Any, str]) -> str:
        return self._site.text(localized, self._language)

    def _text_of_all(self, localized: dict[Any, str]) -> str:
        """The same whatever the language is."""
        return self._site.text(localized, self._site.default_language)


def listed(kind: str, articles: Iterable[Any], *, have_pages: bool) -> Terms:
    """The terms of the articles, each with its articles in the same order.

    have_pages: whether the settings give terms of this kind pages of their own.
    """
    found: dict[str, tuple[Any, list[Any]]] = {}
    for article in articles:
        for term in getattr(article, kind, ()):
            found.setdefault(term.slug, (term, []))[1].append(article)
    for term, some in found.values():
        term.count = len(some) if have_pages else 0
    return tuple((term, tuple(some)) for _, (term, some) in sorted(found.items()))


def relate(lists: Iterable[Terms]) -> None:
    """Make the same thing in the lists of several sections translations of each other."""
    same: dict[str, list[Any]] = {}
    for terms in lists:
        for term, _ in terms:
            if term.identity:
                same.setdefault(term.identity, []).append(term)
    for found in same.values():
        for term in found:
            term.translations = [other for other in found if other is not term]
