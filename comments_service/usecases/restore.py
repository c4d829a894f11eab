"""A backup brought back onto an empty machine, or in the place of what is there.

Everything is verified before anything is touched, compared afterwards, and what was erased
since the backup is erased again before anything is served.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tarfile import TarFile

from .. import ledger
from ..config.settings import Settings
from ..domain.cases import SERVICE
from ..domain.journal import JournalKind
from ..errors import (
    N_,
    CannotStart,
    CannotWrite,
    InvalidBackup,
    TertuliaError,
)
from ..store import checks, dump, locks, migrations, publication
from ..store.engine import Connection, Store, open_store
from . import archive, counts
from .archive import Manifest
from .backup import Progress, no_progress, publisher_kept_out
from .blog import open_blog
from .counts import Difference
from .journal import note
from .unpacking import secret_files, set_aside, write_files, write_private, write_secrets

WAIT_SECONDS = 5.0
_NOT_CONTENT = dump.LEFT_OUT | {"build_run", "fact"}
"""Tables in which starting the service writes by itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """A verified backup, held open. secrets: archive of keys, or None without one."""

    tar: TarFile
    manifest: Manifest
    secrets: TarFile | None

    @property
    def env(self) -> bytes | None:
        """The operator's settings that the backup holds."""
        return secret_files(self.secrets).get(".env")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. comparison: every count, in the backup and here, before erasing.

    erased: comments erased again. aside: where the former state is, or None. comments:
    where the comment files are. has_secrets: the keys came with it.
    """

    manifest: Manifest
    comparison: tuple[Difference, ...]
    erased: int
    aside: Path | None
    comments: Path
    has_secrets: bool


@contextmanager
def verified(path: Path, secrets: Path | None = None) -> Iterator[Source]:
    """A backup in which every member is what it was. secrets: else the file beside it.

    Raises InvalidBackup; nothing was touched then.
    """
    beside = path.with_suffix(".secrets")
    chosen = secrets or (beside if beside.exists() else None)
    try:
        with archive.opened(path) as tar:
            manifest = archive.checked(tar)
            if not migrations.knows(manifest.schema):
                raise InvalidBackup(
                    N_("The backup was made by a newer version of Tertulia (%(version)s)."),
                    version=manifest.version,
                )
            if chosen is None:
                yield Source(tar, manifest, None)
                return
            if not chosen.is_file() or archive.sha256_of(chosen) != manifest.secrets_file:
                raise InvalidBackup(
                    N_("%(file)s does not belong to this backup, or is damaged."), file=chosen
                )
            with archive.opened(chosen) as keys:
                yield Source(tar, manifest, keys)
    except OSError as error:
        raise InvalidBackup(
            N_("%(file)s is no backup, or not a whole one: %(why)s"), file=path, why=error
        ) from error


@contextmanager
def settings_in_place(blog: Path, source: Source) -> Iterator[None]:
    """Put the backup's ``.env`` into a blog that has none, so that its settings are read;
    taken away again when the restore fails."""
    path = blog / ".env"
    if source.env is None or path.exists():
        yield
        return
    blog.mkdir(parents=True, exist_ok=True)
    write_private(path, source.env)
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def restore(
    settings: Settings,
    source: Source,
    now: datetime,
    progress: Progress = no_progress,
    *,
    erasures: Path | None = None,
    replace: bool = False,
) -> Restored:
    """Bring a verified backup back. erasures: a list beyond the settings' own.

    Raises CannotStart when there is something already and ``replace`` is not set,
    InvalidBackup, CannotWrite, WrongDatabase, Unavailable.
    """
    try:
        return _restore(settings, source, now, progress, erasures, replace=replace)
    except OSError as error:
        raise CannotWrite(
            N_("The backup could not be restored: %(why)s"), why=error.strerror or error
        ) from error


def _restore(
    settings: Settings,
    source: Source,
    now: datetime,
    progress: Progress,
    erasures: Path | None,
    *,
    replace: bool,
) -> Restored:
    store = open_store(settings.database)
    try:
        settings.var_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not replace:
            _refuse_what_is_there(settings, store)
        if erasures is not None:
            ledger.merge(settings.erasures_file, erasures)
        gone = {*ledger.ids(settings.erasures_file), *ledger.withdrawals(settings.erasures_file)}
        with locks.alone(store):
            with publisher_kept_out(store, WAIT_SECONDS):
                last_case = _highest_case(store, source.manifest)
                aside = set_aside(settings, store, now) if replace else None
            with publisher_kept_out(store, WAIT_SECONDS):
                has_secrets = write_secrets(settings, source.secrets)
                comments = write_files(settings, source.tar, gone)
                held = _restore_database(store, source, last_case, progress)
            here = counts.of_files(settings) | held
            compared = _compared(
                source.manifest, here | {"comment_files": len(counts.comment_ids(comments))}
            )
            again = _erase_again(settings, store)
            _note(store, source.manifest, now)
    finally:
        store.close()
    return Restored(source.manifest, compared, again, aside, comments, has_secrets)


def _refuse_what_is_there(settings: Settings, store: Store) -> None:
    content = settings.content_folder
    if content.exists() and any(path.is_file() for path in content.rglob("*")):
        raise CannotStart(
            N_("There is content in %(folder)s already; --replace puts it aside first."),
            folder=content,
        )
    with store.read() as connection:
        full = [
            table.name
            for table in dump.tables(connection)
            if table.name not in _NOT_CONTENT and dump.has_rows(connection, table)
        ]
    if full:
        raise CannotStart(
            N_(
                "The database %(url)s holds comments or people already;"
                " --replace puts it aside first."
            ),
            url=store.engine.url.render_as_string(hide_password=True),
        )


def _highest_case(store: Store, manifest: Manifest) -> int:
    """The highest case number that backup or present database ever gave."""
    with suppress(TertuliaError), store.read() as connection:
        return max(manifest.last_case, dump.last_case(connection))
    return manifest.last_case


def _restore_database(
    store: Store, source: Source, last_case: int, progress: Progress
) -> dict[str, int]:
    """Fill the database, all of it or nothing; what it holds then, counted.

    Raises InvalidBackup when it is not whole or not what the manifest counts.
    """
    manifest = source.manifest
    lines = source.tar.extractfile(archive.DATABASE)
    if lines is None:
        raise InvalidBackup(N_("The backup is not whole: it has no database."))
    total, done = sum(manifest.tables.values()), 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, total)

    with store.write() as connection:
        dump.clear(connection)
        migrations.make(connection, manifest.schema)
        rows = dump.read(connection, lines, count, last_case=last_case + dump.GAP)
        if wrong := counts.differences(dict(manifest.tables), _kept(rows)):
            raise _not_the_same(wrong)
        _check_whole(connection)
        return checks.tallies(connection)


def _kept(rows: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in rows.items() if name not in dump.LEFT_OUT}


def _check_whole(connection: Connection) -> None:
    if faults := checks.faults(connection):
        raise InvalidBackup(
            N_("The backup cannot be used: its database is not sound (%(faults)s)."),
            faults="; ".join(faults[:5]),
        )


def _compared(manifest: Manifest, here: dict[str, int]) -> tuple[Difference, ...]:
    names = sorted(manifest.counts.keys() | here.keys())
    return tuple(
        Difference(name, manifest.counts.get(name, 0), here.get(name, 0)) for name in names
    )


def _not_the_same(wrong: list[Difference]) -> InvalidBackup:
    each = wrong[0]
    return InvalidBackup(
        N_("The backup cannot be used: it counts %(before)s of %(name)s and holds %(after)s."),
        name=each.name,
        before=each.before,
        after=each.after,
    )


def _note(store: Store, manifest: Manifest, now: datetime) -> None:
    """Say in the log from where on it is not what it was: what came after the backup is gone."""
    with store.write() as connection:
        data = {"backup": manifest.made_at}
        note(connection, JournalKind.RESTORED, actor=SERVICE, now=now, data=data)


def _erase_again(settings: Settings, store: Store) -> int:
    """Bring the tables to this version and erase what the list names, to the last page of the
    database's files; how many comments that were."""
    migrations.upgrade(store)
    with store.read() as connection:
        listed = publication.kept_of(connection, ledger.ids(settings.erasures_file))
    open_blog(settings).store.close()  # erases them, as at every start
    dump.compact(store)
    with store.read() as connection:
        _check_whole(connection)
    return sum(not each.erased for each in listed.values())
