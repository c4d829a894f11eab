"""The articles' feeds, made permanent: ids that survive a move, nothing of the clock."""

from typing import Any
from urllib.parse import urlsplit

from feedgenerator.django.utils.encoding import iri_to_uri
from pelican import signals
from pelican.generators import Generator

from comments_service.config import SiteConfig

from .texts import Text, is_article, texts

SCHEME_YEAR = 2026
"""The year in all our ids (RFC 4151 wants one): when this way of making them began."""


def permanent_id(site: SiteConfig, *parts: str) -> str:
    """A tag URI (RFC 4151) that depends on no address of the built site."""
    return f"tag:{urlsplit(site.address).hostname},{SCHEME_YEAR}:{'/'.join(parts)}"


def entry_id(text: Text) -> str:
    """The id of an article or page in feeds: its thread and language never change."""
    kind = "article" if is_article(text) else "page"
    return permanent_id(text.settings["SITE"], kind, str(text.thread), text.lang)


def note_ids(generators: list[Generator]) -> None:
    """Note the id of each article under the link by which Pelican's feeds know it."""
    context = generators[0].context
    context["entry_ids"] = {
        iri_to_uri(f"{context['SITEURL']}/{text.url}"): entry_id(text) for text in texts(generators)
    }


def make_permanent(context: dict[str, Any], feed: Any) -> None:
    """Put our ids into a feed of Pelican's before it is written."""
    for item in feed.items:
        item["unique_id"] = context["entry_ids"].get(item["link"], item["unique_id"])
    # RFC 4287 4.1.1: an entry without author needs one in the feed.
    feed.feed["author_name"] = context["SITE"].name
    if not feed.items:
        # The time of a feed without entries; Pelican takes the clock's.
        feed.latest_post_date = lambda: context["NOW"]


def register() -> None:
    signals.all_generators_finalized.connect(note_ids)
    signals.feed_generated.connect(make_permanent)
