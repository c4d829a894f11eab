"""One's own account: password, second factor, sessions."""

import json
from collections.abc import Callable

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments_service import signing
from comments_service.domain import totp
from comments_service.store import people
from comments_service.store.people import Person
from comments_service.store.schema import journal
from comments_service.usecases.blog import Blog
from comments_service.web.agents import in_two_words
from comments_service.web.qr import QUIET, drawn
from tests.support.fixtures import Clock
from tests.web.conftest import CSRF
from tests.web.pages import URL, by_id, classed, fields, text_of, title, words

PASSWORD = "una frase muy larga"
NEW = "otra frase bien larga"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _password(blog: Blog, moderator: Person) -> None:
    with blog.store.write() as connection:
        people.change(connection, moderator.id, password_hash=signing.password_hash(PASSWORD))


def cookie(client: FlaskClient) -> str | None:
    found = client.get_cookie("tertulia-8000")
    return found.value if found else None


def another(app: Flask) -> FlaskClient:
    """Another browser in which the same person is signed in."""
    client = app.test_client()
    sent = {"login": "ada", "password": PASSWORD}
    answer = client.post("/gestion/entrar", data=sent, headers={"User-Agent": FIREFOX})
    assert answer.status_code == 303
    return client


class TestNotices:
    def send(self, client: FlaskClient, **sent: str) -> TestResponse:
        given = {"csrf": CSRF, "email": "", "notices": "daily", "own_password": PASSWORD} | sent
        return client.post("/gestion/cuenta/avisos", data=given)

    def test_come_as_one_chooses_to_the_address_that_one_gives(self, staff: FlaskClient) -> None:
        page = staff.get("/gestion/cuenta").text
        assert 'value="each" checked' in page, "as is usual where one works alone"
        done = self.send(staff, email="ada@pruebas.example")
        assert done.headers["Location"] == f"{URL}/gestion/cuenta?hecho=avisos"
        page = staff.get("/gestion/cuenta").text
        assert "a…@pruebas.example" in page
        assert 'value="daily" checked' in page
        self.send(staff, no_email="1")
        assert "a…@pruebas.example" not in staff.get("/gestion/cuenta").text

    @pytest.mark.parametrize("sent", [{"email": "ada"}, {"notices": "siempre"}])
    def test_of_a_form_that_is_wrong_stay_as_they_were(
        self, staff: FlaskClient, sent: dict[str, str]
    ) -> None:
        assert self.send(staff, **sent).status_code == 422
        assert 'value="each" checked' in staff.get("/gestion/cuenta").text

    def test_come_to_another_address_for_whoever_knows_the_password(
        self, staff: FlaskClient
    ) -> None:
        wish = {"email": "evil@evil.example", "own_password": "no es esta"}
        answer = self.send(staff, **wish)
        assert answer.status_code == 422
        assert by_id(answer, "own_password").get("aria-invalid") == "true"
        assert "e…@evil.example" not in staff.get("/gestion/cuenta").text
        assert self.send(staff, own_password="").status_code == 303, "for the rest it is not asked"


class TestTheLanguage:
    def chosen(self, answer: TestResponse) -> list[str | None]:
        options = by_id(answer, "language").iter("option")
        return [each.get("value") for each in options if "selected" in each.attrib]

    def send(self, client: FlaskClient, language: str) -> TestResponse:
        sent = {"csrf": CSRF, "language": language}
        return client.post("/gestion/cuenta/idioma", data=sent)

    def test_is_that_of_the_pages_from_then_on(self, staff: FlaskClient) -> None:
        page = staff.get("/gestion/cuenta")
        assert self.chosen(page) == ["es"]
        offered = [each.get("value") for each in by_id(page, "language").iter("option")]
        assert offered == ["es", "eu", "en"]
        done = self.send(staff, "eu")
        assert done.headers["Location"] == f"{URL}/gestion/cuenta?hecho=idioma"
        told = staff.get(done.headers["Location"])
        assert "Zure orriak hizkuntza honetan daude orain." in told.text
        assert self.chosen(told) == ["eu"]
        assert '<html lang="eu"' in staff.get("/gestion/").text

    def test_is_noted_when_it_changes(self, staff: FlaskClient, blog: Blog) -> None:
        for language in ("en", "en"):
            self.send(staff, language)
        with blog.store.read() as connection:
            noted = list(connection.execute(select(journal.c.kind, journal.c.data)))
        assert [(kind, json.loads(data)["fields"]) for kind, data in noted] == [
            ("person_changed", "language")
        ]

    @pytest.mark.parametrize("language", ["", "fr", "../es"])
    def test_that_the_site_does_not_have_is_told_beside_the_field(
        self, staff: FlaskClient, language: str
    ) -> None:
        answer = self.send(staff, language)
        assert answer.status_code == 422
        assert by_id(answer, "language").get("aria-invalid") == "true"
        assert '<html lang="es"' in staff.get("/gestion/").text

    def test_is_not_asked_where_there_is_one(self, staff: FlaskClient, blog: Blog) -> None:
        site = blog.settings.content_folder / "site.toml"
        one = site.read_text("utf-8").replace('["es", "eu", "en"]', '["es"]')
        site.write_text(one, "utf-8")
        assert "/cuenta/idioma" not in staff.get("/gestion/cuenta").text


class TestThePassword:
    def send(self, client: FlaskClient, **sent: str) -> object:
        given = {"csrf": CSRF, "password": PASSWORD, "new": NEW} | sent
        return client.post("/gestion/cuenta/contrasena", data=given)

    def test_changes_under_a_new_cookie_and_closes_the_other_browsers(
        self, app: Flask, staff: FlaskClient
    ) -> None:
        other, before = another(app), cookie(staff)
        answer = self.send(staff)
        assert answer.headers["Location"] == f"{URL}/gestion/cuenta?hecho=contrasena"
        assert cookie(staff) not in (None, before)
        assert staff.get("/gestion/").status_code == 200
        assert other.get("/gestion/").status_code == 401
        thief = app.test_client()
        thief.set_cookie("tertulia-8000", str(before))
        assert thief.get("/gestion/").status_code == 401

    def test_that_is_wrong_or_weak_is_told_beside_its_field(self, staff: FlaskClient) -> None:
        for sent, field in (({"password": "no es"}, "password"), ({"new": "qwertyuiop12"}, "new")):
            answer = self.send(staff, **sent)
            assert answer.status_code == 422
            assert title(answer).startswith("Error: ")
            assert by_id(answer, field).get("aria-invalid") == "true"
            assert by_id(answer, field).get("value") is None


class TestSessions:
    def test_are_listed_with_their_browser(self, app: Flask, staff: FlaskClient) -> None:
        another(app)
        listed = [text_of(each) for each in classed(staff.get("/gestion/cuenta"), "sessions")[0]]
        assert len(listed) == 2
        assert any("Firefox, Linux" in each and "Cerrarla" in each for each in listed)
        assert any("Este" in each and "Cerrarla" not in each for each in listed)

    def test_are_closed_one_by_one(self, app: Flask, staff: FlaskClient) -> None:
        other = another(app)
        sent = fields(staff.get("/gestion/cuenta"), "sesiones/cerrar")
        answer = staff.post("/gestion/cuenta/sesiones/cerrar", data=sent)
        assert answer.headers["Location"] == f"{URL}/gestion/cuenta?hecho=sesion"
        assert other.get("/gestion/").status_code == 401
        assert staff.get("/gestion/").status_code == 200

    def test_are_closed_all_but_this_one(self, app: Flask, staff: FlaskClient) -> None:
        others = [another(app), another(app)]
        staff.post("/gestion/cuenta/sesiones/cerrar-las-otras", data={"csrf": CSRF})
        assert [each.get("/gestion/").status_code for each in others] == [401, 401]
        assert staff.get("/gestion/").status_code == 200

    def test_are_named_by_nothing_that_opens_one(
        self, app: Flask, staff: FlaskClient, contents: Callable[[], str]
    ) -> None:
        other = another(app)
        page = staff.get("/gestion/cuenta")
        assert str(cookie(other)) not in page.text
        assert str(cookie(other)) not in contents()


class TestTheCode:
    def set_up(self, client: FlaskClient, clock: Clock) -> tuple[bytes, object]:
        page = client.get("/gestion/cuenta/codigo")
        secret = totp.read(classed(page, "secret")[0].text.replace(" ", ""))
        code = totp.code_at(secret, int(clock().timestamp()) // 30)
        sent = fields(page, "/cuenta/codigo") | {"code": code}
        return secret, client.post("/gestion/cuenta/codigo", data=sent)

    def test_is_offered_anew_by_no_look_and_the_same_after_a_reload(
        self, staff: FlaskClient, contents: Callable[[], str]
    ) -> None:
        before = contents()
        pages = [staff.get("/gestion/cuenta/codigo") for _ in range(2)]
        assert len({classed(page, "secret")[0].text for page in pages}) == 1
        assert contents() == before

    def test_that_is_wrong_shows_the_same_picture_again(
        self, staff: FlaskClient, clock: Clock
    ) -> None:
        page = staff.get("/gestion/cuenta/codigo")
        answer = staff.post("/gestion/cuenta/codigo", data={"csrf": CSRF, "code": "000000"})
        assert answer.status_code == 422
        shown = [classed(each, "secret")[0].text for each in (page, answer)]
        assert shown[0] == shown[1]

    def test_is_set_and_its_kept_codes_are_shown_once(
        self, staff: FlaskClient, clock: Clock, contents: Callable[[], str]
    ) -> None:
        before = cookie(staff)
        secret, done = self.set_up(staff, clock)
        kept = [text_of(each) for each in classed(done, "kept-codes")[0]]
        assert len(kept) == 10
        assert cookie(staff) != before
        again = staff.get("/gestion/cuenta/codigo")
        assert not any(code in again.text for code in kept)
        assert totp.written(secret) not in contents()

    def test_can_be_kept_anew_or_taken_away_by_who_knows_the_password(
        self, staff: FlaskClient, clock: Clock
    ) -> None:
        _, first = self.set_up(staff, clock)
        page = staff.get("/gestion/cuenta")
        sent = {"csrf": fields(page, "/salir")["csrf"]}
        for path in ("guardados", "quitar"):
            wrong = staff.post(f"/gestion/cuenta/codigo/{path}", data=sent | {"password": "x"})
            assert wrong.status_code == 422
        sent |= {"password": PASSWORD}
        anew = staff.post("/gestion/cuenta/codigo/guardados", data=sent)
        assert words(anew) != words(first)
        answer = staff.post("/gestion/cuenta/codigo/quitar", data=sent)
        assert answer.headers["Location"] == f"{URL}/gestion/cuenta?hecho=codigo"
        assert classed(staff.get("/gestion/cuenta/codigo"), "qr")

    def test_is_replaced_by_that_of_another_telephone_by_who_knows_the_password(
        self, staff: FlaskClient, clock: Clock
    ) -> None:
        first, _ = self.set_up(staff, clock)
        page = staff.get("/gestion/cuenta/codigo?otro")
        secret = totp.read(classed(page, "secret")[0].text.replace(" ", ""))
        assert secret != first
        code = totp.code_at(secret, int(clock().timestamp()) // 30)
        sent = fields(page, "/cuenta/codigo") | {"code": code}
        wrong = staff.post("/gestion/cuenta/codigo", data=sent | {"password": "x"})
        assert wrong.status_code == 422
        assert by_id(wrong, "password").get("aria-invalid") == "true"
        done = staff.post("/gestion/cuenta/codigo", data=sent | {"password": PASSWORD})
        assert len(classed(done, "kept-codes")[0]) == 10


class TestThePicture:
    def test_is_the_code_of_the_address(self) -> None:
        """Drawn back into modules and read by the library's own matrix."""
        text = "otpauth://totp/Consejo:ada?secret=JBSWY3DPEHPK3PXP&issuer=Consejo"
        made = drawn(text)
        matrix = segno.make_qr(text, error="m").matrix
        dark = set()
        for piece in made.path.split("M")[1:]:
            x, rest = piece.split(" ", 1)
            y, length = rest.split("v")[0].split("h")
            dark |= {(int(x) + at - QUIET, int(y) - QUIET) for at in range(int(length))}
        expected = {
            (x, y) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark
        }
        assert dark == expected
        assert made.size == len(matrix) + 2 * QUIET


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_named_in_two_words(sent: str, shown: str) -> None:
    assert in_two_words(sent) == shown
