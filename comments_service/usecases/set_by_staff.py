"""The institution as ``site.toml`` says, and over it what staff set on their screens.

Read from the database, where the last good file of each kind stands: so every node says the
same, whoever publishes, and a slip in a file changes nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock

from ..config import SiteConfig, site_settings, thread_file
from ..config.site_files import HOLIDAYS, SETTINGS
from ..config.site_settings import SiteSettings
from ..config.thread_file import ThreadState
from ..errors import InvalidRuleFile, TertuliaError
from ..store import site_files, terms
from ..store.engine import Store

SECONDS = 1.0
"""So long another node's change may go unseen."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """until: of the machine's own clock. holidays: the text that staff set, or None."""

    until: float
    settings: SiteSettings
    holidays: str | None
    terms: frozenset[str] = frozenset()
    threads: Mapping[str, ThreadState] = field(default_factory=dict)


class SetByStaff:
    """read: gives the institution as the file says. Many threads may ask at once."""

    def __init__(self, read: Callable[[], SiteConfig], store: Store) -> None:
        self._read = read
        self._store = store
        self._seen = _Seen(0.0, SiteSettings(), None)
        self._looking = Lock()
        self._applied: tuple[SiteConfig, SiteSettings, SiteConfig] | None = None

    @property
    def site(self) -> SiteConfig:
        """The institution as it is now."""
        written, said = self._read(), self._now().settings
        kept = self._applied
        if kept is None or kept[0] is not written or kept[1] is not said:
            kept = self._applied = (written, said, site_settings.applied(written, said))
        return kept[2]

    @property
    def settings(self) -> SiteSettings:
        """What staff set, alone."""
        return self._now().settings

    @property
    def holidays(self) -> str | None:
        """The lines that staff set; None: the file in ``content`` counts."""
        return self._now().holidays

    @property
    def terms(self) -> frozenset[str]:
        """Words that screening points out, folded."""
        return self._now().terms

    def thread(self, *keys: str) -> ThreadState | None:
        """What staff decided about the conversation with these keys, or None."""
        threads = self._now().threads
        return next((threads[key] for key in keys if key in threads), None)

    def forget(self) -> None:
        """Something was set: look again at once."""
        self._seen = replace(self._seen, until=0.0)

    def _now(self) -> _Seen:
        seen = self._seen
        # One looks; the others would each take a connection beside the one that they have.
        if time.monotonic() >= seen.until and self._looking.acquire(blocking=not seen.until):
            try:
                with suppress(TertuliaError):  # a database that is away for a moment
                    seen = self._seen = self._looked(seen)
            finally:
                self._looking.release()
        return seen

    def _looked(self, before: _Seen) -> _Seen:
        with self._store.read() as connection:
            texts = site_files.texts(connection, SETTINGS, HOLIDAYS)
            listed = frozenset(terms.everything(connection))
            decided = site_files.decided(connection)
        try:
            settings = site_settings.loads(texts.get(SETTINGS, b""))
        except InvalidRuleFile:  # of a release that allows more
            settings = before.settings
        holidays = texts[HOLIDAYS].decode() if HOLIDAYS in texts else None
        if settings == before.settings:
            settings = before.settings
        threads = dict(_threads(decided))
        return _Seen(time.monotonic() + SECONDS, settings, holidays, listed, threads)


def _threads(decided: Mapping[str, bytes]) -> Iterator[tuple[str, ThreadState]]:
    for name, data in decided.items():
        with suppress(InvalidRuleFile):  # of a release that allows more
            said = _thread(data, name)
            yield said.thread, said


@lru_cache(maxsize=10_000)  # all are looked at every second, and few ever change
def _thread(data: bytes, name: str) -> ThreadState:
    return thread_file.loads(data, name)
