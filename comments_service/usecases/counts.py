"""What a blog holds, counted by what matters to people, and what two counts disagree on.

The names are codes: ``posts``, ``pages``, ``comment_files``, ``comments.published``,
``cases``, ...; ``WORDS`` puts them into words.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..config.settings import Settings
from ..domain.comments import ID_PATTERN
from ..errors import N_
from ..site.build import ARTICLES, MANIFEST

Counts = Mapping[str, int]

WORDS = {
    "posts": N_("articles"),
    "pages": N_("pages"),
    "comment_files": N_("comment files"),
    "comments.held": N_("comments that wait for a decision"),
    "comments.approved": N_("comments approved and not yet on the site"),
    "comments.published": N_("comments on the site"),
    "comments.rejected": N_("comments not published"),
    "comments.spam": N_("comments taken for spam"),
    "comments.private": N_("private comments"),
    "comments.withdrawn": N_("comments withdrawn"),
    "answers.approved": N_("answers not yet on the site"),
    "answers.published": N_("answers on the site"),
    "answers.withdrawn": N_("answers withdrawn"),
    "cases": N_("cases"),
    "events": N_("entries in the record of the cases"),
    "people": N_("members of staff"),
    "waiting": N_("things that wait to be done"),
    "addresses": N_("addresses of articles and pages"),
    "anchors": N_("comments that readers see"),
}

_ANCHOR = re.compile(rf'id="comment-({ID_PATTERN.pattern})"'.encode())


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was counted twice. name: its code."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """What a built site shows. posts: addresses of its conversations' pages, by language;
    anchors: ``address#comment-<id>`` of every comment on one of these pages."""

    posts: frozenset[str]
    anchors: frozenset[str]


def of_files(settings: Settings) -> dict[str, int]:
    """Posts, pages and comment files of the blog, by their files."""
    content = settings.content_folder
    return {
        "posts": _count(content / "articles", *ARTICLES),
        "pages": _count(content / "pages", *ARTICLES),
        "comment_files": len(comment_ids(settings.comments_folder)),
    }


def comment_ids(folder: Path) -> list[str]:
    """The ids that have a comment file below ``folder``."""
    return [path.stem for path in folder.glob("*/*.md") if ID_PATTERN.fullmatch(path.stem)]


def of_site(output: Path) -> SiteCounts | None:
    """What the built site in ``output`` shows; None when there is none."""
    try:
        threads = json.loads((output / MANIFEST).read_bytes())["threads"]
    except FileNotFoundError:
        return None
    posts = {url for thread in threads.values() for url in thread["urls"].values()}
    anchors = set()
    for url in posts:
        page = output / url.strip("/") / ("index.html" if url.endswith("/") else "")
        if page.is_file():
            found = _ANCHOR.findall(page.read_bytes())
            anchors |= {f"{url}#comment-{name.decode()}" for name in found}
    return SiteCounts(frozenset(posts), frozenset(anchors))


def differences(before: Counts, after: Counts) -> list[Difference]:
    """Where two counts disagree, in the order of their names."""
    names = sorted(before.keys() | after.keys())
    pairs = [Difference(name, before.get(name, 0), after.get(name, 0)) for name in names]
    return [each for each in pairs if each.before != each.after]


def _count(folder: Path, *patterns: str) -> int:
    return len({path for form in patterns for path in folder.rglob(form) if path.is_file()})
