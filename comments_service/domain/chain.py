"""Chains of what happened: each entry's hash covers the one before, and seals cover the chains.

Events of a case and entries of the journal are chained by the same rule, so that a changed,
missing or added one shows. A seal names the newest entry of every chain that grew and is
chained to the seal before: what was sealed once cannot be written anew unnoticed by whoever
kept a seal's hash. Texts stand apart under a salted digest and may be erased.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Data = Mapping[str, str | int | None]
"""Codes, numbers and ids; never a person's text."""

JOURNAL = 0
"""The journal's number among the chains; a case's chain has the number of the case."""

SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry of a chain exactly as it is stored, sound or not.

    seq: from 1 within the chain. at: whole seconds since 1970. data: JSON.
    """

    chain: int
    seq: int
    at: int
    kind: str
    actor: str
    data: str
    text_digest: str | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain when a seal was taken."""

    chain: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """id: from 1 without gaps. at: whole seconds since 1970. digest: of its heads, by chain."""

    id: int
    at: int
    heads: int
    digest: str
    previous: str
    hash: str


def data_json(data: Data) -> str:
    """The one spelling of an entry's data: what is stored and what is hashed."""
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def text_digest(salt: bytes, text: str) -> str:
    """Hexadecimal SHA-256 of salt and text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def link_hash(link: Link) -> str:
    """What binds an entry to the one before: the hash of all the rest of it."""
    return _hash_of(
        link.previous,
        link.chain,
        link.seq,
        link.at,
        link.kind,
        link.actor,
        link.data,
        link.text_digest or "",
    )


def first_fault(links: Iterable[Link]) -> int | None:
    """The place from 1 on at which the entries of one chain are not what was written; None:
    they are all there, in order and unchanged."""
    previous = ""
    for place, link in enumerate(links, 1):
        if link.previous != previous or link.seq != place or not is_itself(link):
            return place
        previous = link.hash
    return None


def is_itself(link: Link) -> bool:
    """Whether an entry says what it said when it was written; not whether it has its place."""
    # An empty digest is hashed like none at all.
    return link.text_digest != "" and link.hash == link_hash(link)


def heads_digest(heads: Iterable[Head]) -> str:
    """Hexadecimal SHA-256 of the heads, which come in the order of their chains."""
    digest = hashlib.sha256()
    for head in heads:
        digest.update(f"{head.chain}\x1f{head.seq}\x1f{head.hash}\n".encode())
    return digest.hexdigest()


def seal(previous: Seal | None, heads: Iterable[Head], at: int) -> tuple[Seal, list[Head]]:
    """The next seal over the heads of all chains that grew, and the heads in order."""
    ordered = sorted(heads, key=lambda head: head.chain)
    number, before = (previous.id + 1, previous.hash) if previous else (1, "")
    digest = heads_digest(ordered)
    hashed = _hash_of(before, number, at, len(ordered), digest)
    made = Seal(id=number, at=at, heads=len(ordered), digest=digest, previous=before, hash=hashed)
    return made, ordered


def follows(seal: Seal, previous: Seal | None) -> bool:
    """Whether a seal is unchanged and the next one after ``previous`` (None: the first)."""
    number, before = (previous.id + 1, previous.hash) if previous else (1, "")
    hashed = _hash_of(before, number, seal.at, seal.heads, seal.digest)
    return (seal.id, seal.previous, seal.hash) == (number, before, hashed)


def _hash_of(*fields: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, fields)).encode()).hexdigest()
