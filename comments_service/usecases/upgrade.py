"""A blog brought to this version of the program: all of it, or nothing.

Backup -> copy -> tables -> a new site beside the live one -> compare -> swap. Whatever is
lost or fails on the way, database and site are put back as they were. A death on the way
leaves the old site, and a database of the old or of the new version, both of which work;
doing it again finishes it. Nobody serves the blog meanwhile; whoever did so all the same, and
acknowledged something, loses nothing: then the database is not put back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..config import SiteReader
from ..config.settings import Settings, is_trial
from ..errors import N_, BuildFailed, CannotStart, TertuliaError
from ..site.build import build
from ..site.swap import remove, swap
from ..store import checks, copies, dump, locks, migrations
from ..store.copies import Copy
from ..store.engine import Store, open_store
from . import counts, leftovers
from .backup import Progress, back_up, no_progress, publisher_kept_out, schema_of
from .counts import Difference, SiteCounts

SHOWN = 5
"""So many lost pages or comments are named."""

Tell = Callable[[str], None]
"""Gets a message of each step that begins."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done. before, after: schema revisions. compared: every count, before and
    after. new_anchors: comments whose files were there and whose page did not show them."""

    backup: Path
    before: str
    after: str
    compared: tuple[Difference, ...]
    new_anchors: int


@dataclass(frozen=True, slots=True)
class _State:
    """The blog at one moment. site: None where none is built, or elsewhere."""

    schema: str
    database: dict[str, int]
    files: dict[str, int]
    site: SiteCounts | None


def upgrade(
    settings: Settings,
    backups: Path,
    now: datetime,
    tell: Tell,
    progress: Progress = no_progress,
) -> Upgraded:
    """Bring the blog to this version. backups: folder for the backup that is made first.

    Raises CannotStart while the service runs, and with the reason when everything was put
    back; WrongDatabase for a database that is newer or not ours; what ``back_up`` raises.
    """
    store = open_store(settings.database)
    try:
        _check_database(store)
        with locks.alone(store):
            tell(N_("Making a backup..."))
            mark = f"-{leftovers.BEFORE_UPGRADE}"
            made = back_up(settings, backups, now, progress, wait_seconds=0, mark=mark)
            with publisher_kept_out(store, 0):
                return _upgrade(settings, store, made.path, now, tell)
    finally:
        store.close()


def _upgrade(settings: Settings, store: Store, backup: Path, now: datetime, tell: Tell) -> Upgraded:
    """With the database and the site to ourselves, and a backup made."""
    copy = settings.var_folder / leftovers.BEFORE_UPGRADE
    beside = settings.output_folder.with_name(f".{settings.output_folder.name}.upgrade")
    copy.unlink(missing_ok=True)
    remove(beside)
    before = _state(settings, store, settings.output_folder)
    taken = copies.take(store, copy)
    try:
        after = _bring(settings, store, beside, now, tell)
        compared = _compared(settings, before, after)
        if beside.exists():
            swap(beside, settings.output_folder)
    except BaseException as error:
        tell(N_("Putting everything back..."))
        remove(beside)
        told = _put_back(store, taken, error, backup, now)
        if isinstance(error, TertuliaError | OSError):
            raise told from error
        tell(str(told))
        raise
    copy.unlink()
    return Upgraded(backup, before.schema, after.schema, compared, _new(before, after))


def _check_database(store: Store) -> None:
    with store.read() as connection:
        schema_of(connection, store)


def _state(settings: Settings, store: Store, output: Path) -> _State:
    with dump.snapshot(store) as connection:
        return _State(
            schema=schema_of(connection, store),
            database=checks.tallies(connection),
            files=counts.of_files(settings),
            site=counts.of_site(output),
        )


def _bring(settings: Settings, store: Store, beside: Path, now: datetime, tell: Tell) -> _State:
    """New tables, and a new site beside the one that readers see; what there is then."""
    tell(N_("Bringing the database to this version..."))
    migrations.upgrade(store)
    with store.read() as connection:
        if faults := checks.faults(connection):
            raise CannotStart(
                N_("the database is not sound (%(faults)s)"), faults="; ".join(faults[:SHOWN])
            )
    if settings.build == "here":
        tell(N_("Building the site beside the one that readers see..."))
        _build(settings, beside, now)
    tell(N_("Comparing what there was with what there is..."))
    return _state(settings, store, beside)


def _build(settings: Settings, beside: Path, now: datetime) -> None:
    """As the service builds: an article with a fault keeps its last good page."""
    site_url = settings.site_url or SiteReader(settings.blog)().address
    build(
        settings.blog,
        beside,
        site_url=site_url,
        production=not is_trial(settings, site_url),
        strict=False,
        lock=settings.var_folder / "build.lock",
        log=settings.var_folder / "build.log",
        last_good=settings.var_folder / "last-good",
        comments=settings.comments_folder,
        now=now,
    )


def _compared(settings: Settings, before: _State, after: _State) -> tuple[Difference, ...]:
    """Every count, before and after. Raises CannotStart when something was lost."""
    was, now = before.database | before.files, after.database | after.files
    if wrong := counts.differences(was, now):
        each = wrong[0]
        raise CannotStart(
            N_("of %(name)s there were %(before)s and would be %(after)s"),
            name=counts.WORDS.get(each.name, each.name),
            before=each.before,
            after=each.after,
        )
    all_counts = [Difference(name, was[name], now[name]) for name in sorted(was)]
    if before.site and after.site:
        _refuse_lost(settings, before.site, after.site)
        all_counts += [
            Difference("addresses", len(before.site.posts), len(after.site.posts)),
            Difference("anchors", len(before.site.anchors), len(after.site.anchors)),
        ]
    return tuple(all_counts)


def _refuse_lost(settings: Settings, before: SiteCounts, after: SiteCounts) -> None:
    """Nothing that readers could find may be gone, and nothing appear that has no file."""
    if lost := sorted((before.posts - after.posts) | (before.anchors - after.anchors)):
        raise CannotStart(
            N_(
                "the new site has lost %(lost)s. If that was meant, run tertulia build first"
                " and upgrade again"
            ),
            lost=", ".join(lost[:SHOWN]),
        )
    with_file = set(counts.comment_ids(settings.comments_folder))
    new = after.anchors - before.anchors
    if unknown := sorted(each for each in new if each.rpartition("-")[2] not in with_file):
        raise CannotStart(
            N_("the new site shows comments that have no file: %(unknown)s"),
            unknown=", ".join(unknown[:SHOWN]),
        )


def _new(before: _State, after: _State) -> int:
    if before.site is None or after.site is None:
        return 0
    return len(after.site.anchors - before.site.anchors)


def _put_back(
    store: Store, taken: Copy, error: BaseException, backup: Path, now: datetime
) -> CannotStart:
    """Put the database back, unless somebody was told meanwhile that something was kept."""
    why = f"{error}\n{error.detail}\n" if isinstance(error, BuildFailed) else str(error)
    if copies.put_back(store, taken):
        return CannotStart(
            N_(
                "The upgrade did not go through, and everything is as it was before: %(why)s."
                " A backup is in %(backup)s."
            ),
            why=why,
            backup=backup,
        )
    kept = taken.path.with_name(f"{taken.path.name}-{leftovers.stamp(now)}")
    taken.path.rename(kept)
    return CannotStart(
        N_(
            "The upgrade did not go through: %(why)s. The database was not put back, because"
            " another node took something into it meanwhile, which would be lost: it stays as"
            " it is now, and the site as it was. Stop every node, and upgrade again. The"
            " database of before is in %(copy)s, a backup in %(backup)s."
        ),
        why=why,
        copy=kept,
        backup=backup,
    )
