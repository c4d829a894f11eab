"""Who takes a second look at a refusal: another person here or, where one person decides alone,
whom the institution names."""

from ..domain.permissions import GRANTS, Permission
from ..store import people
from ..store.engine import Connection
from .blog import Blog


def outside(blog: Blog, connection: Connection) -> str:
    """The office or address that the institution names, "" where another person decides here.

    The one person may still decide; readers are told whom they can turn to besides.
    """
    named = blog.site.contact.complaints
    if not named or people.are_several(connection, GRANTS[Permission.DECIDE]):
        return ""
    return named


def named_outside(blog: Blog) -> str:
    """The same, for a page."""
    with blog.store.read() as connection:
        return outside(blog, connection)
