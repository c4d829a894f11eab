"""One text for several comments, and what was looked up for it: without JavaScript, on a
telephone, in both schemes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_html import run
from tests.browser.test_pages import AXE_RULES, axe, scrolls_sideways
from tests.support.institution import Institution, institution, reference_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    folder = tmp_path_factory.mktemp("answering") / "blog"
    with institution(folder, trial=True, undo_seconds=60) as made:
        yield made


def opened(browser: Browser, office: Institution, **settings: Any) -> Page:
    context = browser.new_context(locale="es-ES", reduced_motion="reduce", **settings)
    jar = office.staff().cookies
    context.add_cookies([{"name": c.name, "value": str(c.value), "url": office.url} for c in jar])
    return context.new_page()


def looks_right(
    page: Page, program: str, checkers: Path, folder: Path, name: str, source: str = ""
) -> list[object]:
    """Faults of the page that is open, in both schemes and at two widths."""
    faults: list[object] = []
    page.evaluate(program)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            faults += axe(page, {"runOnly": AXE_RULES})
            if scrolls_sideways(page, width):
                faults.append((name, width))
            page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
    file = folder / f"{name}.html"
    file.write_text(source or page.request.get(page.url).text(), "utf-8")
    config = Path(__file__).parent / ".htmlvalidate.json"
    found = run(checkers / ".bin" / "html-validate", "--config", config, file)
    return faults if found.returncode == 0 else [*faults, found.stdout[:2_000]]


def asked_of(office: Institution, first: str, other: str) -> str:
    """The page that says what it would be, as it is sent."""
    staff = office.staff()
    page = staff.get(f"{office.url}/gestion/comentario/{first}")
    return staff.send(page, f"{first}/contestar", body="Sí.", **{f"c-{other}": "1"}).text


class TestOneText:
    def test_goes_to_two_comments_without_javascript_on_a_telephone(
        self, browser: Browser, office: Institution
    ) -> None:
        first, other = (
            reference_of(office.write(author="Vecina", body=f"¿Y la calle {name}?"))
            for name in ("Mayor", "Nueva")
        )
        small: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
        page = opened(browser, office, java_script_enabled=False, **small)
        page.goto(f"{office.url}/gestion/comentario/{first}")
        page.locator("summary", has_text="Contestar").first.click()
        page.get_by_label("Tu respuesta").fill("Se arreglan **en mayo**.")
        page.locator("summary", has_text="Contestar también a…").click()
        box = page.get_by_label("¿Y la calle Nueva?")
        expect(box).not_to_be_checked()
        box.check()
        page.get_by_role("button", name="Publicar y contestar").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("¿Contestar a 2 comentarios")
        expect(page.locator("strong", has_text="en mayo")).to_be_visible()
        page.get_by_role("button", name="Contestar a los 2").click()
        expect(page.get_by_role("status")).to_contain_text("Contestados: 2 comentarios")
        page.get_by_role("button", name=other).click()
        expect(page.get_by_role("status")).to_contain_text("Deshecho")
        page.context.close()

    def test_looks_right_at_each_step(
        self, browser: Browser, office: Institution, checkers: Path, tmp_path: Path
    ) -> None:
        first, other = (
            reference_of(office.write(author="Vecino", body=f"¿Y la plaza {name}?"))
            for name in ("Mayor", "Nueva")
        )
        program, faults = (checkers / "axe-core" / "axe.min.js").read_text("utf-8"), []
        page = opened(browser, office)
        page.goto(f"{office.url}/gestion/comentario/{first}")
        page.locator("summary", has_text="Apuntar una fuente").click()
        page.get_by_label("Qué has consultado").last.fill("Acta 12 del pleno")
        page.get_by_label("Su dirección").fill("https://sede.pruebas.example/actas/12")
        page.get_by_role("button", name="Apuntarla").click()
        page.locator("summary", has_text="Contestar").first.click()
        page.locator("summary", has_text="Contestar también a…").click()
        page.locator("summary", has_text="Apuntar una fuente").click()
        faults += looks_right(page, program, checkers, tmp_path, "case")
        page.get_by_label("Tu respuesta").fill("Se arreglan en mayo.")
        page.get_by_label("Añadir las fuentes debajo de la respuesta").check()
        page.get_by_label("¿Y la plaza Nueva?").check()
        page.get_by_role("button", name="Publicar y contestar").click()
        expect(page.locator("li", has_text="consultado el")).to_be_visible()
        asked = asked_of(office, first, other)
        faults += looks_right(page, program, checkers, tmp_path, "asked", asked)
        page.get_by_role("button", name="Contestar a los 2").click()
        faults += looks_right(page, program, checkers, tmp_path, "given")
        assert faults == []
        page.context.close()
