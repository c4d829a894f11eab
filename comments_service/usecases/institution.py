"""Signing in where the institution does: who somebody is, and what their groups may do here.

An account is found by issuer and subject alone; names and e-mail addresses change hands. At
each sign-in the role becomes that of the groups, so that rights end where they are given.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from .. import markup, signing
from ..domain.cases import SERVICE, person_actor
from ..domain.chain import Data
from ..domain.comments import MAX_AUTHOR_CHARS
from ..domain.journal import JournalKind
from ..domain.names import name_key, skeleton
from ..domain.permissions import Role
from ..errors import N_, SignInFailed, SiteUnreachable
from ..store import identities, people, sessions, sign_in_steps
from ..store.engine import Connection
from ..store.people import Person
from . import id_tokens, tries
from .blog import Blog
from .id_tokens import NOT_BELIEVED, Asked
from .journal import note
from .person_form import faults_of_name
from .sign_in import STEP_LIFE, SignedIn, note_failure, open_session_for

STEP = "institution"
RETURN = "/gestion/entrar/institucion"


@dataclass(frozen=True, slots=True)
class Leaving:
    """token: for the cookie. address: where the institution asks who somebody is."""

    token: str
    address: str


def is_offered(blog: Blog) -> bool:
    """Whether the operator set it; without encryption only in a trial."""
    issuer = blog.settings.oidc_issuer
    return issuer is not None and (issuer.startswith("https://") or blog.is_trial)


def name_of(blog: Blog) -> str:
    """The host that people are sent to."""
    return urlsplit(blog.settings.oidc_issuer or "").hostname or ""


def begin(blog: Blog, *, address: str, now: datetime) -> Leaving:
    """Send somebody there. Raises SignInFailed, TooMany."""
    if not is_offered(blog):
        raise SignInFailed(NOT_BELIEVED)
    tries.take_challenge(blog, address, now)
    asked = Asked(*(secrets.token_urlsafe(32) for _ in range(3)))
    try:
        there = id_tokens.where_to(blog.settings, asked, blog.site_url + RETURN)
    except SiteUnreachable as error:
        raise SignInFailed(_NOT_REACHED) from error
    token = signing.random_token()
    with blog.store.write() as connection:
        sign_in_steps.put(connection, token, STEP, now + STEP_LIFE, data=asdict(asked))
    return Leaving(token, there)


def finish(
    blog: Blog, token: str, *, state: str, code: str, now: datetime, agent: str = ""
) -> SignedIn:
    """Whoever comes back to the browser that left. Raises SignInFailed."""
    asked = _used_up(blog, token, state, now)
    try:
        claims = id_tokens.claims_of(blog.settings, asked, code, blog.site_url + RETURN, now)
    except SiteUnreachable as error:
        raise SignInFailed(_NOT_REACHED) from error
    role = _role_of(blog, claims)
    with blog.store.write() as connection:
        people.lock_administrators(connection)
        person = _known(connection, blog, claims)
        role = _kept(connection, person, role, now)
        failure = _refusal(blog, person, role)
        if role is None or failure:
            if person:
                sessions.close_all(connection, person.id)
            note_failure(connection, person, now, step=STEP)
        else:
            person = _as_told(connection, blog, person, role, claims, now)
            return open_session_for(connection, person, now, factor=STEP, agent=agent)
    raise SignInFailed(failure)


def _kept(
    connection: Connection, person: Person | None, role: Role | None, now: datetime
) -> Role | None:
    """The role, but for the last administrator: somebody has to look after the accounts."""
    if person is None or person.role is not Role.ADMIN or role in (None, Role.ADMIN):
        return role
    if people.is_another(connection, person.id, {Role.ADMIN}):
        return role
    data: Data = {"person": person.id, "from": person.role, "to": person.role, "told": role}
    note(connection, JournalKind.ROLE_CHANGED, actor=SERVICE, now=now, data=data)
    return person.role


def _refusal(blog: Blog, person: Person | None, role: Role | None) -> str:
    """Why somebody does not come in; "" when they do."""
    if role is None or (person and person.disabled):
        return _NO_RIGHTS
    if person and person.role is not role and _is_an_authors(blog, role, person.name):
        return _OF_AN_AUTHOR
    return ""


def _used_up(blog: Blog, token: str, state: str, now: datetime) -> Asked:
    """What this browser took along; it comes back once."""
    with blog.store.write() as connection:
        step = sign_in_steps.get(connection, token, STEP, now)
        is_ours = step is not None and sign_in_steps.end(connection, step)
    if step is None or not is_ours or not signing.same(state, step.data["state"]):
        raise SignInFailed(NOT_BELIEVED)
    return Asked(**step.data)


def _role_of(blog: Blog, claims: Mapping[str, Any]) -> Role | None:
    """Of the groups that the setting names, the first one's."""
    told = claims.get(blog.settings.oidc_groups_claim)
    groups = told if isinstance(told, list) else [told]
    named = blog.settings.role_of_group.items()
    return next((role for group, role in named if group in groups), None)


def _known(connection: Connection, blog: Blog, claims: Mapping[str, Any]) -> Person | None:
    found = identities.person_of(connection, blog.settings.oidc_issuer or "", claims["sub"])
    return None if found is None else people.by_id(connection, found)


def _as_told(
    connection: Connection,
    blog: Blog,
    person: Person | None,
    role: Role,
    claims: Mapping[str, Any],
    now: datetime,
) -> Person:
    """The account with the role that it has at the institution, made at the first time."""
    if person is None:
        found = _made(connection, blog, role, claims, now)
    else:
        found = person.id
        if person.role is not role:
            _change_role(connection, person, role, now)
    fresh = people.by_id(connection, found)
    if fresh is None:
        raise AssertionError("an account that is not there")
    return fresh


def _change_role(connection: Connection, person: Person, role: Role, now: datetime) -> None:
    people.change(connection, person.id, role=role)
    sessions.close_all(connection, person.id)
    data: Data = {"person": person.id, "from": person.role, "to": role}
    note(connection, JournalKind.ROLE_CHANGED, actor=SERVICE, now=now, data=data)


def _made(
    connection: Connection, blog: Blog, role: Role, claims: Mapping[str, Any], now: datetime
) -> int:
    login = _free_login(connection, _line(claims, "preferred_username", "email") or "persona")
    name = _free_name(connection, _line(claims, "name"), login)
    if _is_an_authors(blog, role, name):
        raise SignInFailed(_OF_AN_AUTHOR)
    new = people.add_person(
        connection,
        now,
        login=login,
        name=name,
        language=blog.site.default_language,
        role=role,
        password_hash=people.NO_PASSWORD,
    )
    identities.link(connection, blog.settings.oidc_issuer or "", claims["sub"], new, now)
    data: Data = {"person": new, "role": role}
    actor = person_actor(new)
    note(connection, JournalKind.IDENTITY_LINKED, actor=actor, now=now, data=data)
    return new


def _free_login(connection: Connection, wanted: str) -> str:
    """Never somebody else's: an account is not found by its name."""
    login, number = wanted.casefold(), 1
    while people.by_login(connection, login):
        number += 1
        login = f"{wanted.casefold()[: MAX_AUTHOR_CHARS - 8]}-{number}"
    return login


def _free_name(connection: Connection, told: str, login: str) -> str:
    """What they are called there; the login where readers would hold it for a colleague's."""
    taken = {skeleton(each) for each in people.names(connection)}
    name, number = told or login, 1
    while skeleton(name) in taken:
        name = login if number == 1 else f"{login[: MAX_AUTHOR_CHARS - 8]}-{number}"
        number += 1
    return name


def _is_an_authors(blog: Blog, role: Role, name: str) -> bool:
    """What an author may see follows from the name, and nobody here chose this one."""
    names = (each for info in blog.manifest.everything() for each in info.authors)
    return role is Role.AUTHOR and name_key(name) in map(name_key, names)


def _line(claims: Mapping[str, Any], *names: str) -> str:
    """The first of these claims that is a usable line of text."""
    texts = (markup.clean_line(str(claims.get(name) or "")) for name in names)
    cut = (text[:MAX_AUTHOR_CHARS] for text in texts)
    return next((text for text in cut if not any(faults_of_name("name", text))), "")


_NOT_REACHED = N_("Your institution's sign-in does not answer. Try again in a while.")
_OF_AN_AUTHOR = N_("Articles here bear your name already. Ask an administrator to invite you.")
_NO_RIGHTS = N_("Your institution knows you, but none of your groups looks after comments here.")
