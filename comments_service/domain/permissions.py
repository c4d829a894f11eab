"""Who may do what: one table, from which the checks of every screen and their tests are made.

Source: notes on community management (only whoever runs the conversation approves, refuses
and closes; departments answer and advise), ENS op.acc (named accounts, least privilege).
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    MODERATOR = "moderator"
    AUTHOR = "author"
    RESPONDENT = "respondent"
    AUDITOR = "auditor"
    DPO = "dpo"


class Permission(StrEnum):
    """READ: comments and their cases. CLAIM: say that one is looking at one. DECIDE: publish or
    not. ANSWER: for the institution. CLOSE: end or reopen what is attended, take a comment off
    its page. ASSIGN: say who looks after a case. ADDRESS: see a reader's e-mail. ERASE: a
    reader's data. REPLIES: words ready to send. SETTINGS: what readers notice. PEOPLE: accounts,
    departments. LOG: who did what. SERVER: how it runs."""

    READ = "read"
    CLAIM = "claim"
    DECIDE = "decide"
    ANSWER = "answer"
    CLOSE = "close"
    ASSIGN = "assign"
    ADDRESS = "address"
    ERASE = "erase"
    REPLIES = "replies"
    SETTINGS = "settings"
    PEOPLE = "people"
    LOG = "log"
    SERVER = "server"


class Scope(StrEnum):
    """OWN: the cases that the person looks after and, for authors, those on what they wrote."""

    ALL = "all"
    OWN = "own"


_R, _P = Role, Permission


def _all(*roles: Role) -> Mapping[Role, Scope]:
    return dict.fromkeys(roles, Scope.ALL)


def _own(*roles: Role) -> Mapping[Role, Scope]:
    return dict.fromkeys(roles, Scope.OWN)


GRANTS: Mapping[Permission, Mapping[Role, Scope]] = {
    _P.READ: {
        **_all(_R.ADMIN, _R.MANAGER, _R.MODERATOR, _R.AUDITOR, _R.DPO),
        **_own(_R.AUTHOR, _R.RESPONDENT),
    },
    _P.CLAIM: {**_all(_R.ADMIN, _R.MANAGER, _R.MODERATOR), **_own(_R.AUTHOR, _R.RESPONDENT)},
    _P.DECIDE: _all(_R.ADMIN, _R.MANAGER, _R.MODERATOR),
    _P.ANSWER: {**_all(_R.ADMIN, _R.MANAGER), **_own(_R.AUTHOR, _R.RESPONDENT)},
    _P.CLOSE: _all(_R.ADMIN, _R.MANAGER),
    _P.ASSIGN: _all(_R.ADMIN, _R.MANAGER, _R.MODERATOR),
    _P.ADDRESS: _all(_R.ADMIN, _R.MANAGER, _R.DPO),
    _P.ERASE: _all(_R.ADMIN, _R.DPO),
    _P.REPLIES: _all(_R.ADMIN, _R.MANAGER, _R.MODERATOR),
    _P.SETTINGS: _all(_R.ADMIN, _R.MANAGER),
    _P.PEOPLE: _all(_R.ADMIN),
    _P.LOG: _all(_R.ADMIN, _R.AUDITOR, _R.DPO),
    _P.SERVER: _all(_R.ADMIN),
}


def granted(role: Role, permission: Permission) -> Scope | None:
    """How far the permission of a role reaches; None: it has none."""
    return GRANTS[permission].get(role)


def may(role: Role, permission: Permission, *, is_own: bool = True) -> bool:
    """Whether somebody of this role may do it. is_own: to a case of theirs."""
    scope = granted(role, permission)
    return scope is Scope.ALL or (scope is Scope.OWN and is_own)
