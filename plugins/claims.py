"""What only one text can have: a thread in a language, an address in the site.

Two files that are each good alone must not stop every build from the day on which both count:
a scheduled post has its address from the day it is written, and no text gets one at which the
site may need a list.
"""

import logging
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from comments_service.errors import N_, Fault

from .publication import is_scheduled, on_its_day
from .sections.reserved import Reserved, lists_with, parents, reserved
from .texts import Text, is_article, is_text, texts

MAX_NAME_BYTES = 200
"""Of a folder or file; file systems take 255, and a compressed copy has a longer name."""

SAME = N_("its address, %(address)s, is that of %(other)s: give this one another `%(header)s:`")
OURS = N_("the site has a page of its own at %(address)s: give this one another `%(header)s:`")
ONE_DAY = N_(
    "the site will have a page of its own at %(address)s as soon as there is something to list"
    " there: give this one another `%(header)s:`"
)
THREAD = N_("its thread, “%(thread)s”, is that of %(other)s: give one a `Thread:` of its own")
NOWHERE = N_(
    "no page can be written at %(address)s: give this one another `%(header)s:`, like %(example)s"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text's page is. file: from the site's root; written: as the text names it.

    on_purpose: the header says it (``Save_as``), and so it may stand over a list.
    """

    file: str
    written: str
    address: str
    on_purpose: bool

    def fault(self, message: str, **values: object) -> Fault:
        header, example = ("Save_as", "plan.html") if self.on_purpose else ("Slug", "plan")
        given = {"address": self.address, "header": header, "example": example} | values
        return Fault("", message, **{name: given[name] for name in given if f"({name})" in message})


@dataclass
class Claims:
    """What the texts chosen so far have taken, each with the path of the one that has it.

    threads: by key and language. kinds: whether a thread is an article's, by key. files:
    their pages; folders: that these are in.
    """

    settings: Mapping[str, Any]
    threads: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds: dict[str, tuple[bool, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    def clash(self, text: Text, *, settled: bool = False) -> Fault | None:
        """Why this text cannot stand beside those that were chosen before; else None.

        settled: it was shown at this address before: what the site may need one day is no
        reason to take it away (``in_the_way`` tells when there is one).
        """
        if fault := self.misplaced(text, settled=settled):
            return fault
        if other := self._same_thread(text):
            return Fault("thread", THREAD, other=other, thread=text.thread)
        return None

    def misplaced(self, text: Text, *, settled: bool = False) -> Fault | None:
        """Why it cannot have its address."""
        place = self._place(text)
        if place is None:
            return None
        if not _is_file(place):
            return place.fault(NOWHERE)
        if other := self._owner(place.file):
            return place.fault(SAME, other=other)
        if self._is_ours(place) or self._is_a_list(place):
            return place.fault(OURS)
        if not settled and self._may_be_a_list(place):
            return place.fault(OURS)
        return None

    def premature(self, chosen: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
        """Texts at an address that the site may need one day."""
        for path, text in chosen.items():
            place = self._place(text) if is_text(text) else None
            if place and self._may_be_a_list(place):
                yield path, place.fault(ONE_DAY)

    def take(self, text: Text, path: str) -> None:
        """Let the text have what it names. path: of its file."""
        if _counts(text):
            self.threads[text.thread, text.lang] = path
            self.kinds.setdefault(text.thread, (is_article(text), path))
        if place := self._place(text):
            self.files[place.file] = path
            for folder in parents(place.file):
                self.folders.setdefault(folder, path)

    def in_the_way(self, chosen: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
        """Texts at an address where one of the site's own lists stands today."""
        found = {path: self._place(text) for path, text in chosen.items() if is_text(text)}
        doubtful = {
            path: place
            for path, place in found.items()
            if place and (self._may_be_a_list(place) or self._reserved.vague.fullmatch(place.file))
        }
        if not doubtful:  # nearly always; to know every list takes a while
            return
        listed = {
            posixpath.normpath(file).casefold()
            for text in chosen.values()
            if is_text(text) and is_article(text) and text.status == "published"
            for file in lists_with(text, self.settings)
        }
        for path, place in sorted(doubtful.items()):
            if not place.on_purpose and place.file.casefold() in listed:
                yield path, place.fault(OURS)

    @cached_property
    def _reserved(self) -> Reserved:
        return reserved(self.settings)

    def _same_thread(self, text: Text) -> str | None:
        """Who has this thread in this language, or in any as another kind of text."""
        if not _counts(text):
            return None
        of_articles, first = self.kinds.get(text.thread, (is_article(text), ""))
        if of_articles != is_article(text):
            return first
        return self.threads.get((text.thread, text.lang))

    def _owner(self, file: str) -> str | None:
        """Who has this file, or one that needs a folder of this name, or is a folder of it."""
        above = (self.files[each] for each in parents(file) if each in self.files)
        return self.files.get(file) or self.folders.get(file) or next(above, None)

    def _is_ours(self, place: Place) -> bool:
        """Whether a page there would spoil what nobody puts another page over on purpose."""
        ours = self._reserved
        of_files = (ours.files, ours.further, ours.always, ours.sometimes)
        if any(each.fullmatch(place.file) for each in (ours.folders, ours.files, ours.further)):
            return True
        above = list(parents(place.file))
        return any(pattern.fullmatch(each) for each in above for pattern in of_files)

    def _is_a_list(self, place: Place) -> bool:
        return not place.on_purpose and bool(self._reserved.always.fullmatch(place.file))

    def _may_be_a_list(self, place: Place) -> bool:
        return not place.on_purpose and bool(self._reserved.sometimes.fullmatch(place.file))

    def _place(self, text: Text) -> Place | None:
        """Where its page is, or will be on its day; None for a draft that nobody sees."""
        if is_scheduled(text):
            text = on_its_day(text)
        drafts = "DRAFT_SAVE_AS" if is_article(text) else "DRAFT_PAGE_SAVE_AS"
        save_as = text.save_as
        if not save_as or (text.status == "draft" and not self.settings[drafts]):
            return None
        on_purpose = "save_as" in text.metadata
        address = f"/{save_as if on_purpose else text.url}"
        return Place(posixpath.normpath(save_as), save_as, address, on_purpose)


def _counts(text: Text) -> bool:
    """Whether readers see it, today or on its day."""
    return text.status != "draft" or is_scheduled(text)


def _is_file(place: Place) -> bool:
    parts = place.file.split("/")
    long = any(len(part.encode()) > MAX_NAME_BYTES for part in parts)
    return not (long or place.written.endswith("/") or parts[-1] in ("", ".", ".."))


def check(generators: list[Any]) -> None:
    """Where nothing is tolerated: an error for each text whose address is taken."""
    claims = Claims(generators[0].settings)
    found: dict[str, Text] = {}
    for text in texts(generators):
        path = text.get_relative_source_path()
        if fault := claims.misplaced(text):
            logger.error("%s: %s", path, fault)
        else:
            claims.take(text, path)
            found[path] = text
    for path, fault in claims.in_the_way(found):
        logger.error("%s: %s", path, fault)
