"""Sending what was asked for: claimed, made, handed to the mail server, marked.

Killed between the server's acceptance and the mark, a mail leaves once more, with the same
Message-ID. What the server takes later is put off, what it never takes is told in the log; no
address, text or token is written there.
"""

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog

from ..content_repo import Step
from ..errors import N_, MailRefused, MailUnavailable, TertuliaError
from ..mail.message import Mail, compose
from ..mail.smtp import Server, send
from ..store import mails
from ..store.engine import Connection
from ..store.mails import Waiting
from ..store.problems import Problem, problem_of
from . import mail_links
from .addresses import opened
from .blog import Blog
from .mail_texts import Letter, letter
from .showing import Clock

PutOff = Callable[[Connection, Waiting, Problem, datetime], None]

RUN_SECONDS = 60.0
"""A run begins no other mail after that: publishing waits for the end of it."""

TOO_OLD = timedelta(days=30)
"""What could not leave for so long, or was never confirmed, is no news any more."""

NO_REPLY_TO = "blog@localhost"
"""In a trial, where nothing leaves the machine and nothing may be set."""

log = structlog.get_logger()


def send_waiting(blog: Blog, clock: Clock, step: Step) -> int:
    """Send what may leave now; how many mails left.

    step: called with ``mail.sent`` when the server has a mail, before that is marked, and
    with ``mail.done`` after it.
    """
    with blog.store.write() as connection:
        mails.drop_older(connection, clock() - TOO_OLD, clock())
    if not _somebody_takes_them(blog):
        return 0
    owner, ends, sent = f"{socket.gethostname()}:{os.getpid()}"[:64], _seconds() + RUN_SECONDS, 0
    while _seconds() < ends:
        with blog.store.write() as connection:
            waiting = mails.claim(connection, owner, clock())
        if waiting is None:
            break
        try:
            sent += _send(blog, waiting, clock, step)
        except MailUnavailable as error:
            put_off = mails.put_off if error.alone else mails.put_off_all
            _put_off(blog, waiting, problem_of(error), clock, put_off)
            if not error.alone:
                break
        except TertuliaError as error:
            _put_off(blog, waiting, problem_of(error), clock)
        except (ValueError, LookupError, TypeError, AttributeError):
            # A fault of ours in one mail must not hold up the others.
            log.exception("mail.crashed", mail=waiting.id, kind=waiting.kind)
            _put_off(blog, waiting, Problem(_CRASHED, {}), clock)
    return sent


_CRASHED = N_("This mail cannot be made; the log says why.")


def _somebody_takes_them(blog: Blog) -> bool:
    """In a trial only the process that shows the mails may take them."""
    return blog.settings.smtp_host is not None or (blog.can_send and blog.mailbox.is_open)


def _seconds() -> float:
    return time.monotonic()


def _send(blog: Blog, waiting: Waiting, clock: Clock, step: Step) -> int:
    """Raises MailUnavailable, Unsealable, Unavailable."""
    with blog.store.read() as connection:
        said = letter(blog, connection, waiting)
    if said is None:
        _finish(blog, waiting, mails.DROPPED, clock)
        return 0
    to = opened(blog, said.address)
    message = compose(_mail(blog, waiting, said, to), clock())
    try:
        _hand_over(blog, message, to)
    except MailRefused as error:
        log.warning("mail.refused", mail=waiting.id, kind=waiting.kind, code=error.code)
        _finish(blog, waiting, mails.DROPPED, clock)
        return 0
    step("mail.sent")
    _finish(blog, waiting, mails.SENT, clock)
    step("mail.done")
    return 1


def _mail(blog: Blog, waiting: Waiting, said: Letter, to: str) -> Mail:
    settings = blog.settings
    sender = settings.mail_from or NO_REPLY_TO
    return Mail(
        id=waiting.id,
        asked_at=waiting.asked_at,
        host=mail_links.host(blog),
        sender_name=blog.site.named(said.lang),
        sender=sender,
        reply_to=said.reply_to or settings.mail_reply_to or blog.site.contact.email or sender,
        to=to,
        lang=said.lang,
        subject=said.subject,
        body=said.body,
        unsubscribe=said.unsubscribe,
    )


def _hand_over(blog: Blog, message: EmailMessage, to: str) -> None:
    settings = blog.settings
    if settings.smtp_host is None:
        blog.mailbox.put(message)
        return
    send(server_of(blog, settings.smtp_host), message, settings.mail_from or "", to)


def server_of(blog: Blog, host: str) -> Server:
    """Where mails are handed over."""
    settings, password = blog.settings, blog.settings.smtp_password
    return Server(
        host=host,
        port=settings.smtp_port_used,
        tls=settings.smtp_tls,
        user=settings.smtp_user or "",
        password=password.get_secret_value() if password else "",
        name=mail_links.host(blog),
    )


def _finish(blog: Blog, waiting: Waiting, outcome: str, clock: Clock) -> None:
    with blog.store.write() as connection:
        mails.finish(connection, waiting.id, outcome, clock())


def _put_off(
    blog: Blog,
    waiting: Waiting,
    problem: Problem,
    clock: Clock,
    put_off: PutOff = mails.put_off,
) -> None:
    with blog.store.write() as connection:
        put_off(connection, waiting, problem, clock())
    why = problem.message % problem.values
    log.warning("mail.put_off", mail=waiting.id, kind=waiting.kind, tries=waiting.tries, why=why)
