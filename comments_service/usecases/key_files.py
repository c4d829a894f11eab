"""The keys of a blog as files, ``var/secrets/``, each whole and readable by its owner alone.

master.key           seals what is stored, and is what all else is made from
kept.key             the master before the first rotation: what was given out then (private links,
                     short codes) and what can only be compared (digests) stays good
next.key             the next master while a rotation is under way
next-revoking.key    the same for one after which nothing given out before is good

A rotation counts once the database says that everything is sealed under the next key; one that
was killed before is undone at the next start, one that was killed later is finished. Whoever
undoes one waits for its transaction: a next key that may still come to count is never deleted.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import ledger, signing
from ..config.settings import Settings
from ..errors import N_, CannotStart
from ..store import facts, locks
from ..store.engine import Store

_NEXT = {False: "next.key", True: "next-revoking.key"}


@dataclass(frozen=True, slots=True)
class Keys:
    """given_out: of which links, codes and digests are made."""

    master: bytes
    given_out: bytes


def key_file(settings: Settings) -> Path:
    """Where the master key is."""
    return settings.var_folder / "secrets" / "master.key"


def name_of(key: bytes) -> str:
    """By which the database names the key that it is sealed with."""
    return signing.derived(key, "name of a key").hex()[:16]


def begin(path: Path) -> None:
    """Make the master key of a new blog. Raises CannotStart."""
    try:
        if not path.exists():
            write_key(path, os.urandom(signing.MASTER_KEY_BYTES))
    except OSError as error:
        raise _unusable(path, error) from error
    _read(path)


def settled(settings: Settings, store: Store) -> Keys:
    """The keys, after a rotation that was killed was finished or undone. Raises CannotStart."""
    path = key_file(settings)
    if any(path.with_name(name).exists() for name in _NEXT.values()):
        with store.write() as connection:
            locks.of_keys(connection)
            _settle(settings, facts.get(connection, facts.KEY))
    master, kept = _read(path), path.with_name("kept.key")
    return Keys(master, _read(kept) if kept.exists() else master)


def _settle(settings: Settings, sealed_with: str | None) -> None:
    for revoking, name in _NEXT.items():
        waiting = key_file(settings).with_name(name)
        if not waiting.exists():
            continue
        if name_of(_read(waiting)) == sealed_with:
            finish(settings, revoking=revoking)
        else:
            waiting.unlink()


def propose(settings: Settings, *, revoking: bool) -> bytes:
    """A next key, on the disk and not yet used."""
    key = os.urandom(signing.MASTER_KEY_BYTES)
    write_key(key_file(settings).with_name(_NEXT[revoking]), key)
    return key


def refuse_when_undone(settings: Settings, key: bytes, *, revoking: bool) -> None:
    """Raises CannotStart: whoever opened the blog meanwhile took the next key away."""
    waiting = key_file(settings).with_name(_NEXT[revoking])
    if not waiting.exists() or _read(waiting) != key:
        raise CannotStart(
            N_("Somebody opened the blog meanwhile. The keys were not changed; try again.")
        )


def finish(
    settings: Settings, *, revoking: bool, step: Callable[[str], None] = lambda name: None
) -> None:
    """Put the next key in the place of the master. Killed anywhere, doing it again finishes;
    of two who do it at once, one finds it done."""
    path = key_file(settings)
    kept = path.with_name("kept.key")
    step("rotate.kept")
    if revoking:
        kept.unlink(missing_ok=True)
    elif not kept.exists():
        write_key(kept, _read(path))
    step("rotate.master")
    with contextlib.suppress(FileNotFoundError):
        path.with_name(_NEXT[revoking]).rename(path)
    ledger.sync_folder(path.parent)


def write_key(path: Path, key: bytes) -> None:
    """Whole or not at all; of two processes that start at once, the first one's stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:  # made with mode 0600
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
    ledger.sync_folder(path.parent)


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise _unusable(path, error) from error
    if len(key) != signing.MASTER_KEY_BYTES:
        raise CannotStart(
            N_(
                "%(path)s is not a whole key (%(size)s bytes). Restore it from a backup;"
                " without it readers' private links stop working."
            ),
            path=path,
            size=len(key),
        )
    return key


def _unusable(path: Path, error: OSError) -> CannotStart:
    return CannotStart(
        N_("The folder %(folder)s cannot be made: %(why)s"),
        folder=path.parent,
        why=error.strerror,
    )
