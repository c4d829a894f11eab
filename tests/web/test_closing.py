"""Ending a case without an answer, and asking its reader for something first."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.states import Attention, Visibility
from comments_service.store.people import Person
from comments_service.usecases import reader as readers
from comments_service.usecases import track
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of
from tests.support.fixtures import Clock
from tests.web.pages import CSRF, by_id, classed, fields, form, path, text_of, words

KIND = "No preguntaba nada, así que no hay respuesta que esperar."


@pytest.fixture
def public(
    waiting: Callable[..., Case],
    publishing: Callable[[Case], Case],
    blog: Blog,
    moderator: Person,
    clock: Clock,
) -> Case:
    return publishing(approve(blog, waiting().id, 1, by=moderator, now=clock()))


def private(blog: Blog, case: Case) -> str:
    return f"/seguimiento/{case.reference}/{track.receipt_for(blog, case).token}"


class TestNoAnswerNeeded:
    def test_publishes_what_waited_and_closes_it_with_one_form(
        self,
        staff: FlaskClient,
        reader: FlaskClient,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
    ) -> None:
        case = waiting("Qué buena idea.")
        sent = fields(staff.get(path(case)), "/no-hace-falta")
        assert staff.post(path(case, "no-hace-falta"), data=sent).status_code == 303
        now = case_of(blog, case.id)
        assert (now.visibility, now.attention) == (Visibility.APPROVED, Attention.CLOSED)
        kinds = [event.kind for event in track.record_of(blog, now).events]
        assert kinds[-2:] == [EventKind.APPROVED, EventKind.CLOSED]
        publishing(now)
        page = reader.get(private(blog, case))
        assert KIND in words(page)
        assert "Lo leímos con atención." in words(page)

    def test_is_one_of_the_buttons_of_a_published_comment(
        self, staff: FlaskClient, public: Case, blog: Blog
    ) -> None:
        assert "No hace falta contestar" in words(staff.get(path(public)))
        staff.post(path(public, "no-hace-falta"), data=form())
        assert case_of(blog, public.id).attention is Attention.CLOSED

    def test_of_a_wording_that_was_not_on_the_screen_is_a_conflict(
        self, staff: FlaskClient, waiting: Callable[..., Case], contents: Callable[[], str]
    ) -> None:
        case, before = waiting(), contents()
        answer = staff.post(path(case, "no-hace-falta"), data=form(revision="2"))
        assert (answer.status_code, contents()) == (409, before)


class TestClosingInWords:
    def test_tells_its_reader_why(
        self, staff: FlaskClient, reader: FlaskClient, public: Case, blog: Blog
    ) -> None:
        sent = fields(staff.get(path(public)), "/cerrar") | {"why": "Se contestó en el pleno."}
        assert staff.post(path(public, "cerrar"), data=sent).status_code == 303
        assert "Se contestó en el pleno." in words(reader.get(private(blog, public)))

    def test_without_words_is_refused_and_the_form_stands_open(
        self, staff: FlaskClient, public: Case, blog: Blog
    ) -> None:
        sent = {"csrf": CSRF, "seen": "99", "why": " "}
        answer = staff.post(path(public, "cerrar"), data=sent)
        assert answer.status_code == 422
        assert by_id(answer, "why").get("aria-invalid") == "true"
        opened = [each for each in classed(answer, "act") if "open" in each.attrib]
        assert [text_of(each.find("summary")) for each in opened] == [
            "Más…",
            "Cerrarlo y decir por qué",
        ]
        assert case_of(blog, public.id).attention is not Attention.CLOSED

    def test_of_what_its_reader_added_to_meanwhile_keeps_the_words(
        self, staff: FlaskClient, public: Case, blog: Blog, clock: Clock
    ) -> None:
        sent = fields(staff.get(path(public)), "/cerrar") | {"why": "Ya está."}
        of = track.record_of(blog, public)
        readers.add(blog, of, len(of.events), "Otra cosa.", now=clock())
        answer = staff.post(path(public, "cerrar"), data=sent)
        assert answer.status_code == 409
        assert "Ya está." in words(answer)


class TestAskingItsReader:
    def test_shows_the_question_and_the_reply_brings_it_back(
        self, staff: FlaskClient, reader: FlaskClient, public: Case, blog: Blog
    ) -> None:
        sent = fields(staff.get(path(public)), "/preguntar") | {"question": "¿En qué calle?"}
        assert staff.post(path(public, "preguntar"), data=sent).status_code == 303
        assert case_of(blog, public.id).attention is Attention.AWAITING_READER
        page = reader.get(private(blog, public))
        assert text_of(by_id(page, "contenido")).startswith(
            f"Tu comentario {public.reference} Necesitamos un dato tuyo"
        )
        assert "¿En qué calle?" in words(page)
        reply = fields(page, "/anadir") | {"body": "En la calle Mayor."}
        assert reader.post(f"{private(blog, public)}/anadir", data=reply).status_code == 303
        assert case_of(blog, public.id).attention is Attention.UNDER_REVIEW
        both = words(staff.get(path(public)))
        assert "¿En qué calle?" in both
        assert "En la calle Mayor." in both

    def test_by_a_double_click_asks_once(
        self, staff: FlaskClient, public: Case, blog: Blog
    ) -> None:
        sent = fields(staff.get(path(public)), "/preguntar") | {"question": "¿Dónde?"}
        answers = [staff.post(path(public, "preguntar"), data=sent) for _ in range(2)]
        assert [each.status_code for each in answers] == [303, 409]
        record = track.record_of(blog, public).events
        assert sum(event.kind is EventKind.ASKED_READER for event in record) == 1
