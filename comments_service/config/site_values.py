"""The single values of ``content/site.toml``, each checked by itself."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from ..errors import N_

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")


def _link(value: str) -> str:
    if not _ADDRESS.fullmatch(value.rstrip("/")):
        raise ValueError(N_("must be a web address like https://blog.example.org"))
    return value


def _address(value: str) -> str:
    return _link(value).rstrip("/")


def _file(value: str) -> str:
    if not _FILE.fullmatch(value) or ".." in value:
        raise ValueError(N_("must be a file in content/, like images/logo.svg"))
    return value


def _hour(value: str) -> str:
    if not _HOUR.fullmatch(value):
        raise ValueError(N_("must be a time like 08:00"))
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(N_("must be a time zone like Europe/Madrid")) from error
    return value


def _region(value: str) -> str:
    if not _REGION.fullmatch(value):
        raise ValueError(N_("must be a state or a part of one, like ES or ES-PV"))
    return value


def _until(value: object) -> object:
    """A day or a moment of TOML, or the same between quotes."""
    try:
        if isinstance(value, str):
            is_day = len(value) == len("2026-12-31")
            value = date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
        if isinstance(value, date) and 2000 <= value.year < 3000:
            return value
    except ValueError:
        pass
    raise ValueError(N_("must be a day or a moment, like 2027-05-23 or 2027-05-23T20:00"))


def _localized(value: object) -> object:
    """A plain string stands for every language."""
    return {"": value} if isinstance(value, str) else value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, AfterValidator(_address)]
"""Without a closing slash, so that a path can follow."""
Link = Annotated[str, AfterValidator(_link)]
Hour = Annotated[str, AfterValidator(_hour)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Region = Annotated[str, AfterValidator(_region)]
File = Annotated[str, AfterValidator(_file)]
Until = Annotated[datetime | date, BeforeValidator(_until)]
LanguageOrAll = Literal["es", "eu", "en", ""]
Localized = Annotated[dict[LanguageOrAll, str], BeforeValidator(_localized)]
"""One text for all languages (key ``""``) or one for each."""
LocalizedLine = Annotated[
    dict[LanguageOrAll, Line], Field(min_length=1), BeforeValidator(_localized)
]
"""The same for a name, which has at least one."""
