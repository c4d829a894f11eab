"""How a case stands, in two sentences for staff: what readers see, and what is left to do."""

from ..domain.cases import Case
from ..domain.comments import Kind
from ..domain.states import Attention, Visibility
from ..errors import N_

SEEN = {
    Visibility.HELD: N_("Nothing yet: only you who work here can read it."),
    Visibility.APPROVED: N_("It will be on the page in a moment."),
    Visibility.PUBLISHED: N_("The comment is on the page."),
    Visibility.REJECTED: N_("Nothing: it was not published."),
    Visibility.SPAM: N_("Nothing: it was taken for advertising."),
    Visibility.PRIVATE: N_("Nothing: its author wants an answer and no publication."),
    Visibility.WITHDRAWN: N_("Nothing: it was withdrawn."),
}

LEFT = {
    Attention.RECEIVED: N_("Nobody has answered it yet."),
    Attention.UNDER_REVIEW: N_("It waits for us."),
    Attention.REFERRED: N_("Those who know most about it are looking at it."),
    Attention.AWAITING_READER: N_("We asked its author something, and wait for the reply."),
    Attention.ANSWERED: N_("Nothing: it was answered."),
    Attention.CLOSED: N_("Nothing: it is closed."),
}


def seen_by_readers(case: Case) -> str:
    """A message of the catalogue."""
    if case.kind is Kind.REPORT:
        return N_("Nothing: a report is never published.")
    return SEEN[case.visibility]


def left_to_do(case: Case) -> str:
    """A message of the catalogue."""
    if case.attention is Attention.RECEIVED and case.visibility is Visibility.HELD:
        return N_("Nobody has decided on it yet.")
    return LEFT[case.attention]
