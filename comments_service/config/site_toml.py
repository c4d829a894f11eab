"""What ``content/site.toml`` may say: who the institution is, for the site and the service.

No institution's name, address or colour stands in any template or module. ``site_file`` reads
the file.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from ..domain.names import name_key
from ..domain.workdays import Count
from ..errors import N_
from .site_values import (
    Address,
    File,
    Hour,
    Line,
    Link,
    Localized,
    LocalizedLine,
    Region,
    Timezone,
    Until,
)

Language = Literal["es", "eu", "en"]
Place = Literal["email", "whatsapp", "telegram", "mastodon", "bluesky", "linkedin", "facebook", "x"]
"""Where a reader can pass an article on."""
LANGUAGES: tuple[Language, ...] = ("es", "eu", "en")
LANGUAGE_NAMES: dict[str, str] = {"es": "Castellano", "eu": "Euskara", "en": "English"}
"""Each language by its own name."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Contact(_Table):
    """Where a reader finds a person. registry: address of the administrative registry.
    complaints: who looks at a refusal once more where a single person decides: an office, an
    e-mail or a web address."""

    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    registry: Link | None = None
    complaints: Line | None = None


class Legal(_Table):
    """What the law asks for on every page of legal notice."""

    tax_id: Line | None = None
    dpo: Line | None = None
    accessibility_reviewed: date | None = None


class Comments(_Table):
    """How the conversation looks, and when comments are taken at all.

    Texts left out come from the catalogue. ``tertulia_plugins.comments.policy`` says whose
    word counts when an article or its category says something else.

    default: of articles. close_after_days: after publication, that day included.
    closed_until: no article takes comments before that day is over, or before that moment.
    closed_message: why, Markdown, as long as that holds.
    ask_email: the form on the site's pages has a field for an e-mail address. The service's
    own form has it wherever mail can be sent.
    me_too, reports: below each comment, links to say that one wants it answered too, and to
    tell of a problem with it.
    """

    default: Literal["open", "closed"] = "open"
    close_after_days: int | None = Field(default=None, ge=1, le=36_500)
    closed_until: Until | None = None
    closed_message: Localized = Field(default_factory=dict)
    order: Literal["newest", "oldest"] = "newest"
    numbering: Literal["permanent", "position"] = "permanent"
    linkbacks_always: bool = False
    ask_email: bool = False
    me_too: bool = True
    reports: bool = True
    heading: Localized = Field(default_factory=dict)
    message: Localized = Field(default_factory=dict)


class Mails(_Table):
    """How mails to readers speak. address_as: in Spanish, *tú* or *usted*."""

    address_as: Literal["tú", "usted"] = "tú"


class Retention(_Table):
    """How long is kept what nobody sees. Terms: ``domain.personal_data``."""

    unpublished_months: int = Field(default=6, ge=1, le=60)
    spam_days: int = Field(default=30, ge=1, le=365)
    address_months: int = Field(default=12, ge=1, le=60)


class Deadlines(_Table):
    """Working days that readers are promised; a term that is left out promises nothing.

    decide: until a person read it and decided. answer: until the first answer. resolve: until
    the last one, where others have to be asked. count: see ``domain.workdays``. region: whose
    holidays are kept beside ``content/holidays.txt``, a state or a part of one: ES, ES-PV.
    opens, closes: the hours in which people work, and in which mails about deadlines leave.
    """

    decide: int | None = Field(default=None, ge=1, le=250)
    answer: int | None = Field(default=None, ge=1, le=250)
    resolve: int | None = Field(default=None, ge=1, le=250)
    count: Count = "simple"
    region: Region | None = None
    opens: Hour = "08:00"
    closes: Hour = "15:00"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(N_("closes has to be later than opens"))
        return self

    @property
    def are_set(self) -> bool:
        return (self.decide, self.answer, self.resolve) != (None, None, None)


class EarlierRule(_Table):
    """A rule of participation in one version, as ``[[rules]]`` said it: see ``rules``."""

    number: int = Field(ge=1, le=99)
    version: int = Field(default=1, ge=1)
    since: date
    title: Localized
    text: Localized


class CategoryInfo(_Table):
    """A category of articles. Named in several languages, it is one category in all of them.

    comments, close_after_days (0: never): of its articles, where it is not as ``[comments]`` says.
    """

    name: LocalizedLine
    description: Localized = Field(default_factory=dict)
    comments: Literal["open", "closed"] | None = None
    close_after_days: int | None = Field(default=None, ge=0, le=36_500)


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
    timezone: Timezone = "Europe/Madrid"
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#1f5f5b"
    logo: File | None = None
    licence: Link | None = None
    contact: Contact = Contact()
    legal: Legal = Legal()
    comments: Comments = Comments()
    mails: Mails = Mails()
    retention: Retention = Retention()
    deadlines: Deadlines = Deadlines()
    share: list[Place] = ["email", "whatsapp", "telegram"]
    rules: list[EarlierRule] = Field(default_factory=list)
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
