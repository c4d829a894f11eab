"""What staff write above the form: its heading, its message, their question to readers.

``[comments]`` of ``site.toml`` says the first two for every text; ``Titulo_comentarios:`` and
``Mensaje_comentarios:`` in a header say them for one. What a header says goes to the service
too, whose own form page shows the same.
"""

from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from comments_service.config import SiteConfig
from comments_service.markup.staff import paragraphs

from ..texts import Text

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "heading": "titulo_comentarios",
        "message": "mensaje_comentarios",
        "question": "pregunta",
    }
)
"""The headers, by the names that ``threads.json`` has for them."""


def said(text: Text, name: str) -> str:
    """What the header says itself, as it was written; "" for nothing."""
    return str(text.metadata.get(HEADERS[name], "")).strip()


def heading(text: Text, site: SiteConfig) -> str:
    """Of the form below this text; "" leaves it to the catalogue."""
    return said(text, "heading") or site.text(site.comments.heading, text.lang)


def message(text: Text, site: SiteConfig) -> Markup:
    """Of the form below this text, as paragraphs; empty leaves it to the catalogue."""
    written = said(text, "message") or site.text(site.comments.message, text.lang)
    return Markup(paragraphs(written))  # noqa: S704 (safe: made there)
