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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One comment in its head revision, with its case, as staff and its reader see it.

    received_at, decided_at: aware UTC, whole seconds. seen: the public wording was found
    in the built page. notes: codes of screening, see ``screening.NOTES``.
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
    decided_at: datetime | None
    rule: int | None
    rule_version: int | None
    reason: str | None
    notes: tuple[str, ...]
    showable: bool
    number: int | None
    attention: Attention
    link_generation: int
    private: bool
    withdrawn: bool
    erased: bool
    seen: bool

    @property
    def visibility(self) -> Visibility:
        return visibility(
            withdrawn=self.withdrawn, private=self.private, decision=self.decision, seen=self.seen
        )


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: the fold of its events. answers: ids of those that stand."""

    decision: Decision = Decision.HELD
    attention: Attention = Attention.RECEIVED
    seen: bool = False
    withdrawn: bool = False
    erased: bool = False
    answers: frozenset[str] = frozenset()


def fold(events: Iterable[Event]) -> Standing:
    """The state that the events tell, from the first to the last."""
    standing = Standing()
    for event in events:
        standing = _after(standing, event)
    return standing


_CHANGES: Mapping[EventKind, Mapping[str, object]] = {
    EventKind.APPROVED: {"decision": Decision.APPROVED},
    EventKind.REJECTED: {"decision": Decision.REJECTED, "attention": Attention.CLOSED},
    EventKind.ANSWERED: {"attention": Attention.ANSWERED},
    EventKind.PUBLISHED: {"seen": True},
    EventKind.REVISED: {"decision": Decision.APPROVED, "seen": False},
    EventKind.WITHDRAWN: {"withdrawn": True, "attention": Attention.CLOSED},
    EventKind.ERASED: {"withdrawn": True, "erased": True, "attention": Attention.CLOSED},
    EventKind.LEARNED: {"decision": Decision.APPROVED, "attention": Attention.CLOSED},
    EventKind.CHANGED_IN_FILES: {"decision": Decision.APPROVED, "seen": False},
    EventKind.RESTORED_IN_FILES: {
        "decision": Decision.APPROVED,
        "seen": False,
        "withdrawn": False,
    },
    EventKind.REMOVED_IN_FILES: {"withdrawn": True, "attention": Attention.CLOSED},
}
"""What an event changes; kinds that are not here change nothing."""


def _after(standing: Standing, event: Event) -> Standing:
    if event.kind is EventKind.RECEIVED:
        return Standing()
    if "answer" in event.data:
        return _after_one_of_its_answers(standing, event)
    return replace(standing, **_CHANGES.get(event.kind, {}))  # type: ignore[arg-type]


def _after_one_of_its_answers(standing: Standing, event: Event) -> Standing:
    """What happens to an answer says of the comment only whether it has one."""
    this = {str(event.data["answer"])}
    if event.kind in (EventKind.ANSWERED, EventKind.RESTORED_IN_FILES):
        answers, attention = standing.answers | this, Attention.ANSWERED
    elif event.kind in (EventKind.WITHDRAWN, EventKind.ERASED, EventKind.REMOVED_IN_FILES):
        answers, attention = standing.answers - this, standing.attention
        if attention is Attention.ANSWERED and not answers:
            attention = Attention.RECEIVED
    else:
        return standing
    return replace(standing, answers=answers, attention=attention)
