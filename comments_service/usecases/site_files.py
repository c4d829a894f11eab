"""What staff set for readers' pages, on its way: their screens -> ``_site/`` -> the built site.

A file of ``_site/`` travels as a comment's does: written, committed and pushed by the one
publisher, believed on the page when the built site says with which bytes it was made. What
staff change there by hand is taken over when it can be read, and named when it cannot: then
the last good one counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .. import content_repo
from ..commentfile import digest
from ..config import site_files as names
from ..config.thread_file import thread_of
from ..domain.journal import NOBODY, JournalKind
from ..errors import N_, RepositoryBusy, SiteUnreachable, TertuliaError, Unavailable
from ..store import facts, site_files
from ..store.engine import Connection
from ..store.problems import Problem, problem_of
from ..store.site_files import SiteFile
from . import journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from .blog import Blog
    from .looking import Run
    from .public_site import PublicSite

TOO_LONG = timedelta(hours=1)
"""A site built elsewhere that does not show a change for so long is told to staff."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that stands as it is wanted where it counts. files: what was written just now."""

    file: SiteFile
    files: Mapping[PurePosixPath, str]


def take_in(run: "Run") -> None:
    """Bring the database to what the files say, and keep what cannot be read for staff."""
    found = run.place.settings()
    now = run.clock()
    unreadable: dict[str, str] = {}
    with run.blog.store.write() as connection:
        known = site_files.every(connection)
        for name in sorted(found.keys() | known.keys()):
            if name not in found:
                _take_nothing(connection, known[name], now)
                continue
            fault = _take(connection, known.get(name), name, found[name], now)
            if fault:
                unreadable[name] = fault
        _note_unreadable(connection, unreadable, now)
    run.blog.set_by_staff.forget()


def unreadable(connection: Connection) -> dict[str, str]:
    """By name, why a file that staff changed by hand cannot be used."""
    found: dict[str, str] = json.loads(facts.get(connection, facts.UNREADABLE_SETTINGS) or "{}")
    return found


def _note_unreadable(connection: Connection, found: Mapping[str, str], now: datetime) -> None:
    if found != unreadable(connection):
        facts.note(connection, facts.UNREADABLE_SETTINGS, json.dumps(found), now)


def _take(
    connection: Connection, known: SiteFile | None, name: str, data: bytes | None, now: datetime
) -> str | None:
    """Compare one file with what is wanted and what stood there; why it cannot be read."""
    if data is None:
        return str(TertuliaError(N_("is no plain file")))
    stands = digest(data)
    if known and stands in (known.digest, known.head, known.written):
        if stands != known.head:
            site_files.note_head(connection, name, stands)
        return None
    if faults := names.faults_of(name, data):
        return "; ".join(f"{each.where}: {each}" if each.where else str(each) for each in faults)
    site_files.take_over(connection, name, data, now, shown=known is None)
    if known is not None:
        told = {"file": name, "digest": stands}
        journal.note(connection, _kind_of(name), actor=NOBODY, now=now, data=told)
    return None


def _kind_of(name: str) -> JournalKind:
    if thread_of(name):
        return JournalKind.THREAD_CHANGED
    return JournalKind.RULE_ADDED if name.startswith(names.RULES) else JournalKind.SETTING_CHANGED


def _take_nothing(connection: Connection, known: SiteFile, now: datetime) -> None:
    """No such file where it counts: never written, or taken away by staff."""
    if known.head is None or known.data is None:
        return
    site_files.let_go(connection, known.name, now)
    facts.note(connection, facts.FILE_WENT, "", now)
    told = {"file": known.name, "digest": None}
    kind = _kind_of(known.name)
    kind = JournalKind.SETTING_CHANGED if kind is JournalKind.RULE_ADDED else kind
    journal.note(connection, kind, actor=NOBODY, now=now, data=told)


def bring(run: "Run", due: Sequence[SiteFile]) -> list[Brought]:
    """Write what is wanted; what a file of its own keeps back is put off."""
    brought = []
    with run.blog.store.read() as connection:
        troubled = unreadable(connection)
        wanted = site_files.every(connection)
    for name in (each.name for each in due):
        each = wanted[name]
        try:
            if why := troubled.get(name):
                raise TertuliaError(N_("%(file)s cannot be read: %(why)s"), file=name, why=why)
            brought.append(Brought(each, _write(run, each)))
        except Unavailable:
            raise
        except TertuliaError as error:
            put_off(run.blog, [each], problem_of(error), run.clock)
    return brought


def _write(run: "Run", of: SiteFile) -> dict[PurePosixPath, str]:
    if of.data is None or of.digest is None or of.head == of.digest:
        return {}
    lies = content_repo.read_setting(run.place.folder, of.name)
    there = None if lies is None else digest(lies)
    ours = (of.digest, of.head, of.written)
    is_edited = run.place.edited(of.name) if run.place.keeps_history else there not in ours
    if is_edited and there not in ours:
        raise RepositoryBusy(
            "",
            N_("%(file)s has changes that are not committed yet; it waits until they are."),
            file=of.name,
        )
    with run.blog.store.write() as connection:
        site_files.note_written(connection, of.name, of.digest)
    content_repo.write_setting(run.place.folder, of.name, of.data, run.step)
    return {PurePosixPath(of.name): of.digest}


def record(connection: Connection, brought: list[Brought]) -> None:
    """Note what stands where it counts now."""
    for each in brought:
        if each.files:
            site_files.note_head(connection, each.file.name, each.file.digest)


def lacks(site: "PublicSite", brought: list[Brought]) -> bool:
    """Whether the built site was made without one of them. Raises SiteUnreachable."""
    if not brought:
        return False
    made_with = site.made_with()
    return any(made_with.get(each.file.name) != each.file.digest for each in brought)


def confirm(
    blog: "Blog",
    site: "PublicSite",
    brought: list[Brought],
    why: TertuliaError | None,
    clock: "Callable[[], datetime]",
) -> None:
    """Note what the built site was made with; the rest is put off. why: the build failed."""
    if not brought:
        return
    try:
        made_with = site.made_with()
    except SiteUnreachable as error:
        made_with, why = {}, why or error
    with blog.store.write() as connection:
        for each in brought:
            if made_with.get(each.file.name) == each.file.digest and each.file.digest:
                site_files.note_seen(connection, each.file.name, each.file.digest)
            else:
                problem = _why_not(blog, each.file, why, clock())
                site_files.put_off(connection, each.file, problem, clock())


def _why_not(
    blog: "Blog", of: SiteFile, problem: TertuliaError | None, now: datetime
) -> Problem | None:
    """The reason to keep; None while a CI may still be at work."""
    if problem:
        return problem_of(problem)
    if blog.settings.build == "here":
        return Problem(
            N_("The site was built, but it was not made with %(file)s."), {"file": of.name}
        )
    if now - of.changed_at < TOO_LONG:
        return None
    return Problem(N_("It was pushed, but the site has not shown it for more than an hour."), {})


def put_off(
    blog: "Blog",
    files: list[SiteFile],
    problem: Problem | None,
    clock: "Callable[[], datetime]",
) -> None:
    """Try all of them later."""
    with blog.store.write() as connection:
        for each in files:
            site_files.put_off(connection, each, problem, clock())
