"""What the author of an article does with a comment on it, by the link in their mail.

No signing in and no cookie. The link is made for one person, one comment and the address that
the mail went to; it opens until that person answered, and thirty days at most. Who may answer
in the institution's name does so; of anybody else it is a draft for whoever may.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import markup, signing
from ..domain import undone
from ..domain.cases import Case, Event, EventKind, person_actor
from ..domain.comments import Comment, Kind
from ..domain.permissions import Permission, Scope, granted
from ..errors import N_, AlreadyDecided, UnknownComment
from ..store import addresses, cases, events, follow, people, publication
from ..store.engine import Connection
from ..store.people import Person
from . import answering, authors, mail_links, notes
from .blog import Blog
from .moderate import case_by_reference
from .own import own_cases
from .revise import checked_body

OPEN_FOR = timedelta(days=30)
"""Counted from the moment when the comment was seen on its page."""

_CHANGED = N_(
    "The comment on the page is another one now. Look at it again; what you wrote is below."
)
_UNKNOWN = N_("We find no comment at this address.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page shows. case: with the words that everybody reads. answers: whether what
    this person sends is the institution's answer at once."""

    case: Case
    person: Person
    record: tuple[Event, ...]
    answers: bool

    @property
    def revision(self) -> int:
        """Of the words that everybody reads."""
        return self.case.public_revision or 0


@dataclass(frozen=True, slots=True)
class AuthorAnswer:
    """The form as it came. revision: of the words on the page. answer_id: a new ULID, made with
    the form."""

    body: str
    revision: int
    answer_id: str


def sheet(blog: Blog, reference: str, number: str, key: str, now: datetime) -> Sheet:
    """Raises UnknownComment: for a wrong, an old, a used and an unknown link alike."""
    case = case_by_reference(blog, reference)
    with blog.store.read() as connection:
        person = _known(blog, connection, case, number, key)
        record = _open(blog, connection, case, person, now)
        public = _public(connection, case)
    said = replace(case, body=public.body, markup=public.markup)
    return Sheet(said, person, tuple(record), answers_at_once(blog, person, case, now))


def send(
    blog: Blog, reference: str, number: str, key: str, reply: AuthorAnswer, *, now: datetime
) -> bool:
    """Answer, or leave a draft; whether it was an answer. The same form sent twice is one.

    Raises UnknownComment, InvalidComment, AlreadyDecided.
    """
    case = case_by_reference(blog, reference)
    with blog.store.read() as connection:
        person = _known(blog, connection, case, number, key)
        if _is_again(connection, case, person, reply):
            return _is_answer(connection, reply)
        _open(blog, connection, case, person, now)
        if case.public_revision != reply.revision:
            raise AlreadyDecided(_CHANGED)

    def still(locked: Connection) -> None:
        """Of two forms at once the second finds the link used."""
        _open(blog, locked, case, person, now)

    if not answers_at_once(blog, person, case, now):
        notes.leave_draft(blog, case.id, checked_body(reply.body), by=person, now=now, still=still)
        return False
    answering.answer(
        blog,
        case.id,
        case.revision,
        reply.body,
        by=person,
        answer_id=reply.answer_id,
        now=now,
        still=still,
    )
    return True


def answers_at_once(blog: Blog, person: Person, case: Case, now: datetime) -> bool:
    """Whether this person's role answers in the institution's name, on this comment."""
    scope = granted(person.role, Permission.ANSWER)
    if scope is Scope.OWN:
        return own_cases(blog, person, now).holds(case.assigned_to, case.thread)
    return scope is Scope.ALL


def drafted(connection: Connection, case: Case, record: list[Event]) -> str:
    """The draft that waits for whoever may answer, "" for none or once one was given."""
    answered = max((e.seq for e in undone.standing(record) if _answers(e)), default=0)
    left = [e for e in record if notes.is_draft(e) and e.seq > answered]
    return follow.text_of(connection, case.id, left[-1].seq) or "" if left else ""


def _known(blog: Blog, connection: Connection, case: Case, number: str, key: str) -> Person:
    """Whom a link was made for, whether it still opens or not. Raises UnknownComment."""
    is_number = number.isascii() and number.isdigit() and len(number) <= 9
    person = people.by_id(connection, int(number)) if is_number else None
    address = addresses.by_id(connection, person.address_id or 0) if person else None
    expected = signing.random_token()
    if person and address:
        expected = mail_links.author_token(blog, case, person.id, address)
    if not signing.same(key, expected) or person is None or str(person.id) != number:
        raise UnknownComment(_UNKNOWN)
    return person


def _open(
    blog: Blog, connection: Connection, case: Case, person: Person, now: datetime
) -> list[Event]:
    """Its record. Raises UnknownComment once the link opens nothing any more."""
    again, someone = cases.by_case(connection, case.id), people.by_id(connection, person.id)
    record = events.of_case(connection, case.id)
    shown = [event.at for event in record if event.kind is EventKind.PUBLISHED]
    is_open = (
        someone is not None
        and someone.works
        and someone.address_id == person.address_id
        and again is not None
        and again.kind is Kind.COMMENT
        and again.public_revision is not None
        and not (again.erased or again.withdrawn)
        and bool(shown)
        and now <= shown[0] + OPEN_FOR
        and case.thread in authors.written_by(blog, someone.name)
        and not _has_answered(record, someone)
    )
    if not is_open:
        raise UnknownComment(_UNKNOWN)
    return record


def _has_answered(record: list[Event], person: Person) -> bool:
    actor = person_actor(person.id)
    return any(
        event.actor == actor and (_answers(event) or notes.is_draft(event))
        for event in undone.standing(record)
    )


def _answers(event: Event) -> bool:
    return event.kind is EventKind.ANSWERED


def _is_again(connection: Connection, case: Case, person: Person, reply: AuthorAnswer) -> bool:
    """Whether these very words came before: a double click, a reload."""
    body = markup.clean_body(reply.body)
    given = publication.wording(connection, reply.answer_id, 1)
    if given is not None and given.answers == case.comment_id:
        return given.body == body
    actor = person_actor(person.id)
    mine = [e for e in events.of_case(connection, case.id) if e.actor == actor]
    return any(
        follow.text_of(connection, case.id, e.seq) == body for e in mine if notes.is_draft(e)
    )


def _is_answer(connection: Connection, reply: AuthorAnswer) -> bool:
    return publication.wording(connection, reply.answer_id, 1) is not None


def _public(connection: Connection, case: Case) -> Comment:
    found = publication.wording(connection, case.comment_id, case.public_revision or 0)
    if found is None:
        raise UnknownComment(_UNKNOWN)
    return found
