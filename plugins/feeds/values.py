"""What a feed says, whichever form it is written in.

Plain values: ``atom`` and ``json_feed`` write them and know nothing of Pelican. All texts are
plain and untrusted, except ``Entry.html``.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks. name: with position and department where they speak for the institution."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """What an entry replies to (RFC 4685). ref: the id of that entry; href: its page."""

    ref: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article or comment.

    id: permanent (``ids``). url: whole address. html: safe, its links whole addresses.
    published, updated: aware. language: where it is not the feed's. image: whole address.
    """

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime
    html: str
    summary: str = ""
    authors: tuple[Author, ...] = ()
    language: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands above the entries, and these, in their order.

    id: permanent. page: address of what it is the feed of. atom_url, json_url: its own
    addresses; the second is "" where there is no such form. author: speaks where an entry
    names nobody. since: its date while it is empty.
    """

    id: str
    title: str
    language: str
    page: str
    atom_url: str
    json_url: str
    author: str
    since: datetime
    entries: tuple[Entry, ...] = ()
    description: str = ""

    @property
    def updated(self) -> datetime:
        """Of what it holds, never of the build."""
        return max((entry.updated for entry in self.entries), default=self.since)


def stamp(moment: datetime) -> str:
    """RFC 3339, whole seconds."""
    return moment.isoformat("T", "seconds")
