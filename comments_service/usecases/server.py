"""The operator's settings, as they may be shown: what is set, and where; never a secret."""

import os
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import SecretStr

from ..config.settings import PREFIX, Settings
from ..content_repo.addresses import masked_address
from ..errors import N_


class Where(StrEnum):
    """Where a setting comes from. GIVEN: by an option of the command."""

    ENVIRONMENT = "environment"
    FILE = "file"
    GIVEN = "given"
    DEFAULT = "default"
    NOWHERE = "nowhere"


WORDS = {
    Where.ENVIRONMENT: N_("in the environment"),
    Where.FILE: N_("in the file .env"),
    Where.GIVEN: N_("by an option of the command"),
    Where.DEFAULT: N_("by default"),
    Where.NOWHERE: N_("not set"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One variable. field: of the settings; value: as it may be shown; is_secret: it is set
    and not shown."""

    field: str
    name: str
    value: str
    where: Where
    is_secret: bool = False


def shown(settings: Settings) -> list[Shown]:
    """Every setting by its variable, but for those that serve tests alone."""
    in_file = dotenv_values(settings.blog / ".env")
    found = []
    for field, about in Settings.model_fields.items():
        name = PREFIX + field.upper()
        if field == "fault_step":
            continue
        value = getattr(settings, field)
        if name in os.environ:
            where = Where.ENVIRONMENT
        elif name in in_file:
            where = Where.FILE
        else:
            usual = Where.NOWHERE if value is None else Where.DEFAULT
            where = usual if value == about.default else Where.GIVEN
        is_secret = isinstance(value, SecretStr)
        found.append(Shown(field, name, _harmless(field, value), where, is_secret))
    return found


def _harmless(field: str, value: object) -> str:
    """Without passwords and tokens, which addresses may hold too."""
    if value is None or isinstance(value, SecretStr):
        return ""
    text = str(value)
    if field == "comments_remote":
        return masked_address(text)
    if "://" not in text:
        return text
    parts = urlsplit(text)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
