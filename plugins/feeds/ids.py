"""Ids that outlive every rebuild, move and new address (RFC 4151)."""

from urllib.parse import urlsplit

from comments_service.config import SiteConfig

from ..texts import Text, is_article

SCHEME_YEAR = 2026
"""The year in all our ids (RFC 4151 wants one): when this way of making them began."""


def permanent_id(site: SiteConfig, *parts: str) -> str:
    """A tag URI that depends on no address of the built site."""
    return f"tag:{urlsplit(site.address).hostname},{SCHEME_YEAR}:{'/'.join(parts)}"


def entry_id(text: Text) -> str:
    """The id of an article or page in feeds: its thread and language never change."""
    kind = "article" if is_article(text) else "page"
    return permanent_id(text.settings["SITE"], kind, str(text.thread), text.lang)
