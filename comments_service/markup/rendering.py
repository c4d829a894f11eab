"""The HTML of a comment, and the reasons why a text cannot become one."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape

import nh3

from ..domain.comments import (
    MAX_BODY_BYTES,
    MAX_BODY_CHARS,
    MAX_BODY_LINES,
    MAX_LINKS,
    MAX_NESTING,
    Markup,
)
from ..errors import N_, Unshowable
from . import markdown, policy
from .cleaning import clean_body, has_pile_of_marks, is_visible

MAX_HTML_CHARS = 40 * 1024
"""Lists in lists make ten times their source; honest texts of the greatest length stay below."""

_TAG = re.compile("<[^>]*>")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_NOT_IN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~]+")
"""White space and the ASCII punctuation, of which Markdown's marks are made."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """html: safe. unsanitised: what it was made of, for a second opinion."""

    html: str
    unsanitised: str


def render(body: str, markup: Markup) -> str:
    """The safe HTML of a comment. Never raises.

    A text that ``check`` would refuse (staff wrote it into the file) is shown whole and as
    it is written, in ``<pre>``: one comment never stops a build and never loses a word.
    """
    return rendering(body, markup).html


def plain(body: str, markup: Markup) -> str:
    """The text that readers see, without tags; a line for each line or paragraph."""
    return _text_of(render(body, markup))


def check(body: str) -> None:
    """Refuse a Markdown text that cannot be shown whole, safely and cheaply.

    Raises Unshowable with a sentence for its writer: too long, too many lines or links,
    quotations or lists too deep, words that nobody would see, piles of accents, nothing
    to see. Limits: ``domain.comments``.
    """
    text = clean_body(body)
    _refuse_size(text)
    if has_pile_of_marks(text):
        raise Unshowable(N_("There are too many accents on one letter."))
    shown = _text_of(_from_markdown(text).html)
    if has_pile_of_marks(shown):  # written as entities
        raise Unshowable(N_("There are too many accents on one letter."))
    if not is_visible(shown):
        raise Unshowable(N_("There is nothing to read in the comment yet."))


def rendering(body: str, markup: Markup) -> Rendering:
    """What ``render`` gives, with what went into the sanitiser. Never raises."""
    text = clean_body(body)
    if markup is Markup.TEXT:
        return _escaped(_paragraphs(text))
    try:
        _refuse_size(text)
        return _from_markdown(text)
    except Exception:
        # Broad on purpose: whatever a parser stumbles over, the words are shown.
        return _escaped(f"<pre>{_escape(text)}</pre>")


# At the door a text is checked, then read a second time by another parser; and a page of what
# waits shows the same texts again and again.
@lru_cache(maxsize=512)
def _from_markdown(text: str) -> Rendering:
    """Raises Unshowable for a text that would not be shown whole."""
    if not markdown.has_marks(text):
        return _escaped(_paragraphs(text))
    reading = markdown.read(text)
    if reading.depth > MAX_NESTING:
        raise Unshowable(
            N_("Quotations and lists stand too deep inside one another: at most %(limit)d fit."),
            limit=MAX_NESTING,
        )
    if reading.links > MAX_LINKS:
        raise Unshowable(
            N_("The comment has %(count)d links, and at most %(limit)d fit."),
            count=reading.links,
            limit=MAX_LINKS,
        )
    if reading.blind:
        raise Unshowable(N_("A link needs a text that can be clicked on."))
    if len(reading.html) > MAX_HTML_CHARS:
        raise Unshowable(N_("The comment has too many lists, quotations or emphases."))
    html = _sanitiser().clean(reading.html).strip()
    _refuse_loss(text, reading, html)
    return Rendering(html, reading.html)


def _refuse_size(text: str) -> None:
    if len(text) > MAX_BODY_CHARS:
        raise Unshowable(
            N_("The comment is too long: it has %(count)d characters, and at most %(limit)d fit."),
            count=len(text),
            limit=MAX_BODY_CHARS,
        )
    # clean_body left no surrogates, so every character can be encoded.
    size = len(text.encode())
    if size > MAX_BODY_BYTES:
        raise Unshowable(
            N_("The comment is too long: please leave out about %(count)d characters."),
            count=len(text) - len(text) * MAX_BODY_BYTES // size + 1,
        )
    lines = text.count("\n") + 1
    if lines > MAX_BODY_LINES:
        raise Unshowable(
            N_("The comment has %(count)d lines, and at most %(limit)d fit."),
            count=lines,
            limit=MAX_BODY_LINES,
        )


def _refuse_loss(text: str, reading: markdown.Reading, html: str) -> None:
    """Every word of the source is understood by the parser, and what it shows is in the HTML."""
    # An address in a link is read with its entities already; so both sides are.
    source, understood = _words(unescape(text)), _words(unescape("".join(reading.written)))
    shown, seen = _words(_text_of(html)), _words("".join(reading.seen))
    if "".join(source) == "".join(understood) and "".join(shown) == "".join(seen):
        return
    lost = Counter(source) - Counter(understood) or Counter(source)
    raise Unshowable(
        N_("Nobody would see these words: %(words)s. Please write them without marks around them."),
        words=", ".join(f"“{word[:40]}”" for word in list(lost)[:5]),
    )


def _words(text: str) -> list[str]:
    return [word for word in _NOT_IN_WORDS.split(text) if word]


def _text_of(safe_html: str) -> str:
    """Only for HTML of this module, in which no attribute holds a ``>``."""
    return unescape(_TAG.sub("", safe_html)).strip()


def _paragraphs(text: str) -> str:
    """Blank lines part paragraphs, single line breaks stay. What nh3 would write, by escaping."""
    paragraphs = (block for block in _BLANK_LINES.split(text) if block.strip())
    return "\n".join(f"<p>{_escape(block)}</p>".replace("\n", "<br>\n") for block in paragraphs)


def _escape(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\xa0", "&nbsp;")


def _escaped(html: str) -> Rendering:
    return Rendering(html, html)


@cache
def _sanitiser() -> nh3.Cleaner:
    """One for all threads: it is never changed after it was made."""
    return nh3.Cleaner(
        tags=set(policy.TAGS),
        clean_content_tags=set(),
        attributes={tag: set(attributes) for tag, attributes in policy.TAGS.items()},
        attribute_filter=_filtered,
        link_rel=policy.LINK_REL,
        url_schemes=set(policy.SCHEMES),
        url_relative="deny",
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    # nh3 asks about its own rel too; one from outside never comes as far as this.
    return value if name == "rel" or policy.allows(tag, name, value) else None
