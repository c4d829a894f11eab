"""What was withdrawn or erased stays gone, whatever databases, files and histories say."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from comments_service.content_repo import open_place
from comments_service.domain.comments import WithdrawnBy
from comments_service.errors import RepositoryBusy
from comments_service.store import outbox
from comments_service.store.people import Person
from comments_service.usecases import looking, writing
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.hands import (
    Staff,
    approved,
    git,
    kept,
    look,
    received,
    settings_for,
    staff_for,
    tombstone_in,
    waiting,
    write,
)

WORD = "palabraquesefue"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=["off", "here", "clone"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def staff(mode: str, blog_folder: Path) -> Staff:
    return staff_for(mode, blog_folder)


@pytest.fixture
def blog(mode: str, staff: Staff, blog_folder: Path, database_url: str) -> Iterator[Blog]:
    opened = open_blog(settings_for(mode, blog_folder, database_url))
    yield opened
    opened.store.close()


def is_in_files(staff: Staff) -> bool:
    """Whether the word stands in a file as staff have them."""
    staff.look()
    return any(WORD in path.read_text("utf-8") for path in staff.folder.rglob("*.md"))


def is_in_history(remote: Path) -> bool:
    return WORD in git(remote, "log", "--all", "-p", "--format=%H")


class TestADatabaseOlderThanTheFiles:
    @pytest.mark.parametrize("verb", ["withdraw", "erase"])
    def test_still_takes_down_what_was_public(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, verb: str
    ) -> None:
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        _put_back_to_held(blog, case.comment_id)
        if verb == "withdraw":
            withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        else:
            erase(blog, case.comment_id, by=None, now=clock())
        for _ in range(2):
            write(blog, clock)
        assert not is_in_files(staff)
        assert waiting(blog) == 0

    def test_that_is_lost_learns_nothing_that_its_ledger_names(
        self,
        blog: Blog,
        blog_folder: Path,
        mode: str,
        staff: Staff,
        clock: Clock,
        moderator: Person,
        tmp_path: Path,
    ) -> None:
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        staff.put("hola", case.comment_id, data)
        again = open_blog(settings_for(mode, blog_folder, f"sqlite:///{tmp_path / 'new.sqlite3'}"))
        for _ in range(3):
            write(again, clock)
        assert not is_in_files(staff)
        assert kept(again, case.comment_id).erased
        assert waiting(again) == 0
        again.store.close()


def _put_back_to_held(blog: Blog, comment_id: str) -> None:
    """The database as a backup from before the decision has it."""
    with blog.store.write() as connection:
        for change in (
            "UPDATE comment SET number = NULL, public_revision = NULL, digest_head = NULL,"
            " revision_head = NULL, digest_seen = NULL",
            "UPDATE revision SET decision = 'held', decided_at = NULL, decided_by = NULL",
            "DELETE FROM outbox",
            "DELETE FROM fact WHERE name = 'head'",
            "DELETE FROM event WHERE seq > 1",
        ):
            connection.exec_driver_sql(change)


class TestAWithdrawal:
    def test_covers_every_copy_that_staff_made(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        staff.put("otra", case.comment_id, data.replace(b'"hola"', b'"otra"'))
        look(blog, clock)
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        write(blog, clock)
        assert not is_in_files(staff)
        assert waiting(blog) == 0

    def test_covers_a_file_that_cannot_be_read(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        staff.change("hola", case.comment_id, "kind:", "kinder:")
        look(blog, clock)
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        write(blog, clock)
        assert tombstone_in(staff, "hola", case.comment_id).reason is WithdrawnBy.READER
        assert not is_in_files(staff)


@pytest.mark.parametrize("mode", ["here"], indirect=True)
class TestInTheCheckout:
    def test_what_a_killed_run_left_in_the_folder_is_no_way_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        _die_before(blog, clock, "commit.commit")
        assert is_in_files(staff)
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert not is_in_files(staff)
        assert WORD not in git(staff.folder, "log", "--all", "-p")

    @pytest.mark.parametrize("verb", ["withdraw", "erase"])
    def test_a_half_written_file_goes_with_the_comment(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, verb: str
    ) -> None:
        write(blog, clock)  # so that only changes are looked at from here on
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        half = staff.path("hola", case.comment_id).with_name(f".{case.comment_id}.tmp")
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(f"Con {WORD}.")
        if verb == "withdraw":
            withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        else:
            erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert not half.exists()

    def test_a_correction_that_was_not_committed_does_not_hold_up_an_erasure(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        path = staff.path("hola", case.comment_id)
        path.write_bytes(path.read_bytes().replace(b"Hola.", WORD.encode()))
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert not is_in_files(staff)
        assert waiting(blog) == 0

    def test_another_branch_makes_it_wait_until_the_first_is_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        git(staff.folder, "checkout", "--quiet", "-b", "otra-cosa", "HEAD~1")
        with pytest.raises(RepositoryBusy, match="otra-cosa"):
            look(blog, clock)
        assert kept(blog, case.comment_id).withdrawn_by is None
        git(staff.folder, "checkout", "--quiet", "main")
        look(blog, clock)
        assert kept(blog, case.comment_id).withdrawn_by is None


def _die_before(blog: Blog, clock: Clock, fatal: str) -> None:
    """Begin to write, and end like a killed process before that step."""

    class Died(BaseException):
        pass

    def step(name: str) -> None:
        if name == fatal:
            raise Died

    look(blog, clock)
    clock.now += timedelta(minutes=20)
    run = looking.Run(blog, open_place(blog.settings), clock, step, lambda: None)
    with blog.store.write() as connection:
        rows = outbox.claim(connection, "test", clock())
    with pytest.raises(Died):
        writing.bring(run, rows)


@pytest.mark.parametrize("mode", ["clone"], indirect=True)
class TestAHistoryOfItsOwn:
    def test_loses_again_what_staff_put_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        approved(blog, clock, moderator)
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert staff.remote
        assert not is_in_history(staff.remote)
        staff.put("hola", case.comment_id, data)
        for _ in range(3):
            write(blog, clock)
        assert not is_in_history(staff.remote)
        assert tombstone_in(staff, "hola", case.comment_id)
        assert waiting(blog) == 0

    def test_loses_again_what_a_merge_brought_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        first = approved(blog, clock, moderator, "Primera.")
        write(blog, clock)
        case = approved(blog, clock, moderator, f"Con {WORD}.")
        write(blog, clock)
        staff.look()
        note = staff.path("hola", first.comment_id)
        note.write_bytes(note.read_bytes().replace(b"Primera.", b"La primera."))
        git(staff.folder, "commit", "--quiet", "--all", "--message=A correction")
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        write(blog, clock)
        pull = ("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "comments")
        git(staff.folder, *pull)  # has the tombstone now, and the words before it
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert staff.remote
        assert not is_in_history(staff.remote)
        git(staff.folder, *pull)
        git(staff.folder, "push", "--quiet", "origin", "HEAD:comments")
        assert is_in_history(staff.remote)
        for _ in range(3):
            write(blog, clock)
        assert not is_in_history(staff.remote)
        assert b"La primera." in staff.read("hola", first.comment_id)
        assert waiting(blog) == 0


def test_a_comment_that_never_had_a_file_is_forgotten_without_one(
    blog: Blog, clock: Clock, moderator: Person
) -> None:
    case = received(blog, clock, f"Con {WORD}.")
    erase(blog, case.comment_id, by=None, now=clock())
    write(blog, clock)
    assert waiting(blog) == 0
