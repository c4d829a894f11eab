"""The second factor: codes that a telephone counts, and ten kept codes for its loss.

Whoever signs in without one may only set it, unless nobody but this machine can reach the
blog. Source: RFC 6238; NIST SP 800-63B, section 3.1.4 (a code is taken once) and 3.1.2.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from .. import signing
from ..domain import codes, totp
from ..domain.cases import person_actor
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment, LinkExpired, SignInFailed
from ..store import passkeys, people, second_factor, sessions, sign_in_steps
from ..store import tries as noted_tries
from ..store.engine import Connection
from ..store.people import Person
from ..store.sessions import Session
from ..store.sign_in_steps import Step
from . import staff_mails, tries
from .blog import Blog
from .journal import note
from .sign_in import CODE_STEP, SignedIn, note_failure, open_session_for

PURPOSE = "second factor"
RECOVERY_CODES = 10
MAX_CODES = 5
"""Wrong ones after one right password."""

MAX_GUESSES = 100
"""Wrong codes of one person in a day; from then on a telephone's are not taken, kept ones are."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the person gives to the telephone. address: in the picture; secret: to be typed."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True)
class Set:
    """The telephone is known. recovery: the kept codes, which are told once."""

    signed_in: SignedIn
    recovery: list[str]


def must_be_set(blog: Blog, session: Session) -> bool:
    """Whether whoever opened the session may only set a second factor."""
    return session.factor == "password" and not blog.is_trial


def is_awaited(blog: Blog, token: str, now: datetime) -> Person | None:
    """Whose code this token of a first half wants; None: its time is over."""
    with blog.store.read() as connection:
        return _awaited(connection, token, now)[1]


def take_code(
    blog: Blog, token: str, typed: str, *, address: str, now: datetime, agent: str = ""
) -> SignedIn:
    """The second half of a sign-in, by the telephone's code or a kept one.

    Raises LinkExpired (the password is asked again), SignInFailed, TooMany.
    """
    with blog.store.read() as connection:
        step, person = _awaited(connection, token, now)
    if step is None or person is None:
        raise LinkExpired(_OVER)
    subjects = tries.subjects_of(blog, person.login, address)
    noted = tries.take(blog, subjects, now)
    with blog.store.write() as connection:
        step, person = _awaited(connection, token, now)
        if step is None or person is None or not _count(connection, step):
            raise LinkExpired(_OVER)
        if factor := _factor_of(blog, connection, person, typed, now):
            noted_tries.take_back(connection, noted, subjects.pair)
            sign_in_steps.end(connection, step)
            return open_session_for(connection, person, now, factor=factor, agent=agent)
        note_failure(connection, person, now, step=CODE_STEP)
    raise SignInFailed(N_("This code is not right, or it was used already. Wait for the next one."))


def offered(blog: Blog, session: Session) -> SetUp:
    """What to give to the telephone: the same as long as the session, and kept nowhere yet."""
    secret = totp.written(_new_secret(blog, session))
    host = blog.site.named(session.person.language)
    address = totp.address(secret, issuer=host, account=session.person.login)
    return SetUp(address, totp.in_groups(secret))


def is_set(blog: Blog, person: Person) -> bool:
    """Whether a password alone is not to open the account at this address."""
    return person.has_code or person.has_passkey(blog.host)


def set_up(blog: Blog, session: Session, typed: str, *, now: datetime, agent: str = "") -> Set:
    """The telephone counts as offered: from now on its codes are asked. All sessions end but one.

    It counts instead of an earlier one, for whoever signed in with a second factor.
    Raises InvalidComment about ``code``.
    """
    secret = _new_secret(blog, session)
    step = totp.step_of(secret, typed, now, after=None)
    sealed = signing.seal(blog.staff_key, PURPOSE, totp.written(secret))
    with blog.store.write() as connection:
        person = _as_now(connection, session.person.id)
        by_half = session.factor == "password" and person.has_code
        if step is None or by_half or (must_be_set(blog, session) and is_set(blog, person)):
            raise InvalidComment(N_("There is a problem"), [Fault("code", _WRONG)])
        second_factor.keep(connection, person.id, sealed, step)
        fresh = _new_codes(blog, connection, person)
        sessions.close_all(connection, person.id)
        sign_in_steps.end_all(connection, person.id)
        actor = person_actor(person.id)
        note(connection, JournalKind.CODE_SET, actor=actor, now=now)
        staff_mails.tell_sign_in_changed(blog, connection, person.id, now)
        signed_in = open_session_for(connection, person, now, factor=CODE_STEP, agent=agent)
    return Set(signed_in, fresh)


def codes_left(blog: Blog, person: Person) -> int:
    """How many kept codes are unused."""
    with blog.store.read() as connection:
        return second_factor.recovery_codes_left(connection, person.id)


def renew_codes(blog: Blog, person: Person, now: datetime) -> list[str]:
    """Ten kept codes instead of the earlier ones."""
    with blog.store.write() as connection:
        fresh = _new_codes(blog, connection, person)
        actor = person_actor(person.id)
        note(connection, JournalKind.CODE_SET, actor=actor, now=now, data={"kept": len(fresh)})
    return fresh


def give_up(blog: Blog, by: Session, *, now: datetime, agent: str = "") -> SignedIn:
    """No telephone any more; this browser goes on. Raises InvalidComment: nothing else is left."""
    with blog.store.write() as connection:
        person = _as_now(connection, by.person.id)
        has_passkey = person.has_passkey(blog.host)
        if not has_passkey and not blog.is_trial:
            raise InvalidComment(N_("There is a problem"), [Fault("password", _LAST)])
        _remove(blog, connection, person.id, by=person, now=now)
        factor = by.factor if has_passkey else "password"
        return open_session_for(connection, person, now, factor=factor, agent=agent)


def take_away(blog: Blog, person_id: int, *, by: Person, now: datetime) -> None:
    """No second factor any more, of somebody who lost it: the password lets them set another.

    Passkeys go too: they were on the device that is lost.
    """
    with blog.store.write() as connection:
        people.lock(connection, person_id)
        passkeys.remove_all(connection, person_id)
        _remove(blog, connection, person_id, by=by, now=now)


def _as_now(connection: Connection, person_id: int) -> Person:
    """The person, whom nobody else changes meanwhile."""
    people.lock(connection, person_id)
    person = people.by_id(connection, person_id)
    if person is None or person.disabled:
        raise SignInFailed(_OVER)
    return person


def _remove(
    blog: Blog, connection: Connection, person_id: int, *, by: Person, now: datetime
) -> None:
    """Telephone, kept codes, every session and half a sign-in. Their owner is told."""
    second_factor.remove(connection, person_id)
    sign_in_steps.end_all(connection, person_id)
    sessions.close_all(connection, person_id)
    actor, data = person_actor(by.id), {"person": person_id}
    note(connection, JournalKind.CODE_REMOVED, actor=actor, now=now, data=data)
    staff_mails.tell_sign_in_changed(blog, connection, person_id, now)


def _awaited(
    connection: Connection, token: str, now: datetime
) -> tuple[Step | None, Person | None]:
    step = sign_in_steps.get(connection, token, CODE_STEP, now)
    if step is None or step.person_id is None:
        return None, None
    person = people.by_id(connection, step.person_id)
    return step, person if person and person.has_code and not person.disabled else None


def _count(connection: Connection, step: Step) -> bool:
    """Whether one more code is taken after this password; two at once are one."""
    tried = int(step.data.get("tried", 0))
    if tried >= MAX_CODES:
        sign_in_steps.end(connection, step)
        return False
    return sign_in_steps.change(connection, step, {"tried": tried + 1})


def _factor_of(
    blog: Blog, connection: Connection, person: Person, typed: str, now: datetime
) -> str | None:
    """What was typed: ``code``, ``recovery``, or None for what is neither."""
    if kept := codes.read(typed):
        used = _hashed(blog, person, kept)
        if not second_factor.use_recovery_code(connection, person.id, used, now):
            return None
        left = second_factor.recovery_codes_left(connection, person.id)
        actor, data = person_actor(person.id), {"left": left}
        note(connection, JournalKind.RECOVERY_USED, actor=actor, now=now, data=data)
        return "recovery"
    return CODE_STEP if _is_counted(blog, connection, person, typed, now) else None


def _is_counted(
    blog: Blog, connection: Connection, person: Person, typed: str, now: datetime
) -> bool:
    """Whether it is the telephone's code of now, for the first time."""
    guesses = signing.keyed_hash(blog.staff_key, ["guesses", str(person.id)])
    if noted_tries.count_of(connection, guesses, now - tries.TRIES_KEPT) >= MAX_GUESSES:
        return False
    found = second_factor.secret_of(connection, person.id)
    if found is None:
        return False
    secret = totp.read(signing.unseal(blog.staff_key, PURPOSE, found.sealed))
    step = totp.step_of(secret, typed, now, after=found.step)
    if step is not None and second_factor.use_step(connection, person.id, step):
        return True
    noted_tries.note(connection, [guesses], now)
    return False


def _new_secret(blog: Blog, session: Session) -> bytes:
    """Made of the session: looking at the page keeps nothing, and a reload shows it again."""
    made = signing.keyed_hash(blog.staff_key, ["new secret", session.id_hash])
    return bytes.fromhex(made)[: totp.SECRET_BYTES]


def _new_codes(blog: Blog, connection: Connection, person: Person) -> list[str]:
    fresh = [codes.spelled(secrets.randbits(128)) for _ in range(RECOVERY_CODES)]
    hashes = [_hashed(blog, person, code) for code in fresh]
    second_factor.put_recovery_codes(connection, person.id, hashes)
    return [codes.in_groups(code) for code in fresh]


def _hashed(blog: Blog, person: Person, code: str) -> str:
    return signing.keyed_hash(blog.kept_codes_key, ["kept code", str(person.id), code])


_LAST = N_("This is your only second factor. Add a passkey first, or set another telephone.")
_OVER = N_("You took too long, or too many codes were wrong. Sign in again.")
_WRONG = N_("This is not the code that the telephone shows now. Wait for the next one.")
