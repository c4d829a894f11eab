"""Articles and pages read for a tolerant build: from their file, or from its last good copy.

Every fault comes back as a sentence for a person; what only a programmer understands goes
to the build's log.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.contents import Article, Page, SkipStub
from pelican.generators import ArticlesGenerator, PagesGenerator

from comments_service.errors import N_, Fault

from .dates import has_two_meanings
from .headers import MANY_LINES, ONE_LINE, missing_template
from .report import REFUSALS, noted
from .texts import Text, is_text

logger = logging.getLogger(__name__)

Reading = Text | SkipStub | None
"""An article or page; a stub for ``Status: skip``; None for what cannot be used."""

LONG_HEADERS = frozenset({*ONE_LINE, "lang", "timezone", "url"})
"""Pelican makes a list of these when they stand twice, and fails over it."""

EXAMPLE = "2026-11-22 10:00"

_KINDS = {
    ArticlesGenerator: (
        Article,
        signals.article_generator_preread,
        signals.article_generator_context,
    ),
    PagesGenerator: (Page, signals.page_generator_preread, signals.page_generator_context),
}


class Unusable(Exception):
    """A header that Pelican could not use."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one file. notes: faults that do not keep it from being shown."""

    text: Reading
    faults: tuple[Fault, ...]
    notes: tuple[tuple[str, Fault], ...] = ()


class SourceReader:
    """Reads the files of one of Pelican's generators, each as often as asked.

    ``read`` is Pelican's own reading with all its signals; the generator itself gets what
    was chosen of it, by ``hand_out``.
    """

    def __init__(self, generator: Any) -> None:
        self._generator = generator
        self._read_file = generator.readers.read_file
        self._instead: Path | None = None
        for form, reader in generator.readers.readers.items():
            if form != "static":
                self._watch(reader)

    def read(self, path: str, instead: Path | None = None) -> Read:
        """Read the file ``path`` below ``content/``, or ``instead`` as if it stood there.

        What plugins note of a text that is not used is forgotten with it.
        """
        notes = noted(self._generator.context)
        before = len(notes)
        faults: list[Fault] = []
        self._generator.context[REFUSALS] = faults
        self._instead = instead
        text: Reading = None
        try:
            _check_file(instead or Path(self._generator.path) / path)
            text = self._read(path)
        except Exception as error:  # Markdown and plugins raise what they like
            faults[:] = [_explained(error, path)]
        self._instead = None
        if is_text(text):
            faults += self._missing(text)
        own, notes[before:] = tuple(notes[before:]), ()
        return Read(None if faults else text, tuple(faults), own)

    def _read(self, path: str) -> Reading:
        """As Pelican's generator would do it."""
        kind, preread, context = next(
            found for kind, found in _KINDS.items() if isinstance(self._generator, kind)
        )
        text: Reading = self._read_file(
            base_path=self._generator.path,
            path=path,
            content_class=kind,
            context=self._generator.context,
            preread_signal=preread,
            preread_sender=self._generator,
            context_signal=context,
            context_sender=self._generator,
        )
        return text

    def hand_out(self, files: Callable[[], set[str]], text: Callable[[str], Reading]) -> None:
        """Let Pelican find ``files`` only, and get ``text`` for each without reading again."""
        generator, find = self._generator, self._generator.get_files

        def get_files(paths: Any, exclude: Any = None, extensions: Any = None) -> set[str]:
            found: set[str] = find(paths, exclude=exclude, extensions=extensions)
            return found & files() if extensions is None else found

        generator.get_files = get_files
        generator.readers.read_file = lambda *, path, **_: text(path)

    def _watch(self, reader: Any) -> None:
        """Let a reader of Pelican's read another file, and name the header it fails over."""
        read, process = reader.read, reader.process_metadata

        def read_instead(path: str) -> tuple[str, dict[str, Any]]:
            content, metadata = read(str(self._instead or path))
            for name, value in metadata.items():
                if name in LONG_HEADERS and isinstance(value, list):
                    values = {"header": name.title(), "lines": len(value)}
                    raise Unusable(Fault(name, MANY_LINES, **values))
            return content, metadata

        def process_metadata(name: str, value: Any) -> Any:
            try:
                return process(name, value)
            except Exception as error:
                raise Unusable(_unusable_header(name, value)) from error

        reader.read = read_instead
        reader.process_metadata = process_metadata

    def _missing(self, text: Any) -> Iterator[Fault]:
        """What Pelican would skip the text for, or stop at."""
        for name in text.mandatory_properties:
            if not hasattr(text, name):
                yield Fault(name, *_MANDATORY[name])
        if text.status not in text.allowed_statuses:
            message = N_("Status is %(status)r; it takes published, hidden or draft")
            yield Fault("status", message, status=text.status)
        if fault := missing_template(self._generator, text):
            yield fault


_MANDATORY = {
    "title": (N_("it has no title: write a line like `Title: ...` at its top"),),
    "date": (N_("it has no date: write a line like `Date: 2026-11-22 10:00` at its top"),),
}


def _check_file(file: Path) -> None:
    """A named pipe or a folder would hold the build or stop it."""
    if not file.is_file():
        raise Unusable(Fault("", N_("it is no ordinary file")))


def _unusable_header(name: str, value: object) -> Fault:
    if name in ("date", "modified") and has_two_meanings(str(value)):
        message = N_("the date “%(date)s” can be read in two ways; write it like %(example)s")
        return Fault(name, message, date=value, example=EXAMPLE)
    if name in ("date", "modified"):
        message = N_("the date “%(date)s” cannot be understood; write it like %(example)s")
        return Fault(name, message, date=value, example=EXAMPLE)
    return Fault(name, N_("“%(value)s” cannot be used here"), value=value)


def _explained(error: Exception, path: str) -> Fault:
    """The fault in words; the error itself goes to the log."""
    if isinstance(error, Unusable):
        return error.fault
    logger.warning("%s: %s: %s", path, type(error).__name__, error)
    if isinstance(error, UnicodeError):
        return Fault("", N_("it is not written in UTF-8: save it again in that encoding"))
    if isinstance(error, PermissionError):
        return Fault("", N_("its permissions do not let us read it"))
    if isinstance(error, OSError):
        return Fault("", N_("it cannot be read: %(why)s"), why=error.strerror or error)
    return Fault("", N_("no page can be made of it; the log of the build says more"))
