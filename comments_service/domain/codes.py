"""Short codes that people copy by hand: twelve characters, none of which looks like another."""

import re
import unicodedata

ALPHABET = "23456789ACDEFHJKMNPRTVWXY"
CODE_CHARS = 12
GROUP = 4

_LOOKS_LIKE = str.maketrans("0OQ1ILZSBGU", "DDDJJJ2586V")
"""What is in no code, read as the character of the alphabet that it resembles most."""

_MOST_TYPED = 100
_REFERENCE = re.compile(r"[^0-9]*20[0-9]{2}[^0-9A-Z]{0,3}[0-9]{6,}[^0-9A-Z]*")


def spelled(number: int) -> str:
    """The code of a number of at least 64 bits; what is above its 55 bits counts for nothing."""
    letters = []
    for _ in range(CODE_CHARS):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def in_groups(code: str) -> str:
    """``A7KD-93HM-PWX4``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """The code that somebody typed, with or without separators; "" when it can be none."""
    plain = _plain(typed)
    code = "".join(filter(str.isalnum, plain)).translate(_LOOKS_LIKE)
    is_whole = len(code) == CODE_CHARS and all(letter in ALPHABET for letter in code)
    return code if is_whole else ""


def is_reference(typed: str) -> bool:
    """Whether that is no code and looks like the reference beside it: ``2026-000123``."""
    return not read(typed) and _REFERENCE.fullmatch(_plain(typed)) is not None


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed[:_MOST_TYPED]).upper()
