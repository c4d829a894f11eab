"""What a built page shows. A comment is public when its page carries its exact digest.

A comment's element is any tag with ``id="comment-<id>"``. The id and its ``data-digest`` must
stand in double quotes in one tag: in the text of a comment ``<`` is escaped, and in the value
of an attribute ``"`` is, so that no reader can write such a tag.
"""

import re
from pathlib import Path

from ..domain.comments import ID_PATTERN

_ELEMENT = re.compile(rb'<[A-Za-z][^<>]*\sid="comment-(%b)"[^<>]*>' % ID_PATTERN.pattern.encode())
_SHOWN = re.compile(rb'\sdata-digest="([0-9a-f]{16})"')


def elements(html: bytes) -> dict[str, list[str]]:
    """Every comment that has an element, with its digests ("" for an element without)."""
    found: dict[str, list[str]] = {}
    for tag in _ELEMENT.finditer(html):
        digests = _SHOWN.findall(tag[0]) or [b""]
        found.setdefault(tag[1].decode(), []).extend(each.decode() for each in digests)
    return found


def page(output: Path, url: str) -> bytes | None:
    """The bytes of the page's file; None when there is none inside ``output``."""
    try:
        root = output.resolve()
        name = "index.html" if url.endswith("/") else ""
        path = (root / url.strip("/") / name).resolve()
        return path.read_bytes() if path.is_relative_to(root) else None
    except (OSError, ValueError):  # ValueError: a NUL in the address
        return None
