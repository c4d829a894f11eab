"""What staff write above a form, in Markdown: paragraphs, emphasis, code and links; and the
texts of this program itself.

Of staff no HTML, no picture, and no link but to a page, an address of e-mail or a telephone.
The site and the service show it by this one function; Python-Markdown reads it, as it reads
articles.
"""

import re
from functools import cache, lru_cache
from threading import Lock
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import EmptyBlockProcessor, ParagraphProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import Registry

_LINK = re.compile(r"https?://|mailto:|tel:|/(?![/\\])|#", re.IGNORECASE)

_NOT_INLINE = (
    *("html", "reference", "short_reference", "automail"),
    *("image_link", "image_reference", "short_image_ref"),
)
_ALONE = Lock()
"""A parser keeps what it reads in itself, and the service has several threads."""


@lru_cache(maxsize=64)  # one message stands under every article
def paragraphs(written: str) -> str:
    """Safe HTML of a few lines by staff."""
    with _ALONE:
        return _parser().reset().convert(written)  # escaped by the parser


def manual(written: str) -> str:
    """HTML of a text that comes with this program, with all that Markdown has."""
    return Markdown(output_format="html").convert(written)


@cache
def _parser() -> Markdown:
    parser = Markdown(output_format="html")
    parser.preprocessors.deregister("html_block")
    blocks = parser.parser.blockprocessors = Registry()
    blocks.register(EmptyBlockProcessor(parser.parser), "empty", 20)
    blocks.register(ParagraphProcessor(parser.parser), "paragraph", 10)
    for pattern in _NOT_INLINE:
        parser.inlinePatterns.deregister(pattern)
    parser.treeprocessors.register(_Links(parser), "links", 5)
    return parser


class _Links(Treeprocessor):
    """A link to anywhere else keeps its words."""

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            if not _LINK.match(link.get("href", "")):
                link.tag = "span"
                link.attrib.clear()
