"""bleach reads what nh3 read, under the same table: two parsers that share no code agree,
or the comment waits for a person. bleach has had its last release, so it is never alone."""

import re

import bleach
import html5lib

from ..domain.comments import Markup
from . import policy
from .rendering import rendering

_REL = re.compile(rf'(<a href="[^"<>]*") rel="{policy.LINK_REL}">')
"""Only ever a tag of nh3's: in a text it writes ``<`` as ``&lt;``."""


def agrees(body: str, markup: Markup) -> bool:
    """Whether bleach and nh3 leave the same page: the same tree to html5lib, a third parser.

    False also where one of them gives up: such a text is not shown without a person.
    """
    rendered = rendering(body, markup)
    try:
        bleached = _bleached(rendered.unsanitised).strip()
        # Mostly both wrote the very same letters, which are the same tree.
        return _REL.sub(r"\1>", rendered.html) == bleached or (
            _tree(rendered.html) == _tree(bleached)
        )
    except Exception:
        return False


def _bleached(html: str) -> str:
    # A new cleaner each time: it keeps state, and threads must not share one.
    return bleach.Cleaner(
        tags=frozenset(policy.TAGS),
        attributes=policy.allows,
        protocols=policy.SCHEMES,
        strip=True,
    ).clean(html)


def _tree(html: str) -> list[dict[str, object]]:
    """The tree as a flat list of tokens, without ``rel``, which only nh3 writes."""
    walker = html5lib.getTreeWalker("etree")
    tokens = []
    for token in walker(html5lib.parseFragment(html, treebuilder="etree")):
        if token["type"] == "StartTag":
            token["data"].pop((None, "rel"), None)
        tokens.append(token)
    return tokens
