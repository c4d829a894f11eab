"""The words of a text as search knows them, and what tells equal texts and people apart.

Case, accents and what nobody sees make no difference, the tilde of ñ does (``names.folded``).
"""

import hashlib
import re

from .names import folded

MAX_WORD_CHARS = 64
KEY_CHARS = 16

_RUN = re.compile(r"[^\W_]+")
_KNOWN_EVERYWHERE = "\u0250"
"""Databases know the letters before this one; of rarer scripts each knows others."""


def words(text: str) -> list[str]:
    """The words of a text in its order, folded, as both databases keep them apart."""
    return [_kept(found[:MAX_WORD_CHARS]) for found in _RUN.findall(folded(text))]


def text_key(body: str) -> str | None:
    """The same for all texts with the same words in the same order; None: it has no words."""
    found = words(body)
    return _key(" ".join(found)) if found else None


def name_key(thread: str, author: str) -> str | None:
    """The same for one name within one conversation; None: it has no letters."""
    found = words(author)
    return _key(f"{thread}\n{' '.join(found)}") if found else None


def _kept(word: str) -> str:
    """Letters that one of the databases might take for a space are spelt in figures."""
    if max(word) < _KNOWN_EVERYWHERE:
        return word
    return "x" + word.encode().hex()


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_CHARS]
