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
    """RECEIPT: we have it. PUBLISHED, REJECTED: what was decided. CUT: something was left out of
    it, or put back. ANSWER: the institution's. WITHDRAWN: the institution took it down. REPLY:
    somebody wrote in a conversation that is followed. FOLLOW: asks whether the address' owner
    wants to follow one. REFERRED: it was passed on to a department. EXTENDED: we need some more
    days. ASKED: a question of ours. CLOSED, OPENED_AGAIN: what became of it. SECOND_LOOK: what
    another person decided. LATE: we did not keep our word. BANNED: no comments of theirs are taken
    for a while.

    To staff: NEWS, a comment has come; DIGEST, what the day brings; QUESTION, to a department;
    FROM_DEPARTMENT, what it did with it; WARNING, OVERDUE, ESCALATION,
    of a deadline; APPEAL, a second look is asked for; CALENDAR, that holidays are missing.
    RISK, that one is delicate; INVITED, RESET, the link to an account or to another password;
    PASSWORD_CHANGED, ADDRESS_CHANGED, SIGN_IN_CHANGED (a second factor or passkey), so that its
    owner knows; COLLEAGUE, that somebody asks them to read one; AUTHOR, that there are comments
    on what they wrote.
    """

    RECEIPT = "R1"
    PUBLISHED = "R2"
    CUT = "R2b"
    REJECTED = "R3"
    REFERRED = "R4"
    EXTENDED = "R4b"
    ANSWER = "R5"
    ASKED = "R6"
    CLOSED = "R7"
    OPENED_AGAIN = "R8"
    SECOND_LOOK = "R9"
    WITHDRAWN = "R10"
    LATE = "R11"
    REPLY = "R12"
    BANNED = "R13"
    FOLLOW = "follow"
    NEWS = "S0"
    DIGEST = "S1"
    QUESTION = "S2"
    FROM_DEPARTMENT = "S2b"
    WARNING = "S3"
    OVERDUE = "S4"
    ESCALATION = "S5"
    APPEAL = "S6"
    CALENDAR = "S9"
    RISK = "S7"
    COLLEAGUE = "S11"
    AUTHOR = "S12"
    INVITED = "S13"
    RESET = "S14"
    PASSWORD_CHANGED = "S15"  # noqa: S105 - the name of a mail
    ADDRESS_CHANGED = "S16"
    SIGN_IN_CHANGED = "S17"


TO_STAFF = frozenset(kind for kind in MailKind if kind.startswith("S"))
"""To those who work here or in a department: they were asked in person for their address."""


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
