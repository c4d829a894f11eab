"""Signing in at an institution: the program against a real provider of OpenID Connect."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from comments_service.config.settings import Settings
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from tests.browser.test_settings import faults
from tests.support.fixtures import threads_json
from tests.support.institution import Silent, institution
from tests.support.service import free_port
from tests.support.skips import need
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
SITE = 'name = "Consejo de Pruebas"\naddress = "http://localhost:8000"\nlanguages = ["es", "eu"]\n'
GROUPS = "mandan=admin, editores=moderator, prensa=author"


@dataclass
class World:
    """A blog that is served, and the provider that knows its people. file: what it knows."""

    blog: Blog
    file: Path
    return_to: str

    @property
    def url(self) -> str:
        return self.blog.site_url

    def knows(self, **people: list[str]) -> None:
        """Who there is, with their groups."""
        told = {
            sub: {"groups": groups, "name": f"{sub.title()} Ejemplo", "preferred_username": sub}
            for sub, groups in people.items()
        }
        client = {"redirect_uris": [self.return_to]}
        self.file.write_text(json.dumps({"client": client, "people": told}), "utf-8")

    def people(self) -> list[tuple[Any, ...]]:
        with self.blog.store.read() as connection:
            query = "SELECT login, name, role FROM person ORDER BY id"
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def noted(self) -> list[str]:
        with self.blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT kind FROM journal ORDER BY id").all()
        return [row[0] for row in rows]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    node = shutil.which("node")
    installed = (HERE / "node_modules" / "oidc-provider").is_dir()
    need(node and installed, "Node and oidc-provider", "npm ci --prefix tests/browser")
    blog, port = tmp_path / "blog", free_port()
    (blog / "content").mkdir(parents=True)
    (blog / "content" / "site.toml").write_text(SITE, "utf-8")
    (blog / "output").mkdir()
    (blog / "output" / "threads.json").write_text(threads_json("hola"), "utf-8")
    url, file = f"http://localhost:{port}", tmp_path / "people.json"
    made = World(None, file, f"{url}/gestion/entrar/institucion")  # type: ignore[arg-type]
    made.knows(ada=["editores"])
    program = [str(node), "provider.mjs", str(file)]
    with subprocess.Popen(
        program, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as far:
        assert far.stdout
        issuer = far.stdout.readline().decode().strip()
        made.blog = open_blog(
            Settings(
                blog=blog,
                site_url=url,
                oidc_issuer=issuer,
                oidc_client_id="tertulia",
                oidc_client_secret="a secret of both",
                oidc_groups=GROUPS,
            )
        )
        app = create_app(made.blog, clock=lambda: datetime.now(UTC))
        server = make_server("localhost", port, app, threaded=True, request_handler=Silent)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield made
        finally:
            server.shutdown()
            server.server_close()
            serving.join()
            made.blog.store.close()
            far.kill()


def leave(world: World, visitor: Visitor) -> Page:
    """Press the button; the page that leads to the provider."""
    page = visitor.get(f"{world.url}/gestion/entrar")
    return visitor.send(page, "/gestion/entrar/institucion")


def come_back(world: World, visitor: Visitor, who: str) -> Page:
    """Sign in there and agree; our page again."""
    page = visitor.get(next(link for link in leave(world, visitor).links() if "/auth?" in link))
    if page.url.startswith(world.url):  # known there already
        return page
    page = visitor.send(page, "/interaction/", login=who, password="x")
    while not page.url.startswith(world.url):
        page = visitor.send(page, "/interaction/")
    return page


def enter(world: World, who: str, visitor: Visitor | None = None) -> tuple[Visitor, Page]:
    visitor = visitor or Visitor()
    back = come_back(world, visitor, who)
    return visitor, visitor.send(back, "/institucion/fin")


class TestSigningInThere:
    def test_makes_an_account_with_the_role_of_the_groups(self, world: World) -> None:
        visitor, page = enter(world, "ada")
        assert page.url == f"{world.url}/gestion/"
        assert page.status == 200
        assert visitor.get(f"{world.url}/gestion/personas").status == 403
        assert world.people() == [("ada", "Ada Ejemplo", "moderator")]
        assert world.noted() == ["identity_linked", "signed_in"]

    def test_finds_the_account_again_and_follows_the_groups(self, world: World) -> None:
        before, _ = enter(world, "ada")
        world.knows(ada=["mandan", "editores"])
        _, page = enter(world, "ada")
        assert page.url == f"{world.url}/gestion/"
        assert world.people() == [("ada", "Ada Ejemplo", "admin")]
        assert before.get(f"{world.url}/gestion/").status == 401
        assert world.noted()[-2:] == ["role_changed", "signed_in"]

    def test_ends_with_the_last_group(self, world: World) -> None:
        before, _ = enter(world, "ada")
        world.knows(ada=["otros"])
        _, page = enter(world, "ada")
        assert page.status == 401
        assert before.get(f"{world.url}/gestion/").status == 401

    def test_is_not_for_people_without_a_group_of_ours(self, world: World) -> None:
        world.knows(eva=["otros"], ona=[])
        for who in ("eva", "ona"):
            _, page = enter(world, who)
            assert page.status == 401
            assert "ninguno de tus grupos" in page.words
        assert world.people() == []

    def test_takes_over_no_account_by_its_name(self, world: World) -> None:
        enter(world, "ada")
        world.knows(impostora=["mandan"])
        told = json.loads(world.file.read_text("utf-8"))
        told["people"]["impostora"]["preferred_username"] = "ada"
        world.file.write_text(json.dumps(told), "utf-8")
        enter(world, "impostora")
        assert [row[0] for row in world.people()] == ["ada", "ada-2"]

    def test_leads_there_with_a_state_a_nonce_and_a_challenge(self, world: World) -> None:
        link = next(each for each in leave(world, Visitor()).links() if "/auth?" in each)
        for part in ("code_challenge_method=S256", "state=", "nonce=", "response_type=code"):
            assert part in link


class TestSomebodyElsesAnswer:
    def test_signs_nobody_in_in_another_browser(self, world: World) -> None:
        """Login CSRF: a link that would sign a person in as somebody else."""
        back = come_back(world, Visitor(), "ada")
        victim = Visitor()
        assert victim.send(victim.get(back.url), "/institucion/fin").status == 401
        leave(world, victim)  # even when they were on the way themselves
        assert victim.send(victim.get(back.url), "/institucion/fin").status == 401
        assert world.people() == []

    def test_is_taken_once(self, world: World) -> None:
        visitor = Visitor()
        back = come_back(world, visitor, "ada")
        kept = [cookie for cookie in visitor.cookies if "step" in cookie.name]
        assert visitor.send(back, "/institucion/fin").status == 200
        again = Visitor(CookieJar())
        for cookie in kept:
            again.cookies.set_cookie(cookie)
        assert again.send(back, "/institucion/fin").status == 401

    def test_with_a_code_that_is_none_of_the_providers_is_refused(self, world: World) -> None:
        visitor = Visitor()
        back = come_back(world, visitor, "ada")
        assert visitor.send(back, "/institucion/fin", code="invented").status == 401

    def test_of_no_or_of_nothing_leads_back_to_the_form(self, world: World) -> None:
        there = f"{world.url}/gestion/entrar/institucion"
        assert Visitor().get(f"{there}?error=access_denied&state=x").status == 401
        assert Visitor().get(there).url == f"{world.url}/gestion/entrar"


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a blog with its theme, which knows a provider."""
    node = shutil.which("node")
    installed = (HERE / "node_modules" / "oidc-provider").is_dir()
    need(node and installed, "Node and oidc-provider", "npm ci --prefix tests/browser")
    folder = tmp_path_factory.mktemp("institution")
    file = folder / "people.json"
    file.write_text(json.dumps({"client": {"redirect_uris": []}, "people": {}}), "utf-8")
    program = [str(node), "provider.mjs", str(file)]
    with subprocess.Popen(
        program, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as far:
        assert far.stdout
        client = {"oidc_client_id": "tertulia", "oidc_client_secret": "a secret of both"}
        issuer = far.stdout.readline().decode().strip()
        told = client | {"oidc_issuer": issuer, "oidc_groups": GROUPS}
        try:
            with institution(folder / "blog", trial=True, **told) as made:
                yield made.url
        finally:
            far.kill()


@pytest.mark.parametrize("language", ["es", "eu", "en"])
def test_its_pages_are_accessible(
    browser: Browser, dressed: str, checkers: Path, language: str
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.route("**/auth?**", lambda route: route.abort("aborted"))  # stay on the page between
    there = f"{dressed}/gestion/entrar"
    for path in ("", "/institucion"):
        for query in ("", "&state=x&code=y", "&error=access_denied"):
            page.goto(f"{there}{path}?idioma={language}{query}")
            if path and query:
                assert page.locator("html").get_attribute("lang") == language
            assert faults(page, checkers) == [], (path, query)
    page.goto(f"{there}?idioma={language}")
    page.locator("form[action*='/entrar/institucion'] button").click()
    expect(page.locator("main a[rel=noreferrer]")).to_be_visible()
    assert faults(page, checkers) == []
    page.goto(f"{there}/institucion?state=x&code=y")
    page.locator("main form button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert faults(page, checkers) == []
    context.close()
