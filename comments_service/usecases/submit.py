"""A reader's comment at the door: every fault at once, then held for a person.

Nothing here waits for Git, mail or a build, and screening never rejects a text.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import content_repo, markup, screening, signing
from ..domain.cases import READER, Case, EventKind, Submission
from ..domain.comments import ID_PATTERN, MAX_AUTHOR_CHARS, Markup
from ..errors import (
    N_,
    Fault,
    InvalidComment,
    InvalidCommentFile,
    ThreadClosed,
    TooMany,
    Unshowable,
)
from ..markup import second_opinion
from ..site.manifest import ThreadInfo
from ..store import cases, comments, day_keys, events
from ..store.engine import Connection
from .blog import Blog
from .track import Receipt, receipt_for

HOUR = timedelta(hours=1)
REPEATED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form's fields as they came; trap: the field that people leave empty."""

    author: str = ""
    body: str = ""
    in_reply_to: str = ""
    lang: str = ""
    trap: str = ""


def open_thread(blog: Blog, key: str, now: datetime) -> ThreadInfo:
    """The thread, if it takes comments now. Raises UnknownThread, ThreadClosed."""
    thread = blog.manifest.thread(key)
    if not thread.open or (thread.closes_at and thread.closes_at <= now):
        raise ThreadClosed(N_("This conversation is closed and takes no more comments."))
    return thread


def submit(
    blog: Blog, thread_key: str, form: Form, *, address: str, comment_id: str, now: datetime
) -> Receipt:
    """Keep a reader's comment, held, and answer with what its reader needs to follow it.

    address: the reader's network address; only keyed hashes of it are kept.
    comment_id: a new ULID in lower case. The same post within ten minutes gets the first
    receipt again.

    Raises UnknownThread, ThreadClosed, InvalidComment (all faults), TooMany, Unavailable.
    """
    thread = open_thread(blog, thread_key, now)
    author, body = _checked(form)
    parent = _parent(blog, thread.key, form.in_reply_to)
    showable = second_opinion.agrees(body, Markup.MARKDOWN)
    with blog.store.write() as connection:
        networks = _network_hashes(connection, address, now)
        said = [thread.key, author, body, parent or ""]
        prints = [signing.keyed_hash(network.encode(), said) for network in networks]
        first = cases.same_post(connection, prints, now - cases.SAME_POST_WINDOW)
        if first:
            return receipt_for(blog, first)
        _refuse_floods(connection, blog, networks, now)
        sent = Submission(
            thread=thread.key,
            author=author,
            body=body,
            lang=form.lang if form.lang in blog.site.languages else blog.site.default_language,
            in_reply_to=parent,
            network=networks[0],
            fingerprint=prints[0],
            notes=tuple(_screened(connection, author, body, form.trap, now)),
            showable=showable,
        )
        case = comments.receive(connection, comment_id, sent, now)
        _record(connection, case, now)
    return receipt_for(blog, case)


def _checked(form: Form) -> tuple[str, str]:
    """Name and text after the clean-up. Raises InvalidComment naming every fault."""
    author, body = markup.clean_line(form.author), markup.clean_body(form.body)
    faults = []
    if not markup.is_visible(author):
        faults.append(Fault("author", N_("Write your name or a pseudonym.")))
    elif len(author) > MAX_AUTHOR_CHARS:
        faults.append(
            Fault(
                "author",
                N_("The name has %(count)s characters; write at most %(most)s."),
                count=len(author),
                most=MAX_AUTHOR_CHARS,
            )
        )
    try:
        markup.check(body)
    except Unshowable as error:
        faults.append(Fault("body", error.message, **error.values))
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return author, body


def _parent(blog: Blog, thread: str, wanted: str) -> str | None:
    """The comment that is replied to, if this thread has it; a reply to nothing stands alone.

    Whether it waits, was refused or is public makes no difference here: an answer to this
    question would tell.
    """
    if not ID_PATTERN.fullmatch(wanted):
        return None
    with blog.store.read() as connection:
        if comments.in_thread(connection, thread, wanted):
            return wanted
    try:
        return wanted if content_repo.read(blog.comments_folder, thread, wanted) else None
    except InvalidCommentFile:
        return None


def _network_hashes(connection: Connection, address: str, now: datetime) -> list[str]:
    """The network under the key of now and of an hour ago: two around midnight."""
    network = _network(address)
    keys = [day_keys.key_of_day(connection, moment) for moment in (now, now - HOUR)]
    return [signing.keyed_hash(key, ["network", network]) for key in dict.fromkeys(keys)]


def _network(address: str) -> str:
    """An IPv4 address, or the /64 that one subscriber of IPv6 has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _refuse_floods(
    connection: Connection, blog: Blog, networks: Sequence[str], now: datetime
) -> None:
    settings = blog.settings
    if cases.count_waiting(connection, settings.max_waiting) >= settings.max_waiting:
        raise TooMany(
            3600, N_("So many comments wait for us that we cannot take yours now. Try later.")
        )
    sent = comments.count_from_network(connection, networks, now - HOUR)
    if sent >= settings.max_per_network:
        raise TooMany(
            600, N_("Many comments came from your network within an hour. Try again later.")
        )


def _screened(
    connection: Connection, author: str, body: str, trap: str, now: datetime
) -> list[str]:
    repeated = comments.count_same_body(connection, body, now - REPEATED_WITHIN)
    return screening.screen(author=author, body=body, trap=trap, earlier_same_text=repeated)


def _record(connection: Connection, case: Case, now: datetime) -> None:
    data: dict[str, str | int | None] = {
        "comment": case.comment_id,
        "revision": case.revision,
        "lang": case.lang,
        "notes": " ".join(case.notes),
    }
    events.append(
        connection,
        case.id,
        EventKind.RECEIVED,
        actor=READER,
        now=now,
        data=data,
        text=case.body,
    )
