"""The built site as the service answers with it."""

import gzip
import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tertulia_plugins.compressed import SUFFIXES

from comments_service.config.settings import Settings
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from comments_service.web.static_site import COMPRESSED, type_of
from tests.support.fixtures import Clock
from tests.web.pages import URL


@pytest.fixture
def output(blog: Blog) -> Path:
    return blog.settings.output_folder


class TestAPage:
    def test_is_its_folders_index(self, reader: FlaskClient, output: Path) -> None:
        for path, file in (("/", "index.html"), ("/2026/11/hola/", "2026/11/hola/index.html")):
            answer = reader.get(path)
            assert answer.status_code == 200
            assert answer.data == (output / file).read_bytes()
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"

    def test_without_its_slash_leads_to_it(self, reader: FlaskClient) -> None:
        answer = reader.get("/2026/11/hola?a=b%20c&d=ñ")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"{URL}/2026/11/hola/?a=b%20c&d=%C3%B1"

    def test_of_another_name_is_the_sites_404(self, reader: FlaskClient, output: Path) -> None:
        answer = reader.get("/2026/11/nada/")
        assert answer.status_code == 404
        assert answer.data == (output / "404.html").read_bytes()
        assert "ETag" not in answer.headers

    def test_that_is_not_there_is_told_in_the_language_of_its_address(
        self, reader: FlaskClient, output: Path
    ) -> None:
        (output / "eu" / "404.html").write_text("<title>Ez dago</title>")
        for path in ("/eu/2026/11/ezer/", "/eu/ezer", "/eu/"):
            answer = reader.get(path)
            assert answer.status_code == 404
            assert "Ez dago" in answer.text
        for path in ("/euskadi/", "/2026/eu/", "/en/2026/", "/fr/"):
            assert "No está" in reader.get(path).text
        for page in ("eu/404.html", "404.html"):
            (output / page).unlink()
        assert "Ez dugu orri hau aurkitzen" in reader.get("/eu/ezer").text

    def test_of_another_name_has_a_404_without_the_sites(
        self, reader: FlaskClient, output: Path
    ) -> None:
        (output / "404.html").unlink()
        answer = reader.get("/nada")
        assert answer.status_code == 404
        assert "No encontramos esta página" in answer.text

    def test_takes_no_form(self, reader: FlaskClient) -> None:
        assert reader.post("/", data={}).status_code == 405
        assert reader.post("/2026/11/hola/", data={}).status_code == 405

    def test_is_new_after_a_build_changed_places_with_it(
        self, reader: FlaskClient, output: Path
    ) -> None:
        before = reader.get("/").headers["ETag"]
        old = output.rename(output.with_name("old"))
        output.mkdir()
        (output / "index.html").write_text("Otra portada")
        answer = reader.get("/", headers={"If-None-Match": before})
        assert answer.text == "Otra portada"
        assert old.is_dir()

    def test_is_missing_while_there_is_no_site(self, reader: FlaskClient, output: Path) -> None:
        output.rename(output.with_name("old"))
        assert reader.get("/").status_code == 404


class TestTheTag:
    def test_is_strong_and_lets_the_browser_keep_its_copy(self, reader: FlaskClient) -> None:
        tag = reader.get("/theme/css/main.css").headers["ETag"]
        assert not tag.startswith("W/")
        answer = reader.get("/theme/css/main.css", headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert answer.data == b""
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize("sent", ["W/{}", '"x", {}', "*"])
    def test_is_known_in_every_form(self, reader: FlaskClient, sent: str) -> None:
        tag = reader.get("/").headers["ETag"]
        answer = reader.get("/", headers={"If-None-Match": sent.format(tag)})
        assert answer.status_code == 304

    def test_is_of_the_content_alone(self, reader: FlaskClient, output: Path) -> None:
        before = reader.get("/").headers["ETag"]
        page = (output / "index.html").read_bytes()
        (output / "index.html").write_bytes(b"otra")
        assert reader.get("/").headers["ETag"] != before
        (output / "index.html").write_bytes(page)
        os.utime(output / "index.html", (1, 1))
        assert reader.get("/").headers["ETag"] == before

    def test_stands_for_heads_too(self, reader: FlaskClient, output: Path) -> None:
        answer = reader.head("/")
        assert answer.data == b""
        assert answer.content_length == (output / "index.html").stat().st_size
        assert answer.headers["ETag"] == reader.get("/").headers["ETag"]


class TestAFile:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.css", "text/css; charset=utf-8"),
            ("acto.ics", "text/calendar; charset=utf-8"),
            ("feeds/all.atom.xml", "application/atom+xml; charset=utf-8"),
            ("sitemap.xml", "application/xml; charset=utf-8"),
            ("images/logo.SVG", "image/svg+xml; charset=utf-8"),
            ("images/foto.de.ayer.jpg", "image/jpeg"),
            ("threads.json", "application/json"),
            ("programa.exe", "application/octet-stream"),
            ("nada", "application/octet-stream"),
        ],
    )
    def test_has_the_type_of_its_name(self, name: str, kind: str) -> None:
        assert type_of(name) == kind

    def test_can_be_had_in_part(self, reader: FlaskClient, output: Path) -> None:
        (output / "audio.mp3").write_bytes(bytes(range(256)))
        answer = reader.get("/audio.mp3", headers={"Range": "bytes=10-19"})
        assert answer.status_code == 206
        assert answer.data == bytes(range(10, 20))
        assert answer.headers["Content-Range"] == "bytes 10-19/256"

    def test_cannot_be_had_beyond_its_end(self, reader: FlaskClient) -> None:
        answer = reader.get("/theme/css/main.css", headers={"Range": "bytes=900-"})
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == "bytes */18"

    def test_in_a_folder_of_its_own_name_is_not_found(self, reader: FlaskClient) -> None:
        assert reader.get("/theme/css/main.css/").status_code == 404

    def test_of_a_name_with_marks_is_found(self, reader: FlaskClient, output: Path) -> None:
        (output / "niñas y niños.txt").write_text("sí")
        assert reader.get("/ni%C3%B1as%20y%20ni%C3%B1os.txt").text == "sí"

    def test_of_the_service_is_found(self, reader: FlaskClient) -> None:
        answer = reader.get("/servicio/estilo.css")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/css")
        assert answer.headers["ETag"]
        assert reader.get("/servicio/nada.css").status_code == 404


class TestNothingElse:
    @pytest.mark.parametrize(
        "path",
        [
            "/../content/site.toml",
            "/2026/../../content/site.toml",
            "/%2e%2e/content/site.toml",
            "/..%2fcontent/site.toml",
            "/2026/..%5c..%5ccontent",
            "/./index.html",
            "/.git/config",
            "/.output.new/index.html",
            "/index.html%00.css",
            "/2026//11/hola/",
            "/\\evil.example",
            "/servicio/../templates/form.html",
            "/servicio/%2e%2e/edge.py",
            "/servicio/",
            "/2026/11/hola/index.html/",
            "/" + "a" * 5_000,
            "/" + "a/" * 2_000,
        ],
    )
    def test_is_found(self, reader: FlaskClient, path: str) -> None:
        answer = reader.get(path)
        assert answer.status_code == 404
        assert "Location" not in answer.headers

    @pytest.mark.parametrize(
        ("path", "location"),
        [
            ("//index.html", None),
            ("//evil.example/", None),
            ("///", None),
            ("//2026/11/hola", f"{URL}/2026/11/hola/"),
            ("//evil.example/..//2026/11/hola", None),
        ],
    )
    def test_is_reached_by_slashes(
        self, reader: FlaskClient, path: str, location: str | None
    ) -> None:
        answer = reader.get("/", environ_overrides={"PATH_INFO": path})
        assert answer.headers.get("Location") == location

    def test_is_told_of_faulty_files(self, reader: FlaskClient) -> None:
        for name in ("build-report.json", "BUILD-report.JSON"):
            assert reader.get(f"/{name}").status_code == 404
        assert reader.get("/threads.json").status_code == 200

    def test_is_reached_through_a_link(self, reader: FlaskClient, output: Path) -> None:
        secret = output.parent / "secret"
        secret.mkdir()
        (secret / "index.html").write_text("secreto")
        (output / "carpeta").symlink_to(secret)
        (output / "archivo.html").symlink_to(secret / "index.html")
        for path in ("/carpeta/", "/carpeta", "/carpeta/index.html", "/archivo.html"):
            assert reader.get(path).status_code == 404, path

    def test_waits_for_a_pipe(self, reader: FlaskClient, output: Path) -> None:
        os.mkfifo(output / "pipa.html")
        assert reader.get("/pipa.html").status_code == 404

    def test_comes_from_the_site_where_another_server_has_it(
        self, blog_folder: Path, clock: Clock
    ) -> None:
        settings = Settings(blog=blog_folder, site_url=URL, serve_site=False)
        blog = open_blog(settings)
        client = create_app(blog, clock=clock).test_client()
        assert client.get("/").status_code == 404
        assert client.get("/comentar/hola").status_code == 200
        with client.get("/servicio/estilo.css") as answer:
            assert answer.status_code == 200
        blog.store.close()


def small_copy(file: Path, content: bytes | None = None) -> bytes:
    """Written beside a file as a build writes it; ``content``: of another page."""
    data = gzip.compress(file.read_bytes() if content is None else content, mtime=0)
    file.with_name(f"{file.name}.gz").write_bytes(data)
    return data


class TestTheSmallerCopy:
    @pytest.mark.parametrize("sent", ["gzip", "br, gzip;q=0.8, *;q=0.1", "GZIP", "*"])
    def test_goes_to_a_browser_that_takes_it(
        self, reader: FlaskClient, output: Path, sent: str
    ) -> None:
        small = small_copy(output / "index.html")
        answer = reader.get("/", headers={"Accept-Encoding": sent})
        assert answer.data == small
        assert gzip.decompress(answer.data) == (output / "index.html").read_bytes()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.content_length == len(small)

    @pytest.mark.parametrize("sent", ["", "br", "identity", "gzip;q=0", "gzip;q=0.5, identity"])
    def test_goes_to_no_other(self, reader: FlaskClient, output: Path, sent: str) -> None:
        small_copy(output / "index.html")
        answer = reader.get("/", headers={"Accept-Encoding": sent} if sent else {})
        assert answer.data == (output / "index.html").read_bytes()
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"

    def test_has_a_tag_of_its_own(self, reader: FlaskClient, output: Path) -> None:
        small_copy(output / "index.html")
        takes = {"Accept-Encoding": "gzip"}
        plain, small = reader.get("/"), reader.get("/", headers=takes)
        assert plain.headers["ETag"] != small.headers["ETag"]
        known = reader.get("/", headers={**takes, "If-None-Match": small.headers["ETag"]})
        assert known.status_code == 304
        assert known.headers["Vary"] == "Accept-Encoding"
        crossed = reader.get("/", headers={**takes, "If-None-Match": plain.headers["ETag"]})
        assert crossed.status_code == 200

    def test_is_what_a_head_tells_of(self, reader: FlaskClient, output: Path) -> None:
        small = small_copy(output / "index.html")
        answer = reader.head("/", headers={"Accept-Encoding": "gzip"})
        assert answer.data == b""
        assert answer.content_length == len(small)
        assert answer.headers["Content-Encoding"] == "gzip"

    def test_is_never_had_in_part(self, reader: FlaskClient, output: Path) -> None:
        small_copy(output / "index.html")
        wanted = {"Accept-Encoding": "gzip", "Range": "bytes=0-8"}
        answer = reader.get("/", headers=wanted)
        assert answer.status_code == 206
        assert answer.data == b"<!DOCTYPE"
        assert "Content-Encoding" not in answer.headers

    def test_is_left_alone_when_it_is_older_than_its_file(
        self, reader: FlaskClient, output: Path
    ) -> None:
        small_copy(output / "index.html", b"lo de ayer")
        os.utime(output / "index.html.gz", (1, 1))
        answer = reader.get("/", headers={"Accept-Encoding": "gzip"})
        assert answer.data == (output / "index.html").read_bytes()
        assert "Content-Encoding" not in answer.headers

    def test_shows_nothing_without_its_file(self, reader: FlaskClient, output: Path) -> None:
        small_copy(output / "index.html")
        (output / "index.html").unlink()
        answer = reader.get("/", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 404

    def test_of_what_is_no_text_is_not_looked_for(self, reader: FlaskClient, output: Path) -> None:
        (output / "foto.png").write_bytes(b"una foto")
        small_copy(output / "foto.png", b"otra")
        answer = reader.get("/foto.png", headers={"Accept-Encoding": "gzip"})
        assert answer.data == b"una foto"
        assert "Vary" not in answer.headers

    def test_of_the_404_page_goes_with_its_status(self, reader: FlaskClient, output: Path) -> None:
        small = small_copy(output / "404.html")
        answer = reader.get("/nada/", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 404
        assert answer.data == small
        assert "ETag" not in answer.headers

    def test_through_a_link_is_not_followed(self, reader: FlaskClient, output: Path) -> None:
        secret = output.parent / "secret.gz"
        secret.write_bytes(b"secreto")
        (output / "index.html.gz").symlink_to(secret)
        answer = reader.get("/", headers={"Accept-Encoding": "gzip"})
        assert answer.data == (output / "index.html").read_bytes()

    def test_of_the_report_is_for_nobody(self, reader: FlaskClient, output: Path) -> None:
        (output / "build-report.json").write_text("{}")
        small_copy(output / "build-report.json")
        for path in ("/build-report.json", "/build-report.json.gz"):
            assert reader.get(path, headers={"Accept-Encoding": "gzip"}).status_code == 404

    def test_is_looked_for_where_the_build_makes_it(self) -> None:
        assert COMPRESSED == SUFFIXES
