"""Dates as people write them in each language, by Babel and never by the machine's locale.

The forms are written out, not taken from CLDR's styles: those change between releases, and
the Spanish one of date and time has no «a las». In Basque the ending follows the number as it
is spoken (Euskaltzaindia, rule 37): 2025eko, 2026ko; 28a, but 11 and 31 (*hamaika*).
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime

Moment = datetime | date


@dataclass(frozen=True, slots=True)
class _Forms:
    """Patterns of Unicode TR 35 for one language; %(year)s and %(day)s: Basque endings."""

    locale: str
    long: str
    short: str
    near: str  # of this year
    time: str
    month: str


_FORMS = {
    "es": _Forms(
        locale="es",
        long="EEEE, d 'de' MMMM 'de' y",
        short="d 'de' MMMM 'de' y",
        near="d 'de' MMMM",
        time="dd/MM/y 'a las' HH:mm",
        month="MMMM 'de' y",
    ),
    "eu": _Forms(
        locale="eu",
        long="y%(year)s MMMM'ren' d%(day)s, EEEE",
        short="y%(year)s MMMM'ren' d%(day)s",
        near="MMMM'ren' d%(day)s",
        time="y/MM/dd, HH:mm",
        month="y%(year)s MMMM",
    ),
    "en": _Forms(
        locale="en_GB",
        long="EEEE, d MMMM y",
        short="d MMMM y",
        near="d MMMM",
        time="dd/MM/y 'at' HH:mm",
        month="MMMM y",
    ),
}


def long(value: Moment, language: str) -> str:
    """``lunes, 14 de noviembre de 2011``."""
    return _written(value, _FORMS[language].long, language)


def short(value: Moment, language: str) -> str:
    """``14 de noviembre de 2011``."""
    return _written(value, _FORMS[language].short, language)


def near(value: Moment, language: str) -> str:
    """``14 de noviembre``."""
    return _written(value, _FORMS[language].near, language)


def month(value: Moment, language: str) -> str:
    """``noviembre de 2011``."""
    return _written(value, _FORMS[language].month, language)


def with_time(value: datetime, language: str) -> str:
    """``28/07/2009 a las 19:56``."""
    forms = _FORMS[language]
    return str(format_datetime(value, forms.time, locale=_locale(forms.locale)))


def machine(value: Moment) -> str:
    """For ``<time datetime>``: whole seconds, with the offset."""
    return value.isoformat("T", "seconds") if isinstance(value, datetime) else value.isoformat()


def _written(value: Moment, form: str, language: str) -> str:
    if language == "eu":
        form %= {"year": _of_year(value.year), "day": "" if value.day in (11, 31) else "'a'"}
    return str(format_date(value, form, _locale(_FORMS[language].locale)))


def _of_year(year: int) -> str:
    """``'eko'`` after a number that is spoken with a consonant at its end, else ``'ko'``."""
    if year % 100 == 0:
        return "'ko'" if year % 1000 == 0 else "'eko'"  # mila; ehun
    return "'eko'" if year % 20 in (1, 5, 10, 15) else "'ko'"  # bat, bost, hamar, hamabost


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)
