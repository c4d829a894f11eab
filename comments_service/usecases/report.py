"""Telling the institution of a problem with a published comment, up to a notice of illegal content.

A report is a comment of a kind of its own: always private, never in a file, with reference,
receipt, private page, deadlines and mails as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..domain.cases import READER, Case, EventKind, Submission
from ..domain.chain import Data
from ..domain.comments import Kind, Markup
from ..domain.reports import Ground
from ..errors import N_, Fault, InvalidComment
from ..markup import second_opinion
from ..site.rules import Cited
from ..store import events
from . import on_the_page, promises, submit
from .blog import Blog
from .moderate import CHANGED_RULE, citable
from .submit import Came, Form, Words
from .track import Receipt, receipt_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The fields as they came. words: name (may lack), text, address, trap, language.

    ground: None where none was chosen. good_faith: they say that what they tell is right.
    nameless: what stands for the name of somebody who gives none, in their language.
    """

    words: Form
    ground: Ground | None
    rule: Cited | None = None
    good_faith: bool = False
    nameless: str


def report(
    blog: Blog,
    keys: tuple[str, ...],
    comment_id: str,
    sent: Report,
    *,
    address: str,
    report_id: str,
    now: datetime,
) -> Receipt:
    """Keep a report of a published comment, and answer with what it is followed by.

    keys: all of the conversation. address: the reader's network address; only keyed hashes of
    it are kept. report_id: a new ULID in lower case. The same post within ten minutes gets the
    first receipt again. Raises UnknownComment, InvalidComment (all faults), TooMany,
    Unavailable.
    """
    words, faults = submit.checked(sent.words)
    faults = [*_faults(blog, sent, words, now), *faults]
    if faults:
        raise InvalidComment(N_("There is a problem"), faults)
    words = Words(words.author or sent.nameless, words.body, words.email)
    promise = promises.promised(blog, now)
    came = Came(sent.words.trap, address, report_id, promise, _data(sent))
    with blog.store.write() as connection:
        about = on_the_page.locked_case(connection, keys, comment_id)
        kept, is_new = submit.receive(
            blog, connection, _submission(blog, about, sent, words), words, came, now
        )
        if is_new:
            data = {"report": kept.id}
            kind = EventKind.REPORTED
            events.append(connection, about.id, kind, actor=READER, now=now, data=data)
    return receipt_for(blog, kept)


def _submission(blog: Blog, about: Case, sent: Report, words: Words) -> Submission:
    site, lang = blog.site, sent.words.lang
    return Submission(
        thread=about.thread,
        author=words.author,
        body=words.body,
        lang=lang if lang in site.languages else site.default_language,
        in_reply_to=about.comment_id,
        network=None,
        fingerprint=None,
        notes=(),
        showable=second_opinion.agrees(words.body, Markup.MARKDOWN),
        private=True,
        kind=Kind.REPORT,
    )


def _data(sent: Report) -> Data:
    number, version = sent.rule if sent.rule and sent.ground is Ground.RULE else (None, None)
    data: dict[str, str | int | None] = {"report": sent.ground, "good_faith": int(sent.good_faith)}
    return data | ({"rule": number, "version": version} if number else {})


def _faults(blog: Blog, sent: Report, words: Words, now: datetime) -> Iterator[Fault]:
    """What the ground asks for and is missing."""
    ground = sent.ground
    if ground is None:
        yield Fault("ground", N_("Choose what the problem is."))
    elif ground is Ground.RULE and sent.rule not in citable(blog, now):
        yield Fault("ground", CHANGED_RULE)
    if ground is Ground.ILLEGAL and not words.author:
        yield Fault("author", N_("The law asks for your name."))
    if ground is Ground.ILLEGAL and not sent.words.email.strip():
        yield Fault("email", N_("The law asks for your e-mail address."))
    if ground and ground.is_legal and not sent.good_faith:
        yield Fault("good_faith", N_("Tick that you tell us this in good faith, as the law asks."))
