"""Feeds: Atom and, beside it, JSON Feed; of articles here, of comments in ``comments.feeds``.

    values     what a feed says
    ids        permanent ids
    atom, json_feed   the two forms
    html       an article's text as it can stand elsewhere
    articles   the feeds of sections, categories and authors
    addresses  where they stand

In templates: ``feed_of("all")``, ``feed_of("category", category.slug)``... of the page's section,
and ``feed_of_thread(article.thread)``: whole addresses, ``.atom`` and ``.json``.
"""

from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from pelican import Pelican, signals
from pelican.generators import Generator

from ..sections.switch import page_section
from .addresses import FeedAddress, of_section, of_thread
from .articles import feeds_of
from .ids import entry_id, permanent_id
from .writing import write

__all__ = ["entry_id", "permanent_id"]


class FeedGenerator(Generator):
    """Writes the feeds of articles."""

    def generate_output(self, writer: object) -> None:
        """Called by Pelican after the pages were written."""
        for path, feed in feeds_of(self.context["sections"].values(), self.settings):
            write(Path(self.output_path), path, feed)


@pass_context
def feed_of(context: Context, name: str, slug: str = "") -> FeedAddress:
    """``all``, ``comentarios``, ``category`` or ``author`` of the page's section."""
    return of_section(page_section(context).prefix, name, slug).below(context["SITEURL"])


def feed_of_thread(thread: Any) -> FeedAddress | None:
    """The feed of a conversation; none where nobody ever spoke: most conversations of a large
    blog are silent, and each file costs half a millisecond."""
    return of_thread(thread).below(thread.site_url) if thread and thread.feed_path else None


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the functions."""
    generator.env.globals.update(feed_of=feed_of, feed_of_thread=feed_of_thread)


def add_generator(pelican: Pelican) -> type[Generator]:
    return FeedGenerator


def register() -> None:
    signals.generator_init.connect(install)
    signals.get_generators.connect(add_generator)
