"""A forgotten password: a one-time link with which its owner chooses another one.

Whoever asks is answered before anybody looks who it is: what was typed waits, sealed, for the
next run. So names and addresses that nobody has take the same steps, and nothing tells them from
others. A link opens no session and takes nothing away but the password: the code is asked as ever.
Source: OWASP's Forgot Password cheat sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .. import markup, signing
from ..domain import passwords
from ..domain.cases import person_actor
from ..domain.journal import NOBODY, JournalKind
from ..domain.mails import MailKind
from ..errors import (
    N_,
    AlreadyDecided,
    Fault,
    InvalidComment,
    LinkExpired,
    NotHere,
    Unsealable,
)
from ..store import addresses as stored
from ..store import links, people, sessions, sign_in_steps
from ..store.engine import Connection
from ..store.people import Person
from ..store.sign_in_steps import Step
from . import addresses, staff_mails, tries
from .blog import Blog
from .journal import note

LIFE = timedelta(hours=1)
ASKED = "reset"
PURPOSE = "forgotten password"
MAX_TYPED_CHARS = 254
AT_A_TIME = 100
_BY_MAIL, _BY_HAND = links.RESETS


@dataclass(frozen=True, slots=True)
class Handed:
    """A link to be shown once and handed over. expires: its end."""

    person: Person
    token: str
    expires: datetime


def ask(blog: Blog, typed: str, *, address: str, now: datetime) -> None:
    """Somebody says that they forgot the password of this user name or e-mail address.

    address: of the network. Raises NotHere (no mail can be sent), InvalidComment about
    ``login``, TooMany.
    """
    if not blog.can_send:
        raise NotHere(N_("There is nothing at this address."))
    typed = markup.clean_line(typed).casefold()
    if not 0 < len(typed) <= MAX_TYPED_CHARS:
        fault = Fault("login", N_("Write your user name or your e-mail address."))
        raise InvalidComment(N_("There is a problem"), [fault])
    tries.take(blog, tries.subjects_of(blog, typed, address, doing=ASKED), now)
    sealed = signing.seal(blog.staff_key, PURPOSE, typed).hex()
    with blog.store.write() as connection:
        token = signing.random_token()
        sign_in_steps.put(connection, token, ASKED, now + LIFE, data={"typed": sealed})


def look_up(blog: Blog, now: datetime) -> None:
    """Ask for the mails of those who asked since the last run, if an account is theirs."""
    with blog.store.read() as connection:
        waiting = sign_in_steps.of_kind(connection, ASKED, now, AT_A_TIME)
    for step in waiting if blog.can_send else ():
        with blog.store.write() as connection:
            if sign_in_steps.end(connection, step):
                _look_up(blog, connection, step, now)


def _look_up(blog: Blog, connection: Connection, step: Step, now: datetime) -> None:
    found = _named(blog, connection, step)
    for person in found:
        _mail_link(connection, blog, person, now)
    nobody: Sequence[int | None] = [None]
    for number in [each.id for each in found] or nobody:
        data = {"person": number}
        note(connection, JournalKind.RESET_ASKED, actor=NOBODY, now=now, data=data)


def _named(blog: Blog, connection: Connection, step: Step) -> Sequence[Person]:
    """Whose user name or e-mail address was typed, who can be written to and has a password."""
    try:
        typed = signing.unseal(blog.staff_key, PURPOSE, bytes.fromhex(step.data["typed"]))
    except Unsealable:  # the key was changed meanwhile: they ask again
        return []
    found = people.by_login(connection, typed)
    at = stored.with_lookup(connection, addresses.lookup_of(blog.lookup_key, typed))
    named = [found] if found else people.all_at(connection, at) if at else []
    return [each for each in named if _can_reset(each) and each.address_id is not None]


def _can_reset(person: Person) -> bool:
    """Whether there is a password that could be forgotten."""
    return person.works and person.has_password


def _mail_link(connection: Connection, blog: Blog, person: Person, now: datetime) -> None:
    """One link an hour: whoever asks in somebody else's name ends no link and fills no mailbox."""
    before = links.expires(connection, f"{_BY_MAIL}:{person.id}")
    if before is not None and before > now:
        return
    made = _link(connection, blog, person, _BY_MAIL, now)
    cause = f"{person.id}.{made.expires.timestamp():.0f}"
    staff_mails.tell(blog, connection, MailKind.RESET, [person], None, cause, now, at_once=True)


def hand(blog: Blog, person_id: int, *, by: Person, now: datetime) -> Handed:
    """A link that whoever looks after the accounts hands over; nothing else changes yet.

    Raises NotHere, AlreadyDecided (one's own; an account without a password; a stopped one).
    """
    with blog.store.write() as connection:
        people.lock(connection, person_id)
        person = people.by_id(connection, person_id)
        if person is None:
            raise NotHere(N_("There is no account at this address."))
        if person.id == by.id or not _can_reset(person):
            raise AlreadyDecided(_NOT_FOR_THEM)
        made = _link(connection, blog, person, _BY_HAND, now)
        actor, data = person_actor(by.id), {"person": person.id}
        note(connection, JournalKind.RESET_ASKED, actor=actor, now=now, data=data)
        return made


def look(blog: Blog, token: str, now: datetime) -> Person:
    """Whose password the link changes; looking uses nothing up. Raises LinkExpired."""
    with blog.store.read() as connection:
        return _person_of(blog, connection, token, now)[1]


def choose(blog: Blog, token: str, password: str, *, now: datetime) -> Person:
    """Use the link up and set the password; every session ends, and none begins.

    Raises InvalidComment about ``password`` (the link stays valid), LinkExpired.
    """
    person = look(blog, token, now)
    names = (person.login, person.name, *blog.site.names.values())
    if fault := passwords.fault_of(password, names):
        raise InvalidComment(N_("There is a problem"), [fault])
    stored_password = signing.password_hash(password)
    with blog.store.write() as connection:
        people.lock(connection, person.id)
        purpose, person = _person_of(blog, connection, token, now)
        if not links.use_link(connection, purpose, _kept(blog, token), now):
            raise LinkExpired(_OVER)
        people.change(connection, person.id, password_hash=stored_password)
        links.end_resets(connection, person.id)
        sessions.close_all(connection, person.id)
        sign_in_steps.end_all(connection, person.id)
        staff_mails.tell_password_changed(blog, connection, person, now)
        actor, data = person_actor(person.id), {"link": purpose.partition(":")[0]}
        note(connection, JournalKind.PASSWORD_RESET, actor=actor, now=now, data=data)
    return person


def mailed(blog: Blog, connection: Connection, person: Person, expires: int) -> str | None:
    """The token of a link for its mail, while that very link is good; None: it is over."""
    ends = links.expires(connection, f"{_BY_MAIL}:{person.id}")
    if ends is None or ends.timestamp() != expires or not _can_reset(person):
        return None
    return _token(blog, person, _BY_MAIL, datetime.fromtimestamp(expires, UTC))


def _link(connection: Connection, blog: Blog, person: Person, kind: str, now: datetime) -> Handed:
    expires = now + LIFE
    token = _token(blog, person, kind, expires)
    links.put_link(connection, f"{kind}:{person.id}", _kept(blog, token), expires)
    return Handed(person, token, expires)


def _token(blog: Blog, person: Person, kind: str, expires: datetime) -> str:
    """Made with the password that it replaces: no other link is ever the same."""
    purpose = f"{kind} {person.password_hash}"
    return signing.link_token(blog.link_key, purpose, person.id, int(expires.timestamp()))


def _kept(blog: Blog, token: str) -> str:
    """What stands for the token in the database: nobody makes it without our key."""
    return signing.keyed_hash(blog.link_key, [PURPOSE, token])


def _person_of(blog: Blog, connection: Connection, token: str, now: datetime) -> tuple[str, Person]:
    """The link's purpose and its person. Raises LinkExpired."""
    purpose = links.purpose_of(connection, _kept(blog, token), now) or ""
    kind, _, number = purpose.partition(":")
    person = people.by_id(connection, int(number)) if kind in links.RESETS else None
    if person is None or not _can_reset(person):
        raise LinkExpired(_OVER)
    return purpose, person


_OVER = N_("This link was used already or is too old. Ask for a new one where you sign in.")
_NOT_FOR_THEM = N_("There is no password to forget here. Nothing was changed.")
