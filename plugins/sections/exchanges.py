"""The conversations of a section: what was said last, and the institution's answer to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..comments.keys import Group, published_in
from ..comments.views import CommentView
from ..texts import Text


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """A thread in which somebody speaks, beside its text in one language.

    last: the newest comment or answer. said: what began its last exchange: the comment that
    ``last`` answers, else ``last`` itself. answer: ``last`` if it answers ``said``, else None.
    answered: whether the institution speaks anywhere in it.
    """

    text: Text
    last: CommentView
    said: CommentView
    answer: CommentView | None
    answered: bool

    @property
    def count(self) -> int:
        return int(self.text.thread.count)


def conversations(groups: Iterable[Group], language: str) -> tuple[Conversation, ...]:
    """The threads of this language in which somebody spoke, the last to speak first."""
    found = [_conversation(text) for text in published_in(groups, language) if text.thread.last]
    found.sort(key=lambda each: (each.last.date, each.last.id), reverse=True)
    return tuple(found)


def _conversation(text: Text) -> Conversation:
    last: CommentView = text.thread.last
    branches = text.thread.comments
    answered = any(each.is_answer for branch in branches for each in (branch.top, *branch.replies))
    asked = last.parent
    if last.is_answer and asked and not asked.withdrawn:
        return Conversation(text, last, said=asked, answer=last, answered=answered)
    return Conversation(text, last, said=last, answer=None, answered=answered)
