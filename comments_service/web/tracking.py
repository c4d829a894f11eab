"""A case in the words of its reader: where it stands, what happened, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup as Html

from ..domain.cases import Case, Event, EventKind
from ..domain.comments import Comment
from ..domain.states import Attention, label
from ..errors import N_
from ..usecases.track import thread_url
from .edge import edge
from .reading import html_of, published

PLAINLY = {
    N_("Received"): N_("A person will read it. Until then nobody else can see it."),
    N_("Being studied"): N_("Somebody is looking at it. Until then nobody else can see it."),
    N_("Approved · will be published with the next update"): N_(
        "A person has read it and approved it. It will be on the page in a moment."
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
}
"""The sentence below each label of ``states.label``."""

TOLD = {
    EventKind.RECEIVED: N_("We received your comment."),
    EventKind.APPROVED: N_("A person read it and approved it."),
    EventKind.REJECTED: N_("A person read it and decided not to publish it."),
    EventKind.ANSWERED: N_("We wrote an answer."),
    EventKind.PUBLISHED: N_("Your comment is on the page."),
    EventKind.ANSWER_PUBLISHED: N_("Our answer is on the page."),
}
"""What a reader is told of each event."""

NOTED = {
    EventKind.RECEIVED: N_("Received"),
    EventKind.APPROVED: N_("Approved"),
    EventKind.REJECTED: N_("Not published"),
    EventKind.ANSWERED: N_("Answered"),
    EventKind.PUBLISHED: N_("On the page"),
    EventKind.ANSWER_PUBLISHED: N_("The answer is on the page"),
}
"""The same for staff."""


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
    return label(case.visibility, case.attention)


def where_it_stands(case: Case, events: Sequence[Event]) -> tuple[str, str]:
    """The label and the sentence below it: messages of the catalogue."""
    said = label_of(case)
    if case.attention is Attention.ANSWERED and not any(map(_is_answer_on_the_page, events)):
        return said, N_("We have answered you. The answer will be on the page in a moment.")
    return said, PLAINLY[said]


def steps(events: Sequence[Event], words: Mapping[EventKind, str] = TOLD) -> list[Step]:
    """What happened, oldest first; events without ``words`` are nobody's business here."""
    return [Step(event.at, words[event.kind]) for event in events if event.kind in words]


def answers(case: Case, events: Sequence[Event]) -> list[Answer]:
    """The answers that were seen on the page, oldest first."""
    ids = [event.data.get("comment") for event in events if _is_answer_on_the_page(event)]
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
    """The rule of a rejection, or None when it cites none."""
    site = edge().blog.site
    for rule in site.rules:
        if (rule.number, rule.version) == (case.rule, case.rule_version):
            title, text = site.text(rule.title, case.lang), site.text(rule.text, case.lang)
            return CitedRule(rule.number, title, text)
    return None
