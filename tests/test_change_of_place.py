"""What the publisher does when it finds other files than it looked at: a race, another place."""

from pathlib import Path

import pytest

from comments_service import content_repo
from comments_service.content_repo import no_step
from comments_service.store import outbox
from comments_service.store.people import Person
from comments_service.usecases import looking, reconcile, writing
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.differences import What
from comments_service.usecases.moderate import case_of
from comments_service.usecases.revise import revise
from tests.support.fixtures import Clock
from tests.support.hands import (
    approved,
    git,
    kept,
    look,
    settings_for,
    staff_for,
    write,
)


class TestWithoutGit:
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_a_file_changed_after_the_look_is_not_overwritten(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        revise(blog, case.comment_id, 1, "Lo nuestro.", by=moderator, now=clock())
        run = looking.Run(
            blog, content_repo.open_place(blog.settings), clock, no_step, lambda: None
        )
        with blog.store.write() as connection:
            rows = outbox.claim(connection, "test", clock())
        path = blog.comments_folder / "hola" / f"{case.comment_id}.md"
        theirs = path.read_bytes().replace(b"Hola.", b"Lo suyo.")
        path.write_bytes(theirs)
        assert writing.bring(run, rows) == ([], [])
        assert path.read_bytes() == theirs
        look(blog, clock)
        assert case_of(blog, case.id).body == "Lo suyo."


class TestAnotherPlace:
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_that_is_empty_gets_every_file_and_nothing_is_withdrawn(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person, database_url: str
    ) -> None:
        cases = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(7)]
        write(blog, clock)
        staff = staff_for("clone", blog_folder)
        moved = open_blog(settings_for("clone", blog_folder, database_url))
        look(moved, clock)
        write(moved, clock)
        assert staff.remote
        names = git(staff.remote, "ls-tree", "-r", "--name-only", "comments").split()
        assert {f"hola/{case.comment_id}.md" for case in cases} <= set(names)
        assert all(kept(moved, case.comment_id).withdrawn_by is None for case in cases)
        moved.store.close()

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_is_no_reason_for_reconcile_to_withdraw_what_it_lacks(
        self,
        blog: Blog,
        blog_folder: Path,
        clock: Clock,
        moderator: Person,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cases = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(3)]
        write(blog, clock)
        staff_for("clone", blog_folder)
        moved = open_blog(settings_for("clone", blog_folder, database_url))
        monkeypatch.setattr(
            reconcile, "_publish_all", lambda blog, clock, *_, **__: look(blog, clock)
        )
        found = reconcile.reconcile(moved, clock, fix=True).found
        assert What.FILE_GONE not in {each.what for each in found}
        assert all(kept(moved, case.comment_id).withdrawn_by is None for case in cases)
        moved.store.close()

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_that_holds_the_files_already_gets_no_commit(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person, database_url: str
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        staff_for("here", blog_folder)
        head = git(blog_folder, "rev-parse", "HEAD")
        moved = open_blog(settings_for("here", blog_folder, database_url))
        look(moved, clock)
        write(moved, clock)
        assert git(blog_folder, "rev-parse", "HEAD") == head
        assert kept(moved, case.comment_id).is_current
        moved.store.close()
