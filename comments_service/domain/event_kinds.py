"""What may happen to a case, and which of it is whose business."""

from enum import StrEnum


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
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    PROMISED = "promised"
    NEW_LINK = "new_link"
    UNDONE = "undone"
    MARKED_SPAM = "marked_spam"
    NOT_SPAM = "not_spam"
    RELEASED = "released"
    TAKEN_BACK = "taken_back"
    MORE_TIME = "more_time"
    EXTENDED = "extended"
    REMINDED = "reminded"
    LATE = "late"
    ANOTHER_ASKED = "another_asked"
    ESCALATED = "escalated"
    NOTED = "noted"
    SECOND_READING = "second_reading"
    TOPIC_SET = "topic_set"
    RISK_SET = "risk_set"
    REPORTED = "reported"
    SOURCE = "source"
    SOURCE_STRUCK = "source_struck"
    CUT = "cut"
    RESTORED = "restored"


IN_FILES = (
    EventKind.CHANGED_IN_FILES,
    EventKind.REMOVED_IN_FILES,
    EventKind.RESTORED_IN_FILES,
    EventKind.MOVED_IN_FILES,
)
"""What staff did to a comment's file by hand, in the blog's folder or in Git."""

INTERNAL = frozenset(
    {
        EventKind.RELEASED,
        EventKind.ESCALATED,
        EventKind.NOTED,
        EventKind.SECOND_READING,
        EventKind.TOPIC_SET,
        EventKind.RISK_SET,
        EventKind.REPORTED,
        EventKind.SOURCE,
        EventKind.SOURCE_STRUCK,
    }
)
"""What staff do among themselves, of which a comment's reader is told nothing."""

UNDOABLE = (
    EventKind.APPROVED,
    EventKind.REJECTED,
    EventKind.MARKED_SPAM,
    EventKind.NOT_SPAM,
    EventKind.ANSWERED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.REFERRED,
    EventKind.TAKEN_BACK,
    EventKind.ASKED_READER,
    EventKind.CUT,
    EventKind.RESTORED,
)
"""Decisions that whoever took them can take back at once, before anything of them left."""

LOOKING = (EventKind.CLAIMED, EventKind.RELEASED)
"""Who is looking at a comment, which stands in nobody's way."""

LOOKED = (
    *UNDOABLE,
    EventKind.REVISED,
    EventKind.EXTENDED,
    EventKind.WITHDRAWN,
    EventKind.ERASED,
    EventKind.REMOVED_IN_FILES,
)
"""With these nobody is looking at a comment any more: somebody acted on it, or it is gone."""
