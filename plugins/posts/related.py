"""Articles that speak of the same things, by their tags.

A tag counts the more, the fewer articles have it. Of a tag that very many have, an article
looks only at the nearest in time: so a tag on every article costs no square of their number.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

SHOWN = 3
WINDOW = 20
"""How many articles with a tag are looked at, before and after."""


def by_article(posts: Sequence[Any]) -> dict[Any, list[Any]]:
    """For each of the posts of one language those with a tag in common, the most alike first.

    posts: in the order of time. Among equals stand first the nearest in time, then the newer.
    """
    places = {post: place for place, post in enumerate(posts)}
    tagged: dict[str, list[int]] = {}
    standing: dict[Any, list[tuple[str, int]]] = {}
    for post, place in places.items():
        for slug in dict.fromkeys(tag.slug for tag in getattr(post, "tags", ())):
            listed = tagged.setdefault(slug, [])
            standing.setdefault(post, []).append((slug, len(listed)))
            listed.append(place)
    return {
        post: [posts[each] for each in _alike(places[post], tags, tagged)]
        for post, tags in standing.items()
    }


def _alike(
    own: int, tags: Iterable[tuple[str, int]], tagged: dict[str, list[int]]
) -> Iterable[int]:
    """Places of the articles that share one of ``tags`` (each with our rank in its list)."""
    weights: dict[int, float] = {}
    for slug, rank in tags:
        listed = tagged[slug]
        for place in listed[max(0, rank - WINDOW) : rank + WINDOW + 1]:
            weights[place] = weights.get(place, 0.0) + 1 / len(listed)
    weights.pop(own, None)
    return sorted(weights, key=lambda place: (-weights[place], abs(place - own), -place))


def nearest(alike: Iterable[Any], named: Collection[Any]) -> tuple[Any, ...]:
    """The first few that the page does not name elsewhere."""
    return tuple([post for post in alike if post not in named][:SHOWN])
