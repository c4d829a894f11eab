"""Signing in and out, the first administrator, and what a session is worth."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from comments_service.config.settings import Settings
from comments_service.domain import totp
from comments_service.usecases import people
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.web.conftest import CSRF
from tests.web.pages import URL, addresses, by_id, classed, fields, text_of, title, tree, words

PASSWORD = "una frase muy larga"
ACCOUNT = {
    "login": "Ada",
    "name": "Ada Ejemplo",
    "password": PASSWORD,
    "position": "Gestora",
    "language": "es",
}


@pytest.fixture
def token(blog: Blog, clock: Clock) -> str:
    made = people.first_administrator_token(blog, clock())
    assert made
    return made


@pytest.fixture
def administrator(app: Flask, token: str) -> FlaskClient:
    """The browser in which the first account was made."""
    client = app.test_client()
    assert client.post(f"/gestion/alta/{token}", data=ACCOUNT).status_code == 303
    return client


def sign_in(client: FlaskClient, login: str = "ada", password: str = PASSWORD) -> TestResponse:
    return client.post("/gestion/entrar", data={"login": login, "password": password})


def cookie(client: FlaskClient) -> str | None:
    found = client.get_cookie("tertulia-8000")
    return found.value if found else None


class TestTheFirstAccount:
    def test_is_made_by_the_one_time_link(self, app: Flask, token: str) -> None:
        client = app.test_client()
        page = client.get(f"/gestion/alta/{token}")
        assert page.status_code == 200
        answer = client.post(f"/gestion/alta/{token}", data=fields(page, "/alta/") | ACCOUNT)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"{URL}/gestion/"
        assert client.get("/gestion/").status_code == 200

    def test_is_made_once(self, administrator: FlaskClient, token: str, app: Flask) -> None:
        other = app.test_client()
        assert other.get(f"/gestion/alta/{token}").status_code == 410
        answer = other.post(f"/gestion/alta/{token}", data=ACCOUNT | {"login": "eva"})
        assert answer.status_code == 410
        assert cookie(other) is None

    def test_is_not_made_by_looking_at_the_link(
        self, reader: FlaskClient, token: str, contents: Callable[[], str]
    ) -> None:
        before = contents()
        for _ in range(3):
            assert reader.get(f"/gestion/alta/{token}").status_code == 200
        assert contents() == before

    def test_is_not_made_by_another_link(self, reader: FlaskClient, token: str) -> None:
        assert reader.get(f"/gestion/alta/{'a' * 32}").status_code == 410
        assert reader.post(f"/gestion/alta/{'a' * 32}", data=ACCOUNT).status_code == 410

    def test_is_not_made_by_an_old_link(
        self, reader: FlaskClient, token: str, clock: Clock
    ) -> None:
        clock.forward(hours=13)
        assert reader.get(f"/gestion/alta/{token}").status_code == 410

    def test_with_faults_names_each_by_its_field_and_keeps_the_rest(
        self, reader: FlaskClient, token: str
    ) -> None:
        wrong = ACCOUNT | {"name": "", "password": "corta", "position": "Jefa <b>"}
        answer = reader.post(f"/gestion/alta/{token}", data=wrong)
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        links = [text_of(each) for each in classed(answer, "error-summary")[0].iter("a")]
        assert [link.split(":")[0] for link in links] == ["Tu nombre", "Contraseña"]
        assert by_id(answer, "position").get("value") == "Jefa <b>"
        assert by_id(answer, "password").get("value") is None
        assert reader.get(f"/gestion/alta/{token}").status_code == 200

    def test_takes_no_field_of_its_own(self, reader: FlaskClient, token: str) -> None:
        answer = reader.post(f"/gestion/alta/{token}", data=ACCOUNT | {"role": "god"})
        assert answer.status_code == 400

    def test_may_be_sent_by_a_page_without_referrer(self, reader: FlaskClient, token: str) -> None:
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        answer = reader.post(f"/gestion/alta/{token}", data=ACCOUNT, headers=headers)
        assert answer.status_code == 303

    def test_has_an_address_that_is_told_to_nobody(self, reader: FlaskClient, token: str) -> None:
        for path in (token, "a" * 32):
            assert reader.get(f"/gestion/alta/{path}").headers["Referrer-Policy"] == "no-referrer"


class TestSigningIn:
    def test_leads_to_the_tray(self, administrator: FlaskClient, app: Flask) -> None:
        client = app.test_client()
        page = client.get("/gestion/entrar")
        assert set(fields(page, "/entrar")) == {"login", "password"}
        answer = sign_in(client)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"{URL}/gestion/"
        assert client.get("/gestion/").status_code == 200

    def test_is_not_asked_again(self, administrator: FlaskClient) -> None:
        assert administrator.get("/gestion/entrar").headers["Location"] == f"{URL}/gestion/"

    def test_gives_a_new_session_each_time_and_ends_the_old_one(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        first = cookie(administrator)
        assert first
        sign_in(administrator)
        assert cookie(administrator) not in (None, first)
        other = app.test_client()
        other.set_cookie("tertulia-8000", first)
        assert other.get("/gestion/").status_code == 401

    def test_takes_no_session_that_it_did_not_make(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        client = app.test_client()
        client.set_cookie("tertulia-8000", "c" * 32)
        assert client.get("/gestion/").status_code == 401
        sign_in(client)
        assert cookie(client) != "c" * 32

    def test_answers_alike_for_unknown_names_and_wrong_passwords(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        wrong = [
            sign_in(app.test_client(), login, password)
            for login, password in (("ada", "x"), ("eva", "x"), ("eva", PASSWORD), ("", ""))
        ]
        assert {answer.status_code for answer in wrong} == {401}
        pages = {
            answer.text.replace('value="ada"', "")
            .replace('value="eva"', "")
            .replace('value=""', "")
            for answer in wrong
        }
        assert len(pages) == 1
        assert "El nombre o la contraseña no son correctos." in words(wrong[0])

    def test_answers_alike_for_a_closed_account(
        self, administrator: FlaskClient, app: Flask, blog: Blog
    ) -> None:
        _disable(blog)
        assert sign_in(app.test_client()).status_code == 401

    def test_keeps_the_name_and_never_the_password(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        answer = sign_in(app.test_client(), password="casi la frase")
        assert by_id(answer, "login").get("value") == "ada"
        assert "casi la frase" not in answer.text

    def test_slows_down_after_five_tries_known_or_not(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        for login in ("ada", "eva"):
            client = app.test_client()
            given = [sign_in(client, login, "x").status_code for _ in range(6)]
            assert given == [401] * 5 + [429]
        answer = sign_in(app.test_client())
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert "Espera 30 s y vuelve a intentarlo." in words(answer)
        assert cookie(app.test_client()) is None

    def test_works_again_after_a_while(
        self, administrator: FlaskClient, app: Flask, clock: Clock
    ) -> None:
        client = app.test_client()
        for _ in range(5):
            sign_in(client, password="x")
        clock.forward(minutes=16)
        assert sign_in(client).status_code == 303

    def test_goes_nowhere_else_whatever_the_address_asks(
        self, administrator: FlaskClient, app: Flask
    ) -> None:
        for wish in ("//evil.example", "/\\evil", "https:evil", "%2f%2fevil", "\t//evil", "x@e"):
            client = app.test_client()
            answer = client.post(
                "/gestion/entrar",
                query_string={"next": wish, "siguiente": wish},
                data={"login": "ada", "password": PASSWORD},
            )
            assert answer.headers["Location"] == f"{URL}/gestion/"


class TestTheCodeOfATelephone:
    """The second half, as a browser sees it."""

    @pytest.fixture
    def secret(self, administrator: FlaskClient, clock: Clock) -> bytes:
        page = administrator.get("/gestion/cuenta/codigo")
        found = totp.read(classed(page, "secret")[0].text.replace(" ", ""))
        sent = fields(page, "/cuenta/codigo") | {"code": code(found, clock)}
        assert administrator.post("/gestion/cuenta/codigo", data=sent).status_code == 200
        clock.forward(minutes=1)
        return found

    def test_is_asked_on_a_page_of_its_own_and_then_leads_to_the_tray(
        self, app: Flask, secret: bytes, clock: Clock
    ) -> None:
        client = app.test_client()
        answer = sign_in(client)
        assert answer.headers["Location"] == f"{URL}/gestion/entrar/codigo"
        assert cookie(client) is None
        assert client.get("/gestion/").status_code == 401
        page = client.get("/gestion/entrar/codigo")
        assert set(fields(page, "/entrar/codigo")) == {"code"}
        done = client.post("/gestion/entrar/codigo", data={"code": code(secret, clock)})
        assert done.headers["Location"] == f"{URL}/gestion/"
        assert client.get("/gestion/").status_code == 200
        assert client.get_cookie("tertulia-step-8000") is None

    def test_is_not_asked_without_the_password(self, reader: FlaskClient, secret: bytes) -> None:
        answer = reader.get("/gestion/entrar/codigo")
        assert answer.headers["Location"] == f"{URL}/gestion/entrar"
        reader.set_cookie("tertulia-step-8000", "c" * 32)
        assert reader.post("/gestion/entrar/codigo", data={"code": "000000"}).status_code == 401

    def test_that_is_wrong_is_told_and_asked_again(
        self, app: Flask, secret: bytes, clock: Clock
    ) -> None:
        client = app.test_client()
        sign_in(client)
        answer = client.post("/gestion/entrar/codigo", data={"code": "000000"})
        assert answer.status_code == 401
        assert title(answer).startswith("Error: ")
        assert (
            client.post("/gestion/entrar/codigo", data={"code": code(secret, clock)}).status_code
            == 303
        )

    def test_is_not_sent_by_another_site(self, app: Flask, secret: bytes, clock: Clock) -> None:
        client = app.test_client()
        answer = sign_in(client)
        attributes = set(answer.headers["Set-Cookie"].split("; ")[1:])
        assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=600"} <= attributes
        sent = client.post(
            "/gestion/entrar/codigo",
            data={"code": code(secret, clock)},
            headers={"Origin": "https://evil.example"},
        )
        assert sent.status_code == 403
        assert cookie(client) is None

    def test_gives_back_what_was_written_when_the_session_ended(
        self, app: Flask, secret: bytes, clock: Clock
    ) -> None:
        client = app.test_client()
        page = client.post(
            "/gestion/comentario/2026-000001/contestar", data={"body": "Una\r\nlarga"}
        )
        assert page.status_code == 401
        sent = fields(page, "/entrar") | {"login": "ada", "password": PASSWORD}
        second = client.post("/gestion/entrar", data=sent)
        assert "Una larga" in words(second)
        sent = fields(second, "/entrar/codigo") | {"code": code(secret, clock)}
        done = client.post("/gestion/entrar/codigo", data=sent)
        assert "Una larga" in words(done)
        assert client.get("/gestion/").status_code == 200


class TestWithoutASecondFactor:
    """At an address that others reach, a password alone opens one page."""

    HOST = "https://blog.pruebas.example"

    @pytest.fixture
    def client(self, blog_folder: object, clock: Clock) -> Iterator[FlaskClient]:
        blog = open_blog(Settings(blog=blog_folder, site_url=self.HOST))
        token = people.first_administrator_token(blog, clock())
        client = create_app(blog, clock=clock).test_client()
        client.post(f"/gestion/alta/{token}", data=ACCOUNT, base_url=self.HOST)
        yield client
        blog.store.close()

    def test_every_page_leads_to_setting_it(self, client: FlaskClient) -> None:
        for path in ("/gestion/", "/gestion/decididos", "/gestion/cuenta"):
            answer = client.get(path, base_url=self.HOST)
            assert answer.headers["Location"] == f"{self.HOST}/gestion/cuenta/codigo", path
        page = client.get("/gestion/cuenta/codigo", base_url=self.HOST)
        assert page.status_code == 200
        forms = {each.get("action") for each in tree(page).iter("form")}
        assert forms == {f"{self.HOST}/gestion/{each}" for each in ("salir", "cuenta/codigo")}

    def test_nothing_can_be_sent_before(self, client: FlaskClient) -> None:
        page = client.get("/gestion/cuenta/codigo", base_url=self.HOST)
        sent = {"csrf": fields(page, "/cuenta/codigo")["csrf"], "password": PASSWORD}
        for path in ("cuenta/contrasena", "cuenta/codigo/quitar", "reintentar"):
            answer = client.post(f"/gestion/{path}", data=sent, base_url=self.HOST)
            assert answer.headers["Location"] == f"{self.HOST}/gestion/cuenta/codigo", path

    def test_signing_out_works_all_the_same(self, client: FlaskClient) -> None:
        page = client.get("/gestion/cuenta/codigo", base_url=self.HOST)
        sent = fields(page, "/salir")
        answer = client.post("/gestion/salir", data=sent, base_url=self.HOST)
        assert answer.headers["Location"] == f"{self.HOST}/gestion/entrar"

    def test_setting_it_opens_the_rest_under_a_new_cookie(
        self, client: FlaskClient, clock: Clock
    ) -> None:
        before = client.get_cookie("__Host-tertulia", "blog.pruebas.example")
        page = client.get("/gestion/cuenta/codigo", base_url=self.HOST)
        secret = totp.read(classed(page, "secret")[0].text.replace(" ", ""))
        sent = fields(page, "/cuenta/codigo") | {"code": code(secret, clock)}
        done = client.post("/gestion/cuenta/codigo", data=sent, base_url=self.HOST)
        assert len(classed(done, "kept-codes")[0].findall("li")) == 10
        assert client.get_cookie("__Host-tertulia", "blog.pruebas.example") != before
        assert client.get("/gestion/", base_url=self.HOST).status_code == 200


def code(secret: bytes, clock: Clock) -> str:
    return totp.code_at(secret, int(clock().timestamp()) // 30)


class TestTheCookie:
    def test_is_hidden_from_scripts_and_other_sites(self, app: Flask, token: str) -> None:
        answer = app.test_client().post(f"/gestion/alta/{token}", data=ACCOUNT)
        name, *attributes = answer.headers["Set-Cookie"].split("; ")
        assert name.startswith("tertulia-8000=")
        assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Lax"}

    def test_is_bound_to_host_and_https_where_there_is_https(
        self, blog_folder: object, clock: Clock
    ) -> None:
        settings = Settings(blog=blog_folder, site_url="https://blog.pruebas.example")
        blog = open_blog(settings)
        client = create_app(blog, clock=clock).test_client()
        token = people.first_administrator_token(blog, clock())
        answer = client.post(
            f"/gestion/alta/{token}", data=ACCOUNT, base_url="https://blog.pruebas.example"
        )
        name, *attributes = answer.headers["Set-Cookie"].split("; ")
        assert name.startswith("__Host-tertulia=")
        assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}
        assert answer.headers["Location"] == "https://blog.pruebas.example/gestion/"
        blog.store.close()

    def test_holds_nothing_that_the_database_holds(
        self, administrator: FlaskClient, contents: Callable[[], str]
    ) -> None:
        assert str(cookie(administrator)) not in contents()


class TestASession:
    def test_ends_with_signing_out(self, staff: FlaskClient, app: Flask) -> None:
        kept = cookie(staff)
        assert kept
        answer = staff.post("/gestion/salir", data={"csrf": CSRF})
        assert answer.headers["Location"] == f"{URL}/gestion/entrar"
        assert cookie(staff) is None
        other = app.test_client()
        other.set_cookie("tertulia-8000", kept)
        assert other.get("/gestion/").status_code == 401

    def test_does_not_end_by_a_link(self, staff: FlaskClient) -> None:
        assert staff.get("/gestion/salir").status_code in (404, 405)
        assert staff.get("/gestion/").status_code == 200

    def test_ends_when_the_account_is_closed(self, staff: FlaskClient, blog: Blog) -> None:
        assert staff.get("/gestion/").status_code == 200
        _disable(blog)
        assert staff.get("/gestion/").status_code == 401

    def test_ends_after_an_idle_hour(self, staff: FlaskClient, clock: Clock) -> None:
        clock.forward(minutes=50)
        assert staff.get("/gestion/").status_code == 200
        clock.forward(minutes=50)
        assert staff.get("/gestion/").status_code == 200
        clock.forward(minutes=61)
        assert staff.get("/gestion/").status_code == 401

    def test_ends_after_twelve_hours_however_used(self, staff: FlaskClient, clock: Clock) -> None:
        for _ in range(24):
            clock.now += timedelta(minutes=30)
            staff.get("/gestion/")
        clock.forward(seconds=1)
        assert staff.get("/gestion/").status_code == 401

    def test_that_ended_asks_to_sign_in_on_the_same_page(self, reader: FlaskClient) -> None:
        answer = reader.get("/gestion/")
        assert answer.status_code == 401
        assert f"{URL}/gestion/entrar" in addresses(answer)
        assert tree(answer).get("lang") == "es"

    def test_that_ended_while_an_answer_was_written_gives_it_back(
        self, staff: FlaskClient, clock: Clock
    ) -> None:
        clock.forward(hours=2)
        answer = staff.post(
            "/gestion/comentario/2026-000001/contestar",
            data={"csrf": CSRF, "revision": "1", "body": "Una respuesta larga."},
        )
        assert answer.status_code == 401
        assert "Una respuesta larga." in words(answer)


def _disable(blog: Blog) -> None:
    with blog.store.write() as connection:
        connection.execute(text("UPDATE person SET disabled_at = 1"))
