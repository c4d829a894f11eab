"""The feeds of articles: each section's, and each of its categories' and authors'.

A feed holds whole texts of its newest articles, and no count of anything: a comment changes
none of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from comments_service.config import SiteConfig

from ..pictures import picture_of
from ..sections.section import Section
from ..texts import Text, newest_first
from ..words import words
from .addresses import POSTS, FeedAddress, of_section
from .html import portable
from .ids import SCHEME_YEAR, entry_id, permanent_id
from .values import Author, Entry, Feed

BEGINNING = datetime(SCHEME_YEAR, 1, 1, tzinfo=UTC)
"""The date of a feed that never held anything: RFC 4287 wants one, and the clock is none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Articles that have a feed. name: what its id is made of; page: from the site's root."""

    path: FeedAddress
    name: tuple[str, ...]
    title: str
    page: str
    articles: Sequence[Any]


def feeds_of(
    sections: Iterable[Section], settings: Mapping[str, Any]
) -> Iterator[tuple[FeedAddress, Feed]]:
    """Every feed of articles, with its path from the site's root."""
    site: SiteConfig = settings["SITE"]
    site_url: str = settings["SITEURL"]
    entries = Entries(most_entries(settings))
    for section in sections:
        name = site.named(section.lang)
        for listed in _lists(section, name):
            address = listed.path.below(site_url)
            yield (
                listed.path,
                Feed(
                    id=permanent_id(site, *listed.name),
                    title=listed.title,
                    language=section.lang,
                    page=f"{site_url}/{listed.page}",
                    atom_url=address.atom,
                    json_url=address.json,
                    author=name,
                    since=BEGINNING,
                    entries=entries(listed.articles),
                    description=site.text(site.tagline, section.lang),
                ),
            )


def most_entries(settings: Mapping[str, Any]) -> int | None:
    """How many a feed holds at most, as Pelican reads it: no number is no limit."""
    return settings["FEED_MAX_ITEMS"] or None


def _lists(section: Section, site_name: str) -> Iterator[Listed]:
    path = of_section(section.prefix, POSTS)
    yield Listed(path, ("articles", section.lang), site_name, section.home, section.articles)
    for kind, terms in (("category", section.categories), ("author", section.authors)):
        for term, articles in terms:
            path = of_section(section.prefix, kind, term.slug)
            name = (kind, section.lang, term.slug)
            yield Listed(path, name, f"{term.name} · {site_name}", term.url, articles)


class Entries:
    """Articles as entries, each made once: it stands in several feeds."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._made: dict[int, Entry] = {}

    def __call__(self, articles: Sequence[Any]) -> tuple[Entry, ...]:
        """The newest ones, newest first, whatever the order of the list is."""
        newest = sorted(articles, key=newest_first)[: self._most]
        return tuple(self._entry(article) for article in newest)

    def _entry(self, article: Any) -> Entry:
        if id(article) not in self._made:
            self._made[id(article)] = entry_of(article)
        return self._made[id(article)]


def entry_of(article: Any) -> Entry:
    """An article with its whole text."""
    site_url = article.settings["SITEURL"]
    address = f"{site_url}/{article.url}"
    return Entry(
        id=entry_id(article),
        title=article.title,
        url=address,
        published=article.date,
        updated=changed(article),
        html=portable(article.content, address),
        summary=words(article.summary) if "summary" in article.metadata else "",
        authors=tuple(_author(each, site_url) for each in getattr(article, "authors", ())),
        tags=tuple(dict.fromkeys(_terms(article))),
        image=picture_of(article),
    )


def changed(text: Text) -> datetime:
    """When its author last changed it, as its header says."""
    date: datetime = getattr(text, "date", BEGINNING)
    modified: datetime = getattr(text, "modified", date)
    return max(date, modified)


def _author(author: Any, site_url: str) -> Author:
    return Author(author.name, f"{site_url}/{author.url}")


def _terms(article: Any) -> Iterator[str]:
    for term in (*getattr(article, "categories", ()), *getattr(article, "tags", ())):
        yield term.name
