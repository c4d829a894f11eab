"""What somebody told the institution by telephone, at the counter or in a letter, noted by staff.

From then on it is a comment like any other, with a reference, a private link and a code to hand
over. It is public one day only if its author said so, and a person still decides on it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .. import markup, screening
from ..domain.cases import Case, EventKind, Submission, person_actor
from ..domain.comments import Markup
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, TertuliaError
from ..markup import second_opinion
from ..site.manifest import ThreadInfo
from ..store import cases, comments, events, follow, people
from ..store.engine import Connection
from ..store.people import Person
from . import addresses, codes, promises, submit
from .blog import Blog
from .submit import Form, Words
from .track import Receipt, receipt_for


class Channel(StrEnum):
    """How it came. A comment that its author wrote here came by the ``form``."""

    PHONE = "phone"
    COUNTER = "counter"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """words: name, text, e-mail, language and whether it is private, as they were typed.

    thread: key of its conversation, or "". channel: None where none was chosen.
    """

    words: Form
    thread: str
    channel: Channel | None


def note(blog: Blog, noted: Noted, *, by: Person, comment_id: str, now: datetime) -> Receipt:
    """Keep it, held, and answer with what its author follows it by.

    comment_id: a new ULID in lower case, made with the form: the same form sent twice is one
    comment. Raises InvalidComment (all faults), AlreadyDecided (sent before with other words).
    """
    words, thread, channel = _checked(blog, noted, now)
    sent = _submission(blog, thread, noted.words, words)
    promise = promises.promised(blog, now)
    with blog.store.write() as connection:
        follow.one_at_a_time(connection, comment_id)
        if known := cases.by_comment(connection, comment_id):
            if (known.author, known.body, known.channel) != (words.author, words.body, channel):
                raise AlreadyDecided(
                    N_("This form was sent before, with another text. Open it anew.")
                )
            return receipt_for(blog, known)
        sent = _screened(blog, connection, sent)
        case = comments.receive(connection, comment_id, sent, now, **promise.dates)
        comments.came_by(connection, case.id, channel)
        _record(connection, case, channel, by, now)
        codes.keep(blog, connection, case.id, case.link_generation)
        if words.email:
            addresses.give(blog, connection, case, words.email, now)
    return receipt_for(blog, case)


def _checked(blog: Blog, noted: Noted, now: datetime) -> tuple[Words, ThreadInfo, Channel]:
    """Raises InvalidComment."""
    words, faults = submit.checked(noted.words)
    if not markup.is_visible(words.author):
        faults.insert(0, Fault("author", N_("Write their name, or “anonymous”.")))
    thread = None
    try:
        thread = blog.manifest.thread(noted.thread)
        if not noted.words.private:
            submit.open_thread(blog, noted.thread, now)
    except TertuliaError as error:
        told = error.message if thread else N_("Choose what it is about.")
        faults.insert(0, Fault("thread", told))
    if noted.channel is None:
        faults.insert(0, Fault("channel", N_("Choose how it came.")))
    if faults or thread is None or noted.channel is None:
        raise InvalidComment(N_("There is a problem"), faults)
    return words, thread, noted.channel


def _submission(blog: Blog, thread: ThreadInfo, form: Form, words: Words) -> Submission:
    """Without network and seal: nobody sent it through the open door."""
    site = blog.site
    return Submission(
        thread=thread.key,
        author=words.author,
        body=words.body,
        lang=form.lang if form.lang in site.languages else site.default_language,
        in_reply_to=None,
        network=None,
        fingerprint=None,
        notes=(),
        showable=second_opinion.agrees(words.body, Markup.MARKDOWN),
        private=form.private,
    )


def _screened(blog: Blog, connection: Connection, sent: Submission) -> Submission:
    notes = screening.screen(
        author=sent.author,
        body=sent.body,
        trap="",
        earlier_same_text=0,
        terms=blog.set_by_staff.terms,
        colleagues=people.names(connection),
    )
    return replace(sent, notes=tuple(notes))


def _record(
    connection: Connection, case: Case, channel: Channel, by: Person, now: datetime
) -> None:
    data: dict[str, str | int | None] = {
        "comment": case.comment_id,
        "revision": case.revision,
        "lang": case.lang,
        "notes": " ".join(case.notes),
        "channel": channel,
    }
    events.append(
        connection,
        case.id,
        EventKind.RECEIVED,
        actor=person_actor(by.id),
        now=now,
        data=data,
        text=case.body,
    )
