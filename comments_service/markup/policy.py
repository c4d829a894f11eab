"""What HTML a comment may hold: one table, read by both sanitisers."""

import re
from collections.abc import Callable, Mapping

from ..domain.addresses import is_web_address


def _is_list_start(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) is not None


TAGS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "p": {},
    "br": {},
    "em": {},
    "strong": {},
    "a": {"href": is_web_address},
    "code": {},
    "pre": {},
    "blockquote": {},
    "ul": {},
    "ol": {"start": _is_list_start},
    "li": {},
}
"""Tag -> attribute -> which of its values may stay. Everything else goes, and no exception
is made: no id, name, class or style (they could stand in for ours), no image, no heading."""

SCHEMES = frozenset({"http", "https"})

LINK_REL = "nofollow ugc noopener"
"""On every link: Google's "ugc" and "nofollow" make link spam worthless."""


def allows(tag: str, attribute: str, value: str) -> bool:
    """Whether this attribute with this value may stay on this tag."""
    allowed = TAGS.get(tag, {}).get(attribute)
    return allowed is not None and allowed(value)
