"""Finding a comment by what people call it: its reference, or its id; or in a list."""

import re

from ..domain.comments import ID_PATTERN
from ..errors import N_, UnknownComment
from ..store import cases, listing, outbox, publication
from ..store.listing import Listed
from ..store.publication import Kept
from .blog import Blog

_REFERENCE = re.compile(r"([0-9]{4})-([0-9]{1,18})")


def find(blog: Blog, name: str) -> Kept:
    """The comment with this reference (``2026-000123``) or id (26 letters and digits, in
    capitals too); an answer has an id only. Raises UnknownComment."""
    name = name.strip()
    with blog.store.read() as connection:
        found = None
        if reference := _REFERENCE.fullmatch(name):
            case = cases.by_case(connection, int(reference[2]))
            if case and case.reference.startswith(f"{reference[1]}-"):
                found = publication.kept(connection, case.comment_id)
        elif ID_PATTERN.fullmatch(name.lower()):
            found = publication.kept(connection, name.lower())
    if found is None:
        raise UnknownComment(
            N_(
                "There is no comment %(name)s. Write its reference, like 2026-000123, or its id:"
                " the 26 letters and digits in the name of its file."
            ),
            name=name,
        )
    return found


def newest(blog: Blog, thread: str | None, most: int) -> list[Listed]:
    """Comments and answers of one conversation, or of all; newest first."""
    with blog.store.read() as connection:
        return listing.newest(connection, thread, most)


def under_way(blog: Blog, comment_id: str) -> outbox.Asked | None:
    """What is still to be done about a comment; None when all is."""
    with blog.store.read() as connection:
        return outbox.waiting(connection).get(comment_id)
