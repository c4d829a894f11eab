"""JSON Feed 1.1 (jsonfeed.org/version/1.1).

It has no words for replies: an item says in an object of our own, ``_thread``, what RFC 4685
says in Atom.
"""

import json
from typing import Any

from ..xmltext import writable
from .values import Author, Entry, Feed, stamp

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON document; the same feed gives the same bytes."""
    document = _present(
        version=VERSION,
        title=feed.title,
        home_page_url=feed.page,
        feed_url=feed.json_url,
        description=feed.description,
        language=feed.language,
        authors=[{"name": feed.author}],
    )
    document["items"] = [_item(entry) for entry in feed.entries]  # named even when empty
    # On one line: with indentation Python's encoder is five times as slow.
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    parents = [{"ref": parent.ref, "href": parent.href} for parent in entry.parents]
    return _present(
        id=entry.id,
        url=entry.url,
        title=entry.title,
        content_html=entry.html,
        summary=entry.summary,
        image=entry.image,
        date_published=stamp(entry.published),
        date_modified=stamp(entry.updated),
        authors=[_author(author) for author in entry.authors],
        tags=[writable(tag) for tag in entry.tags],
        language=entry.language,
        _thread={"in_reply_to": parents} if parents else None,
    )


def _author(author: Author) -> dict[str, Any]:
    return _present(name=author.name, url=author.url)


def _present(**members: Any) -> dict[str, Any]:
    """Without those that say nothing.

    Both forms of a feed say the same, so what Atom cannot write is in neither.
    """
    return {
        name: writable(value) if isinstance(value, str) else value
        for name, value in members.items()
        if value
    }
