"""Which conversation an article or page belongs to, and whether it is open.

The key is the ``Thread:`` of its header, else made from its slug, with ``page-`` before a
page's. A text and its translations share one; two texts in one language never do.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comments_service.domain.comments import THREAD_PATTERN
from comments_service.errors import N_

from ..report import refuse
from ..texts import Text, is_article, is_text, rank

logger = logging.getLogger(__name__)

MAX_KEY_CHARS = 100
OPEN = {"open": True, "closed": False}


@dataclass(frozen=True, slots=True)
class Group:
    """One text in all its languages.

    texts: in the order of the institution's languages, at least one. Hidden ones are among them:
    whoever has their address takes part in the conversation.
    """

    key: str
    texts: tuple[Text, ...]

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
    def open(self) -> bool:
        """As any of its headers says; else articles take comments and pages do not."""
        said = [OPEN.get(each.metadata.get("comments", "")) for each in self.texts]
        return False not in said and (True in said or self.kind == "article")


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
    said = content.metadata.get("comments", "open")
    if said not in OPEN:
        wrong = N_("Comments is %(said)r; it takes open or closed")
        refuse(content, "comments", wrong, said=said)


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
    for group in found:
        seen: dict[str, Text] = {}
        for text in group.texts:
            other = seen.setdefault(text.lang, text)
            if other is text and is_article(text) != is_article(group.original):
                other = group.original
            if other is not text:
                logger.error(
                    '%s and %s have the same thread "%s": give one a `Thread:` of its own',
                    other.get_relative_source_path(),
                    text.get_relative_source_path(),
                    group.key,
                )
