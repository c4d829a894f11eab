"""What an article has beyond its text: its place among the others, and what its header adds.

    written    the header: the question to readers, the event, the name of the series
    series     ``Serie:``: which part an article is, and the others
    mentioned  which articles link to this one
    related    which articles speak of the same things
    calendar   the event as a file for calendars
    quotations a quotation with its source, in Markdown
    tables     tables that the keyboard can move

In templates, on every article, drafts too: ``question``, ``event``, ``calendar``, ``series``,
``previous`` and ``next`` (older and newer, in its language), ``mentioned_by``, ``related``.
Each is made once for all articles, so that one more article costs what one costs.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, Generator

from ..texts import articles, newest_first
from . import calendar, mentioned, related, series, written


def attach(generators: list[Generator]) -> None:
    """Give every article its neighbours; only published ones are anybody's neighbours."""
    for generator in generators:
        if isinstance(generator, ArticlesGenerator):
            for article in articles(generator):
                _alone(article)
                calendar.place(article, generator.context)
            _place([*generator.articles, *generator.translations], generator.settings)


def _alone(article: Any) -> None:
    """As an article stands that no list has; a header of the same name means nothing."""
    article.previous = article.next = article.series = None
    article.mentioned_by = article.related = ()


def _place(published: list[Any], settings: Any) -> None:
    mentions = mentioned.by_article(published, [settings["SITEURL"], settings["SITE"].address])
    for posts in by_language(published):
        for older, newer in pairwise(posts):
            older.next, newer.previous = newer, older
        series.number(posts)
        alike = related.by_article(posts)
        for post in posts:
            post.mentioned_by = tuple(mentions.get(post, ()))
            post.related = related.nearest(alike.get(post, ()), named(post))


def by_language(published: Iterable[Any]) -> list[list[Any]]:
    """The articles of each language, oldest first; of one minute, in a constant order."""
    languages: dict[str, list[Any]] = {}
    for post in sorted(published, key=newest_first):
        languages.setdefault(post.lang, []).append(post)
    return [posts[::-1] for posts in languages.values()]


def named(post: Any) -> set[Any]:
    """The articles that its page names already, below the text or in the list of its series."""
    parts = [part.article for part in post.series.parts] if post.series else []
    return {post.previous, post.next, *parts}


def add_generator(pelican: Pelican) -> type[Generator]:
    return calendar.CalendarGenerator


def register() -> None:
    signals.content_object_init.connect(written.read)
    signals.all_generators_finalized.connect(attach)
    signals.get_generators.connect(add_generator)
