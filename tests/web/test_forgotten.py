"""The pages of a forgotten password: for somebody who has an account and for nobody alike."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.config.settings import Settings
from comments_service.store.people import Person
from comments_service.usecases import forgotten, sending
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.support.people import PASSWORD, hired, invited
from tests.web.pages import CSRF, URL, Bell, addresses, by_id, fields, title, words

BEA = "bea@pruebas.example"
NEW = "cuatro gatos en el tejado"
ASK = "/gestion/olvido"


@pytest.fixture
def bea(blog: Blog, moderator: Person, clock: Clock, app: Flask) -> Person:
    """A colleague with a password and an address."""
    return hired(blog, moderator, "Bea Dos", clock(), email=BEA)


def run(blog: Blog, clock: Clock) -> str:
    """The text of the newest mail after the next run."""
    forgotten.look_up(blog, clock())
    sending.send_waiting(blog, clock, lambda step: None)
    newest = blog.mailbox.newest()
    return str(newest[0].get_content()) if newest else ""


def link(blog: Blog, clock: Clock) -> str:
    found = re.search(r"^(http\S+/contrasena/)(\S+)$", run(blog, clock), re.MULTILINE)
    assert found
    return f"/gestion/contrasena/{found[2]}"


class TestAskingForALink:
    def test_begins_where_one_signs_in(self, reader: FlaskClient) -> None:
        assert f"{URL}{ASK}?idioma=eu" in addresses(reader.get("/gestion/entrar?idioma=eu"))
        page = reader.get(ASK)
        assert page.status_code == 200
        assert set(fields(page, "/olvido")) == {"login"}

    def test_is_answered_the_same_for_every_name(self, reader: FlaskClient, bea: Person) -> None:
        answers = [
            reader.post(ASK, data={"login": typed})
            for typed in ("bea", "nadie", BEA, "nadie@pruebas.example")
        ]
        assert {(each.status_code, each.text) for each in answers} == {(200, answers[0].text)}
        assert len({tuple(sorted(each.headers)) for each in answers}) == 1

    def test_sends_a_link_by_which_another_password_is_chosen(
        self, reader: FlaskClient, blog: Blog, clock: Clock, bea: Person, bell: Bell
    ) -> None:
        reader.post(ASK, data={"login": "bea"})
        assert bell.rung
        path = link(blog, clock)
        page = reader.get(path)
        assert "bea" in words(page)
        done = reader.post(path, data=fields(page, "/contrasena/") | {"password": NEW})
        assert done.status_code == 303
        assert done.headers["Location"] == f"{URL}/gestion/entrar?hecho=contrasena&idioma=es"
        after = reader.get("/gestion/entrar?hecho=contrasena")
        assert "Tu contraseña ha cambiado" in words(after)
        answer = reader.post("/gestion/entrar", data={"login": "bea", "password": NEW})
        assert answer.headers["Location"] == f"{URL}/gestion/"

    def test_without_anything_typed_says_so(self, reader: FlaskClient) -> None:
        answer = reader.post(ASK, data={"login": " "})
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        assert by_id(answer, "login").get("aria-invalid") == "true"

    def test_again_and_again_has_to_wait(self, reader: FlaskClient, bea: Person) -> None:
        for typed in ("bea", "nadie"):
            codes = [reader.post(ASK, data={"login": typed}).status_code for _ in range(6)]
            assert codes == [200] * 5 + [429]
        assert reader.post(ASK, data={"login": "bea"}).headers["Retry-After"] == "30"

    def test_makes_no_link_of_the_host_that_was_asked(
        self, reader: FlaskClient, blog: Blog, clock: Clock, bea: Person
    ) -> None:
        forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        answer = reader.post(ASK, data={"login": "bea"}, headers=forged)
        assert answer.status_code == 200
        assert "evil" not in answer.text
        said = run(blog, clock)
        assert f"{URL}/gestion/contrasena/" in said
        assert "evil" not in said
        host = {"Host": "evil.example"}
        assert reader.post(ASK, data={"login": "bea"}, headers=host).status_code == 400

    def test_is_done_by_no_page_of_another_site(
        self, reader: FlaskClient, blog: Blog, clock: Clock, bea: Person
    ) -> None:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = reader.post(ASK, data={"login": "bea"}, headers=headers)
            assert answer.status_code == 403
        assert run(blog, clock) == ""

    def test_takes_no_field_of_its_own(self, reader: FlaskClient) -> None:
        sent = {"login": "bea", "email": "evil@evil.example"}
        assert reader.post(ASK, data=sent).status_code == 400


class TestWhereNoMailLeaves:
    @pytest.fixture
    def silent(self, settings: Settings, clock: Clock) -> Callable[[], FlaskClient]:
        def begin() -> FlaskClient:
            given = {"site_url": "https://blog.pruebas.example"}
            opened = open_blog(settings.model_copy(update=given))
            return create_app(opened, clock=clock).test_client()

        return begin

    def test_the_pages_say_whom_to_ask(self, silent: Callable[[], FlaskClient]) -> None:
        client, base = silent(), "https://blog.pruebas.example"
        for path in ("/gestion/entrar", ASK):
            page = client.get(path, base_url=base)
            assert "quien se ocupa de las cuentas" in words(page)
        assert not [each for each in addresses(page) if "/olvido" in each]
        answer = client.post(ASK, data={"login": "bea"}, base_url=base)
        assert answer.status_code == 404


class TestTheLink:
    @pytest.fixture
    def path(self, reader: FlaskClient, blog: Blog, clock: Clock, bea: Person) -> str:
        reader.post(ASK, data={"login": "bea"})
        return link(blog, clock)

    def test_is_not_used_up_by_looking(
        self, reader: FlaskClient, path: str, contents: Callable[[], str]
    ) -> None:
        before = contents()
        for _ in range(3):
            assert reader.get(path).status_code == 200
        assert contents() == before

    def test_works_once(self, reader: FlaskClient, path: str) -> None:
        assert reader.post(path, data={"password": NEW}).status_code == 303
        assert reader.post(path, data={"password": PASSWORD}).status_code == 410
        assert reader.get(path).status_code == 410

    def test_is_told_to_nobody_and_stands_in_no_frame(self, reader: FlaskClient, path: str) -> None:
        for address in (path, "/gestion/contrasena/" + "a" * 32):
            headers = reader.get(address).headers
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cache-Control"] == "no-store"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]

    def test_signs_nobody_in_and_ends_the_session_of_this_browser(
        self, app: Flask, path: str
    ) -> None:
        client = app.test_client()
        client.post("/gestion/entrar", data={"login": "bea", "password": PASSWORD})
        assert client.get("/gestion/").status_code == 200
        assert client.post(path, data={"password": NEW}).status_code == 303
        assert client.get("/gestion/").status_code == 401

    def test_is_used_by_no_page_of_another_site(self, reader: FlaskClient, path: str) -> None:
        headers = {"Origin": "https://evil.example"}
        assert reader.post(path, data={"password": NEW}, headers=headers).status_code == 403
        ours = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        assert reader.post(path, data={"password": NEW}, headers=ours).status_code == 303

    def test_with_a_weak_password_says_what_is_wrong(self, reader: FlaskClient, path: str) -> None:
        answer = reader.post(path, data={"password": "corta"})
        assert answer.status_code == 422
        assert by_id(answer, "password").get("aria-invalid") == "true"
        assert by_id(answer, "password").get("value") is None


class TestALinkFromHandToHand:
    def send(self, staff: FlaskClient, of: int, **sent: str) -> TestResponse:
        return staff.post(f"/gestion/personas/{of}/contrasena", data={"csrf": CSRF} | sent)

    def test_is_shown_once_on_a_page_of_its_own(
        self, staff: FlaskClient, reader: FlaskClient, bea: Person
    ) -> None:
        assert f"/personas/{bea.id}/contrasena" in staff.get(f"/gestion/personas/{bea.id}").text
        page = self.send(staff, bea.id)
        assert page.status_code == 200
        shown = (by_id(page, "enlace").text or "").strip()
        assert shown.startswith(f"{URL}/gestion/contrasena/")
        path = shown.removeprefix(URL)
        assert reader.post(path, data={"password": NEW}).status_code == 303
        assert path not in staff.get(f"/gestion/personas/{bea.id}").text

    def test_is_not_for_oneself_nor_for_who_has_not_come(
        self, staff: FlaskClient, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        waits = invited(blog, moderator, "Carla", clock()).person
        for each in (moderator, waits):
            page = staff.get(f"/gestion/personas/{each.id}").text
            assert f"/personas/{each.id}/contrasena" not in page
            assert self.send(staff, each.id).status_code == 409


class TestAnInvitationByMail:
    def test_is_said_on_the_page_that_shows_the_link(
        self, staff: FlaskClient, blog: Blog, clock: Clock
    ) -> None:
        form = {"csrf": CSRF, "login": "bea", "name": "Bea Dos", "role": "author", "language": "es"}
        page = staff.post("/gestion/personas/invitar", data=form | {"email": BEA})
        assert "Hemos enviado este enlace por correo" in words(page)
        shown = (by_id(page, "enlace").text or "").strip()
        assert shown in run(blog, clock)

    def test_without_an_address_is_not(self, staff: FlaskClient) -> None:
        form = {"csrf": CSRF, "login": "bea", "name": "Bea Dos", "role": "author", "language": "es"}
        page = staff.post("/gestion/personas/invitar", data=form)
        assert "por correo" not in words(page)
