"""What staff write above the form: its heading and its message, in Markdown.

``[comments]`` of ``site.toml`` says them for every text; ``Titulo_comentarios:`` and
``Mensaje_comentarios:`` in a header say them for one. The message takes emphasis, code and
links; no HTML, no picture, and no link but to a page, an address of e-mail or a telephone.
"""

import re
from functools import cache, lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import EmptyBlockProcessor, ParagraphProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import Registry
from markupsafe import Markup

from comments_service.config import SiteConfig

from ..texts import Text

_LINK = re.compile(r"https?://|mailto:|tel:|/(?![/\\])|#", re.IGNORECASE)

_NOT_INLINE = (
    *("html", "reference", "short_reference", "automail"),
    *("image_link", "image_reference", "short_image_ref"),
)


def heading(text: Text, site: SiteConfig) -> str:
    """Of the form below this text; "" leaves it to the catalogue."""
    return _said(text, "titulo_comentarios") or site.text(site.comments.heading, text.lang)


def message(text: Text, site: SiteConfig) -> Markup:
    """Of the form below this text, as paragraphs; empty leaves it to the catalogue."""
    said = _said(text, "mensaje_comentarios") or site.text(site.comments.message, text.lang)
    return paragraphs(said)


def _said(text: Text, key: str) -> str:
    return str(text.metadata.get(key, "")).strip()


@lru_cache(maxsize=64)  # one message stands under every article
def paragraphs(written: str) -> Markup:
    """Safe HTML of a few lines by staff."""
    return Markup(_parser().reset().convert(written))  # noqa: S704 (escaped by the parser)


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
