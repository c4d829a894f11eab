"""A case in the words of its reader: where it stands, what happened, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from flask_babel import gettext
from markupsafe import Markup as Html

from ..domain import undone
from ..domain.cases import READER, Case, Event, EventKind
from ..domain.chain import Data
from ..domain.comments import Comment, WithdrawnBy
from ..domain.standing import Standing, after
from ..domain.states import OUT_OF_TIME, Attention, Visibility, is_out_of_time, label
from ..errors import N_
from ..usecases import closing, privately
from ..usecases.status import Progress, Publication
from ..usecases.track import thread_url
from .edge import edge
from .reading import html_of, published

PLAINLY = {
    N_("Received"): N_("A person will read it. Until then nobody else can see it."),
    N_("Being studied"): N_("A person will look at it. Nobody else sees it until it is published."),
    N_("Approved · will be published with the next update"): N_(
        "A person has read it and approved it. It will be on the page in a moment."
    ),
    N_("Corrected · will be published with the next update"): N_(
        "The corrected wording will be on the page in a moment."
    ),
    N_("Published"): N_("Everybody can read it on the page."),
    N_("Published · being studied"): N_(
        "Everybody can read it on the page, and somebody is working on an answer."
    ),
    N_("Answered"): N_("We have answered you, right below your comment."),
    N_("We need something from you"): N_("To answer you we need to know something more."),
    N_("Passed on to a department"): N_("Those who know most about it will answer you."),
    N_("Not published"): N_("A person has read it and decided not to publish it. This is why."),
    N_("Not published · being looked at again"): N_(
        "We are looking at it again. You will read here what we decide."
    ),
    N_("Closed"): N_("There is nothing more to do about it."),
    N_("Withdrawn"): N_("It is no longer on the page."),
    N_("Erased"): N_("It is no longer on the page, and we keep neither its text nor your name."),
}
"""The sentence below each label of ``states.label``."""

PRIVATELY = {
    "Received": N_("A person will read it and answer you here. It will not be published."),
    "Being studied": N_("Somebody is working on an answer. It will not be published."),
    "Answered": N_("We have answered you on this page, and nobody else can read it."),
}
"""The same where its reader wanted an answer and no publication."""

_PUBLIC = (Visibility.APPROVED, Visibility.PUBLISHED)
_WITHDRAWALS = (EventKind.WITHDRAWN, EventKind.REMOVED_IN_FILES)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline. words: a message of the catalogue."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the institution. url: absolute, of its anchor; None: on no page (yet)."""

    comment: Comment
    html: Html
    url: str | None


def label_of(case: Case) -> str:
    """The label for staff: a message of the catalogue.

    That nothing more is to be done is no news to them, and that it can be read is.
    """
    attention = case.attention
    if attention is Attention.AWAITING_READER and not case.withdrawn:
        return N_("We asked its author something")
    if attention is Attention.CLOSED and case.visibility in _PUBLIC:
        attention = Attention.RECEIVED
    return _label(case, attention)


def _label(case: Case, attention: Attention, department: str = "") -> str:
    corrected = (case.public_revision or 1) > 1
    return label(
        case.visibility,
        attention,
        erased=case.erased,
        corrected=corrected,
        department=department,
    )


def label_for_reader(case: Case, events: Sequence[Event], now: datetime) -> str:
    """The whole label in the page's language: ``Derivado a «Obras» · fuera de plazo``."""
    stands = undone.standing(events)
    referred = [event for event in stands if event.kind is EventKind.REFERRED]
    department = str(referred[-1].data.get("department") or "") if referred else ""
    said = gettext(_label(case, case.attention, department))
    if case.attention is Attention.REFERRED and department:
        said %= {"department": department}
    if is_out_of_time(case.visibility, case.attention, case.due_by, now):
        return f"{said} · {gettext(OUT_OF_TIME)}"
    return said


def plainly(case: Case, events: Sequence[Event], publication: Publication | None) -> str:
    """The sentence below the label: a message of the catalogue.

    publication: how far the last decision on the comment is on its way to the page.
    """
    said = _label(case, case.attention)
    if case.withdrawn and case.number is None and not case.erased:
        return N_("It was never on the page, and nobody else can see it.")
    if case.withdrawn and publication and publication.progress is not Progress.PUBLISHED:
        return N_("It will be gone from the page in a moment.")
    if case.private and not case.withdrawn and said in PRIVATELY:
        return PRIVATELY[said]
    is_on_the_page = any(map(_is_answer_on_the_page, events))
    if case.attention is Attention.ANSWERED and not is_on_the_page and _private(case, events):
        return PRIVATELY["Answered"]
    if case.attention is Attention.ANSWERED and not is_on_the_page:
        return N_("We have answered you. The answer will be on the page in a moment.")
    if case.attention is Attention.CLOSED and _needed_no_answer(events):
        if case.visibility is Visibility.PUBLISHED:
            return N_(
                "Everybody can read it on the page. It asked nothing, so there is no answer to"
                " wait for. Thank you for taking part."
            )
        return N_(
            "It will be on the page in a moment. It asked nothing, so there is no answer to wait"
            " for. Thank you for taking part."
        )
    if case.attention is Attention.CLOSED and case.visibility is Visibility.PUBLISHED:
        return N_("Everybody can read it on the page, and there is nothing more to do about it.")
    return PLAINLY[said]


def _needed_no_answer(events: Sequence[Event]) -> bool:
    found = closing.closed(events, {})
    return found is not None and found.reason == closing.NO_ANSWER


def steps(
    case: Case,
    events: Sequence[Event],
    words: Mapping[EventKind, str],
    words_of_answers: Mapping[EventKind, str],
    why_closed: Mapping[str, str] = MappingProxyType({}),
) -> list[Step]:
    """What happened, oldest first; events without words are nobody's business here."""
    told = []
    for event in events:
        table = words_of_answers if _is_about_an_answer(case, event) else words
        if event.kind in table:
            why = why_closed.get(str(event.data.get("reason")))
            is_closing = event.kind is EventKind.CLOSED
            told.append(Step(event.at, why if why and is_closing else table[event.kind]))
    return told


def news(events: Sequence[Event]) -> list[Event]:
    """Without those that tell a reader once more that somebody is looking at it."""
    standing, found = Standing(), []
    for event in events:
        then = after(standing, event)
        if event.kind is not EventKind.CLAIMED or then.attention is not standing.attention:
            found.append(event)
        standing = then
    return found


def _is_about_an_answer(case: Case, event: Event) -> bool:
    return is_about_an_answer(case.comment_id, event.kind, event.data)


def is_about_an_answer(comment_id: str, kind: str, data: Data) -> bool:
    """An answer has no case: what happens to it is recorded in the case that it answers.

    comment_id: the case's own comment.
    """
    if kind in (EventKind.ANSWERED, EventKind.ANSWER_PUBLISHED, EventKind.RATED):
        return False  # their words say so themselves
    return "answer" in data or data.get("comment") not in (None, comment_id)


def withdrawal(case: Case, events: Sequence[Event]) -> Step | None:
    """Who withdrew a comment, and when, for staff; None when nobody did."""
    if not case.withdrawn:
        return None
    own = (event for event in reversed(events) if not _is_about_an_answer(case, event))
    last = next((event for event in own if event.kind in _WITHDRAWALS), None)
    return None if last is None else Step(last.at, _who_withdrew(last))


def _who_withdrew(event: Event) -> str:
    if event.kind is EventKind.REMOVED_IN_FILES:
        return N_("It was withdrawn when somebody removed its file by hand.")
    if WithdrawnBy.READER in (event.data.get("by"), event.data.get("reason")):
        return N_("Its author withdrew it.")
    if event.actor == READER:
        return N_("Its author withdrew it.")
    return N_("The institution withdrew it.")


def answers(
    case: Case, events: Sequence[Event], on_their_way: Sequence[Comment] = ()
) -> list[Answer]:
    """The answers that were seen on the page and still stand, those in private, oldest first,
    and, for staff, those that no page shows yet."""
    ids = dict.fromkeys(
        event.data.get("comment") for event in events if _is_answer_on_the_page(event)
    )
    found = [published(case.thread, str(each)) for each in ids]
    url = thread_url(edge().blog, case.thread, case.lang)
    return [
        Answer(each, html_of(each.body, each.markup), url and f"{url}#comment-{each.id}")
        for each in found
        if each
    ] + [
        Answer(each, html_of(each.body, each.markup), None)
        for each in (*_private(case, events), *on_their_way)
    ]


def _private(case: Case, events: Sequence[Event]) -> list[Comment]:
    """The answers for this page alone."""
    if not any(event.data.get("private") for event in events):
        return []
    with edge().blog.store.read() as connection:
        return privately.given(connection, case, events)


def _is_answer_on_the_page(event: Event) -> bool:
    return event.kind is EventKind.ANSWER_PUBLISHED
