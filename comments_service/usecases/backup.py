"""A backup of the whole blog while it runs: database, comment files, content, settings.

The database is read in one snapshot and the publisher is kept out meanwhile, so that it
agrees with the comment files; readers and staff notice nothing. Keys and passwords stand in
a file of their own beside the backup. The list of erasures is in neither: see ``ledger``.
"""

import os
import stat
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from .. import ledger
from ..config.settings import Settings
from ..errors import N_, CannotStart, CannotWrite, WrongDatabase
from ..store import checks, dump, locks, migrations
from ..store.engine import Connection, Store, open_store
from . import archive, counts, leftovers
from .archive import Hashed, Manifest

WAIT_SECONDS = 60.0
"""How long a publisher at work is waited for."""

Progress = Callable[[int, int], None]
"""Gets how many rows are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup. secrets: file of keys, or None where there are none.

    left_out: files that are no plain files (links), which no backup holds.
    """

    path: Path
    secrets: Path | None
    manifest: Manifest
    left_out: tuple[str, ...]


def no_progress(_done: int, _all: int) -> None:
    """For those who do not watch."""


def back_up(
    settings: Settings,
    folder: Path,
    now: datetime,
    progress: Progress = no_progress,
    *,
    wait_seconds: float = WAIT_SECONDS,
    mark: str = "",
) -> Backup:
    """Make ``tertulia-<UTC time>.tar`` in ``folder``, and its file of secrets beside it.

    mark: stands after the time in both names. Neither appears before it is whole. Raises
    CannotStart for a folder that readers or Git could see, and when the publisher does not
    come to an end; WrongDatabase, Unavailable, CannotWrite.
    """
    folder = folder.resolve()
    check_target(folder, settings)
    store = open_store(settings.database)
    try:
        with publisher_kept_out(store, wait_seconds):
            name = f"tertulia-{leftovers.stamp(now)}{mark}"
            return _back_up(settings, store, folder / name, now, progress)
    except OSError as error:
        raise CannotWrite(
            N_("The backup in %(folder)s could not be written: %(why)s"),
            folder=folder,
            why=error.strerror or error,
        ) from error
    finally:
        store.close()


def check_target(folder: Path, settings: Settings) -> None:
    """Raises CannotStart where a backup, which holds what nobody has approved, could get out:
    in the blog (but for ``var``), in the built site, in a Git repository."""
    blog, var = settings.blog.resolve(), settings.var_folder.resolve()
    served = settings.output_folder.resolve()
    if folder.is_relative_to(var) and not folder.is_relative_to(served):
        return
    if folder.is_relative_to(served) or folder.is_relative_to(blog):
        raise CannotStart(
            N_("A backup must not lie in %(folder)s, where readers or Git could find it."),
            folder=folder,
        )
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            raise CannotStart(
                N_("A backup must not lie in the Git repository %(folder)s."), folder=above
            )


@contextmanager
def publisher_kept_out(store: Store, wait_seconds: float) -> Iterator[None]:
    """Hold the publisher's lock, waiting for one at work. Raises CannotStart."""
    until = time.monotonic() + wait_seconds
    while True:
        with locks.publishing(store) as ours:
            if ours:
                yield
                return
        if time.monotonic() >= until:
            raise CannotStart(
                N_("Comments are just being published; try again when that has ended.")
            )
        time.sleep(0.2)


def _back_up(
    settings: Settings, store: Store, target: Path, now: datetime, progress: Progress
) -> Backup:
    folder = target.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, secrets = target.with_suffix(".tar"), target.with_suffix(".secrets")
    if path.exists():
        raise CannotStart(N_("There is a backup %(file)s already."), file=path)
    with _new_file(secrets) as file:
        has_secrets = _write_secrets(settings, file)
    if not has_secrets:
        secrets.unlink()
    try:
        with _new_file(path) as file, tarfile.open(fileobj=file, mode="w") as tar:
            written = _Writer(tar)
            taken = _write_database(store, written, folder, progress)
            left_out = _write_files(settings, written)
            manifest = Manifest(
                format=archive.FORMAT,
                version=version("tertulia"),
                schema=taken.schema,
                made_at=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                last_case=taken.rows.last_case,
                tables=taken.rows.tables,
                counts=counts.of_files(settings) | taken.counts,
                members=written.hashes,
                secrets_file=archive.sha256_of(secrets) if has_secrets else None,
            )
            written.add_bytes(archive.MANIFEST, archive.dumped(manifest))
    except BaseException:
        secrets.unlink(missing_ok=True)
        raise
    return Backup(path, secrets if has_secrets else None, manifest, tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Taken:
    schema: str
    rows: dump.Dumped
    counts: dict[str, int]


class _Writer:
    """Adds members to an archive and remembers their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.hashes: dict[str, str] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, BytesIO(data))

    def add(self, name: str, file: IO[bytes], mode: int = 0o600) -> None:
        """Add what the file holds now: whole, or OSError when it gets shorter meanwhile."""
        member = tarfile.TarInfo(name)
        member.size = file.seek(0, os.SEEK_END)
        member.mode = mode
        file.seek(0)
        hashed = Hashed(file)
        self._tar.addfile(member, hashed)
        self.hashes[name] = hashed.sha256


def _write_database(store: Store, written: _Writer, folder: Path, progress: Progress) -> _Taken:
    with TemporaryFile(dir=folder) as lines:  # without a name, on the disk that it goes to
        with dump.snapshot(store) as connection:
            schema = schema_of(connection, store)
            total, done = dump.count_rows(connection), 0

            def count(rows: int) -> None:
                nonlocal done
                done += rows
                progress(done, total)

            rows = dump.write(connection, lines, count)
            tallies = checks.tallies(connection)
        written.add(archive.DATABASE, lines)
    return _Taken(schema, rows, tallies)


def schema_of(connection: Connection, store: Store) -> str:
    """The revision of a database that this program knows. Raises WrongDatabase."""
    schema = migrations.revision_of(connection)
    if schema is None or not migrations.knows(schema):
        raise WrongDatabase(
            N_("%(url)s holds no database of Tertulia, or one of a newer version."),
            url=store.engine.url.render_as_string(hide_password=True),
        )
    return schema


def _write_files(settings: Settings, written: _Writer) -> list[str]:
    """Add the comment files and the blog's own; what was left out because it is a link."""
    comments = settings.comments_folder.resolve()
    # Where Git has the comments elsewhere, old files may lie in the blog that do not count.
    without = {comments, (settings.content_folder / "comments").resolve()}
    left_out: list[str] = []
    for name in archive.FILES:
        _add(settings.blog / name, f"{archive.BLOG}/{name}", written, left_out)
    for name in archive.FOLDERS:
        for path in _below(settings.blog / name, left_out, without=without):
            place = path.relative_to(settings.blog).as_posix()
            _add(path, f"{archive.BLOG}/{place}", written, left_out)
    for path in _below(comments, left_out, without=set()):
        place = path.relative_to(comments).as_posix()
        _add(path, f"{archive.COMMENTS}/{place}", written, left_out)
    return sorted(left_out)


def _below(folder: Path, left_out: list[str], *, without: set[Path]) -> Iterator[Path]:
    """Every file below a folder, in a constant order; links to folders are not followed."""
    for at, folders, files in os.walk(folder):
        here = Path(at)
        left_out += [str(here / name) for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if name not in (".git", "__pycache__") and (here / name).resolve() not in without
        )
        kept = (name for name in sorted(files) if name != ".git" and not _is_temporary(name))
        yield from (here / name for name in kept)


def _is_temporary(name: str) -> bool:
    """What a publisher that was killed left half-written."""
    return name.startswith(".") and name.endswith(".tmp")


def _add(path: Path, name: str, written: _Writer, left_out: list[str]) -> None:
    """Add a plain file; a link is told, and what is gone meanwhile is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    except OSError:
        if not path.is_symlink():
            raise
        left_out.append(str(path))
        return
    with os.fdopen(descriptor, "rb") as file:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            written.add(name, file, 0o644)
        else:
            left_out.append(str(path))


def _write_secrets(settings: Settings, file: IO[bytes]) -> bool:
    """Put the keys and ``.env`` into an archive of their own; whether there were any."""
    folder = settings.var_folder / "secrets"
    found = [(path, f"secrets/{path.name}") for path in sorted(folder.glob("*"))]
    found.append((settings.blog / ".env", ".env"))
    with tarfile.open(fileobj=file, mode="w") as tar:
        written = _Writer(tar)
        for path, name in found:
            if archive.SECRETS.fullmatch(name) and path.is_file():
                with path.open("rb") as secret:
                    written.add(name, secret)
    return bool(written.hashes)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name once it is whole and on the disk; mode 0600."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        ledger.sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        raise
