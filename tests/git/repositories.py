"""Real repositories: a bare remote, staff's checkout, and what is said in them."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from comments_service import commentfile
from comments_service.config.settings import Settings
from comments_service.content_repo import Found, Place, no_step, open_place, write
from comments_service.domain.comments import Comment, Kind, Markup, Tombstone, WithdrawnBy

DATE = datetime(2026, 11, 14, 9, 15, tzinfo=UTC)


def numbered(number: int) -> str:
    """A comment's id."""
    return f"01hzz3v7q8f5m2k9d4c6b8{number:04d}"


def comment(number: int = 1, thread: str = "hola", **given: Any) -> Comment:
    return Comment(
        **{
            "id": numbered(number),
            "thread": thread,
            "revision": 1,
            "number": number,
            "kind": Kind.COMMENT,
            "markup": Markup.MARKDOWN,
            "author": "Aitor",
            "date": DATE,
            "body": f"Comentario {number}.",
        }
        | given
    )


def tombstone(number: int = 1, thread: str = "hola") -> Tombstone:
    return Tombstone(
        id=numbered(number), thread=thread, number=number, date=DATE, reason=WithdrawnBy.READER
    )


def path(number: int = 1, thread: str = "hola") -> PurePosixPath:
    return PurePosixPath(thread, f"{numbered(number)}.md")


def git(folder: Path, *arguments: str, **variables: str) -> str:
    """Git as staff use it: their name, nobody's settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


def everything(repository: Path) -> bytes:
    """All that any reference of a repository leads to: messages, names, contents."""
    listed = git(repository, "rev-list", "--objects", "--all").splitlines()
    names = "".join(f"{line.split()[0]}\n" for line in listed)
    batch = ["git", "cat-file", "--batch"]
    done = subprocess.run(batch, cwd=repository, input=names.encode(), capture_output=True)
    log = git(repository, "log", "--all", "-p") if listed else ""
    return done.stdout + log.encode()


@dataclass
class Team:
    """A remote with a branch, staff's checkout of it, and the service's blog."""

    remote: Path
    staff: Path
    settings: Settings
    branch: str

    @property
    def place(self) -> Place:
        """A place as a service that was just started opens it."""
        return open_place(self.settings)

    @property
    def clone(self) -> Path:
        return self.settings.clone_folder

    @property
    def head(self) -> str:
        return git(self.remote, "rev-parse", self.branch)

    def publish(self, *entries: Comment | Tombstone, believed: str | None = None) -> str:
        """What one run of the publisher does; the new head."""
        place = self.place
        place.refresh(believed)
        head = commit(place, *entries)
        assert head
        return head

    def pull(self) -> None:
        git(self.staff, "fetch", "-q", "origin")
        git(self.staff, "checkout", "-q", "-B", self.branch, f"origin/{self.branch}")

    def push(self, message: str = "staff") -> str:
        git(self.staff, "add", "-A")
        git(self.staff, "commit", "-q", "-m", message)
        git(self.staff, "push", "-q", "origin", self.branch)
        return self.head


def commit(place: Place, *entries: Comment | Tombstone) -> str | None:
    """Write and commit on what is there."""
    looked = head_there(place)
    written = {
        commentfile.path_of(entry.thread, entry.id): write(place.folder, entry) for entry in entries
    }
    return place.commit(written, f"Publish {len(written)}", no_step, looked)


def head_there(place: Place) -> str | None:
    """The head of the repository that a place writes to, None while it has none."""
    found = subprocess.run(
        ["git", "rev-parse", "-q", "--verify", "HEAD"],
        cwd=next(each for each in (place.folder, *place.folder.parents) if each.is_dir()),
        capture_output=True,
        check=False,
    )
    return found.stdout.decode().strip() or None


def digest(entry: Comment | Tombstone) -> str:
    return commentfile.digest(commentfile.dumps(entry))


def files(found: Iterator[Found] | list[Found]) -> dict[str, bytes | str | None]:
    """By place: the bytes, the problem, or None for what is gone."""
    return {f"{each.thread}/{each.id}": each.data or each.problem for each in found}
