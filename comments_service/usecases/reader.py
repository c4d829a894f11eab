"""What readers do with their own comment, by its private link.

Every action is done once, however often its form is sent: what was done already is no
conflict. Whoever acts on a page that is older than what happened since is told so, and
nothing is changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import markup, screening, signing
from ..domain import conditions
from ..domain.cases import INTERNAL, READER, Case, Event, EventKind
from ..domain.comments import WithdrawnBy
from ..domain.standing import fold
from ..domain.states import Attention
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, TooMany, UnknownComment
from ..store import cases, events, follow, people, wordings
from ..store.engine import Connection
from . import codes, mails, moves, promises, staff_mails
from . import withdraw as taking_back
from .acts import Act, ratings, refuse_unless_offered
from .blog import Blog
from .moderate import case_by_reference
from .revise import checked_body
from .track import Receipt, Tracked, receipt_for, record_of

Data = Mapping[str, str | int | None]

MAX_CHARS = 4_000
"""Of what a reader adds or asks for."""

MAX_SENTENCE_CHARS = 500
"""Of what a reader says about an answer."""

MAX_A_DAY = 10
"""Additions and edits of one comment within a day."""

MAX_LINKS_A_DAY = 5

_NO_NEWS = INTERNAL | frozenset(
    {
        EventKind.PUBLISHED,
        EventKind.CLAIMED,
        EventKind.RATED,
        EventKind.MAILS_STOPPED,
        EventKind.PROMISED,
        EventKind.NEW_LINK,
        EventKind.REMINDED,
        EventKind.LATE,
    }
)
"""Events that make no page of the reader's old."""

_STALE = N_("Something happened meanwhile. This is how it stands now; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Rating:
    """What a reader thinks of an answer. text: one line, or ""."""

    answer: str
    useful: bool
    text: str = ""


def add(blog: Blog, of: Tracked, seen: int, text: str, *, now: datetime) -> None:
    """Say something more; it is for the institution and never public.

    seen: how many events the page told of. Raises InvalidComment, AlreadyDecided, TooMany,
    UnknownComment (here and below: the link was revoked meanwhile).
    """
    _say(blog, of, seen, Act.ADD, EventKind.ADDED, _checked(text), now)


def appeal(blog: Blog, of: Tracked, seen: int, text: str, *, now: datetime) -> None:
    """Ask for a second look at a refusal, once. Raises as ``add`` does; the text may lack."""
    _say(blog, of, seen, Act.APPEAL, EventKind.APPEALED, _checked(text, needed=False), now)


def _say(
    blog: Blog, of: Tracked, seen: int, act: Act, kind: EventKind, text: str, now: datetime
) -> None:
    with blog.store.write() as connection:
        cases.lock(connection, of.case.id)
        case, record = _now(connection, of)
        if _is_done(connection, record, seen, kind, text):
            return
        _refuse(act, case, record, seen, now)
        standing = fold(record)
        said = events.append(connection, case.id, kind, actor=READER, now=now, text=text)
        promises.keep(blog, connection, case.id, now)
        if act is Act.APPEAL:
            refused = conditions.refusal([*record, said])
            staff_mails.tell_of_appeal(blog, connection, case, refused, now)
        elif standing.attention is Attention.AWAITING_READER:
            mails.tell_replied(connection, case, said.seq, now)
        elif not standing.is_waiting:
            mails.tell_opened_again(connection, case, said.seq, now)


def edit(blog: Blog, of: Tracked, seen: int, body: str, *, now: datetime) -> None:
    """Write the comment anew. Until staff approve it, what is public stays public.

    Raises as ``add`` does; InvalidComment also for the words that it has already.
    """
    body = checked_body(body)
    try:
        _edit(blog, of, seen, body, now)
    except AlreadyDecided:  # of two at once, the second looks again at what the first did
        _edit(blog, of, seen, body, now)


def _edit(blog: Blog, of: Tracked, seen: int, body: str, now: datetime) -> None:
    with blog.store.write() as connection:
        cases.lock(connection, of.case.id)
        case, record = _now(connection, of)
        sent_before = any(event.kind is EventKind.EDITED for event in record[seen:])
        if case.body == body and sent_before:
            return
        if _is_done(connection, record, seen, EventKind.EDITED, body):
            return
        _refuse(Act.EDIT, case, record, seen, now)
        if case.body == body:
            fault = Fault("body", N_("These are the words that it has already: change something."))
            raise InvalidComment(N_("There is a problem"), [fault])
        notes = screening.screen(
            author=case.author,
            body=body,
            trap="",
            earlier_same_text=0,
            terms=blog.set_by_staff.terms,
            colleagues=people.names(connection),
        )
        if not wordings.hold_wording(connection, case, body, notes=notes, now=now):
            raise AlreadyDecided(_STALE)
        data: Data = {"comment": case.comment_id, "revision": case.revision + 1}
        events.append(
            connection, case.id, EventKind.EDITED, actor=READER, now=now, data=data, text=body
        )
        promises.keep(blog, connection, case.id, now)


def rate(blog: Blog, of: Tracked, rating: Rating, *, now: datetime) -> None:
    """Say whether an answer helped, once for each. Raises AlreadyDecided, InvalidComment."""
    text = _checked(rating.text, needed=False, most=MAX_SENTENCE_CHARS)
    with blog.store.write() as connection:
        cases.lock(connection, of.case.id)
        case, record = _now(connection, of)
        earlier = ratings(record).get(rating.answer)
        if earlier is rating.useful:
            return
        if earlier is not None:
            raise AlreadyDecided(N_("You told us about this answer already. Thank you."))
        _refuse_rating(case, record, rating, now)
        data: Data = {"answer": rating.answer, "useful": int(rating.useful)}
        said = events.append(
            connection, case.id, EventKind.RATED, actor=READER, now=now, data=data, text=text
        )
        promises.keep(blog, connection, case.id, now)
        if not rating.useful:
            mails.tell_opened_again(connection, case, said.seq, now)


def _refuse_rating(case: Case, record: Sequence[Event], rating: Rating, now: datetime) -> None:
    """Of an answer that was taken back nothing is said any more."""
    if rating.answer not in fold(record).answers:
        raise AlreadyDecided(moves.NOT_NOW)
    refuse_unless_offered(Act.ACCEPT if rating.useful else Act.DISPUTE, case, record, now)


def stop_mails(blog: Blog, of: Tracked, *, now: datetime) -> None:
    """No more mails about this comment."""
    with blog.store.write() as connection:
        case, _ = _now(connection, of)
        if case.has_address and follow.stop_mails(connection, case.id, now):
            events.append(connection, case.id, EventKind.MAILS_STOPPED, actor=READER, now=now)


def withdraw(blog: Blog, of: Tracked, *, now: datetime) -> None:
    """Take the comment back; where it was public, its place says so. Raises CannotWrite."""
    if not of.case.withdrawn:
        try:
            taking_back.withdraw(
                blog, of.case.comment_id, reason=WithdrawnBy.READER, by=None, now=now
            )
        except AlreadyDecided:  # by the other tab
            return


def erase(blog: Blog, of: Tracked, *, now: datetime) -> None:
    """Erase the comment with everything that its reader told us. Raises CannotWrite."""
    taking_back.erase(blog, of.case.comment_id, who=READER, now=now)


def renew_link(blog: Blog, of: Tracked, once: str, *, now: datetime) -> Receipt:
    """A new private link and code; the old ones open nothing any more.

    once: of the form that asked, so that a second click finds the link of the first.
    Raises TooMany, UnknownComment.
    """
    with blog.store.write() as connection:
        cases.lock(connection, of.case.id)
        case, record = _now(connection, of)
        _refuse_many(record, (EventKind.NEW_LINK,), MAX_LINKS_A_DAY, now)
        follow.renew_link(connection, case)
        codes.keep(blog, connection, case.id, case.link_generation + 1)
        data = {"once": _hash_of(blog, once)}
        events.append(connection, case.id, EventKind.NEW_LINK, actor=READER, now=now, data=data)
        renewed = cases.by_case(connection, case.id)
    if renewed is None:
        raise AssertionError("a case that was just changed is gone")
    return receipt_for(blog, renewed)


def renewed_by(blog: Blog, reference: str, token: str, once: str) -> Receipt | None:
    """The link that this very form made, or None: the old link alone tells nobody the new one."""
    case = case_by_reference(blog, reference)
    before = receipt_for(blog, replace(case, link_generation=case.link_generation - 1))
    made = [event for event in record_of(blog, case).events if event.kind is EventKind.NEW_LINK]
    if not signing.same(token, before.token) or not made or case.erased:
        return None
    mine = signing.same(str(made[-1].data["once"]), _hash_of(blog, once))
    return receipt_for(blog, case) if mine else None


def _hash_of(blog: Blog, once: str) -> str:
    return signing.keyed_hash(blog.link_key, ["new link", once])


def _checked(text: str, *, needed: bool = True, most: int = MAX_CHARS) -> str:
    text = markup.clean_body(text)
    if needed and not markup.is_visible(text):
        fault = Fault("body", N_("Write what you want to tell us."))
        raise InvalidComment(N_("There is a problem"), [fault])
    if len(text) > most:
        fault = Fault("body", N_("Write at most %(most)s characters."), most=most)
        raise InvalidComment(N_("There is a problem"), [fault])
    return text


def _now(connection: Connection, of: Tracked) -> tuple[Case, list[Event]]:
    """The case as it stands. Raises UnknownComment when the link was revoked meanwhile."""
    case = cases.by_case(connection, of.case.id)
    if case is None or case.erased or case.link_generation != of.case.link_generation:
        raise UnknownComment(N_("We find no comment at this address."))
    return case, events.of_case(connection, case.id)


def _is_done(
    connection: Connection, record: Sequence[Event], seen: int, kind: EventKind, text: str
) -> bool:
    """Whether just this was the first thing that happened after the page was shown."""
    later = [event for event in record[seen:] if event.kind not in _NO_NEWS]
    first = later[0] if later else None
    if first is None or first.kind is not kind or first.actor != READER:
        return False
    return follow.text_of(connection, first.case_id, first.seq) == text


def _refuse(act: Act, case: Case, record: Sequence[Event], seen: int, now: datetime) -> None:
    """Raises AlreadyDecided, TooMany."""
    if any(event.kind not in _NO_NEWS for event in record[seen:]):
        raise AlreadyDecided(_STALE)
    refuse_unless_offered(act, case, record, now)
    _refuse_many(record, (EventKind.ADDED, EventKind.EDITED), MAX_A_DAY, now)


def _refuse_many(
    record: Sequence[Event], kinds: Sequence[EventKind], most: int, now: datetime
) -> None:
    since = now - timedelta(days=1)
    if sum(event.kind in kinds and event.at > since for event in record) >= most:
        raise TooMany(
            3600, N_("You wrote many times today about this comment. Try again tomorrow.")
        )
