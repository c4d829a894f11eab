"""Which articles link to which, read from their HTML once for all of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin

from ..texts import newest_first

_HREF = re.compile(r"<a\s(?:[^<>]*?\s)?href\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE)


def by_article(posts: Sequence[Any], sites: Sequence[str]) -> dict[Any, list[Any]]:
    """The articles that link to each article, newest first; none links to itself.

    posts: the published ones. sites: addresses of this blog, the one of this build first. A
    link may be whole, begin with ``/``, or be one of Pelican's ``{filename}``.
    """
    by_path = {_plain(post.url): post for post in posts}
    mentions: dict[Any, list[Any]] = {}
    for post in sorted(posts, key=newest_first):
        found = (by_path.get(path) for path in _paths(post, sites))
        for other in dict.fromkeys(each for each in found if each is not None):
            if other is not post:
                mentions.setdefault(other, []).append(post)
    return mentions


def _paths(post: Any, sites: Sequence[str]) -> Iterator[str]:
    """Where the links of an article lead to inside this blog."""
    here = f"{sites[0]}/{post.url}"
    for found in _HREF.finditer(post.content):
        address = urljoin(here, unescape(found[1] or found[2] or ""))
        yield from _inside(address, sites)


def _inside(address: str, sites: Iterable[str]) -> Iterator[str]:
    for site in sites:
        if address.startswith(f"{site}/"):
            yield _plain(address.removeprefix(f"{site}/"))
            return


def _plain(path: str) -> str:
    """One spelling for ``a/b/``, ``a/b``, ``a/b/index.html`` and ``a/b/#part``."""
    path = unquote(re.split("[?#]", path, maxsplit=1)[0])
    return path.removesuffix("index.html").strip("/")
