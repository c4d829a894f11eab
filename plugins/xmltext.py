"""Text in XML: which characters it can hold, and how they are written."""

import re
from xml.sax.saxutils import escape

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) has no way to write, not even as an entity."""
_QUOTE = {'"': "&quot;", "\r": "&#13;"}


def writable(text: str) -> str:
    """The text without them; one would spoil the whole document for its readers."""
    return _NOT_XML.sub("", text)


def escaped(text: str) -> str:
    """For an element or an attribute in double quotes."""
    return escape(writable(text), _QUOTE)
