"""What the mail tells of whom no comments are taken for a while: why, until when, whom to ask.

None means that there is nothing to tell any more.
"""

from datetime import timedelta

from ..config import dates
from ..domain.cases import Case
from ..domain.mails import MailKind
from ..store import bans as store
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from . import bans
from .blog import Blog
from .letters_of_cases import rule_in

Values = dict[str, object]


def to_reader(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """While it holds. It has the words that the page has for whoever writes again."""
    found = store.by_id(connection, int(waiting.cause.partition(" ")[2]))
    if found is None or not found.holds(waiting.asked_at):
        return None
    last = (found.until - timedelta(minutes=1)).astimezone(blog.site.zone)
    return {
        "reason": found.reason,
        "rule": rule_in(blog, found.rule, case.lang),
        "until": dates.with_time(last, case.lang),
        "contact": bans.review_at(blog),
    }


OF_CASES = {MailKind.BANNED: to_reader}
