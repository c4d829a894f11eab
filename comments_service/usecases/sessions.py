"""What a session of a member of staff is worth, its end, and the password behind it.

Source: OWASP's Session Management cheat sheet; an end when idle and one in any case.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .. import signing
from ..domain import passwords
from ..domain.cases import person_actor
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment
from ..store import links, people, sessions, sign_in_steps
from ..store.engine import Connection
from ..store.people import Person
from ..store.sessions import Session
from . import staff_mails, tries
from .blog import Blog
from .journal import note
from .sign_in import SignedIn, open_session_for

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=60)
SHOWN_CHARS = 16
_NOT_YOURS = N_("This is not your password.")


def session(blog: Blog, token: str | None, now: datetime) -> Session | None:
    """The live session of a cookie, or None; a used session stays awake."""
    if not token:
        return None
    with blog.store.read() as connection:
        found = sessions.session_of(connection, token)
    if found is None or found.person.disabled:
        return None
    if now - found.created_at > SESSION_LIFE or now - found.seen_at > SESSION_IDLE:
        return None
    if now - found.seen_at > timedelta(minutes=1):
        with blog.store.write() as connection:
            sessions.touch_session(connection, found.id_hash, now)
    return found


def of_person(blog: Blog, person: Person, now: datetime) -> Sequence[Session]:
    """Where somebody is signed in, the last used first."""
    with blog.store.read() as connection:
        return sessions.of_person(
            connection, person.id, created=now - SESSION_LIFE, seen=now - SESSION_IDLE
        )


def name_of(session: Session) -> str:
    """What a form calls it: enough to tell one's own apart, and of no use to anybody."""
    return session.id_hash[:SHOWN_CHARS]


def sign_out(blog: Blog, open_session: Session, now: datetime) -> None:
    """Close the session at once."""
    with blog.store.write() as connection:
        if sessions.close_session(connection, open_session.id_hash):
            actor = person_actor(open_session.person.id)
            note(connection, JournalKind.SIGNED_OUT, actor=actor, now=now)


def close(blog: Blog, by: Session, name: str, now: datetime) -> bool:
    """Close one of one's own sessions; False when none has this name."""
    mine = of_person(blog, by.person, now)
    found = next((each for each in mine if signing.same(name_of(each), name)), None)
    if found is None:
        return False
    with blog.store.write() as connection:
        if sessions.close_session(connection, found.id_hash):
            _note_closed(connection, by.person, 1, now)
    return True


def close_others(blog: Blog, by: Session, now: datetime) -> int:
    """Close all of one's sessions but this one; how many they were."""
    with blog.store.write() as connection:
        count = sessions.close_all(connection, by.person.id, but=by.id_hash)
        if count:
            _note_closed(connection, by.person, count, now)
    return count


def check_password(
    blog: Blog,
    person: Person,
    password: str,
    *,
    address: str,
    now: datetime,
    field: str = "password",
) -> None:
    """Once more the password of somebody who is signed in already.

    field: of the form. Raises InvalidComment about it, TooMany.
    """
    subjects = tries.subjects_of(blog, person.login, address)
    noted = tries.take(blog, subjects, now)
    if not signing.password_matches(password, person.password_hash):
        raise InvalidComment(N_("There is a problem"), [Fault(field, _NOT_YOURS)])
    tries.take_back(blog, subjects, noted)


def change_password(
    blog: Blog, by: Session, old: str, new: str, *, address: str, now: datetime, agent: str = ""
) -> SignedIn:
    """Another password; every session ends, and this browser goes on under a new one.

    Raises InvalidComment about ``password`` or ``new``, TooMany.
    """
    person = by.person
    check_password(blog, person, old, address=address, now=now)
    names = (person.login, person.name, *blog.site.names.values())
    fault = passwords.fault_of(new, names, field="new")
    if fault is None and signing.same(old, new):
        fault = Fault("new", N_("This is the password that you have. Choose another one."))
    if fault:
        raise InvalidComment(N_("There is a problem"), [fault])
    stored = signing.password_hash(new)
    with blog.store.write() as connection:
        people.lock(connection, person.id)
        as_now = people.by_id(connection, person.id)
        if as_now is None or as_now.disabled or as_now.password_hash != person.password_hash:
            raise InvalidComment(N_("There is a problem"), [Fault("password", _NOT_YOURS)])
        people.change(connection, person.id, password_hash=stored)
        links.end_resets(connection, person.id)
        sessions.close_all(connection, person.id)
        sign_in_steps.end_all(connection, person.id)
        staff_mails.tell_password_changed(blog, connection, as_now, now)
        actor = person_actor(person.id)
        note(connection, JournalKind.PASSWORD_CHANGED, actor=actor, now=now)
        return open_session_for(connection, person, now, factor=by.factor, agent=agent)


def _note_closed(connection: Connection, person: Person, count: int, now: datetime) -> None:
    actor, data = person_actor(person.id), {"count": count}
    note(connection, JournalKind.SESSION_CLOSED, actor=actor, now=now, data=data)
