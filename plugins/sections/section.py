"""A section: the lists of one language, below its own prefix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pelican.utils import order_content

from comments_service.config import SiteConfig

from ..texts import Text, articles, newest_first
from .addresses import Addresses, address_settings, addresses, prefix_of, section_settings
from .periods import Year, years
from .terms import KINDS, Terms, Vocabulary, listed, relate


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Section:
    """The public articles of one language and how they are listed.

    prefix: what its addresses begin with: "" for the first language, else like ``eu/``.
    articles: as ``ARTICLE_ORDER_BY`` says. settings: Pelican's, with the section's addresses.
    """

    lang: str
    prefix: str
    articles: tuple[Text, ...]
    categories: Terms
    tags: Terms
    authors: Terms
    years: tuple[Year, ...]
    addresses: Addresses
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def home(self) -> str:
        """Its address from the site's root."""
        return str(self.settings["INDEX_URL"])

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of Pelican's that hold lists, or the addresses of lists."""
        urls = address_settings(self.lang, self.prefix)
        return {
            "articles": list(self.articles),
            "dates": list(self.articles),
            "categories": list(self.categories),
            "tags": list(self.tags),
            "authors": list(self.authors),
            **{name: self.settings[name] for name in urls},
        }


def make_sections(generator: Any) -> dict[str, Section]:
    """A section for the first language and for each other with public articles.

    Every article, drafts too, gets the terms of its section.
    """
    settings = generator.settings
    site: SiteConfig = settings["SITE"]
    public = order_content(
        [*generator.articles, *generator.translations], settings["ARTICLE_ORDER_BY"]
    )
    spoken = {article.lang for article in public} | {site.default_language}
    vocabularies: dict[str, Vocabulary] = {
        language: Vocabulary(language, section_settings(settings, language))
        for language in site.languages
        if language in spoken
    }
    # The first to name a term gives it its spelling and its address: those that readers see, so
    # that neither changes with a new article.
    oldest_first: list[Any] = sorted(public, key=newest_first, reverse=True)
    others = sorted(articles(generator), key=lambda article: str(article.source_path))
    for article in dict.fromkeys([*oldest_first, *others]):
        vocabularies.get(article.lang, vocabularies[site.default_language]).adopt(article)
    sections = {
        language: _section(language, [each for each in public if each.lang == language], settings)
        for language in vocabularies
    }
    for kind in KINDS:
        relate([getattr(section, kind) for section in sections.values()])
    return sections


def _section(language: str, own: list[Any], settings: Mapping[str, Any]) -> Section:
    settings = section_settings(settings, language)
    return Section(
        lang=language,
        prefix=prefix_of(language, settings["DEFAULT_LANG"]),
        articles=tuple(own),
        categories=listed("categories", own, have_pages=bool(settings["CATEGORY_SAVE_AS"])),
        tags=listed("tags", own, have_pages=bool(settings["TAG_SAVE_AS"])),
        authors=listed("authors", own, have_pages=bool(settings["AUTHOR_SAVE_AS"])),
        years=years(own, settings),
        addresses=addresses(settings),
        settings=settings,
    )
