"""Characters that a text from outside may not carry, where a line ends, and what a text file is.

Sources: XML 1.0, section 2.2 (a feed with such a control cannot be read at all);
The Unicode Standard, 23.7 (noncharacters); UAX #9, section 2 (bidirectional controls,
which turn round what stands beside them on the page).
"""

import json
import re

from ..errors import N_, Fault

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BYTE_ORDER_MARK = "\ufeff"

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Whatever some program takes for the end of a line."""

UNSAFE = re.compile(f"[{_CONTROLS}{_SURROGATES}{_NONCHARACTERS}]")
"""What no page, feed or file may carry. Tab and LF are not in it."""

MISLEADING = re.compile(f"[{_BIDI_CONTROLS}{_BYTE_ORDER_MARK}]")
"""What can be written down, but is unseen and changes what is seen."""


def json_of(value: object) -> str:
    """On one line, with what is unseen and misleads spelt out, for whoever reads the file or its
    changes."""
    text = json.dumps(value, ensure_ascii=False)
    return MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def is_one_line(text: str) -> bool:
    """Whether the text can stand in a header: no line end, no tab, nothing unsafe."""
    return not ("\t" in text or UNSAFE.search(text) or LINE_END.search(text))


def text_of_file(data: bytes) -> str:
    """The text of a file of ours: UTF-8 with LF, no byte order mark, no NUL.

    Raises Fault, about the file as a whole.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("", N_("must be in UTF-8")) from error
    if "\0" in text:
        raise Fault("", N_("holds a character that is no text (NUL)"))
    if "\r" in text:
        raise Fault("", N_("must end its lines with LF alone, not with CR or CRLF"))
    if text.startswith(_BYTE_ORDER_MARK):
        raise Fault("", N_("must begin without a byte order mark"))
    return text
