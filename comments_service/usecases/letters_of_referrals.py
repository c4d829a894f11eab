"""What the mails about a question to a department tell: its reader, the department, whoever
asked.

None means that there is nothing to tell any more.
"""

from ..config import dates
from ..domain.cases import Case
from ..domain.mails import MailKind
from ..domain.referrals import CAME_BACK, Outcome
from ..mail.message import one_line
from ..store import addresses, cases, departments, events, follow, people, referrals
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from ..store.referrals import Referral
from . import mail_links
from .addresses import opened
from .blog import Blog
from .department_link import name_and_position
from .letters_of_cases import title_of
from .referrals import open_of, promised_on

Values = dict[str, object]


def to_reader(
    blog: Blog, connection: Connection, waiting: Waiting, case: Case, _address: Address
) -> Values | None:
    """To which department, what it is asked, and what that means for the answer."""
    asked = _named(connection, waiting)
    if asked is None or not _is_open(connection, asked):
        return None
    promised = promised_on(blog, case)
    return {
        "department": one_line(asked.department),
        "question": follow.text_of(connection, case.id, asked.asked_seq) or "",
        "due": dates.short(asked.due_on, case.lang),
        "answer_by": dates.short(promised, case.lang) if promised else "",
        "is_later": bool(promised and asked.due_on > promised),
    }


def to_department(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """The question, the comment, and the link to answer without an account."""
    asked = _named(connection, waiting)
    case = cases.by_case(connection, asked.case_id) if asked else None
    by = people.by_id(connection, asked.asked_by) if asked else None
    if asked is None or case is None or by is None or not _is_open(connection, asked):
        return None
    department = departments.by_id(connection, asked.department_id)
    if department is None or department.address_id != waiting.address_id:
        return None  # another address since: it is passed on once more, or answered here
    own = addresses.by_id(connection, by.address_id) if by.address_id else None
    return {
        "department": one_line(asked.department),
        "asker": one_line(by.name),
        "reference": case.reference,
        "title": title_of(blog, case.thread, case.lang),
        "name": case.author,
        "text": case.body,
        "question": follow.text_of(connection, case.id, asked.asked_seq) or "",
        "due": dates.short(asked.due_on, address.lang),
        "link": mail_links.to_department(blog, asked),
        "has_own": own is not None,
        "reply_to": opened(blog, own) if own else None,
    }


def to_asker(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """What the department did: it answered, it gave it back, it needs more time."""
    asked = _named(connection, waiting)
    case = cases.by_case(connection, asked.case_id) if asked else None
    if asked is None or case is None or case.erased:
        return None
    seq = int(waiting.cause.split(" ")[2])
    text = follow.text_of(connection, case.id, seq)
    event = next((e for e in events.of_case(connection, case.id) if e.seq == seq), None)
    if text is None or event is None:
        return None
    outcome = Outcome(str(event.data["outcome"])) if "outcome" in event.data else None
    lang = people.language_at(connection, address.id) or address.lang
    return {
        "department": one_line(asked.department),
        "reference": case.reference,
        "text": text,
        "who": ", ".join(filter(None, name_and_position(asked.draft_by))),
        "has_answered": outcome is Outcome.ANSWERED,
        "came_back": outcome in CAME_BACK,
        "due": dates.short(asked.due_on, lang),
        "page": f"{blog.site_url}/gestion/comentario/{case.reference}",
    }


def _named(connection: Connection, waiting: Waiting) -> Referral | None:
    """By ``referrals.cause_of``."""
    return referrals.by_id(connection, int(waiting.cause.split(" ")[1]))


def _is_open(connection: Connection, asked: Referral) -> bool:
    now = open_of(connection, asked.case_id)
    return now is not None and now.id == asked.id


OF_CASES = {MailKind.REFERRED: to_reader}
OF_STAFF = {MailKind.QUESTION: to_department, MailKind.FROM_DEPARTMENT: to_asker}
