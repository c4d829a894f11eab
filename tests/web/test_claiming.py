"""Saying that one looks at a comment, on its page and in the list, where several work."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.domain.states import Decision
from comments_service.store import sessions
from comments_service.store.people import Person
from comments_service.usecases import claims
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.track import receipt_for
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import CSRF, answering, classed, fields, form, path, text_of, words

JON = "j" * 32
WORDS = ("Lo miro yo", "mirando", "/mirar", "/dejar")


@pytest.fixture
def jon(blog: Blog, moderator: Person, clock: Clock) -> Person:
    return hired(blog, moderator, "Jon <Ruiz>", clock(), role="moderator")


@pytest.fixture
def other(app: Flask, blog: Blog, clock: Clock, jon: Person) -> Iterator[FlaskClient]:
    """A browser in which Jon is signed in."""
    with blog.store.write() as connection:
        sessions.open_session(connection, JON, jon.id, CSRF, clock())
    client = app.test_client()
    client.set_cookie("tertulia-8000", JON)
    return client


def rows(answer: TestResponse) -> list[str]:
    return [text_of(each) for each in classed(answer, "tray__item")]


class TestWhoeverIsAlone:
    def test_reads_no_word_of_it(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        claims.claim(blog, case.id, by=moderator, now=clock())
        for page in (staff.get("/gestion/"), staff.get(path(case))):
            assert not [each for each in WORDS if each in page.text]
        assert staff.post(path(case, "mirar"), data={"csrf": CSRF}).status_code == 404


class TestWhoeverLooksAtIt:
    def test_says_so_on_its_page_by_a_form_and_never_by_opening_it(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        other: FlaskClient,
        blog: Blog,
        clock: Clock,
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/mirar")
        assert case_of(blog, case.id).claimed_by is None
        answer = staff.post(path(case, "mirar"), data=sent)
        page = staff.get(answer.headers["Location"])
        until = f"hasta las {claims_until(blog, case)}"
        assert f"Lo estás mirando tú, {until}" in words(page)
        assert "Lo miro yo" not in page.text
        page = other.get(path(case))
        assert f"Lo está mirando {case_holder(staff)}, {until}" in words(page)
        assert "Lo miro yo" not in page.text
        clock.forward(minutes=15)
        assert "mirando" not in words(other.get(path(case)))
        assert "Lo miro yo" in words(other.get(path(case)))

    def test_says_so_in_the_list_and_comes_back_to_it(
        self, waiting: Callable[..., Case], staff: FlaskClient, other: FlaskClient
    ) -> None:
        case, second = waiting("Uno."), waiting("Dos.")
        sent = fields(other.get("/gestion/?vista=por-leer"), f"{case.reference}/mirar")
        answer = other.post(path(case, "mirar"), data=sent)
        assert answer.headers["Location"].endswith(f"#c-{case.reference}")
        assert "vista=por-leer" in answer.headers["Location"]
        page = other.get(answer.headers["Location"])
        assert "Hecho: tu equipo ve que lo estás mirando." in words(page)
        ours, theirs = rows(page), rows(staff.get("/gestion/"))
        assert "Lo estás mirando tú" in ours[0]
        assert "Ya no lo miro" in ours[0]
        assert "Lo está mirando Jon <Ruiz>, hasta las" in theirs[0]
        assert "Lo miro yo" not in theirs[0]
        assert all("mirando" not in each[1] and "Lo miro yo" in each[1] for each in (ours, theirs))
        sent = fields(page, f"{case.reference}/dejar")
        assert other.post(path(case, "dejar"), data=sent).status_code == 303
        assert "mirando" not in rows(staff.get("/gestion/"))[0]
        assert second

    def test_is_the_one_who_said_so_first(
        self, waiting: Callable[..., Case], staff: FlaskClient, other: FlaskClient
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/mirar")
        assert other.post(path(case, "mirar"), data=sent).status_code == 303
        answer = staff.post(path(case, "mirar"), data=sent)
        assert answer.status_code == 409
        assert "Alguien de tu equipo lo está mirando" in words(answer)


class TestAColleagueWhoDecides:
    def test_is_asked_whether_they_mean_to_and_loses_no_word(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        jon: Person,
        clock: Clock,
    ) -> None:
        case, body = waiting(), "Primera línea.\n\n«Segunda» & <tercera>"
        claims.claim(blog, case.id, by=jon, now=clock())
        answer = staff.post(path(case, "contestar"), data=answering(body))
        assert answer.status_code == 409
        assert "Lo está mirando Jon <Ruiz>, hasta las" in words(answer)
        assert case_of(blog, case.id).decision is Decision.HELD
        sent = fields(answer, "/contestar")
        assert sent == {"csrf": CSRF, "anyway": "1", **answering(body)}
        assert staff.post(path(case, "contestar"), data=sent).status_code == 303
        decided = case_of(blog, case.id)
        assert (decided.decision, decided.claimed_by) == (Decision.APPROVED, None)

    @pytest.mark.parametrize(
        ("word", "sent"),
        [
            ("publicar", form()),
            ("no-publicar", form(reason="Por esto.")),
            ("publicidad", form()),
            ("no-hace-falta", form()),
            ("recortar", form(cut="Palabras", cut_reason="Datos de otra persona.")),
        ],
    )
    def test_can_do_so_in_every_way(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        jon: Person,
        clock: Clock,
        word: str,
        sent: dict[str, str],
    ) -> None:
        case = waiting("Palabras de alguien.")
        claims.claim(blog, case.id, by=jon, now=clock())
        answer = staff.post(path(case, word), data=sent)
        assert answer.status_code == 409
        again = fields(answer, f"/{word}")
        assert again["anyway"] == "1"
        assert staff.post(path(case, word), data=again).status_code == 303

    def test_is_not_asked_about_their_own(
        self,
        waiting: Callable[..., Case],
        other: FlaskClient,
        blog: Blog,
        jon: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        claims.claim(blog, case.id, by=jon, now=clock())
        assert other.post(path(case, "publicar"), data=form()).status_code == 303


class TestWhoeverWroteIt:
    def test_is_told_once_that_somebody_looks_at_it(
        self,
        waiting: Callable[..., Case],
        reader: FlaskClient,
        blog: Blog,
        jon: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        for _ in range(3):
            claims.claim(blog, case.id, by=jon, now=clock())
            clock.forward(minutes=20)
        token = receipt_for(blog, case).token
        page = words(reader.get(f"/seguimiento/{case.reference}/{token}"))
        assert page.count("Alguien empezó a mirarlo.") == 1
        assert "Jon" not in page


def claims_until(blog: Blog, case: Case) -> str:
    until = case_of(blog, case.id).claimed_until
    assert until
    return until.astimezone(blog.site.zone).strftime("%H:%M")


def case_holder(staff: FlaskClient) -> str:
    """The name of whoever is signed in there."""
    return fields(staff.get("/gestion/personas/1"), "/personas/1")["name"]
