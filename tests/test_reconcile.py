"""Database, files, Git and site are compared, and what differs is named and mended."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments_service import commentfile, ledger
from comments_service.cli import main
from comments_service.domain.cases import Case
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Visibility
from comments_service.errors import CannotStart, HistoryRewritten
from comments_service.store import locks
from comments_service.store.people import Person
from comments_service.usecases import reconcile as module
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.differences import WORDS, What
from comments_service.usecases.moderate import case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.reconcile import Reconciled, reconcile
from comments_service.usecases.showing import build_site
from comments_service.usecases.withdraw import withdraw
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import Staff, approved, git, look, settings_for, staff_for

pytestmark = pytest.mark.usefixtures("forked_builds")

MODES = [("off", "sqlite"), ("off", "postgresql"), ("here", "sqlite"), ("clone", "sqlite")]


@pytest.fixture
def mode() -> str:
    return "off"


@pytest.fixture
def staff(mode: str, tmp_path: Path) -> Staff:
    return staff_for(mode, buildable_blog(tmp_path / "blog"))


@pytest.fixture
def blog(
    mode: str, staff: Staff, tmp_path: Path, database_url: str, clock: Clock
) -> Iterator[Blog]:
    opened = open_blog(settings_for(mode, tmp_path / "blog", database_url))
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


@pytest.fixture
def shown(blog: Blog, clock: Clock, moderator: Person) -> Case:
    """A published comment, of two in its conversation."""
    approved(blog, clock, moderator, "Otro.")
    case = approved(blog, clock, moderator, "Hola.")
    publish(blog, clock)
    assert compared(blog, clock) == set()
    return case


def compared(blog: Blog, clock: Clock) -> set[What]:
    return {each.what for each in reconcile(blog, clock).found}


def mended(blog: Blog, clock: Clock, **how: bool) -> Reconciled:
    done = reconcile(blog, clock, fix=True, **how)
    assert done.left == ()
    return done


def page(blog: Blog) -> Path:
    return blog.settings.output_folder / "2026/11/hola/index.html"


def run_sql(blog: Blog, *lines: str) -> None:
    with blog.store.write() as connection:
        for line in lines:
            connection.exec_driver_sql(line)


@pytest.mark.parametrize(("mode", "database_url"), MODES, indirect=["database_url"])
class TestInEachMode:
    def test_a_published_blog_has_no_differences(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        assert reconcile(blog, clock, fix=True) == Reconciled((), ())

    def test_what_staff_did_to_files_is_named_and_taken_over(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, shown: Case
    ) -> None:
        other = approved(blog, clock, moderator, "Se va.")
        back = approved(blog, clock, moderator, "Se mueve.")
        publish(blog, clock)
        staff.change("hola", shown.comment_id, "Hola.", "Corregido.")
        staff.remove("hola", other.comment_id)
        staff.move("hola", back.comment_id, "otra")
        found = compared(blog, clock) - {What.NOT_LOOKED_AT}
        assert found == {
            What.FILE_DIFFERS,
            What.FILE_GONE,
            What.FILE_MOVED,
        }
        mended(blog, clock)
        assert "Corregido." in page(blog).read_text("utf-8")
        assert case_of(blog, other.id).visibility is Visibility.WITHDRAWN
        assert case_of(blog, back.id).thread == "otra"

    def test_an_empty_database_learns_every_published_comment_again(
        self,
        mode: str,
        blog: Blog,
        tmp_path: Path,
        clock: Clock,
        moderator: Person,
        shown: Case,
        database_url: str,
    ) -> None:
        before = page(blog).read_text("utf-8")
        if database_url.startswith("sqlite"):
            blog.store.close()
            for path in tmp_path.glob("test.sqlite3*"):
                path.unlink()
        else:
            tables = "outbox revision event_text event cases fact thread_counter comment"
            run_sql(blog, *(f"DELETE FROM {table}" for table in tables.split()))
        again = open_blog(settings_for(mode, tmp_path / "blog", database_url))
        assert {each.what for each in reconcile(again, clock).found} >= {What.FILE_UNKNOWN}
        mended(again, clock)
        assert page(again).read_text("utf-8") == before
        again.store.close()

    def test_a_readers_own_withdrawal_goes_through_to_the_page(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        withdraw(blog, shown.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        run_sql(blog, "DELETE FROM outbox")
        assert compared(blog, clock) == {What.FILE_WITHDRAWN}
        mended(blog, clock)
        assert "Hola." not in page(blog).read_text("utf-8")

    def test_a_void_waits_for_a_person(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        every = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(7)]
        publish(blog, clock)
        staff.remove("hola", *(case.comment_id for case in every))
        with pytest.raises(HistoryRewritten):
            reconcile(blog, clock, fix=True)
        assert all(case_of(blog, case.id).visibility is Visibility.PUBLISHED for case in every)
        mended(blog, clock, believe=True)
        assert all(case_of(blog, case.id).visibility is Visibility.WITHDRAWN for case in every)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
class TestTheDatabase:
    def test_whose_queue_was_lost_publishes_all_the_same(
        self, blog: Blog, clock: Clock, moderator: Person, shown: Case
    ) -> None:
        case = approved(blog, clock, moderator, "Perdido.")
        assert compared(blog, clock) == {What.WAITING}
        run_sql(blog, "DELETE FROM outbox")
        assert compared(blog, clock) == {What.LOST}
        mended(blog, clock)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED

    def test_whose_text_is_not_the_files_follows_the_file(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        run_sql(blog, "UPDATE revision SET body = 'Otra cosa.' WHERE body = 'Hola.'")
        assert compared(blog, clock) == {What.TEXT_DIFFERS}
        mended(blog, clock)
        assert case_of(blog, shown.id).body == "Hola."

    def test_whose_counter_fell_behind_gives_no_number_twice(
        self, blog: Blog, clock: Clock, moderator: Person, shown: Case
    ) -> None:
        run_sql(blog, "UPDATE thread_counter SET last_number = 1")
        assert compared(blog, clock) == {What.COUNTER}
        mended(blog, clock)
        assert approved(blog, clock, moderator, "Nuevo.").number == 3

    def test_that_forgot_an_erasure_does_it_again(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        ledger.append(blog.settings.erasures_file, shown.comment_id, clock())
        assert compared(blog, clock) == {What.NOT_ERASED}
        mended(blog, clock)
        assert case_of(blog, shown.id).body == ""
        assert "Hola." not in page(blog).read_text("utf-8")

    def test_whose_record_was_changed_is_named_and_left_to_a_person(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        run_sql(blog, f"UPDATE event SET actor = 'person:9' WHERE case_id = {shown.id}")
        run_sql(blog, f"UPDATE cases SET attention = 'answered' WHERE id = {shown.id}")
        done = reconcile(blog, clock, fix=True)
        assert {each.what for each in done.left} == {What.RECORD, What.ATTENTION}
        assert {each.where for each in done.left} == {shown.reference}
        assert not any(each.can_be_mended for each in done.left)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestThePages:
    @pytest.mark.parametrize(
        ("spoil", "what"),
        [
            (lambda html, digest: html.replace(digest, "0" * 16), What.PAGE_DIFFERS),
            (lambda html, digest: html.replace('id="comment-', 'id="kommentar-'), What.PAGE_LACKS),
            (
                lambda html, digest: html + f'<p id="comment-{"0" * 26}" data-digest="{digest}">',
                What.PAGE_UNKNOWN,
            ),
        ],
    )
    def test_that_show_something_else_are_built_again(
        self, blog: Blog, clock: Clock, shown: Case, spoil: object, what: What
    ) -> None:
        file = blog.comments_folder / "hola" / f"{shown.comment_id}.md"
        html = page(blog).read_text("utf-8")
        spoilt = spoil(html, commentfile.digest(file.read_bytes()))  # type: ignore[operator]
        page(blog).write_text(spoilt, "utf-8")
        assert compared(blog, clock) == {what}
        mended(blog, clock)
        assert page(blog).read_text("utf-8") == html

    def test_that_still_show_what_staff_removed_are_built_again(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        staff.remove("hola", shown.comment_id)
        look(blog, clock)
        run_sql(blog, "DELETE FROM outbox")
        assert compared(blog, clock) == {What.PAGE_STILL}
        mended(blog, clock)
        assert shown.comment_id not in page(blog).read_text("utf-8")

    def test_that_are_gone_are_named(self, blog: Blog, clock: Clock, shown: Case) -> None:
        (blog.settings.content_folder / "articles" / "hola.md").unlink()
        build_site(blog, now=clock())
        done = reconcile(blog, clock, fix=True)
        assert [(each.what, each.where) for each in done.left] == [(What.PAGE_MISSING, "hola")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheFolder:
    def test_is_cleared_of_old_left_overs_alone(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        old, new = (blog.comments_folder / "hola" / f".{name}.tmp" for name in ("vieja", "nueva"))
        for path, hours in ((old, 2), (new, 0)):
            path.write_text("a")
            at = clock().timestamp() - hours * 3600
            os.utime(path, (at, at))
        assert compared(blog, clock) == {What.TEMPORARY}
        mended(blog, clock)
        assert (old.exists(), new.exists()) == (False, True)

    def test_with_files_that_a_person_must_mend_is_left_and_named(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, shown: Case
    ) -> None:
        other = approved(blog, clock, moderator, "Roto.")
        publish(blog, clock)
        staff.change("hola", other.comment_id, "author: ", "autor: ")
        copy = staff.read("hola", shown.comment_id).replace(b'"hola"', b'"otra"')
        staff.put("otra", shown.comment_id, copy)
        done = reconcile(blog, clock, fix=True)
        left = {each.what: each.where for each in done.left}
        assert left[What.FILE_UNREADABLE] == f"hola/{other.comment_id}.md"
        assert left[What.FILE_TWICE] == f"otra/{shown.comment_id}.md"
        assert staff.read("otra", shown.comment_id) == copy


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestGit:
    @pytest.mark.parametrize("mode", ["here"])
    def test_what_staff_did_not_commit_is_named_and_left(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        data = staff.read("hola", shown.comment_id).replace(b"Hola.", b"A medias.")
        staff.put("hola", shown.comment_id, data, share=False)
        assert compared(blog, clock) == {What.NOT_COMMITTED}
        reconcile(blog, clock, fix=True)
        assert staff.read("hola", shown.comment_id) == data

    @pytest.mark.parametrize("mode", ["clone"])
    def test_work_in_the_private_clone_does_not_count(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        path = blog.comments_folder / "hola" / f"{shown.comment_id}.md"
        before = path.read_bytes()
        path.write_bytes(before.replace(b"Hola.", b"Trampa."))
        assert compared(blog, clock) == {What.CLONE_CHANGED}
        assert path.read_bytes() == before

    @pytest.mark.parametrize("mode", ["clone"])
    def test_a_rewritten_history_waits_for_a_person(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        staff.look()
        staff.path("hola", shown.comment_id).unlink()
        git(staff.folder, "add", "--all", ".")
        git(staff.folder, "commit", "--quiet", "--amend", "--message=Rewritten")
        git(staff.folder, "push", "--quiet", "--force", "origin", "HEAD:comments")
        assert What.REWRITTEN in compared(blog, clock)
        with pytest.raises(HistoryRewritten):
            reconcile(blog, clock, fix=True)
        assert case_of(blog, shown.id).visibility is Visibility.PUBLISHED
        mended(blog, clock, believe=True)
        assert case_of(blog, shown.id).visibility is Visibility.WITHDRAWN


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
class TestBesideARunningService:
    def test_waits_for_the_publisher_and_says_so(
        self, blog: Blog, clock: Clock, shown: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
        told: list[str] = []
        other = open_blog(blog.settings)
        with locks.publishing(other.store) as theirs:
            assert theirs
            with pytest.raises(CannotStart):
                reconcile(blog, clock, busy=lambda: told.append("busy"))
        assert told == ["busy"]
        assert reconcile(blog, clock).found == ()
        other.store.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheCommand:
    def run(self, blog: Blog, *arguments: str) -> tuple[int, str]:
        environ = {
            "TERTULIA_SITE_URL": "http://localhost:8000",
            "TERTULIA_DATABASE_URL": blog.settings.database_url or "",
            "LC_ALL": "C",
        }
        command = ["reconcile", "--blog", str(blog.settings.blog), *arguments]
        done = CliRunner().invoke(main, command, env=environ)
        return done.exit_code, done.output

    def test_says_that_all_is_well_and_ends_with_0(
        self, blog: Blog, clock: Clock, shown: Case
    ) -> None:
        assert self.run(blog) == (0, "All is well: database, comment files and site agree.\n")

    def test_names_each_difference_and_ends_with_1_until_it_is_mended(
        self, blog: Blog, staff: Staff, clock: Clock, shown: Case
    ) -> None:
        staff.change("hola", shown.comment_id, "Hola.", "Corregido.")
        code, printed = self.run(blog)
        assert code == 1
        assert printed.startswith(
            f"hola/{shown.comment_id}.md: somebody changed this file."
            " --fix: take its wording over, and publish it.\n"
        )
        code, printed = self.run(blog, "--fix")
        assert (code, printed.splitlines()[-1]) == (0, "Mended: 1. Now all agree.")
        assert self.run(blog)[0] == 0


class TestTheWords:
    def test_are_there_for_every_kind_with_a_way_out(self) -> None:
        for what in What:
            assert WORDS[what].fix or WORDS[what].advice, what
