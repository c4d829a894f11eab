"""Where feeds stand: each in two forms side by side, below the prefix of its section."""

from dataclasses import dataclass
from typing import Protocol

ATOM_SUFFIX = ".atom.xml"
JSON_SUFFIX = ".json"

POSTS = "all"
COMMENTS = "comentarios"


class Thread(Protocol):
    """What a feed's address depends on (``comments.views.Thread``)."""

    @property
    def feed_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """A feed's two forms. stem: what their addresses have in common."""

    stem: str

    @property
    def atom(self) -> str:
        return f"{self.stem}{ATOM_SUFFIX}"

    @property
    def json(self) -> str:
        return f"{self.stem}{JSON_SUFFIX}"

    def below(self, site_url: str) -> "FeedAddress":
        """The same with the site's address before it."""
        return FeedAddress(f"{site_url}/{self.stem}")


def of_section(prefix: str, name: str, slug: str = "") -> FeedAddress:
    """From the site's root.

    prefix: of the section, "" or ``eu/``. name: ``all``, ``comentarios``, ``category``,
    ``author``; the last two with the slug of theirs.
    """
    return FeedAddress(f"{prefix}feeds/{name}{f'/{slug}' if slug else ''}")


def of_thread(thread: Thread) -> FeedAddress:
    """From the site's root, for a conversation that has a feed."""
    return FeedAddress(thread.feed_path.removesuffix(ATOM_SUFFIX))
