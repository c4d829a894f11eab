"""Leaving words out of a comment in the browser: what staff, its author and others see."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.store import sessions
from comments_service.store.people import Person
from comments_service.usecases import moderate, track
from comments_service.usecases.assign import assign
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import CSRF, fields, path, text_of, tree, words

WRITTEN = "Ane es tonta. Falta una farola."


def cut(staff: FlaskClient, case: Case, **given: str) -> TestResponse:
    sent = fields(staff.get(path(case)), "/recortar")
    assert sent["cut"].strip() == WRITTEN
    given = {"cut": "Falta una farola.", "cut_reason": "Insulta a otra persona"} | given
    return staff.post(path(case, "recortar"), data=sent | given)


def crossed_out(answer: TestResponse) -> list[str]:
    return [text_of(each) for each in tree(answer).iter("del")]


class TestACut:
    def test_is_told_to_its_author_with_what_was_left_out_and_why(
        self, staff: FlaskClient, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting(WRITTEN)
        assert cut(staff, case).status_code == 303
        page = reader.get(f"/seguimiento/{case.reference}/{track.receipt_for(blog, case).token}")
        assert crossed_out(page) == ["Ane es tonta."]
        shown = words(page)
        assert "Hemos quitado una parte de tu comentario" in shown
        assert "Editado por moderación: Insulta a otra persona" in shown
        assert "Pedir que lo miréis otra vez" in shown or "/reclamar" in page.text
        assert "/retirar" in page.text

    def test_stays_on_its_authors_page_as_history_after_a_correction(
        self, staff: FlaskClient, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting(WRITTEN)
        cut(staff, case)
        private = f"/seguimiento/{case.reference}/{track.receipt_for(blog, case).token}"
        form = fields(reader.get(f"{private}/corregir"), "/corregir")
        sent = reader.post(f"{private}/corregir", data=form | {"body": "Falta una farola, Ane."})
        assert sent.status_code == 303
        page = reader.get(private)
        shown = words(page)
        assert crossed_out(page) == ["Ane es tonta."]
        assert "Lo que quitamos antes de tu corrección" in shown
        assert "Editado por moderación: Insulta a otra persona" in shown
        assert "Una persona va a leer tu corrección." in shown
        now = moderate.case_by_reference(blog, case.reference)
        page = staff.get(path(now))
        staff.post(path(now, "publicar"), data=fields(page, "/publicar"))
        page = reader.get(private)
        assert crossed_out(page) == ["Ane es tonta."]
        assert "va a leer tu corrección" not in words(page)

    def test_shows_those_who_decide_both_wordings(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting(WRITTEN)
        cut(staff, case)
        page = staff.get(path(case))
        assert crossed_out(page) == ["Ane es tonta."]
        assert "[…] Falta una farola." in words(page)
        assert staff.post(path(case, "reponer"), data=fields(page, "/reponer")).status_code == 303
        assert crossed_out(staff.get(path(case))) == []

    def test_is_read_by_no_colleague_who_answers_from_an_older_page(
        self,
        app: Flask,
        blog: Blog,
        clock: Clock,
        moderator: Person,
        staff: FlaskClient,
        waiting: Callable[..., Case],
    ) -> None:
        case = waiting(WRITTEN)
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        rosa = hired(blog, moderator, "Rosa Ruiz", clock(), role="respondent")
        assign(blog, case.id, rosa.id, was=None, by=moderator, now=clock())
        with blog.store.write() as connection:
            sessions.open_session(connection, "r" * 32, rosa.id, CSRF, clock())
        client = app.test_client()
        client.set_cookie("tertulia-8000", "r" * 32)
        sent = fields(client.get(path(case)), "/contestar") | {"body": "No la llames tonta."}
        cut(staff, case)
        answer = client.post(path(case, "contestar"), data=sent)
        assert answer.status_code == 409, "readers would see it below other words"
        assert "Ane es" not in words(answer)
        assert fields(answer, "/contestar")["body"] == "No la llames tonta."

    def test_with_a_word_of_our_own_comes_back_with_everything_that_was_written(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        answer = cut(staff, waiting(WRITTEN), cut="Ane es lista.", cut_reason="Mejor así")
        assert answer.status_code == 422
        assert "lista." in words(answer)
        sent = fields(answer, "/recortar")
        assert (sent["cut"].strip(), sent["cut_reason"].strip()) == ("Ane es lista.", "Mejor así")
