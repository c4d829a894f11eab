"""A reader's Markdown read by markdown-it-py: CommonMark without what a comment has no use for.

Off: raw HTML, images, references (one definition could make a page of 100 MB), headings,
rules. A link that may not be followed stays as the text that it is, and so does an entity
for a character that the door would have removed. The HTML of this module has not been
sanitised.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from ..domain.addresses import is_web_address
from ..domain.comments import MAX_NESTING
from .cleaning import clean_entity, is_visible

_OFF = (
    "html_block",
    "html_inline",
    "image",
    "reference",
    "heading",
    "lheading",
    "hr",
    "text_join",  # joined, an entity would no longer be known from the text around it
)

_MAX_LEVEL = 2 * MAX_NESTING + 4
"""Where the parser itself stops, and drops what stands deeper without a word. A list takes two
levels, so a text that is too deep for us is always seen to be. Not higher: unclosed brackets
cost their number up to this limit times the length of the text (1.2 s at 100, 0.2 s at 20)."""

_MARKS = re.compile(
    r"[\\`*_]|\]\(|<[A-Za-z]|&[#A-Za-z]"  # escapes, code, emphasis, links, entities
    r"|^(?:[-+>~]|[0-9]{1,9}[.)])"  # lists, quotations, fences
    r"|^[^\S\n]|[^\S\n]$",  # indentation; spaces that Markdown drops
    re.MULTILINE,
)

_HTTP = re.compile("https?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the parser understood a text.

    html: not sanitised.
    seen: the text that readers will see, piece by piece.
    written: the same and what is read but not seen (addresses of links, numbers of list
        items), in the order of the source.
    depth: how many quotations, lists, emphases and links stand inside one another.
    links: how many there are. blind: whether one of them has no text to click on.
    """

    html: str
    seen: Sequence[str]
    written: Sequence[str]
    depth: int
    links: int
    blind: bool


def has_marks(text: str) -> bool:
    """Whether Markdown may read anything in the text but paragraphs and line breaks."""
    return _MARKS.search(text) is not None


def web_address(text: str) -> str | None:
    """The address as it may stand in a link (percent-encoded, host in Punycode), or None."""
    if not _HTTP.match(text):
        return None
    url = normalizeLink(text)
    return url if is_web_address(url) else None


def read(text: str) -> Reading:
    """Parse ``text``; its size must have been limited by the caller."""
    parser = _parser_of_this_thread()
    blocks = parser.parse(text)
    reader = _Reader()
    for token in _flat(blocks):
        reader.take(token)
    return Reading(
        html=parser.renderer.render(blocks, parser.options, {}),
        seen=reader.seen,
        written=reader.written,
        depth=reader.deepest,
        links=reader.links,
        blind=reader.blind,
    )


class _Parser(MarkdownIt):
    """Links are judged by our rule and kept as written until the HTML is made."""

    def __init__(self) -> None:
        super().__init__(
            "commonmark",
            {"html": False, "breaks": True, "maxNesting": _MAX_LEVEL, "xhtmlOut": False},
        )
        self.disable(_OFF)

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return web_address(url) is not None


_OF_THREAD = threading.local()


def _parser_of_this_thread() -> _Parser:
    """The parser makes its tables when first used, which two threads must not do at once."""
    if not hasattr(_OF_THREAD, "parser"):
        _OF_THREAD.parser = _Parser()
    parser: _Parser = _OF_THREAD.parser
    return parser


def _flat(blocks: Sequence[Token]) -> Iterator[Token]:
    for token in blocks:
        yield from (token.children or ()) if token.type == "inline" else (token,)


_DEEPENING = frozenset(
    {
        "blockquote_open",
        "bullet_list_open",
        "ordered_list_open",
        "em_open",
        "strong_open",
        "link_open",
    }
)
_RISING = frozenset(name.replace("_open", "_close") for name in _DEEPENING)


class _Reader:
    """Walks the tokens once: takes down what they say and puts links and code right."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.written: list[str] = []
        self.depth = self.deepest = self.links = 0
        self.blind = False
        self._target = ""
        self._label_from = 0

    def take(self, token: Token) -> None:
        self.depth += (token.type in _DEEPENING) - (token.type in _RISING)
        self.deepest = max(self.deepest, self.depth)
        if token.type == "link_open":
            self._open_link(token)
        elif token.type == "link_close":
            self._close_link(token)
        elif token.type == "list_item_open":
            self.written.append(f"{token.info} ")
        else:
            self._take_text(token)

    def _take_text(self, token: Token) -> None:
        if token.type == "fence" and token.info.strip():
            # What stands behind the fence names a language, or is a sentence put in the
            # wrong place; as a class nobody would see it.
            token.content = f"{token.info.strip()}\n{token.content}"
            token.info = ""
        source = token.content or " "  # a line break, or the end of a paragraph
        if token.type == "text_special":
            token.type = "text"
            if token.info == "entity":
                source = token.markup
                token.content = clean_entity(token.content) or token.markup
        self.seen.append(token.content or " ")
        self.written.append(source)

    def _open_link(self, token: Token) -> None:
        self._target = str(token.attrs["href"])
        self._label_from = len(self.seen)
        # A title is shown by some browsers to some readers, so it is no place for words:
        # dropped here, it is missed when the words are counted.
        token.attrs = {"href": web_address(self._target) or ""}
        if not self._target:
            _as_text(token, "[")
            self.links -= 1
        self.links += 1

    def _close_link(self, token: Token) -> None:
        if not self._target:
            _as_text(token, "]()")
            return
        if token.info != "auto":
            self.written.append(f" {self._target} ")
        if not is_visible("".join(self.seen[self._label_from :])):
            self.blind = True


def _as_text(token: Token, content: str) -> None:
    """``[text]()`` leads nowhere: its marks are shown instead."""
    token.type, token.tag, token.nesting, token.content = "text", "", 0, content
    token.attrs = {}
