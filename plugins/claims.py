"""What only one text can have: a thread in a language, an address in the site."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from comments_service.errors import N_, Fault

from .sections.addresses import TEMPLATES, section_settings
from .texts import Text, is_article

_FILES = ("threads.json", "rules.json", "build.json", "build-report.json")


@dataclass
class Claims:
    """What the texts chosen so far have taken, each with the path of the one that has it.

    threads: by key and language. kinds: whether a thread is an article's, by key.
    addresses: by the page's file and whether it may stand over another page.
    """

    settings: dict[str, Any]
    threads: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds: dict[str, tuple[bool, str]] = field(default_factory=dict)
    addresses: dict[tuple[str, bool], str] = field(default_factory=dict)

    def clash(self, text: Text) -> Fault | None:
        """Why this text cannot stand beside those that were chosen before; else None."""
        if other := self._same_thread(text):
            message = N_("%(other)s has the same thread “%(thread)s”: give one its own `Thread:`")
            return Fault("thread", message, other=other, thread=text.thread)
        place = self._place(text)
        if place in self.addresses:
            message = N_("%(other)s has the same address, %(address)s")
            return Fault("", message, other=self.addresses[place], address=f"/{text.url}")
        if place and not place[1] and place[0] in self._ours():
            message = N_("the site has a page of its own at %(address)s")
            return Fault("", message, address=f"/{text.url}")
        return None

    def take(self, text: Text, path: str) -> None:
        """Let the text have what it names. path: of its file."""
        if text.status != "draft":
            self.threads[text.thread, text.lang] = path
            self.kinds.setdefault(text.thread, (is_article(text), path))
        if place := self._place(text):
            self.addresses[place] = path

    def _same_thread(self, text: Text) -> str | None:
        """Who has this thread in this language, or in any as another kind of text."""
        if text.status == "draft":
            return None
        of_articles, first = self.kinds.get(text.thread, (is_article(text), ""))
        if of_articles != is_article(text):
            return first
        return self.threads.get((text.thread, text.lang))

    def _place(self, text: Text) -> tuple[str, bool] | None:
        """Pelican writes no file twice, unless the later one says that it stands over it."""
        drafts = "DRAFT_SAVE_AS" if is_article(text) else "DRAFT_PAGE_SAVE_AS"
        if not text.save_as or (text.status == "draft" and not self.settings[drafts]):
            return None
        return posixpath.normpath(text.save_as), hasattr(text, "override_save_as")

    def _ours(self) -> Iterable[str]:
        for name in self.settings["DIRECT_TEMPLATES"]:
            yield str(self.settings.get(f"{name.upper()}_SAVE_AS", f"{name}.html"))
        for language in self.settings["SITE"].languages:
            settings = section_settings(self.settings, language)
            yield from (str(settings[f"{name.upper()}_SAVE_AS"]) for name in TEMPLATES)
        yield from _FILES
