"""Mails to readers: which there are, and what an e-mail address looks like."""

import re
from enum import StrEnum

from ..errors import N_, Fault

MAX_ADDRESS_CHARS = 254
"""RFC 5321, section 4.5.3.1.3: a path of 256 with its angle brackets."""

MAX_LOCAL_CHARS = 64

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")


class MailKind(StrEnum):
    """RECEIPT: we have it. PUBLISHED, REJECTED: what was decided. ANSWER: the institution's.

    WITHDRAWN: the institution took it down. REPLY: somebody wrote in a conversation that is
    followed. FOLLOW: asks whether the address' owner wants to follow one.
    """

    RECEIPT = "R1"
    PUBLISHED = "R2"
    REJECTED = "R3"
    ANSWER = "R5"
    WITHDRAWN = "R10"
    REPLY = "R12"
    FOLLOW = "follow"


def checked_address(text: str) -> str:
    """The address as it is kept: the host in lower case and as DNS has it (RFC 5890).

    Raises Fault for whatever is not one plain address (RFC 5321 without quoted names and
    without letters that many servers do not take before the @).
    """
    local, _, host = text.strip(" ").rpartition("@")
    try:
        host = host.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host):
        raise Fault("email", N_("Write one whole e-mail address, like name@example.org."))
    address = f"{local}@{host}"
    if len(local) > MAX_LOCAL_CHARS or len(address) > MAX_ADDRESS_CHARS:
        raise Fault("email", N_("This e-mail address is too long to exist. Look at it again."))
    return address
