"""Leaving words out of what a reader wrote, and nothing else.

The institution may only cut. What it sends is therefore no text of its own: it says which words
of the reader's stay, and the new wording is made of the reader's own characters, with a mark
wherever something is missing. A word that the reader did not write there is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ..errors import N_, Fault

MARK = "[…]"
"""Stands where something was cut."""

MAX_REASON_CHARS = 200
"""Of the reason that readers see below it: one line."""

_MARKS = (MARK, "[...]")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row and the space before them. is_cut: they are left out."""

    space: str
    text: str
    is_cut: bool


def cut(original: str, left: str) -> str:
    """The wording in which only the words of ``left`` stay.

    left: the reader's words without some of them; marks in it are heeded where they can be.
    Raises Fault (``cut``) for a word that the reader did not write there, where nothing is left
    out, and where nothing is left.
    """
    found = pieces(original, left)
    if not any(each.is_cut and not _is_marks(each.text) for each in found):
        raise Fault("cut", N_("Nothing is left out yet: delete what is not to be read."))
    if all(each.is_cut or _is_marks(each.text) for each in found):
        raise Fault("cut", N_("Nothing is left of it. Take it off the page or do not publish it."))
    return "".join(each.space + (MARK if each.is_cut else each.text) for each in found)


def _is_marks(text: str) -> bool:
    return all(word in _MARKS for word in text.split())


def _is_mark(word: str) -> bool:
    """Also beside the comma of a word that somebody wrote it over."""
    bare = (word.replace(mark, "") for mark in _MARKS if mark in word)
    return any(not any(map(str.isalnum, each)) for each in bare)


def pieces(original: str, left: str) -> list[Piece]:
    """What stays of the original and what is cut, in order. Raises Fault (``cut``)."""
    words, wanted = list(_WORD.finditer(original)), _WORD.findall(left)
    said = [each[0] for each in words]
    stays = _found(said, wanted, heed=True)
    if isinstance(stays, str):
        stays = _found(said, wanted, heed=False)
    if isinstance(stays, str):
        message = N_("“%(word)s” is not what its author wrote there. You can only delete words.")
        raise Fault("cut", message, word=stays[:40])
    kept, result, end = _without_doubled_marks(said, stays), list[Piece](), 0
    for stands, run in groupby(range(len(words)), key=kept.__contains__):
        numbers = list(run)
        first, last = words[numbers[0]].start(), words[numbers[-1]].end()
        result.append(Piece(original[end:first], original[first:last], not stands))
        end = last
    return result


def _found(said: Sequence[str], wanted: Sequence[str], *, heed: bool) -> set[int] | str:
    """Which words are wanted, each as early as it can be; the first that is not there.

    heed: at a mark at least one word is left out.
    """
    stays, at = set[int](), 0
    for word in wanted:
        if _is_mark(word) and not (at < len(said) and said[at] == word):
            at += heed
            continue
        try:
            here = said.index(word, at)
        except ValueError:
            return word
        stays.add(here)
        at = here + 1
    return stays


def _without_doubled_marks(said: Sequence[str], stays: set[int]) -> set[int]:
    """One mark is enough for what was cut before and what is cut beside it."""
    kept = set(stays)
    for order in (range(len(said)), range(len(said) - 1, -1, -1)):
        step = 1 if order.step > 0 else -1
        for at in order:
            before = at - step
            is_beside = 0 <= before < len(said) and before not in kept
            if at in kept and said[at] == MARK and is_beside:
                kept.discard(at)
    return kept
