"""Atom (RFC 4287), its replies by RFC 4685.

Written as text, piece by piece: a blog has a feed for each of its conversations, and a tree
of elements for each costs three times as much. Every value passes ``escaped``.
"""

from collections.abc import Iterator

from ..xmltext import escaped
from .values import Author, Entry, Feed, stamp

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"
TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document; the same feed gives the same bytes."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', *_feed(feed), ""]
    return "\n".join(lines).encode()


def _feed(feed: Feed) -> Iterator[str]:
    language = escaped(feed.language)
    yield f'<feed xmlns="{ATOM}" xmlns:thr="{THREADING}" xml:lang="{language}">'
    yield _element("id", feed.id)
    yield _element("title", feed.title)
    if feed.description:
        yield _element("subtitle", feed.description)
    yield _element("updated", stamp(feed.updated))
    yield _empty("link", rel="self", type=TYPE, href=feed.atom_url)
    yield _empty("link", rel="alternate", type="text/html", href=feed.page)
    yield _empty("link", rel="alternate", type=JSON_TYPE, href=feed.json_url)
    yield _author(Author(feed.author))
    for entry in feed.entries:
        yield from _entry(entry)
    yield "</feed>"


def _entry(entry: Entry) -> Iterator[str]:
    yield "<entry>"
    yield _element("id", entry.id)
    yield _element("title", entry.title)
    yield _element("published", stamp(entry.published))
    yield _element("updated", stamp(entry.updated))
    yield _empty("link", rel="alternate", type="text/html", href=entry.url)
    yield from map(_author, entry.authors)
    for tag in entry.tags:
        yield _empty("category", term=tag)
    for parent in entry.parents:
        yield _empty("thr:in-reply-to", ref=parent.ref, href=parent.href, type="text/html")
    if entry.summary:
        yield _element("summary", entry.summary)
    language = f' xml:lang="{escaped(entry.language)}"' if entry.language else ""
    yield f'<content type="html"{language}>{escaped(entry.html)}</content>'
    yield "</entry>"


def _author(author: Author) -> str:
    address = _element("uri", author.url) if author.url else ""
    return f"<author>{_element('name', author.name)}{address}</author>"


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{escaped(text)}</{tag}>"


def _empty(tag: str, **attributes: str) -> str:
    written = "".join(f' {name}="{escaped(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}/>"
