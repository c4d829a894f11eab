"""What somebody says by telephone, at the counter or by letter gets the same care as the rest."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case, EventKind, person_actor
from comments_service.domain.states import Visibility
from comments_service.store.people import Person
from comments_service.usecases import track
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_by_reference
from tests.web.pages import answering, fields, path, words

Send = Callable[..., TestResponse]


@pytest.fixture
def send(staff: FlaskClient) -> Send:
    def fill_in(**given: str) -> TestResponse:
        told = {
            "channel": "phone",
            "author": "Begoña",
            "body": "Pregunta cuándo abre la **piscina**.",
            "thread": "hola",
            "lang": "eu",
        }
        sent = fields(staff.get("/gestion/apuntar"), "/gestion/apuntar") | told | given
        return staff.post("/gestion/apuntar", data=sent)

    return fill_in


def case_in(blog: Blog, done: TestResponse) -> Case:
    assert done.status_code == 303, done.text
    return case_by_reference(blog, done.headers["Location"].split("/seguimiento/")[1][:11])


class TestNotingDown:
    def test_keeps_it_for_its_author_alone_unless_they_said_otherwise(
        self, send: Send, blog: Blog
    ) -> None:
        assert case_in(blog, send()).visibility is Visibility.PRIVATE
        said = case_in(blog, send(public="1", author="Carmen"))
        assert said.visibility is Visibility.HELD

    def test_gives_a_receipt_to_print_with_reference_link_and_code_in_their_language(
        self, send: Send, blog: Blog, reader: FlaskClient
    ) -> None:
        done = send()
        case = case_in(blog, done)
        receipt = reader.get(done.headers["Location"])
        token = track.receipt_for(blog, case).token
        assert receipt.status_code == 200
        assert 'lang="eu"' in receipt.text
        assert case.reference in words(receipt)
        assert token in words(receipt)
        assert "short-code" in receipt.text
        assert reader.get(f"/seguimiento/{case.reference}/{token}").status_code == 200

    def test_records_who_noted_it_and_how_it_came(
        self, send: Send, blog: Blog, moderator: Person
    ) -> None:
        case = case_in(blog, send(channel="letter"))
        (event,) = track.record_of(blog, case).events
        assert event.kind is EventKind.RECEIVED
        assert event.actor == person_actor(moderator.id)
        assert event.data["channel"] == case.channel == "letter"

    def test_waits_in_the_tray_and_is_answered_like_any_other(
        self, send: Send, blog: Blog, staff: FlaskClient
    ) -> None:
        case = case_in(blog, send())
        assert case.reference in staff.get("/gestion/").text
        assert staff.post(path(case, "contestar"), data=answering("En junio.")).status_code == 303

    def test_twice_with_one_form_is_one_comment(self, staff: FlaskClient, send: Send) -> None:
        entry = fields(staff.get("/gestion/apuntar"), "/gestion/apuntar")["entry"]
        first, second = send(entry=entry), send(entry=entry)
        assert first.headers["Location"] == second.headers["Location"]
        other = send(entry=entry, body="Otra cosa.")
        assert other.status_code == 409
        assert "Otra cosa." in other.text

    def test_is_held_to_the_limits_of_every_reader_and_loses_no_word(self, send: Send) -> None:
        text = "x" * 9_000
        seen = send(body=text, author="", channel="", thread="")
        assert seen.status_code == 422
        assert text in seen.text
        told = words(seen)
        for fault in ("Elige cómo llegó.", "Elige de qué trata.", "Escribe su nombre"):
            assert fault in told

    def test_publishes_nothing_where_a_conversation_is_closed(self, send: Send) -> None:
        assert send(thread="cerrada", public="1").status_code == 422
        assert send(thread="cerrada").status_code == 303

    def test_is_found_at_the_head_of_the_tray(self, staff: FlaskClient) -> None:
        tray = staff.get("/gestion/")
        assert "/gestion/apuntar" in tray.text
