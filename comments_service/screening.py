"""Automatic looks at a new comment: notes for staff, never a decision.

Every comment waits for a person, so a note costs its writer nothing but a second look.
Being slow, writing from an old page or without JavaScript is no sign of anything and has
no note.
"""

import re
from collections.abc import Collection, Mapping

from .domain.names import folded, skeleton
from .errors import N_

MAX_QUIET_LINKS = 2
"""More links than this get a note. Of 350 comments on a video, "has a link" found 40 % of the
spam and 1.7 % of the rest (YouTube-Psy collection); people who answer do name a page or two."""

_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s<>()]+", re.IGNORECASE)
_LIKE_AN_ADDRESS = re.compile(
    r"https?:|\bwww\.|\b[a-z0-9-]{1,63}\.(?:com|net|org|info|biz|shop|xyz)\b", re.IGNORECASE
)
_MIN_SHOUTED = 20

NOTES: Mapping[str, str] = {
    "trap": N_("A field that people do not see was filled in."),
    "links": N_("It holds more than two web addresses."),
    "only_links": N_("Apart from web addresses it says hardly anything."),
    "address_as_name": N_("The name looks like a web address."),
    "capitals": N_("It is written almost wholly in capitals."),
    "repeated": N_("The same text was sent before."),
    "colleague": N_("It has the name of somebody who works here."),
    "term": N_("It holds a word of the list."),
    "barred": N_("It came with an e-mail address of which no comments are taken now."),
}
"""Every note by its code, in the order in which they are given."""


def screen(
    *,
    author: str,
    body: str,
    trap: str,
    earlier_same_text: int,
    terms: Collection[str] = (),
    colleagues: Collection[str] = (),
    barred: bool = False,
) -> list[str]:
    """The codes of the notes that apply, in the order of ``NOTES``.

    author, body: after the clean-up at the door. trap: what came in the hidden field.
    earlier_same_text: how many comments, in any state, held this text before.
    terms: words to point out, each as ``folded_words`` has it. colleagues: names of those who
    work here, of whom a reader may have the same. barred: of the e-mail address that was typed
    no comments are taken now; whose it is nobody knows.
    """
    addresses = _ADDRESS.findall(body)
    found = {
        "trap": trap.strip() != "",
        "links": len(addresses) > MAX_QUIET_LINKS,
        "only_links": bool(addresses) and len(re.findall(r"\w+", _ADDRESS.sub("", body))) < 3,
        "address_as_name": _LIKE_AN_ADDRESS.search(author) is not None,
        "capitals": _is_shouted(body),
        "repeated": earlier_same_text > 0,
        "colleague": skeleton(author) in map(skeleton, colleagues),
        "barred": barred,
        "term": bool(terms) and _holds(f"{author}\n{body}", terms),
    }
    return [code for code in NOTES if found[code]]


def folded_words(text: str) -> str:
    """The words of a text without case and accents, a space between each and the next."""
    return " ".join(re.findall(r"\w+", folded(text)))


def _holds(text: str, terms: Collection[str]) -> bool:
    words = f" {folded_words(text)} "
    return any(f" {term} " in words for term in terms)


def _is_shouted(text: str) -> bool:
    """Four letters of five are capitals, in a text long enough not to be an acronym."""
    letters = [char for char in _ADDRESS.sub("", text) if char.isupper() or char.islower()]
    return len(letters) >= _MIN_SHOUTED and sum(map(str.isupper, letters)) * 5 >= len(letters) * 4
