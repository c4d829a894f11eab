"""When a conversation takes comments: who may say it, and whose word counts.

1. ``closed_until`` in ``[comments]`` of ``site.toml``: nobody can comment before it is over.
   What staff decided about one conversation (``thread.md``) counts as much: closed, nobody can
   comment; paused, nobody before it is over.
2. The text's own header: ``Comments``, ``Comments_close``.
3. Its categories: ``comments``, ``close_after_days`` of ``[[categories]]``.
4. ``[comments]``: ``default``, ``close_after_days``. Pages take comments only by their header.

Of 2 to 4 the first that says anything says all of it: a header with ``Comments: open`` alone
keeps an old article open, whatever number of days the site has. A number of days alone means
open until then. Of several categories, and of the headers of several languages, the strictest
counts. ``Comments_open`` in a header is a pause of one text's own.

Nothing here asks for the time: the manifest says the moments, and whoever reads it judges.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from comments_service.config import SiteConfig
from comments_service.config.site_toml import CategoryInfo
from comments_service.config.thread_file import State, ThreadState
from comments_service.domain.opening import Opening, end_of

OPEN = {"open": True, "closed": False, "abiertos": True, "cerrados": False}
NEVER = ("never", "nunca")
MAX_DAYS = 36_500

_DAYS = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_MOMENT = re.compile(r"(2\d{3}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """What one of them says.

    open: None for nothing. closes: a moment, or days after publication (0 for never), or None.
    opens: before it no comment is taken.
    """

    open: bool | None = None
    closes: datetime | int | None = None
    opens: datetime | None = None

    @property
    def says_nothing(self) -> bool:
        return self.open is None and self.closes is None


def closing(written: str, zone: tzinfo) -> datetime | int:
    """``2026-12-31`` (that day still counts), ``2026-12-31 14:00``, ``30`` (days), ``never``.

    Raises ValueError for anything else.
    """
    if written.lower() in NEVER:
        return 0
    if _DAYS.fullmatch(written) and int(written) <= MAX_DAYS:
        return int(written)
    moment = _moment(written, zone)
    return moment if isinstance(moment, datetime) else end_of(moment, zone)


def opening(written: str, zone: tzinfo) -> datetime:
    """``2026-12-31`` (from its first minute), ``2026-12-31 14:00``. Raises ValueError."""
    moment = _moment(written, zone)
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


def _moment(written: str, zone: tzinfo) -> datetime | date:
    found = _MOMENT.fullmatch(written)
    if not found:
        raise ValueError(written)
    day = date.fromisoformat(found[1])
    return datetime.combine(day, time.fromisoformat(found[2]), zone) if found[2] else day


def decide(
    said: Word,
    categories: Iterable[CategoryInfo],
    site: SiteConfig,
    *,
    is_article: bool,
    published: datetime | None,
    decided: ThreadState | None = None,
) -> Opening:
    """When a text takes comments.

    said: in its header. categories: of its own, those that ``site.toml`` describes.
    published: the moment from which days are counted; without one they mean nothing.
    decided: by staff, about this conversation alone.
    """
    if decided is not None and decided.state is State.CLOSED:
        return Opening(open=False)
    words = [said]
    if is_article:
        words += [_of_categories(categories), _of_site(site)]
    word = next((each for each in words if not each.says_nothing), Word(open=is_article))
    if word.open is False:
        return Opening(open=False)
    paused = decided.until if decided is not None else None
    pauses = [each for each in (said.opens, closed_until(site), paused) if each]
    return Opening(
        open=True,
        opens_at=max(pauses, default=None),
        closes_at=_closes_at(word.closes, published, site.zone),
    )


def closed_until(site: SiteConfig) -> datetime | None:
    """The instant from which the site as a whole may take comments again."""
    said = site.comments.closed_until
    if isinstance(said, datetime):
        return said if said.tzinfo else said.replace(tzinfo=site.zone)
    return end_of(said, site.zone) if said else None


def strictest(words: Iterable[Word], published: datetime | None, zone: tzinfo) -> Word:
    """One word for several that count alike."""
    listed = list(words)
    said = [each.open for each in listed if each.open is not None]
    closes = [each.closes for each in listed if each.closes is not None]
    ends = [end for each in closes if (end := _closes_at(each, published, zone))]
    return Word(
        open=all(said) if said else None,
        closes=min(ends) if ends else 0 if closes else None,
        opens=max((each.opens for each in listed if each.opens), default=None),
    )


def _of_categories(categories: Iterable[CategoryInfo]) -> Word:
    listed = list(categories)
    said = [each.comments == "open" for each in listed if each.comments]
    days = [each.close_after_days for each in listed if each.close_after_days is not None]
    return Word(
        open=all(said) if said else None,
        closes=min(filter(None, days), default=0) if days else None,
    )


def _of_site(site: SiteConfig) -> Word:
    return Word(open=site.comments.default == "open", closes=site.comments.close_after_days)


def _closes_at(
    closes: datetime | int | None, published: datetime | None, zone: tzinfo
) -> datetime | None:
    """Days end with a whole day, so that a page can name the last one."""
    if closes is None or isinstance(closes, datetime):
        return closes
    if not closes or published is None:
        return None
    try:
        day = date.fromordinal(published.astimezone(zone).toordinal() + closes)
        return end_of(day, zone)
    except (OverflowError, ValueError):  # after the last day that there is
        return None
