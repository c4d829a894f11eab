"""The operator's settings: environment variables ``TERTULIA_*``, and ``.env`` in the blog.

The README's table is held against ``Settings`` by a test.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from ..errors import N_, Fault, InvalidConfig
from .institution import InstitutionSignIn
from .mail_server import is_loopback
from .site_values import Address

PREFIX = "TERTULIA_"

_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_HOOK = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.~%-]+)*/?(\?[A-Za-z0-9_.~%&=+-]+)?"
)
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_][A-Za-z0-9_-]*)*")


def _folder(value: Path) -> Path:
    return value.expanduser().resolve()


def _hook(value: str) -> str:
    """An address that may carry a token in its query, as GitLab's do."""
    if not _HOOK.fullmatch(value):
        raise ValueError(N_("must be a web address like https://blog.example.org"))
    return value


Folder = Annotated[Path, AfterValidator(_folder)]
Hook = Annotated[str, AfterValidator(_hook)]


class Settings(InstitutionSignIn):
    """Where things are and how much is let in. Nothing here is shown to readers."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    blog: Folder = Field(default=Path(), description="folder of the blog")
    site_url: Address | None = Field(
        default=None, description="address of the site; else `address` in content/site.toml"
    )
    output: Path = Field(default=Path("output"), description="folder of the built site")
    var: Path = Field(default=Path("var"), description="folder of database and secrets")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy address; else a SQLite file in `var`"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    threads: int = Field(default=8, ge=1, le=64, description="requests answered at a time")
    serve_site: bool = Field(default=True, description="answer with the built site too")
    comments_git: Literal["off", "here", "clone"] = Field(
        default="off",
        description="how published files reach Git: `off` not at all, `here` committed in the"
        " blog's own checkout, `clone` pushed from a private clone",
    )
    comments_remote: str | None = Field(
        default=None, description="repository of the comments, for `clone`: address or folder"
    )
    comments_branch: str = Field(
        default="comments", description="branch of the comments, for `clone`"
    )
    comments_path: str = Field(
        default="",
        description="folder of the comments in that branch, like `content/comments`;"
        " empty: the branch holds nothing else",
    )
    build: Literal["here", "push", "webhook"] = Field(
        default="here",
        description="who builds the site: `here` this machine, `push` a CI that sees the push,"
        " `webhook` a CI that is called",
    )
    build_webhook: Hook | None = Field(
        default=None, description="address that starts the build, for `webhook`"
    )
    build_ref: str = Field(
        default="main", description="branch of the posts, named in the call to the webhook"
    )
    build_secret: SecretStr | None = Field(
        default=None, description="key that signs the call (Standard Webhooks)"
    )
    build_token: SecretStr | None = Field(
        default=None, description="token sent with the call as `Authorization: Bearer`"
    )
    erasures: Path = Field(
        default=Path("var/erasures.txt"),
        description="list of erased ids, kept apart from database and backups",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="reverse proxies whose X-Forwarded-For is believed"
    )
    max_waiting: int = Field(
        default=5_000, ge=1, description="undecided comments before new ones are put off"
    )
    max_per_network: int = Field(
        default=200, ge=1, description="comments from one network in an hour"
    )
    max_per_thread: int = Field(
        default=500, ge=1, description="comments in one conversation in an hour"
    )
    max_per_hour: int = Field(
        default=2_000, ge=1, description="comments in an hour in all, whatever became of them"
    )
    max_following_per_hour: int = Field(
        default=500,
        ge=1,
        description="requests to follow a conversation by e-mail in an hour in all",
    )
    tick_seconds: float = Field(
        default=10.0, ge=0.1, le=3600, description="pause between two looks at what waits"
    )
    undo_seconds: int = Field(
        default=20, ge=0, le=600, description="how long a decision can be undone before it leaves"
    )
    fault_step: str | None = Field(
        default=None, description="for tests only: `NAME:kill` ends the process at that step"
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError(N_("must begin with sqlite:/// or postgresql://"))
        return value

    @field_validator("comments_branch", "build_ref")
    @classmethod
    def _plain_branch(cls, value: str) -> str:
        if not _BRANCH.fullmatch(value) or ".." in value or value.endswith((".lock", "/", ".")):
            raise ValueError(N_("must be the name of a branch, like main"))
        return value

    @field_validator("comments_path")
    @classmethod
    def _plain_path(cls, value: str) -> str:
        if value and not _PATH.fullmatch(value):
            raise ValueError(N_("must be a folder inside the repository, like content/comments"))
        return value

    @field_validator("comments_remote")
    @classmethod
    def _plain_remote(cls, value: str | None) -> str | None:
        # `ext::` and its kind run a program; a leading hyphen would be an option of Git.
        if value is not None and (value.startswith("-") or "::" in value or not value.strip()):
            raise ValueError(N_("must be the address or folder of a Git repository"))
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.comments_git == "clone" and self.comments_remote is None:
            raise ValueError(N_("TERTULIA_COMMENTS_GIT=clone needs TERTULIA_COMMENTS_REMOTE"))
        if self.build == "webhook" and self.build_webhook is None:
            raise ValueError(N_("TERTULIA_BUILD=webhook needs TERTULIA_BUILD_WEBHOOK"))
        if self.build == "push" and self.comments_git != "clone":
            raise ValueError(N_("TERTULIA_BUILD=push needs TERTULIA_COMMENTS_GIT=clone"))
        return self

    @property
    def content_folder(self) -> Path:
        return self.blog / "content"

    @property
    def output_folder(self) -> Path:
        return self.blog / self.output

    @property
    def var_folder(self) -> Path:
        return self.blog / self.var

    @property
    def comments_folder(self) -> Path:
        """Where comment files are written and read by the build."""
        if self.comments_git == "clone":
            return self.clone_folder / self.comments_path
        return self.content_folder / "comments"

    @property
    def clone_folder(self) -> Path:
        """The publisher's private clone, in mode ``clone``."""
        return self.var_folder / "comments"

    @property
    def erasures_file(self) -> Path:
        return self.blog / self.erasures

    @property
    def database(self) -> str:
        """SQLAlchemy address with the driver that we ship."""
        if self.database_url is None:
            return f"sqlite:///{self.var_folder / 'tertulia.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)


def load_settings(**given: Any) -> Settings:
    """Settings from ``given`` (options of a command), the environment, then ``.env``.

    Raises InvalidConfig, naming every fault by its variable; an unknown ``TERTULIA_*``
    variable is a fault, as it is a misspelt one.
    """
    given = {name: value for name, value in given.items() if value is not None}
    blog = Path(given.get("blog") or os.environ.get(PREFIX + "BLOG") or ".")
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given_names = {*os.environ, *dotenv_values(blog / ".env")}
    faults = [
        Fault(name, N_("is not a setting"))
        for name in sorted(given_names - known)
        if name.startswith(PREFIX)
    ]
    try:
        settings = Settings(_env_file=blog / ".env", **given)  # type: ignore[call-arg]
    except ValidationError as error:
        faults += [_fault(each) for each in error.errors()]
    if faults:
        raise InvalidConfig(N_("The settings cannot be used:"), faults)
    return settings


def _fault(error: Any) -> Fault:
    name = PREFIX + "_".join(str(part) for part in error["loc"]).upper().removeprefix(PREFIX)
    if error["type"] == "value_error":
        return Fault(name, str(error["ctx"]["error"]))
    return Fault(name, N_("%(why)s; it is %(value)r"), why=error["msg"], value=error["input"])


def is_trial(settings: Settings, site_url: str) -> bool:
    """Whether nobody but this machine can reach the blog: the site's address and the bound
    socket are both loopback and no proxy is trusted. Never judged by a client's address."""
    return (
        settings.trusted_proxies == 0
        and is_loopback(urlsplit(site_url).hostname or "")
        and is_loopback(settings.host)
    )
