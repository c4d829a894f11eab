"""``sitemap.xml`` (sitemaps.org 0.9) and ``robots.txt``.

All public articles, pages, rules and first pages of lists, each with its other languages. Its
date is that of the text, or of the newest in a list: not the build's and no comment's, so that
neither changes a sitemap.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from pelican import Pelican, signals
from pelican.generators import Generator

from .comments.keys import Group
from .feeds.articles import changed
from .feeds.values import stamp
from .languages import Places
from .sections.pages import ListPage
from .xmltext import escaped

MAX_ADDRESSES = 50_000
"""In one file (sitemaps.org)."""
NAME = "sitemap.xml"

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"

SERVICE = ("comentar", "seguimiento", "seguir", "correo", "correos", "departamento", "gestion")
"""The first parts of the service's addresses: forms, private pages, staff's."""


@dataclass(frozen=True, slots=True)
class Address:
    """One public page. url: whole. places: it in every language, whole addresses, itself too."""

    url: str
    changed: datetime | None = None
    places: Places = ()


def sitemaps(found: Sequence[Address], site_url: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file: one, or an index and as many as it takes."""
    if len(found) <= MAX_ADDRESSES:
        yield NAME, _sitemap(found)
        return
    remaining = iter(found)
    parts: list[Address] = []
    while some := list(islice(remaining, MAX_ADDRESSES)):
        name = f"sitemap-{len(parts) + 1}.xml"
        newest = max((each.changed for each in some if each.changed), default=None)
        parts.append(Address(f"{site_url}/{name}", newest))
        yield name, _sitemap(some)
    yield NAME, _document("sitemapindex", (_entry("sitemap", each) for each in parts))


def _sitemap(found: Iterable[Address]) -> bytes:
    return _document("urlset", (_entry("url", each) for each in found))


def _document(root: str, entries: Iterable[str]) -> bytes:
    start = f'<{root} xmlns="{SITEMAPS}" xmlns:xhtml="{XHTML}">'
    lines = ['<?xml version="1.0" encoding="utf-8"?>', start, *entries, f"</{root}>", ""]
    return "\n".join(lines).encode()


def _entry(tag: str, address: Address) -> str:
    newest = f"<lastmod>{stamp(address.changed)}</lastmod>" if address.changed else ""
    links = "".join(_alternates(address.places))
    return f"<{tag}><loc>{escaped(address.url)}</loc>{newest}{links}</{tag}>"


def _alternates(places: Places) -> Iterator[str]:
    """Whoever reads none of the languages is sent to the institution's first."""
    for language, url in [*places, *[("x-default", url) for _, url in places[:1]]]:
        yield f'<xhtml:link rel="alternate" hreflang="{language}" href="{escaped(url)}"/>'


def robots(site_url: str) -> str:
    """What crawlers keep away from, and where the sitemap is."""
    prefix = urlsplit(site_url).path
    closed = [f"Disallow: {prefix}/{part}/" for part in SERVICE]
    return "\n".join(["User-agent: *", *closed, "", f"Sitemap: {site_url}/{NAME}", ""])


class SitemapGenerator(Generator):
    """Writes both. It comes after ``sections``, which says what lists there are."""

    def generate_output(self, writer: object) -> None:
        """Called by Pelican after the pages were written."""
        output, site_url = Path(self.output_path), self.settings["SITEURL"]
        found = [*self._lists(self.context["list_pages"]), *self._rules(), *self._texts()]
        for name, data in sitemaps(found, site_url):
            (output / name).write_bytes(data)
        (output / "robots.txt").write_text(robots(site_url), "utf-8", newline="\n")

    def _lists(self, pages: Iterable[ListPage]) -> Iterator[Address]:
        for page in pages:
            if page.number == 1:
                newest = max(map(changed, page.values.get("articles", ())), default=None)
                yield self._address(page.url, page.save_as, newest)

    def _rules(self) -> Iterator[Address]:
        for page in self.context["rulebook"].pages:
            yield self._address(page.url, page.save_as, None)

    def _texts(self) -> Iterator[Address]:
        groups: list[Group] = self.context["conversations"]
        for text in (text for group in groups for text in group.published):
            dated = hasattr(text, "date") or hasattr(text, "modified")
            yield self._address(text.url, text.save_as, changed(text) if dated else None)

    def _address(self, url: str, save_as: str, newest: datetime | None) -> Address:
        site_url = self.settings["SITEURL"]
        places: Places = self.context["page_places"].get(save_as, ())
        if len(places) < 2:
            places = ()
        whole = tuple((language, f"{site_url}/{path}") for language, path in places)
        return Address(f"{site_url}/{url}", newest, whole)


def add_generator(pelican: Pelican) -> type[Generator]:
    return SitemapGenerator


def register() -> None:
    signals.get_generators.connect(add_generator)
