"""A mail in its form (RFC 5322): plain text, headers that no text from outside can break.

Sources: RFC 3834 (``Auto-Submitted``), MS-OXCMAIL (``X-Auto-Response-Suppress``), RFC 8058
(one-click unsubscribing).
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from ..domain.characters import LINE_END, MISLEADING, UNSAFE

MAX_SUBJECT_CHARS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one mail says. id: within this blog; host: of the site's address.

    sender_name, sender: who it is from; reply_to: read by a person; to: plain addresses.
    unsubscribe: address that ends the mails with one POST, or None.
    """

    id: int
    asked_at: datetime
    host: str
    sender_name: str
    sender: str
    reply_to: str
    to: str
    lang: str
    subject: str
    body: str
    unsubscribe: str | None


class _Policy(EmailPolicy):
    """Addresses in headers stay whole: Python folds a long one as encoded words (RFC 2047), and
    no mail program finds the address in them again."""

    def fold(self, name: str, value: Any) -> str:
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "List-Unsubscribe":
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


_POLICY = _Policy(linesep="\r\n")


def compose(mail: Mail, now: datetime) -> EmailMessage:
    """The whole mail. The same mail has the same Message-ID whenever it is made."""
    message = EmailMessage(policy=_POLICY)
    message["Date"] = now
    message["Message-ID"] = f"<{mail.id}.{int(mail.asked_at.timestamp())}.tertulia@{mail.host}>"
    message["From"] = Address(one_line(mail.sender_name), addr_spec=mail.sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Reply-To"] = Address(one_line(mail.sender_name), addr_spec=mail.reply_to)
    message["Subject"] = _cut(one_line(mail.subject))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Letters of any language pass servers that know seven bits only.
    message.set_content(_plain(mail.body), charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = mail.lang  # after the content, which drops its own headers
    return message


def one_line(text: str) -> str:
    """The text in one line, without anything that ends a line or turns it round.

    Nor an encoded word (RFC 2047): Python decodes what it finds in a header's value, line ends
    in it too.
    """
    return " ".join(_plain(LINE_END.sub(" ", text)).replace("=?", "= ?").split())


def _plain(text: str) -> str:
    return MISLEADING.sub("", UNSAFE.sub("", text))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SUBJECT_CHARS else text[: MAX_SUBJECT_CHARS - 1] + "…"
