"""A section's articles by year, month and day, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from ..texts import Text, newest_first


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """date: of its newest article."""

    date: datetime
    articles: tuple[Text, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """date: of its newest article. url, save_as: from the site's root."""

    date: datetime
    url: str
    save_as: str
    days: tuple[Day, ...]
    articles: tuple[Text, ...]

    @property
    def count(self) -> int:
        return len(self.articles)


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """number: of the year, 2026. url, save_as: from the site's root."""

    number: int
    url: str
    save_as: str
    months: tuple[Month, ...]
    articles: tuple[Text, ...]

    @property
    def count(self) -> int:
        return len(self.articles)


def years(articles: Iterable[Text], settings: Mapping[str, Any]) -> tuple[Year, ...]:
    """The years with articles. settings: those of the section."""
    found = []
    by_year = groupby(sorted(articles, key=newest_first), lambda article: article.date.year)
    for number, group in by_year:
        some = tuple(group)
        place = _place(settings, "YEAR_ARCHIVE", some)
        found.append(Year(number, *place, _months(some, settings), some))
    return tuple(found)


def _months(articles: tuple[Text, ...], settings: Mapping[str, Any]) -> tuple[Month, ...]:
    found = []
    for _, group in groupby(articles, lambda article: article.date.month):
        some = tuple(group)
        place = _place(settings, "MONTH_ARCHIVE", some)
        found.append(Month(some[0].date, *place, _days(some), some))
    return tuple(found)


def _days(articles: tuple[Text, ...]) -> tuple[Day, ...]:
    by_day = groupby(articles, lambda article: article.date.date())
    groups = (tuple(group) for _, group in by_day)
    return tuple(Day(some[0].date, some) for some in groups)


def _place(settings: Mapping[str, Any], name: str, articles: tuple[Text, ...]) -> tuple[str, str]:
    """Address and file of the page of a period."""
    date = articles[0].date
    return settings[f"{name}_URL"].format(date=date), settings[f"{name}_SAVE_AS"].format(date=date)
