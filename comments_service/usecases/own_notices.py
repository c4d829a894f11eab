"""What somebody who works here is told by mail, and at which address: as they choose themselves."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.cases import person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..domain.permissions import GRANTS, Permission
from ..errors import N_, Fault, InvalidComment
from ..store import people
from ..store.engine import Connection
from ..store.people import Person
from . import addresses, staff_mails
from .blog import Blog
from .journal import note


@dataclass(frozen=True, slots=True)
class Wish:
    """email: a new one, "" leaves the one that there is. no_email: keep none. notices: one of
    ``staff_mails.NOTICES``."""

    email: str
    notices: str
    no_email: bool = False


def decides(person: Person) -> bool:
    """Whether new comments are their business."""
    return person.role in GRANTS[Permission.DECIDE]


def chosen(blog: Blog, person: Person) -> str:
    """What the person is told of new comments, by choice or as is usual in such a team."""
    with blog.store.read() as connection:
        return staff_mails.wanted(person, people.count(connection))


def change(blog: Blog, person: Person, wish: Wish, *, now: datetime) -> None:
    """Raises InvalidComment."""
    email = addresses.checked(wish.email)
    if wish.notices not in staff_mails.NOTICES and decides(person):
        fault = Fault("notices", N_("Choose one of the list."))
        raise InvalidComment(N_("There is a problem"), [fault])
    changes: dict[str, str | int | None] = {"notices": wish.notices} if decides(person) else {}
    with blog.store.write() as connection:
        if email:
            language = person.language
            changes["address_id"] = addresses.keep(blog, connection, email, language, now)
        elif wish.no_email:
            changes["address_id"] = None
        if changes:
            people.lock(connection, person.id)
            before = people.by_id(connection, person.id) or person
            people.change(connection, person.id, **changes)
            after = people.by_id(connection, person.id) or person
            _tell_address(blog, connection, before, after.address_id, now)


def _tell_address(
    blog: Blog, connection: Connection, before: Person, address_id: int | None, now: datetime
) -> None:
    """At the earlier address, and in the journal."""
    if before.address_id == address_id:
        return
    staff_mails.tell_address_changed(blog, connection, before, address_id, now)
    actor = person_actor(before.id)
    data: Data = {"person": before.id, "fields": "address_id"}
    note(connection, JournalKind.PERSON_CHANGED, actor=actor, now=now, data=data)
