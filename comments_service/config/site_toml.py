"""What ``content/site.toml`` may say: who the institution is, for the site and the service.

No institution's name, address or colour stands in any template or module. ``site_file`` reads
the file.
"""

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from ..domain.names import name_key
from ..errors import N_

Language = Literal["es", "eu", "en"]
Place = Literal["email", "whatsapp", "telegram", "mastodon", "bluesky", "linkedin", "facebook", "x"]
"""Where a reader can pass an article on."""
LANGUAGES: tuple[Language, ...] = ("es", "eu", "en")
LANGUAGE_NAMES: dict[str, str] = {"es": "Castellano", "eu": "Euskara", "en": "English"}
"""Each language by its own name."""

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
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


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(N_("must be a time zone like Europe/Madrid")) from error
    return value


def _localized(value: object) -> object:
    """A plain string stands for every language."""
    return {"": value} if isinstance(value, str) else value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, AfterValidator(_address)]
"""Without a closing slash, so that a path can follow."""
Link = Annotated[str, AfterValidator(_link)]
LanguageOrAll = Literal["es", "eu", "en", ""]
Localized = Annotated[dict[LanguageOrAll, str], BeforeValidator(_localized)]
"""One text for all languages (key ``""``) or one for each."""
LocalizedLine = Annotated[
    dict[LanguageOrAll, Line], Field(min_length=1), BeforeValidator(_localized)
]
"""The same for a name, which has at least one."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Contact(_Table):
    """Where a reader finds a person. registry: address of the administrative registry."""

    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    registry: Link | None = None


class Legal(_Table):
    """What the law asks for on every page of legal notice."""

    tax_id: Line | None = None
    dpo: Line | None = None
    accessibility_reviewed: date | None = None


class Comments(_Table):
    """How the conversation looks. Texts left out come from the catalogue."""

    order: Literal["newest", "oldest"] = "newest"
    numbering: Literal["permanent", "position"] = "permanent"
    linkbacks_always: bool = False
    heading: Localized = Field(default_factory=dict)
    message: Localized = Field(default_factory=dict)


class Rule(_Table):
    """A rule of participation in one version. number, version: from 1."""

    number: int = Field(ge=1, le=99)
    version: int = Field(default=1, ge=1)
    since: date
    title: Localized
    text: Localized


class CategoryInfo(_Table):
    """A category of articles. Named in several languages, it is one category in all of them."""

    name: LocalizedLine
    description: Localized = Field(default_factory=dict)


class Author(_Table):
    """Somebody who signs articles, as readers are to know them."""

    name: Line
    position: Localized = Field(default_factory=dict)
    department: Localized = Field(default_factory=dict)
    about: Localized = Field(default_factory=dict)


class SiteConfig(_Table):
    """The institution. languages: the first one is the default, at ``/``.

    names: what ``name`` says in the file, for all languages or for each.
    """

    names: LocalizedLine = Field(validation_alias="name")
    tagline: Localized = Field(default_factory=dict)
    address: Address
    languages: Annotated[list[Language], Field(min_length=1)]
    timezone: Annotated[str, AfterValidator(_timezone)] = "Europe/Madrid"
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#1f5f5b"
    logo: Annotated[str, AfterValidator(_file)] | None = None
    licence: Link | None = None
    contact: Contact = Contact()
    legal: Legal = Legal()
    comments: Comments = Comments()
    share: list[Place] = ["email", "whatsapp", "telegram"]
    rules: list[Rule] = Field(default_factory=list)
    categories: list[CategoryInfo] = Field(default_factory=list)
    authors: list[Author] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_language_once(self) -> "SiteConfig":
        if len(set(self.languages)) != len(self.languages):
            raise ValueError(N_("languages names one twice"))
        if len(set(self.share)) != len(self.share):
            raise ValueError(N_("share names one twice"))
        return self

    @property
    def default_language(self) -> Language:
        return self.languages[0]

    @property
    def name(self) -> str:
        """The institution's name in its first language."""
        return self.named(self.default_language)

    def named(self, language: str) -> str:
        """The institution's name as a text in ``language`` says it."""
        return self.text(self.names, language)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def text(self, localized: dict[Any, str], language: str) -> str:
        """The text in ``language``, else for all, else in the first language that has one."""
        for key in (language, "", *self.languages):
            if localized.get(key):
                return localized[key]
        return ""

    def category(self, name: str) -> CategoryInfo | None:
        """The category that bears this name in some language."""
        return self._categories.get(name_key(name))

    def author(self, name: str) -> Author | None:
        return self._authors.get(name_key(name))

    @cached_property
    def _categories(self) -> dict[str, CategoryInfo]:
        named = ((name, each) for each in self.categories for name in each.name.values())
        return {name_key(name): each for name, each in named}

    @cached_property
    def _authors(self) -> dict[str, Author]:
        return {name_key(each.name): each for each in self.authors}

    def rules_in_force(self) -> list[Rule]:
        """The newest version of each rule, by number."""
        newest = {rule.number: rule for rule in sorted(self.rules, key=lambda rule: rule.version)}
        return [newest[number] for number in sorted(newest)]
