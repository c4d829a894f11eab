"""Comments as Atom (RFC 4287), threaded by RFC 4685: one feed for each text, one for all.

Newest first. Ids are permanent; nothing in a feed depends on the time of the build, except
the date of a feed for a site or page where nobody has said anything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from posixpath import splitext
from typing import Any
from xml.etree import ElementTree as ET

from comments_service.config import Catalog, SiteConfig

from ..feeds import entry_id, permanent_id
from ..languages import catalog
from ..texts import Text
from .keys import Group
from .views import CommentView

NAME = "comentarios.atom.xml"
SITE_FEED = f"feeds/{NAME}"
MAX_ENTRIES = 50

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) has no way to write."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, the text that it is about, and the address of that text."""

    comment: CommentView
    about: Text
    page: str

    @property
    def changed(self) -> datetime:
        return self.comment.edited or self.comment.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands above the entries. silent_since: its date while nothing was said."""

    id: str
    title: str
    language: str
    page: str
    address: str
    silent_since: datetime


def path_of(url: str) -> str:
    """Path of the feed for the text at ``url``: beside it, whatever its form is."""
    folder = url if url.endswith("/") or not url else f"{splitext(url)[0]}/"
    return f"{folder}{NAME}"


def write(output: Path, groups: Iterable[Group], settings: Mapping[str, Any]) -> None:
    """Write the feed of each text that has one, and the site's."""
    everything: list[Said] = []
    for group in groups:
        said = list(_said(group.original))
        everything += said
        if path := group.original.thread.feed_path:
            _write(output / path, _of_thread(group, settings), said, settings)
    _write(output / SITE_FEED, _of_site(settings), everything, settings)


def _said(text: Text) -> Iterator[Said]:
    page = f"{text.thread.site_url}/{text.url}"
    for branch in text.thread.comments:
        for comment in (branch.top, *branch.replies):
            if not comment.withdrawn:
                yield Said(comment, text, page)


def _of_thread(group: Group, settings: Mapping[str, Any]) -> Feed:
    text = group.original
    title = catalog(settings, text.lang).gettext("Comments on «%(title)s»")
    return Feed(
        id=permanent_id(settings["SITE"], "comments", group.key),
        title=title % {"title": text.title},
        language=text.lang,
        page=f"{settings['SITEURL']}/{text.url}",
        address=text.thread.feed_url,
        silent_since=getattr(text, "date", settings["NOW"]),
    )


def _of_site(settings: Mapping[str, Any]) -> Feed:
    site: SiteConfig = settings["SITE"]
    title = catalog(settings, site.default_language).gettext("Comments on «%(title)s»")
    return Feed(
        id=permanent_id(site, "comments"),
        title=title % {"title": site.name},
        language=site.default_language,
        page=f"{settings['SITEURL']}/",
        address=f"{settings['SITEURL']}/{SITE_FEED}",
        silent_since=settings["NOW"],
    )


def _write(path: Path, feed: Feed, said: Iterable[Said], settings: Mapping[str, Any]) -> None:
    # By date of writing: a correction moves nothing.
    newest = sorted(said, key=lambda each: (each.comment.date, each.comment.id), reverse=True)
    messages = catalog(settings, feed.language)
    root = _atom(feed, newest[:MAX_ENTRIES], settings["SITE"], messages)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(ET.tostring(root, "utf-8", xml_declaration=True) + b"\n")


def _atom(feed: Feed, said: list[Said], site: SiteConfig, messages: Catalog) -> ET.Element:
    root = ET.Element("feed", {"xmlns": ATOM, "xmlns:thr": THREADING, "xml:lang": feed.language})
    updated = max((each.changed for each in said), default=feed.silent_since)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", updated.isoformat("T", "seconds"))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", site.name)
    for each in said:
        _add_entry(root, each, site, messages)
    return root


def _add_entry(root: ET.Element, said: Said, site: SiteConfig, messages: Catalog) -> None:
    comment, about = said.comment, said.about
    entry = _add(root, "entry")
    title = messages.gettext("%(author)s on «%(title)s»")
    _add(entry, "id", _id(site, comment))
    _add(entry, "title", title % {"author": comment.author, "title": about.title})
    _add(entry, "published", comment.date.isoformat("T", "seconds"))
    _add(entry, "updated", said.changed.isoformat("T", "seconds"))
    _add(entry, "link", rel="alternate", type="text/html", href=f"{said.page}#{comment.anchor}")
    author = _add(entry, "author")
    _add(author, "name", comment.author)
    if comment.url:
        _add(author, "uri", comment.url)
    for ref, href in _replied_to(said, site):
        _add(entry, "thr:in-reply-to", ref=ref, href=href, type="text/html")
    language = {"xml:lang": comment.lang} if comment.lang else {}
    _add(entry, "content", str(comment.html), type="html", **language)


def _replied_to(said: Said, site: SiteConfig) -> Iterator[tuple[str, str]]:
    """Ids and addresses: the parent's, if it still says something, and the text's."""
    parent = said.comment.parent
    if parent is not None and not parent.withdrawn:
        yield _id(site, parent), f"{said.page}#{parent.anchor}"
    yield entry_id(said.about), said.page


def _id(site: SiteConfig, comment: CommentView) -> str:
    return permanent_id(site, "comment", comment.id)


def _add(parent: ET.Element, tag: str, content: str | None = None, **given: str) -> ET.Element:
    """A new last child, its text and attributes escaped once when it is written."""
    child = ET.SubElement(parent, tag, given)
    child.text = _NOT_XML.sub("", content) if content is not None else None
    return child
