"""``threads.json``, ``build.json``: what the service must know of the site.

No time and no counts: a comment changes none of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from comments_service.config import SiteConfig
from comments_service.config.site_files import digests
from comments_service.config.thread_file import State

from ..sections.section import Section
from ..texts import Text
from ..words import words
from . import wording
from .keys import Group

FORMAT = 1
MAX_EXCERPT_CHARS = 300


def threads(
    groups: Iterable[Group], sections: Iterable[Section], site: SiteConfig
) -> dict[str, Any]:
    """Every conversation by its key; where each language's lists are."""
    return {
        "format": FORMAT,
        "threads": {group.key: _thread(group, site) for group in groups},
        "menus": {section.lang: _menu(section) for section in sections},
    }


def _menu(section: Section) -> dict[str, str]:
    """As the pages' own menu has it."""
    there = section.addresses
    urls: dict[str, str | None] = {"home": section.home}
    if section.articles:
        urls |= {"conversations": there.conversations, "archives": there.archives}
    if section.categories:
        urls["categories"] = there.categories
    if section.authors:
        urls["authors"] = there.authors
    return {name: f"/{url}" for name, url in urls.items() if url is not None}


def _thread(group: Group, site: SiteConfig) -> dict[str, Any]:
    texts, original, opening = group.texts, group.original, group.opening(site)
    return {
        "kind": group.kind,
        "title": {each.lang: str(each.title) for each in texts},
        "excerpt": {each.lang: excerpt(each) for each in texts},
        "urls": {each.lang: f"/{each.url.lstrip('/')}" for each in texts},
        "categories": [category.name for category in getattr(original, "categories", ())],
        "authors": [author.name for author in getattr(original, "authors", ())],
        "open": opening.open,
        "opens_at": _instant(opening.opens_at),
        "closes_at": _instant(opening.closes_at),
        "aliases": list(group.aliases),
        **_wording(group, site),
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _wording(group: Group, site: SiteConfig) -> dict[str, dict[str, str]]:
    """What the headers say above the form or in its place, by language; most say nothing."""
    found = {
        name: {each.lang: written for each in group.texts if (written := wording.said(each, name))}
        for name in wording.HEADERS
    }
    opens_at = group.opening(site).opens_at
    decided = group.decided
    why = {each.lang: wording.why_paused(each, site, opens_at, decided) for each in group.texts}
    if decided is not None and decided.state is State.CLOSED:
        found["closed_message"] = dict(decided.text)
    found["paused_message"] = {language: said for language, said in why.items() if said}
    return {name: by_language for name, by_language in found.items() if by_language}


def excerpt(text: Text) -> str:
    """The beginning as plain text, cut between words."""
    plain = words(text.summary)
    if len(plain) <= MAX_EXCERPT_CHARS:
        return plain
    return plain[:MAX_EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def stamp(settings: Mapping[str, Any]) -> dict[str, Any]:
    """For which address the site was built, whether it shows what is not yet public, and with
    which files that staff set."""
    drafts = bool(settings["DRAFT_SAVE_AS"] or settings["DRAFT_PAGE_SAVE_AS"])
    about = {"format": FORMAT, "site_url": settings["SITEURL"], "drafts": drafts}
    found = digests(Path(settings["COMMENTS_FOLDER"]))
    return about | ({"site_files": found} if found else {})
