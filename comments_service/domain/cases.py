"""A case: the institution's handling of one comment, and the record of it.

Events of a case form a chain: each hash covers the one before, so that a changed or
missing event shows. Texts stand apart under a salted digest, so that erasing a text
leaves the chain whole.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .chain import Data, Link, data_json, first_fault, link_hash
from .comments import Kind, Markup
from .event_kinds import IN_FILES, INTERNAL, LOOKED, LOOKING, UNDOABLE, EventKind
from .states import Attention, Decision, Visibility, visibility

__all__ = [
    "INTERNAL",
    "IN_FILES",
    "LOOKED",
    "LOOKING",
    "MAX_ID_CHARS",
    "READER",
    "REFERENCE_PATTERN",
    "SERVICE",
    "UNDOABLE",
    "Case",
    "Event",
    "EventKind",
    "Submission",
    "chained",
    "id_in",
    "is_sound",
    "person_actor",
    "reference",
]

REFERENCE_PATTERN = re.compile(r"(20[0-9]{2})-([0-9]{6,})")
MAX_ID_CHARS = 18
"""A longer one is larger than any identity number: a database refuses it in its own words."""

READER = "reader"
SERVICE = "service"


def person_actor(person_id: int) -> str:
    """How an event names a member of staff."""
    return f"person:{person_id}"


def reference(year: int, case_id: int) -> str:
    """``2026-000123``: year of receipt and the case's identity number; not a secret."""
    return f"{year}-{case_id:06d}"


def id_in(reference: str) -> int | None:
    """The identity number in a reference; None for what is no reference, or too large."""
    match = REFERENCE_PATTERN.fullmatch(reference)
    return int(match[2]) if match and len(match[2]) <= MAX_ID_CHARS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a reader sent, after the clean-up at the door and the checks.

    network, fingerprint: keyed hashes, hexadecimal, or None where not known.
    notes: codes of screening. showable: two parsers agree on its HTML.
    private: for the institution alone. seal: name of the form's, or None.
    kind: ``comment`` or ``report``.
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
    kind: Kind = Kind.COMMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One comment in its head revision, with its case, as staff and its reader see it.

    received_at, decided_at: aware UTC, whole seconds. seen: the public wording was found
    in the built page. notes: codes of screening, see ``screening.NOTES``. public_revision:
    the wording for everybody, which stays while a newer one is looked at. decide_by,
    answer_by: what its reader was promised. has_address: its reader gave an e-mail address.
    assigned_to: the person who looks after it. claimed_by, claimed_until: who is looking at it
    now. change: what its author could write differently, in a refusal's words. topic_id: what
    it is about. department_id: to which it is passed on. risk: somebody flagged it.
    resolve_by: by when a final answer is due. me_too: how many want the same answered.
    channel: how it came, ``form`` or what staff typed in for somebody.
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
    change: str = ""
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
    assigned_to: int | None = None
    claimed_by: int | None = None
    claimed_until: datetime | None = None
    topic_id: int | None = None
    department_id: int | None = None
    risk: bool = False
    resolve_by: datetime | None = None
    me_too: int = 0
    channel: str = "form"

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
    def is_waiting(self) -> bool:
        """Somebody has to do something about it."""
        return self.attention not in (Attention.ANSWERED, Attention.CLOSED)

    @property
    def is_refused(self) -> bool:
        """No wording of it is public, and the newest one was decided not to be."""
        refused = self.decision in (Decision.REJECTED, Decision.SPAM)
        return refused and self.public_revision is None and not self.withdrawn

    def claimant(self, now: datetime) -> int | None:
        """Who is looking at it: whoever said so last, until their time is over."""
        runs = self.claimed_until is not None and now < self.claimed_until
        return self.claimed_by if runs else None

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
    data: Data
    text_digest: str | None
    previous: str
    hash: str


def chained(
    previous: Event | None,
    *,
    case_id: int,
    at: datetime,
    kind: EventKind,
    actor: str,
    data: Data,
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
    return replace(event, hash=link_hash(_link(event)))


def is_sound(events: Iterable[Event]) -> bool:
    """Whether the events of one case are all there, in order and unchanged."""
    return first_fault(map(_link, events)) is None


def _link(event: Event) -> Link:
    return Link(
        chain=event.case_id,
        seq=event.seq,
        at=int(event.at.timestamp()),
        kind=event.kind,
        actor=event.actor,
        data=data_json(event.data),
        text_digest=event.text_digest,
        previous=event.previous,
        hash=event.hash,
    )
