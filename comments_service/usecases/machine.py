"""The foundations that `tertulia doctor` looks at: versions, disk, key, database; and its lines."""

import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from .. import signing
from ..config.settings import Settings
from ..errors import N_, TertuliaError
from ..store import migrations
from ..store.engine import Store
from .key_files import Keys, key_file

FEW_BYTES, TOO_FEW_BYTES = 2_000_000_000, 200_000_000
OLDEST_PYTHON = (3, 11)


class Health(StrEnum):
    GOOD = "good"
    ATTENTION = "attention"
    WRONG = "wrong"


WORDS = {
    Health.GOOD: N_("good"),
    Health.ATTENTION: N_("attention"),
    Health.WRONG: N_("wrong"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """words, advice: messages of the catalogue with their values; advice: "" where all is well."""

    health: Health
    words: str
    values: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""


def good(words: str, **values: object) -> Line:
    return Line(Health.GOOD, words, values)


def attention(words: str, advice: str, **values: object) -> Line:
    return Line(Health.ATTENTION, words, values, advice)


def wrong(words: str, advice: str, **values: object) -> Line:
    return Line(Health.WRONG, words, values, advice)


def fault(error: TertuliaError, advice: str) -> Line:
    return wrong(N_("%(why)s"), advice, why=str(error))


def versions() -> Iterator[Line]:
    python = ".".join(map(str, sys.version_info[:3]))
    values = {"tertulia": version("tertulia"), "python": python, "pelican": version("pelican")}
    if sys.version_info[:2] < OLDEST_PYTHON:
        advice = N_("Install Python 3.11 or a newer one.")
        yield wrong(N_("This Python is too old: %(python)s."), advice, python=python)
    else:
        yield good(N_("Tertulia %(tertulia)s, Python %(python)s, Pelican %(pelican)s."), **values)


def disk(settings: Settings) -> Iterator[Line]:
    folder = next(
        each for each in (settings.var_folder, *settings.var_folder.parents) if each.is_dir()
    )
    free = shutil.disk_usage(folder).free
    megabytes = free // 1_000_000
    advice = N_("Make room: when the disk is full no comment can be taken.")
    if free < TOO_FEW_BYTES:
        yield wrong(N_("The disk is nearly full: %(free)s MB are free."), advice, free=megabytes)
    elif free < FEW_BYTES:
        yield attention(N_("Not much disk is left: %(free)s MB."), advice, free=megabytes)
    else:
        yield good(N_("There is room on the disk: %(free)s MB."), free=megabytes)


def key(settings: Settings) -> Iterator[Line]:
    path = key_file(settings)
    try:
        about = path.stat()
    except OSError:
        if (settings.var_folder / "tertulia.sqlite3").exists() or settings.database_url:
            advice = N_("Restore it from a backup: without it readers' private links do not work.")
            yield wrong(N_("There is no key in %(path)s."), advice, path=path)
        else:
            yield good(N_("The key is made with the first start."))
        return
    mode = stat.S_IMODE(about.st_mode)
    if about.st_size != signing.MASTER_KEY_BYTES:
        advice = N_("Restore it from a backup.")
        yield wrong(N_("The key in %(path)s is not whole."), advice, path=path)
    elif mode & 0o077:
        advice = N_("Let its owner alone read it: chmod 600 on that file.")
        yield wrong(N_("Others can read the key in %(path)s."), advice, path=path)
    else:
        yield good(N_("The key is whole, and its owner alone can read it."))


def keys_here(settings: Settings) -> Keys:
    """Nothing is opened or made with them here, so a missing one may be any other."""
    master = bytes(signing.MASTER_KEY_BYTES)
    with suppress(OSError):
        master = key_file(settings).read_bytes()
    return Keys(master, master)


def database(settings: Settings, store: Store) -> Line:
    file = store.engine.url.database if store.is_sqlite else None
    if file is not None and not Path(file).exists():
        advice = N_("`tertulia up` makes it. If there was one, restore it from a backup.")
        return wrong(N_("There is no database yet in %(file)s."), advice, file=file)
    try:
        with store.read() as connection:
            has = migrations.revision_of(connection)
    except TertuliaError as error:
        return fault(error, N_("See that it runs, and look at TERTULIA_DATABASE_URL."))
    if has != migrations.newest():
        advice = N_("`tertulia migrate` or the next start brings its tables up to date.")
        return wrong(N_("The tables of the database are of another version."), advice)
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    return good(N_("The database (%(kind)s) answers and is up to date."), kind=kind)
