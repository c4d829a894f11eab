"""Notes for colleagues on the page of a comment: what staff see and send, and no reader sees."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.store.people import Person
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve
from comments_service.usecases.track import receipt_for
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import fields, path, words

SECRET = "Ya escribió lo mismo Ñandú42."


@pytest.fixture
def jon(blog: Blog, moderator: Person, clock: Clock) -> Person:
    return hired(blog, moderator, "Jon Ibarra", clock())


def leave(staff: FlaskClient, case: Case, note: str) -> int:
    sent = fields(staff.get(path(case)), "/anotar") | {"note": note}
    return staff.post(path(case, "anotar"), data=sent).status_code


class TestNotes:
    def test_are_offered_to_nobody_who_works_alone(
        self, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        page = staff.get(path(waiting())).text
        assert "/anotar" not in page
        assert "segunda-lectura" not in page

    def test_stand_on_the_page_with_who_wrote_them(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient, moderator: Person
    ) -> None:
        case = waiting()
        assert leave(staff, case, SECRET) == 303
        page = words(staff.get(path(case)))
        assert SECRET in page
        assert f"Nota de {moderator.name}" in page

    def test_without_words_come_back_with_the_fault(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        case = waiting()
        assert leave(staff, case, " ") == 422

    def test_come_back_whole_where_they_are_too_long(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        case, long = waiting(), "palabra " * 400
        sent = fields(staff.get(path(case)), "/anotar") | {"note": long}
        answer = staff.post(path(case, "anotar"), data=sent)
        assert answer.status_code == 422
        assert long.strip() in answer.text

    def test_are_shown_as_they_were_typed(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        case = waiting()
        assert leave(staff, case, "<script>x()</script>") == 303
        assert "&lt;script&gt;x()" in staff.get(path(case)).text

    def test_are_seen_by_no_reader(
        self,
        jon: Person,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        clock: Clock,
        reader: FlaskClient,
        publishing: Callable[[Case], Case],
    ) -> None:
        case = waiting()
        assert leave(staff, case, SECRET) == 303
        approve(blog, case.id, 1, by=jon, now=clock())
        publishing(case)
        private = reader.get(f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}")
        assert "Tu comentario está en la página" in private.text
        assert "Una nota" not in private.text
        folders = (blog.comments_folder, blog.settings.blog / "output")
        files = [each for folder in folders for each in folder.rglob("*") if each.is_file()]
        public = b"".join(each.read_bytes() for each in files)
        assert case.body.encode() in public
        for told in (private.data, public):
            assert "Ñandú42".encode() not in told


class TestASecondReading:
    def test_is_asked_on_the_page_and_marked_in_their_list(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient, moderator: Person
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/segunda-lectura")
        sent |= {"reader": str(jon.id), "reading": "¿Lo ves claro?"}
        assert staff.post(path(case, "segunda-lectura"), data=sent).status_code == 303
        page = words(staff.get(path(case)))
        assert f"{moderator.name} pide a Jon Ibarra que lo lea ¿Lo ves claro?" in page
        assert "Se te pide leerlo" not in words(staff.get("/gestion/"))

    def test_of_nobody_comes_back_with_its_words(
        self, jon: Person, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/segunda-lectura")
        sent |= {"reader": "", "reading": "¿Lo ves claro?"}
        answer = staff.post(path(case, "segunda-lectura"), data=sent)
        assert answer.status_code == 422
        assert "¿Lo ves claro?" in answer.text
        assert "Elige de la lista" in words(answer)
