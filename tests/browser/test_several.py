"""Several comments decided on at once, by single keys, without JavaScript, and on a telephone."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from comments_service.domain.states import Decision
from comments_service.usecases.moderate import case_by_reference
from tests.browser.test_pages import AXE_RULES, axe, scrolls_sideways
from tests.support.institution import Institution, institution, reference_of

pytestmark = pytest.mark.browser

PLAIN: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    many = {"max_per_network": 10**6, "max_per_thread": 10**6, "max_per_hour": 10**6}
    folder = tmp_path_factory.mktemp("several") / "blog"
    with institution(folder, trial=True, undo_seconds=60, **many) as made:
        yield made


@pytest.fixture
def waiting(office: Institution) -> list[str]:
    """Four comments that wait besides those of earlier tests; one gave an address."""
    said = [
        office.write(author=f"Vecina {n}", body=f"¿Y la calle {n}?", email=f"{each}")
        for n, each in enumerate(["vecina@correo.example", "", "", ""])
    ]
    return [reference_of(each) for each in said]


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, office: Institution) -> Iterator[Page]:
    settings: dict[str, Any] = getattr(request, "param", {})
    context = browser.new_context(locale="es-ES", reduced_motion="reduce", **settings)
    jar = office.staff().cookies
    context.add_cookies([{"name": c.name, "value": str(c.value), "url": office.url} for c in jar])
    yield context.new_page()
    context.close()


def list_of(page: Page, office: Institution, *, keys: bool = False) -> None:
    page.goto(f"{office.url}/gestion/?vista=por-leer")
    if keys and page.get_by_role("button", name="Usar teclas").count():
        page.get_by_role("button", name="Usar teclas").click()
        page.goto(f"{office.url}/gestion/?vista=por-leer")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def decisions(office: Institution, some: list[str]) -> list[Decision]:
    return [case_by_reference(office.blog, each).decision for each in some]


class TestByKeys:
    def test_three_are_marked_decided_on_and_undone(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "j", "x", "x", "x", "j", "x")
        expect(page.locator("[data-marked]")).to_have_text("Marcados: 3")
        go(page, "a")
        expect(page.locator("h1")).to_have_text("¿Publicar 3 comentarios?")
        assert decisions(office, waiting) == [Decision.HELD] * 4
        go(page, "a")
        expect(page.locator("[role=status]")).to_contain_text("Aprobados: 3 comentarios")
        assert decisions(office, waiting) == [Decision.APPROVED] * 3 + [Decision.HELD]
        go(page, "u")
        expect(page.locator("[role=status]")).to_contain_text("Deshecho: 3 comentarios")
        assert decisions(office, waiting) == [Decision.HELD] * 4

    def test_the_key_leads_to_what_has_to_be_filled_in(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "j", "x")
        go(page, "r")
        expect(page.locator("h1")).to_have_text("¿No publicar 2 comentarios?")
        press(page, "r")
        expect(page.locator("form :is(input, textarea):focus")).to_have_count(1)

    def test_a_key_is_for_the_one_in_focus_while_nothing_is_marked(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "x")
        go(page, "a")
        expect(page.locator("[role=status]")).to_contain_text("Aprobado.")
        go(page, "u")

    def test_who_goes_back_finds_the_marks_again(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "j", "x")
        go(page, "a")
        page.go_back()
        expect(page.locator("[data-marked]")).to_have_text("Marcados: 2")

    def test_what_is_asked_has_the_focus_on_its_heading_and_tells_its_keys(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "j", "x")
        go(page, "a")
        expect(page.locator("h1")).to_be_focused()
        expect(page.locator(".page-head")).to_contain_text("a los publica todos")
        press(page, "?")
        expect(page.get_by_role("dialog")).to_contain_text("EscVolver a la lista")

    def test_escape_goes_back_to_the_marks_and_their_first_one(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "j", "x", "j", "x")
        marked = page.locator("[data-mark]:checked").evaluate_all("all => all.map(e => e.name)")
        go(page, "a")
        press(page, "?", "Escape")  # closes the keys, and leads nowhere
        expect(page.locator("h1")).to_have_text("¿Publicar 2 comentarios?")
        go(page, "Escape")
        boxes = page.locator("[data-mark]:checked")
        assert boxes.evaluate_all("all => all.map(e => e.name)") == marked
        expect(page.locator("[data-marked]")).to_have_text("Marcados: 2")
        expect(page.locator(".tray__item:focus")).to_have_id(marked[0])

    def test_a_key_decides_nothing_about_what_its_author_was_asked(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        receipt = office.write(author="Preguntada", body="¿Y la calle?", email="q@correo.example")
        office.decide(receipt, "preguntar", question="¿Cuál?")
        reference = reference_of(receipt)
        list_of(page, office, keys=True)
        page.goto(f"{office.url}/gestion/?vista=todo")
        page.locator(f"#c-{reference}").focus()
        press(page, "x")
        expect(page.locator("[data-mark]:checked")).to_have_count(0)
        go(page, "a")
        expect(page.get_by_role("button", name="Publicar", exact=True)).to_be_focused()
        assert decisions(office, [reference]) == [Decision.HELD]

    def test_escape_loses_no_word_that_was_written(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office, keys=True)
        press(page, "j", "x", "j", "x")
        go(page, "r")
        page.get_by_label("Por qué").fill("Di lo mismo sin insultar.")
        page.locator("h1").click()
        press(page, "Escape", "Escape")
        expect(page.get_by_label("Por qué")).to_have_value("Di lo mismo sin insultar.")


@pytest.mark.parametrize("page", [PLAIN], indirect=True)
class TestWithoutJavaScriptOnATelephone:
    def test_two_are_refused_with_one_reason_and_it_is_undone(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        list_of(page, office)
        assert not scrolls_sideways(page, 320)
        for reference in waiting[:2]:
            page.locator(f"#c-{reference} input[type=checkbox]").check()
        page.get_by_role("button", name="No publicarlos").click()
        assert not scrolls_sideways(page, 320)
        expect(page.locator("#contenido")).to_contain_text("Saldrá 1 correo")
        page.get_by_label("Por qué").fill("Di lo mismo sin insultar.")
        if page.locator("#rule").count():
            page.locator("#rule").check()
        page.get_by_role("button", name="No publicar los 2").click()
        assert not scrolls_sideways(page, 320)
        expect(page.locator("[role=status]")).to_contain_text("No publicados: 2")
        assert decisions(office, waiting[:2]) == [Decision.REJECTED] * 2
        page.get_by_role("button", name="Deshacer").click()
        expect(page.locator("[role=status]")).to_contain_text("Deshecho: 2")
        assert decisions(office, waiting[:2]) == [Decision.HELD] * 2


class TestTheList:
    def test_has_boxes_that_a_finger_hits_and_words_that_tick_them(
        self, page: Page, office: Institution, waiting: list[str]
    ) -> None:
        page.goto(f"{office.url}/gestion/?vista=todo")  # the newest first
        item = page.locator(f"#c-{waiting[0]}")
        box = item.get_by_role("checkbox").bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24
        item.get_by_text("Marcar").click()
        expect(item.get_by_role("checkbox")).to_be_checked()

    @pytest.mark.parametrize("width", [320, 390])
    def test_has_a_menu_of_one_line_on_a_telephone(
        self, page: Page, office: Institution, width: int
    ) -> None:
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"{office.url}/gestion/?vista=todo")  # the newest first
        entries = page.locator(".site-nav--staff li")
        tops = entries.evaluate_all(
            "all => all.map(e => Math.round(e.getBoundingClientRect().top))"
        )
        assert len(tops) == 4
        assert len(set(tops)) == 1, tops

    @pytest.mark.parametrize("page", [{}, PLAIN], indirect=True)
    def test_folds_a_long_comment_until_somebody_wants_all_of_it(
        self, page: Page, office: Institution
    ) -> None:
        end = "Aquí acaba todo."
        long = reference_of(office.write(author="Larga", body=f"{'Muy largo. ' * 150}{end}"))
        page.goto(f"{office.url}/gestion/?vista=todo")  # the newest first
        item = page.locator(f"#c-{long}")
        body = item.locator(".comment__body")
        folded = body.evaluate("e => e.clientHeight")
        assert body.evaluate("e => e.scrollHeight > e.clientHeight + 100")
        item.locator(".fold > summary").click()
        assert body.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        expect(item.locator(".fold > summary")).to_have_text("Mostrar menos", use_inner_text=True)
        item.locator(".fold > summary").click()
        assert body.evaluate("e => e.clientHeight") == folded


class TestThePages:
    def test_have_no_accessibility_fault_and_are_valid(
        self, page: Page, office: Institution, waiting: list[str], checkers: Path, tmp_path: Path
    ) -> None:
        program = (checkers / "axe-core" / "axe.min.js").read_text("utf-8")
        for number, name in enumerate(self._pages(page, office, waiting)):
            source = page.context.request.get(page.url).text()
            (tmp_path / f"{number}.html").write_text(source, "utf-8")
            page.evaluate(program)
            faults = axe(page, {"runOnly": AXE_RULES})
            page.emulate_media(color_scheme="dark")
            faults += axe(page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
            page.emulate_media(color_scheme="light")
            assert not faults, (name, faults)
            for width in (320, 1280):
                assert not scrolls_sideways(page, width), (name, width)
        config = Path(__file__).parent / ".htmlvalidate.json"
        command = [checkers / ".bin" / "html-validate", "--config", config, tmp_path]
        found = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent)
        assert found.returncode == 0, found.stdout[:5_000]

    def _pages(self, page: Page, office: Institution, waiting: list[str]) -> Iterator[str]:
        """In the browser, one after the other."""
        list_of(page, office)
        yield "the list"
        for word in ("publicar", "no-publicar", "publicidad"):
            marked = "".join(f"&c-{reference}=1" for reference in [*waiting, "2026-999999"])
            page.goto(f"{office.url}/gestion/varios?hacer={word}{marked}&c-{waiting[0]}=2")
            yield f"before {word}"
        page.get_by_role("button", name="son publicidad").click()
        yield "after it"
        page.get_by_role("button", name="Deshacer").click()
        yield "undone"
