"""Staff's Markdown, read by one parser for the whole build.

Pelican makes a parser for each file, which costs a fifth of what reading a post costs.
"""

from typing import Any

from markdown import Markdown
from markdown.extensions.meta import MetaPreprocessor
from pelican import readers
from pelican.utils import pelican_open

from .dates import has_two_meanings

_BEFORE_ALL = 27
"""Priority of the header lines, as Markdown's own extension gives it."""

STOOD_TWICE = "headers that stood twice"
"""Key in an article's or page's metadata: names of Pelican's one-line headers of which the
first line was taken. No header can have this name."""


class MarkdownReader(readers.MarkdownReader):
    """Pelican's, but for the parser, which forgets everything between two files."""

    _kept: Markdown | None = None

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """HTML and header of a file. Called by Pelican."""
        self._source_path = source_path
        try:
            return self._read(source_path)
        except BaseException:
            # What it stopped in the middle of stays in the parser (the lists that are open),
            # and would take paragraphs from every later file.
            self._kept = None
            raise

    def _read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        parser = self._md = self._parser()
        with pelican_open(source_path) as text:
            html = parser.convert(text)
        header: dict[str, Any] = self._parse_metadata(_first_lines(parser.Meta))  # type: ignore[no-untyped-call]
        if twice := _stood_twice(parser.Meta):
            header[STOOD_TWICE] = twice
        return html, header

    def process_metadata(self, name: str, value: Any) -> Any:
        """A header's line as Pelican takes it. Raises ValueError for a date of two meanings."""
        if name in ("date", "modified") and has_two_meanings(str(value)):
            raise ValueError(f"{value!r} is two dates: write it like 2026-11-22")
        return super().process_metadata(name, value)  # type: ignore[no-untyped-call]

    def _parser(self) -> Any:
        if self._kept is None:
            self._kept = Markdown(**self.settings["MARKDOWN"])
        parser = self._kept
        if "meta" not in parser.preprocessors:  # Pelican takes it away to read the header's texts
            parser.preprocessors.register(MetaPreprocessor(parser), "meta", _BEFORE_ALL)
        return parser.reset()


def _stood_twice(header: dict[str, list[str]]) -> list[str]:
    once = readers.DUPLICATES_DEFINITIONS_ALLOWED
    return [name for name, lines in header.items() if name in once and len(lines) > 1]


def _first_lines(header: dict[str, list[str]]) -> dict[str, list[str]]:
    """As Pelican would take them; its own warning names no line, and that in English."""
    twice = _stood_twice(header)
    return {name: lines[:1] if name in twice else lines for name, lines in header.items()}
