"""``threads.json``, ``rules.json`` and ``build-report.json`` of a site that something else builds.

They come into ``var/site/`` whole or not at all, and only when they can be used: whatever the
site sends, the last good copy stays in force.
"""

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .. import fetch
from ..config.settings import Settings
from ..errors import N_, CannotWrite, SiteUnreachable, TertuliaError
from ..site import rules
from ..site.manifest import parse
from ..site.whole import write_whole
from .public_site import site_folder

MANIFEST = "threads.json"
REPORT = "build-report.json"
RULES = rules.FILE
STATE = "fetched.json"

FETCH_SECONDS = 30.0
MAX_MANIFEST_BYTES = 64_000_000
MAX_REPORT_BYTES = 4_000_000
MAX_RULES_BYTES = 4_000_000
PAUSE = timedelta(seconds=30)
MAX_PAUSE = timedelta(minutes=10)
WORTH_TELLING = 2
"""So many failures in a row before staff are told: one alone mends itself."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it was fetched. etag: ""  when the site sends none; digest: hex SHA-256."""

    etag: str
    digest: str


@dataclass(slots=True)
class _State:
    """What is remembered between two runs. next: aware; not asked again before it."""

    next: datetime | None = None
    failures: int = 0
    message: str = ""
    values: dict[str, str] = field(default_factory=dict)
    kept: dict[str, _Kept] = field(default_factory=dict)


def refresh_manifest(settings: Settings, site_url: str, now: datetime) -> bool:
    """Fetch the files if it is time to; whether the site was asked.

    At most every 30 seconds; after failures ever more rarely, down to every ten minutes.
    Nothing is asked when this machine builds the site.

    Raises SiteUnreachable, CannotWrite; the copies at hand are as they were then.
    """
    if settings.build == "here":
        return False
    folder = site_folder(settings)
    state = _load(folder / STATE)
    if (
        state.next is not None and now < state.next <= now + MAX_PAUSE
    ):  # further off: the clock was set back
        return False
    try:
        _fetch_manifest(folder, site_url, state)
        _fetch_rules(folder, site_url, state)
        _fetch_report(folder, site_url, state)
    except SiteUnreachable as error:
        state.failures += 1
        state.message = error.message
        state.values = {name: str(value) for name, value in error.values.items()}
        state.next = now + min(PAUSE * 2 ** min(state.failures, 10), MAX_PAUSE)
        _save(folder / STATE, state)
        raise
    state.failures, state.message, state.values = 0, "", {}
    state.next = now + PAUSE
    _save(folder / STATE, state)
    return True


def site_problem(settings: Settings) -> TertuliaError | None:
    """Why the list of articles is not being renewed, for staff; None when all is well."""
    if settings.build == "here":
        return None
    state = _load(site_folder(settings) / STATE)
    if state.failures < WORTH_TELLING or not state.message:
        return None
    return SiteUnreachable(state.message, **state.values)


def _fetch_manifest(folder: Path, site_url: str, state: _State) -> None:
    answer = _get(folder, MANIFEST, site_url, state, MAX_MANIFEST_BYTES)
    if answer.status == 304:
        return
    if answer.body is None:
        raise SiteUnreachable(
            N_("%(url)s has no list of articles: is this the address of the blog?"),
            url=f"{site_url}/{MANIFEST}",
        )
    if parse(answer.body) is None:
        raise SiteUnreachable(
            N_("The list of articles at %(url)s is cut short or from another version."),
            url=f"{site_url}/{MANIFEST}",
        )
    _keep(folder, MANIFEST, answer, state)


def _fetch_rules(folder: Path, site_url: str, state: _State) -> None:
    """Rules that cannot be used leave those at hand: nobody's reasons go missing."""
    answer = _get(folder, RULES, site_url, state, MAX_RULES_BYTES)
    if answer.body is not None and rules.parse(answer.body) is not None:
        _keep(folder, RULES, answer, state)


def _fetch_report(folder: Path, site_url: str, state: _State) -> None:
    """The report is a help for staff; a site without one is whole."""
    answer = _get(folder, REPORT, site_url, state, MAX_REPORT_BYTES)
    if answer.status == 304:
        return
    try:
        usable = isinstance(json.loads(answer.body or b""), dict)
    except (ValueError, RecursionError):
        usable = False
    if usable:
        _keep(folder, REPORT, answer, state)
    else:
        state.kept.pop(REPORT, None)
        (folder / REPORT).unlink(missing_ok=True)


def _get(folder: Path, name: str, site_url: str, state: _State, limit: int) -> fetch.Answer:
    """An answer of 304 means that the copy in ``folder`` is the one with this ETag."""
    kept = state.kept.get(name)
    try:
        same = kept is not None and _digest((folder / name).read_bytes()) == kept.digest
    except OSError:
        same = False
    etag = kept.etag or None if kept is not None and same else None
    return fetch.get(f"{site_url}/{name}", etag=etag, max_bytes=limit, timeout=FETCH_SECONDS)


def _keep(folder: Path, name: str, answer: fetch.Answer, state: _State) -> None:
    body = answer.body or b""
    digest = _digest(body)
    with contextlib.suppress(OSError):
        if _digest((folder / name).read_bytes()) == digest:  # keeps its time: nobody rereads it
            state.kept[name] = _Kept(answer.etag or "", digest)
            return
    _write(folder / name, body)
    state.kept[name] = _Kept(answer.etag or "", digest)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(file: Path, data: bytes) -> None:
    try:
        write_whole(file, data)
    except OSError as error:
        raise CannotWrite(
            N_("%(file)s cannot be written: %(why)s"), file=file, why=error.strerror
        ) from error


def _load(file: Path) -> _State:
    """What was remembered, or nothing: then everything is asked for anew."""
    try:
        return TypeAdapter(_State).validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return _State()


def _save(file: Path, state: _State) -> None:
    _write(file, json.dumps(asdict(state), default=datetime.isoformat).encode())
