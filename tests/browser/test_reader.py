"""A reader's whole way in a browser that has neither JavaScript nor cookies, and what happens when
the connection breaks, the service stops or a finger presses twice.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.conftest import FLAGS, chromium
from tests.support.institution import Institution, institution, links_of
from tests.support.visitor import Visitor, text_of

pytestmark = pytest.mark.browser

SMALL = {"width": 360, "height": 740}
RECEIPT = re.compile(r"/seguimiento/20\d\d-\d{6,}/[a-z2-7]{32}/recibido$")
BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2, "javascript": 2}}}
"""Chromium's own settings: 2 blocks."""

ANA = "ana.lectora@correo.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with institution(tmp_path_factory.mktemp("reader") / "blog") as made:
        yield made


@pytest.fixture(scope="module")
def blocked(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser in which its owner blocked JavaScript and every cookie."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(BLOCKED))
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium(), args=FLAGS, viewport=SMALL, locale="es-ES"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def plain(blocked: BrowserContext) -> Iterator[Page]:
    page = blocked.new_page()
    yield page
    assert blocked.cookies() == []
    page.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, viewport=SMALL, locale="es-ES")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def article(office: Institution, thread: str = "hola") -> str:
    return f"{office.url}/2026/11/{thread}/"


def fill(page: Page, body: str, author: str = "Ane") -> None:
    page.locator("#author").fill(author)
    page.locator("#body").fill(body)


def press(page: Page) -> None:
    page.locator("form[action*='/comentar/'] button").first.click(no_wait_after=True)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has its turn."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            return
    raise AssertionError(f"no way to {selector} at {page.url}")


def activate(page: Page, selector: str) -> None:
    """Reach it by Tab and press Enter, as a form or link wants it; the page that follows."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def kept(office: Institution, words: str) -> int:
    """How many comments of the tray say this."""
    tray = office.staff().get(f"{office.url}/gestion/").tree
    items = (each for each in tray.iter("li") if each.get("class") == "tray__item")
    return sum(words in text_of(each) for each in items)


def is_lost(page: Page) -> None:
    """The browser has no answer and says so."""
    expect(page).to_have_url(re.compile("^chrome-error:"))


class TestABrowserThatBlocksEverything:
    def test_runs_no_script_and_keeps_no_cookie(self, office: Institution, plain: Page) -> None:
        """Staff cannot sign in with it, which shows that it means it."""
        office.staff()
        plain.goto(f"{office.url}/gestion/entrar")
        plain.locator("#login").fill("ada")
        plain.locator("#password").fill("una frase muy larga")
        plain.locator("main form button").click()
        expect(plain.locator("#password")).to_be_visible()
        plain.goto(article(office))
        expect(plain.get_by_role("button", name="Ver cómo queda")).to_have_count(0)


class TestAnOldPage:
    def test_takes_a_comment_that_took_three_hours(self, office: Institution, plain: Page) -> None:
        """Built thirty days ago, opened today."""
        office.clock.forward(days=30)
        plain.goto(article(office))
        plain.locator("#author").fill("Ane, sin prisa")
        plain.locator("#body").press_sequentially("La primera frase.")
        office.clock.forward(hours=1.5)
        plain.locator("#body").press_sequentially(" Y la última.")
        office.clock.forward(hours=1.5)
        press(plain)
        expect(plain).to_have_url(RECEIPT)
        expect(plain.locator("main")).to_contain_text("La primera frase. Y la última.")
        case = office.staff().get(f"{office.url}/gestion/comentario/{plain.url.split('/')[4]}")
        assert "La primera frase. Y la última." in case.words
        assert 'class="screening' not in case.text  # slowness is no sign of anything


class TestOneComment:
    def test_comes_of_a_double_click(self, office: Institution, page: Page) -> None:
        page.goto(article(office))
        words = f"Doble clic {id(page)}."
        fill(page, words)
        page.locator("#comentar form button").first.dblclick(no_wait_after=True)
        expect(page).to_have_url(RECEIPT)
        assert kept(office, words) == 1

    def test_comes_of_a_retry_after_a_lost_connection(
        self, office: Institution, page: Page
    ) -> None:
        """It breaks when the comment is kept already. The browser tries once more by itself, in
        vain; its reader goes back and sends it again."""
        page.goto(article(office))
        words = f"Se cortó {id(page)}."
        fill(page, words)
        office.cut += ["submit.answer"] * 2
        press(page)
        is_lost(page)
        assert kept(office, words) == 1
        office.cut.clear()
        page.go_back()
        expect(page.locator("#body")).to_have_value(words)
        press(page)
        expect(page).to_have_url(RECEIPT)
        assert kept(office, words) == 1

    def test_comes_of_two_tabs(self, office: Institution, page: Page) -> None:
        other = page.context.new_page()
        words = f"Dos pestañas {id(page)}."
        for each in (page, other):
            each.goto(article(office))
            fill(each, words)
        urls = []
        for each in (page, other):
            press(each)
            expect(each).to_have_url(RECEIPT)
            urls.append(each.url)
        assert urls[0] == urls[1]
        assert kept(office, words) == 1


class TestAServiceThatStops:
    @pytest.mark.parametrize("of_the_service", [False, True], ids=["the article", "the form"])
    def test_leaves_the_text_to_the_way_back(
        self, office: Institution, page: Page, of_the_service: bool
    ) -> None:
        page.goto(f"{office.url}/comentar/hola" if of_the_service else article(office))
        words = f"Se reinicia {id(page)}."
        fill(page, words, "Ane, paciente")
        office.stop()
        try:
            press(page)
            is_lost(page)
        finally:
            office.start()
        page.go_back()
        expect(page.locator("#body")).to_have_value(words)
        expect(page.locator("#author")).to_have_value("Ane, paciente")
        press(page)
        expect(page).to_have_url(RECEIPT)
        assert kept(office, words) == 1

    def test_leaves_a_text_that_came_back_with_a_fault_to_the_way_back_too(
        self, office: Institution, page: Page
    ) -> None:
        page.goto(article(office))
        words = f"Sin nombre {id(page)}."
        page.locator("#body").fill(words)
        press(page)
        page.locator("#author").fill("Ane")
        page.locator("#body").fill(words + " Y más.")
        office.stop()
        try:
            press(page)
            is_lost(page)
        finally:
            office.start()
        page.go_back()
        expect(page.locator("#body")).to_have_value(words + " Y más.")

    def test_takes_a_form_that_was_opened_before(self, office: Institution, page: Page) -> None:
        page.goto(f"{office.url}/comentar/hola")
        words = f"Antes del reinicio {id(page)}."
        fill(page, words)
        office.stop()
        office.start()
        press(page)
        expect(page).to_have_url(RECEIPT)
        assert kept(office, words) == 1


class TestTheKeyboard:
    """From the article to the erased comment with Tab, letters, Space and Enter alone."""

    def test_does_everything_with_ones_own_comment(self, office: Institution, plain: Page) -> None:
        receipt = self.write(office, plain)
        office.decide(Visitor().get(receipt), "publicar")
        office.tick()
        office.answer(Visitor().get(receipt), "Abre en mayo.")
        activate(plain, ".private-link")
        expect(plain.locator("h1")).to_have_text("Contestado")
        tab_to(plain, "form[action*='/valorar'] input[type=text]")
        plain.keyboard.type("Justo lo que preguntaba")
        activate(plain, "form[action*='/valorar'] button[value='1']")
        self.done(plain, "Gracias por decírnoslo")
        tab_to(plain, "form[action*='/anadir'] textarea")
        plain.keyboard.type("Y una cosa más.")
        activate(plain, "form[action*='/anadir'] button")
        self.done(plain, "Hemos recibido lo que has añadido")
        activate(plain, "a[href*='/corregir']")
        tab_to(plain, "main textarea")
        plain.keyboard.press("Control+End")
        plain.keyboard.type(" Corregido.")
        activate(plain, "form[action*='/corregir'] button")
        self.done(plain, "nueva redacción")
        activate(plain, "form[action*='/sin-correos'] button")
        self.done(plain, "No te enviaremos más correos")
        activate(plain, "a[href*='/enlace']")
        activate(plain, "form[action*='/enlace'] button")
        self.done(plain, "nuevo enlace")
        activate(plain, "a[href*='/retirar']")
        activate(plain, "form[action*='/retirar'] button")
        self.done(plain, "Has retirado tu comentario")
        activate(plain, "a[href*='/borrar']")
        activate(plain, "form[action*='/borrar'] button")
        expect(plain.locator("h1")).to_contain_text("borrados")
        office.tick()
        assert Visitor().get(receipt).status == 404

    def write(self, office: Institution, page: Page) -> str:
        """The form, filled in with its reader's address; the address of the receipt."""
        page.goto(article(office))
        tab_to(page, "#author")
        page.keyboard.type("Íñigo")
        page.keyboard.press("Tab")
        page.keyboard.type("¿Cuándo abre?")
        page.keyboard.press("Tab")
        page.keyboard.type("inigo@correo.example")
        activate(page, "#comentar form button")
        expect(page).to_have_url(RECEIPT)
        return page.url

    def done(self, page: Page, words: str) -> None:
        """The page says it, where who cannot see is told."""
        expect(page.locator("[role=status]")).to_contain_text(words)

    def test_asks_for_a_second_look(self, office: Institution, plain: Page) -> None:
        receipt = office.write(body="Lo que se rechaza.")
        office.refuse(receipt)
        plain.goto(receipt.url.removesuffix("/recibido"))
        tab_to(plain, "form[action*='/reclamar'] textarea")
        plain.keyboard.type("No insulto a nadie.")
        activate(plain, "form[action*='/reclamar'] button")
        expect(plain.locator("h1")).to_have_text("No publicado · en revisión")

    def test_finds_a_comment_by_its_code(self, office: Institution, plain: Page) -> None:
        receipt = office.write(body="Lo que se busca.")
        plain.goto(receipt.url)
        code = plain.locator(".short-code").inner_text()
        activate(plain, "a[href$='/seguimiento/']")
        tab_to(plain, "#code")
        plain.keyboard.type(code.lower())
        activate(plain, "main form button")
        expect(plain.locator("main")).to_contain_text("Lo que se busca.")

    def test_follows_a_conversation_and_leaves_it(self, office: Institution, plain: Page) -> None:
        plain.goto(office.write(body="La que sigue.").url)
        activate(plain, "a[href*='/seguir/']")
        tab_to(plain, "#email")
        plain.keyboard.type(ANA)
        activate(plain, "main form button")
        expect(plain.locator("h1")).to_have_text("Mira tu correo")
        office.tick()
        (asked,) = office.mails(ANA)
        (yes,) = [each for each in links_of(asked) if "/correo/seguir/" in each]
        plain.goto(yes)
        activate(plain, "main form button")
        expect(plain.locator("h1")).to_have_text("Sigues esta conversación")
        office.publish(office.write(body="Lo nuevo.", author="Iker"))
        (_, told) = office.mails(ANA)
        (leave,) = {each for each in links_of(told) if "/correo/dejar/" in each}
        plain.goto(leave)
        activate(plain, "main form button")
        expect(plain.locator("h1")).to_have_text("Ya no sigues esta conversación")
        office.publish(office.write(body="Lo que ya no sabrá.", author="Iker"))
        assert len(office.mails(ANA)) == 2
