"""Keys, link tokens, keyed hashes, sealed texts and passwords.

One random master key; every purpose has a key of its own derived from it (HKDF, RFC 5869).
A link token is HMAC-SHA256 over purpose, case and generation, cut to 160 bits: the database
holds only the generation, so a dump holds no token and raising the generation revokes it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import N_, Unsealable

MASTER_KEY_BYTES = 32
TOKEN_BYTES = 20
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2.2: random, fewer than 2**32 under one key

# About 100 ms on one core of 2026; OWASP's password storage cheat sheet asks for less.
_hasher = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)


def derived(master: bytes, purpose: str) -> bytes:
    """The key of one purpose, 32 bytes."""
    return HKDF(SHA256(), 32, salt=None, info=f"tertulia {purpose}".encode()).derive(master)


def link_token(key: bytes, purpose: str, case_id: int, generation: int) -> str:
    """32 characters of base32 in lower case."""
    message = f"{purpose}\x1f{case_id}\x1f{generation}".encode()
    digest = hmac.digest(key, message, "sha256")[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().lower()


def same(one: str, other: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def random_token() -> str:
    """160 random bits as 32 characters of base32 in lower case."""
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()


def keyed_hash(key: bytes, parts: Iterable[str]) -> str:
    """HMAC-SHA256 of the parts, hexadecimal; parts cannot run into each other."""
    message = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        message.update(len(encoded).to_bytes(8))
        message.update(encoded)
    return hmac.digest(key, message.digest(), "sha256").hex()


def lookup(master: bytes, purpose: str, text: str) -> str:
    """By what a sealed text is found again: HMAC under a key that opens none."""
    return keyed_hash(derived(master, f"lookup {purpose}"), [text])


def seal(master: bytes, purpose: str, text: str) -> bytes:
    """The text under AES-256-GCM: id of the key, random nonce, ciphertext with its tag.

    It opens only for the same purpose.
    """
    key = derived(master, f"seal {purpose}")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _key_id(key) + nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())


def unseal(master: bytes, purpose: str, sealed: bytes) -> str:
    """What was sealed. Raises Unsealable: under another key, for another purpose, changed."""
    key = derived(master, f"seal {purpose}")
    key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
    if not hmac.compare_digest(key_id, _key_id(key)):
        raise Unsealable(N_("It was sealed under another key: restore var/secrets/master.key."))
    try:
        opened = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable(N_("It was changed since it was sealed.")) from error
    return opened.decode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:KEY_ID_BYTES]


def webhook_key(secret: str) -> bytes:
    """The key in a secret of the Standard Webhooks specification: base64 after ``whsec_``.

    Any other text is the key itself. Raises ValueError for base64 that is none.
    """
    prefix, found, encoded = secret.partition("whsec_")
    if prefix or not found:
        return secret.encode()
    return base64.b64decode(encoded, validate=True)


def webhook_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """What the header ``webhook-signature`` says (Standard Webhooks: "v1", HMAC-SHA256).

    timestamp: seconds since 1970. Raises ValueError as ``webhook_key`` does.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(webhook_key(secret), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def password_hash(password: str) -> str:
    """argon2id (RFC 9106), about 100 ms."""
    return _hasher.hash(password)


def password_matches(password: str, stored: str) -> bool:
    """Whether the password is the one that was hashed.

    As slow either way, and as slow for what is no hash: nobody's, or one not chosen yet.
    """
    known = stored if stored.startswith("$argon2id$") else NOBODYS_HASH
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the password was hashed at another cost than today's."""
    try:
        return _hasher.check_needs_rehash(stored)
    except InvalidHashError:
        return True


NOBODYS_HASH = (
    "$argon2id$v=19$m=47104,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""No password has it; checked for names without one, so that they take as long as others."""
