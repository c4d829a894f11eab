"""What the mails about an account of those who work here tell: its links, and what was changed.

A link is made when its mail leaves, from the site's configured address; one that was used or
replaced meanwhile is sent to nobody.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ..config import dates
from ..domain.mails import MailKind
from ..store import people
from ..store.addresses import Address
from ..store.engine import Connection
from ..store.mails import Waiting
from . import forgotten, invitations
from .blog import Blog
from .letters_to_staff import ToStaff, Values


def _invited(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """The one-time link of an invitation, and who invites."""
    number, expires, by = map(int, waiting.cause.split("."))
    person, host = people.by_id(connection, number), people.by_id(connection, by)
    if person is None or host is None or person.address_id != address.id:
        return None
    token = invitations.mailed(blog, connection, person, expires)
    if token is None:
        return None
    until = datetime.fromtimestamp(expires, UTC).astimezone(blog.site.zone)
    return {
        "by": host.name,
        "login": person.login,
        "link": f"{blog.site_url}/gestion/invitacion/{token}",
        "until": dates.short(until, person.language),
    }


def _reset(blog: Blog, connection: Connection, waiting: Waiting, address: Address) -> Values | None:
    """The one-time link to another password."""
    number, expires = map(int, waiting.cause.split("."))
    person = people.by_id(connection, number)
    if person is None or person.address_id != address.id:
        return None
    token = forgotten.mailed(blog, connection, person, expires)
    if token is None:
        return None
    until = datetime.fromtimestamp(expires, UTC).astimezone(blog.site.zone)
    return {
        "login": person.login,
        "link": f"{blog.site_url}/gestion/contrasena/{token}",
        "until": f"{until:%H:%M}",
    }


def _changed(
    blog: Blog, connection: Connection, waiting: Waiting, address: Address
) -> Values | None:
    """That the password, the address itself or a way to sign in is another one since then."""
    person = people.by_id(connection, int(waiting.cause.partition(".")[0]))
    if person is None or person.left:
        return None
    when = dates.with_time(waiting.asked_at.astimezone(blog.site.zone), person.language)
    return {
        "login": person.login,
        "when": when,
        "sign_in": f"{blog.site_url}/gestion/entrar",
        "account": f"{blog.site_url}/gestion/cuenta",
    }


OF_STAFF: Mapping[MailKind, ToStaff] = {
    MailKind.INVITED: _invited,
    MailKind.RESET: _reset,
    MailKind.PASSWORD_CHANGED: _changed,
    MailKind.ADDRESS_CHANGED: _changed,
    MailKind.SIGN_IN_CHANGED: _changed,
}
