"""Dates as people write them, by Babel and never by the machine's locale.

The forms are written out, not taken from CLDR's styles: those change between releases,
and the Spanish one of date and time has no «a las».
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from jinja2 import pass_context
from jinja2.runtime import Context
from pelican import signals
from pelican.generators import Generator

from .languages import page_language

Moment = datetime | date
Period = tuple[int, ...]
"""Year and month, as Pelican's ``period_num``."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Patterns of Unicode TR 35 for one language."""

    locale: str
    long: str
    short: str
    time: str
    month: str


FORMS = {
    "es": Forms(
        locale="es",
        long="EEEE, d 'de' MMMM 'de' y",
        short="d 'de' MMMM 'de' y",
        time="dd/MM/y 'a las' HH:mm",
        month="MMMM 'de' y",
    ),
    "eu": Forms(
        locale="eu",
        long="y'(e)ko' MMMM'ren' d'(a)', EEEE",
        short="y'(e)ko' MMMM'ren' d'(a)'",
        time="y/MM/dd, HH:mm",
        month="y'(e)ko' MMMM",
    ),
    "en": Forms(
        locale="en_GB",
        long="EEEE, d MMMM y",
        short="d MMMM y",
        time="dd/MM/y 'at' HH:mm",
        month="MMMM y",
    ),
}


def in_zone(value: Moment, zone: ZoneInfo) -> Moment:
    """A time by the institution's clocks; a day without time stays what it is."""
    return value.astimezone(zone) if isinstance(value, datetime) else value


def long(value: Moment, language: str) -> str:
    """``lunes, 14 de noviembre de 2011``."""
    return str(format_date(value, FORMS[language].long, _locale(language)))


def short(value: Moment, language: str) -> str:
    """``14 de noviembre de 2011``."""
    return str(format_date(value, FORMS[language].short, _locale(language)))


def with_time(value: datetime, language: str) -> str:
    """``28/07/2009 a las 19:56``."""
    return str(format_datetime(value, FORMS[language].time, locale=_locale(language)))


def month(value: Moment | Period, language: str) -> str:
    """``noviembre de 2011``."""
    if isinstance(value, tuple):
        value = date(value[0], value[1], 1)
    return str(format_date(value, FORMS[language].month, _locale(language)))


def machine(value: Moment) -> str:
    """For ``<time datetime>``: whole seconds, with the offset."""
    return value.isoformat("T", "seconds") if isinstance(value, datetime) else value.isoformat()


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(FORMS[language].locale)


@pass_context
def _date_long(context: Context, value: Moment) -> str:
    return long(in_zone(value, _zone(context)), page_language(context))


@pass_context
def _date_short(context: Context, value: Moment) -> str:
    return short(in_zone(value, _zone(context)), page_language(context))


@pass_context
def _date_time(context: Context, value: datetime) -> str:
    return with_time(value.astimezone(_zone(context)), page_language(context))


@pass_context
def _month(context: Context, value: Moment | Period) -> str:
    if not isinstance(value, tuple):
        value = in_zone(value, _zone(context))
    return month(value, page_language(context))


@pass_context
def _iso(context: Context, value: Moment) -> str:
    return machine(in_zone(value, _zone(context)))


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
