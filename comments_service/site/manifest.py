"""``threads.json`` of the built site: the conversations that exist, and no others.

The file is read again when it changes. What cannot be believed (missing, cut short, of
another format, more than half of the conversations gone) leaves the last good copy in
force and is told to staff as ``ManifestReader.problem``. That copy is kept in a file, so
that a restart forgets it as little as what a person confirmed, and all processes of one
machine go by the same.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints, TypeAdapter

from ..domain.comments import THREAD_PATTERN
from ..domain.opening import Opening, Phase
from ..errors import N_, CannotWrite, TertuliaError, UnknownThread
from .whole import write_whole

FORMAT = 1

Key = Annotated[str, StringConstraints(pattern=f"^(?:{THREAD_PATTERN.pattern})$")]
SitePath = Annotated[str, StringConstraints(pattern=r"^/([^/].*)?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadInfo:
    """What the service knows about the article or page that a conversation belongs to.

    key: as in ``content/comments/<key>/``.
    title, excerpt: plain text by language.
    urls: path from the site's root by language, ``/2026/11/slug/``.
    opens_at, closes_at: aware; before the one and from the other on no comment is taken
        although ``open`` is true.
    aliases: earlier keys that still lead here.
    heading, question: above its form, plain text by language; message: Markdown by language.
    closed_message, paused_message: why no comment is taken, Markdown by language: for good,
        and until ``opens_at``.
    """

    key: Key
    kind: Literal["article", "page"]
    title: Mapping[str, str]
    urls: Mapping[str, SitePath]
    open: bool
    excerpt: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    aliases: tuple[Key, ...] = ()
    heading: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, str] = field(default_factory=dict)
    question: Mapping[str, str] = field(default_factory=dict)
    closed_message: Mapping[str, str] = field(default_factory=dict)
    paused_message: Mapping[str, str] = field(default_factory=dict)

    def phase(self, now: datetime) -> Phase:
        """Whether it takes comments at a moment; by a clock, so that no build is needed."""
        return Opening(self.open, self.opens_at, self.closes_at).at(now)

    @property
    def keys(self) -> tuple[str, ...]:
        """All under which comments of it are kept."""
        return (self.key, *self.aliases)


Menu = Mapping[str, SitePath]
"""Paths of the site's lists in one language: home, conversations, categories, archives,
authors; those that there are."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """threads: by key and alias. menus: by language, for those that have posts."""

    threads: Mapping[str, ThreadInfo] = field(default_factory=dict)
    menus: Mapping[str, Menu] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Copy:
    """One state of the file. stamp: mtime_ns, inode, size; digest: of its bytes."""

    stamp: tuple[int, int, int]
    digest: bytes
    manifest: Manifest | None
    """None when the file says nothing that can be used."""


class ManifestReader:
    """Answers for one ``threads.json``; many request threads may ask at once.

    believed: file for the copy in force, which outlives this process; without one it is
    kept in memory alone.
    fetched_from: address of the site when something else builds it, for what staff are told.
    """

    def __init__(
        self, path: Path, *, believed: Path | None = None, fetched_from: str | None = None
    ) -> None:
        self._path = path
        self._kept = believed
        self._kept_stamp: tuple[int, int, int] | None = None
        self._fetched_from = fetched_from
        self._lock = Lock()
        self._seen: _Copy | None = None
        self._believed = Manifest()
        self._problem: TertuliaError | None = None

    def thread(self, key: str) -> ThreadInfo:
        """The conversation with this key or alias.

        Raises UnknownThread, after reading the file once more.
        """
        with self._lock:
            self._refresh()
            if key not in self._believed.threads:
                self._refresh(again=True)
            found = self._believed.threads.get(key)
        if found is None:
            raise UnknownThread(N_("There is no article or page here that takes comments."))
        return found

    def everything(self) -> list[ThreadInfo]:
        """Every conversation once."""
        with self._lock:
            self._refresh()
            return [info for key, info in self._believed.threads.items() if key == info.key]

    def keys(self, key: str) -> tuple[str, ...]:
        """All keys of the conversation that has this one; of an unknown one, itself."""
        try:
            return self.thread(key).keys
        except UnknownThread:
            return (key,)

    def menu(self, language: str) -> Menu:
        """Where the lists in this language are; empty where it has none."""
        with self._lock:
            self._refresh()
            return self._believed.menus.get(language, {})

    @property
    def problem(self) -> TertuliaError | None:
        """Why the newest manifest is not in force, for staff; None when all is well."""
        with self._lock:
            self._refresh()
            return self._problem

    def believe(self) -> None:
        """A person says that the conversations which disappeared are meant to be gone.

        Raises CannotWrite when that cannot be kept.
        """
        with self._lock:
            self._refresh(again=True)
            if self._problem is None or self._seen is None:
                return
            try:
                copy, data = _read(self._path, None)
            except OSError:  # gone since: the next look says so
                return
            if copy.manifest is not None:
                self._seen, self._believed, self._problem = copy, copy.manifest, None
                self._keep(data)

    def _refresh(self, *, again: bool = False) -> None:
        """Look at the file if it changed; ``again``: whatever its time and size say."""
        self._look_at_kept()
        try:
            stamp = _stamp(self._path.stat())
            if self._seen is not None and stamp == self._seen.stamp and not again:
                return
            self._take(*_read(self._path, self._seen))
        except FileNotFoundError:
            self._seen = None
            self._problem = self._missing()
        except OSError as error:
            self._seen = None
            self._problem = TertuliaError(
                N_("%(path)s cannot be read: %(why)s"), path=self._path, why=error.strerror
            )

    def _missing(self) -> TertuliaError:
        if self._fetched_from is None:
            return TertuliaError(
                N_("%(path)s is missing: the site has not been built."), path=self._path
            )
        return TertuliaError(
            N_(
                "The list of articles has not come from %(url)s yet. "
                "As soon as the site is there, it is fetched by itself."
            ),
            url=self._fetched_from,
        )

    def _look_at_kept(self) -> None:
        """Go by the copy that was in force before this process, or since another one's."""
        if self._kept is None or (self._kept_stamp is not None and self._problem is None):
            return
        with contextlib.suppress(OSError):
            stamp = _stamp(self._kept.stat())
            if stamp == self._kept_stamp:
                return
            kept, _ = _read(self._kept, None)
            self._kept_stamp = kept.stamp
            if kept.manifest is not None:
                self._believed = kept.manifest
                self._seen = None  # to be judged anew

    def _take(self, copy: _Copy, data: bytes) -> None:
        if self._seen is not None and copy.digest == self._seen.digest:
            self._seen = copy
            return
        self._seen = copy
        if copy.manifest is None:
            self._problem = TertuliaError(
                N_("%(path)s is cut short or from another version: build the site again."),
                path=self._path,
            )
            return
        known = {info.key for info in self._believed.threads.values()}
        lost = known - copy.manifest.threads.keys()
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
        self._believed = copy.manifest
        self._problem = None
        with contextlib.suppress(CannotWrite):  # in force all the same
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        """Keep the copy in force for later and for every other process of this machine."""
        if self._kept is None:
            return
        try:
            if not self._kept.exists() or self._kept.read_bytes() != data:
                write_whole(self._kept, data)
            self._kept_stamp = _stamp(self._kept.stat())
        except OSError as error:
            raise CannotWrite(
                N_("%(file)s cannot be written: %(why)s"), file=self._kept, why=error.strerror
            ) from error


def parse(data: bytes) -> Manifest | None:
    """None for anything but a whole manifest of our format."""
    try:
        found = json.loads(data)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            return None
        infos, menus = _checks().validate_python(
            (
                [{**info, "key": key} for key, info in found["threads"].items()],
                found.get("menus", {}),
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    by_alias = {alias: info for info in infos for alias in info.aliases}
    return Manifest(by_alias | {info.key: info for info in infos}, menus)


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _read(path: Path, seen: _Copy | None) -> tuple[_Copy, bytes]:
    """The file as it is now; parsed only if its bytes are others than those ``seen``."""
    with path.open("rb") as source:
        # Of the opened file: the whole site may change places between stat and open.
        stamp = _stamp(os.fstat(source.fileno()))
        data = source.read()
    digest = hashlib.sha256(data).digest()
    if seen is not None and digest == seen.digest:
        return _Copy(stamp, digest, seen.manifest), data
    return _Copy(stamp, digest, parse(data)), data


@cache
def _checks() -> TypeAdapter[tuple[list[ThreadInfo], dict[str, Menu]]]:
    return TypeAdapter(tuple[list[ThreadInfo], dict[str, Menu]])
