"""The site that readers see, looked at: which comments its pages show, which threads it has.

Built on this machine, its files are read. Built by something else (a CI), it is asked over
HTTP, as readers get it: a page is asked for once in a run, and sent again only when it
changed. Nothing is ever taken for published because the site did not answer.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .. import fetch
from ..config.settings import Settings
from ..errors import N_, SiteUnreachable
from ..site import pages, stamp
from ..site.whole import write_whole

PAGE_SECONDS = 20.0
MAX_PAGE_BYTES = 32_000_000
MAX_STAMP_BYTES = 1_000_000
MAX_FAILURES = 3
"""So many pages without an answer, and a run asks for no more: each may cost its whole time."""

MAX_KEPT_PAGES = 500
_CANONICAL = b'rel="canonical"'


class PublicSite(Protocol):
    """What the publisher asks. url: path from the site's root, ``/2026/11/slug/``.

    Each raises SiteUnreachable when the site does not answer as it should.
    """

    def shows(self, url: str, comment_id: str, digest: str) -> bool:
        """Whether the page has an element of this comment in exactly this wording."""

    def lacks(self, url: str, comment_id: str) -> bool:
        """Whether the page has no element of this comment, or is gone itself."""

    def comments(self, url: str) -> Mapping[str, list[str]] | None:
        """Every comment that the page shows, with its digests; None: there is no such page."""

    def made_with(self) -> Mapping[str, str]:
        """Digests of the files of ``_site/`` that the site was made with, by name."""


def open_public_site(settings: Settings, site_url: str) -> PublicSite:
    """The site for one run of the publisher; what it saw is not asked for again."""
    if settings.build == "here":
        return BuiltHere(settings.output_folder)
    return SeenOverHttp(site_url, site_folder(settings) / "pages")


def site_folder(settings: Settings) -> Path:
    """Where ``threads.json`` and ``build-report.json`` are on this machine."""
    return settings.output_folder if settings.build == "here" else settings.var_folder / "site"


class BuiltHere:
    """The files in ``output``. One object for one look: a page is read once, however many
    comments it has, so after a build another object looks again."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._seen: dict[str, Mapping[str, list[str]] | None] = {}

    def shows(self, url: str, comment_id: str, digest: str) -> bool:
        return bool(digest) and digest in (self.comments(url) or {}).get(comment_id, ())

    def lacks(self, url: str, comment_id: str) -> bool:
        return comment_id not in (self.comments(url) or {})

    def comments(self, url: str) -> Mapping[str, list[str]] | None:
        if url not in self._seen:
            html = pages.page(self._output, url)
            self._seen[url] = None if html is None else pages.elements(html)
        return self._seen[url]

    def made_with(self) -> Mapping[str, str]:
        try:
            return stamp.made_with((self._output / stamp.FILE).read_bytes())
        except OSError:
            return {}


@dataclass(frozen=True, slots=True)
class _Page:
    """comments: digests by id, as ``pages.elements`` gives them; is_ours: see ``_ours``."""

    comments: Mapping[str, list[str]]
    is_ours: bool


class SeenOverHttp:
    """The site at ``site_url`` (no closing slash). One object for one run.

    cache: folder in which pages that have an ETag are remembered from run to run: not their
    text, only which comments they show.
    """

    def __init__(self, site_url: str, cache: Path) -> None:
        self._site_url = site_url
        self._cache = cache
        self._seen: dict[str, _Page | SiteUnreachable | None] = {}
        self._failures = 0

    def shows(self, url: str, comment_id: str, digest: str) -> bool:
        page = self._page(url)
        return page is not None and bool(digest) and digest in page.comments.get(comment_id, ())

    def lacks(self, url: str, comment_id: str) -> bool:
        return comment_id not in (self.comments(url) or {})

    def comments(self, url: str) -> Mapping[str, list[str]] | None:
        page = self._page(url)
        if page is None:
            return None
        if not page.is_ours:
            # "Back soon", with a status of 200, must not make an erased comment gone.
            raise SiteUnreachable(
                N_("%(url)s shows something else than a page of this blog."),
                url=self._address(url),
            )
        return page.comments

    def made_with(self) -> Mapping[str, str]:
        answer = fetch.get(
            self._address(stamp.FILE), max_bytes=MAX_STAMP_BYTES, timeout=PAGE_SECONDS
        )
        return stamp.made_with(answer.body or b"")

    def _page(self, url: str) -> _Page | None:
        if url not in self._seen:
            self._seen[url] = self._asked(url)
        found = self._seen[url]
        if isinstance(found, SiteUnreachable):
            raise found
        return found

    def _asked(self, url: str) -> _Page | SiteUnreachable | None:
        if self._failures >= MAX_FAILURES:
            return SiteUnreachable(N_("%(url)s does not answer."), url=self._site_url)
        address = self._address(url)
        file = self._cache / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.json"
        etag, known = _remembered(file)
        try:
            answer = fetch.get(address, etag=etag, max_bytes=MAX_PAGE_BYTES, timeout=PAGE_SECONDS)
        except SiteUnreachable as error:
            self._failures += 1
            return error
        if answer.status == 304:
            return known
        if answer.body is None:
            file.unlink(missing_ok=True)
            return None
        page = _Page(pages.elements(answer.body), _CANONICAL in answer.body)
        if answer.etag:
            _remember(file, answer.etag, page)
        return page

    def _address(self, url: str) -> str:
        # Without the slash, "@elsewhere" would make a name and password of our host.
        return f"{self._site_url}/{url.lstrip('/')}"


def _remembered(file: Path) -> tuple[str | None, _Page | None]:
    """The ETag and the comments of a page when it was last sent; None, None without."""
    try:
        kept: dict[str, Any] = json.loads(file.read_bytes())
        comments = {
            str(key): [str(each) for each in kept["comments"][key]] for key in kept["comments"]
        }
        return str(kept["etag"]), _Page(comments, bool(kept["is_ours"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None, None


def _remember(file: Path, etag: str, page: _Page) -> None:
    kept = {"etag": etag, "is_ours": page.is_ours, "comments": page.comments}
    with contextlib.suppress(OSError):  # then the page is sent again, that is all
        write_whole(file, json.dumps(kept).encode())
        for old in sorted(file.parent.iterdir(), key=lambda each: each.stat().st_mtime)[
            :-MAX_KEPT_PAGES
        ]:
            old.unlink(missing_ok=True)
