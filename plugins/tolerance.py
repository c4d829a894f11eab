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
plugin or a template has, and that stops the build. Only what two files want both, such as
an address, can become a fault without a change of either: then one of them gives way.

``tertulia check`` reads in the same way, so that it names every fault at once: with
``TERTULIA_EVERY_FAULT`` nothing stands in for a faulty file.
"""

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator

from comments_service.errors import N_, Fault

from . import claims
from .headers import unfit_template
from .languages import translator
from .report import REFUSALS, noted
from .sources import Read, Reading, SourceReader
from .texts import is_text

LAST_GOOD = "TERTULIA_LAST_GOOD"
"""Folder of the copies, whole path; it need not exist."""
SOURCES = "TERTULIA_SOURCES"
"""File that takes what became of each source, for whoever keeps the copies."""
EVERY_FAULT = "TERTULIA_EVERY_FAULT"
"""Set: name every fault, with nothing of what readers see meanwhile."""
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

    data: its bytes, None when they cannot be read. copy: of its last good wording, None
    where there can be none.
    """

    generator: Any
    path: str
    data: bytes | None
    copy: Path | None
    unchanged: bool

    @property
    def is_taken_away(self) -> bool:
        """Whether its header, however broken, keeps it from the lists that readers see."""
        header = (self.data or b"").removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        return bool(_TAKEN_AWAY.search(header.strip().partition(b"\n\n")[0]))


class Selection:
    """Which wording of which article and page this build takes."""

    def __init__(self, folder: Path | None, settings: dict[str, Any]) -> None:
        self._folder = folder
        self._held_back = os.environ.get(HELD_BACK)
        self._claims = claims.Claims(settings)
        self._now_shown = self._given_up = ""
        if folder:
            self._now_shown = N_("Meanwhile readers see it as it was.")
            self._given_up = N_("Meanwhile it is not on the site.")
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
        sources = {
            path: self._source(generator, path)
            for generator, (_, listing) in self._readers.items()
            for path in listing()
        }
        for source in sorted(sources.values(), key=lambda each: (not each.unchanged, each.path)):
            self._place(source)
            source.generator.context.pop(REFUSALS, None)
        for path, fault in list(self._claims.in_the_way(self._chosen)):
            del self._chosen[path], self._good[path]
            self._leave_out(sources[path], [fault])
        for path, fault in self._claims.premature(self._chosen):
            noted(sources[path].generator.context).append((path, fault))
        self._check_articles(sources.values())
        self._write_down()

    def _check_articles(self, sources: Iterable[Source]) -> None:
        """That none of them can be read is no slip of all their authors."""
        articles = {each.path for each in sources if isinstance(each.generator, ArticlesGenerator)}
        if self._folder and articles and not articles & self._chosen.keys():
            logger.error("no article can be read: see the settings, the plugins, the templates")

    def _source(self, generator: Any, path: str) -> Source:
        data = _bytes(Path(generator.path) / path)
        copy = self._folder / path if self._folder else None
        good = _bytes(copy) if copy else None
        return Source(generator, path, data, copy, data is not None and data == good)

    def _place(self, source: Source) -> None:
        """Choose the file as it is now, else its copy, else nothing."""
        if not source.unchanged:
            self._changed.append(source.path)
        faults = self._held(source)
        if not faults:
            read = self._read(source)
            if read.faults and source.unchanged:
                logger.error(
                    "%s: %s (this file has not changed: the settings, a plugin or a template has)",
                    *(source.path, read.faults[0]),
                )
                return
            faults = list(read.faults) or self._take(source, read, settled=source.unchanged)
            if faults and not self._folder:  # what else is wrong is not left for the next time
                noted(source.generator.context).extend(read.notes)
        if not faults:
            self._good[source.path] = hashlib.sha256(source.data or b"").hexdigest()
        elif not self._stand_in(source):
            self._leave_out(source, faults)
        else:
            self._tell(source, faults, self._now_shown)

    def _held(self, source: Source) -> list[Fault]:
        """In a build that was tried before: why a changed file is not tried again."""
        if not self._held_back or source.unchanged:
            return []
        why = N_("the site cannot be built with it as it is now: %(why)s")
        return list(self._read(source).faults) or [Fault("", why, why=self._held_back)]

    def _read(self, source: Source, instead: Path | None = None) -> Read:
        reader, _ = self._readers[source.generator]
        return reader.read(source.path, instead)

    def _take(self, source: Source, read: Read, *, settled: bool) -> list[Fault]:
        """Take a wording unless there is something against it. settled: it was shown before."""
        if is_text(read.text):
            fault = None if settled else unfit_template(source.generator, read.text)
            fault = fault or self._claims.clash(read.text, settled=settled)
            if fault:
                return [fault]
            self._claims.take(read.text, source.path)
        noted(source.generator.context).extend(read.notes)
        self._chosen[source.path] = read.text
        return []

    def _stand_in(self, source: Source) -> bool:
        """Take the copy, where there is one that may be shown."""
        if source.unchanged or source.is_taken_away or not (source.copy and source.copy.is_file()):
            return False
        read = self._read(source, source.copy)
        return not read.faults and not self._take(source, read, settled=True)

    def _leave_out(self, source: Source, faults: list[Fault]) -> None:
        source.generator._add_failed_source_path(source.path)  # no file to copy, either
        self._tell(source, faults, self._given_up)

    def _tell(self, source: Source, faults: list[Fault], meanwhile: str) -> None:
        """Note each fault. meanwhile: what readers see, or "" where nobody reads this site."""
        for fault in faults:
            logger.warning("%s: %s", source.path, fault)
            told = fault
            if meanwhile:
                reason = fault.explain(self._gettext)
                reason = f"{reason[:1].upper()}{reason[1:].rstrip('.')}. {self._gettext(meanwhile)}"
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
    folder, context = os.environ.get(LAST_GOOD), generator.context
    if folder or os.environ.get(EVERY_FAULT):
        if "selection" not in context:
            context["selection"] = Selection(Path(folder) if folder else None, generator.settings)
        context["selection"].take_over(generator)


def check(generators: list[Any]) -> None:
    """Where nothing is tolerated, what a selection would have found."""
    if "selection" not in generators[0].context:
        claims.check(generators)


def register() -> None:
    signals.all_generators_finalized.connect(check)
    signals.article_generator_init.connect(begin)
    signals.page_generator_init.connect(begin)
