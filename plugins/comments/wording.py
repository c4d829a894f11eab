"""What staff write above the form: its heading, its message, their question to readers; and
in the form's place, where no comments are taken.

``[comments]`` of ``site.toml`` says the first two for every text; ``Titulo_comentarios:`` and
``Mensaje_comentarios:`` in a header say them for one. What a header says goes to the service
too, whose own form page shows the same.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeGuard

from markupsafe import Markup

from comments_service.config import SiteConfig
from comments_service.config.thread_file import State, ThreadState
from comments_service.domain.opening import Opening, Phase, last_of
from comments_service.markup.staff import paragraphs

from .. import header_names
from ..texts import Text
from . import policy
from .views import Notice

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


def why_paused(
    text: Text, site: SiteConfig, opens_at: datetime | None, decided: ThreadState | None = None
) -> str:
    """Why no comment is taken before ``opens_at``, as it was written: whoever said the moment
    says why. "" for nothing."""
    if opens_at is None:
        return ""
    if decided is not None and opens_at == decided.until:
        return site.text(dict(decided.text), text.lang)
    if opens_at == policy.closed_until(site):
        return site.text(site.comments.closed_message, text.lang)
    return said(text, "closed_message")


def why_closed(
    text: Text,
    site: SiteConfig,
    opening: Opening,
    now: datetime,
    decided: ThreadState | None = None,
) -> Markup:
    """Why no comment is taken now, as paragraphs; empty for nothing, and where it stands above
    the comments (``notice``)."""
    paused = opening.at(now) is Phase.PAUSED
    if _counts(decided, now) and (not paused or opening.opens_at == decided.until):
        return Markup()
    written = why_paused(text, site, opening.opens_at) if paused else said(text, "closed_message")
    return Markup(paragraphs(written))  # noqa: S704 (safe: made there)


def notice(
    text: Text, site: SiteConfig, decided: ThreadState | None, now: datetime
) -> Notice | None:
    """What staff decided about the conversation and say above it; None for nothing."""
    if not _counts(decided, now):
        return None
    lang = text.lang if decided.text.get(text.lang) else site.default_language
    written = site.text(dict(decided.text), text.lang)
    return Notice(
        state=decided.state.value,
        since=decided.since,
        until=last_of(decided.until, site.zone) if decided.until else None,
        html=Markup(paragraphs(written)),  # noqa: S704 (safe: made there)
        lang=lang if decided.text.get(lang) else next(iter(decided.text)),
        signature=", ".join(filter(None, (decided.author, decided.position, decided.department))),
    )


def _counts(decided: ThreadState | None, now: datetime) -> TypeGuard[ThreadState]:
    """A pause that is over says nothing any more."""
    if decided is None or decided.state is State.OPEN:
        return False
    return decided.until is None or now < decided.until


def heading(text: Text, site: SiteConfig) -> str:
    """Of the form below this text; "" leaves it to the catalogue."""
    return said(text, "heading") or site.text(site.comments.heading, text.lang)


def message(text: Text, site: SiteConfig) -> Markup:
    """Of the form below this text, as paragraphs; empty leaves it to the catalogue."""
    written = said(text, "message") or site.text(site.comments.message, text.lang)
    return Markup(paragraphs(written))  # noqa: S704 (safe: made there)
