"""Whom of those who work here a mail goes to, and when: in their hours, or to whoever stands in.

Asked for in the transaction of what it tells of; ``letters_to_staff`` has the words.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ..domain import hours
from ..domain.cases import Case, Event, person_actor
from ..domain.mails import MailKind
from ..domain.permissions import GRANTS, Permission, Role
from ..store import links, mails, people
from ..store.engine import Connection
from ..store.people import Person
from . import promises
from .blog import Blog

EACH, DAILY, NONE = "each", "daily", "none"
NOTICES = (EACH, DAILY, NONE)
"""What a person may choose to be told of new comments: each, once a day, nothing."""

SMALL_TEAM = 3
"""Up to so many people are told of each comment, unless they choose otherwise."""

GATHERED = timedelta(minutes=15)
"""Somebody is told of new comments once in that time at most."""

_DECIDING = frozenset(GRANTS[Permission.DECIDE])
_ANSWERING = frozenset(GRANTS[Permission.ANSWER])


@dataclass(frozen=True, slots=True)
class Team:
    """Those who work here. day: today, by the institution's clocks."""

    everybody: Sequence[Person]
    day: date

    def by_id(self, person_id: int | None) -> Person | None:
        return next((each for each in self.everybody if each.id == person_id), None)

    def deciding(self) -> list[Person]:
        return [each for each in self.everybody if each.role in _DECIDING]

    def responsible(self) -> list[Person]:
        """The managers; where there are none, whoever administrates."""
        managers = [p for p in self.everybody if p.role is Role.MANAGER and p.works]
        return managers or [p for p in self.everybody if p.role is Role.ADMIN]

    def there(self, some: Iterable[Person]) -> list[Person]:
        """Who is there of these, or stands in for them, and can be written to; each once."""
        found = dict.fromkeys(each for p in some if (each := self._there(p)))
        return [each for each in found if each.address_id is not None]

    def _there(self, person: Person) -> Person | None:
        """The person, or the first who is there in the chain of those who stand in."""
        for _ in self.everybody:
            if person.works and not person.is_away(self.day):
                return person
            after = self.by_id(person.substitute_id)
            if after is None:
                return None
            person = after
        return None


def team(blog: Blog, connection: Connection, now: datetime) -> Team:
    return Team(people.everybody(connection), now.astimezone(blog.site.zone).date())


def looking_after(team: Team, case: Case) -> list[Person]:
    """Who looks after a case, or stands in; else those who decide."""
    mine = team.by_id(case.assigned_to)
    return (team.there([mine]) if mine else []) or team.there(team.deciding())


def answering(team: Team, case: Case) -> list[Person]:
    """Who looks after a case, or stands in, if they may answer in the institution's name; else
    the managers."""
    carer = team.by_id(case.assigned_to)
    mine = team.there([carer]) if carer else []
    return [p for p in mine if p.role in _ANSWERING] or team.there(team.responsible())


def tell(
    blog: Blog,
    connection: Connection,
    kind: MailKind,
    to: Collection[Person],
    case: Case | None,
    cause: str,
    now: datetime,
    *,
    at_once: bool = False,
) -> None:
    """One mail to each, in their hours unless it cannot wait."""
    for person in to if blog.can_send else ():
        if person.address_id is not None:
            case_id = case.id if case else None
            leaves = now if at_once else in_their_hours(blog, person, now)
            mails.ask(
                connection, kind, person.address_id, cause, now, case_id=case_id, leaves=leaves
            )


def in_their_hours(blog: Blog, person: Person, now: datetime) -> datetime:
    """``now``, or when the person works next."""
    office = promises.office(blog, now, hours.read(person.hours))
    return office.next_opening(now).astimezone(UTC)


def tell_password_changed(
    blog: Blog, connection: Connection, person: Person, now: datetime
) -> None:
    """So that they know, whoever did it."""
    _tell_owner(blog, connection, MailKind.PASSWORD_CHANGED, person, now)


def tell_sign_in_changed(blog: Blog, connection: Connection, person_id: int, now: datetime) -> None:
    """A second factor or a passkey was added or removed: so that they know, whoever did it."""
    if person := people.by_id(connection, person_id):
        _tell_owner(blog, connection, MailKind.SIGN_IN_CHANGED, person, now)


def _tell_owner(
    blog: Blog, connection: Connection, kind: MailKind, person: Person, now: datetime
) -> None:
    cause = f"{person.id}.{now.timestamp():.0f}"
    tell(blog, connection, kind, [person], None, cause, now, at_once=True)


def tell_address_changed(
    blog: Blog, connection: Connection, before: Person, address_id: int | None, now: datetime
) -> None:
    """At the earlier address, which somebody may have lost against their will.

    Links that were sent there set no password any more.
    """
    if before.address_id == address_id:
        return
    links.end_resets(connection, before.id)
    if before.address_id is not None and blog.can_send:
        cause = f"{before.id}.{now.timestamp():.0f}"
        mails.ask(connection, MailKind.ADDRESS_CHANGED, before.address_id, cause, now)


def tell_of_appeal(
    blog: Blog, connection: Connection, case: Case, refusal: Event | None, now: datetime
) -> None:
    """To those who may take the second look: not whoever refused it, unless nobody else can."""
    who = team(blog, connection, now)
    deciding = who.there(who.deciding())
    others = [each for each in deciding if refusal and refusal.actor != person_actor(each.id)]
    cause = f"{case.id}.{refusal.seq if refusal else 0}"
    tell(blog, connection, MailKind.APPEAL, others or deciding, case, cause, now)


def tell_of_news(blog: Blog, connection: Connection, now: datetime) -> None:
    """A comment has come: to whoever wants to know of each, gathered."""
    if not blog.can_send:
        return
    who = team(blog, connection, now)
    for person in who.there(who.deciding()):
        if person.address_id is None or wanted(person, len(_here(who))) != EACH:
            continue
        last = mails.last_asked(connection, MailKind.NEWS, person.address_id)
        if last and last.is_waiting:
            continue  # it tells of this one too
        leaves = max(now, last.at + GATHERED) if last else now
        leaves = in_their_hours(blog, person, leaves)
        cause = f"news {now.timestamp():.0f}"
        mails.ask(connection, MailKind.NEWS, person.address_id, cause, now, leaves=leaves)


def wanted(person: Person, people_here: int) -> str:
    """What the person chose, or what is usual in a team of that size."""
    return person.notices or (EACH if people_here <= SMALL_TEAM else DAILY)


def _here(who: Team) -> list[Person]:
    return [each for each in who.everybody if each.works]


def ask_digests(blog: Blog, connection: Connection, now: datetime) -> None:
    """What the day brings, to whoever wants to know it once a day."""
    who = team(blog, connection, now)
    for person in who.there(each for each in who.everybody if each.role in _DECIDING):
        if wanted(person, len(_here(who))) == DAILY:
            tell(blog, connection, MailKind.DIGEST, [person], None, f"day {who.day}", now)
