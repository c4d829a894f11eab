"""Signing in by a password, the first half; the code of ``second_factor`` is the other one.

Source: OWASP's Authentication and Session Management cheat sheets. An unknown name, a wrong
password and an account that was stopped take the same steps: one look at the account, one
check of a password, one note.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import markup, signing
from ..domain.cases import person_actor
from ..domain.journal import NOBODY, JournalKind
from ..errors import N_, SignInFailed
from ..store import people, sessions, sign_in_steps
from ..store import tries as noted_tries
from ..store.engine import Connection
from ..store.people import Person
from . import tries
from .blog import Blog
from .journal import note

CODE_STEP = "code"
STEP_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. token: for the cookie; the database holds its hash."""

    token: str
    person: Person


@dataclass(frozen=True, slots=True)
class Awaited:
    """The password was right; ``second_factor.take_code`` wants the code with this token."""

    token: str
    person: Person


def sign_in(
    blog: Blog, login: str, password: str, *, address: str, now: datetime, agent: str = ""
) -> SignedIn | Awaited:
    """The first half, which is the whole for whoever has no second factor.

    address: of the network. agent: the browser in a few words.
    Raises SignInFailed, TooMany (this account or network is slowed down).
    """
    login = markup.clean_line(login).casefold()
    subjects = tries.subjects_of(blog, login, address)
    noted = tries.take(blog, subjects, now)
    with blog.store.read() as connection:
        person = people.by_login(connection, login)
    matches = signing.password_matches(password, person.password_hash if person else "")
    failure = _NOT_RIGHT
    with blog.store.write() as connection:
        person = _unchanged(connection, person)
        if person is None or person.disabled or not matches:
            note_failure(connection, person, now)
        elif person.has_passkey(blog.host) and not person.has_code and not blog.is_trial:
            noted_tries.take_back(connection, noted)  # nothing is left to be guessed
            note_failure(connection, person, now)
            failure = USE_PASSKEY
        elif person.has_code:
            noted_tries.take_back(connection, noted)  # the code is counted by itself
            return _await_code(connection, person, password, now)
        else:
            noted_tries.take_back(connection, noted, subjects.pair)
            _renew_hash(connection, person, password)
            return open_session_for(connection, person, now, agent=agent)
    raise SignInFailed(failure)


def open_session_for(
    connection: Connection,
    person: Person,
    now: datetime,
    *,
    factor: str = "password",
    agent: str = "",
) -> SignedIn:
    """A session of somebody who has proved who they are, under a new token; to be called last."""
    token, csrf = signing.random_token(), signing.random_token()
    sessions.open_session(connection, token, person.id, csrf, now, factor=factor, agent=agent)
    actor, data = person_actor(person.id), {"factor": factor}
    note(connection, JournalKind.SIGNED_IN, actor=actor, now=now, data=data)
    return SignedIn(token, person)


def note_failure(
    connection: Connection, person: Person | None, now: datetime, *, step: str = "password"
) -> None:
    """Somebody tried; to be called last. What they typed may be a password and is not kept."""
    data = {"person": person.id if person else None, "step": step}
    note(connection, JournalKind.SIGN_IN_FAILED, actor=NOBODY, now=now, data=data)


def _unchanged(connection: Connection, checked: Person | None) -> Person | None:
    """The person as they are now, unless their password was changed while we looked at it."""
    people.lock(connection, checked.id if checked else 0)  # 0: nobody, by the same steps
    person = people.by_login(connection, checked.login if checked else "")
    if checked is None or person is None or person.password_hash != checked.password_hash:
        return None
    return person


def _await_code(connection: Connection, person: Person, password: str, now: datetime) -> Awaited:
    _renew_hash(connection, person, password)
    token = signing.random_token()
    sign_in_steps.put(connection, token, CODE_STEP, now + STEP_LIFE, person_id=person.id)
    return Awaited(token, person)


def _renew_hash(connection: Connection, person: Person, password: str) -> None:
    if signing.is_outdated(person.password_hash):
        people.change(connection, person.id, password_hash=signing.password_hash(password))


_NOT_RIGHT = N_("The name or the password is not right.")
USE_PASSKEY = N_("Sign in with your passkey. If you lost it, an administrator can remove it.")
