"""Which conversation an article or page belongs to, and what its headers say of it.

The key is the ``Thread:`` of its header, else made from its slug, with ``page-`` before a
page's. A text and its translations share one; two texts in one language never do. Keys that
it had before stand in ``Aliases:``, and lead to it for ever.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from comments_service.config import SiteConfig
from comments_service.config.thread_file import ThreadState
from comments_service.domain.comments import THREAD_PATTERN
from comments_service.domain.opening import Opening
from comments_service.errors import N_

from .. import header_names
from ..report import refuse
from ..texts import Text, is_article, is_text, rank
from . import policy

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_KEY_CHARS = 100
EXAMPLE = "2026-12-31"


@dataclass(frozen=True, slots=True)
class Group:
    """One text in all its languages.

    texts: in the order of the institution's languages, at least one. Hidden ones are among them:
    whoever has their address takes part in the conversation.
    decided: by staff, about this conversation; is_shut: that cannot be read, so it takes no
    comments until it can.
    """

    key: str
    texts: tuple[Text, ...]
    decided: ThreadState | None = None
    is_shut: bool = False

    @property
    def published(self) -> tuple[Text, ...]:
        """Those that others may name: all lists and feeds, and machines."""
        return tuple(text for text in self.texts if text.status == "published")

    @property
    def original(self) -> Text:
        """The one that stands for all; a hidden one where there is no other."""
        return (self.published or self.texts)[0]

    @property
    def kind(self) -> str:
        """``article`` or ``page``."""
        return "article" if is_article(self.original) else "page"

    @property
    def authors(self) -> set[str]:
        """Names of who wrote the article, in any language; a page has none to speak of."""
        if self.kind == "page":
            return set()
        shown = self.published or self.texts
        return {author.name for text in shown for author in getattr(text, "authors", ())}

    @property
    def aliases(self) -> tuple[str, ...]:
        """Keys that it had before, by any of its headers."""
        return tuple(sorted({key for text in self.texts for key in text.aliases} - {self.key}))

    def opening(self, site: SiteConfig) -> Opening:
        """When it takes comments."""
        if self.is_shut:
            return Opening(open=False)
        published = getattr(self.original, "date", None)
        names = [category.name for category in getattr(self.original, "categories", ())]
        words = [text.said_of_comments for text in self.texts]
        return policy.decide(
            policy.strictest(words, published, site.zone),
            [described for name in names if (described := site.category(name))],
            site,
            is_article=self.kind == "article",
            published=published,
            decided=self.decided,
        )


def assign(content: object) -> None:
    """Set ``content.thread`` to its key; a wrong header is an error that names the file."""
    if not is_text(content):
        return
    key = content.metadata.get("thread", default_key(content))
    if not THREAD_PATTERN.fullmatch(key):
        wrong = N_("Thread is %(key)r; it takes up to 100 of a-z, 0-9 and -")
        refuse(content, "thread", wrong, key=key)
        key = default_key(content)
    content.thread = key
    content.aliases = _aliases(content)
    content.said_of_comments = policy.Word(
        open=_taken(content),
        closes=_moment(content, "comments_close", policy.closing),
        opens=_moment(content, "comments_open", policy.opening),
    )


def _taken(text: Text) -> bool | None:
    said, name = header_names.written(text, "comments")
    if said and said not in policy.OPEN:
        wrong = N_("%(header)s is %(said)r; it takes %(known)s")
        known = " ".join(policy.OPEN)
        refuse(text, name, wrong, header=header_names.spelt(name), said=said, known=known)
    return policy.OPEN.get(said)


def _moment(text: Text, header: str, read: Callable[[str, tzinfo], T]) -> T | None:
    said, name = header_names.written(text, header)
    try:
        return read(said, text.settings["SITE"].zone) if said else None
    except ValueError:
        wrong = N_("%(header)s is %(said)r; write it like %(example)s")
        spelt = header_names.spelt(name)
        refuse(text, name, wrong, header=spelt, said=said, example=EXAMPLE)
        return None


def _aliases(text: Text) -> tuple[str, ...]:
    said, name = header_names.written(text, "aliases")
    keys = [key for each in said.split(",") if (key := each.strip())]
    for key in keys:
        if not THREAD_PATTERN.fullmatch(key):
            wrong = N_("Aliases has %(key)r; a key takes up to 100 of a-z, 0-9 and -")
            refuse(text, name, wrong, key=key)
    return tuple(key for key in keys if THREAD_PATTERN.fullmatch(key))


def default_key(text: Text) -> str:
    """The key from the slug of an article or page."""
    slug = re.sub(r"[^a-z0-9]+", "-", getattr(text, "slug", "").lower()).strip("-")
    key = slug if is_article(text) else f"page-{slug}"
    return key[:MAX_KEY_CHARS].rstrip("-")


def groups(texts: Iterable[Text], languages: Sequence[str]) -> list[Group]:
    """The texts by key, in the order of the keys."""
    by_key: dict[str, list[Text]] = {}
    for text in sorted(texts, key=lambda each: rank(languages, each.lang)):
        by_key.setdefault(text.thread, []).append(text)
    return [Group(key, tuple(by_key[key])) for key in sorted(by_key)]


def published_in(found: Iterable[Group], language: str) -> list[Text]:
    """The conversations that the lists of a language hold, each by its text in it.

    Of articles and of pages alike; one that no section's language has is in no list, as no list
    holds what is written in another language.
    """
    return [text for group in found for text in group.published if text.lang == language]


def report_clashes(found: Iterable[Group]) -> None:
    """An error for every two texts that would share a conversation and must not."""
    groups = list(found)
    for group in groups:
        seen: dict[str, Text] = {}
        for text in group.texts:
            other = seen.setdefault(text.lang, text)
            if other is text and is_article(text) != is_article(group.original):
                other = group.original
            if other is not text:
                _report(other, text, group.key)
    taken = {group.key: group for group in groups}
    for group in groups:
        for alias in group.aliases:
            other_group = taken.setdefault(alias, group)
            if other_group is not group:
                _report(other_group.original, group.original, alias)


def _report(one: Text, other: Text, key: str) -> None:
    logger.error(
        '%s and %s have the same thread "%s": give one a `Thread:` of its own',
        one.get_relative_source_path(),
        other.get_relative_source_path(),
        key,
    )
