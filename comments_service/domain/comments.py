"""A comment as readers see it: the value that a content file holds.

Source of the words: RFC 4685 (thread, in-reply-to) and microformats2 h-cite.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_AUTHOR_CHARS = 80
MAX_BODY_CHARS = 8_000
MAX_BODY_BYTES = 16 * 1024
MAX_BODY_LINES = 400
MAX_LINKS = 20
MAX_NESTING = 8
MAX_URL_CHARS = 500
MAX_NUMBER = 1_000_000_000

ID_PATTERN = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
"""A ULID in lower case (Crockford's base32: no i, l, o, u)."""

THREAD_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


class Kind(StrEnum):
    """Who speaks: a reader, the institution, or another site that links here.

    REPORT: a reader tells of a problem with a comment; always private, never in a file.
    """

    COMMENT = "comment"
    ANSWER = "answer"
    WEBMENTION = "webmention"
    TRACKBACK = "trackback"
    PINGBACK = "pingback"
    REPORT = "report"

    @property
    def is_linkback(self) -> bool:
        """Linkbacks stand in a list of their own, with a series of numbers of their own."""
        return self in (Kind.WEBMENTION, Kind.TRACKBACK, Kind.PINGBACK)


class Markup(StrEnum):
    """How to read the body: ``markdown`` from the form, ``text`` from imports."""

    MARKDOWN = "markdown"
    TEXT = "text"


class WithdrawnBy(StrEnum):
    """Whose decision a withdrawal was."""

    READER = "reader"
    INSTITUTION = "institution"


REMOVED = "repository"
"""In the database's place of a WithdrawnBy: staff removed the file, so nothing stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One public contribution to a thread, in one wording.

    id: ULID in lower case; names the file and the anchor ``comment-<id>``.
    thread: key of the conversation, ``[a-z0-9][a-z0-9-]{0,99}``.
    revision: number of this wording, from 1.
    number: permanent, in the order of approval within the thread, from 1;
        linkbacks have a series of their own.
    author: one line of plain text, 1 to MAX_AUTHOR_CHARS characters; untrusted.
    date: aware, whole seconds: when it was received.
    body: as the reader wrote it after the clean-up at the door, no leading or
        trailing newline; untrusted.
    url: absolute http(s) address of the author or, for a linkback, of its page.
    in_reply_to: id of the parent in the same thread.
    lang: language of the text, a site language code.
    position, department: of the person who signs an answer.
    answers: id of the comment that this answer answers; it stands right under it.
    edited: aware time of the last correction of a public wording.
    source: where an import came from, free text.
    moderated: why the institution cut something out of this wording, one line for readers;
        ``[…]`` stands where it did.
    """

    id: str
    thread: str
    revision: int
    number: int
    kind: Kind
    markup: Markup
    author: str
    date: datetime
    body: str
    url: str | None = None
    in_reply_to: str | None = None
    lang: str | None = None
    position: str | None = None
    department: str | None = None
    answers: str | None = None
    edited: datetime | None = None
    source: str | None = None
    moderated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What stays of a withdrawn comment: its place, number and whose decision it was."""

    id: str
    thread: str
    number: int
    date: datetime
    reason: WithdrawnBy
    in_reply_to: str | None = None


Entry = Comment | Tombstone
"""What one file of ``content/comments/<thread>/`` holds."""


def is_linkback(entry: Entry) -> bool:
    """Whether the entry belongs to the list of other sites that link here."""
    return isinstance(entry, Comment) and entry.kind.is_linkback
