"""Deciding: approve, reject with a reason, answer as the institution.

Each decision names the revision that its person saw; a second one on the same revision
is a conflict and changes nothing. The table is asked first (``moves``). What follows from
a decision (writing, building) is asked for in the same transaction and done later by
``publish``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import content_repo, markup
from ..domain import conditions
from ..domain.cases import Case, EventKind, id_in, person_actor
from ..domain.reasons import Reasons
from ..domain.states import Decision
from ..domain.transitions import Action, Guard
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, UnknownComment, Unshowable
from ..site.rules import Cited, PublicRule
from ..store import cases, comments, events, outbox
from ..store.engine import Connection
from ..store.own import Own
from ..store.people import Person
from . import mails, moves
from .blog import Blog
from .leaving import leaves_at

PAGE_OF_DECIDED = 20
MAX_REASON_CHARS = 2_000

DECIDED = N_("Somebody decided on this comment first. This is how it stands.")
CHANGED_RULE = N_("That rule has changed meanwhile. Choose again.")


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions, newest first, a page at a time. has_older: there are more below."""

    cases: tuple[Case, ...]
    has_older: bool


def decided(blog: Blog, before: Case | None = None, own: Own | None = None) -> Decided:
    """The last decisions, or those that were made before the one on the case ``before``."""
    with blog.store.read() as connection:
        found = cases.decided(connection, PAGE_OF_DECIDED + 1, before, own)
    return Decided(tuple(found[:PAGE_OF_DECIDED]), len(found) > PAGE_OF_DECIDED)


def case_by_reference(blog: Blog, reference: str) -> Case:
    """The case that people name so. Raises UnknownComment."""
    number = id_in(reference)
    if number is not None:
        case = case_of(blog, number)
        if case.reference == reference:
            return case
    raise UnknownComment(N_("We find no comment at this address."))


def case_of(blog: Blog, case_id: int) -> Case:
    """One case, for staff. Raises UnknownComment."""
    with blog.store.read() as connection:
        return moves.case_in(connection, case_id)


def approve(blog: Blog, case_id: int, revision: int, *, by: Person, now: datetime) -> Case:
    """Approve the revision that was seen; it is published next.

    Raises UnknownComment, AlreadyDecided, NotPermitted, Unshowable.
    """
    floor = floor_of(blog, case_id)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        approve_in(connection, case, revision, floor, by, now, leaves_at(blog, now))
        return moves.case_in(connection, case_id)


def reject(
    blog: Blog,
    case_id: int,
    revision: int,
    *,
    rule: Cited | None,
    reason: str,
    change: str = "",
    by: Person,
    now: datetime,
) -> Case:
    """Do not publish the revision that was seen, and say why.

    change: what its author could write differently, or "". rule: number and version that were
    on the screen; None only where no rule is in force.
    Raises NotPermitted, InvalidComment without a rule in force or a reason, UnknownComment,
    AlreadyDecided.
    """
    why = refusing(blog, rule, reason, change, now)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        reject_in(connection, case, revision, why, by, now, leaves_at(blog, now))
        return moves.case_in(connection, case_id)


@dataclass(frozen=True, slots=True)
class Refusing:
    """Why something is not published, and what is wrong with saying it so."""

    rule: Cited | None
    said: Reasons
    faults: tuple[Fault, ...]

    def refuse_faults(self) -> None:
        """Raises InvalidComment."""
        if self.faults:
            raise InvalidComment(N_("There is a problem"), self.faults)


def refusing(blog: Blog, rule: Cited | None, reason: str, change: str, now: datetime) -> Refusing:
    """What was written in the form; ``reject`` says what its parts are."""
    said = Reasons(markup.clean_body(reason), markup.clean_body(change))
    faults = *_faults_of_rule(rule, citable(blog, now)), *_faults_of_reasons(said)
    return Refusing(rule, said, faults)


def reject_in(
    connection: Connection,
    case: Case,
    revision: int,
    why: Refusing,
    by: Person,
    now: datetime,
    leaves: datetime | None,
    together: str = "",
) -> None:
    """Within a transaction. leaves: when its reader may be told; None: at once. together: names
    the decisions that were taken at once."""
    asking = asking_of(connection, case, by, now)
    asking.refuse_unless(Action.REJECT, {Guard.RULE_AND_REASON}, otherwise=DECIDED)
    why.refuse_faults()
    number, version = why.rule or (None, None)
    told = why.said.written()
    _decide(connection, case, revision, Decision.REJECTED, by, now, number, version, told)
    refused = events.append(
        connection,
        case.id,
        EventKind.REJECTED,
        actor=person_actor(by.id),
        now=now,
        data={"revision": revision, "rule": number, "version": version, **named(together)},
        text=told,
    )
    if conditions.refusal(asking.record):
        mails.tell_second_look(connection, case, refused.seq, now, leaves)
    else:
        mails.tell_rejected(connection, case, refused.seq, now, leaves)


def named(together: str) -> dict[str, str | int | None]:
    """What an event holds of the decisions that were taken with it; nothing for one alone."""
    return {"together": together} if together else {}


def rules_in_force(blog: Blog, now: datetime) -> list[PublicRule]:
    """The rules that a rejection may cite, by number."""
    return blog.rules.in_force(now.astimezone(blog.site.zone).date())


def citable(blog: Blog, now: datetime) -> frozenset[Cited]:
    """What a decision may name of them."""
    return frozenset((each.number, each.version) for each in rules_in_force(blog, now))


def _faults_of_rule(rule: Cited | None, rules: frozenset[Cited]) -> Iterator[Fault]:
    if rule is None and rules:
        yield Fault("rule", N_("Choose the rule that it breaks."))
    elif rule is not None and rule not in rules:
        yield Fault("rule", CHANGED_RULE)


def _faults_of_reasons(said: Reasons) -> Iterator[Fault]:
    if not said.why:
        yield Fault("reason", N_("Write why, so that its author understands it."))
    for field, text in (("reason", said.why), ("change", said.change)):
        if len(text) > MAX_REASON_CHARS:
            yield Fault(field, N_("Write at most %(most)s characters."), most=MAX_REASON_CHARS)


def floor_of(blog: Blog, case_id: int) -> int:
    """The highest number that the thread's files hold; read before the transaction.

    Of a thread that had another key, also what was given under that one.
    """
    return floor_in(blog, case_of(blog, case_id).thread)


def floor_in(blog: Blog, thread: str) -> int:
    """The same of a thread."""
    keys = blog.manifest.keys(thread)
    floors = [content_repo.highest_number(blog.comments_folder, k, linkback=False) for k in keys]
    if len(keys) > 1:
        with blog.store.read() as connection:
            floors.append(comments.highest_number(connection, keys))
    return max(floors)


def approve_in(
    connection: Connection,
    case: Case,
    revision: int,
    floor: int,
    by: Person,
    now: datetime,
    leaves: datetime | None = None,
    together: str = "",
) -> None:
    """Within a transaction. leaves: when it may be published; None: at once. together: names
    the decisions that were taken at once."""
    if case.private:
        raise AlreadyDecided(N_("Its author asked us not to publish it."))
    if not case.showable:
        raise Unshowable(N_("This comment cannot be shown safely, so it cannot be published."))
    asking_of(connection, case, by, now).refuse_unless(Action.APPROVE, otherwise=DECIDED)
    _decide(connection, case, revision, Decision.APPROVED, by, now)
    number = case.number or comments.next_number(connection, case.thread, comments.COMMENTS, floor)
    comments.make_public(connection, case.comment_id, revision, number)
    outbox.add(connection, outbox.Job.PUBLISH, case.comment_id, revision, now, leaves)
    events.append(
        connection,
        case.id,
        EventKind.APPROVED,
        actor=person_actor(by.id),
        now=now,
        data={"revision": revision, "number": number, **named(together)},
    )


def asking_of(connection: Connection, case: Case, by: Person, now: datetime) -> moves.Asking:
    """What this person may do to the case now."""
    return moves.by_staff(connection, case, events.of_case(connection, case.id), by, now)


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
        raise AlreadyDecided(DECIDED)
