"""A real mail server on a loopback port: it keeps what it takes and refuses when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.support.service import free_port


@dataclass
class Sink:
    """taken: the mails, oldest first, with their envelopes in ``envelopes`` as (from, to).

    answers, data_answers: what it says to the next recipients and texts, one each; then it
    takes everything. asked: recipients that were named to it. logins: tried, as (name, password).
    way: how it encrypts, as our setting has it.
    """

    port: int
    answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    asked: int = 0
    way: str = "off"
    login: tuple[str, str] = ("", "")
    logins: list[tuple[str, str]] = field(default_factory=list)

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        pair = (given.login.decode(), given.password.decode())
        self.logins.append(pair)
        return AuthResult(success=pair == self.login, handled=False)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.raw.append(envelope.content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"

    def subjects(self) -> list[str]:
        return [str(each["Subject"]) for each in self.taken]

    def text(self, number: int = -1) -> str:
        """The text of a mail, with the line ends of this program."""
        content: str = self.taken[number].get_content()
        return content.replace("\r\n", "\n")


@contextmanager
def mail_server(
    port: int | None = None,
    *,
    starttls: SSLContext | None = None,
    tls: SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[Sink]:
    """A running server that is stopped at the end."""
    sink = Sink(port or free_port())
    more: dict[str, Any] = {}
    if starttls:
        more |= {"tls_context": starttls, "require_starttls": True}
    if tls:
        more |= {"ssl_context": tls, "auth_require_tls": False}
    if login:
        more |= {"authenticator": sink.authenticate, "auth_required": True}
        sink.login = login
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, **more)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
