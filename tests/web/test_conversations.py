"""Pausing and closing one conversation in the browser, and what its readers meet meanwhile."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from tests.support.fixtures import Clock
from tests.web.pages import fields, path, words

WHERE = "/gestion/ajustes/conversaciones"


def decide(staff: FlaskClient, act: str, **given: str) -> TestResponse:
    page = staff.get(f"{WHERE}/hola")
    return staff.post(f"{WHERE}/hola/{act}", data=fields(page, f"/{act}") | given)


class TestAConversation:
    def test_is_paused_from_the_page_of_one_of_its_comments(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting("¿Para qué?")
        assert f"{WHERE}/hola" in staff.get(path(case)).text
        answer = decide(staff, "pausar", message_es="Mañana **seguimos**.")
        assert answer.status_code == 303
        shown = words(staff.get(f"{WHERE}/hola?hecho=pausada"))
        assert "Está en pausa hasta" in shown
        assert "Mañana seguimos." in shown

    def test_that_is_paused_says_why_and_until_when_and_gives_a_text_back(
        self, staff: FlaskClient, reader: FlaskClient, clock: Clock
    ) -> None:
        form = fields(reader.get("/comentar/hola"))
        decide(staff, "pausar", message_es="Mañana **seguimos**.", until="2026-11-22")
        sent = form | {"author": "Aitor", "body": "Lo que quería decir."}
        answer = reader.post("/comentar/hola", data=sent)
        assert answer.status_code == 403
        assert "Mañana seguimos." in words(answer)
        assert "<strong>seguimos</strong>" in answer.text
        assert "Lo que quería decir." in answer.text
        assert "23 de noviembre de 2026" in words(answer)
        clock.forward(days=3)
        assert reader.get("/comentar/hola").status_code == 200

    def test_is_closed_with_a_summary_and_opened_again(
        self, staff: FlaskClient, reader: FlaskClient
    ) -> None:
        assert decide(staff, "cerrar", summary_es="Unos sí, otros no.").status_code == 303
        assert "Unos sí, otros no." in words(reader.get("/comentar/hola"))
        assert "Está cerrada." in words(staff.get(WHERE))
        assert decide(staff, "abrir").status_code == 303
        assert reader.get("/comentar/hola").status_code == 200

    @pytest.mark.parametrize("nothing", [" ", "\u200b", "\u3164"])
    def test_with_nothing_to_say_stays_open_and_keeps_what_was_written(
        self, staff: FlaskClient, reader: FlaskClient, nothing: str
    ) -> None:
        answer = decide(staff, "pausar", message_es=nothing, until="2026-11-25")
        assert answer.status_code == 422
        assert fields(answer, "/pausar")["until"] == "2026-11-25"
        assert reader.get("/comentar/hola").status_code == 200

    def test_that_somebody_decided_on_meanwhile_shows_how_it_stands_and_the_text(
        self, staff: FlaskClient
    ) -> None:
        old = fields(staff.get(f"{WHERE}/hola"), "/cerrar") | {"summary_es": "Mi resumen."}
        decide(staff, "pausar", message_es="Mañana seguimos.")
        answer = staff.post(f"{WHERE}/hola/cerrar", data=old)
        assert answer.status_code == 409
        assert "Está en pausa hasta" in words(answer)
        assert "Mi resumen." in answer.text

    def test_that_does_not_exist_is_not_found(self, staff: FlaskClient) -> None:
        assert staff.get(f"{WHERE}/nadie").status_code == 404

    def test_is_found_by_words_of_its_title(self, staff: FlaskClient) -> None:
        assert f"{WHERE}/hola" in staff.get(f"{WHERE}?buscar=HÓLA").text
        assert f"{WHERE}/hola" not in staff.get(f"{WHERE}?buscar=nada+de+eso").text
