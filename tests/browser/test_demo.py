"""The demonstration's tour in a browser, each step as its page says it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.demo import Demo, running_demo
from tests.support.service import copy_of_the_blog

pytestmark = pytest.mark.browser

SECONDS = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    blog = copy_of_the_blog(tmp_path_factory.mktemp("demo") / "blog")
    with running_demo(blog) as started:
        yield started


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def at_step(page: Page, demo: Demo, name: str) -> Any:
    """The step on the page of the tour."""
    page.goto(f"{demo.url}/demo/")
    return page.locator(f"#{name}")


def enter(page: Page, demo: Demo, name: str) -> None:
    at_step(page, demo, name).locator("form[action*='/entrar/'] button").click()


def until(page: Page, url: str, words: str, seconds: int = SECONDS) -> None:
    """Open the page again and again until it says so: a build takes a moment."""
    for _ in range(seconds):
        page.goto(url)
        if words in (page.locator("main").text_content() or ""):
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{words!r} is not at {url}")


class TestTheTour:
    def test_every_page_says_that_it_is_a_demonstration(self, page: Page, demo: Demo) -> None:
        for path in ("/", "/eu/", "/en/", "/demo/", "/correos", "/gestion/entrar", "/404.html"):
            page.goto(demo.url + path)
            expect(page.locator("aside.demonstration a[href*='/demo/']")).to_be_visible()

    def test_write_approve_and_see_the_page_change(self, page: Page, demo: Demo) -> None:
        at_step(page, demo, "paso-write").get_by_role("link").click()
        article = page.url
        form = page.locator("form[action*='/comentar/']")
        form.locator("[name=author]").fill("Visita de Prueba")
        form.locator("[name=body]").fill("¿Y una sombra para el verano?")
        form.get_by_role("button", name="Enviar el comentario").click()
        expect(page).to_have_url(re.compile(r"/recibido$"))
        reference = page.url.split("/")[-3]

        enter(page, demo, "paso-approve")
        expect(page).to_have_url(re.compile(r"/gestion/$"))
        page.goto(f"{demo.url}/gestion/comentario/{reference}")
        page.locator("form[action*='/publicar'] button").first.click()
        until(page, article, "¿Y una sombra para el verano?")

    def test_an_answer_stands_under_its_comment(self, page: Page, demo: Demo) -> None:
        enter(page, demo, "paso-answer")
        expect(page.locator("main")).to_contain_text("A qué hora empiezan las máquinas")
        form = page.locator("form[action*='/contestar']")
        if not form.locator("textarea").first.is_visible():
            page.locator("details:has(form[action*='/contestar']) > summary").first.click()
        form.locator("textarea").first.fill("A las ocho, y nunca antes.")
        form.locator("button:not([formaction])").first.click()
        article = at_step(page, demo, "paso-answer").get_by_role("link").get_attribute("href")
        until(page, str(article), "A las ocho, y nunca antes.")
        asked = page.locator("li", has_text="A qué hora empiezan las máquinas").last
        expect(asked).to_contain_text("A las ocho, y nunca antes.")

    def test_the_author_of_a_post_answers_on_its_page(self, page: Page, demo: Demo) -> None:
        enter(page, demo, "paso-author")
        expect(page.locator("main")).to_contain_text("En enero hay exámenes")
        page.locator("details:has(form[action*='/contestar']) > summary").first.click()
        form = page.locator("form[action*='/contestar']").first
        form.locator("textarea").first.fill("En enero, hasta las ocho.")
        form.locator("button:not([formaction])").first.click()
        article = at_step(page, demo, "paso-author").get_by_role("link").get_attribute("href")
        until(page, str(article), "En enero, hasta las ocho.")
        expect(page.locator("main")).to_contain_text(
            "Quien escribió la entrada participa en la conversación"
        )

    def test_a_question_is_passed_on_and_answered_without_an_account(
        self, page: Page, demo: Demo
    ) -> None:
        enter(page, demo, "paso-refer")
        form = page.locator("form[action*='/derivar']")
        for summary in page.locator("details:has(form[action*='/derivar']) > summary").all():
            summary.click()
        form.locator("[name=department]").select_option(label="Obras y Servicios")
        form.locator("[name=inquiry]").fill("¿La farola es vuestra?")
        form.locator("button").click()
        for _ in range(SECONDS):  # the mail leaves when it can no longer be undone
            page.goto(f"{demo.url}/correos")
            if page.locator("a[href*='/departamento/']").count():
                break
            page.wait_for_timeout(1000)
        page.locator("a[href*='/departamento/']").first.click()
        expect(page.locator("main")).to_contain_text("¿La farola es vuestra?")
        sheet = page.locator("form[action*='/responder']")
        sheet.locator("[name=body]").fill("Sí: se cambia el jueves.")
        sheet.locator("[name=name]").fill("Fermín Ficticio")
        sheet.locator("[name=position]").fill("Jefe de Obras y Servicios")
        sheet.locator("button[value=answer]").click()
        enter(page, demo, "paso-refer")
        expect(page.locator("main")).to_contain_text("Sí: se cambia el jueves.")

    def test_a_late_reader_was_told(self, page: Page, demo: Demo) -> None:
        step = at_step(page, demo, "paso-late")
        mail = step.get_by_role("link").get_attribute("href")
        step.get_by_role("button").click()
        expect(page.locator("main")).to_contain_text("baño público")
        page.goto(str(mail))
        told = page.locator(f"[aria-labelledby='{str(mail).partition('#')[2]}']")
        expect(told).to_contain_text("paciente.ficticia@example.org")

    def test_a_refusal_names_its_rule_and_another_person_looks_again(
        self, page: Page, demo: Demo
    ) -> None:
        step = at_step(page, demo, "paso-second")
        seen = step.get_by_role("link").get_attribute("href")
        step.get_by_role("button").click()
        expect(page.locator("main")).to_contain_text("¿De verdad se le reconoce?")
        expect(page.locator("main form[action*='/publicar'], main form[action*='/reabrir']").first)
        page.goto(str(seen))
        expect(page.locator("main")).to_contain_text("Datos de otras personas")

    def test_name_and_colour_change_everywhere(self, page: Page, demo: Demo) -> None:
        step = at_step(page, demo, "aspecto")
        step.get_by_label("Nombre de la institución").fill("Diputación de Prueba")
        step.get_by_label("Granate").check()
        step.get_by_role("button").click()
        expect(page.locator(".site-name")).to_have_text("Diputación de Prueba")
        page.goto(f"{demo.url}/")
        expect(page.locator(".site-name")).to_have_text("Diputación de Prueba")
        colour = page.locator("meta[name=theme-color]").get_attribute("content")
        assert colour == "#8a1c4a"

    def test_the_data_protection_officer_erases_what_a_reader_told(
        self, page: Page, demo: Demo
    ) -> None:
        step = at_step(page, demo, "paso-erase")
        seen = str(step.get_by_role("link").get_attribute("href"))
        step.get_by_role("button").click()
        page.locator("form[action*='/borrar'] button").click()
        page.goto(seen)
        expect(page.locator("main")).not_to_contain_text("14:05")

    def test_the_site_is_whole_while_the_service_is_stopped(self, page: Page, demo: Demo) -> None:
        at_step(page, demo, "parar").get_by_role("button").click()
        expect(page.locator("h1")).to_have_text("El servicio de comentarios está parado")
        for path in ("/", "/conversaciones/", "/eu/"):
            answer = page.goto(demo.url + path)
            assert answer
            assert answer.status == 200
        answer = page.goto(f"{demo.url}/gestion/")
        assert answer
        assert answer.status == 503
        page.locator("form[action*='/demo/arrancar'] button").click()
        expect(page.locator("h1")).to_have_text("Pruébalo en diez minutos")

    def test_begins_again(self, page: Page, demo: Demo) -> None:
        at_step(page, demo, "de-nuevo")
        page.locator("form[action*='/demo/empezar'] button").click()
        expect(page.locator("h1")).to_have_text(re.compile("Un momento"))
        expect(page.locator("h1")).to_have_text("Pruébalo en diez minutos", timeout=240_000)
        expect(page.locator(".site-name")).to_have_text("Ayuntamiento de Villaejemplo")


@pytest.mark.parametrize("language", ["es", "eu", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_tour_has_no_barrier(
    browser: Browser, demo: Demo, checkers: Path, language: str, scheme: Any
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{demo.url}/demo/?idioma={language}")
    script = (checkers / "axe-core" / "axe.min.js").read_text("utf-8")
    page.evaluate(script)
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    assert [each["id"] for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
