"""The files of a verified backup, put in their places; what was there before, put aside."""

import os
import shutil
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from tarfile import TarFile
from typing import IO

from .. import commentfile
from ..config.settings import Settings
from ..domain.comments import Comment, Tombstone, WithdrawnBy
from ..errors import InvalidCommentFile
from ..store import dump
from ..store.engine import Store
from . import archive, leftovers


def has_own_files(settings: Settings) -> bool:
    """Whether the comment files that count are Git's: those of a backup must not replace them,
    or what staff did since, and every withdrawal, would be undone."""
    if settings.comments_git == "here":
        blog = settings.blog.resolve()
        return any((folder / ".git").exists() for folder in (blog, *blog.parents))
    return settings.comments_git == "clone"


def set_aside(settings: Settings, store: Store, now: datetime) -> Path:
    """Move what is there into ``var``; a database elsewhere is copied as lines of JSON.

    Comment files that count in Git stay where they are.
    """
    aside = settings.var_folder / f"{leftovers.BEFORE_RESTORE}-{leftovers.stamp(now)}"
    aside.mkdir(mode=0o700, parents=True)
    kept = settings.comments_folder if has_own_files(settings) else None
    for name in (*archive.FOLDERS, *archive.FILES):
        _move(settings.blog / name, aside / name, kept)
    if (settings.var_folder / "secrets").exists():
        shutil.move(settings.var_folder / "secrets", aside / "secrets")
    if store.is_sqlite:
        store.close()
        database = Path(str(store.engine.url.database))
        for path in (database, *(Path(f"{database}{end}") for end in ("-wal", "-shm"))):
            if path.exists():
                shutil.move(path, aside / path.name)
        return aside
    write_private(aside / "database.jsonl", b"")
    with (aside / "database.jsonl").open("wb") as file, dump.snapshot(store) as connection:
        dump.write(connection, file, lambda _rows: None, everything=True)
    return aside


def _move(path: Path, target: Path, kept: Path | None) -> None:
    """Move a file or a folder, but for what is ``kept`` in it."""
    if path == kept or not path.exists():
        return
    if kept is None or not kept.is_relative_to(path):
        shutil.move(path, target)
        return
    target.mkdir()
    for each in sorted(path.iterdir()):
        _move(each, target / each.name, kept)


def write_secrets(settings: Settings, secrets: TarFile | None) -> bool:
    """Keys first: a service that starts without them would make new ones."""
    folder = settings.var_folder / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = secret_files(secrets)
    for old in sorted(folder.glob("*.key")) if files else ():
        if f"secrets/{old.name}" not in files:  # of a later rotation, it belongs to another master
            old.rename(old.with_name(f"{old.name}.before-restore"))
    for name, data in files.items():
        path = settings.var_folder / name
        if name != ".env" and not (path.exists() and path.read_bytes() == data):
            if path.exists():
                path.rename(path.with_name(f"{path.name}.before-restore"))
            write_private(path, data)
    return bool(files)


def write_files(settings: Settings, tar: TarFile, gone: set[str]) -> Path:
    """Unpack beside, then put everything in its place; where the comment files are now.

    gone: comments erased or withdrawn since; their text does not even touch the disk.
    """
    beside = settings.blog / leftovers.RESTORING
    shutil.rmtree(beside, ignore_errors=True)
    comments = settings.comments_folder
    if has_own_files(settings):
        # Kept for the loss of the repository alone.
        comments = settings.var_folder / leftovers.FROM_BACKUP
        shutil.rmtree(comments, ignore_errors=True)
    try:
        for folder in (archive.BLOG, archive.COMMENTS):
            _unpack(tar, folder, beside / folder, gone)
        os.sync()  # one call for what may be a hundred thousand files
        _put(beside / archive.BLOG, settings.blog)
        _put(beside / archive.COMMENTS, comments)
        os.sync()
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return comments


def secret_files(secrets: TarFile | None) -> dict[str, bytes]:
    """Keys and ``.env`` by name. Raises InvalidBackup for anything else in there."""
    files = {}
    for member in secrets.getmembers() if secrets else ():
        if secrets is None or not archive.SECRETS.fullmatch(member.name):
            raise archive.has_no_place(member.name)
        files[member.name] = archive.content_of(secrets, member).read()
    return files


def _unpack(tar: TarFile, folder: str, target: Path, gone: set[str]) -> None:
    for name, content in archive.members_of(tar, folder):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = BytesIO(_without_text(content, name)) if path.stem in gone else content
        with path.open("wb") as file:
            shutil.copyfileobj(kept, file)


def _without_text(content: IO[bytes], name: str) -> bytes:
    """What stands for a comment that is gone; a file that cannot be read stands for nothing, and is
    left out by being empty."""
    data = content.read()
    try:
        entry = commentfile.loads(data, str(PurePosixPath(*PurePosixPath(name).parts[-2:])))
    except InvalidCommentFile:
        return b""
    if not isinstance(entry, Comment):
        return data
    stone = Tombstone(
        id=entry.id,
        thread=entry.thread,
        number=entry.number,
        date=entry.date,
        reason=WithdrawnBy.INSTITUTION,
        in_reply_to=entry.in_reply_to,
    )
    return commentfile.dumps(stone)


def _put(new: Path, place: Path) -> None:
    """Move into place, to another disk if need be; folders that are there are filled."""
    if new.is_dir() and place.is_dir():
        for path in sorted(new.iterdir()):
            _put(path, place / path.name)
    elif new.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(new, place)


def write_private(path: Path, data: bytes) -> None:
    """A new file that its owner alone can read, on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
