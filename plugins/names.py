"""When two names are the same name, and the part of an address that stands for one.

Case, accents, the number of spaces and what nobody sees make no difference, the tilde of ñ does:
``Gestión  pública`` and ``gestion publica`` are one name; ``C``, ``C++`` and ``C#`` are three,
though an address can spell only one of them.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

DIGEST_CHARS = 8


def same(name: str) -> str:
    """What all spellings of one name have in common."""
    return " ".join(folded(name).split()) or name


def slug_of(term: Any) -> str:
    """Pelican's slug of a category, tag or author; of a name without a letter for it, a digest."""
    slug: str = term._normalize_key(term.name)  # `term.slug` would warn of an empty one
    return slug or digest(term.name)


def digest(name: str) -> str:
    """Hexadecimal digits that depend on the name and on nothing else."""
    return sha256(same(name).encode()).hexdigest()[:DIGEST_CHARS]


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
