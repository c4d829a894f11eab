"""Whose requests are answered, and that no link or redirect leads elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.track import receipt_for
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.web.pages import URL, addresses, words

OUR_OWN = re.compile(re.escape(URL) + r"(/|$)")


GOOD = {"author": "Aitor", "body": "Hola", "lang": "es", "website": ""}


class TestAForeignHost:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "localhost.evil.example",
            "evil.example:8000",
            "localhost@evil.example",
            "[::1",
            "local host",
            "",
            "localhost/../evil",
            "169.254.169.254",
        ],
    )
    def test_is_refused(self, reader: FlaskClient, host: str) -> None:
        answer = reader.get("/", environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text

    def test_behind_another_name_changes_no_link(
        self, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        headers = {
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Prefix": "/evil",
            "Forwarded": "host=evil.example",
            "X-Original-URL": "/evil",
        }
        case = waiting()
        page = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        for path in ("/comentar/hola", page, f"{page}/recibido", "/gestion/", "/2026/11/hola"):
            answer = reader.get(path, headers=headers)
            assert not [each for each in addresses(answer) if "evil" in each]
            assert "evil" not in answer.text
        answer = reader.post(
            "/comentar/hola", data={"author": "Aitor", "body": "x"}, headers=headers
        )
        assert answer.headers["Location"].startswith(URL)

    def test_of_this_machine_leads_to_the_trials_address(self, reader: FlaskClient) -> None:
        for host in ("127.0.0.1:8000", "127.0.0.2", "[::1]:8000", "blog.localhost:8000"):
            answer = reader.get("/comentar/hola?idioma=eu", headers={"Host": host})
            assert answer.status_code == 302
            assert answer.headers["Location"] == f"{URL}/comentar/hola?idioma=eu"

    def test_of_this_machine_is_foreign_outside_a_trial(
        self, blog_folder: Path, clock: Clock
    ) -> None:
        blog = open_blog(Settings(blog=blog_folder, site_url="https://blog.pruebas.example"))
        client = create_app(blog, clock=clock).test_client()
        for host in ("localhost", "127.0.0.1", "otro.pruebas.example"):
            assert client.get("/comentar/hola", headers={"Host": host}).status_code == 400
        for host in ("blog.pruebas.example", "BLOG.pruebas.example:443"):
            assert client.get("/comentar/hola", headers={"Host": host}).status_code == 200
        blog.store.close()


class TestARedirect:
    @pytest.mark.parametrize(
        "path",
        [
            "//evil.example",
            "//evil.example/",
            "/\\evil.example",
            "/https:evil.example",
            "/%2f%2fevil.example",
            "/\t//evil.example",
            "/@evil.example",
            "/%0d%0aLocation:evil",
            "/2026/11/hola/..%2f..%2f..%2f/evil",
            "/2026/11/hola?x=%0d%0aevil",
            "/gestion",
        ],
    )
    def test_never_leads_elsewhere(self, reader: FlaskClient, path: str) -> None:
        for headers in ({}, {"Host": "127.0.0.1:8000"}):
            answer = reader.get(path, headers=headers)
            location = answer.headers.get("Location", f"{URL}/")
            assert OUR_OWN.match(location)
            assert "\r" not in location
            assert "\n" not in location


class TestBehindAProxy:
    def test_that_nobody_trusts_a_forged_address_counts_for_nothing(
        self, blog_folder: Path, clock: Clock
    ) -> None:
        blog = open_blog(Settings(blog=blog_folder, site_url=URL, max_per_network=1))
        client = create_app(blog, clock=clock).test_client()
        codes = [_send(client, number).status_code for number in range(3)]
        assert codes == [303, 429, 429]
        blog.store.close()

    def test_that_is_trusted_each_reader_counts_alone(
        self, blog_folder: Path, clock: Clock
    ) -> None:
        settings = Settings(blog=blog_folder, site_url=URL, max_per_network=1, trusted_proxies=1)
        blog = open_blog(settings)
        client = create_app(blog, clock=clock).test_client()
        assert [_send(client, number).status_code for number in range(3)] == [303] * 3
        assert _send(client, 9, before="198.51.100.1, ").status_code == 303
        assert _send(client, 9, body="otra", before="198.51.100.2, ").status_code == 429
        blog.store.close()


class TestBelowAPath:
    @pytest.mark.parametrize("cut", [False, True], ids=["whole path", "path cut by a proxy"])
    def test_everything_is_found_and_linked(
        self, blog_folder: Path, clock: Clock, cut: bool
    ) -> None:
        address = "http://localhost:8000/blog"
        blog = open_blog(Settings(blog=blog_folder, site_url=address))
        client = create_app(blog, clock=clock).test_client()
        prefix = "" if cut else "/blog"
        answer = client.get(f"{prefix}/comentar/hola")
        assert answer.status_code == 200
        assert any(each.startswith(f"{address}/comentar/hola") for each in addresses(answer))
        with client.get(f"{prefix}/2026/11/hola") as moved:
            assert moved.headers["Location"] == f"{address}/2026/11/hola/"
        with client.get(f"{prefix}/") as home:
            assert home.status_code == 200
        blog.store.close()


class TestARequestThatWeDoNotRead:
    def test_is_refused_when_it_is_too_long(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/hola", data=GOOD | {"body": "x" * 70_000})
        assert answer.status_code == 413
        assert "tu texto sigue allí" in words(answer)

    def test_is_refused_when_it_is_too_long_in_parts(self, reader: FlaskClient) -> None:
        data = GOOD | {"body": "x" * 70_000}
        answer = reader.post("/comentar/hola", data=data, content_type="multipart/form-data")
        assert answer.status_code == 413

    def test_is_refused_when_it_has_many_parts(self, reader: FlaskClient) -> None:
        data = GOOD | {f"f{number}": "" for number in range(50)}
        answer = reader.post("/comentar/hola", data=data, content_type="multipart/form-data")
        assert answer.status_code == 413

    def test_is_refused_when_it_is_compressed(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/hola", data=GOOD, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 415

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
    def test_is_refused_when_it_is_no_form(self, reader: FlaskClient, kind: str) -> None:
        answer = reader.post("/comentar/hola", data="{}", content_type=kind)
        assert answer.status_code == 415

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
    def test_is_refused_by_its_method(self, reader: FlaskClient, method: str) -> None:
        answer = reader.open("/comentar/hola", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}

    def test_stores_nothing(self, reader: FlaskClient, contents: Callable[[], str]) -> None:
        before = contents()
        reader.post("/comentar/nada", data=GOOD)
        reader.post("/comentar/hola", data=GOOD | {"author": ""})
        reader.post("/comentar/hola", data=GOOD | {"body": "x" * 70_000})
        assert contents() == before


def _send(client: FlaskClient, number: int, body: str = "Hola", before: str = "") -> TestResponse:
    return client.post(
        "/comentar/hola",
        data={"author": "Aitor", "body": f"{body} {number}"},
        headers={"X-Forwarded-For": f"{before}192.0.2.{number}"},
    )
