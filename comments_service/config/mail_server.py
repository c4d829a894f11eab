"""The operator's settings for mails: the server that takes them, and who they are from."""

import re
from ipaddress import ip_address
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from ..domain.mails import checked_address
from ..errors import N_, Fault

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+")
_PORTS = {"starttls": 587, "tls": 465, "off": 25}


class MailServer(BaseSettings):
    """Without ``smtp_host`` no mail is sent and readers are asked for no address."""

    smtp_host: str | None = Field(
        default=None, description="mail server; without it no mail is sent or asked for"
    )
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="its port; else 587, with `tls` 465, `off` 25"
    )
    smtp_user: str | None = Field(default=None, description="name to sign in with there")
    smtp_password: SecretStr | None = Field(default=None, description="password to sign in with")
    smtp_tls: Literal["starttls", "tls", "off"] = Field(
        default="starttls",
        description="encryption; `off` only to this machine. Certificates are always checked",
    )
    mail_from: str | None = Field(
        default=None, description="address that mails are from, like blog@example.org"
    )
    mail_reply_to: str | None = Field(
        default=None,
        description="address for replies, read by a person; else the one in content/site.toml",
    )

    @field_validator("smtp_host")
    @classmethod
    def _plain_host(cls, value: str | None) -> str | None:
        if value is not None and not _HOST.fullmatch(value):
            raise ValueError(N_("must be the name of a mail server, like mail.example.org"))
        return value

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def _plain_address(cls, value: str | None) -> str | None:
        try:
            return None if value is None else checked_address(value)
        except Fault as fault:
            raise ValueError(N_("must be an e-mail address, like blog@example.org")) from fault

    @model_validator(mode="after")
    def _whole_server(self) -> "MailServer":
        if self.smtp_host is None:
            return self
        if self.mail_from is None:
            raise ValueError(N_("TERTULIA_SMTP_HOST needs TERTULIA_MAIL_FROM"))
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError(N_("TERTULIA_SMTP_USER and TERTULIA_SMTP_PASSWORD need each other"))
        if self.smtp_tls == "off" and not is_loopback(self.smtp_host):
            raise ValueError(N_("TERTULIA_SMTP_TLS=off is only for a server on this machine"))
        return self

    @property
    def smtp_port_used(self) -> int:
        return self.smtp_port or _PORTS[self.smtp_tls]


def is_loopback(host: str) -> bool:
    """Whether this is an address of this machine alone, or ``localhost``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
