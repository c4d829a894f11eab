"""Sealing the log: the tick names the newest entry of every chain that grew since.

A seal costs what changed, not what is stored. Everything is taken in batches, each in a
transaction of its own, so that nobody who writes waits long: also after an upgrade, when no
case was ever sealed.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from ..domain.chain import Seal
from ..domain.chain import seal as next_seal
from ..store import facts, log_seals
from ..store.times import seconds

if TYPE_CHECKING:
    from .blog import Blog

AT_A_TIME = 500
"""Cases under one seal."""


def seal_all(blog: "Blog", now: datetime) -> int:
    """Seal whatever is new; how many seals that took. Raises Unavailable."""
    taken = 0
    while (seal := _seal_some(blog, now)) is not None:
        taken += 1
        if seal.heads < AT_A_TIME:
            break
    return taken


def _seal_some(blog: "Blog", now: datetime) -> Seal | None:
    """A seal over the next cases, or None: nothing is new, or another node is sealing."""
    if not _something_grew(blog):
        return None
    with blog.store.write() as connection:
        if not log_seals.begin(connection):
            return None
        heads = log_seals.heads_that_grew(connection, AT_A_TIME)
        if (of_journal := log_seals.head_of_journal(connection)) is not None:
            heads.append(of_journal)
        if not heads:
            return None
        seal, ordered = next_seal(log_seals.newest(connection), heads, seconds(now))
        log_seals.keep(connection, seal, ordered)
        facts.note(connection, facts.SEALED, seal.hash, now)
    return seal


def _something_grew(blog: "Blog") -> bool:
    """Asked first, so that an idle service writes nothing."""
    with blog.store.read() as connection:
        return log_seals.is_due(connection)
