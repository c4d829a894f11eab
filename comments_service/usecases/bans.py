"""Taking no comments of somebody for a while, and telling them so when they write.

By the e-mail address that they confirmed, by their network of today, or both. An address alone
tells nobody anything: anybody can type it. Only whoever writes from the network of the comment
that it was about reads that it is banned; from elsewhere a comment is taken and held as any
other is, with a note for staff.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import markup, signing
from ..domain.bans import MAX_DAYS, TERMS, Ban, BanKind, end_of_network, ends
from ..domain.cases import Case, person_actor
from ..domain.chain import Data
from ..domain.comments import Kind
from ..domain.journal import JournalKind
from ..domain.mails import MailKind
from ..domain.permissions import Permission, may
from ..errors import (
    N_,
    AlreadyDecided,
    Banned,
    Fault,
    InvalidComment,
    NotPermitted,
    UnknownComment,
)
from ..site.rules import Cited
from ..store import addresses as known
from ..store import bans, cases, day_keys
from ..store.engine import Connection
from ..store.people import Person
from . import addresses, journal, limits, mails, moves
from .blog import Blog
from .moderate import CHANGED_RULE, MAX_REASON_CHARS, citable

BY_DATE = "date"
"""The term whose last day is written in the form."""

_PROBLEM = N_("There is a problem")


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to know whoever wrote a comment again. others: how many other comments came from
    the same network today."""

    kind: BanKind
    others: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it came. kinds: by what to know them. term: days, or ``BY_DATE``. until: the
    last day then."""

    kinds: Collection[str]
    rule: Cited | None
    reason: str
    term: str
    until: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One that holds, with the comment that it was about; None: there is none any more."""

    ban: Ban
    case: Case | None


def review_at(blog: Blog) -> str:
    """Whom to ask for a review: an office or an address; "" where the institution names none."""
    contact = blog.site.contact
    named = contact.complaints, blog.settings.mail_reply_to, contact.email, contact.registry
    return next((each for each in named if each), "")


def offered(blog: Blog, case: Case, now: datetime) -> tuple[Choice, ...]:
    """How whoever wrote this can be known again, apart from what holds already."""
    with blog.store.read() as connection:
        held = {each.kind for each in bans.of_case(connection, case.id, now)}
        found = _values(connection, case, now)
        network = found.get(BanKind.NETWORK)
        others = bans.others_from(connection, network, case.comment_id) if network else 0
    left = (kind for kind in BanKind if kind in found and kind not in held)
    return tuple(Choice(kind, others if kind is BanKind.NETWORK else 0) for kind in left)


def of_case(blog: Blog, case: Case, now: datetime) -> list[Ban]:
    """Those that hold and were decided on this comment."""
    with blog.store.read() as connection:
        return bans.of_case(connection, case.id, now)


def in_force(blog: Blog, now: datetime) -> list[Listed]:
    """All that hold, the newest first."""
    with blog.store.read() as connection:
        found = bans.in_force(connection, now)
        return [Listed(each, cases.by_case(connection, each.case_id)) for each in found]


def ban(blog: Blog, case_id: int, wanted: Wanted, *, by: Person, now: datetime) -> None:
    """Take no new comments of whoever wrote this. What stands of theirs stays as it is.

    Raises NotPermitted, UnknownComment, InvalidComment (all faults), AlreadyDecided.
    """
    _refuse_others(by)
    with blog.store.write() as connection:
        case = moves.locked(connection, case_id)
        kinds = [kind for kind in BanKind if kind in wanted.kinds]
        if any(each.kind in kinds for each in bans.of_case(connection, case_id, now)):
            raise AlreadyDecided(N_("Somebody decided this already: you see it below."))
        values = _values(connection, case, now)
        until, reason = _checked(blog, wanted, kinds, values, now)
        made = [
            _keep(connection, case, kind, values[kind], wanted.rule, reason, until, by, now)
            for kind in kinds
        ]
        mails.ask(connection, MailKind.BANNED, case, f"ban {made[0]}", now)


def lift(blog: Blog, ban_id: int, *, by: Person, now: datetime) -> None:
    """Take their comments again before the term is over; a second click changes nothing.

    Raises NotPermitted, UnknownComment.
    """
    _refuse_others(by)
    with blog.store.write() as connection:
        found = bans.by_id(connection, ban_id)
        if found is None:
            raise UnknownComment(N_("We find no comment at this address."))
        if bans.lift(connection, ban_id, now):
            _note(connection, JournalKind.BAN_LIFTED, found, by, now)


def refuse(
    blog: Blog,
    connection: Connection,
    came_from: str,
    networks: Sequence[str],
    email: str,
    now: datetime,
) -> bool:
    """Tell whoever is banned so; whether staff are to know that the address is a banned one.

    came_from: network address. networks: its hashes. email: as it was typed, or "".
    Raises Banned.
    """
    found = bans.standing(connection, BanKind.NETWORK, networks, now)
    lookup = addresses.lookup_of(blog.lookup_key, email) if email else ""
    by_address = bans.standing(connection, BanKind.ADDRESS, [lookup], now)
    if by_address and _is_from_there(connection, by_address, came_from):
        found = by_address
    if found:
        message = N_("For now we take no new comments of yours")
        raise Banned(found.rule, found.reason, found.until, message)
    return by_address is not None


def _is_from_there(connection: Connection, of: Ban, came_from: str) -> bool:
    """Whether this is the network of the comment that it was about, while that can be told."""
    case = cases.by_case(connection, of.case_id)
    network = bans.network_of(connection, case.comment_id) if case else None
    if network is None or limits.network_of(came_from) == limits.UNKNOWN:
        return False
    key = day_keys.known(connection, network[1])
    return key is not None and signing.same(network[0], limits.hashed(key, came_from))


def _values(connection: Connection, case: Case, now: datetime) -> dict[BanKind, str]:
    """By what whoever wrote this can be known again now."""
    found = dict[BanKind, str]()
    if case.kind is not Kind.COMMENT or case.erased:
        return found
    address = known.given(connection, case.id)
    if address and address.confirmed_at and address.sealed:
        found[BanKind.ADDRESS] = known.lookup_of(connection, address.id)
    network = bans.network_of(connection, case.comment_id)
    if network and end_of_network(network[1]) == end_of_network(now):
        key = day_keys.known(connection, network[1])
        is_anybody = key is None or network[0] == limits.hashed(key, limits.UNKNOWN)
        found |= {} if is_anybody else {BanKind.NETWORK: network[0]}
    return found


def _checked(
    blog: Blog,
    wanted: Wanted,
    kinds: Sequence[BanKind],
    values: Collection[BanKind],
    now: datetime,
) -> tuple[datetime, str]:
    """When it ends, and the words. Raises InvalidComment."""
    faults = list[Fault]()
    if not kinds:
        faults.append(Fault("ban_by", N_("Choose by what to know them again.")))
    elif any(kind not in values for kind in kinds):
        faults.append(Fault("ban_by", N_("That is not known any more: choose again.")))
    rules = citable(blog, now)
    if wanted.rule is None and rules:
        faults.append(Fault("ban_rule", N_("Choose the rule that was broken.")))
    elif wanted.rule is not None and wanted.rule not in rules:
        faults.append(Fault("ban_rule", CHANGED_RULE))
    reason = markup.clean_body(wanted.reason)
    if not markup.is_visible(reason):
        faults.append(Fault("ban_reason", N_("Write why: whoever it concerns reads it.")))
    elif len(reason) > MAX_REASON_CHARS:
        most = MAX_REASON_CHARS
        faults.append(Fault("ban_reason", N_("Write at most %(most)s characters."), most=most))
    if not review_at(blog):
        message = N_("First say in content/site.toml, under [contact], whom to ask for a review.")
        faults.append(Fault("ban_by", message))
    last_day = _last_day(blog, wanted, faults, now)
    if faults or last_day is None:
        raise InvalidComment(_PROBLEM, faults)
    return ends(last_day, blog.site.zone), reason


def _last_day(blog: Blog, wanted: Wanted, faults: list[Fault], now: datetime) -> date | None:
    today = now.astimezone(blog.site.zone).date()
    if wanted.term in map(str, TERMS):
        return today + timedelta(days=int(wanted.term))
    if wanted.term != BY_DATE:
        faults.append(Fault("ban_term", N_("Choose for how long.")))
        return None
    try:
        day = date.fromisoformat(wanted.until.strip())
    except ValueError:
        faults.append(Fault("ban_until", N_("Write a day like 2026-11-14.")))
        return None
    if not today < day <= today + timedelta(days=MAX_DAYS):
        message = N_("Choose a day after today and within %(days)s days.")
        faults.append(Fault("ban_until", message, days=MAX_DAYS))
    return day


def _keep(
    connection: Connection,
    case: Case,
    kind: BanKind,
    value: str,
    rule: Cited | None,
    reason: str,
    until: datetime,
    by: Person,
    now: datetime,
) -> int:
    """One of them, with its entry in the journal; its number. A network is known for its day
    alone."""
    until = min(until, end_of_network(now)) if kind is BanKind.NETWORK else until
    number = bans.add(
        connection, case.id, kind, value, rule=rule, reason=reason, until=until, by=by.id, now=now
    )
    if new := bans.by_id(connection, number):
        _note(connection, JournalKind.BANNED, new, by, now)
    return number


def _note(connection: Connection, kind: JournalKind, of: Ban, by: Person, now: datetime) -> None:
    case = cases.by_case(connection, of.case_id)
    number, version = of.rule or (None, None)
    data: Data = {
        "ban": of.id,
        "by": of.kind,
        "case": of.case_id,
        "reference": case.reference if case else None,
        "rule": number,
        "version": version,
        "until": int(of.until.timestamp()),
    }
    journal.note(connection, kind, actor=person_actor(by.id), now=now, data=data)


def _refuse_others(by: Person) -> None:
    if not may(by.role, Permission.CLOSE):
        raise NotPermitted(N_("Your account cannot do this. Ask whoever looks after the accounts."))
