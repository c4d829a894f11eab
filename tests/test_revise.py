"""A corrected wording replaces the public one, once, and never what was taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comments_service.domain.cases import EventKind
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Attention, Visibility
from comments_service.errors import AlreadyDecided, InvalidComment, UnknownComment
from comments_service.store import publication
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.revise import public_wording, revise
from comments_service.usecases.showing import build_site
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import (
    Staff,
    approved,
    comment_in,
    kept,
    received,
    record,
    settings_for,
    staff_for,
    tombstone_in,
    waiting,
    write,
)
from tests.support.ids import new_id

MODES = [("off", "sqlite"), ("off", "postgresql"), ("here", "sqlite"), ("clone", "sqlite")]
pytestmark = [
    pytest.mark.parametrize(("mode", "database_url"), MODES, indirect=["database_url"]),
    pytest.mark.usefixtures("forked_builds"),
]


@pytest.fixture
def mode() -> str:
    raise AssertionError("each test is given one")


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


def page(blog: Blog) -> str:
    return (blog.settings.output_folder / "2026/11/hola/index.html").read_text("utf-8")


class TestRevising:
    def test_puts_the_new_wording_in_the_place_of_the_old_one(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Con una falta.")
        publish(blog, clock)
        clock.forward(minutes=5)
        revise(blog, case.comment_id, 1, "Sin ella.", by=moderator, now=clock())
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        assert "Con una falta." in page(blog), "the old wording stays until the new one is there"
        publish(blog, clock)
        assert "Sin ella." in page(blog)
        assert "Con una falta." not in page(blog)
        entry = comment_in(staff, "hola", case.comment_id)
        assert (entry.revision, entry.number, entry.edited) == (2, case.number, clock.now)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED
        assert record(blog, case)[-2:] == [EventKind.REVISED, EventKind.PUBLISHED]

    def test_twice_before_publishing_shows_the_last_one_alone(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Uno.")
        revise(blog, case.comment_id, 1, "Dos.", by=moderator, now=clock())
        revise(blog, case.comment_id, 2, "Tres.", by=moderator, now=clock())
        publish(blog, clock)
        assert waiting(blog) == 0
        assert comment_in(staff, "hola", case.comment_id).body == "Tres."
        assert "Dos." not in page(blog)
        assert record(blog, case).count(EventKind.PUBLISHED) == 1

    def test_of_two_people_at_once_one_is_told(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Uno.")
        revise(blog, case.comment_id, 1, "De Ada.", by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            revise(blog, case.comment_id, 1, "De Iker.", by=moderator, now=clock())
        assert public_wording(blog, case.comment_id).body == "De Ada."

    @pytest.mark.parametrize("at", ["write.temp", "record", "build", "confirm"])
    def test_while_it_is_published_shows_the_newer_one_in_the_end(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, at: str
    ) -> None:
        case = approved(blog, clock, moderator, "Uno.")

        def step(name: str) -> None:
            if name == at and kept(blog, case.comment_id).head_revision == 1:
                revise(blog, case.comment_id, 1, "Dos.", by=moderator, now=clock())

        publish(blog, clock, step)
        clock.forward(minutes=20)
        publish(blog, clock)
        assert waiting(blog) == 0
        assert "Dos." in page(blog)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED
        assert kept(blog, case.comment_id).digest_seen == kept(blog, case.comment_id).digest_head

    def test_an_answer_leaves_the_case_as_it_stands(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        said = new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=said, now=clock())
        publish(blog, clock)
        revise(blog, said, 1, "Sí, gracias.", by=moderator, now=clock())
        publish(blog, clock)
        entry = comment_in(staff, "hola", said)
        assert (entry.body, entry.author) == ("Sí, gracias.", "Ada Ejemplo")
        now = case_of(blog, case.id)
        assert (now.attention, now.visibility) == (Attention.ANSWERED, Visibility.PUBLISHED)
        record(blog, case)

    def test_on_top_of_staffs_edit_of_the_file_keeps_what_they_wrote_elsewhere(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Uno.")
        write(blog, clock)
        staff.change("hola", case.comment_id, "Aitor", "Aitor G.")
        write(blog, clock)
        revise(blog, case.comment_id, 2, "Dos.", by=moderator, now=clock())
        write(blog, clock)
        entry = comment_in(staff, "hola", case.comment_id)
        assert (entry.author, entry.body, entry.revision) == ("Aitor G.", "Dos.", 3)


class TestWhatCannotBeRevised:
    def test_is_told_and_changes_nothing(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        held = received(blog, clock, "Sin decidir.")
        gone = approved(blog, clock, moderator, "Retirado.")
        erased = approved(blog, clock, moderator, "Borrado.")
        write(blog, clock)
        withdraw(blog, gone.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        erase(blog, erased.comment_id, by=None, now=clock())
        for case in (held, gone, erased):
            with pytest.raises(AlreadyDecided):
                revise(blog, case.comment_id, 1, "Otro.", by=moderator, now=clock())
        with pytest.raises(UnknownComment):
            revise(blog, "0" * 26, 1, "Otro.", by=moderator, now=clock())
        write(blog, clock)
        assert tombstone_in(staff, "hola", gone.comment_id)
        assert waiting(blog) == 0

    def test_a_text_that_cannot_be_shown_is_refused(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Uno.")
        for body in ("", " \n", "a" * 8001):
            with pytest.raises(InvalidComment):
                revise(blog, case.comment_id, 1, body, by=moderator, now=clock())
        with blog.store.read() as connection:
            assert publication.wording(connection, case.comment_id, 2) is None
