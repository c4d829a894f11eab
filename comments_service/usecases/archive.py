"""The form of a backup: a tar without compression, and its manifest.

    database.jsonl      every row (``store.dump``)
    blog/...            content/ without the comments, settings, theme/
    comments/...        the comment files
    manifest.json       format, version, schema, time, counts, SHA-256 of every member

Nothing is compressed, so a member is never larger than the file that holds it. A backup is
looked at as a whole, member by member, before anything of it is used.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ..errors import N_, InvalidBackup

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.jsonl"
BLOG = "blog"
COMMENTS = "comments"
FILES = (
    *("pelicanconf.py", "publishconf.py", "requirements.txt", "Makefile"),
    *(".gitignore", ".gitattributes"),
)
"""The blog's own files beside its folders."""

FOLDERS = ("content", "theme")
SECRETS = re.compile(r"secrets/[A-Za-z0-9_][A-Za-z0-9._-]*|\.env")

MAX_MANIFEST_BYTES = 256 * 1024 * 1024
MAX_NUMBER = 2**53
"""Of rows and cases; no blog has so many, and no database counts further than 2**63."""

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    schema: revision of the tables. made_at: UTC, ``2026-11-20T10:00:00Z``: everything that
    was acknowledged before is in it. tables: rows by table. counts: see ``counts``.
    last_case: highest case number ever given. members, secrets: SHA-256 by name.
    secrets_file: SHA-256 of the file of secrets, or None without secrets.
    """

    format: int
    version: str
    schema: str
    made_at: str
    last_case: int
    tables: Mapping[str, int]
    counts: Mapping[str, int]
    members: Mapping[str, str]
    secrets_file: str | None


def dumped(manifest: Manifest) -> bytes:
    """The manifest's file; it carries its own hash."""
    fields = asdict(manifest)
    return json.dumps(fields | {"sha256": _own_hash(fields)}, indent=1, sort_keys=True).encode()


class Hashed:
    """A file read or written through; ``sha256`` of what went by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """An archive, for reading. Raises InvalidBackup for what is none."""
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError) as error:
        raise _no_backup(path, error) from error
    except FileNotFoundError as error:
        raise InvalidBackup(N_("There is no backup %(file)s."), file=path) from error


def checked(archive: tarfile.TarFile) -> Manifest:
    """The manifest of an archive in which every member is what it should be.

    Reads all of it. Raises InvalidBackup, naming the member.
    """
    members = archive.getmembers()
    manifest = _manifest(archive, members)
    found: dict[str, str] = {}
    for member in members:
        name = member.name
        if not is_plain(member) or name in found or not _is_ours(name):
            raise has_no_place(name)
        found[name] = _hash(archive, member)
    del found[MANIFEST]
    for name in sorted(found.keys() | manifest.members.keys()):
        if found.get(name) != manifest.members.get(name):
            raise InvalidBackup(
                N_("The backup is damaged: %(name)s is not what it was when it was made."),
                name=name,
            )
    return manifest


def is_plain(member: tarfile.TarInfo) -> bool:
    """A file with content of its own: no link, device, folder, or hole to be filled."""
    return member.isreg() and not member.issparse() and member.size >= 0


def members_of(archive: tarfile.TarFile, folder: str) -> Iterator[tuple[str, IO[bytes]]]:
    """What stands in a folder of a checked archive: its path in there, and its bytes."""
    for member in archive.getmembers():
        if member.name.startswith(f"{folder}/"):
            yield member.name.removeprefix(f"{folder}/"), content_of(archive, member)


def content_of(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """The bytes of a plain member. Raises InvalidBackup for any other."""
    content = archive.extractfile(member) if is_plain(member) else None
    if content is None:
        raise has_no_place(member.name)
    return content


def has_no_place(name: str) -> InvalidBackup:
    return InvalidBackup(N_("The backup cannot be used: %(name)s has no place in one."), name=name)


def _manifest(archive: tarfile.TarFile, members: list[tarfile.TarInfo]) -> Manifest:
    found = [member for member in members if member.name == MANIFEST]
    if len(found) != 1 or not is_plain(found[0]) or found[0].size > MAX_MANIFEST_BYTES:
        raise InvalidBackup(N_("The backup is not whole: it has no manifest."))
    try:
        fields: dict[str, Any] = json.loads(content_of(archive, found[0]).read())
        claimed = fields.pop("sha256")
        is_known = fields["format"] == FORMAT
        if is_known and claimed != _own_hash(fields):
            raise ValueError("hash")
        manifest = _typed(Manifest(**fields)) if is_known else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidBackup(N_("The backup is damaged: its manifest cannot be read.")) from error
    if manifest is None:
        raise InvalidBackup(
            N_("The backup was made by a newer version of Tertulia (format %(format)s)."),
            format=fields["format"],
        )
    return manifest


def _typed(given: Manifest) -> Manifest:
    """The manifest, if each field holds what it should. Raises ValueError."""
    numbers = (given.last_case, *given.tables.values(), *given.counts.values())
    words = (given.version, given.schema, given.made_at, *given.members.values())
    if not all(type(each) is int and 0 <= each <= MAX_NUMBER for each in numbers):
        raise ValueError("a number")
    if not all(isinstance(each, str) for each in (*words, given.secrets_file or "")):
        raise ValueError("a word")
    return given


def _own_hash(fields: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _is_ours(name: str) -> bool:
    """Whether a member may have this name: a plain path in one of the known places."""
    path = PurePosixPath(name)
    if name in (MANIFEST, DATABASE):
        return True
    if str(path) != name or path.is_absolute() or {"..", ".git"} & set(path.parts):
        return False
    if "\\" in name or "\0" in name or len(path.parts) < 2:
        return False
    root, first = path.parts[:2]
    if root == COMMENTS:
        return True
    return root == BLOG and (first in FOLDERS if len(path.parts) > 2 else first in FILES)


def _hash(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    content = content_of(archive, member)
    found = hashlib.sha256()
    size = 0
    while chunk := content.read(_CHUNK):
        found.update(chunk)
        size += len(chunk)
    if size != member.size:
        raise InvalidBackup(N_("The backup is not whole: it ends early."))
    return found.hexdigest()


def _no_backup(path: Path, error: Exception) -> InvalidBackup:
    return InvalidBackup(
        N_("%(file)s is no backup, or not a whole one: %(why)s"), file=path, why=error
    )
