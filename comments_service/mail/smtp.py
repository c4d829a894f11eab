"""The one door to SMTP: one mail to one address, within a limit of time.

Certificates are checked, and where encryption is asked for nothing is said without it. What
goes wrong is told with the server's name and reply code alone: its words may hold the address.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from ..errors import N_, MailRefused, MailUnavailable

STEP_SECONDS = 15.0
"""For each thing that is asked of the server."""

ALL_SECONDS = 60.0
"""For one mail altogether, however slowly the server speaks."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over. password: "" where nobody signs in. name: our own, for EHLO."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "off"]
    user: str
    password: str
    name: str


def send(server: Server, message: EmailMessage, sender: str, to: str) -> None:
    """Hand over one mail. When this returns the server has it.

    Raises MailRefused: never again with this mail; MailUnavailable: later.
    """
    with _told(server):
        try:
            client = _client(server)
            with _deadline(client, ALL_SECONDS):
                _open(client, server)
                client.sendmail(sender, [to], message.as_bytes())
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    client.quit()  # it has the mail, whatever it says now
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _of_one_mail(server, code) from None
        except smtplib.SMTPDataError as error:
            raise _of_one_mail(server, error.smtp_code) from None


def greet(server: Server, seconds: float) -> None:
    """Connect, encrypt and sign in as for a mail, and send none. Raises MailUnavailable."""
    with _told(server):
        client = _client(server)
        client.timeout = seconds
        with _deadline(client, seconds):
            _open(client, server)
            client.ehlo_or_helo_if_needed()
            client.quit()


@contextlib.contextmanager
def _told(server: Server) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPResponseException as error:
        # Who we are, or who the mail is from, was refused: no fault of this mail.
        raise MailUnavailable(
            N_("The mail server %(host)s refuses us (%(code)s)."),
            host=server.host,
            code=error.smtp_code,
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise MailUnavailable(
            N_("The certificate of the mail server %(host)s cannot be trusted."), host=server.host
        ) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailUnavailable(
            N_("The mail server %(host)s does not answer as it should (%(why)s)."),
            host=server.host,
            why=type(error).__name__,
        ) from None


def _of_one_mail(server: Server, code: int) -> MailRefused | MailUnavailable:
    if 500 <= code < 600:
        words = N_("The mail server %(host)s refuses this mail for good (%(code)s).")
        return MailRefused(code, words, host=server.host)
    words = N_("The mail server %(host)s does not take this mail now (%(code)s).")
    # 421 too: large providers say it of one sender to one address, and the server that takes
    # nothing from anybody says so again to the next mail, before any address is named.
    return MailUnavailable(words, alone=True, host=server.host, code=code)


class _Client(smtplib.SMTP):
    """Not connected yet, so that the deadline covers its first words too."""

    def __init__(self, server: Server) -> None:
        super().__init__(local_hostname=server.name, timeout=STEP_SECONDS)
        self._host = server.host  # whose certificate STARTTLS must show


class _TlsClient(smtplib.SMTP_SSL):
    def __init__(self, server: Server) -> None:
        context = ssl.create_default_context()
        super().__init__(local_hostname=server.name, timeout=STEP_SECONDS, context=context)
        self._host = server.host


def _client(server: Server) -> smtplib.SMTP:
    return _TlsClient(server) if server.tls == "tls" else _Client(server)


def _open(client: smtplib.SMTP, server: Server) -> None:
    code, _ = client.connect(server.host, server.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, b"")
    if server.tls == "starttls":
        client.starttls(context=ssl.create_default_context())
    if server.user:
        client.login(server.user, server.password)


@contextlib.contextmanager
def _deadline(client: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection when the time is over; closes it in the end."""

    def cut() -> None:
        with contextlib.suppress(OSError, AttributeError):
            (client.sock or socket.socket()).shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        client.close()
