"""What a built page shows. A comment is public when its page carries its exact digest."""

import re
from pathlib import Path

from ..domain.comments import ID_PATTERN

_DIGEST = re.compile(r"[0-9a-f]{16}")


def shows(output: Path, url: str, comment_id: str, digest: str) -> bool:
    """Whether the page at ``url`` has an element of this comment in this wording.

    output: folder of the built site; url: path from its root, ``/2026/11/slug/``.
    The element is any tag with ``id="comment-<id>"`` and ``data-digest="<digest>"``. Both
    must stand in double quotes in one tag: in the text of a comment ``<`` is escaped, and
    in the value of an attribute ``"`` is, so that no reader can write such a tag.
    """
    if not ID_PATTERN.fullmatch(comment_id) or not _DIGEST.fullmatch(digest):
        return False
    html = _page(output, url)
    anchor = f'id="comment-{comment_id}"'.encode()
    shown = re.compile(
        rb'<[A-Za-z](?=[^<>]*\s%b)[^<>]*\sdata-digest="%b"[^<>]*>' % (anchor, digest.encode())
    )
    at = html.find(anchor)
    while at >= 0:
        if shown.match(html, html.rfind(b"<", 0, at)):
            return True
        at = html.find(anchor, at + 1)
    return False


def _page(output: Path, url: str) -> bytes:
    """The bytes of the page's file; nothing when there is none inside ``output``."""
    try:
        root = output.resolve()
        name = "index.html" if url.endswith("/") else ""
        path = (root / url.strip("/") / name).resolve()
        return path.read_bytes() if path.is_relative_to(root) else b""
    except (OSError, ValueError):  # ValueError: a NUL in the address
        return b""
