"""How the comments of a thread stand on the page.

True parents are kept at any depth; readers see one level. No recursion: a chain
of two thousand replies is as flat as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .comments import Comment, Entry, Kind, is_linkback


class Order(StrEnum):
    """Order of the top-level comments; replies always read downwards in time."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Branch:
    """A top-level entry and everything said below it, in reading order."""

    top: Entry
    replies: tuple[Entry, ...]


def linkbacks(entries: Iterable[Entry]) -> list[Entry]:
    """The linkbacks, oldest first."""
    return sorted((entry for entry in entries if is_linkback(entry)), key=_when)


def branches(entries: Iterable[Entry], order: Order = Order.NEWEST) -> list[Branch]:
    """The conversation without linkbacks: top-level entries in ``order``, replies below.

    A reply whose parent is gone stands at the top level, and so does one caught in
    a circle of parents. An answer stands directly under its comment.
    """
    talk = {entry.id: entry for entry in entries if not is_linkback(entry)}
    children: defaultdict[str, list[Entry]] = defaultdict(list)
    tops = []
    for entry in sorted(talk.values(), key=_when):
        parent = entry.in_reply_to
        if parent in talk and parent != entry.id:
            children[parent].append(entry)
        else:
            tops.append(entry)
    placed: set[str] = set()
    result = [_branch(top, children, placed) for top in tops]
    for entry in sorted(talk.values(), key=_when):
        if entry.id not in placed:  # caught in a circle
            result += [_branch(entry, children, placed)]
    result.sort(key=lambda branch: _when(branch.top), reverse=order is Order.NEWEST)
    return result


def _when(entry: Entry) -> tuple[datetime, str]:
    return entry.date, entry.id


def _branch(top: Entry, children: dict[str, list[Entry]], placed: set[str]) -> Branch:
    """Walk down depth first, so that each entry follows what it replies to."""
    placed.add(top.id)
    replies: list[Entry] = []
    waiting = _answers_last(children[top.id])
    while waiting:
        entry = waiting.pop()
        if entry.id in placed:
            continue
        placed.add(entry.id)
        replies.append(entry)
        waiting.extend(_answers_last(children[entry.id]))
    return Branch(top, tuple(replies))


def _answers_last(entries: Sequence[Entry]) -> list[Entry]:
    """As a stack: popped from the end come the answers, then the rest, each oldest first."""
    return sorted(entries, key=lambda entry: (not _is_answer(entry), *_when(entry)), reverse=True)


def _is_answer(entry: Entry) -> bool:
    return isinstance(entry, Comment) and entry.kind is Kind.ANSWER
