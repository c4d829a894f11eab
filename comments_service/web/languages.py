"""The language of a page, its catalogue and its dates.

Readers get the language that their link asks for, staff the one of their account.
"""

from datetime import date, datetime
from pathlib import Path

import flask_babel
from babel.dates import get_day_names
from babel.support import Translations
from flask import Flask, g, request

from ..config import dates, load_catalog
from ..config.site_toml import LANGUAGES
from ..errors import TertuliaError
from .edge import edge

FOLDER = Path(__file__).parent.parent / "translations"


class _Domain(flask_babel.Domain):
    """Our catalogues: read from ``.po``, nothing compiled."""

    def get_translations(self) -> Translations:
        return load_catalog(FOLDER, page_language())


class _Babel(flask_babel.Babel):
    domain_instance = _Domain()  # type: ignore[no-untyped-call]


def install(app: Flask) -> None:
    """Give the templates of ``app`` the catalogue of each page and the filters of dates."""
    _Babel(app, locale_selector=page_language)  # type: ignore[no-untyped-call]
    app.jinja_env.filters.update(
        day=day, long_day=long_day, moment=moment, near_day=near_day, iso=iso, time=time
    )
    app.jinja_env.globals.update(page_language=page_language)


def chosen(wanted: str) -> str:
    """``wanted`` if the site has it, else the site's first language."""
    site = edge().blog.site
    return wanted if wanted in site.languages else site.default_language


def speak(language: str) -> None:
    """From here on the page is in ``language``."""
    g.language = language if language in LANGUAGES else chosen("")
    flask_babel.refresh()


def page_language() -> str:
    """The language of the page that is being made."""
    if "language" not in g:
        g.language = chosen(request.args.get("idioma", ""))
    language: str = g.language
    return language


def in_the_words_of(language: str, message: str) -> str:
    """A message of the catalogue in a language that the page may not be in."""
    return str(load_catalog(FOLDER, language).gettext(message))


def sentence(error: TertuliaError) -> str:
    """What the error says, in the page's language."""
    return error.explain(flask_babel.gettext)


def day(value: datetime | date) -> str:
    """``14 de noviembre de 2011``, by the institution's clocks."""
    local = _local(value) if isinstance(value, datetime) else value
    return dates.short(local, page_language())


def long_day(value: datetime) -> str:
    """``lunes, 14 de noviembre de 2011``, by the institution's clocks."""
    return dates.long(_local(value), page_language())


def moment(value: datetime) -> str:
    """``28/07/2009 a las 19:56``, by the institution's clocks."""
    return dates.with_time(_local(value), page_language())


def is_today(value: datetime) -> bool:
    """By the institution's clocks."""
    return _local(value).date() == _local(edge().clock()).date()


def near_day(value: datetime) -> str:
    """``21 de noviembre``, with the year unless it is this one."""
    local = _local(value)
    write = dates.near if local.year == _local(edge().clock()).year else dates.short
    return write(local, page_language())


def today() -> date:
    """By the institution's clocks."""
    return _local(edge().clock()).date()


def weekdays() -> list[tuple[int, str]]:
    """Number and name of each day, from 1, Monday."""
    names = get_day_names("wide", "stand-alone", page_language())
    return [(number + 1, names[number]) for number in range(7)]


def time(value: datetime) -> str:
    """``10:42``, by the institution's clocks."""
    return _local(value).strftime("%H:%M")


def iso(value: datetime) -> str:
    """For ``<time datetime>``: whole seconds, with the offset."""
    return dates.machine(_local(value))


def _local(value: datetime) -> datetime:
    if "zone" not in g:  # a page of comments asks for it a hundred times
        g.zone = edge().blog.site.zone
    return value.astimezone(g.zone)
