"""Inviting somebody to work here: a one-time link, by which they choose their own password.

The link's token is made from its term, so that a mail can repeat it and the database holds
nothing that opens an account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import markup, signing
from ..domain import passwords
from ..domain.cases import person_actor
from ..domain.journal import JournalKind
from ..domain.mails import MailKind
from ..domain.names import skeleton
from ..domain.permissions import Role
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, LinkExpired, NotHere
from ..store import links, people
from ..store.engine import Connection
from ..store.people import Person
from . import addresses, staff_mails
from .blog import Blog
from .journal import note
from .person_form import PersonForm, checked, faults_of_name
from .sign_in import SignedIn, open_session_for

LIFE = timedelta(days=7)
PURPOSE = "invite"

_OVER = N_("This invitation was used already or is too old. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """token: of the link, to be shown once. expires: its end. is_mailed: it was sent, too."""

    person: Person
    token: str
    expires: datetime
    is_mailed: bool = False


def invite(blog: Blog, form: PersonForm, *, by: Person, now: datetime) -> Invitation:
    """Make an account that waits for its owner. Raises InvalidComment naming every fault."""
    login = markup.clean_line(form["login"]).casefold()
    with blog.store.write() as connection:
        faults = list(_faults_of_login(connection, login))
        try:
            said = checked(blog, connection, form, None)
        except InvalidComment as error:
            raise InvalidComment(error.message, [*faults, *error.faults]) from error
        if faults:
            raise InvalidComment(N_("There is a problem"), faults)
        new = people.add_person(
            connection,
            now,
            login=login,
            name=said.name,
            position=said.position,
            department_id=said.department_id,
            language=said.language,
            role=said.role,
            password_hash="",
            address_id=_address(blog, connection, said.email, said.language, now),
        )
        made = _link(blog, connection, _person(connection, new), by, now)
        _note(connection, JournalKind.INVITED, new, by, now, role=said.role)
        return made


def renew(blog: Blog, person_id: int, *, by: Person, now: datetime) -> Invitation:
    """A new link for somebody who has not come yet; the earlier one opens nothing any more.

    Raises NotHere, AlreadyDecided (they have come).
    """
    with blog.store.write() as connection:
        person = _waiting(connection, person_id)
        made = _link(blog, connection, person, by, now)
        _note(connection, JournalKind.INVITED, person.id, by, now, again=1)
        return made


def revoke(blog: Blog, person_id: int, *, by: Person, now: datetime) -> None:
    """Take the invitation back, and the account with it. Raises as ``renew`` does."""
    with blog.store.write() as connection:
        person = _waiting(connection, person_id)
        links.remove_link(connection, _purpose(person.id))
        if not people.forget(connection, person.id):
            raise AlreadyDecided(_HAVE_COME)
        _note(connection, JournalKind.PERSON_CHANGED, person.id, by, now, invitation="revoked")


def look(blog: Blog, token: str, now: datetime) -> Person:
    """Whom the link invites; changes nothing. Raises LinkExpired."""
    with blog.store.read() as connection:
        return _invited(connection, token, now)[1]


def ends(blog: Blog, person_id: int) -> datetime | None:
    """Until when the person's link opens the account; None: there is none any more."""
    with blog.store.read() as connection:
        return links.expires(connection, _purpose(person_id))


def may_choose_name(person: Person) -> bool:
    """What an author may see follows from the name, so whoever invited them chose it."""
    return person.role is not Role.AUTHOR


def accept(
    blog: Blog, token: str, *, name: str, password: str, now: datetime, agent: str = ""
) -> SignedIn:
    """Use the link up, choose name and password, and sign in.

    Raises InvalidComment naming every fault (the link stays valid), LinkExpired.
    """
    person = look(blog, token, now)
    name = markup.clean_line(name) if may_choose_name(person) else person.name
    faults = list(_faults_of_name(blog, person, name))
    names = (person.login, name, *blog.site.names.values())
    if fault := passwords.fault_of(password, names):
        faults.append(fault)
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    stored = signing.password_hash(password)
    with blog.store.write() as connection:
        purpose, person = _invited(connection, token, now)
        if not links.use_link(connection, purpose, token, now):
            raise LinkExpired(_OVER)
        people.change(connection, person.id, name=name, password_hash=stored)
        _note(connection, JournalKind.INVITATION_ACCEPTED, person.id, person, now)
        return open_session_for(connection, _person(connection, person.id), now, agent=agent)


def _faults_of_name(blog: Blog, person: Person, name: str) -> Iterator[Fault]:
    """Nobody takes a name that readers would hold for a colleague's."""
    yield from faults_of_name("name", name)
    with blog.store.read() as connection:
        others = [each.name for each in people.everybody(connection) if each.id != person.id]
    if name != person.name and skeleton(name) in map(skeleton, others):
        yield Fault("name", N_("Somebody who works here has this name."))


def _invited(connection: Connection, token: str, now: datetime) -> tuple[str, Person]:
    """The link's purpose and its person, while both still wait."""
    purpose = links.purpose_of(connection, token, now) or ""
    kind, _, number = purpose.partition(":")
    person = people.by_id(connection, int(number)) if kind == PURPOSE else None
    if person is None or person.disabled or person.left or person.is_used:
        raise LinkExpired(_OVER)
    return purpose, person


def _link(
    blog: Blog, connection: Connection, person: Person, by: Person, now: datetime
) -> Invitation:
    """The link, and its mail where mails can be sent and we know where to."""
    expires = now + LIFE
    token = _token(blog, person, expires)
    links.put_link(connection, _purpose(person.id), token, expires)
    cause = f"{person.id}.{expires.timestamp():.0f}.{by.id}"
    tell, kind = staff_mails.tell, MailKind.INVITED
    tell(blog, connection, kind, [person], None, cause, now, at_once=True)
    return Invitation(person, token, expires, blog.can_send and person.address_id is not None)


def mailed(blog: Blog, connection: Connection, person: Person, expires: int) -> str | None:
    """The token of a link for its mail, while that very link is good; None: it is over."""
    ends = links.expires(connection, _purpose(person.id))
    if ends is None or ends.timestamp() != expires or person.is_used or person.disabled:
        return None
    return _token(blog, person, ends)


def _token(blog: Blog, person: Person, expires: datetime) -> str:
    return signing.link_token(blog.link_key, PURPOSE, person.id, int(expires.timestamp()))


def _purpose(person_id: int) -> str:
    return f"{PURPOSE}:{person_id}"


def _faults_of_login(connection: Connection, login: str) -> list[Fault]:
    faults = list(faults_of_name("login", login))
    if not faults and people.by_login(connection, login):
        faults.append(Fault("login", N_("Somebody has this user name already.")))
    return faults


def _waiting(connection: Connection, person_id: int) -> Person:
    person = _person(connection, person_id)
    if person.is_used or person.left:
        raise AlreadyDecided(_HAVE_COME)
    return person


def _person(connection: Connection, person_id: int) -> Person:
    person = people.by_id(connection, person_id)
    if person is None:
        raise NotHere(N_("There is no account at this address."))
    return person


_HAVE_COME = N_("This person has chosen a password already. Nothing was changed.")


def _address(
    blog: Blog, connection: Connection, email: str | None, lang: str, now: datetime
) -> int | None:
    return addresses.keep(blog, connection, email, lang, now) if email else None


def _note(
    connection: Connection,
    kind: JournalKind,
    person_id: int,
    by: Person,
    now: datetime,
    **more: str | int,
) -> None:
    data = {"person": person_id, **more}
    note(connection, kind, actor=person_actor(by.id), now=now, data=data)
