"""The journal: what happened outside the cases, in one chain.

Sign-ins, changes of rights and settings, personal data that was looked at. An entry holds
ids and codes; a person's words or names stand apart, as the texts of events do.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .chain import JOURNAL, Data, Link, data_json, link_hash

NOBODY = "nobody"
"""The actor where nobody is known to have done it: a sign-in that failed."""


class JournalKind(StrEnum):
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_CLOSED = "session_closed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of what happened
    RESET_ASKED = "reset_asked"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the same
    CODE_SET = "code_set"
    CODE_REMOVED = "code_removed"
    RECOVERY_USED = "recovery_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    IDENTITY_LINKED = "identity_linked"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    PERSON_CHANGED = "person_changed"
    ROLE_CHANGED = "role_changed"
    PERSON_STOPPED = "person_stopped"
    PERSON_RESUMED = "person_resumed"
    PERSON_LEFT = "person_left"
    DEPARTMENT_CHANGED = "department_changed"
    TOPIC_CHANGED = "topic_changed"
    SETTING_CHANGED = "setting_changed"
    RULE_ADDED = "rule_added"
    REPLY_CHANGED = "reply_changed"
    TERM_CHANGED = "term_changed"
    ADDRESS_SHOWN = "address_shown"
    LOG_EXPORTED = "log_exported"
    KEYS_ROTATED = "keys_rotated"
    RESTORED = "restored"
    THREAD_CHANGED = "thread_changed"
    BANNED = "banned"
    BAN_LIFTED = "ban_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal. id: from 1 without gaps.

    actor: ``person:<id>``, ``service`` or ``nobody``. data: codes, numbers and ids.
    text_digest: of the text kept apart, or None.
    """

    id: int
    at: datetime
    kind: JournalKind
    actor: str
    data: Data
    text_digest: str | None
    previous: str
    hash: str


def chained(
    previous: tuple[int, str] | None,
    *,
    at: datetime,
    kind: JournalKind,
    actor: str,
    data: Data,
    text_digest: str | None,
) -> Entry:
    """The next entry, bound to the one before by its id and hash (None: the first)."""
    number, before = previous or (0, "")
    entry = Entry(
        id=number + 1,
        at=at,
        kind=kind,
        actor=actor,
        data=data,
        text_digest=text_digest,
        previous=before,
        hash="",
    )
    return replace(entry, hash=link_hash(_link(entry)))


def _link(entry: Entry) -> Link:
    return Link(
        chain=JOURNAL,
        seq=entry.id,
        at=int(entry.at.timestamp()),
        kind=entry.kind,
        actor=entry.actor,
        data=data_json(entry.data),
        text_digest=entry.text_digest,
        previous=entry.previous,
        hash=entry.hash,
    )
