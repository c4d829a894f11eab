"""Taking no comments of somebody for a while: the form of staff, their list, the reader's page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import receipt_for
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import CSRF, by_id, path, text_of, words

REVIEW = "defensoria@pruebas.example"
WHY = "Insulta a los demás."
SENT = {"csrf": CSRF, "by_network": "1", "ban_rule": "2-v2", "ban_reason": WHY, "ban_term": "1"}
WRITTEN = {"author": "Aitor", "body": "Otra vez, <b>yo</b>.\nY una línea más.", "lang": "es"}
LIST = "/gestion/ajustes/no-admitidos"


@pytest.fixture(autouse=True)
def office(blog_folder: Path, rules: Path) -> None:
    """Says whom to ask for a review."""
    site = blog_folder / "content" / "site.toml"
    said = site.read_text("utf-8").replace("[contact]", f'[contact]\ncomplaints = "{REVIEW}"')
    site.write_text(said, "utf-8")


@pytest.fixture
def case(blog: Blog, clock: Clock) -> Case:
    """From the network of the browsers of these tests."""
    sent, now = Form(author="Aitor", body="Sois tontos."), clock()
    receipt = submit(blog, "hola", sent, address="127.0.0.1", comment_id=new_id(now), now=now)
    return case_of(blog, receipt.case.id)


@pytest.fixture
def ban(staff: FlaskClient, case: Case) -> Callable[[], None]:
    def send() -> None:
        answer = staff.post(path(case, "no-admitir"), data=SENT)
        assert answer.status_code == 303, words(answer)

    return send


class TestTheForm:
    def test_says_how_weak_it_is_and_for_whom_it_is_too_much(
        self, staff: FlaskClient, case: Case
    ) -> None:
        told = text_of(by_id(staff.get(path(case)), "no-admitir"))
        assert "quien quiera saltárselo puede" in told
        assert "hasta el 21/11/2026 a las 01:59" in told
        assert "una oficina, una biblioteca" in told
        assert "Hoy no ha llegado" not in told
        assert "correo" not in told  # there is none

    def test_is_offered_no_more_once_nothing_else_is_known_of_them(
        self, staff: FlaskClient, case: Case, ban: Callable[[], None]
    ) -> None:
        ban()
        assert "no-admitir" not in staff.get(path(case)).text

    def test_comes_back_with_every_fault_and_what_was_written(
        self, staff: FlaskClient, case: Case
    ) -> None:
        sent = {"csrf": CSRF, "ban_reason": "", "ban_term": "date", "ban_until": "2030-01-01"}
        answer = staff.post(path(case, "no-admitir"), data=sent)
        assert answer.status_code == 422
        linked = re.findall(r'<li><a href="#(\w+)">', answer.text)
        assert linked == ["ban_by", "ban_rule", "ban_reason", "ban_until"]
        for field in linked:
            assert by_id(answer, field) is not None
        assert by_id(answer, "ban_until").get("value") == "2030-01-01"

    def test_a_second_time_is_a_clear_conflict(
        self, staff: FlaskClient, case: Case, ban: Callable[[], None]
    ) -> None:
        ban()
        answer = staff.post(path(case, "no-admitir"), data=SENT)
        assert answer.status_code == 409
        assert "De esta red, hasta el 21/11/2026 a las 01:59" in words(answer)


class TestWhoeverIsBanned:
    def test_reads_why_until_when_whom_to_ask_and_keeps_the_text(
        self, reader: FlaskClient, ban: Callable[[], None]
    ) -> None:
        ban()
        answer = reader.post("/comentar/hola", data=WRITTEN)
        assert answer.status_code == 403
        told = words(answer)
        for said in ("Norma 2", "Texto 2-v2.", WHY, "hasta el 21/11/2026 a las 01:59", REVIEW):
            assert said in told, said
        assert by_id(answer, "tu-texto").text == WRITTEN["body"]
        assert f'href="mailto:{REVIEW}"' in answer.text
        assert "/seguimiento/" in answer.text

    @pytest.mark.parametrize(
        ("lang", "said"),
        [
            ("es", "Por ahora no admitimos comentarios nuevos tuyos"),
            ("eu", "Oraingoz ez dugu zure iruzkin berririk onartzen"),
            ("en", "For now we take no new comments of yours"),
        ],
    )
    def test_is_told_in_the_language_of_the_form(
        self, reader: FlaskClient, ban: Callable[[], None], lang: str, said: str
    ) -> None:
        ban()
        answer = reader.post("/comentar/hola", data=WRITTEN | {"lang": lang})
        assert f'<html lang="{lang}"' in answer.text
        assert said in words(answer)

    def test_is_told_on_the_private_page_of_the_comment_too(
        self, blog: Blog, reader: FlaskClient, case: Case, ban: Callable[[], None]
    ) -> None:
        private = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        assert "no admitimos" not in words(reader.get(private))
        ban()
        told = words(reader.get(private))
        assert "no admitimos comentarios nuevos tuyos" in told
        assert WHY in told
        assert REVIEW in told

    def test_from_elsewhere_is_received_as_everybody(
        self, reader: FlaskClient, ban: Callable[[], None]
    ) -> None:
        ban()
        there = {"REMOTE_ADDR": "198.51.100.9"}
        answer = reader.post("/comentar/hola", data=WRITTEN, environ_overrides=there)
        assert answer.status_code == 303


class TestTheList:
    def test_is_named_in_settings_only_while_there_is_somebody(
        self, staff: FlaskClient, ban: Callable[[], None]
    ) -> None:
        assert LIST not in staff.get("/gestion/ajustes/").text
        ban()
        assert LIST in staff.get("/gestion/ajustes/").text

    def test_says_why_and_until_when_and_lifts_it(
        self, staff: FlaskClient, reader: FlaskClient, case: Case, ban: Callable[[], None]
    ) -> None:
        ban()
        told = words(staff.get(LIST))
        for said in (case.reference, WHY, "Datos de otras personas", "21/11/2026 a las 01:59"):
            assert said in told, said
        done = staff.post(f"{LIST}/admitir", data={"csrf": CSRF, "ban": "1"}, follow_redirects=True)
        assert "volvemos a admitir sus comentarios" in words(done)
        assert "No hay nadie" in words(done)
        assert reader.post("/comentar/hola", data=WRITTEN).status_code == 303

    def test_of_a_number_that_there_is_not_changes_nothing(self, staff: FlaskClient) -> None:
        assert staff.post(f"{LIST}/admitir", data={"csrf": CSRF, "ban": "9"}).status_code == 404

    def test_is_in_the_log_with_who_did_it(
        self, staff: FlaskClient, case: Case, ban: Callable[[], None]
    ) -> None:
        ban()
        staff.post(f"{LIST}/admitir", data={"csrf": CSRF, "ban": "1"})
        logged = words(staff.get("/gestion/registro"))
        assert "Dejó de aceptar durante un tiempo lo que envía alguien" in logged
        assert "Vuelve a aceptar lo que envía alguien" in logged
