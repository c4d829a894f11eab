"""What staff write above the form: its heading, its message, their question to readers; and
in the form's place, where no comments are taken.

``[comments]`` of ``site.toml`` says the first two for every text; ``Titulo_comentarios:`` and
``Mensaje_comentarios:`` in a header say them for one. What a header says goes to the service
too, whose own form page shows the same.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from markupsafe import Markup

from comments_service.config import SiteConfig
from comments_service.domain.opening import Opening, Phase
from comments_service.markup.staff import paragraphs

from .. import header_names
from ..texts import Text
from . import policy

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "heading": "titulo_comentarios",
        "message": "mensaje_comentarios",
        "question": "pregunta",
        "closed_message": "comments_message",
    }
)
"""The headers, by the names that ``threads.json`` has for them."""


def said(text: Text, name: str) -> str:
    """What the header says itself, as it was written; "" for nothing."""
    return header_names.written(text, HEADERS[name])[0]


def why_paused(text: Text, site: SiteConfig, opens_at: datetime | None) -> str:
    """Why no comment is taken before ``opens_at``, as it was written: whoever said the moment
    says why. "" for nothing."""
    if opens_at is None:
        return ""
    if opens_at == policy.closed_until(site):
        return site.text(site.comments.closed_message, text.lang)
    return said(text, "closed_message")


def why_closed(text: Text, site: SiteConfig, opening: Opening, now: datetime) -> Markup:
    """Why no comment is taken now, as paragraphs; empty for nothing."""
    paused = opening.at(now) is Phase.PAUSED
    written = why_paused(text, site, opening.opens_at) if paused else said(text, "closed_message")
    return Markup(paragraphs(written))  # noqa: S704 (safe: made there)


def heading(text: Text, site: SiteConfig) -> str:
    """Of the form below this text; "" leaves it to the catalogue."""
    return said(text, "heading") or site.text(site.comments.heading, text.lang)


def message(text: Text, site: SiteConfig) -> Markup:
    """Of the form below this text, as paragraphs; empty leaves it to the catalogue."""
    written = said(text, "message") or site.text(site.comments.message, text.lang)
    return Markup(paragraphs(written))  # noqa: S704 (safe: made there)
