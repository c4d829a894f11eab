"""The people who work here: the first administrator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import markup, signing
from ..domain import passwords
from ..domain.comments import MAX_AUTHOR_CHARS
from ..errors import N_, Fault, InvalidComment, LinkExpired
from ..store import links, people
from .blog import Blog
from .sign_in import SignedIn, open_session_for

FIRST_ADMINISTRATOR = "first-admin"
LINK_LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The form of a new account."""

    login: str
    name: str
    password: str
    position: str = ""
    language: str = ""


def first_administrator_token(blog: Blog, now: datetime) -> str | None:
    """A fresh one-time token while there is no administrator, else None.

    Every call makes the earlier one invalid.
    """
    with blog.store.write() as connection:
        if people.has_administrator(connection):
            return None
        token = signing.random_token()
        links.put_link(connection, FIRST_ADMINISTRATOR, token, now + LINK_LIFE)
        return token


def check_first_administrator_token(blog: Blog, token: str, now: datetime) -> None:
    """Raises LinkExpired when the link is not the valid one; changes nothing."""
    with blog.store.read() as connection:
        if not links.link_is_valid(connection, FIRST_ADMINISTRATOR, token, now):
            raise LinkExpired(_LINK_EXPIRED)


def make_first_administrator(blog: Blog, token: str, form: Account, *, now: datetime) -> SignedIn:
    """Use the one-time link up, make the account and sign it in.

    Raises InvalidComment naming every fault (the link stays valid), LinkExpired.
    """
    account = _checked(blog, form)
    stored = signing.password_hash(account.password)
    with blog.store.write() as connection:
        if not links.use_link(connection, FIRST_ADMINISTRATOR, token, now):
            raise LinkExpired(_LINK_EXPIRED)
        new = people.add_person(
            connection,
            now,
            login=account.login,
            name=account.name,
            position=account.position or None,
            language=account.language,
            role="admin",
            password_hash=stored,
        )
        person = people.by_id(connection, new)
        if person is None:
            raise AssertionError("a new account that is not there")
        return open_session_for(connection, person, now)


def _checked(blog: Blog, form: Account) -> Account:
    cleaned = Account(
        login=markup.clean_line(form.login).casefold(),
        name=markup.clean_line(form.name),
        password=form.password,
        position=markup.clean_line(form.position),
        language=form.language if form.language in blog.site.languages else "",
    )
    faults = []
    for field, value in (("login", cleaned.login), ("name", cleaned.name)):
        if not value or len(value) > MAX_AUTHOR_CHARS:
            faults.append(
                Fault(field, N_("Write 1 to %(most)s characters."), most=MAX_AUTHOR_CHARS)
            )
    if len(cleaned.position) > 200:
        faults.append(Fault("position", N_("Write at most %(most)s characters."), most=200))
    names = (cleaned.login, cleaned.name, *blog.site.names.values())
    if fault := passwords.fault_of(cleaned.password, names):
        faults.append(fault)
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    language = cleaned.language or blog.site.default_language
    return Account(
        login=cleaned.login,
        name=cleaned.name,
        password=cleaned.password,
        position=cleaned.position,
        language=language,
    )


_LINK_EXPIRED = N_(
    "This link was used already or is too old. The program prints a new one each time it starts."
)
