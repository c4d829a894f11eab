"""The one rule for web addresses from outside: those that a page may link to."""

import re
from urllib.parse import unquote, urlsplit

from .characters import LINE_END, MISLEADING, UNSAFE

_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"https?://{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?"
    r"(?:[/?#][a-z0-9._~:/?#@!$&'()*+,;=%-]*)?",
    re.ASCII | re.IGNORECASE,
)


def is_web_address(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) address that is safe in an attribute.

    ASCII as RFC 3986 has it: other letters percent-encoded, a host in Punycode. Refused:
    every other scheme, relative addresses, a user name or password (the host that a person
    reads is not the host that is opened), IPv6, ``{`` and ``|`` (Pelican would put a file of
    the repository in the place of ``{static}`` and ``|filename|``), and controls or
    bidirectional marks in percent-encoding.
    """
    if not _ADDRESS.fullmatch(url):
        return False
    decoded = unquote(url)
    if UNSAFE.search(decoded) or MISLEADING.search(decoded) or LINE_END.search(decoded):
        return False
    try:
        # A second reading of the same text: both must find a host and no user.
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.username is None and (parts.port or 1) <= 65535
    except ValueError:
        return False
