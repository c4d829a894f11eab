"""Staff's Markdown, read by one parser for the whole build.

Pelican makes a parser for each file, which costs a fifth of what reading a post costs.
"""

from typing import Any

from markdown import Markdown
from markdown.extensions.meta import MetaPreprocessor
from pelican import readers
from pelican.utils import pelican_open

_BEFORE_ALL = 27
"""Priority of the header lines, as Markdown's own extension gives it."""


class MarkdownReader(readers.MarkdownReader):
    """Pelican's, but for the parser, which forgets everything between two files."""

    _kept: Markdown | None = None

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """HTML and header of a file. Called by Pelican."""
        self._source_path = source_path
        parser = self._md = self._parser()
        with pelican_open(source_path) as text:
            html = parser.convert(text)
        header: dict[str, Any] = self._parse_metadata(parser.Meta)  # type: ignore[no-untyped-call]
        return html, header

    def _parser(self) -> Any:
        if self._kept is None:
            self._kept = Markdown(**self.settings["MARKDOWN"])
        parser = self._kept
        if "meta" not in parser.preprocessors:  # Pelican takes it away to read the header's texts
            parser.preprocessors.register(MetaPreprocessor(parser), "meta", _BEFORE_ALL)
        return parser.reset()
