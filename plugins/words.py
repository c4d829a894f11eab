"""The words of HTML alone: in templates the filter ``words``.

``striptags`` joins the last word of a paragraph to the first of a list.
"""

import re

from markupsafe import Markup
from pelican import signals
from pelican.generators import Generator

_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|figcaption|figure|"
    r"footer|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|"
    r"tr|ul)(?=[\s/>])",
    re.IGNORECASE,
)


def words(html: object) -> str:
    """As a reader reads them, on one line; nothing in them is HTML any more."""
    apart = _BLOCK.sub(r" \g<0>", str(html))
    return str(Markup(apart).striptags())  # noqa: S704 (taken apart, not shown)


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the filter."""
    generator.env.filters["words"] = words


def register() -> None:
    signals.generator_init.connect(install)
