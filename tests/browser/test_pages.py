"""Every kind of page: valid HTML, no accessibility fault, nothing wider than a telephone."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.service import Service
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [320, 768, 1280]


@pytest.fixture(scope="module")
def addresses(service: Service) -> dict[str, str]:
    """One page of each kind, by name."""
    threads = json.loads((service.blog / "output" / "threads.json").read_text("utf-8"))["threads"]
    article = next(t for t in threads.values() if t["kind"] == "article" and len(t["urls"]) > 1)
    key = next(key for key, t in threads.items() if t is article)
    reader = Visitor()
    form = reader.get(f"{service.url}/comentar/{key}")
    receipt = reader.send(form, "/comentar/", author="Íñigo", body="Con **fuerza** y `código`.")
    built = {
        "home": "/",
        **{f"article-{lang}": url for lang, url in article["urls"].items()},
        "rules": "/normas/",
        "privacy": "/privacidad/",
        "archives": "/archivo/",
        "month": "/2026/11/",
        "categories": "/categorias/",
        "tags": "/etiquetas/",
        "authors": "/autores/",
        "missing": "/404.html",
        "form": f"/comentar/{key}",
        "sign-in": "/gestion/entrar",
    }
    pages = {name: service.url + path for name, path in built.items()}
    return pages | {"receipt": receipt.url, "tracking": receipt.url.removesuffix("/recibido")}


@pytest.fixture(scope="module")
def staff_addresses(service: Service, addresses: dict[str, str]) -> dict[str, str]:
    reference = addresses["tracking"].split("/")[-2]
    return {
        "tray": f"{service.url}/gestion/",
        "decided": f"{service.url}/gestion/decididos",
        "case": f"{service.url}/gestion/comentario/{reference}",
    }


@pytest.fixture(scope="module", params=["light", "dark"])
def context(
    request: pytest.FixtureRequest, browser: Browser, staff_cookies: list[Any]
) -> Iterator[Any]:
    """A browser window, in light and in dark, signed in as staff."""
    opened = browser.new_context(color_scheme=request.param, locale="es-ES")
    opened.add_cookies(staff_cookies)
    yield opened
    opened.close()


class TestEveryPage:
    def test_has_no_accessibility_fault(
        self,
        context: BrowserContext,
        checkers: Path,
        addresses: dict[str, str],
        staff_addresses: dict[str, str],
    ) -> None:
        axe = (checkers / "axe-core" / "axe.min.js").read_text("utf-8")
        page = context.new_page()
        faults = {}
        for name, address in (addresses | staff_addresses).items():
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            page.evaluate(axe)
            found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(AXE_RULES)}}})")
            if found["violations"]:
                faults[name] = [
                    (fault["id"], [node["html"] for node in fault["nodes"]][:3])
                    for fault in found["violations"]
                ]
        assert faults == {}

    def test_needs_no_sideways_scrolling(
        self,
        context: BrowserContext,
        addresses: dict[str, str],
        staff_addresses: dict[str, str],
    ) -> None:
        page = context.new_page()
        wide = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for name, address in (addresses | staff_addresses).items():
                page.goto(address)
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wide.append((name, width))
        assert wide == []

    def test_has_one_first_heading_and_a_language(
        self,
        context: BrowserContext,
        addresses: dict[str, str],
        staff_addresses: dict[str, str],
    ) -> None:
        page = context.new_page()
        for name, address in (addresses | staff_addresses).items():
            page.goto(address)
            assert page.locator("h1").count() == 1, name
            assert page.locator("html").get_attribute("lang") in ("es", "eu", "en"), name
            assert page.title(), name


@pytest.fixture(scope="module")
def saved(
    service: Service, addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The built site and the service's public pages, as files."""
    folder = tmp_path_factory.mktemp("html")
    for path in (service.blog / "output").rglob("*.html"):
        name = "-".join(path.relative_to(service.blog / "output").parts)
        (folder / name).write_text(path.read_text("utf-8"), "utf-8")
    for name in ("form", "receipt", "tracking", "sign-in"):
        (folder / f"service-{name}.html").write_text(Visitor().get(addresses[name]).text)
    return folder


class TestTheHtml:
    def test_is_valid(self, saved: Path, checkers: Path, java: str) -> None:
        vnu = checkers / "vnu-jar" / "build" / "dist" / "vnu.jar"
        found = subprocess.run(
            [java, "-jar", vnu, "--errors-only", "--skip-non-html", "--stdout", saved],
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stdout[:5_000]

    def test_satisfies_html_validate(self, saved: Path, checkers: Path) -> None:
        program = checkers / ".bin" / "html-validate"
        config = Path(__file__).parent / ".htmlvalidate.json"
        found = subprocess.run(
            [program, "--config", config, saved], capture_output=True, text=True, cwd=checkers
        )
        assert found.returncode == 0, found.stdout[:5_000]
