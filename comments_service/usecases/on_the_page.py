"""A comment that everybody reads, for what other readers may do about it."""

from collections.abc import Sequence

from ..domain.cases import Case
from ..domain.states import Visibility
from ..errors import N_, UnknownComment
from ..store import cases
from ..store.engine import Connection
from .blog import Blog

_PUBLIC = (Visibility.APPROVED, Visibility.PUBLISHED)


def case_of(blog: Blog, keys: Sequence[str], comment_id: str) -> Case:
    """Its case. keys: all of the conversation that it stands in.

    Raises UnknownComment, for one that waits or was refused as for one that does not exist:
    nobody learns which.
    """
    with blog.store.read() as connection:
        return _public(cases.by_comment(connection, comment_id), keys)


def locked_case(connection: Connection, keys: Sequence[str], comment_id: str) -> Case:
    """The same for whoever changes something in this transaction."""
    case = cases.by_comment(connection, comment_id)
    if case is not None:
        cases.lock(connection, case.id)
        case = cases.by_comment(connection, comment_id)
    return _public(case, keys)


def _public(case: Case | None, keys: Sequence[str]) -> Case:
    if case is None or case.thread not in keys or case.visibility not in _PUBLIC:
        raise UnknownComment(N_("We find no comment at this address."))
    return case
