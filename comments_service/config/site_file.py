"""Reading ``content/site.toml``: every fault is named by its key, all at once."""

import contextlib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..domain.names import name_key
from ..errors import N_, Fault, InvalidConfig
from .site_toml import LANGUAGES, SiteConfig

FILE = "content/site.toml"


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
        for key, name in sorted({name_key(name): name for name in sorted(names)}.items()):
            if key in seen:
                message = N_("“%(name)s” is the name of %(other)s too")
                other = f"{where}.{seen[key]}"
                yield Fault(f"{where}.{number}.name", message, name=name, other=other)
            seen.setdefault(key, number)


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
    parts = [str(part) for part in error["loc"] if part != ""]
    if parts[-1:] == ["[key]"]:  # a language
        message = N_("must be one of %(known)s")
        return Fault(".".join(parts[:-1]), message, known=", ".join(LANGUAGES))
    where = ".".join(parts) or "site.toml"
    known = {
        "missing": N_("is missing"),
        "extra_forbidden": N_("is not a setting"),
        "string_pattern_mismatch": N_("must look like #1f5f5b"),
        "string_too_short": N_("must not be empty"),
        "too_short": N_("must not be empty"),
        "dict_type": N_("must be a text, or one for each language"),
    }
    if error["type"] == "value_error":
        return Fault(where, str(error["ctx"]["error"]))
    return Fault(where, known.get(error["type"], N_("%(why)s")), why=error["msg"])
