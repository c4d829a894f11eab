"""Who signs an answer: whoever gives it, beside whoever of a department wrote it."""

from dataclasses import replace

from ..domain.comments import MAX_AUTHOR_CHARS, Comment
from ..domain.referrals import Outcome
from ..store import referrals
from ..store.engine import Connection
from ..store.referrals import Referral
from .department_link import name_and_position


def came_back(connection: Connection, case_id: int, referral_id: int) -> Referral | None:
    """What a department answered on this case, or None."""
    found = referrals.by_id(connection, referral_id)
    is_of_it = found and found.case_id == case_id and found.outcome is Outcome.ANSWERED
    return found if is_of_it and found and found.draft_by else None


def along(connection: Connection, said: Comment, case_id: int, referral_id: int) -> Comment:
    """The answer under both names, with the department's. referral_id: 0 for none."""
    asked = came_back(connection, case_id, referral_id) if referral_id else None
    if asked is None:
        return said
    name, position = name_and_position(asked.draft_by)
    both = name if name == said.author else f"{name} · {said.author}"
    author = both if len(both) <= MAX_AUTHOR_CHARS else name
    return replace(said, author=author, position=position or None, department=asked.department)
