"""Whose cases they are: those that a person looks after, or writes the articles of."""

from datetime import datetime

from ..domain.permissions import Role
from ..store import people
from ..store.own import Own
from ..store.people import Person
from . import authors
from .blog import Blog


def own_cases(blog: Blog, person: Person, now: datetime) -> Own:
    """What the person looks after, also in place of somebody who is away today, and what their
    department was asked; of an author, the conversations on what they wrote as well."""
    today = now.astimezone(blog.site.zone).date()
    with blog.store.read() as connection:
        away = people.stood_in_for(connection, person.id, today)
    threads = authors.written_by(blog, person.name) if person.role is Role.AUTHOR else ()
    departments = frozenset(filter(None, [person.department_id]))
    return Own(frozenset({person.id, *away}), frozenset(threads), departments)


def is_team(blog: Blog) -> bool:
    """Whether more than one person has, or is to have, an account here."""
    with blog.store.read() as connection:
        return people.count(connection) > 1
