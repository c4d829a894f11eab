"""The part of an address that stands for a category, a tag or an author.

An address can spell only one of ``C``, ``C++`` and ``C#``: the others get a digest.
"""

from hashlib import sha256
from typing import Any

from comments_service.domain.names import name_key

DIGEST_CHARS = 8


def slug_of(term: Any) -> str:
    """Pelican's slug of a category, tag or author; of a name without a letter for it, a digest."""
    slug: str = term._normalize_key(term.name)  # `term.slug` would warn of an empty one
    return slug or digest(term.name)


def digest(name: str) -> str:
    """Hexadecimal digits that depend on the name and on nothing else."""
    return sha256(name_key(name).encode()).hexdigest()[:DIGEST_CHARS]
