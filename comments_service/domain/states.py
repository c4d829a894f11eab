"""The states of a comment and of its case, and the label that a reader sees.

A comment has two lives: whether it can be seen (visibility) and whether somebody
looks after it (attention). One label is derived from both.
"""

from datetime import datetime
from enum import StrEnum

from ..errors import N_


class Decision(StrEnum):
    """What was decided on one revision."""

    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    SUPERSEDED = "superseded"


class Visibility(StrEnum):
    HELD = "held"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    PRIVATE = "private"
    WITHDRAWN = "withdrawn"


class Attention(StrEnum):
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    REFERRED = "referred"
    AWAITING_READER = "awaiting_reader"
    ANSWERED = "answered"
    CLOSED = "closed"


def visibility(*, withdrawn: bool, private: bool, decision: Decision, seen: bool) -> Visibility:
    """Derived, never stored.

    decision: of the head revision, or of the public one while an edit is held.
    seen: the digest of the public revision was found in the built page.
    """
    if withdrawn:
        return Visibility.WITHDRAWN
    if private:
        return Visibility.PRIVATE
    if decision is Decision.APPROVED:
        return Visibility.PUBLISHED if seen else Visibility.APPROVED
    if decision is Decision.SUPERSEDED:
        return Visibility.HELD
    return Visibility(decision.value)


def label(
    visibility: Visibility,
    attention: Attention,
    *,
    erased: bool = False,
    corrected: bool = False,
    department: str = "",
) -> str:
    """The reader's label, as a message of the catalogue; the first matching row wins.

    erased: nothing of the withdrawn comment's text is kept. corrected: an earlier wording
    was approved before this one. department: to which it was passed on, if known: whoever
    shows the label puts its name at ``%(department)s``.
    """
    if visibility is Visibility.WITHDRAWN:
        return N_("Erased") if erased else N_("Withdrawn")
    if visibility in (Visibility.REJECTED, Visibility.SPAM):
        if attention is Attention.UNDER_REVIEW:
            return N_("Not published · being looked at again")
        return N_("Not published")
    by_attention = {
        Attention.CLOSED: N_("Closed"),
        Attention.ANSWERED: N_("Answered"),
        Attention.AWAITING_READER: N_("We need something from you"),
        Attention.REFERRED: N_("Passed on to “%(department)s”")
        if department
        else N_("Passed on to a department"),
    }
    if attention in by_attention:
        return by_attention[attention]
    if visibility is Visibility.PUBLISHED:
        if attention is Attention.UNDER_REVIEW:
            return N_("Published · being studied")
        return N_("Published")
    if visibility is Visibility.APPROVED:
        if corrected:
            return N_("Corrected · will be published with the next update")
        return N_("Approved · will be published with the next update")
    return N_("Being studied") if attention is Attention.UNDER_REVIEW else N_("Received")


OUT_OF_TIME = N_("out of time")
"""What is added to the label when a promise was not kept: ``Published · out of time``."""


def is_out_of_time(
    visibility: Visibility, attention: Attention, due_by: datetime | None, now: datetime
) -> bool:
    """Whether what was promised by ``due_by`` is late; computed, never stored.

    What was withdrawn or refused waits for nobody, unless a second look was asked for.
    """
    refused = visibility in (Visibility.REJECTED, Visibility.SPAM)
    if visibility is Visibility.WITHDRAWN or (refused and attention is not Attention.UNDER_REVIEW):
        return False
    is_open = attention not in (Attention.ANSWERED, Attention.CLOSED)
    return is_open and due_by is not None and now > due_by
