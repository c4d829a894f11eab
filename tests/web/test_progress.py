"""How far a decision is on its way to the page, as staff see it, and trying again."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from comments_service.domain.cases import Case
from comments_service.domain.comments import WithdrawnBy
from comments_service.store.outbox import queue
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve
from comments_service.usecases.withdraw import withdraw
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import (
    CSRF,
    URL,
    Bell,
    classed,
    fields,
    path,
    text_of,
    tree,
    words,
)

WHY = "%(remote)s cannot be reached. The comments are safe here and go out as soon as it answers."


@pytest.fixture
def approved(
    waiting: Callable[..., Case], blog: Blog, moderator: Person, clock: Clock
) -> Callable[..., Case]:
    """A comment that was approved now and waits to be published."""

    def make(body: str = "Hola") -> Case:
        case = approve(blog, waiting(body).id, 1, by=moderator, now=clock())
        clock.forward(seconds=1)
        return case

    return make


class TestADecision:
    def test_is_being_published(self, staff: FlaskClient, approved: Callable[..., Case]) -> None:
        case = approved()
        for page in (path(case), "/gestion/decididos"):
            assert [text_of(each) for each in classed(staff.get(page), "progress")] == [
                "Publicándose…"
            ]

    def test_was_published_today_at_an_hour_of_the_institution(
        self,
        staff: FlaskClient,
        approved: Callable[..., Case],
        publishing: Callable[[Case], Case],
        clock: Clock,
    ) -> None:
        case = publishing(approved())
        clock.forward(minutes=30)
        for page in (path(case), "/gestion/decididos"):
            told = text_of(classed(staff.get(page), "progress")[0])
            assert told == "Publicado a las 11:00"

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("es", "Publicado el 20 de noviembre a las 11:00"),
            ("eu", "Argitaratuta: azaroaren 20a, 11:00"),
            ("en", "Published on 20 November at 11:00"),
        ],
    )
    def test_was_published_on_another_day(
        self,
        staff: FlaskClient,
        approved: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
        clock: Clock,
        language: str,
        said: str,
    ) -> None:
        case = publishing(approved())
        clock.forward(hours=13, minutes=30)
        with blog.store.write() as connection:
            connection.execute(text(f"UPDATE person SET language = '{language}'"))
            connection.execute(text(f"UPDATE session SET seen_at = {int(clock().timestamp())}"))
            connection.execute(text(f"UPDATE session SET created_at = {int(clock().timestamp())}"))
        assert text_of(classed(staff.get(path(case)), "progress")[0]) == said

    def test_of_long_ago_that_is_on_the_page_since_today_says_the_day(
        self,
        staff: FlaskClient,
        approved: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
    ) -> None:
        case = publishing(approved())
        with blog.store.write() as connection:
            connection.execute(text("UPDATE revision SET decided_at = decided_at - 86400"))
        for page in (path(case), "/gestion/decididos"):
            told = text_of(classed(staff.get(page), "progress")[0])
            assert told == "Publicado el 20 de noviembre a las 11:00"

    def test_that_failed_says_that_nothing_is_lost_and_why(
        self, staff: FlaskClient, approved: Callable[..., Case], put_off: Callable[..., None]
    ) -> None:
        case = approved()
        put_off(WHY, "fatal: <b>no</b> route\nto host", remote="git@git.example:c.git")
        for page in (path(case), "/gestion/decididos"):
            seen = staff.get(page)
            said = "No hemos podido publicarlo. El comentario está a salvo."
            assert said in [text_of(each) for each in classed(seen, "progress")]
            folded = classed(seen, "technical")[0]
            assert folded.tag == "details"
            assert "open" not in folded.attrib
            assert "No se puede llegar a git@git.example:c.git." in text_of(folded)
            assert folded.find(".//pre").text.strip() == "fatal: <b>no</b> route\nto host"

    def test_of_an_answer_is_told_beside_that_of_its_comment(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = answer(
            blog, waiting().id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock()
        )
        told = [text_of(each) for each in classed(staff.get(path(case)), "progress")]
        assert told == ["Publicándose…", "La respuesta: Publicándose…"]
        publishing(case)
        told = [text_of(each) for each in classed(staff.get(path(case)), "progress")]
        assert told == ["Publicado a las 11:00", "La respuesta: Publicado a las 11:00"]

    def test_to_withdraw_has_words_of_its_own(
        self,
        staff: FlaskClient,
        approved: Callable[..., Case],
        publishing: Callable[[Case], Case],
        put_off: Callable[..., None],
        blog: Blog,
        clock: Clock,
    ) -> None:
        case = publishing(approved())
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        clock.forward(seconds=1)
        assert text_of(classed(staff.get(path(case)), "progress")[0]) == "Retirándose…"
        put_off(WHY, remote="x")
        said = "No hemos podido retirarlo de la página."
        assert text_of(classed(staff.get(path(case)), "progress")[0]) == said
        clock.forward(minutes=10)
        publishing(case)
        assert text_of(classed(staff.get(path(case)), "progress")[0]) == "Retirado a las 11:10"

    def test_that_was_never_made_is_not_told(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        assert not classed(staff.get(path(waiting())), "progress")


class TestTryingAgain:
    def test_is_offered_once_however_many_failed(
        self, staff: FlaskClient, approved: Callable[..., Case], put_off: Callable[..., None]
    ) -> None:
        for number in range(3):
            approved(f"Número {number}")
        put_off(WHY, remote="x")
        seen = staff.get("/gestion/decididos")
        assert len(classed(seen, "notice--bad")) == 1
        actions = [each.get("action") for each in tree(seen).iter("form")]
        assert actions.count(f"{URL}/gestion/reintentar") == 1
        assert "3 decisiones no están todavía en la web" in words(seen)

    def test_makes_everything_due_wakes_the_worker_and_goes_back(
        self,
        staff: FlaskClient,
        approved: Callable[..., Case],
        put_off: Callable[..., None],
        blog: Blog,
        clock: Clock,
        bell: Bell,
    ) -> None:
        case = approved()
        for page in ("/gestion/", "/gestion/decididos", path(case)):
            put_off(WHY, remote="x")
            sent = fields(staff.get(page), "/reintentar")
            bell.rung = 0
            done = staff.post("/gestion/reintentar", data=sent)
            assert done.headers["Location"] == f"{URL}{page}?hecho=reintentar"
            assert bell.rung == 1
            with blog.store.read() as connection:
                due = connection.execute(text("SELECT available_at FROM outbox")).scalar_one()
                assert queue(connection).count == 1
            assert due == int(clock().timestamp())
            told = classed(staff.get(f"{page}?hecho=reintentar"), "notice--good")
            assert text_of(told[0]) == "Lo estamos intentando otra vez."

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"page": "//evil.example"},
            {"page": "https://evil.example/"},
            {"page": "comment"},
            {"page": "comment", "reference": "../../salir"},
            {"page": "waiting", "reference": "2026-000001"},
            {"page": "waiting", "next": "/"},
        ],
    )
    def test_goes_nowhere_else(self, staff: FlaskClient, sent: dict[str, str]) -> None:
        assert staff.post("/gestion/reintentar", data={"csrf": CSRF} | sent).status_code == 400
