"""The whole loop in a browser, with JavaScript off and on."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.service import Service

pytestmark = pytest.mark.browser


class Network:
    """Every request that a browser makes."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()

    def note(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.hosts.add(urlsplit(request.url).netloc)


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def reader(browser: Browser, network: Network, javascript: bool) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=javascript, locale="es-ES")
    page = context.new_page()
    page.on("request", network.note)
    yield page
    context.close()


@pytest.fixture
def staff(browser: Browser, javascript: bool, staff_cookies: list[Any]) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=javascript, locale="es-ES")
    context.add_cookies(staff_cookies)
    yield context.new_page()
    context.close()


def read_a_post(reader: Page, service: Service) -> None:
    """From the home page to its newest article."""
    reader.goto(f"{service.url}/")
    reader.locator("main article :is(h2, h3) a").first.click()
    expect(reader.locator("main h1")).to_have_count(1)


class TestTheLoop:
    def test_a_reply_becomes_part_of_the_page(
        self, reader: Page, staff: Page, service: Service, network: Network, javascript: bool
    ) -> None:
        said = f"¿Y quién contesta en agosto? ({'con' if javascript else 'sin'} guiones)"
        read_a_post(reader, service)
        article = reader.url
        form = reader.locator("form[action*='/comentar/']")
        form.locator("[name=author]").fill("Vecina del quinto")
        form.locator("[name=body]").fill(said)
        form.locator("button").first.click()

        expect(reader).to_have_url(re.compile(r"/seguimiento/20\d\d-\d{6,}/[a-z2-7]{32}/recibido$"))
        expect(reader.locator("main")).to_contain_text(said)
        reference = reader.url.split("/")[-3]
        tracking = reader.url.removesuffix("/recibido")

        staff.goto(f"{service.url}/gestion/comentario/{reference}")
        expect(staff.locator("main")).to_contain_text(said)
        staff.locator("form[action*='/publicar'] button").first.click()

        for _ in range(600):  # a third build within a minute waits for the next one
            reader.goto(tracking)
            if reader.locator("a[href*='#comment-']").count():
                break
            reader.wait_for_timeout(200)
        reader.locator("a[href*='#comment-']").first.click()
        assert reader.url.startswith(article)
        anchor = urlsplit(reader.url).fragment
        expect(reader.locator(f"[id='{anchor}']")).to_contain_text(said)

        assert network.hosts == {f"localhost:{service.port}"}
        assert reader.context.cookies() == []
        if javascript:
            stored = "localStorage.length + sessionStorage.length"
            assert reader.evaluate(stored) == 0

    def test_a_reply_to_a_comment_stands_under_it(
        self, reader: Page, staff: Page, service: Service, javascript: bool
    ) -> None:
        said = f"De acuerdo contigo, {'con' if javascript else 'sin'} guiones."
        reader.goto(f"{service.url}/")
        reader.locator("a[href*='#comment-'], a[href*='#comentarios']").first.click()
        reply = reader.locator("article[id^=comment-] a[href*='responder=']").first
        parent = re.search(r"responder=([0-9a-z]{26})", reply.get_attribute("href") or "")
        assert parent
        reply.click()
        if javascript:  # in its place
            expect(reader.locator(f"[id='comment-{parent[1]}'] + form")).to_be_visible()
        else:
            expect(reader).to_have_url(re.compile(r"/comentar/.*#comentar$"))
        reader.locator("input[name=author]").fill("Íñigo")
        reader.locator("textarea[name=body]").fill(said)
        reader.get_by_role("button", name="Enviar el comentario").click()
        reference = reader.url.split("/")[-3]
        staff.goto(f"{service.url}/gestion/comentario/{reference}")
        staff.locator("form[action*='/publicar'] button").first.click()
        tracking = reader.url.removesuffix("/recibido")
        for _ in range(600):  # a third build within a minute waits for the next one
            reader.goto(tracking)
            if reader.locator("a[href*='#comment-']").count():
                break
            reader.wait_for_timeout(200)
        reader.locator("a[href*='#comment-']").first.click()
        anchor = urlsplit(reader.url).fragment
        branch = reader.locator("li", has=reader.locator(f"[id='comment-{parent[1]}']"))
        expect(branch.locator(f"[id='{anchor}']").first).to_contain_text(said)

    def test_a_faulty_form_names_every_fault_and_keeps_the_text(
        self, reader: Page, service: Service
    ) -> None:
        read_a_post(reader, service)
        form = reader.locator("form[action*='/comentar/']")
        form.locator("[name=body]").fill("Un texto que no quiero perder.")
        form.evaluate("form => form.noValidate = true")
        form.locator("button").first.click()
        expect(reader).to_have_title(re.compile("^Error: "))
        expect(reader.locator(".error-summary a")).to_have_count(1)
        expect(reader.locator("[name=body]")).to_have_value("Un texto que no quiero perder.")
        expect(reader.locator("[name=author]")).to_have_attribute("aria-invalid", "true")


class TestADecisionThatCannotBePublished:
    """By keyboard alone, without JavaScript."""

    @pytest.fixture
    def window(self, browser: Browser, staff_cookies: list[Any]) -> Iterator[Page]:
        context = browser.new_context(java_script_enabled=False, locale="es-ES")
        context.add_cookies(staff_cookies)
        yield context.new_page()
        context.close()

    def until(self, page: Page, words: str) -> None:
        """Reload until the page says so; builds come at most twice a minute."""
        for _ in range(240):
            page.reload()
            if words in (page.locator("main").text_content() or ""):
                return
            page.wait_for_timeout(500)
        raise AssertionError(page.locator("main").text_content())

    def test_is_told_kept_and_tried_again(self, window: Page, service: Service) -> None:
        read_a_post(window, service)
        form = window.locator("form[action*='/comentar/']")
        form.locator("[name=author]").fill("Nerea")
        form.locator("[name=body]").fill("¿Llegará esto a la página?")
        form.locator("button").first.click()
        reference = window.url.split("/")[-3]

        settings = service.blog / "pelicanconf.py"
        sound = settings.read_text("utf-8")
        settings.write_text(sound + "\nraise RuntimeError('no such thing')\n", "utf-8")
        try:
            window.goto(f"{service.url}/gestion/comentario/{reference}")
            window.locator("form[action*='/publicar'] button").first.press("Enter")
            window.goto(f"{service.url}/gestion/comentario/{reference}")
            self.until(window, "No hemos podido publicarlo. El comentario está a salvo.")
        finally:
            settings.write_text(sound, "utf-8")
        folded = window.locator("details.technical")
        expect(folded).not_to_have_attribute("open", "")
        folded.locator("summary").press("Enter")
        expect(folded.locator("pre")).to_be_visible()
        window.locator("form[action*='/reintentar'] button").press("Enter")
        expect(window).to_have_url(re.compile(rf"/comentario/{reference}\?hecho=reintentar$"))
        expect(window.locator(".notice--good")).to_have_text("Lo estamos intentando otra vez.")
        self.until(window, "Publicado a las")
