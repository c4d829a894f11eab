"""A reader's comment at the door: every fault at once, then held for a person.

Nothing here waits for Git, mail or a build, and screening never rejects a text.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from .. import content_repo, markup, screening, signing
from ..domain.cases import READER, Case, EventKind, Submission
from ..domain.chain import Data
from ..domain.comments import ID_PATTERN, MAX_AUTHOR_CHARS, Kind, Markup
from ..domain.opening import Phase
from ..errors import (
    N_,
    Fault,
    InvalidComment,
    InvalidCommentFile,
    ThreadClosed,
    Unshowable,
)
from ..markup import second_opinion
from ..site.manifest import ThreadInfo
from ..store import cases, comments, events, people
from ..store.crowd import Crowd
from ..store.engine import Connection
from . import addresses, bans, codes, conversations, limits, promises, seals, staff_mails
from .blog import Blog
from .track import Receipt, receipt_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form's fields as they came; trap: the field that people leave empty.

    email: where its reader wants to be told. private: for an answer, not to be published.
    seal: of ``seals``, from browsers with JavaScript.
    """

    author: str = ""
    body: str = ""
    in_reply_to: str = ""
    lang: str = ""
    trap: str = ""
    email: str = ""
    private: bool = False
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a form says after the clean-up at the door."""

    author: str
    body: str
    email: str = ""


def open_thread(blog: Blog, key: str, now: datetime) -> ThreadInfo:
    """The thread, if it takes comments now. Raises UnknownThread, ThreadClosed."""
    thread = conversations.as_decided(blog, blog.manifest.thread(key))
    if thread.phase(now) is not Phase.OPEN:
        raise ThreadClosed(thread.key, N_("This conversation takes no comments now."))
    return thread


def submit(
    blog: Blog, thread_key: str, form: Form, *, address: str, comment_id: str, now: datetime
) -> Receipt:
    """Keep a reader's comment, held, and answer with what its reader needs to follow it.

    address: the reader's network address; only keyed hashes of it are kept.
    comment_id: a new ULID in lower case. The same post under the same seal, or within ten
    minutes, gets the first receipt again.

    Raises UnknownThread, ThreadClosed, InvalidComment (all faults), Banned, TooMany,
    Unavailable.
    """
    thread = open_thread(blog, thread_key, now)
    words = _checked(form)
    sent = _sent(blog, thread, form, words, now)
    promise = promises.promised(blog, now)
    with blog.store.write() as connection:
        came = Came(form.trap, address, comment_id, promise)
        case, _ = receive(blog, connection, sent, words, came, now)
    return receipt_for(blog, case)


@dataclass(frozen=True, slots=True)
class Came:
    """How something came. trap: the field that people leave empty. address: the reader's
    network address. comment_id: a new ULID in lower case. data: more for its record."""

    trap: str
    address: str
    comment_id: str
    promise: promises.Promise
    data: Data = field(default_factory=dict)


def receive(
    blog: Blog, connection: Connection, sent: Submission, words: Words, came: Came, now: datetime
) -> tuple[Case, bool]:
    """Keep what a reader sent, held; its case, and whether it is new.

    Raises Banned (a comment alone: what is reported is always taken), TooMany, Unavailable.
    """
    networks = limits.network_hashes(connection, came.address, now)
    case, sent = _first_of(connection, sent, words, networks, now)
    if case is not None:
        return case, False
    barred = sent.kind is Kind.COMMENT and bans.refuse(
        blog, connection, came.address, networks, words.email, now
    )
    crowd = limits.look(connection, blog, sent.thread, words.body, networks, now)
    limits.refuse_floods(crowd)
    names = people.names(connection)
    sent = replace(sent, notes=_notes(blog, came.trap, words, crowd, names, barred))
    case = comments.receive(connection, came.comment_id, sent, now, **came.promise.dates)
    return _follow_up(blog, connection, case, words, came.data, now), True


def _sent(blog: Blog, thread: ThreadInfo, form: Form, words: Words, now: datetime) -> Submission:
    """All that is known of it before the database is asked, its text read by two parsers."""
    site = blog.site
    return Submission(
        thread=thread.key,
        author=words.author,
        body=words.body,
        lang=form.lang if form.lang in site.languages else site.default_language,
        in_reply_to=_parent(blog, thread, form.in_reply_to),
        network=None,
        fingerprint=None,
        notes=(),
        showable=second_opinion.agrees(words.body, Markup.MARKDOWN),
        private=form.private,
        seal=seals.name_in(blog, thread.key, form.seal, now),
    )


def _notes(
    blog: Blog, trap: str, words: Words, came: Crowd, colleagues: Sequence[str], barred: bool
) -> tuple[str, ...]:
    found = screening.screen(
        author=words.author,
        body=words.body,
        trap=trap,
        earlier_same_text=came.alike,
        terms=blog.set_by_staff.terms,
        colleagues=colleagues,
        barred=barred,
    )
    return tuple(found)


def _follow_up(
    blog: Blog, connection: Connection, case: Case, words: Words, more: Data, now: datetime
) -> Case:
    """What a new case begins with: its record, its short code, an address for its mails."""
    _record(connection, case, more, now)
    codes.keep(blog, connection, case.id, case.link_generation)
    staff_mails.tell_of_news(blog, connection, now)
    if words.email:
        addresses.give(blog, connection, case, words.email, now)
        return replace(case, has_address=True)
    return case


def _first_of(
    connection: Connection,
    sent: Submission,
    words: Words,
    networks: Sequence[str],
    now: datetime,
) -> tuple[Case | None, Submission]:
    """The case that this very post made before, if it did; and how to keep it if not.

    The words must be the same even under one seal: a text that was changed after it was sent
    is not lost, but a comment of its own, and of the seal there is nothing left.
    """
    if sent.seal and (sealed := cases.by_seal(connection, sent.seal)):
        if _says_the_same(sealed, sent, words):
            return sealed, sent
        sent = replace(sent, seal=None)
    said = [sent.thread, sent.author, sent.body, sent.in_reply_to or ""]
    said += [words.email.lower(), "private" if sent.private else "", sent.kind]
    prints = [signing.keyed_hash(network.encode(), said) for network in networks]
    first = cases.same_post(connection, prints, now - cases.SAME_POST_WINDOW)
    return first, replace(sent, network=networks[0], fingerprint=prints[0])


def _says_the_same(case: Case, sent: Submission, words: Words) -> bool:
    before = case.author, case.body, case.in_reply_to, case.private, case.has_address
    now = sent.author, sent.body, sent.in_reply_to, sent.private, bool(words.email)
    return before == now


def checked_body(form: Form) -> str:
    """The text alone, for a look at it before it is sent. Raises InvalidComment."""
    body = markup.clean_body(form.body)
    if faults := _faults_of(body):
        raise InvalidComment(N_("There is a problem"), faults)
    return body


def _checked(form: Form) -> Words:
    """The words after the clean-up. Raises InvalidComment naming every fault."""
    words, faults = checked(form)
    if not markup.is_visible(words.author):
        faults.insert(0, Fault("author", N_("Write your name or a pseudonym.")))
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    return words


def checked(form: Form) -> tuple[Words, list[Fault]]:
    """The words after the clean-up, and what is wrong with them; a name may be missing."""
    author, body = markup.clean_line(form.author), markup.clean_body(form.body)
    faults = []
    if len(author) > MAX_AUTHOR_CHARS:
        faults.append(
            Fault(
                "author",
                N_("The name has %(count)s characters; write at most %(most)s."),
                count=len(author),
                most=MAX_AUTHOR_CHARS,
            )
        )
    faults += _faults_of(body)
    email = None
    try:
        email = addresses.checked(form.email)
    except InvalidComment as error:
        faults += error.faults
    return Words(author, body, email or ""), faults


def _faults_of(body: str) -> list[Fault]:
    try:
        markup.check(body)
    except Unshowable as error:
        return [Fault("body", error.message, **error.values)]
    return []


def _parent(blog: Blog, thread: ThreadInfo, wanted: str) -> str | None:
    """The comment that is replied to, if this thread has it; a reply to nothing stands alone.

    Whether it waits, was refused or is public makes no difference here: an answer to this
    question would tell.
    """
    if not ID_PATTERN.fullmatch(wanted):
        return None
    with blog.store.read() as connection:
        if any(comments.in_thread(connection, key, wanted) for key in thread.keys):
            return wanted
    for key in thread.keys:
        with suppress(InvalidCommentFile):
            if content_repo.read(blog.comments_folder, key, wanted):
                return wanted
    return None


def _record(connection: Connection, case: Case, more: Data, now: datetime) -> None:
    data: Data = {
        "comment": case.comment_id,
        "revision": case.revision,
        "lang": case.lang,
        "notes": " ".join(case.notes),
        **more,
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
