"""The seal of a form: a name for one sending of it, which only we can have given.

A browser with JavaScript fetches it when its reader first touches the form. What comes twice
under one seal (a double click, a retry after a lost connection, by whatever network) is one
comment; a form without a seal is as welcome. Asking for one leaves nothing in the database: it
carries its own time and signature, and is used up when a comment is kept under its name.
"""

from datetime import UTC, datetime, timedelta

from .. import signing
from .blog import Blog

LIFE = timedelta(days=2)
"""So long may somebody write. After it the form is taken as one without a seal."""

AHEAD = timedelta(minutes=5)
"""So far may the clocks of two nodes be apart."""


def seal(blog: Blog, thread: str, now: datetime) -> str:
    """A new seal for one form of a conversation: name, seconds since 1970, signature.

    thread: the conversation's own key, not an alias.
    """
    name, at = signing.random_token(), int(now.timestamp())
    return f"{name}.{at}.{_signature(blog, thread, name, at)}"


def name_in(blog: Blog, thread: str, seal: str, now: datetime) -> str | None:
    """The name in a seal of ours for this conversation; None for anything else.

    A seal of another form, an old or a broken one is no fault of the reader's: nobody is told.
    """
    name, _, rest = seal.partition(".")
    at, _, signature = rest.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        return None
    if not signing.same(signature, _signature(blog, thread, name, int(at))):
        return None
    given = datetime.fromtimestamp(int(at), UTC)
    return name if now - LIFE <= given <= now + AHEAD else None


def _signature(blog: Blog, thread: str, name: str, at: int) -> str:
    key = signing.derived(blog.link_key, "seals of forms")
    return signing.keyed_hash(key, [thread, name, str(at)])[:32]
