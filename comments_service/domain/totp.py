"""One-time codes that a telephone counts out: RFC 6238 over RFC 4226, SHA-1, six digits.

Every program for telephones knows these values; most know no others.
"""

import base64
import hmac
import re
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
NEIGHBOURS = (0, -1, 1)
"""Steps that are taken beside the present one: clocks differ, and typing takes time."""

_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


def written(secret: bytes) -> str:
    """The secret as programs take it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def read(secret: str) -> bytes:
    """The secret that was ``written``."""
    return base64.b32decode(secret + "=" * (-len(secret) % 8))


def in_groups(secret: str) -> str:
    """For whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def code_at(secret: bytes, step: int) -> str:
    """The code of one step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, typed: str, now: datetime, *, after: int | None) -> int | None:
    """The step whose code this is, or None.

    after: the last step that was used; a code is taken once, and none before it.
    """
    code = "".join(typed.split())
    present = int(now.timestamp()) // STEP_SECONDS
    steps = [present + each for each in NEIGHBOURS]
    # All are compared, so that the time tells nothing.
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step), _plain(code))]
    return next((step for step in right if after is None or step > after), None)


def address(secret: str, *, issuer: str, account: str) -> str:
    """What the picture for telephones says (``otpauth``, as Google's Key URI format has it)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"


def _plain(code: str) -> str:
    return code if _CODE.fullmatch(code) else ""
