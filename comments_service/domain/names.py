"""When two names are the same name.

Case, accents, the number of spaces and what nobody sees make no difference, the tilde of ñ does:
``Gestión  pública`` and ``gestion publica`` are one name; ``C``, ``C++`` and ``C#`` are three.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache


def name_key(name: str) -> str:
    """What all spellings of one name have in common."""
    return " ".join(folded(name).split()) or name


def skeleton(name: str) -> str:
    """What a name looks like at a glance: two with the same one are easily taken for each other.

    Source: Unicode TS #39, section 4; of its table those letters of Greek and Cyrillic, and
    figures, that look like Latin letters.
    """
    seen = folded(name.translate(_LOOKS_LIKE)).translate(_LOOKS_LIKE)
    plain = "".join(char for char in seen if char.isalnum())
    return plain.replace("rn", "m").replace("vv", "w") or name


_LOOKS_LIKE = str.maketrans(
    {
        **dict(zip("АВЕЅІЈКМНОРСТУХ", "abesljkmhopctyx", strict=True)),
        **dict(zip("аеѕіјкорсухԁһԛԝ", "aesljkopcyxdhqw", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhlkmnoptyx", strict=True)),
        **dict(zip("αγηικνορτυ", "aynlkvoptu", strict=True)),
        **dict(zip("0135Iiıłø@$|", "oleslllloasl", strict=True)),
    }
)


def folded(text: str) -> str:
    """Without case, accents and invisible characters; ñ stays what it is."""
    return "".join(fold(letter) for letter in letters(text))


def letters(text: str, start: int = 0) -> Iterator[str]:
    """Each character with the marks that it carries."""
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        yield text[start:end]
        start = end


@lru_cache(maxsize=4096)
def fold(letter: str) -> str:
    """One of ``letters``, folded; "" for an invisible one."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    kept = [
        char
        for place, char in enumerate(parts)
        if (unicodedata.category(char)[0] != "M" and not is_invisible(char))
        or (char == "\u0303" and parts[:place] == "n")
    ]
    return unicodedata.normalize("NFC", "".join(kept))


def is_invisible(char: str) -> bool:
    """Whether it only tells how to join or break others: U+200B, U+200D, the soft hyphen..."""
    return unicodedata.category(char) == "Cf"
