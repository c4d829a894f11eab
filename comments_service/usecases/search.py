"""Bringing search up to date: what happened to comments since the last time."""

from ..store import search
from .blog import Blog

AT_ONCE = 200
"""Comments taken in by one transaction: readers who write wait for no longer than that."""

BATCHES = 25
"""Transactions in one run: a large blog is taken in by several."""


def take_in(blog: Blog) -> int:
    """Let search know the newest of what it lacks; how many comments that were."""
    with blog.store.read() as connection:
        is_ready = search.is_there(connection)
    if not is_ready:
        with blog.store.write() as connection:
            search.ensure(connection)
    taken = 0
    for _ in range(BATCHES):
        with blog.store.read() as connection:
            if not search.lacking(connection, None, 1):
                break
        with blog.store.write() as connection:
            taken += search.take_in(connection, AT_ONCE)
    return taken
