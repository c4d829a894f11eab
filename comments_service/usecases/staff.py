"""Who may decide: the first administrator, signing in and out.

Source of the limits: OWASP's Authentication and Session Management cheat sheets; no
account is ever locked, tries are only slowed down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import markup, signing
from ..domain.comments import MAX_AUTHOR_CHARS
from ..errors import N_, Fault, InvalidComment, LinkExpired, SignInFailed, TooMany
from ..store import people
from ..store.people import Person, Session
from .blog import Blog

FIRST_ADMINISTRATOR = "first-admin"
LINK_LIFE = timedelta(hours=12)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=60)
TRY_WINDOW = timedelta(minutes=15)
MAX_TRIES = 10


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. token: for the cookie; the database holds its hash."""

    token: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The form of a new account."""

    login: str
    name: str
    password: str
    position: str = ""
    department: str = ""
    language: str = ""


def first_administrator_token(blog: Blog, now: datetime) -> str | None:
    """A fresh one-time token while there is no administrator, else None.

    Every call makes the earlier one invalid.
    """
    with blog.store.write() as connection:
        if people.has_administrator(connection):
            return None
        token = signing.random_token()
        people.put_link(connection, FIRST_ADMINISTRATOR, token, now + LINK_LIFE)
        return token


def check_first_administrator_token(blog: Blog, token: str, now: datetime) -> None:
    """Raises LinkExpired when the link is not the valid one; changes nothing."""
    with blog.store.read() as connection:
        if not people.link_is_valid(connection, FIRST_ADMINISTRATOR, token, now):
            raise LinkExpired(_LINK_EXPIRED)


def make_first_administrator(blog: Blog, token: str, form: Account, *, now: datetime) -> SignedIn:
    """Use the one-time link up, make the account and sign it in.

    Raises InvalidComment naming every fault (the link stays valid), LinkExpired.
    """
    account = _checked(blog, form)
    stored = signing.password_hash(account.password)
    with blog.store.write() as connection:
        if not people.use_link(connection, FIRST_ADMINISTRATOR, token, now):
            raise LinkExpired(_LINK_EXPIRED)
        people.add_person(
            connection,
            now,
            login=account.login,
            name=account.name,
            position=account.position or None,
            department=account.department or None,
            language=account.language,
            role="admin",
            password_hash=stored,
        )
    return sign_in(blog, account.login, account.password, address="", now=now)


def sign_in(blog: Blog, login: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """Open a session. Unknown name, wrong password and disabled account answer alike.

    Raises SignInFailed, TooMany (tries of this account or network are slowed down).
    """
    login = markup.clean_line(login).casefold()
    subjects = [signing.keyed_hash(blog.network_key, pair) for pair in _subjects(login, address)]
    with blog.store.read() as connection:
        for subject in subjects:
            if people.failed_tries(connection, subject, now - TRY_WINDOW) >= MAX_TRIES:
                raise TooMany(
                    int(TRY_WINDOW.total_seconds()),
                    N_("Too many tries. Wait a quarter of an hour and try again."),
                )
        person = people.by_login(connection, login)
    known = person is not None and not person.disabled
    stored = person.password_hash if person and known else signing.NOBODYS_HASH
    matches = signing.password_matches(password, stored)
    with blog.store.write() as connection:
        if person is None or not known or not matches:
            people.note_failed_try(connection, subjects, now)
        else:
            token, csrf = signing.random_token(), signing.random_token()
            people.open_session(connection, token, person.id, csrf, now)
            return SignedIn(token, person)
    raise SignInFailed(N_("The name or the password is not right."))


def session(blog: Blog, token: str | None, now: datetime) -> Session | None:
    """The live session of a cookie, or None; a used session stays awake."""
    if not token:
        return None
    with blog.store.read() as connection:
        found = people.session_of(connection, token)
    if found is None or found.person.disabled:
        return None
    if now - found.created_at > SESSION_LIFE or now - found.seen_at > SESSION_IDLE:
        return None
    if now - found.seen_at > timedelta(minutes=1):
        with blog.store.write() as connection:
            people.touch_session(connection, found.id_hash, now)
    return found


def sign_out(blog: Blog, open_session: Session) -> None:
    """Close the session at once."""
    with blog.store.write() as connection:
        people.close_session(connection, open_session.id_hash)


def _subjects(login: str, address: str) -> list[tuple[str, str]]:
    return [("account", login), ("network", address)] if address else [("account", login)]


def _checked(blog: Blog, form: Account) -> Account:
    cleaned = Account(
        login=markup.clean_line(form.login).casefold(),
        name=markup.clean_line(form.name),
        password=form.password,
        position=markup.clean_line(form.position),
        department=markup.clean_line(form.department),
        language=form.language if form.language in blog.site.languages else "",
    )
    faults = []
    for field, value in (("login", cleaned.login), ("name", cleaned.name)):
        if not value or len(value) > MAX_AUTHOR_CHARS:
            faults.append(
                Fault(field, N_("Write 1 to %(most)s characters."), most=MAX_AUTHOR_CHARS)
            )
    for field, value in (("position", cleaned.position), ("department", cleaned.department)):
        if len(value) > 200:
            faults.append(Fault(field, N_("Write at most %(most)s characters."), most=200))
    if not signing.MIN_PASSWORD_CHARS <= len(cleaned.password) <= 1_000:
        faults.append(
            Fault(
                "password",
                N_("Choose a password of at least %(least)s characters."),
                least=signing.MIN_PASSWORD_CHARS,
            )
        )
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    language = cleaned.language or blog.site.default_language
    return Account(
        login=cleaned.login,
        name=cleaned.name,
        password=cleaned.password,
        position=cleaned.position,
        department=cleaned.department,
        language=language,
    )


_LINK_EXPIRED = N_(
    "This link was used already or is too old. The program prints a new one each time it starts."
)
