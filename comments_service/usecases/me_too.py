"""Other readers who want a published comment answered: counted for staff, told to nobody else."""

from collections.abc import Sequence
from datetime import datetime

from ..domain.cases import Case
from ..domain.standing import fold
from ..store import events, me_too
from ..store.engine import Connection
from . import limits, on_the_page
from .blog import Blog


def is_answered(blog: Blog, case: Case) -> bool:
    """Whether the institution answered it already."""
    with blog.store.read() as connection:
        return _is_answered(connection, case)


def count(blog: Blog, keys: Sequence[str], comment_id: str, *, address: str, now: datetime) -> None:
    """Note that somebody wants it answered too; what was counted or answered stays as it is.

    keys: all of the conversation. address: the reader's network address; only keyed hashes of
    it are kept. Raises UnknownComment, TooMany, Unavailable.
    """
    with blog.store.write() as connection:
        case = on_the_page.locked_case(connection, keys, comment_id)
        if _is_answered(connection, case):
            return
        networks = limits.network_hashes(connection, address, now)
        if me_too.add(connection, case.id, networks, now):
            limits.refuse_me_too(blog, connection, address, now)


def _is_answered(connection: Connection, case: Case) -> bool:
    return bool(fold(events.of_case(connection, case.id)).answers)
