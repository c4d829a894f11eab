"""The log for those who look into it: page by page, and all of it at once for auditors."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from ..domain.cases import EventKind, person_actor
from ..domain.journal import JournalKind
from ..domain.referrals import department_actor
from ..store import departments, log_pages, people
from ..store.log_pages import LogLine, Place, Wanted, Word
from ..store.people import Person
from .blog import Blog
from .journal import note
from .retention import LOG_TEXTS

PAGE = 50
AT_A_TIME = 500
"""Entries that an export reads at once."""


class Group(StrEnum):
    """What the entries are about, as people look for them."""

    READERS = "lectores"
    DECISIONS = "decisiones"
    PAGES = "publicacion"
    DATA = "datos"
    SIGN_INS = "accesos"
    PEOPLE = "personas"
    SETTINGS = "ajustes"


_E, _J = EventKind, JournalKind

GROUPS: Mapping[Group, frozenset[EventKind | JournalKind]] = {
    Group.READERS: frozenset(
        {
            *(_E.RECEIVED, _E.ADDED, _E.EDITED, _E.APPEALED, _E.RATED, _E.MAILS_STOPPED),
            *(_E.NEW_LINK, _E.REPORTED),
        }
    ),
    Group.PAGES: frozenset(
        {
            *(_E.PUBLISHED, _E.ANSWER_PUBLISHED, _E.TAKEN_DOWN, _E.LEARNED, _E.CHANGED_IN_FILES),
            *(_E.REMOVED_IN_FILES, _E.RESTORED_IN_FILES, _E.MOVED_IN_FILES),
        }
    ),
    Group.DATA: frozenset({_E.ERASED, _J.ADDRESS_SHOWN, _J.LOG_EXPORTED}),
    Group.SIGN_INS: frozenset(
        {
            *(_J.SIGNED_IN, _J.SIGN_IN_FAILED, _J.SIGNED_OUT, _J.SESSION_CLOSED),
            *(_J.PASSWORD_CHANGED, _J.RESET_ASKED, _J.PASSWORD_RESET),
            *(_J.CODE_SET, _J.CODE_REMOVED, _J.RECOVERY_USED),
            *(_J.PASSKEY_ADDED, _J.PASSKEY_REMOVED, _J.IDENTITY_LINKED),
        }
    ),
    Group.PEOPLE: frozenset(
        {
            *(_J.INVITED, _J.INVITATION_ACCEPTED, _J.PERSON_CHANGED, _J.ROLE_CHANGED),
            *(_J.PERSON_STOPPED, _J.PERSON_RESUMED, _J.PERSON_LEFT),
            *(_J.DEPARTMENT_CHANGED, _J.TOPIC_CHANGED),
        }
    ),
    Group.SETTINGS: frozenset(
        {
            *(_J.SETTING_CHANGED, _J.RULE_ADDED, _J.REPLY_CHANGED, _J.TERM_CHANGED),
            *(_J.KEYS_ROTATED, _J.RESTORED),
        }
    ),
    Group.DECISIONS: frozenset(
        {
            *(_E.APPROVED, _E.REJECTED, _E.ANSWERED, _E.REVISED, _E.WITHDRAWN, _E.CLAIMED),
            *(_E.REFERRED, _E.RETURNED, _E.ASKED_READER, _E.ASSIGNED, _E.CLOSED, _E.REOPENED),
            *(_E.PROMISED, _E.UNDONE, _E.MARKED_SPAM, _E.NOT_SPAM, _E.RELEASED, _E.TAKEN_BACK),
            *(_E.MORE_TIME, _E.EXTENDED, _E.REMINDED, _E.LATE, _E.ESCALATED, _E.NOTED),
            *(_E.SOURCE, _E.SOURCE_STRUCK),
            *(_E.SECOND_READING, _E.ANOTHER_ASKED, _E.TOPIC_SET, _E.RISK_SET, _E.CUT, _E.RESTORED),
            *(_J.THREAD_CHANGED, _J.BANNED, _J.BAN_LIFTED),
        }
    ),
}


def wanted(
    now: datetime,
    *,
    group: Group | None = None,
    person: int | None = None,
    case_id: int | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    words: tuple[Word, ...] = (),
) -> Wanted:
    """What may be shown today of what is looked for."""
    return Wanted(
        kinds=None if group is None else frozenset(map(str, GROUPS[group])),
        person=person,
        case_id=case_id,
        since=since,
        before=before,
        words=words,
        journal_since=now - LOG_TEXTS,
    )


def page(blog: Blog, of: Wanted, after: Place | None = None) -> tuple[list[LogLine], bool]:
    """The next entries, newest first, and whether there are more."""
    with blog.store.read() as connection:
        found = log_pages.page(connection, of, PAGE + 1, after)
    return found[:PAGE], len(found) > PAGE


def names(blog: Blog) -> dict[str, str]:
    """The name of each person who has an account or had one, and of each department, by
    actor."""
    with blog.store.read() as connection:
        asked = {department_actor(d.id): d.name for d in departments.everything(connection)}
        return asked | {person_actor(each.id): each.name for each in people.everybody(connection)}


def export(blog: Blog, of: Wanted, *, form: str, by: Person, now: datetime) -> Iterator[LogLine]:
    """All that is looked for, newest first; that it was taken along is noted before.

    A batch at a time, each in a transaction of its own: nobody waits for whoever reads slowly.
    """
    with blog.store.write() as connection:
        data = {"format": form, "case": of.case_id, "person": of.person, "words": len(of.words)}
        note(connection, JournalKind.LOG_EXPORTED, actor=person_actor(by.id), now=now, data=data)
    return _lines(blog, of)


def _lines(blog: Blog, of: Wanted) -> Iterator[LogLine]:
    after: Place | None = None
    while True:
        with blog.store.read() as connection:
            some = log_pages.page(connection, of, AT_A_TIME, after)
        yield from some
        if len(some) < AT_A_TIME:
            return
        after = some[-1].place
