"""Dates in templates: the filters ``date_long``, ``date_short``, ``date_time``, ``month``, ``iso``.

All by the institution's clocks, in the language of the page. And of those in headers, which
say two things at once.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from pelican import signals
from pelican.generators import Generator

from comments_service.config import dates
from comments_service.config.dates import Moment

from .languages import page_language

_DAY_OR_MONTH = re.compile(
    r"\s*(\d{1,2})\s*[-/. _]\s*(\d{1,2})\s*[-/. _]\s*(\d{4}|\d\d)(?!\d)", re.ASCII
)


def has_two_meanings(written: str) -> bool:
    """Whether a date is one day for whoever writes the day first and another for whoever writes
    the month first (``12/11/2026``), as Pelican reads it. Nobody guesses which."""
    found = _DAY_OR_MONTH.match(written)
    if not found:
        return False
    one, other = int(found[1]), int(found[2])
    return one != other and max(one, other) <= 12


def in_zone(value: Moment, zone: ZoneInfo) -> Moment:
    """A time by the institution's clocks; a day without time stays what it is."""
    return value.astimezone(zone) if isinstance(value, datetime) else value


@pass_context
def _date_long(context: Context, value: Moment) -> str:
    return dates.long(in_zone(value, _zone(context)), page_language(context))


@pass_context
def _date_short(context: Context, value: Moment) -> str:
    return dates.short(in_zone(value, _zone(context)), page_language(context))


@pass_context
def _date_time(context: Context, value: datetime) -> str:
    return dates.with_time(value.astimezone(_zone(context)), page_language(context))


@pass_context
def _month(context: Context, value: Moment) -> str:
    return dates.month(in_zone(value, _zone(context)), page_language(context))


@pass_context
def _iso(context: Context, value: Moment) -> str:
    return dates.machine(in_zone(value, _zone(context)))


def _zone(context: Context) -> ZoneInfo:
    zone: ZoneInfo = context["SITE"].zone
    return zone


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the filters."""
    generator.env.filters.update(
        date_long=_date_long,
        date_short=_date_short,
        date_time=_date_time,
        month=_month,
        iso=_iso,
    )


def register() -> None:
    signals.generator_init.connect(install)
