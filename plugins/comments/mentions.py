"""``@Aitor`` in a comment leads to what Aitor said last before it in the same thread.

A name counts whole, at the beginning or after a space or a punctuation mark; of several that
fit, the longest. Case, accents and a full stop at its end make no difference (``domain.names``).
Characters that nobody sees are no part of a name and neither begin nor end one. Inside links
and code nothing is a name, and a name that nobody bore until then stays text: so a comment
never looks different because of a later one.

Who answers for the institution was checked, a reader takes any name: once an answer was given
under a name, that name means its answers alone.

The HTML is that of ``markup.render``. It is read as a stream of tags and text and copied as
it stands: nothing is added but links to anchors of the same page.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from html.parser import HTMLParser
from itertools import islice

from markupsafe import Markup

from comments_service.domain.names import fold, is_invisible, letters, name_key

Moment = tuple[datetime, str]
"""Date and id of a comment: the order in which a thread was written."""

_CLOSED = frozenset({"a", "code", "pre"})
_WITHIN_LINE = frozenset({"a", "code", "em", "strong"})
_NOT_BEFORE = frozenset("/@=_")
"""After these the name belongs to an address."""
_JOINS = frozenset("-'’.·@_")
"""Before a letter these go on with a name: Ana-María is not Ana, and ana.example nobody."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that readers see. is_answer: the institution's."""

    author: str
    moment: Moment
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who spoke in a thread, and when.

    answers, others: moments by name, in order. beginnings: of these names, each whole name too.
    """

    answers: dict[str, list[Moment]]
    others: dict[str, list[Moment]]
    beginnings: frozenset[str]

    def last_before(self, name: str, moment: Moment) -> str:
        """The id of what was said last under this name before ``moment``, or ""."""
        for known in (self.answers, self.others):
            moments = known.get(name, [])
            if place := bisect_left(moments, moment):
                return moments[place - 1][1]
        return ""


def speakers(said: Iterable[Said]) -> Speakers:
    """Who can be named."""
    answers: dict[str, list[Moment]] = {}
    others: dict[str, list[Moment]] = {}
    for each in sorted(said, key=lambda each: each.moment):
        if name := _key(each.author):
            (answers if each.is_answer else others).setdefault(name, []).append(each.moment)
    names = (*answers, *others)
    beginnings = (name[:end] for name in names for end in range(1, len(name) + 1))
    return Speakers(answers, others, frozenset(beginnings))


def _key(author: str) -> str:
    # Compared with HTML: escaped as nh3 escapes text.
    name = name_key(escape(author.removeprefix("@"), quote=False))
    return name.rstrip(". ") or name


def linked(html: str, spoke: Speakers, moment: Moment) -> Markup:
    """The HTML of the comment written at ``moment``, the names in it made links."""
    html = str(html)  # a Markup would escape what is joined to it
    pieces = _pieces(html) if "@" in html else []
    if "".join(piece.raw for piece in pieces) != html:
        return Markup(html)  # noqa: S704 (from markup.render)
    written, closed = [], 0
    before, after = _around(pieces)
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


def _around(pieces: Sequence[_Piece]) -> tuple[list[str], list[str]]:
    """For each piece what is seen right before it on its line, and right after it, or ""."""
    before = _carried((piece, _seen_before(piece.raw, len(piece.raw))) for piece in pieces)
    after = _carried((piece, _seen_from(piece.raw, 0)) for piece in reversed(pieces))
    return before, after[::-1]


def _carried(pieces: Iterable[tuple[_Piece, str]]) -> list[str]:
    """For each piece what the one before it shows, as far as both stand on one line."""
    found, last = [], ""
    for piece, shows in pieces:
        found.append(last)
        if not piece.tag:
            last = shows or last
        elif piece.tag not in _WITHIN_LINE:
            last = ""
    return found


def _seen_before(text: str, end: int) -> str:
    """The last character that readers see before ``end``, or ""."""
    places = (place for place in range(end - 1, -1, -1) if not is_invisible(text[place]))
    return next((text[place] for place in places), "")


def _seen_from(text: str, start: int) -> str:
    """The next two characters that readers see: as much as decides whether a name goes on."""
    places = (place for place in range(start, len(text)) if not is_invisible(text[place]))
    return "".join(text[place] for place in islice(places, 2))


def _with_links(
    text: str, before: str, after: str, spoke: Speakers, moment: Moment
) -> Iterator[str]:
    done, at = 0, text.find("@")
    while at >= 0:
        name_end = at + 1
        if _may_begin_after(_seen_before(text, at) or before):
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
    for letter in letters(text, start):
        name += fold(letter)
        end += len(letter)
        if name not in spoke.beginnings or is_invisible(letter[0]):
            break
        target = spoke.last_before(name, moment)
        if target and _ends(text, end, after):
            found = (end, target)
    return found


def _may_begin_after(char: str) -> bool:
    return not _is_in_word(char) and char not in _NOT_BEFORE


def _ends(text: str, end: int, after: str) -> bool:
    """Whether no name goes on at ``end``."""
    following = (_seen_from(text, end) + after)[:2]
    if following[:1] in _JOINS:
        return not _is_in_word(following[1:])
    return not _is_in_word(following[:1])


def _is_in_word(char: str) -> bool:
    return char.isalnum() or (char != "" and unicodedata.category(char)[0] == "M")
