"""``@Aitor`` in a comment leads to what Aitor said last before it in the same thread.

A name counts whole, at the beginning or after a space or a punctuation mark; of several that
fit, the longest. Case and accents make no difference, the tilde of ñ does. Inside links and
code nothing is a name, and a name that nobody bore until then stays text: so a comment never
looks different because of a later one.

The HTML is that of ``markup.render``. It is read as a stream of tags and text and copied as
it stands: nothing is added but links to anchors of the same page.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

Moment = tuple[datetime, str]
"""Date and id of a comment: the order in which a thread was written."""

_CLOSED = frozenset({"a", "code", "pre"})
_WITHIN_LINE = frozenset({"a", "code", "em", "strong"})
_NOT_BEFORE = frozenset("/@=_")
"""After these the name belongs to an address."""
_JOINS = frozenset("-'’.·@_")
"""Before a letter these go on with a name: Ana-María is not Ana, and ana.example nobody."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who spoke in a thread, and when.

    known: moments by folded name, in order. beginnings: of these names, each whole name too.
    """

    known: dict[str, list[Moment]]
    beginnings: frozenset[str]

    def last_before(self, name: str, moment: Moment) -> str:
        """The id of what was said last under this folded name before ``moment``, or ""."""
        moments = self.known.get(name, [])
        place = bisect_left(moments, moment)
        return moments[place - 1][1] if place else ""


def speakers(said: Iterable[tuple[str, Moment]]) -> Speakers:
    """Who can be named. said: author and moment of each comment that readers see."""
    known: dict[str, list[Moment]] = {}
    for author, moment in said:
        # Compared with HTML: escaped as nh3 escapes text.
        if name := folded(escape(author.removeprefix("@"), quote=False)):
            known.setdefault(name, []).append(moment)
    for moments in known.values():
        moments.sort()
    beginnings = (name[:end] for name in known for end in range(1, len(name) + 1))
    return Speakers(known, frozenset(beginnings))


def folded(text: str) -> str:
    """Without case and accents; ñ stays what it is."""
    return "".join(_fold(letter) for letter in _letters(text, 0))


def linked(html: str, spoke: Speakers, moment: Moment) -> Markup:
    """The HTML of the comment written at ``moment``, the names in it made links."""
    html = str(html)  # a Markup would escape what is joined to it
    pieces = _pieces(html) if "@" in html else []
    if "".join(piece.raw for piece in pieces) != html:
        return Markup(html)  # noqa: S704 (from markup.render)
    written, closed = [], 0
    before, after = _beside(pieces, -1), _beside(pieces[::-1], 0)[::-1]
    for place, piece in enumerate(pieces):
        if piece.tag in _CLOSED:
            closed += piece.deepens
        if piece.tag or closed:
            written.append(piece.raw)
        else:
            written += _with_links(piece.raw, before[place], after[place], spoke, moment)
    return Markup("".join(written))  # noqa: S704 (copied, but for our own links)


@dataclass(slots=True)
class _Piece:
    """A tag, or the text up to the next one. raw: as it stands in the HTML. tag: "" in text."""

    raw: str
    tag: str = ""
    deepens: int = 0


class _Reader(HTMLParser):
    """Gathers the pieces; entities stay as they are written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[_Piece] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.pieces.append(_Piece(self.get_starttag_text() or "", tag, 1))

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append(_Piece(f"</{tag}>", tag, -1))

    def handle_data(self, data: str) -> None:
        if not self.pieces or self.pieces[-1].tag:
            self.pieces.append(_Piece(""))
        self.pieces[-1].raw += data

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _pieces(html: str) -> list[_Piece]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.pieces


def _beside(pieces: Iterable[_Piece], end: int) -> list[str]:
    """For each piece the character that stands before it on its line, or ""."""
    found, last = [], ""
    for piece in pieces:
        found.append(last)
        if not piece.tag:
            last = piece.raw[end]
        elif piece.tag not in _WITHIN_LINE:
            last = ""
    return found


def _with_links(
    text: str, before: str, after: str, spoke: Speakers, moment: Moment
) -> Iterator[str]:
    done, at = 0, text.find("@")
    while at >= 0:
        name_end = at + 1
        if _may_begin_after(text[at - 1] if at else before):
            end, target = _longest(text, at + 1, after, spoke, moment)
            if target:
                yield text[done:at]
                yield f'<a class="mention" href="#comment-{target}">{text[at:end]}</a>'
                done = name_end = end
        at = text.find("@", name_end)
    yield text[done:]


def _longest(text: str, start: int, after: str, spoke: Speakers, moment: Moment) -> tuple[int, str]:
    """Where the longest name at ``start`` ends, and the comment that it means; else 0, ""."""
    found, name, end = (0, ""), "", start
    for letter in _letters(text, start):
        name += _fold(letter)
        end += len(letter)
        if name not in spoke.beginnings:
            break
        if name in spoke.known and _ends(text, end, after):
            target = spoke.last_before(name, moment)
            found = (end, target) if target else found
    return found


def _may_begin_after(char: str) -> bool:
    return not _is_in_word(char) and char not in _NOT_BEFORE


def _ends(text: str, end: int, after: str) -> bool:
    """Whether no name goes on at ``end``."""
    following = text[end : end + 2] or after
    if following[:1] in _JOINS:
        return not _is_in_word(following[1:])
    return not _is_in_word(following[:1])


def _is_in_word(char: str) -> bool:
    return char.isalnum() or (char != "" and unicodedata.category(char)[0] == "M")


def _letters(text: str, start: int) -> Iterator[str]:
    """Each character with the marks that it carries."""
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        yield text[start:end]
        start = end


@lru_cache(maxsize=4096)
def _fold(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    kept = [
        char
        for place, char in enumerate(parts)
        if unicodedata.category(char)[0] != "M" or (char == "\u0303" and parts[:place] == "n")
    ]
    return unicodedata.normalize("NFC", "".join(kept))
