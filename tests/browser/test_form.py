"""The form in a browser: by keyboard without JavaScript, in place with it, in few words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import ARTICLES
from tests.browser.test_pages import AXE_RULES, axe
from tests.support.service import Service

pytestmark = pytest.mark.browser

SMALL = {"width": 360, "height": 740}
RECEIPT = re.compile(r"/seguimiento/20\d\d-\d{6,}/[a-z2-7]{32}/recibido$")
MAX_WORDS = 80
MAX_SENTENCE_WORDS = 20
SCRIPT = Path(__file__).parents[2] / "theme/static/js/comments.js"

WORDS = """
form => {
  const copy = form.cloneNode(true);
  copy.querySelectorAll('.trap, .question').forEach(each => each.remove());
  return copy.textContent;
}
"""
"""All fixed words, folded ones too; the author's question is not one of them."""

FAULTY = {
    "nothing": {},
    "no text": {"author": "Ane"},
    "no such address": {"author": "Ane", "body": "Kaixo.", "email": "ane"},
    "too long": {"author": "Ane" * 40, "body": "ñ" * 9_000},
    "too many links": {"author": "Ane", "body": "[a](https://a.example) " * 30},
}
"""What is filled in, by what is wrong with it."""


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A small screen without JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport=SMALL, locale="es-ES")
    yield context.new_page()
    context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=SMALL, locale="es-ES", reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A small screen with JavaScript."""
    return context.new_page()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has its turn."""
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"no way to {selector} at {page.url}")


def sentences(text: str) -> list[int]:
    """How many words each has; a line of its own is one too."""
    return [len(each.split()) for each in re.split(r"[.?!]\s|\n", text)]


class TestTheWords:
    @pytest.mark.parametrize("language", ARTICLES)
    def test_are_few_and_in_short_sentences(
        self, page: Page, built: dict[str, str], language: str
    ) -> None:
        page.route("**/comments.js", lambda route: route.abort())
        page.goto(built[f"{language} article"])
        form = page.locator("#comentar form").evaluate(WORDS)
        page.evaluate("document.querySelectorAll('.trap, .question').forEach(it => it.remove())")
        seen = page.locator("#comentar").inner_text()
        for words in (form, seen):
            assert len(words.split()) <= MAX_WORDS, (len(words.split()), words)
            assert max(sentences(words)) < MAX_SENTENCE_WORDS, words

    @pytest.mark.parametrize("language", ARTICLES)
    def test_ask_for_three_things_and_offer_one_button(
        self, plain: Page, built: dict[str, str], language: str
    ) -> None:
        plain.goto(built[f"{language} article"])
        form = plain.locator("#comentar form")
        asked = form.locator("input:visible, textarea:visible, select:visible")
        names = [each.get_attribute("name") for each in asked.all()]
        assert [name for name in names if name != "website"] == ["author", "body", "email"]
        assert form.locator("button").count() == 1


class TestWithoutJavaScript:
    def test_a_comment_is_written_sent_and_found_by_keyboard_alone(
        self, plain: Page, built: dict[str, str]
    ) -> None:
        plain.goto(built["es article"])
        tab_to(plain, "a[href='#comentar']")
        plain.keyboard.press("Enter")
        tab_to(plain, "#author")
        plain.keyboard.type("Íñigo, sin ratón")
        plain.keyboard.press("Tab")
        plain.keyboard.type("¿Y quién contesta en agosto?")
        plain.keyboard.press("Tab")
        plain.keyboard.type("inigo@example.org")
        plain.keyboard.press("Tab")
        expect(plain.locator("#comentar summary")).to_be_focused()
        plain.keyboard.press("Enter")
        plain.keyboard.press("Tab")
        expect(plain.locator("#private")).to_be_focused()
        plain.keyboard.press("Space")
        expect(plain.locator("#private")).to_be_checked()
        plain.keyboard.press("Space")
        tab_to(plain, "#comentar form button")
        plain.keyboard.press("Enter")
        expect(plain).to_have_url(RECEIPT)
        expect(plain.locator("main")).to_contain_text("¿Y quién contesta en agosto?")

    def test_a_quotation_is_looked_at_and_sent(self, plain: Page, built: dict[str, str]) -> None:
        plain.goto(built["es article"])
        plain.locator("a[href*='citar=']").first.press("Enter")
        text = plain.locator("#body")
        quoted = text.input_value()
        assert quoted.startswith("> ")
        text.fill(f"{quoted}De acuerdo.")
        plain.locator("#author").fill("Ane")
        plain.locator("button[formaction]").press("Enter")
        expect(plain.locator("#vista-previa blockquote")).to_be_visible()
        expect(plain.locator("#vista-previa")).to_contain_text("De acuerdo.")
        expect(text).to_have_value(f"{quoted}De acuerdo.")
        plain.locator("form[action*='/comentar/'] button").first.press("Enter")
        expect(plain).to_have_url(RECEIPT)
        expect(plain.locator("main blockquote")).to_be_visible()

    def test_back_from_another_page_finds_what_was_written(
        self, plain: Page, built: dict[str, str]
    ) -> None:
        for name in ("es article", "form"):
            plain.goto(built["es article"])
            if name == "form":
                plain.locator("a[href*='responder=']").first.click()
            plain.locator("#author").fill("Ane")
            plain.locator("#body").fill("A medias")
            plain.locator(".site-brand").click()
            plain.wait_for_url(built["es home"])
            plain.go_back()
            expect(plain.locator("#author")).to_have_value("Ane")
            expect(plain.locator("#body")).to_have_value("A medias")


class TestWithJavaScript:
    def reply_link(self, page: Page) -> Any:
        return page.locator(".comment__foot a[href*='responder=']").nth(1)

    def test_a_reply_is_written_in_its_place(self, page: Page, built: dict[str, str]) -> None:
        page.goto(built["es article"])
        link = self.reply_link(page)
        comment = link.locator("xpath=ancestor::article[1]")
        name = comment.locator(".p-author").first.inner_text()
        link.press("Enter")
        form = page.locator("form[action*='/comentar/']")
        beside = comment.evaluate("it => it.nextElementSibling.tagName")
        assert beside == "FORM"
        expect(form).to_contain_text(f"Respondes a: {name}")
        expect(page.locator("#author")).to_be_focused()
        page.keyboard.type("Ane")
        page.locator("#body").fill("Contesto aquí mismo.")
        form.locator("button[type=submit]").first.press("Enter")
        expect(page).to_have_url(RECEIPT)
        expect(page.locator("main")).to_contain_text(f"En respuesta a {name}")

    def test_a_reply_that_is_given_up_leaves_the_form_as_it_was(
        self, page: Page, built: dict[str, str]
    ) -> None:
        page.goto(built["es article"])
        page.locator("#body").fill("Mi texto")
        link = self.reply_link(page)
        link.click()
        page.get_by_role("button", name="No responder").click()
        expect(link).to_be_focused()
        form = page.locator("#comentar form[action*='/comentar/']")
        expect(form.locator("#body")).to_have_value("Mi texto")
        assert form.locator("[name=in_reply_to]").count() == 0

    def test_a_look_at_it_is_the_services_own_and_goes_when_the_text_changes(
        self, page: Page, built: dict[str, str]
    ) -> None:
        page.goto(built["es article"])
        page.locator("#body").fill("Con **fuerza** y <b>sin</b>.")
        page.get_by_role("button", name="Ver cómo queda").press("Enter")
        shown = page.locator("#vista-previa")
        expect(shown.locator("strong")).to_have_text("fuerza")
        expect(shown).to_contain_text("<b>sin</b>")
        expect(shown).to_be_focused()
        assert page.url == built["es article"]
        page.locator("#body").press_sequentially("!")
        expect(shown).to_have_count(0)

    def test_a_look_at_nothing_says_what_is_missing(
        self, page: Page, built: dict[str, str]
    ) -> None:
        page.goto(built["es article"])
        page.locator("#author").fill("Ane")
        page.get_by_role("button", name="Ver cómo queda").click()
        expect(page).to_have_title(re.compile("^Error: "))
        expect(page.locator("#author")).to_have_value("Ane")

    def test_the_seal_comes_at_the_first_touch_and_nothing_is_kept(
        self, page: Page, context: BrowserContext, built: dict[str, str]
    ) -> None:
        asked: list[str] = []
        complaints: list[str] = []

        def complain(said: ConsoleMessage) -> None:
            complaints.append(said.text)

        page.on("request", lambda request: asked.append(request.url))
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(built["es article"], wait_until="networkidle")
        assert not [each for each in asked if "/comentar/" in each]
        page.locator("#author").focus()
        expect(page.locator("input[name=seal]")).to_have_value(re.compile(r"^[a-z2-7]{32}\.\d+\."))
        page.locator("#body").fill("Hola.")
        page.locator("#author").fill("Ane")
        page.get_by_role("button", name="Ver cómo queda").click()
        expect(page.locator("#vista-previa")).to_be_visible()
        assert len([each for each in asked if each.endswith("/sello")]) == 1
        assert complaints == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert context.cookies() == []

    def test_a_comment_is_sent_when_the_service_gives_no_seal(
        self, page: Page, built: dict[str, str]
    ) -> None:
        page.route("**/sello", lambda route: route.abort())
        page.goto(built["es article"])
        page.locator("#author").fill("Ane")
        page.locator("#body").fill("Sin sello también.")
        page.locator("#comentar form button").first.click()
        expect(page).to_have_url(RECEIPT)

    def test_a_double_click_is_one_comment(self, page: Page, built: dict[str, str]) -> None:
        page.goto(built["es article"])
        page.locator("#author").fill("Ane")
        page.locator("#body").fill("Dos veces y una sola.")
        page.locator("#comentar form button").first.dblclick(no_wait_after=True)
        expect(page).to_have_url(RECEIPT)
        first = page.url
        page.go_back()
        page.locator("#author").fill("Ane")
        page.locator("#body").fill("Dos veces y una sola.")
        page.locator("#comentar form button").first.click()
        expect(page).to_have_url(first)

    def test_the_script_is_small_and_only_where_a_comment_can_be_written(
        self, page: Page, built: dict[str, str]
    ) -> None:
        assert SCRIPT.stat().st_size < 8_000
        for name, count in {"es article": 1, "es home": 0, "es normas": 0}.items():
            page.goto(built[name])
            assert page.locator("script[src]").count() == count, name


class TestEveryState:
    @pytest.fixture
    def address(self, service: Service, built: dict[str, str], page: Page) -> str:
        page.goto(built["es article"])
        action = page.locator("#comentar form").get_attribute("action")
        assert action
        return action

    def faults(self, page: Page, checkers: Path) -> list[Any]:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate((checkers / "axe-core" / "axe.min.js").read_text("utf-8"))
        found = axe(page, {"runOnly": AXE_RULES})
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [*found, *(["wider than the screen"] if wide else [])]

    @pytest.mark.parametrize("language", ARTICLES)
    def test_of_the_services_form_is_accessible(
        self, page: Page, address: str, checkers: Path, language: str
    ) -> None:
        page.goto(f"{address}?idioma={language}")
        assert self.faults(page, checkers) == []
        for wrong, given in FAULTY.items():
            page.goto(f"{address}?idioma={language}")
            for name, value in given.items():
                page.locator(f"[name={name}]").fill(value)
            page.locator("form[action*='/comentar/'] button").first.click()
            expect(page.locator(".error-summary")).to_be_focused()
            assert self.faults(page, checkers) == [], (wrong, language)
            for link in page.locator(".error-summary a").all():
                field = page.locator(link.get_attribute("href") or "")
                expect(field).to_have_attribute("aria-invalid", "true")
                beside = page.locator(f"#{field.get_attribute('id')}-error").inner_text()
                assert beside.endswith(link.inner_text())
            link.press("Enter")
            expect(field).to_be_focused()
        page.locator("#author").fill("Ane")
        page.locator("#body").fill("> Kaixo\n\nHola.")
        page.locator("button[formaction]").click()
        expect(page.locator("#vista-previa")).to_be_focused()
        assert self.faults(page, checkers) == []

    @pytest.mark.parametrize("language", ARTICLES)
    def test_of_the_articles_form_is_accessible(
        self, page: Page, built: dict[str, str], checkers: Path, language: str
    ) -> None:
        page.goto(built[f"{language} article"])
        page.locator(".comment__foot a[href*='responder=']").first.click()
        page.locator("#author").fill("Ane")
        page.locator("#body").fill("> Kaixo\n\nHola.")
        page.locator("form[action*='/comentar/'] button[formaction]").click()
        expect(page.locator("#vista-previa")).to_be_focused()
        assert self.faults(page, checkers) == []
