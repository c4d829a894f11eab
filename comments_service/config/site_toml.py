"""``content/site.toml``: who the institution is. Read by the site and by the service.

No institution's name, address or colour stands in any template or module.
"""

import contextlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ..errors import N_, Fault, InvalidConfig

Language = Literal["es", "eu", "en"]
Place = Literal["email", "whatsapp", "telegram", "mastodon", "bluesky", "linkedin", "facebook", "x"]
"""Where a reader can pass an article on."""
LANGUAGES: tuple[Language, ...] = ("es", "eu", "en")
FILE = "content/site.toml"

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
Localized = Annotated[dict[Language | Literal[""], str], BeforeValidator(_localized)]
"""One text for all languages (key ``""``) or one for each."""
LocalizedLine = Annotated[
    dict[Language | Literal[""], Line], Field(min_length=1), BeforeValidator(_localized)
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
    """The institution. languages: the first one is the default, at ``/``."""

    name: Line
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
        return self._categories.get(plain_name(name))

    def author(self, name: str) -> Author | None:
        return self._authors.get(plain_name(name))

    @cached_property
    def _categories(self) -> dict[str, CategoryInfo]:
        named = ((name, each) for each in self.categories for name in each.name.values())
        return {plain_name(name): each for name, each in named}

    @cached_property
    def _authors(self) -> dict[str, Author]:
        return {plain_name(each.name): each for each in self.authors}

    def rules_in_force(self) -> list[Rule]:
        """The newest version of each rule, by number."""
        newest = {rule.number: rule for rule in sorted(self.rules, key=lambda rule: rule.version)}
        return [newest[number] for number in sorted(newest)]


def plain_name(name: str) -> str:
    """What two names have in common that give the same address: ``Gestión  pública`` and
    ``gestion publica`` are one."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", letters))


def load_site(blog: Path) -> SiteConfig:
    """Read ``content/site.toml`` of the blog in ``blog``.

    Raises InvalidConfig, naming every fault with its key.
    """
    path = blog / FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise _wrong(
            path, Fault("site.toml", N_("is missing; `tertulia init` makes one"))
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, Fault("site.toml", N_("is not TOML: %(why)s"), why=error)) from error
    try:
        site = SiteConfig.model_validate(data)
    except ValidationError as error:
        raise _wrong(path, *map(_fault, error.errors())) from error
    faults = [
        *_repeated("categories", [set(each.name.values()) for each in site.categories]),
        *_repeated("authors", [{each.name} for each in site.authors]),
    ]
    if site.logo and not (blog / "content" / site.logo).is_file():
        faults.append(Fault("logo", N_("no file content/%(logo)s"), logo=site.logo))
    if faults:
        raise _wrong(path, *faults)
    return site


def _repeated(where: str, named: Sequence[Iterable[str]]) -> Iterator[Fault]:
    """A fault for each name that an earlier entry has too."""
    seen: dict[str, int] = {}
    for number, names in enumerate(named):
        for plain, name in sorted({plain_name(name): name for name in sorted(names)}.items()):
            if plain in seen:
                message = N_("“%(name)s” is the name of %(other)s too")
                other = f"{where}.{seen[plain]}"
                yield Fault(f"{where}.{number}.name", message, name=name, other=other)
            seen.setdefault(plain, number)


class SiteReader:
    """The institution as ``site.toml`` says now: read again when the file changes.

    A change that cannot be used leaves the last good reading in force.
    """

    def __init__(self, blog: Path) -> None:
        """Raises InvalidConfig."""
        self._blog = blog
        self._stamp = self._now()
        self._site = load_site(blog)

    def __call__(self) -> SiteConfig:
        if (stamp := self._now()) != self._stamp:
            self._stamp = stamp
            with contextlib.suppress(InvalidConfig):
                self._site = load_site(self._blog)
        return self._site

    def _now(self) -> tuple[int, int] | None:
        try:
            stat = (self._blog / FILE).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


def _wrong(path: Path, *faults: Fault) -> InvalidConfig:
    return InvalidConfig(N_("%(path)s cannot be used:"), faults, path=path)


def _fault(error: Any) -> Fault:
    where = ".".join(str(part) for part in error["loc"] if part != "") or "site.toml"
    known = {
        "missing": N_("is missing"),
        "extra_forbidden": N_("is not a setting"),
        "string_pattern_mismatch": N_("must look like #1f5f5b"),
        "string_too_short": N_("must not be empty"),
        "too_short": N_("must not be empty"),
    }
    if error["type"] == "value_error":
        return Fault(where, str(error["ctx"]["error"]))
    return Fault(where, known.get(error["type"], N_("%(why)s")), why=error["msg"])
