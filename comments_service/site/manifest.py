"""``threads.json`` of the built site: the conversations that exist, and no others.

The file is read again when it changes. What cannot be believed (missing, cut short, of
another format, more than half of the conversations gone) leaves the last good copy in
force and is told to staff as ``ManifestReader.problem``.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints, TypeAdapter

from ..domain.comments import THREAD_PATTERN
from ..errors import N_, TertuliaError, UnknownThread

FORMAT = 1

Key = Annotated[str, StringConstraints(pattern=f"^(?:{THREAD_PATTERN.pattern})$")]
SitePath = Annotated[str, StringConstraints(pattern=r"^/([^/].*)?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadInfo:
    """What the service knows about the article or page that a conversation belongs to.

    key: as in ``content/comments/<key>/``.
    title, excerpt: plain text by language.
    urls: path from the site's root by language, ``/2026/11/slug/``.
    closes_at: aware; after it no comment is taken although ``open`` is true.
    aliases: earlier keys that still lead here.
    """

    key: Key
    kind: Literal["article", "page"]
    title: Mapping[str, str]
    urls: Mapping[str, SitePath]
    open: bool
    excerpt: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    closes_at: AwareDatetime | None = None
    aliases: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class _Copy:
    """One state of the file. stamp: mtime_ns, inode, size; digest: of its bytes."""

    stamp: tuple[int, int, int]
    digest: bytes
    threads: Mapping[str, ThreadInfo] | None
    """By key and alias; None when the file says nothing that can be used."""


class ManifestReader:
    """Answers for one ``threads.json``; many request threads may ask at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: _Copy | None = None
        self._believed: Mapping[str, ThreadInfo] = {}
        self._problem: TertuliaError | None = None

    def thread(self, key: str) -> ThreadInfo:
        """The conversation with this key or alias.

        Raises UnknownThread, after reading the file once more.
        """
        with self._lock:
            self._refresh()
            if key not in self._believed:
                self._refresh(again=True)
            found = self._believed.get(key)
        if found is None:
            raise UnknownThread(N_("There is no article or page here that takes comments."))
        return found

    @property
    def problem(self) -> TertuliaError | None:
        """Why the newest manifest is not in force, for staff; None when all is well."""
        with self._lock:
            self._refresh()
            return self._problem

    def believe(self) -> None:
        """A person says that the conversations which disappeared are meant to be gone."""
        with self._lock:
            self._refresh(again=True)
            if self._seen is not None and self._seen.threads is not None:
                self._believed = self._seen.threads
                self._problem = None

    def _refresh(self, *, again: bool = False) -> None:
        """Look at the file if it changed; ``again``: whatever its time and size say."""
        try:
            stamp = _stamp(self._path.stat())
            if self._seen is not None and stamp == self._seen.stamp and not again:
                return
            self._take(_read(self._path, self._seen))
        except FileNotFoundError:
            self._seen = None
            self._problem = TertuliaError(
                N_("%(path)s is missing: the site has not been built."), path=self._path
            )
        except OSError as error:
            self._seen = None
            self._problem = TertuliaError(
                N_("%(path)s cannot be read: %(why)s"), path=self._path, why=error.strerror
            )

    def _take(self, copy: _Copy) -> None:
        if self._seen is not None and copy.digest == self._seen.digest:
            self._seen = copy
            return
        self._seen = copy
        if copy.threads is None:
            self._problem = TertuliaError(
                N_("%(path)s is cut short or from another version: build the site again."),
                path=self._path,
            )
            return
        known = {info.key for info in self._believed.values()}
        lost = known - copy.threads.keys()
        if 2 * len(lost) > len(known):
            self._problem = TertuliaError(
                N_(
                    "%(lost)s of %(known)s articles and pages disappeared from the site at once. "
                    "Comments on them are still taken until you confirm that this was meant."
                ),
                lost=len(lost),
                known=len(known),
            )
            return
        self._believed = copy.threads
        self._problem = None


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _read(path: Path, seen: _Copy | None) -> _Copy:
    """The file as it is now; parsed only if its bytes are others than those ``seen``."""
    with path.open("rb") as source:
        # Of the opened file: the whole site may change places between stat and open.
        stamp = _stamp(os.fstat(source.fileno()))
        data = source.read()
    digest = hashlib.sha256(data).digest()
    if seen is not None and digest == seen.digest:
        return _Copy(stamp, digest, seen.threads)
    return _Copy(stamp, digest, _parse(data))


def _parse(data: bytes) -> Mapping[str, ThreadInfo] | None:
    """Threads by key and alias, or None for anything but a whole manifest of our format."""
    try:
        manifest = json.loads(data)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            return None
        infos = _infos().validate_python(
            [{**info, "key": key} for key, info in manifest["threads"].items()]
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    by_alias = {alias: info for info in infos for alias in info.aliases}
    return by_alias | {info.key: info for info in infos}


@cache
def _infos() -> TypeAdapter[list[ThreadInfo]]:
    return TypeAdapter(list[ThreadInfo])
