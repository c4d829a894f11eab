"""What a reader follows a comment by: a reference and a private link."""

from dataclasses import dataclass

from .. import signing
from ..domain.cases import Case, Event, id_in
from ..errors import N_, UnknownComment, UnknownThread
from ..store import cases, events
from .blog import Blog

PURPOSE = "track"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A case and the token of its reader's private link."""

    case: Case
    token: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the tracking page shows: the case, its record, the answer's page if public."""

    case: Case
    token: str
    events: tuple[Event, ...]
    page: str | None


def receipt_for(blog: Blog, case: Case) -> Receipt:
    token = signing.link_token(blog.link_key, PURPOSE, case.id, case.link_generation)
    return Receipt(case, token)


def track(blog: Blog, reference: str, token: str) -> Tracked:
    """The case behind a private link.

    Raises UnknownComment for a wrong reference, for a wrong token and for an erased comment
    alike.
    """
    tracked = known(blog, reference, token)
    if tracked is None or tracked.case.erased:
        raise UnknownComment(N_("We find no comment at this address."))
    return tracked


def known(blog: Blog, reference: str, token: str) -> Tracked | None:
    """The same, erased or not; None for a wrong link."""
    number = id_in(reference)
    with blog.store.read() as connection:
        case = None if number is None else cases.by_case(connection, number)
    expected = receipt_for(blog, case).token if case else signing.random_token()
    if not signing.same(token, expected) or case is None or case.reference != reference:
        return None
    return record_of(blog, case)


def record_of(blog: Blog, case: Case) -> Tracked:
    """All of a case, for whoever may see it."""
    with blog.store.read() as connection:
        record = events.of_case(connection, case.id)
    return Tracked(case, receipt_for(blog, case).token, tuple(record), page_of(blog, case))


def page_of(blog: Blog, case: Case) -> str | None:
    """Absolute address of the comment on the site, or None before it is seen there."""
    if not case.seen or case.withdrawn:
        return None
    address = thread_url(blog, case.thread, case.lang)
    return address and f"{address}#comment-{case.comment_id}"


def thread_url(blog: Blog, thread: str, lang: str) -> str | None:
    """Absolute address of the thread's page, in ``lang`` if there is one."""
    try:
        urls = blog.manifest.thread(thread).urls
    except UnknownThread:
        return None
    path = urls.get(lang) or next(iter(urls.values()), None)
    return path and blog.site_url + path
