"""Passkeys (WebAuthn): a device signs a challenge of ours after it knew its owner by its lock.

What the person has and what they are or know are both in it, so no code is asked besides. The
address that the blog is configured with is the only one that a key is made for and taken from.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from .. import markup, signing
from ..domain.cases import person_actor
from ..domain.comments import MAX_AUTHOR_CHARS
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment, SignInFailed
from ..store import passkeys, people, sign_in_steps
from ..store.engine import Connection
from ..store.passkeys import Passkey
from ..store.people import Person
from . import staff_mails, tries
from .blog import Blog
from .journal import note
from .sign_in import SignedIn, note_failure, open_session_for

STEP, NEW_STEP = "passkey", "new-passkey"
LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32
MAX_ANSWER_CHARS = 16_384
MOST = 20
_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")
"""What a device may call a key; anything else is not asked of the database."""

_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What the library raises for an answer that it cannot read or believe."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """token: goes back with the device's answer. options: JSON, for the browser."""

    token: str
    options: str


def are_possible(blog: Blog) -> bool:
    """Whether browsers make keys for this address: a name, and nobody can listen."""
    parts = urlsplit(blog.site_url)
    name = parts.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return parts.scheme == "https" or name == "localhost"
    return False


def are_used(blog: Blog) -> bool:
    """Whether anybody has one for this address: until then nothing is said of them."""
    if not are_possible(blog):
        return False
    with blog.store.read() as connection:
        return passkeys.is_any(connection, blog.host)


def of_person(blog: Blog, person: Person) -> Sequence[Passkey]:
    """Those of one person, the oldest first."""
    with blog.store.read() as connection:
        return passkeys.of_person(connection, person.id)


def challenge_to_add(blog: Blog, person: Person, now: datetime) -> Challenge:
    """What a device needs to make a key for this account."""
    known = [PublicKeyCredentialDescriptor(id=_bytes(each.id)) for each in of_person(blog, person)]
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_registration_options(
        rp_id=blog.host,
        rp_name=blog.site.named(person.language),
        user_id=_handle(person),
        user_name=person.login,
        user_display_name=person.name,
        challenge=challenge,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    token = _keep(blog, NEW_STEP, challenge, now, person)
    return Challenge(token, webauthn.options_to_json(options))


def add(blog: Blog, person: Person, token: str, name: str, answer: str, now: datetime) -> None:
    """Keep the key that a device made. Raises InvalidComment about ``name``."""
    name = markup.clean_line(name)
    if not 1 <= len(name) <= MAX_AUTHOR_CHARS:
        raise _fault(Fault("name", N_("Write 1 to %(most)s characters."), most=MAX_AUTHOR_CHARS))
    with blog.store.write() as connection:
        challenge = _used_up(connection, token, NEW_STEP, now, person)
    if not challenge:
        raise _fault(Fault("name", _NOT_CHECKED))
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=blog.host,
            expected_origin=_origin(blog),
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise _fault(Fault("name", _NOT_CHECKED)) from error
    key = Passkey(
        bytes_to_base64url(made.credential_id),
        person.id,
        made.credential_public_key,
        made.sign_count,
        name,
        now,
        None,
        blog.host,
    )
    with blog.store.write() as connection:
        people.lock(connection, person.id)
        known = not _ID.fullmatch(key.id) or passkeys.by_id(connection, key.id)
        if known or len(passkeys.of_person(connection, person.id)) >= MOST:
            raise _fault(Fault("name", _NOT_CHECKED))
        passkeys.add(connection, key)
        actor = person_actor(person.id)
        note(connection, JournalKind.PASSKEY_ADDED, actor=actor, now=now, text=name)
        staff_mails.tell_sign_in_changed(blog, connection, person.id, now)


def remove(blog: Blog, person: Person, key_id: str, now: datetime) -> None:
    """Forget one of one's own keys: it opens nothing any more.

    Raises InvalidComment: a password would be all that is left.
    """
    if not _ID.fullmatch(key_id):
        return
    with blog.store.write() as connection:
        people.lock(connection, person.id)
        found, as_now = passkeys.by_id(connection, key_id), people.by_id(connection, person.id)
        here = [
            each for each in passkeys.of_person(connection, person.id) if each.is_for(blog.host)
        ]
        is_last = [each.id for each in here] == [key_id]
        if found and is_last and as_now and not as_now.has_code and not blog.is_trial:
            raise _fault(Fault("key", _LAST))
        if found and passkeys.remove(connection, person.id, key_id):
            actor = person_actor(person.id)
            note(connection, JournalKind.PASSKEY_REMOVED, actor=actor, now=now, text=found.name)
            staff_mails.tell_sign_in_changed(blog, connection, person.id, now)


def challenge_to_sign_in(blog: Blog, *, address: str, now: datetime) -> Challenge:
    """What a device needs to sign in; whose it is, it says itself. Raises TooMany."""
    tries.take_challenge(blog, address, now)
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_authentication_options(
        rp_id=blog.host,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Challenge(_keep(blog, STEP, challenge, now), webauthn.options_to_json(options))


def sign_in(blog: Blog, token: str, answer: str, *, now: datetime, agent: str = "") -> SignedIn:
    """Open a session by a device's answer. Raises SignInFailed, whatever is wrong with it."""
    with blog.store.write() as connection:
        challenge = _used_up(connection, token, STEP, now, None)
    if not challenge:  # nothing was tried; anybody could fill the journal with it
        raise SignInFailed(_NOT_CHECKED)
    key = _named(blog, answer)
    count = _count_of(blog, key, challenge, answer)
    with blog.store.write() as connection:
        person = people.by_id(connection, key.person_id) if key else None
        if key is None or person is None or count is None or not _may_enter(person, answer):
            note_failure(connection, person, now, step=STEP)
        elif passkeys.use(connection, key, count, now):
            return open_session_for(connection, person, now, factor=STEP, agent=agent)
        else:  # removed, or used meanwhile: perhaps a copy of it
            note_failure(connection, person, now, step=STEP)
    raise SignInFailed(_NOT_CHECKED)


def _named(blog: Blog, answer: str) -> Passkey | None:
    """The key that the answer says it comes from."""
    try:
        named = str(_read(answer)["id"])
    except _UNREADABLE:
        return None
    if not _ID.fullmatch(named):
        return None
    with blog.store.read() as connection:
        return passkeys.by_id(connection, named)


def _count_of(blog: Blog, key: Passkey | None, challenge: bytes, answer: str) -> int | None:
    """How often the device says that the key was used; None: it is not its answer to this."""
    if key is None:
        return None
    try:
        verified = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=blog.host,
            expected_origin=_origin(blog),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    return verified.new_sign_count


def _may_enter(person: Person, answer: str) -> bool:
    """Not stopped, and the account that the device means: keys of devices name theirs."""
    try:
        handle = str(_read(answer)["response"].get("userHandle") or "")
    except _UNREADABLE:
        return False
    return not person.disabled and signing.same(handle, bytes_to_base64url(_handle(person)))


def _keep(
    blog: Blog, kind: str, challenge: bytes, now: datetime, person: Person | None = None
) -> str:
    token, data = signing.random_token(), {"challenge": bytes_to_base64url(challenge)}
    with blog.store.write() as connection:
        sign_in_steps.put(
            connection, token, kind, now + LIFE, person_id=person.id if person else None, data=data
        )
    return token


def _used_up(
    connection: Connection, token: str, kind: str, now: datetime, person: Person | None
) -> bytes:
    """The challenge of a token, which serves once; nothing when there is none."""
    step = sign_in_steps.get(connection, token, kind, now)
    if step is None or step.person_id != (person.id if person else None):
        return b""
    return _bytes(step.data["challenge"]) if sign_in_steps.end(connection, step) else b""


def _handle(person: Person) -> bytes:
    """By which a device knows the account, for good: tells nothing of it (WebAuthn, 14.6.1)."""
    return bytes.fromhex(signing.keyed_hash(b"passkey", [str(person.id)]))


def _read(answer: str) -> dict[str, Mapping[str, object]]:
    if len(answer) > MAX_ANSWER_CHARS:
        raise ValueError(len(answer))
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError(type(found))
    return found


def _bytes(text: str) -> bytes:
    return webauthn.base64url_to_bytes(text)


def _origin(blog: Blog) -> str:
    parts = urlsplit(blog.site_url)
    return f"{parts.scheme}://{parts.netloc}"


def _fault(fault: Fault) -> InvalidComment:
    return InvalidComment(N_("There is a problem"), [fault])


_LAST = N_("This passkey is your only second factor. Set the code of your telephone first.")
_NOT_CHECKED = N_("This passkey could not be checked. Try again, or sign in with your password.")
