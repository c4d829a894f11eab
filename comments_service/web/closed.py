"""The page of a conversation that takes no comments now: why, until when, and what was written."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup as Html

from ..domain.opening import Phase, first_of, last_of
from ..errors import N_
from ..markup.staff import paragraphs
from ..site.manifest import ThreadInfo
from ..usecases.conversations import as_decided
from .edge import address, edge, in_language
from .languages import day, moment, page_language

CLOSED = N_("The comments are closed")
PAUSED = N_("The comments are paused")


def page(info: ThreadInfo, kept: str) -> str:
    """kept: what the person wrote and sent, to be copied; "" for nothing."""
    info = as_decided(edge().blog, info)
    phase = info.phase(edge().clock())
    paused = phase is Phase.PAUSED
    messages = info.paused_message if paused else info.closed_message
    lang = page_language() if page_language() in messages else next(iter(messages), "")
    return render_template(
        "closed.html",
        heading=PAUSED if paused else CLOSED,
        phase=phase.value,
        why=Html(paragraphs(messages.get(lang, ""))),  # noqa: S704 (safe: made there)
        why_lang=lang,
        opens=_first(info.opens_at),
        closes=_last(info.closes_at),
        title=in_language(info.title, page_language()),
        article=address(in_language(info.urls, page_language())),
        kept=kept,
    )


def _first(instant: datetime | None) -> str:
    if instant is None:
        return ""
    zone = edge().blog.site.zone
    return moment(instant) if isinstance(first_of(instant, zone), datetime) else day(instant)


def _last(instant: datetime | None) -> str:
    if instant is None:
        return ""
    last = last_of(instant, edge().blog.site.zone)
    return moment(last) if isinstance(last, datetime) else day(last)
