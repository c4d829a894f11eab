"""Deciding: approve, reject with a reason, answer as the institution.

Each decision names the revision that its person saw; a second one on the same revision
is a conflict and changes nothing. What follows from a decision (writing, building) is
asked for in the same transaction and done later by ``publish``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import content_repo, markup
from ..domain.cases import REFERENCE_PATTERN, Case, EventKind, person_actor
from ..domain.comments import Comment
from ..domain.states import Decision, Visibility
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, UnknownComment, Unshowable
from ..site.rules import Cited, PublicRule
from ..store import cases, comments, events, outbox, publication
from ..store.engine import Connection
from ..store.people import Person
from . import mails, privately
from .blog import Blog
from .revise import checked_body

PAGE = 50
PAGE_OF_DECIDED = 20
COUNT_CAP = 1_000
MAX_REASON_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Tray:
    """What waits, oldest first, a page at a time. count: of all, up to COUNT_CAP.

    queue: decisions that are not on the site yet, and why not.
    """

    cases: tuple[Case, ...]
    count: int
    queue: outbox.Queue


def tray(blog: Blog) -> Tray:
    """The staff's first screen."""
    with blog.store.read() as connection:
        return Tray(
            cases=tuple(cases.waiting(connection, PAGE)),
            count=cases.count_waiting(connection, COUNT_CAP),
            queue=outbox.queue(connection),
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions, newest first, a page at a time. has_older: there are more below."""

    cases: tuple[Case, ...]
    has_older: bool


def decided(blog: Blog, before: Case | None = None) -> Decided:
    """The last decisions, or those that were made before the one on the case ``before``."""
    with blog.store.read() as connection:
        found = cases.decided(connection, PAGE_OF_DECIDED + 1, before)
    return Decided(tuple(found[:PAGE_OF_DECIDED]), len(found) > PAGE_OF_DECIDED)


def case_by_reference(blog: Blog, reference: str) -> Case:
    """The case that people name so. Raises UnknownComment."""
    match = REFERENCE_PATTERN.fullmatch(reference)
    if match and len(match[2]) <= 18:  # larger than any identity number otherwise
        case = case_of(blog, int(match[2]))
        if case.reference == reference:
            return case
    raise UnknownComment(N_("We find no comment at this address."))


def case_of(blog: Blog, case_id: int) -> Case:
    """One case, for staff. Raises UnknownComment."""
    with blog.store.read() as connection:
        return _case(connection, case_id)


def approve(blog: Blog, case_id: int, revision: int, *, by: Person, now: datetime) -> Case:
    """Approve the revision that was seen; it is published next.

    Raises UnknownComment, AlreadyDecided, Unshowable.
    """
    floor = _floor(blog, case_id)
    with blog.store.write() as connection:
        case = _case(connection, case_id)
        _approve(connection, case, revision, floor, by, now)
        return _case(connection, case_id)


def reject(
    blog: Blog,
    case_id: int,
    revision: int,
    *,
    rule: Cited | None,
    reason: str,
    by: Person,
    now: datetime,
) -> Case:
    """Do not publish the revision that was seen, and say why.

    rule: number and version that were on the screen; None only where no rule is in force.
    Raises InvalidComment without a rule in force or a reason, UnknownComment, AlreadyDecided.
    """
    reason = markup.clean_body(reason)
    faults = [*_faults_of_rule(rule, rules_in_force(blog, now)), *_faults_of_reason(reason)]
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    number, version = rule or (None, None)
    with blog.store.write() as connection:
        case = _case(connection, case_id)
        _decide(connection, case, revision, Decision.REJECTED, by, now, number, version, reason)
        events.append(
            connection,
            case.id,
            EventKind.REJECTED,
            actor=person_actor(by.id),
            now=now,
            data={"revision": revision, "rule": number, "version": version},
            text=reason,
        )
        mails.tell_rejected(connection, case, now)
        return _case(connection, case_id)


def rules_in_force(blog: Blog, now: datetime) -> list[PublicRule]:
    """The rules that a rejection may cite, by number."""
    return blog.rules.in_force(now.astimezone(blog.site.zone).date())


def _faults_of_rule(rule: Cited | None, rules: list[PublicRule]) -> Iterator[Fault]:
    if rule is None and rules:
        yield Fault("rule", N_("Choose the rule that it breaks."))
    elif rule is not None and rule not in {(each.number, each.version) for each in rules}:
        yield Fault("rule", N_("That rule has changed meanwhile. Choose again."))


def _faults_of_reason(reason: str) -> Iterator[Fault]:
    if not reason:
        yield Fault("reason", N_("Write why, so that its author understands it."))
    if len(reason) > MAX_REASON_CHARS:
        yield Fault("reason", N_("Write at most %(most)s characters."), most=MAX_REASON_CHARS)


def answer(
    blog: Blog,
    case_id: int,
    revision: int,
    body: str,
    *,
    by: Person,
    answer_id: str,
    now: datetime,
) -> Case:
    """Answer as the institution, in public, under the comment; publishes it if it waited.

    A private comment is answered in private, for its reader's eyes alone.

    answer_id: a new ULID in lower case, made with the form: the same form sent twice is one
    answer. Raises InvalidComment, UnknownComment, AlreadyDecided (the comment was not
    published, or the form was sent before with another text), Unshowable.
    """
    body = checked_body(body)
    floor = _floor(blog, case_id)
    with blog.store.write() as connection:
        cases.lock(connection, case_id)
        case = _case(connection, case_id)
        if case.private:
            said = privately.signed(case, answer_id, body, by, now)
            privately.answer(connection, case, revision, said, by)
            return _case(connection, case_id)
        if _is_known(connection, case, answer_id, body):
            return case
        if case.visibility is Visibility.HELD:  # an edit of what is public waits for its own
            _approve(connection, case, revision, floor, by, now)
            floor += 1
        elif case.visibility not in (Visibility.APPROVED, Visibility.PUBLISHED):
            raise AlreadyDecided(N_("This comment is not public, so a public answer has no place."))
        number = comments.next_number(connection, case.thread, comments.COMMENTS, floor)
        said = privately.signed(case, answer_id, body, by, now, number=number)
        _add_answer(connection, case, said, by, now)
        return _case(connection, case_id)


def _is_known(connection: Connection, case: Case, answer_id: str, body: str) -> bool:
    """Whether this very answer was given already: a double click, a reload."""
    first = publication.wording(connection, answer_id, 1)
    if first is None:
        return False
    if (first.answers, first.body) != (case.comment_id, body):
        raise AlreadyDecided(
            N_("This form was sent before, with another text. Send it again if you want both.")
        )
    return True


def _add_answer(
    connection: Connection, case: Case, said: Comment, by: Person, now: datetime
) -> None:
    """Keep the answer, have it published, and record it."""
    comments.add_answer(connection, said, by.id, now)
    outbox.add(connection, outbox.Job.PUBLISH, said.id, said.revision, now)
    events.append(
        connection,
        case.id,
        EventKind.ANSWERED,
        actor=person_actor(by.id),
        now=now,
        data={"answer": said.id, "number": said.number},
        text=said.body,
    )


def _case(connection: Connection, case_id: int) -> Case:
    case = cases.by_case(connection, case_id)
    if case is None:
        raise UnknownComment(N_("We find no comment at this address."))
    return case


def _floor(blog: Blog, case_id: int) -> int:
    """The highest number that the thread's files hold; read before the transaction.

    Of a thread that had another key, also what was given under that one.
    """
    keys = blog.manifest.keys(case_of(blog, case_id).thread)
    floors = [content_repo.highest_number(blog.comments_folder, k, linkback=False) for k in keys]
    if len(keys) > 1:
        with blog.store.read() as connection:
            floors.append(comments.highest_number(connection, keys))
    return max(floors)


def _approve(
    connection: Connection, case: Case, revision: int, floor: int, by: Person, now: datetime
) -> None:
    if case.private:
        raise AlreadyDecided(N_("Its author asked us not to publish it."))
    if not case.showable:
        raise Unshowable(N_("This comment cannot be shown safely, so it cannot be published."))
    _decide(connection, case, revision, Decision.APPROVED, by, now)
    number = case.number or comments.next_number(connection, case.thread, comments.COMMENTS, floor)
    comments.make_public(connection, case.comment_id, revision, number)
    outbox.add(connection, outbox.Job.PUBLISH, case.comment_id, revision, now)
    events.append(
        connection,
        case.id,
        EventKind.APPROVED,
        actor=person_actor(by.id),
        now=now,
        data={"revision": revision, "number": number},
    )


def _decide(
    connection: Connection,
    case: Case,
    revision: int,
    decision: Decision,
    by: Person,
    now: datetime,
    rule: int | None = None,
    rule_version: int | None = None,
    reason: str | None = None,
) -> None:
    seen_is_head = case.revision == revision
    if not seen_is_head or not comments.decide(
        connection,
        case,
        decision,
        by=by.id,
        now=now,
        rule=rule,
        rule_version=rule_version,
        reason=reason,
    ):
        raise AlreadyDecided(N_("Somebody decided on this comment first. This is how it stands."))
