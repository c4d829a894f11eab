"""A case in the words of its reader: where it stands, what happened, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup as Html

from ..domain.cases import READER, Case, Event, EventKind
from ..domain.comments import Comment, WithdrawnBy
from ..domain.states import Attention, label
from ..errors import N_
from ..usecases.status import Progress, Publication
from ..usecases.track import thread_url
from .edge import edge
from .languages import page_language
from .reading import html_of, published

PLAINLY = {
    N_("Received"): N_("A person will read it. Until then nobody else can see it."),
    N_("Being studied"): N_("Somebody is looking at it. Until then nobody else can see it."),
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
        "Another person is looking at it again. We will tell you here what they decide."
    ),
    N_("Closed"): N_("There is nothing more to do about it."),
    N_("Withdrawn"): N_("It is no longer on the page."),
    N_("Erased"): N_("It is no longer on the page, and we keep neither its text nor your name."),
}
"""The sentence below each label of ``states.label``."""

TOLD = {
    EventKind.RECEIVED: N_("We received your comment."),
    EventKind.APPROVED: N_("A person read it and approved it."),
    EventKind.REJECTED: N_("A person read it and decided not to publish it."),
    EventKind.ANSWERED: N_("We wrote an answer."),
    EventKind.PUBLISHED: N_("Your comment is on the page."),
    EventKind.ANSWER_PUBLISHED: N_("Our answer is on the page."),
    EventKind.REVISED: N_("Your comment was corrected."),
    EventKind.CHANGED_IN_FILES: N_("Your comment was corrected."),
    EventKind.WITHDRAWN: N_("Your comment was withdrawn."),
    EventKind.REMOVED_IN_FILES: N_("Your comment was withdrawn."),
    EventKind.TAKEN_DOWN: N_("Your comment is no longer on the page."),
    EventKind.RESTORED_IN_FILES: N_("Your comment is public again."),
    EventKind.MOVED_IN_FILES: N_("Your comment was moved to another conversation."),
    EventKind.ERASED: N_("Your comment was erased, and your name with it."),
    EventKind.LEARNED: N_("Your comment was public already."),
}
"""What a reader is told of each event."""

TOLD_OF_ANSWERS = {
    EventKind.REVISED: N_("We corrected our answer."),
    EventKind.CHANGED_IN_FILES: N_("We corrected our answer."),
    EventKind.WITHDRAWN: N_("We withdrew our answer."),
    EventKind.REMOVED_IN_FILES: N_("We withdrew our answer."),
    EventKind.ERASED: N_("We withdrew our answer."),
    EventKind.TAKEN_DOWN: N_("Our answer is no longer on the page."),
    EventKind.RESTORED_IN_FILES: N_("Our answer is public again."),
    EventKind.MOVED_IN_FILES: N_("Our answer was moved to another conversation."),
}
"""The same when it happened to an answer of the institution."""

NOTED = {
    EventKind.RECEIVED: N_("Received"),
    EventKind.APPROVED: N_("Approved"),
    EventKind.REJECTED: N_("Not published"),
    EventKind.ANSWERED: N_("Answered"),
    EventKind.PUBLISHED: N_("On the page"),
    EventKind.ANSWER_PUBLISHED: N_("The answer is on the page"),
    EventKind.REVISED: N_("Corrected"),
    EventKind.CHANGED_IN_FILES: N_("Corrected by hand in its file"),
    EventKind.WITHDRAWN: N_("Withdrawn"),
    EventKind.REMOVED_IN_FILES: N_("Withdrawn: its file was removed by hand"),
    EventKind.TAKEN_DOWN: N_("No longer on the page"),
    EventKind.RESTORED_IN_FILES: N_("Public again: its file was put back by hand"),
    EventKind.MOVED_IN_FILES: N_("Moved to another conversation by hand"),
    EventKind.ERASED: N_("Erased"),
    EventKind.LEARNED: N_("Taken over from the blog's files"),
}
"""What staff are told of each event."""

NOTED_OF_ANSWERS = {
    EventKind.REVISED: N_("The answer was corrected"),
    EventKind.CHANGED_IN_FILES: N_("The answer was corrected by hand in its file"),
    EventKind.WITHDRAWN: N_("The answer was withdrawn"),
    EventKind.REMOVED_IN_FILES: N_("The answer was withdrawn: its file was removed by hand"),
    EventKind.TAKEN_DOWN: N_("The answer is no longer on the page"),
    EventKind.RESTORED_IN_FILES: N_("The answer is public again: its file was put back by hand"),
    EventKind.MOVED_IN_FILES: N_("The answer was moved to another conversation by hand"),
    EventKind.ERASED: N_("The answer was erased"),
}
"""The same for answers."""

_WITHDRAWALS = (EventKind.WITHDRAWN, EventKind.REMOVED_IN_FILES)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline. words: a message of the catalogue."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the institution that is on the page. url: absolute, of its anchor."""

    comment: Comment
    html: Html
    url: str | None


@dataclass(frozen=True, slots=True)
class CitedRule:
    """The rule that a decision named, in the version then in force."""

    number: int
    title: str
    text: str


def label_of(case: Case) -> str:
    """The label that the reader sees: a message of the catalogue."""
    corrected = case.revision > 1
    return label(case.visibility, case.attention, erased=case.erased, corrected=corrected)


def where_it_stands(
    case: Case, events: Sequence[Event], publication: Publication | None
) -> tuple[str, str]:
    """The label and the sentence below it: messages of the catalogue.

    publication: how far the last decision on the comment is on its way to the page.
    """
    said = label_of(case)
    if case.withdrawn and case.number is None and not case.erased:
        return said, N_("It was never on the page, and nobody else can see it.")
    if case.withdrawn and publication and publication.progress is not Progress.PUBLISHED:
        return said, N_("It will be gone from the page in a moment.")
    if case.attention is Attention.ANSWERED and not any(map(_is_answer_on_the_page, events)):
        return said, N_("We have answered you. The answer will be on the page in a moment.")
    return said, PLAINLY[said]


def steps(
    case: Case,
    events: Sequence[Event],
    words: Mapping[EventKind, str],
    words_of_answers: Mapping[EventKind, str],
) -> list[Step]:
    """What happened, oldest first; events without words are nobody's business here."""
    told = []
    for event in events:
        table = words_of_answers if _is_about_an_answer(case, event) else words
        if event.kind in table:
            told.append(Step(event.at, table[event.kind]))
    return told


def _is_about_an_answer(case: Case, event: Event) -> bool:
    """An answer has no case: what happens to it is recorded in the case that it answers."""
    if event.kind in (EventKind.ANSWERED, EventKind.ANSWER_PUBLISHED):
        return False  # their words say so themselves
    return "answer" in event.data or event.data.get("comment") not in (None, case.comment_id)


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


def answers(case: Case, events: Sequence[Event]) -> list[Answer]:
    """The answers that were seen on the page and still stand, oldest first."""
    ids = dict.fromkeys(
        event.data.get("comment") for event in events if _is_answer_on_the_page(event)
    )
    found = [published(case.thread, str(each)) for each in ids]
    url = thread_url(edge().blog, case.thread, case.lang)
    return [
        Answer(each, html_of(each.body, each.markup), url and f"{url}#comment-{each.id}")
        for each in found
        if each
    ]


def _is_answer_on_the_page(event: Event) -> bool:
    return event.kind is EventKind.ANSWER_PUBLISHED


def rule_cited(case: Case) -> CitedRule | None:
    """The rule of a rejection in the page's language, or None when it cites none."""
    site = edge().blog.site
    for rule in site.rules:
        if (rule.number, rule.version) == (case.rule, case.rule_version):
            title, text = (site.text(said, page_language()) for said in (rule.title, rule.text))
            return CitedRule(rule.number, title, text)
    return None
