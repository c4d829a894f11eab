"""Where feeds stand: each in two forms side by side, below the prefix of its section."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

ATOM_SUFFIX = ".atom.xml"
JSON_SUFFIX = ".json"

POSTS = "all"
COMMENTS = "comentarios"


class Thread(Protocol):
    """What a feed's address depends on (``comments.views.Thread``)."""

    @property
    def feed_path(self) -> str: ...
    @property
    def comments(self) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """A feed's two forms. stem: what their addresses have in common.

    alone: there is no JSON beside the Atom.
    """

    stem: str
    alone: bool = False

    @property
    def atom(self) -> str:
        return f"{self.stem}{ATOM_SUFFIX}"

    @property
    def json(self) -> str:
        """An empty text when there is none."""
        return "" if self.alone else f"{self.stem}{JSON_SUFFIX}"

    def below(self, site_url: str) -> "FeedAddress":
        """The same with the site's address before it."""
        return replace(self, stem=f"{site_url}/{self.stem}")


def of_section(prefix: str, name: str, slug: str = "") -> FeedAddress:
    """From the site's root.

    prefix: of the section, "" or ``eu/``. name: ``all``, ``comentarios``, ``category``,
    ``author``; the last two with the slug of theirs.
    """
    return FeedAddress(f"{prefix}feeds/{name}{f'/{slug}' if slug else ''}")


def of_thread(thread: Thread) -> FeedAddress:
    """From the site's root. Where nobody ever spoke, there is nothing to have in two forms:
    most conversations of a large blog are silent, and each file costs half a millisecond."""
    stem = thread.feed_path.removesuffix(ATOM_SUFFIX)
    return FeedAddress(stem, alone=not thread.comments)
