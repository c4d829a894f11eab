"""The files that staff's screens write among the comments, and what each may hold: ``_site/``.

settings.md     closing, heading and message of the form, deadlines (``site_settings``)
holidays.txt    the days on which nobody works, in the place of ``content/holidays.txt``
rules/          every version of every rule (``rules``, ``rulefile``)

Beside the comments of each conversation stands what staff decided about it, ``thread.md``
(``thread_file``).

They stand where the comments stand, in every mode of publishing. One function says whether a
file of this name may hold these bytes, for the service, the site and ``check-commit`` alike.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import N_, Fault, InvalidRuleFile
from . import holidays, rulefile, site_settings, thread_file
from .site_settings import SiteSettings
from .site_toml import SiteConfig
from .thread_file import ThreadState, thread_of

FOLDER = "_site"
SETTINGS = f"{FOLDER}/{site_settings.NAME}"
HOLIDAYS = f"{FOLDER}/holidays.txt"
RULES = f"{FOLDER}/rules"
SHOWN = "content/comments/"
"""How they are named to people, wherever the comments are."""
MAX_FILE_BYTES = 64_000
GOOD_SETTINGS = ".settings.md"
"""In the folder of last good copies: the settings that the last good build was made with."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold the build


def is_site_file(name: str) -> bool:
    """Whether a file below the comments' folder is one of these."""
    folder, _, last = name.rpartition("/")
    if folder == RULES:
        return rulefile.NAME.fullmatch(last) is not None
    return name in (SETTINGS, HOLIDAYS) or thread_of(name) is not None


def faults_of(name: str, data: bytes) -> tuple[Fault, ...]:
    """Why a file of this name may not hold these bytes; ``where``: line and key."""
    try:
        if len(data) > MAX_FILE_BYTES:
            raise Fault("", N_("is too large to be a setting"))
        if name == SETTINGS:
            site_settings.loads(data, name)
        elif name == HOLIDAYS:
            return holidays.faults_in(data)
        elif thread_of(name):
            thread_file.loads(data, name)
        elif is_site_file(name):
            rulefile.loads(data, name)
        else:
            raise Fault("", N_("is no file of the site's settings"))
    except Fault as fault:
        return (fault,)
    except InvalidRuleFile as error:
        return error.faults
    return ()


def digest(data: bytes) -> str:
    """16 hex digits of its SHA-256: by it the built site says what it was made with."""
    return hashlib.sha256(data).hexdigest()[:16]


def digests(comments: Path) -> dict[str, str]:
    """Of every one of these files in the comments' folder, by name."""
    found = {name: _plain(comments / name) for name in _names(comments)}
    return {name: digest(data) for name, data in sorted(found.items()) if data is not None}


def read_settings(
    comments: Path, good: Path | None = None
) -> tuple[SiteSettings, tuple[Fault, ...]]:
    """What staff set, among the files of this folder, and why it cannot be read.

    good: a copy of the last file that could be; it stands in for one that cannot.
    """
    data = _plain(comments / SETTINGS)
    faults = () if data is None else faults_of(SETTINGS, data)
    if not faults:
        return (site_settings.loads(data) if data else SiteSettings()), ()
    kept = _plain(good) if good else None
    usable = kept is not None and not faults_of(SETTINGS, kept)
    return (site_settings.loads(kept) if kept and usable else SiteSettings()), faults


def read_thread(comments: Path, thread: str) -> ThreadState | None:
    """What staff decided about a conversation; None where there is no such file.

    Raises InvalidRuleFile, also for a file that is no plain one.
    """
    name = thread_file.name_of(thread)
    if not os.path.lexists(comments / name):
        return None
    data = _plain(comments / name)
    if data is None:
        raise InvalidRuleFile(name, [Fault("", N_("is no plain file"))])
    if faults := faults_of(name, data):
        raise InvalidRuleFile(name, faults)
    return thread_file.loads(data, name)


def faulty_holidays(comments: Path) -> tuple[Fault, ...]:
    """Why the holidays that staff set cannot be read, line by line."""
    data = _plain(comments / HOLIDAYS)
    return () if data is None else faults_of(HOLIDAYS, data)


def site_with_settings(
    site: SiteConfig, comments: Path, good: Path | None = None
) -> tuple[SiteConfig, tuple[Fault, ...]]:
    """The institution as ``site.toml`` and then staff say."""
    said, faults = read_settings(comments, good)
    return site_settings.applied(site, said), faults


def _names(comments: Path) -> Iterator[str]:
    yield from (SETTINGS, HOLIDAYS)
    folder = comments / RULES
    if folder.is_dir() and not folder.is_symlink():
        yield from (
            name for each in folder.iterdir() if is_site_file(name := f"{RULES}/{each.name}")
        )
    if comments.is_dir():
        named = (thread_file.name_of(each.name) for each in comments.iterdir())
        yield from (name for name in named if thread_of(name))


def _plain(path: Path) -> bytes | None:
    """The bytes of a plain file, of no more than may be; None without one. Links are followed
    by nobody."""
    if path.parent.is_symlink():
        return None
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None
