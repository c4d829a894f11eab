"""A disk without room, or a database that cannot be read: nothing that was written is lost."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.domain.states import Decision
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from tests.support.fixtures import Clock
from tests.web.pages import answering, form, path, words

LONG = "Un texto largo que nadie quiere perder. " * 150


@pytest.fixture
def full(blog: Blog) -> Iterator[Callable[[], None]]:
    """Lets the database grow no more: "database or disk is full", SQLite's own words."""

    def limit(connection: object, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    def fill() -> None:
        blog.store.engine.dispose()
        event.listen(blog.store.engine, "connect", limit)

    yield fill
    if event.contains(blog.store.engine, "connect", limit):
        event.remove(blog.store.engine, "connect", limit)


@contextmanager
def no_room_to_commit(database: Path) -> Iterator[None]:
    """No byte more in the log that a commit is written to, so that COMMIT itself fails."""
    log = database.with_name(database.name + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def is_kept_for_later(answer: TestResponse, text: str) -> bool:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    return " ".join(text.split()) in words(answer)


class TestAFullDisk:
    def test_gives_a_comment_back(
        self, reader: FlaskClient, full: Callable[[], None], blog: Blog
    ) -> None:
        full()
        data = {"author": "Aitor", "body": LONG}
        assert is_kept_for_later(reader.post("/comentar/hola", data=data), LONG)

    def test_gives_an_answer_back(
        self, staff: FlaskClient, waiting: Callable[..., Case], full: Callable[[], None], blog: Blog
    ) -> None:
        case = waiting()
        full()
        sent = answering(LONG)
        assert is_kept_for_later(staff.post(path(case, "contestar"), data=sent), LONG)
        assert case_of(blog, case.id).decision is Decision.HELD

    def test_gives_it_back_when_only_the_commit_fails(
        self, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        waiting()
        data = {"author": "Aitor", "body": LONG}
        with no_room_to_commit(blog.settings.var_folder / "tertulia.sqlite3"):
            answer = reader.post("/comentar/hola", data=data)
        assert is_kept_for_later(answer, LONG)
        assert reader.post("/comentar/hola", data=data).status_code == 303
        with blog.store.read() as connection:
            kept = connection.exec_driver_sql("SELECT count(*) FROM comment").scalar_one()
        assert kept == 2

    def test_gives_the_reason_of_a_refusal_back_when_only_the_commit_fails(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        sent = form(rule="", reason="Porque da el teléfono de otra persona.")
        with no_room_to_commit(blog.settings.var_folder / "tertulia.sqlite3"):
            answer = staff.post(path(case, "no-publicar"), data=sent)
        assert is_kept_for_later(answer, sent["reason"])
        assert case_of(blog, case.id).decision is Decision.HELD
        assert staff.post(path(case, "no-publicar"), data=sent).status_code == 303

    def test_is_told_on_every_page_of_staff_that_must_write(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        full: Callable[[], None],
        clock: Clock,
    ) -> None:
        case = waiting()
        clock.forward(minutes=5)  # the session is to be noted as awake
        full()
        for page in ("/gestion/", "/gestion/decididos", path(case)):
            answer = staff.get(page)
            assert answer.status_code in (200, 503), page
            assert "Traceback" not in answer.text


class TestADatabaseThatCannotBeRead:
    @pytest.fixture
    def broken(self, blog: Blog) -> Callable[[], None]:
        """The file is no database any more, as after a fault of the disk."""

        def overwrite() -> None:
            blog.store.engine.dispose()
            file = blog.settings.var_folder / "tertulia.sqlite3"
            for each in file.parent.glob(file.name + "*"):
                each.unlink()
            file.mkdir()

        return overwrite

    def test_gives_the_text_back_and_says_when_to_try_again(
        self, reader: FlaskClient, broken: Callable[[], None]
    ) -> None:
        broken()
        data = {"author": "Aitor", "body": LONG}
        assert is_kept_for_later(reader.post("/comentar/hola", data=data), LONG)

    def test_is_told_on_the_pages_of_staff_and_to_the_watching_program(
        self, staff: FlaskClient, broken: Callable[[], None]
    ) -> None:
        broken()
        answer = staff.post("/gestion/comentario/2026-000001/contestar", data=answering(LONG))
        assert is_kept_for_later(answer, LONG)
        assert staff.get("/gestion/").status_code == 503
        assert staff.get("/servicio/estado").json == {"ok": False, "problems": ["database"]}
