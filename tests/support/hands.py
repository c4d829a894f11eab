"""Comment files as staff work on them by hand, in each mode of ``TERTULIA_COMMENTS_GIT``."""

import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from comments_service import commentfile
from comments_service.config.settings import Settings
from comments_service.content_repo import no_step
from comments_service.content_repo.places import open_place
from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import Comment, Entry, Tombstone
from comments_service.domain.standing import Standing, fold
from comments_service.store import events, outbox, publication
from comments_service.store.people import Person
from comments_service.store.publication import Kept
from comments_service.usecases import looking, writing
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.submit import Form, submit
from tests.support.fixtures import Clock
from tests.support.ids import new_id

IDENTITY = ("-c", "user.name=Iker", "-c", "user.email=iker@example.org")


def git(folder: Path, *arguments: str) -> str:
    """Git as a member of staff calls it; what it printed."""
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Staff:
    """Somebody with the files before them. mode: off, here or clone.

    folder: their folder of comment files. remote: the bare repository, in mode clone.
    """

    mode: str
    folder: Path
    remote: Path | None = None

    def path(self, thread: str, comment_id: str) -> Path:
        return self.folder / thread / f"{comment_id}.md"

    def look(self) -> None:
        """Have what the service wrote."""
        if self.mode == "clone":
            git(self.folder, "fetch", "--quiet", "origin")
            if git(self.folder, "branch", "--remotes", "--list", "origin/comments"):
                git(self.folder, "reset", "--hard", "--quiet", "origin/comments")

    def read(self, thread: str, comment_id: str) -> bytes:
        self.look()
        return self.path(thread, comment_id).read_bytes()

    def put(self, thread: str, comment_id: str, data: bytes, *, share: bool = True) -> None:
        """Write a file; ``share``: commit it, and push it, as far as the mode has that."""
        self.look()
        path = self.path(thread, comment_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if share:
            self.share()

    def change(self, thread: str, comment_id: str, old: str, new: str) -> bytes:
        data = self.read(thread, comment_id).replace(old.encode(), new.encode())
        self.put(thread, comment_id, data)
        return data

    def remove(self, thread: str, *ids: str) -> None:
        self.look()
        for comment_id in ids:
            self.path(thread, comment_id).unlink()
        self.share()

    def move(self, thread: str, comment_id: str, to: str) -> bytes:
        """To another conversation, with the header that it needs there."""
        data = self.read(thread, comment_id)
        data = data.replace(f'thread: "{thread}"'.encode(), f'thread: "{to}"'.encode())
        self.path(thread, comment_id).unlink()
        self.path(to, comment_id).parent.mkdir(exist_ok=True)
        self.path(to, comment_id).write_bytes(data)
        self.share()
        return data

    def share(self) -> None:
        if self.mode != "off":
            git(self.folder, "add", "--all", ".")
            git(self.folder, "commit", "--quiet", "--allow-empty", "--message=By hand")
        if self.mode == "clone":
            git(self.folder, "push", "--quiet", "origin", "HEAD:comments")


def settings_for(mode: str, folder: Path, database_url: str, **more: object) -> Settings:
    """Settings of a blog whose comments count in this mode."""
    given: dict[str, object] = {"comments_git": mode, "site_url": "http://localhost:8000", **more}
    if mode == "clone":
        given["comments_remote"] = str(folder.parent / "remote.git")
    return Settings(blog=folder, database_url=database_url, **given)  # type: ignore[arg-type]


def staff_for(mode: str, folder: Path) -> Staff:
    """The repositories of this mode, made; and somebody who works in them."""
    comments = folder / "content" / "comments"
    if mode == "off":
        return Staff(mode, comments)
    if mode == "here":
        git(folder, "init", "--quiet", "--initial-branch=main")
        (folder / ".gitignore").write_text("/output/\n/var/\n*.sqlite3*\n")
        git(folder, "add", "--all", ".")
        git(folder, "commit", "--quiet", "--message=The blog")
        comments.mkdir(exist_ok=True)
        return Staff(mode, comments)
    remote, theirs = folder.parent / "remote.git", folder.parent / "theirs"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=comments", str(remote))
    git(folder, "clone", "--quiet", str(remote), str(theirs))
    git(theirs, "checkout", "--quiet", "--orphan", "comments")
    return Staff(mode, theirs, remote)


def approved(
    blog: Blog, clock: Clock, by: Person, body: str = "Hola.", thread: str = "hola"
) -> Case:
    """A reader's comment, received and approved a second later."""
    case = received(blog, clock, body, thread)
    return approve(blog, case.id, 1, by=by, now=clock())


def received(blog: Blog, clock: Clock, body: str = "Hola.", thread: str = "hola") -> Case:
    clock.forward(seconds=1)
    form = Form(author="Aitor", body=body)
    return submit(blog, thread, form, address="", comment_id=new_id(clock()), now=clock()).case


def run_of(blog: Blog, clock: Clock) -> looking.Run:
    return looking.Run(blog, open_place(blog.settings), clock, no_step, lambda: None)


def look(blog: Blog, clock: Clock, *, believe: bool = False) -> None:
    """Take in what staff did, as each run of the publisher does first."""
    clock.forward(seconds=1)
    looking.look(run_of(blog, clock), believe=believe)


def write(blog: Blog, clock: Clock) -> list[outbox.Row]:
    """Bring files to where they count, without the site: the rows that this asked to show."""
    look(blog, clock)
    clock.now += timedelta(minutes=20)  # whatever was put off is due
    run = run_of(blog, clock)
    with blog.store.write() as connection:
        outbox.release(connection)
        rows = outbox.claim(connection, "test", clock())
    written = [each.row for each in writing.bring(run, rows)[0]]
    writing.forget(run, rows)
    with blog.store.write() as connection:
        for row in written:
            outbox.finish(connection, row, clock())
    return written


def entry_of(staff: Staff, thread: str, comment_id: str) -> Entry:
    path = f"{thread}/{comment_id}.md"
    return commentfile.loads(staff.read(thread, comment_id), path)


def comment_in(staff: Staff, thread: str, comment_id: str) -> Comment:
    entry = entry_of(staff, thread, comment_id)
    assert isinstance(entry, Comment)
    return entry


def tombstone_in(staff: Staff, thread: str, comment_id: str) -> Tombstone:
    entry = entry_of(staff, thread, comment_id)
    assert isinstance(entry, Tombstone)
    return entry


def kept(blog: Blog, comment_id: str) -> Kept:
    with blog.store.read() as connection:
        found = publication.kept(connection, comment_id)
    assert found
    return found


def record(blog: Blog, case: Case) -> list[EventKind]:
    """The kinds of a case's events, which are whole and agree with what is stored."""
    with blog.store.read() as connection:
        all_ = events.of_case(connection, case.id)
    assert is_sound(all_)
    now, standing = case_of(blog, case.id), fold(all_)
    assert isinstance(standing, Standing)
    assert (standing.attention, standing.withdrawn) == (now.attention, now.withdrawn)
    return [event.kind for event in all_]


def waiting(blog: Blog) -> int:
    with blog.store.read() as connection:
        return outbox.queue(connection).count
