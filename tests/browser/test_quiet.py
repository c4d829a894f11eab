"""Pages that keep to themselves: nobody else is asked, nothing is stored, nothing is needed."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.service import Service

pytestmark = pytest.mark.browser

SOURCES = {"'self'", "'none'"}
MOST = 35_000
MOST_SCRIPT = 8_000
READABLE = ["es home", "es article", "eu event", "en archive", "es conversaciones", "es normas"]


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="es-ES")
    yield opened
    opened.close()


class TestEveryPage:
    def test_asks_nobody_else_stores_nothing_and_breaks_no_rule(
        self, context: BrowserContext, built: dict[str, str], served: dict[str, str]
    ) -> None:
        page = context.new_page()
        hosts, complaints, stored = set(), [], []
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda said: complaints.append((page.url, said.text)))
        page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
        for name, address in (built | served).items():
            page.goto(address)
            if page.evaluate("localStorage.length + sessionStorage.length"):
                stored.append(name)
        assert hosts - {""} == {urlsplit(built["es home"]).netloc}  # "": pictures in the style
        assert complaints == []
        assert stored == []
        assert context.cookies() == []

    def test_stands_under_a_strict_policy(
        self, context: BrowserContext, built: dict[str, str], served: dict[str, str]
    ) -> None:
        """Nothing but our own address; scripts not at all, or from there alone."""
        for name, address in (built | served).items():
            answer = context.request.get(address)
            policy = dict(
                part.strip().partition(" ")[::2]
                for part in answer.headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'", name
            assert {source for value in policy.values() for source in value.split()} <= SOURCES
            assert {"form-action", "base-uri", "frame-ancestors"} <= policy.keys()
            assert "set-cookie" not in answer.headers, name


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context(java_script_enabled=False, locale="es-ES")
    yield opened.new_page()
    opened.close()


class TestWithoutJavaScript:
    @pytest.mark.parametrize("name", READABLE)
    def test_everything_can_be_read(
        self, plain: Page, context: BrowserContext, built: dict[str, str], name: str
    ) -> None:
        page = context.new_page()
        page.goto(built[name])
        # What only a script can do has buttons that only a script makes.
        page.evaluate("document.querySelectorAll('form button').forEach(it => it.remove())")
        plain.goto(built[name])
        with_it, without = (each.locator("body").inner_text() for each in (page, plain))
        page.close()
        missing = [line for line in with_it.splitlines() if line.strip() not in without]
        assert missing == []
        assert len(without) > 300

    def test_the_conversation_and_its_form_are_there(
        self, plain: Page, built: dict[str, str]
    ) -> None:
        plain.goto(built["es article"])
        comments = plain.locator("article[id^=comment-]")
        assert comments.count() > 15
        assert all(each.is_visible() for each in comments.all())
        assert plain.locator("form[action*='/comentar/'] button").is_visible()


class TestTheWeight:
    def test_of_an_article_with_twenty_comments_is_small(
        self, service: Service, built: dict[str, str]
    ) -> None:
        """As a browser that takes gzip gets it: page, style sheets and scripts."""
        html, page = fetched(built["es article"])
        assert html.count("data-digest") >= 20
        links = re.findall(
            r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"', html
        )
        sizes = {built["es article"]: page}
        for address in (urljoin(built["es article"], style or script) for style, script in links):
            assert address.startswith(service.url)
            sizes[address] = fetched(address)[1]
        scripts = sum(size for address, size in sizes.items() if address.endswith(".js"))
        assert len(sizes) > 2
        assert sum(sizes.values()) <= MOST, sizes
        assert scripts <= MOST_SCRIPT, sizes

    def test_is_all_that_a_browser_fetches(
        self, context: BrowserContext, built: dict[str, str]
    ) -> None:
        page = context.new_page()
        kinds: set[str] = set()
        page.on("request", lambda request: kinds.add(request.resource_type))
        page.goto(built["es article"], wait_until="networkidle")
        page.close()
        assert kinds <= {"document", "stylesheet", "script", "image", "other"}  # other: the icon


def fetched(address: str) -> tuple[str, int]:
    """The text at an address, and its bytes on the wire."""
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=30) as answer:
        data: bytes = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(data) if packed else data).decode("utf-8"), len(data)
