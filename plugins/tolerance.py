"""One author's slip never silences everybody: a faulty post keeps its last good wording.

On when ``TERTULIA_LAST_GOOD`` names a folder, as in every build for readers; ``tertulia
check`` and ``--strict`` go without it, and there each such fault is an error. An article or
page that cannot be shown as it is written now is read from its last good copy in that
folder, with the present template and the present comments; one that has no such copy waits.
Both are named in ``build-report.json``. The service keeps the copies
(``comments_service/site/last_good.py``): here they are read and never written.

A copy stands in only for a file that is still there and that does not ask to be taken from
readers: a copy brings back no text that staff deleted or made a draft. Pictures and attached
files have no copies: what a text shows is today's, and what is missing is reported.

A file that is as it was when it was last good has not become faulty by itself: settings, a
plugin or a template has, and that stops the build.
"""

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator

from comments_service.errors import N_, Fault

from .claims import Claims
from .languages import translator
from .report import REFUSALS, noted
from .sources import Reading, SourceReader
from .texts import is_text

LAST_GOOD = "TERTULIA_LAST_GOOD"
"""Folder of the copies, whole path; it need not exist."""
SOURCES = "TERTULIA_SOURCES"
"""File that takes what became of each source, for whoever keeps the copies."""
HELD_BACK = "TERTULIA_HELD_BACK"
"""What went wrong when this build was tried with every file as it is now; set, it makes all
changed files give way to their copies."""

# Also what people write who think of their own language's word.
_TAKEN_AWAY = re.compile(
    rb"^status[ \t]*:[ \t]*(draft|hidden|skip|borrador|ocult|priva|zirriborro|ezkut)",
    re.IGNORECASE | re.MULTILINE,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an article or page. path: below ``content/``.

    data: its bytes, None when they cannot be read. copy: of its last good wording.
    """

    generator: Any
    path: str
    data: bytes | None
    copy: Path
    unchanged: bool

    @property
    def has_copy(self) -> bool:
        return self.copy.is_file()

    @property
    def is_taken_away(self) -> bool:
        """Whether its header, however broken, keeps it from the lists that readers see."""
        header = (self.data or b"").removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        return bool(_TAKEN_AWAY.search(header.strip().partition(b"\n\n")[0]))


class Selection:
    """Which wording of which article and page this build takes."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self._folder = folder
        self._held_back = os.environ.get(HELD_BACK)
        self._claims = Claims(settings)
        self._gettext = translator(settings)
        self._readers: dict[Any, tuple[SourceReader, Callable[[], set[str]]]] = {}
        self._chosen: dict[str, Reading] = {}
        self._is_done = False
        self._good: dict[str, str] = {}
        self._changed: list[str] = []

    def take_over(self, generator: Any) -> None:
        """Decide for this generator of Pelican's which files it gets."""
        reader = SourceReader(generator)
        self._readers[generator] = reader, _listing(generator)
        reader.hand_out(lambda: set(self._decided()), lambda path: self._decided()[path])

    def _decided(self) -> dict[str, Reading]:
        """What was chosen, by path; chosen when first asked, as all generators exist then."""
        if not self._is_done:
            self._is_done = True
            self._choose()
        return self._chosen

    def _choose(self) -> None:
        """Unchanged files first: of two that claim the same, the one that had it keeps it."""
        sources = [
            self._source(generator, path)
            for generator, (_, listing) in self._readers.items()
            for path in listing()
        ]
        for source in sorted(sources, key=lambda each: (not each.unchanged, each.path)):
            self._place(source)
            source.generator.context.pop(REFUSALS, None)
        articles = {each.path for each in sources if isinstance(each.generator, ArticlesGenerator)}
        if articles and not articles & self._chosen.keys():
            logger.error("no article can be read: see the settings, the plugins, the templates")
        self._write_down()

    def _source(self, generator: Any, path: str) -> Source:
        file, copy = Path(generator.path) / path, self._folder / path
        data = _bytes(file)
        return Source(generator, path, data, copy, data is not None and data == _bytes(copy))

    def _place(self, source: Source) -> None:
        """Choose the file as it is now, else its copy, else nothing."""
        if not source.unchanged:
            self._changed.append(source.path)
        faults = self._held(source) or self._try(source, None)
        if not faults:
            self._good[source.path] = hashlib.sha256(source.data or b"").hexdigest()
            return
        if source.unchanged:
            logger.error(
                "%s: %s (this file has not changed: the settings, a plugin or a template has)",
                *(source.path, faults[0]),
            )
            return
        shown = source.has_copy and not source.is_taken_away
        shown = shown and not self._try(source, source.copy)
        if not shown:
            source.generator._add_failed_source_path(source.path)  # no file to copy, either
        self._tell(source, faults, shown=shown)

    def _held(self, source: Source) -> list[Fault]:
        """In a build that was tried before: why a changed file is not tried again."""
        if not self._held_back or source.unchanged:
            return []
        reader, _ = self._readers[source.generator]
        why = N_("the site cannot be built with it as it is now: %(why)s")
        return list(reader.read(source.path).faults) or [Fault("", why, why=self._held_back)]

    def _try(self, source: Source, instead: Path | None) -> list[Fault]:
        """Take this wording unless there is something against it."""
        reader, _ = self._readers[source.generator]
        read = reader.read(source.path, instead)
        if read.faults:
            return list(read.faults)
        if is_text(read.text):
            if clash := self._claims.clash(read.text):
                return [clash]
            self._claims.take(read.text, source.path)
        noted(source.generator.context).extend(read.notes)
        self._chosen[source.path] = read.text
        return []

    def _tell(self, source: Source, faults: list[Fault], *, shown: bool) -> None:
        """Note each fault, with what readers see meanwhile."""
        meanwhile = N_("Meanwhile readers see it as it was.")
        if not shown:
            meanwhile = N_("Meanwhile it is not on the site.")
        for fault in faults:
            reason = fault.explain(self._gettext)
            reason = f"{reason[:1].upper()}{reason[1:].rstrip('.')}. {self._gettext(meanwhile)}"
            logger.warning("%s: %s", source.path, fault)
            told = Fault(fault.where, "%(reason)s", reason=reason)
            noted(source.generator.context).append((source.path, told))

    def _write_down(self) -> None:
        if place := os.environ.get(SOURCES):
            found = {"good": self._good, "changed": sorted(self._changed)}
            Path(place).write_text(json.dumps(found), "utf-8")


def _listing(generator: Any) -> Callable[[], set[str]]:
    """Pelican's own search for the sources of a generator, as it was before we took over."""
    kind = "ARTICLE" if isinstance(generator, ArticlesGenerator) else "PAGE"
    find, settings = generator.get_files, generator.settings
    return lambda: find(settings[f"{kind}_PATHS"], exclude=settings[f"{kind}_EXCLUDES"])


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes() if file.is_file() else None
    except OSError:
        return None


def begin(generator: Any) -> None:
    """In a tolerant build, stand between Pelican and the sources."""
    if folder := os.environ.get(LAST_GOOD):
        context = generator.context
        if "selection" not in context:
            context["selection"] = Selection(Path(folder), generator.settings)
        context["selection"].take_over(generator)


def register() -> None:
    signals.article_generator_init.connect(begin)
    signals.page_generator_init.connect(begin)
