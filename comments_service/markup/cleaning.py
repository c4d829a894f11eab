"""At the door: what is removed from a text before anything else looks at it."""

import re
import unicodedata
from collections.abc import Iterator

from ..domain.characters import LINE_END, MISLEADING, UNSAFE

MAX_MARKS = 8
"""Combining marks on one base. No writing needs more; "zalgo" text covers its neighbours."""

_FIRST_MARK = "\u0300"
"""Below it no character is a combining mark: most texts are seen through without a search."""

_SPACES = re.compile(r"\s+")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by category that show nothing: Hangul fillers and the empty Braille."""


def clean_line(text: str) -> str:
    """One line for a name or an address: NFC, single spaces, nothing unseen that misleads.

    Line ends and tabs become spaces; of more than MAX_MARKS combining marks the rest is
    dropped. May return "". Joiners and variation selectors stay (Persian, emoji).
    """
    text = LINE_END.sub(" ", text).replace("\t", " ")
    text = MISLEADING.sub("", UNSAFE.sub("", text))
    text = _without_piles(unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", text).strip()


def clean_body(text: str) -> str:
    """A text of several lines, ended by LF, without blank lines before and after it.

    Its other characters stay as they were written. May return "".
    """
    text = LINE_END.sub("\n", text)
    lines = MISLEADING.sub("", UNSAFE.sub("", text)).split("\n")
    written = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[written[0] : written[-1] + 1]) if written else ""


def clean_entity(char: str) -> str:
    """What an entity stands for, as the door would have let it in; "" if it would not."""
    return MISLEADING.sub("", UNSAFE.sub("", LINE_END.sub(" ", char)))


def is_visible(text: str) -> bool:
    """Whether a person sees anything: a letter, digit, punctuation mark or symbol."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in text)


def has_pile_of_marks(text: str) -> bool:
    """Whether any base carries more than MAX_MARKS combining marks."""
    return not _is_plain(text) and any(marks > MAX_MARKS for marks in _marks_carried(text))


def _without_piles(text: str) -> str:
    if _is_plain(text):
        return text
    carried = zip(text, _marks_carried(text), strict=True)
    return "".join(char for char, marks in carried if marks <= MAX_MARKS)


def _is_plain(text: str) -> bool:
    return max(text, default="") < _FIRST_MARK


def _marks_carried(text: str) -> Iterator[int]:
    """For each character, how many combining marks its base carries up to here."""
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category[0] == "M":
            marks += 1
            yield marks
            continue
        # Joiners are unseen: what follows one still stands on the same base.
        if category != "Cf":
            marks = 0
        yield 0
