"""A case: the institution's handling of one comment, and the record of it.

Events of a case form a chain: each hash covers the one before, so that a changed or
missing event shows. Texts stand apart under a salted digest, so that erasing a text
leaves the chain whole.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .comments import Kind, Markup
from .states import Attention, Decision, Visibility, visibility

REFERENCE_PATTERN = re.compile(r"(20[0-9]{2})-([0-9]{6,})")

READER = "reader"
SERVICE = "service"


def person_actor(person_id: int) -> str:
    """How an event names a member of staff."""
    return f"person:{person_id}"


def reference(year: int, case_id: int) -> str:
    """``2026-000123``: year of receipt and the case's identity number; not a secret."""
    return f"{year}-{case_id:06d}"


class EventKind(StrEnum):
    RECEIVED = "received"
    APPROVED = "approved"
    REJECTED = "rejected"
    ANSWERED = "answered"
    PUBLISHED = "published"
    ANSWER_PUBLISHED = "answer_published"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"
    ERASED = "erased"
    LEARNED = "learned"
    CHANGED_IN_FILES = "changed_in_files"
    REMOVED_IN_FILES = "removed_in_files"
    RESTORED_IN_FILES = "restored_in_files"
    MOVED_IN_FILES = "moved_in_files"
    ADDED = "added"
    EDITED = "edited"
    APPEALED = "appealed"
    RATED = "rated"
    MAILS_STOPPED = "mails_stopped"
    CLAIMED = "claimed"
    REFERRED = "referred"
    RETURNED = "returned"
    ASKED_READER = "asked_reader"
    CLOSED = "closed"
    REOPENED = "reopened"
    PROMISED = "promised"
    NEW_LINK = "new_link"


IN_FILES = (
    EventKind.CHANGED_IN_FILES,
    EventKind.REMOVED_IN_FILES,
    EventKind.RESTORED_IN_FILES,
    EventKind.MOVED_IN_FILES,
)
"""What staff did to a comment's file by hand, in the blog's folder or in Git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a reader sent, after the clean-up at the door and the checks.

    network, fingerprint: keyed hashes, hexadecimal, or None where not known.
    notes: codes of screening. showable: two parsers agree on its HTML.
    private: for the institution alone. seal: name of the form's, or None.
    """

    thread: str
    author: str
    body: str
    lang: str
    in_reply_to: str | None
    network: str | None
    fingerprint: str | None
    notes: tuple[str, ...]
    showable: bool
    private: bool = False
    seal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One comment in its head revision, with its case, as staff and its reader see it.

    received_at, decided_at: aware UTC, whole seconds. seen: the public wording was found
    in the built page. notes: codes of screening, see ``screening.NOTES``. public_revision:
    the wording for everybody, which stays while a newer one is looked at. decide_by,
    answer_by: what its reader was promised. has_address: its reader gave an e-mail address.
    """

    id: int
    reference: str
    comment_id: str
    thread: str
    kind: Kind
    in_reply_to: str | None
    lang: str
    received_at: datetime
    revision: int
    author: str
    body: str
    markup: Markup
    decision: Decision
    decided_at: datetime | None = None
    rule: int | None = None
    rule_version: int | None = None
    reason: str | None = None
    notes: tuple[str, ...]
    showable: bool
    number: int | None = None
    attention: Attention
    link_generation: int
    private: bool = False
    withdrawn: bool = False
    erased: bool = False
    seen: bool = False
    public_revision: int | None = None
    decide_by: datetime | None = None
    answer_by: datetime | None = None
    has_address: bool = False
    mails_stopped: bool = False

    @property
    def visibility(self) -> Visibility:
        is_public = self.public_revision is not None
        return visibility(
            withdrawn=self.withdrawn,
            private=self.private,
            decision=Decision.APPROVED if is_public else self.decision,
            seen=self.seen,
        )

    @property
    def is_refused(self) -> bool:
        """No wording of it is public, and the newest one was decided not to be."""
        refused = self.decision in (Decision.REJECTED, Decision.SPAM)
        return refused and self.public_revision is None and not self.withdrawn

    @property
    def due_by(self) -> datetime | None:
        """The promise that runs now: to be read and decided, afterwards to be answered.

        None where nothing is promised, and while its reader is asked something.
        """
        if self.attention is Attention.AWAITING_READER:
            return None
        is_held = self.visibility is Visibility.HELD
        return self.decide_by if is_held and self.decide_by else self.answer_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a case. seq: from 1 within the case.

    actor: ``reader``, ``service`` or ``person:<id>``. data: codes, numbers and ids,
    never a person's text. text_digest: of the text kept apart, or None.
    """

    case_id: int
    seq: int
    at: datetime
    kind: EventKind
    actor: str
    data: Mapping[str, str | int | None]
    text_digest: str | None
    previous: str
    hash: str


def data_json(data: Mapping[str, str | int | None]) -> str:
    """The one spelling of an event's data: what is stored and what is hashed."""
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def text_digest(salt: bytes, text: str) -> str:
    """Hexadecimal SHA-256 of salt and text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def chained(
    previous: Event | None,
    *,
    case_id: int,
    at: datetime,
    kind: EventKind,
    actor: str,
    data: Mapping[str, str | int | None],
    text_digest: str | None,
) -> Event:
    """The next event of a case, bound to the one before (None: the first)."""
    event = Event(
        case_id=case_id,
        seq=previous.seq + 1 if previous else 1,
        at=at,
        kind=kind,
        actor=actor,
        data=data,
        text_digest=text_digest,
        previous=previous.hash if previous else "",
        hash="",
    )
    return replace(event, hash=_hash(event))


def is_sound(events: Iterable[Event]) -> bool:
    """Whether the events of one case are all there, in order and unchanged."""
    previous, seq = "", 0
    for event in events:
        if event.previous != previous or event.seq != seq + 1 or event.hash != _hash(event):
            return False
        previous, seq = event.hash, event.seq
    return True


def _hash(event: Event) -> str:
    fields = [
        event.previous,
        str(event.case_id),
        str(event.seq),
        str(int(event.at.timestamp())),
        event.kind.value,
        event.actor,
        data_json(event.data),
        event.text_digest or "",
    ]
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()
