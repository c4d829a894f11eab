"""What each page for staff asks of whoever opens it: the one place where rights are checked.

The guard asks before any view is called; a page of a case asks once more, whose case it is.
"""

from collections.abc import Mapping

from flask import Flask, g, request

from ..domain.cases import Case
from ..domain.permissions import Permission, Scope, granted
from ..domain.states import Attention
from ..errors import N_, NotPermitted, UnknownComment
from ..store.own import Own
from ..usecases import own
from ..usecases.moderate import case_by_reference
from . import sessions
from .edge import edge

SIGNED_IN: Permission | None = None
"""For one's own account: whoever is signed in."""

_P = Permission

NEEDS: Mapping[str, Permission | None] = {
    "staff.sign_out": SIGNED_IN,
    "staff.waiting": _P.READ,
    "staff.decided": _P.READ,
    "staff.comment": _P.READ,
    "staff.approve": _P.DECIDE,
    "staff.reject": _P.DECIDE,
    "staff.answer": _P.ANSWER,
    "staff.answer_several": _P.ANSWER,
    "staff.answered_several": _P.READ,
    "staff.noting_form": _P.DECIDE,
    "staff.note_down": _P.DECIDE,
    "staff.mark_spam": _P.DECIDE,
    "staff.unmark_spam": _P.DECIDE,
    "staff.spam_sample": _P.DECIDE,
    "staff.several": _P.DECIDE,
    "staff.decide_several": _P.DECIDE,
    "staff.several_done": _P.DECIDE,
    "staff.undo_several": _P.DECIDE,
    "staff.undo": _P.READ,
    "staff.cut": _P.DECIDE,
    "staff.restore": _P.DECIDE,
    "staff.close": _P.CLOSE,
    "staff.ask_more_time": _P.ANSWER,
    "staff.close_without_answer": _P.CLOSE,
    "staff.close_in_words": _P.CLOSE,
    "staff.correct_answer": _P.ANSWER,
    "staff.take_back_answer": _P.CLOSE,
    "staff.ask_reader": _P.ANSWER,
    "staff.reopen": _P.DECIDE,
    "staff.leave_reported": _P.CLOSE,
    "staff.remove_reported": _P.CLOSE,
    "staff.take_off": _P.CLOSE,
    "staff.assign_to": _P.ASSIGN,
    "staff.claim": _P.CLAIM,
    "staff.release": _P.CLAIM,
    "staff.leave_note": _P.READ,
    "staff.note_source": _P.ANSWER,
    "staff.strike_source": _P.ANSWER,
    "staff.sort": _P.DECIDE,
    "staff.ask_to_read": _P.READ,
    "staff.refer": _P.DECIDE,
    "staff.take_back": _P.DECIDE,
    "staff.ban": _P.CLOSE,
    "staff.list_bans": _P.CLOSE,
    "staff.lift_ban": _P.CLOSE,
    "staff.erase_form": _P.ERASE,
    "staff.erase": _P.ERASE,
    "staff.retry": _P.DECIDE,
    "staff.believe": _P.SETTINGS,
    "own_account.account": SIGNED_IN,
    "own_account.change_password": SIGNED_IN,
    "own_account.choose_language": SIGNED_IN,
    "own_account.choose_notices": SIGNED_IN,
    "own_account.code": SIGNED_IN,
    "own_account.set_code": SIGNED_IN,
    "own_account.renew_codes": SIGNED_IN,
    "own_account.remove_code": SIGNED_IN,
    "own_account.close_session": SIGNED_IN,
    "passkeys.page": SIGNED_IN,
    "passkeys.challenge": SIGNED_IN,
    "passkeys.add": SIGNED_IN,
    "passkeys.remove": SIGNED_IN,
    "own_account.close_others": SIGNED_IN,
    "own_account.choose_keys": SIGNED_IN,
    "log.entries": _P.LOG,
    "log.export": _P.LOG,
    "addresses.show": _P.ADDRESS,
    "site_settings.index": SIGNED_IN,
    "site_settings.closing": _P.SETTINGS,
    "site_settings.close": _P.SETTINGS,
    "site_settings.conversations": _P.DECIDE,
    "site_settings.conversation": _P.DECIDE,
    "site_settings.pause": _P.DECIDE,
    "site_settings.close_conversation": _P.DECIDE,
    "site_settings.reopen_conversation": _P.DECIDE,
    "site_settings.words": _P.SETTINGS,
    "site_settings.say": _P.SETTINGS,
    "site_settings.deadlines": _P.SETTINGS,
    "site_settings.promise": _P.SETTINGS,
    "site_settings.holidays": _P.SETTINGS,
    "site_settings.keep_holidays": _P.SETTINGS,
    "site_settings.rules": _P.SETTINGS,
    "site_settings.add_rule": _P.SETTINGS,
    "site_settings.state": _P.SERVER,
    "site_settings.server": _P.SERVER,
    "ready_words.replies": _P.REPLIES,
    "ready_words.keep_reply": _P.REPLIES,
    "ready_words.remove_reply": _P.REPLIES,
    "ready_words.terms": _P.SETTINGS,
    "ready_words.keep_terms": _P.SETTINGS,
    "people.everybody": _P.PEOPLE,
    "people.invite": _P.PEOPLE,
    "people.invited": _P.PEOPLE,
    "people.person": _P.PEOPLE,
    "people.change": _P.PEOPLE,
    "people.renew": _P.PEOPLE,
    "people.revoke": _P.PEOPLE,
    "people.take_code": _P.PEOPLE,
    "people.hand_link": _P.PEOPLE,
    "people.stop": _P.PEOPLE,
    "people.resume": _P.PEOPLE,
    "people.leave": _P.PEOPLE,
    "people.departments": _P.PEOPLE,
    "people.department": _P.PEOPLE,
    "people.add_department": _P.PEOPLE,
    "people.change_department": _P.PEOPLE,
    "people.add_topic": _P.PEOPLE,
    "people.topic": _P.PEOPLE,
    "people.change_topic": _P.PEOPLE,
}
"""Every endpoint behind the guard; the application does not start with one that is missing."""

OPEN = frozenset(
    {
        "accounts.sign_in_form",
        "accounts.sign_in",
        "accounts.code_form",
        "accounts.code",
        "accounts.passkey",
        "accounts.leave_for_institution",
        "accounts.back_from_institution",
        "accounts.from_institution",
        "accounts.passkey_challenge",
        "accounts.first_form",
        "accounts.first",
        "invitations.form",
        "invitations.accept",
        "forgotten.ask_form",
        "forgotten.ask",
        "forgotten.form",
        "forgotten.choose",
    }
)
"""Below /gestion, but for people who are not signed in: a password or a link says who they are."""


WITHOUT_SECOND_FACTOR = frozenset({"staff.sign_out", "own_account.code", "own_account.set_code"})
"""What somebody may open who has to set a second factor first."""


def refuse_unlisted(app: Flask, guarded: frozenset[str]) -> None:
    """Stop a program in which a page for staff was forgotten. guarded: names of blueprints."""
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        behind = endpoint.partition(".")[0] in guarded
        if behind != (endpoint in NEEDS):
            raise AssertionError(f"{endpoint}: its permission and its guard go together")
        if rule.rule.startswith("/gestion") and not behind and endpoint not in OPEN:
            raise AssertionError(f"{endpoint}: a page for staff without its guard")


def ask() -> None:
    """Whether this request's page is for the role of whoever is signed in. Raises NotPermitted."""
    needed = NEEDS[request.endpoint or ""]
    if needed is not None and _scope(needed) is None:
        raise NotPermitted(N_("Your account cannot do this. Ask whoever looks after the accounts."))


def may(name: str, case: Case | None = None) -> bool:
    """For templates: whether to offer what needs this permission, on this case."""
    scope = _scope(Permission(name))
    return scope is Scope.ALL or (scope is Scope.OWN and (case is None or _is_own(case)))


def _is_own(case: Case) -> bool:
    passed_to = case.department_id if case.attention is Attention.REFERRED else None
    return _own().holds(case.assigned_to, case.thread, passed_to)


def case(found: Case) -> Case:
    """The case, if this request's page may be opened for it.

    Raises UnknownComment, as for one that does not exist: the two are never told apart.
    """
    needed = NEEDS[request.endpoint or ""]
    if needed is None or not may(needed, found) or not may(_P.READ, found):
        raise UnknownComment(N_("We find no comment at this address."))
    return found


def case_named(reference: str) -> Case:
    """The case that a reference names, if this request's page may be opened for it.

    Raises UnknownComment.
    """
    return case(case_by_reference(edge().blog, reference))


def own_cases() -> Own | None:
    """Which cases the lists show; None: all."""
    return None if _scope(_P.READ) is Scope.ALL else _own()


def is_team() -> bool:
    """Whether there is more than one account: one person sees no word of others."""
    if "is_team" not in g:
        g.is_team = own.is_team(edge().blog)
    return bool(g.is_team)


def _scope(permission: Permission) -> Scope | None:
    return granted(sessions.the_session().person.role, permission)


def _own() -> Own:
    if "own" not in g:
        here = edge()
        g.own = own.own_cases(here.blog, sessions.the_session().person, here.clock())
    found: Own = g.own
    return found
