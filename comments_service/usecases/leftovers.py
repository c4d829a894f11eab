"""Copies that the program itself made for safety, and how long they are kept.

They may hold what was erased since. Removed after eight days, as the keys of the day are:

    var/before-upgrade, before-upgrade-<time>   the database, left by an upgrade that ended badly
    var/before-restore-<time>/                  what a restore put aside
    var/comments-from-backup/                   comment files of a backup, where Git's count
    .restoring/                                 left by a restore that was killed
    var/backups/.*.part                         left by a backup that was killed

Of the backups that upgrades made in ``var/backups`` the newest three are kept, for ninety
days at most; those that somebody asked for are theirs. Nothing else is ever removed.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..config.settings import Settings
from ..content_repo import export
from ..domain.comments import ID_PATTERN
from ..errors import N_, CannotWrite
from ..store import day_keys

KEPT = day_keys.KEPT
BACKUPS_KEPT = timedelta(days=90)
NEWEST = 3
"""So many of the upgrades' own backups."""

BEFORE_UPGRADE = "before-upgrade"
BEFORE_RESTORE = "before-restore"
FROM_BACKUP = "comments-from-backup"
RESTORING = ".restoring"
BACKUPS = "backups"

_TIME = r"\d{8}T\d{6}Z"
_COPY = re.compile(rf"{BEFORE_UPGRADE}(-{_TIME})?|{BEFORE_RESTORE}-{_TIME}|{FROM_BACKUP}")
_PART = re.compile(rf"\.tertulia-{_TIME}(-{BEFORE_UPGRADE})?\.(tar|secrets)\.part")
_OF_UPGRADE = re.compile(rf"tertulia-({_TIME})-{BEFORE_UPGRADE}")


def stamp(now: datetime) -> str:
    """A time as the names of copies have it: ``20261120T100000Z``."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def remove_old(settings: Settings, now: datetime) -> list[Path]:
    """Remove the copies that are too old; which ones those were.

    Raises CannotWrite when one could not be removed, after trying all.
    """
    removed: list[Path] = []
    failed: tuple[Path, OSError] | None = None
    for path in (*_old_copies(settings, now), *_old_backups(settings, now)):
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            failed = path, error
            continue
        removed.append(path)
    if failed:
        path, problem = failed
        raise CannotWrite(
            N_("The old copy %(path)s cannot be removed: %(why)s"), path=path, why=problem.strerror
        ) from problem
    return removed


def erase_copies(settings: Settings, comment_id: str, thread: str) -> None:
    """Remove the comment's file from every copy of the comment files that does not count.

    thread: where it belongs; a file that stands in another folder too goes as well.
    Copies of the database and backups keep it until ``remove_old``. Raises CannotWrite.
    """
    if not ID_PATTERN.fullmatch(comment_id):
        return
    names = (f"{comment_id}.md", f".{comment_id}.tmp")
    for folder in _folders_of_comments(settings):
        others = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        for place in dict.fromkeys((thread, *others)):
            # A link could lead to files that are not ours.
            if (folder / place).is_symlink() or not (folder / place).is_dir():
                continue
            for name in names:
                _unlink(folder / place / name)


def _folders_of_comments(settings: Settings) -> Iterator[Path]:
    if settings.comments_git == "clone":
        yield settings.content_folder / "comments"
    elif settings.clone_folder.is_dir():
        yield settings.clone_folder / settings.comments_path
    if settings.comments_git != "here":  # of a mode that was, and nobody renews it
        yield settings.var_folder / export.NAME
    yield settings.var_folder / FROM_BACKUP
    for copy in settings.var_folder.glob(f"{BEFORE_RESTORE}-*"):
        yield copy / "content" / "comments"


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(
            N_("The old copy %(path)s cannot be removed: %(why)s"), path=path, why=error.strerror
        ) from error


def _old_copies(settings: Settings, now: datetime) -> Iterator[Path]:
    places = (
        (settings.var_folder, _COPY),
        (settings.blog, re.compile(re.escape(RESTORING))),
        (settings.var_folder / BACKUPS, _PART),
    )
    for folder, names in places:
        for path in _entries(folder):
            if names.fullmatch(path.name) and now - _made_at(path) > KEPT:
                yield path


def _old_backups(settings: Settings, now: datetime) -> Iterator[Path]:
    found: dict[str, list[Path]] = {}
    for path in _entries(settings.var_folder / BACKUPS):
        if path.suffix in (".tar", ".secrets") and (made := _OF_UPGRADE.fullmatch(path.stem)):
            found.setdefault(made[1], []).append(path)
    for number, time in enumerate(sorted(found, reverse=True)):
        for path in found[time]:
            if number >= NEWEST or now - _made_at(path) > BACKUPS_KEPT:
                yield path


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder, but for links: those were not made by us."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.is_symlink())


def _made_at(path: Path) -> datetime:
    """By its name, else by the file's own time."""
    if found := re.search(_TIME, path.name):
        try:
            return datetime.strptime(found[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass  # digits, but no date
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
