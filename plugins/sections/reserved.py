"""Addresses that are the site's own, whether something stands there today or not.

A page called ``2027`` is good until the first post of that year: so no text gets an address
at which a list may stand one day. What a list's address can be is read from the settings, in
every language of the institution.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from pelican.urlwrappers import Author, Category, Tag

from ..feeds.addresses import ATOM_SUFFIX, COMMENTS, JSON_SUFFIX
from ..posts.calendar import NAME as CALENDAR
from ..slugs import slug_of
from ..texts import Text
from .addresses import TEMPLATES, WORDS, prefix_of, section_settings

PERIODS = ("YEAR_ARCHIVE", "MONTH_ARCHIVE")
TERMS = {"categories": Category, "tags": Tag, "authors": Author}
"""Attributes of an article that hold terms, and Pelican's class of each."""

SERVICE = (
    *("comentar", "seguimiento", "seguir", "correo", "correos"),
    *("departamento", "gestion", "servicio", "ayuda"),
)
"""The first parts of the service's addresses."""

_FILES = (
    *(r"threads\.json", r"rules\.json", r"build\.json", r"build-report\.json", r"robots\.txt"),
    r"sitemap(-\d+)?\.xml",
    # Beside the page of a text.
    *(
        f"(.+/)?{re.escape(name)}"
        for name in (f"{COMMENTS}{ATOM_SUFFIX}", f"{COMMENTS}{JSON_SUFFIX}", CALENDAR)
    ),
)
_PART = "[^/.]+"
_DIGITS = {"%Y": r"\d{4}", "%m": r"\d{2}", "%d": r"\d{2}", "%y": r"\d{2}", "%j": r"\d{3}"}


@dataclass(frozen=True, slots=True)
class Reserved:
    """Patterns of files, from the site's root.

    always: lists. further: second pages of any list, and all that follow. sometimes: years,
    months and terms, which have a page when there is something to list; vague: those of them
    that may be called anything. files: what is no list. folders: of any of these.
    """

    always: re.Pattern[str]
    further: re.Pattern[str]
    sometimes: re.Pattern[str]
    vague: re.Pattern[str]
    files: re.Pattern[str]
    folders: re.Pattern[str]


def reserved(settings: Mapping[str, Any]) -> Reserved:
    """What the settings reserve."""
    lists, some = list(_lists(settings)), list(_periods_and_terms(settings))
    known = [each for each in some if not _may_be_anything(each)]
    vague = [each for each in some if _may_be_anything(each)]
    below = list(_below(settings))
    files = [*_FILES, *_rules(settings), *(f"{re.escape(each)}/.+" for each in below)]
    folders = {_pattern(each) for place in (*lists, *known) for each in parents(place)}
    folders |= {re.escape(each) for folder in below for each in (folder, *parents(folder))}
    return Reserved(
        always=_any(map(_pattern, lists)),
        further=_any(_further([*lists, *known], settings)),
        sometimes=_any(map(_pattern, known)),
        vague=_any(map(_pattern, vague)),
        files=_any([*files, r".+\.gz"]),
        folders=_any(sorted(folders)),
    )


def made_without_texts(settings: Mapping[str, Any]) -> re.Pattern[str]:
    """Addresses where something is that is written after all pages, or by the service."""
    below = (*SERVICE, str(settings["THEME_STATIC_DIR"]))
    return _any([*_FILES, *(f"{re.escape(each)}(/.*)?" for each in below)])


def parents(path: str) -> Iterator[str]:
    """The folders that a file is in, the nearest first."""
    while path := posixpath.dirname(path):
        yield path


def lists_with(article: Text, settings: Mapping[str, Any]) -> Iterator[str]:
    """Files of the lists that a public article has a place in, but for those of all articles."""
    section = section_settings(settings, article.lang)
    for name in PERIODS:
        if place := section[f"{name}_SAVE_AS"]:
            yield place.format(date=article.date)
    for kind, wrapper in TERMS.items():
        if section[f"{wrapper.__name__.upper()}_SAVE_AS"]:
            for term in getattr(article, kind, ()):
                for name in _names(kind, term.name, settings):
                    listed: Any = wrapper(name, section)
                    listed.slug = slug_of(listed)
                    yield str(listed.save_as)


def _names(kind: str, name: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """A term's own name, and those that ``site.toml`` gives it."""
    yield name
    if kind == "categories" and (category := settings["SITE"].category(name)):
        yield from category.name.values()
    if kind == "authors" and (author := settings["SITE"].author(name)):
        yield author.name


def _lists(settings: Mapping[str, Any]) -> Iterator[str]:
    """Files of the lists that each section has once, and of what no text makes."""
    for name in settings["DIRECT_TEMPLATES"]:
        yield str(settings.get(f"{name.upper()}_SAVE_AS", f"{name}.html"))
    for language in settings["SITE"].languages:
        yield f"{prefix_of(language, settings['DEFAULT_LANG'])}404.html"
        yield from _named(TEMPLATES, section_settings(settings, language))


def _periods_and_terms(settings: Mapping[str, Any]) -> Iterator[str]:
    """Files of all years and months, categories, tags and authors, as formats."""
    names = (*PERIODS, *(wrapper.__name__ for wrapper in TERMS.values()))
    for language in settings["SITE"].languages:
        yield from _named(names, section_settings(settings, language))


def _named(names: Iterable[str], section: Mapping[str, Any]) -> Iterator[str]:
    """Those that are not turned off."""
    places = (section[f"{name.upper()}_SAVE_AS"] for name in names)
    yield from (str(place) for place in places if place)


def _below(settings: Mapping[str, Any]) -> Iterator[str]:
    """Folders in which everything is the site's own."""
    for language in settings["SITE"].languages:
        yield f"{prefix_of(language, settings['DEFAULT_LANG'])}feeds"
    yield from SERVICE
    for folder in (settings["THEME_STATIC_DIR"], *settings["STATIC_PATHS"]):
        if place := posixpath.normpath(folder).strip("./"):
            yield place


def _rules(settings: Mapping[str, Any]) -> Iterator[str]:
    """Patterns of the pages of rules."""
    for language in settings["SITE"].languages:
        prefix = prefix_of(language, settings["DEFAULT_LANG"])
        yield rf"{prefix}{WORDS[language].rules}/\d+-v\d+(/index\.html)?"


def _further(places: Iterable[str], settings: Mapping[str, Any]) -> Iterator[str]:
    """Patterns of the second pages of lists, and of all that follow."""
    rules = sorted({rule.SAVE_AS for rule in _patterns(settings) if "{number}" in rule.SAVE_AS})
    for place in dict.fromkeys(places):
        name, extension = posixpath.splitext(place)
        folder, file = posixpath.split(place)
        fields = {
            "save_as": _pattern(place),
            "name": _pattern(name),
            "base_name": _pattern(folder if file in ("index.html", "index.htm") else name),
            "extension": re.escape(extension),
            "number": r"\d+",
        }
        for rule in rules:
            yield _pattern(rule, **fields).removeprefix("/")


def _patterns(settings: Mapping[str, Any]) -> Iterator[Any]:
    for language in settings["SITE"].languages:
        yield from section_settings(settings, language)["PAGINATION_PATTERNS"]


def _pattern(place: str, **fields: str) -> str:
    """A regular expression for what a format of Pelican's can give."""
    found = []
    for literal, name, spec, _ in Formatter().parse(place):
        found.append(re.escape(literal))
        if name is not None:
            found.append(fields[name] if name in fields else _date(spec or "") or _PART)
    return "".join(found)


def _date(spec: str) -> str:
    """Of a date: the digits of what is only digits."""
    found = re.sub(r"%\w", lambda each: _DIGITS.get(each[0], _PART), spec)
    return "" if _PART in found else found


def _may_be_anything(place: str) -> bool:
    """Whether any word may be the first part of its address, as in ``{slug}.html``."""
    return _PART in _pattern(place.partition("/")[0])


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """Letters in any case: some file systems take them for the same."""
    return re.compile("|".join(f"(?:{each})" for each in patterns) or r"(?!)", re.IGNORECASE)
