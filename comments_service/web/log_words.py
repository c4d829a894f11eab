"""The log in plain words: what happened, who did it, to whom."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from ..domain.cases import READER, SERVICE
from ..domain.journal import NOBODY, JournalKind
from ..errors import N_
from ..store.log_pages import LogLine
from ..usecases.log_pages import Group
from .event_words import NOTED, NOTED_OF_ANSWERS
from .tracking import is_about_an_answer

GROUPS = {
    Group.READERS: N_("What readers did"),
    Group.DECISIONS: N_("What was decided and answered"),
    Group.PAGES: N_("What appeared on the page or left it"),
    Group.DATA: N_("Personal data that was seen, taken along or erased"),
    Group.SIGN_INS: N_("Who signed in, and how"),
    Group.PEOPLE: N_("Accounts, rights and departments"),
    Group.SETTINGS: N_("Settings, rules and the server"),
}

WORDS = {
    JournalKind.SIGNED_IN: N_("Signed in"),
    JournalKind.SIGN_IN_FAILED: N_("Somebody tried to sign in and could not"),
    JournalKind.SIGNED_OUT: N_("Signed out"),
    JournalKind.SESSION_CLOSED: N_("Closed a session"),
    JournalKind.PASSWORD_CHANGED: N_("Changed the password"),
    JournalKind.RESET_ASKED: N_("Asked for a link to set another password"),
    JournalKind.PASSWORD_RESET: N_("Set another password by a link"),
    JournalKind.CODE_SET: N_("Set the telephone code for signing in"),
    JournalKind.CODE_REMOVED: N_("Removed the telephone code for signing in"),
    JournalKind.RECOVERY_USED: N_("Signed in with one of the kept codes"),
    JournalKind.PASSKEY_ADDED: N_("Added a passkey"),
    JournalKind.PASSKEY_REMOVED: N_("Removed a passkey"),
    JournalKind.IDENTITY_LINKED: N_("Linked the account with the institution's sign-in"),
    JournalKind.INVITED: N_("Invited somebody"),
    JournalKind.INVITATION_ACCEPTED: N_("Accepted the invitation"),
    JournalKind.PERSON_CHANGED: N_("Changed an account"),
    JournalKind.ROLE_CHANGED: N_("Changed what an account may do"),
    JournalKind.PERSON_STOPPED: N_("Closed an account for now"),
    JournalKind.PERSON_RESUMED: N_("Opened an account again"),
    JournalKind.PERSON_LEFT: N_("Somebody left, and another person took over their comments"),
    JournalKind.DEPARTMENT_CHANGED: N_("Changed a department"),
    JournalKind.TOPIC_CHANGED: N_("Changed a topic"),
    JournalKind.SETTING_CHANGED: N_("Changed a setting"),
    JournalKind.RULE_ADDED: N_("Wrote a new version of the rules"),
    JournalKind.REPLY_CHANGED: N_("Changed a prepared reply"),
    JournalKind.TERM_CHANGED: N_("Changed the list of words to look at"),
    JournalKind.ADDRESS_SHOWN: N_("Looked at a reader's e-mail address"),
    JournalKind.LOG_EXPORTED: N_("Took this log along"),
    JournalKind.KEYS_ROTATED: N_("Changed the server's keys"),
    JournalKind.RESTORED: N_("Brought a backup back"),
    JournalKind.THREAD_CHANGED: N_("Closed, paused or opened a conversation"),
    JournalKind.BANNED: N_("Let nothing of a sender in for a while"),
    JournalKind.BAN_LIFTED: N_("Let a sender in again"),
}

_ACTORS = {READER: N_("Its author"), SERVICE: N_("The service"), NOBODY: N_("Nobody known")}


def actors() -> dict[str, str]:
    """What those are called who have no name here."""
    return {actor: gettext(said) for actor, said in _ACTORS.items()}


def what(line: LogLine) -> str:
    """What happened; of a kind from a newer release its own name."""
    words: Mapping[Any, str] = WORDS
    if line.comment_id is not None:
        about_answer = is_about_an_answer(line.comment_id, line.kind, line.data)
        words = NOTED_OF_ANSWERS if about_answer and line.kind in NOTED_OF_ANSWERS else NOTED
    return gettext(words[line.kind]) if line.kind in words else line.kind


def who(line: LogLine, names: Mapping[str, str]) -> str:
    """Who did it. names: by actor."""
    if line.actor in _ACTORS:
        return gettext(_ACTORS[line.actor])
    return names.get(line.actor, line.actor)


def whom(line: LogLine, names: Mapping[str, str]) -> str:
    """To whom it was done, or nothing where that is the same person."""
    actor = f"person:{line.data.get('person')}"
    return names.get(actor, "") if actor != line.actor else ""


def case_of(line: LogLine) -> str:
    """Reference of the case that it was about, or nothing."""
    return line.reference or str(line.data.get("reference") or "")
