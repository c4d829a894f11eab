"""What the places of a reply become that the service knows: the name, the dates, the addresses.

A place of which nothing is known stays as it is, for a person to fill in.
"""

import re
from collections.abc import Callable

from ..config import dates
from ..config.site_toml import LANGUAGES
from ..domain.cases import Case
from ..store.people import Person
from .blog import Blog
from .departments import everything as departments_of
from .track import page_of, thread_url

PLACE = re.compile(r"\{[^{}\n]{1,60}\}")

_MARKS = re.compile(r"([\\`*_\[\]<{}])")
"""With which a name would be more than a name: a link, words that shout, a place to fill in."""

_Known = Callable[[Blog, Case, Person], str | None]


def filled(blog: Blog, body: str, case: Case, by: Person) -> str:
    """The words of a reply to this comment, by whoever answers it."""

    def known(place: re.Match[str]) -> str:
        find = _FINDS.get(place[0])
        return (find and find(blog, case, by)) or place[0]

    return PLACE.sub(known, body)


def _name(_blog: Blog, case: Case, _by: Person) -> str | None:
    """As it reads: an answer is Markdown, and a stranger chose the name."""
    return _MARKS.sub(r"\\\1", case.author)


def _department(blog: Blog, case: Case, by: Person) -> str | None:
    """Of whoever signs; else of those that it was passed on to."""
    return by.department or departments_of(blog).name_of(case.department_id)


def _deadline(blog: Blog, case: Case, _by: Person) -> str | None:
    """The last day of what is promised: of a final answer, where there is such a date."""
    at = case.resolve_by or case.answer_by
    lang = case.lang if case.lang in LANGUAGES else blog.site.default_language
    return dates.short(at.astimezone(blog.site.zone), lang) if at else None


def _link(blog: Blog, case: Case, _by: Person) -> str | None:
    """Where everybody can read it; until then, the page on which it was written."""
    return page_of(blog, case) or thread_url(blog, case.thread, case.lang)


def _rule(blog: Blog, case: Case, _by: Person) -> str | None:
    """The one that a decision on it cited, in the version of then."""
    if case.rule is None or case.rule_version is None:
        return None
    rule = blog.rules.version((case.rule, case.rule_version))
    if rule is None:
        return None
    title = rule.title.get(case.lang) or next(iter(rule.title.values()))
    return f"{rule.number}. {title}"


_FINDS: dict[str, _Known] = {
    **dict.fromkeys(("{nombre}", "{izena}", "{name}"), _name),
    **dict.fromkeys(("{departamento}", "{saila}", "{department}"), _department),
    **dict.fromkeys(("{fecha_limite}", "{epemuga}", "{deadline}"), _deadline),
    **dict.fromkeys(("{enlace}", "{esteka}", "{link}"), _link),
    **dict.fromkeys(("{norma}", "{araua}", "{rule}"), _rule),
}

PLACES = frozenset(_FINDS)
"""Those that the service fills in, in each language; left unfilled, they are never sent."""
