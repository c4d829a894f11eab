"""Articles that go on: ``Serie: Aprender en la red`` in the header of each.

The parts stand in the order of their dates; ``Parte: 2`` gives an article a number of its
own, and those without one take the numbers that are left. Every language counts its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from comments_service.domain.names import name_key
from comments_service.errors import N_

from ..report import note


@dataclass(frozen=True, slots=True)
class Part:
    """number: from 1."""

    number: int
    article: Any


@dataclass(frozen=True, slots=True)
class Series:
    """Where one article stands in its series. total: the highest number; parts: all of them."""

    name: str
    part: int
    total: int
    parts: tuple[Part, ...]


def number(posts: Sequence[Any]) -> None:
    """Set ``series`` on the posts of one language that have one. posts: oldest first.

    A first part alone is no series yet.
    """
    named: dict[str, list[Any]] = {}
    for post in posts:
        if name := _name(post):
            named.setdefault(name_key(name), []).append(post)
    for members in named.values():
        parts = tuple(sorted(_parts(members), key=lambda part: part.number))
        for part in parts if parts[-1].number > 1 else ():
            name = _name(members[0])
            part.article.series = Series(name, part.number, parts[-1].number, parts)


def _name(post: Any) -> str:
    return " ".join(str(post.metadata.get("serie", "")).split())


def _parts(members: Sequence[Any]) -> Iterator[Part]:
    taken: dict[int, Any] = {}
    left = []
    for post in members:
        if post.part is None:
            left.append(post)
        elif post.part in taken:
            same = N_("%(other)s is part %(number)s of “%(series)s” already")
            other = taken[post.part].get_relative_source_path()
            note(post, "parte", same, other=other, number=post.part, series=_name(post))
            left.append(post)
        else:
            taken[post.part] = post
            yield Part(post.part, post)
    free = (each for each in count(1) if each not in taken)
    for post in left:
        yield Part(next(free), post)
