"""On paper, in forced colours and without motion: nothing that matters is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES")
    yield context.new_page()
    context.close()


def after(page: Page, link: str) -> str:
    """What the style writes after the first such link."""
    found: str = page.locator(link).first.evaluate("it => getComputedStyle(it, '::after').content")
    return found


class TestOnPaper:
    def test_form_and_menus_stay_away_and_the_conversation_stays(
        self, page: Page, built: dict[str, str]
    ) -> None:
        page.goto(built["es article"])
        page.emulate_media(media="print")
        for left_out in ("form", "textarea", ".site-nav", ".skip-link"):
            for each in page.locator(left_out).all():
                expect(each).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        assert all(each.is_visible() for each in page.locator("article[id^=comment-]").all())

    def test_links_say_where_they_lead(self, page: Page, built: dict[str, str]) -> None:
        page.goto(built["es article"])
        inside, outside = ".prose a[href*='/normas/']", ".comment a[href^='https://otraparte']"
        assert after(page, inside) == "none"
        page.emulate_media(media="print")
        assert "/normas/" in after(page, inside)
        assert "https://otraparte.example/normas" in after(page, outside)

    def test_is_black_on_white_even_in_the_dark(self, page: Page, built: dict[str, str]) -> None:
        page.goto(built["es article"])
        page.emulate_media(media="print", color_scheme="dark")
        colours = "it => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
        ink, paper = page.locator("body").evaluate(colours)
        assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")

    def test_nothing_is_cut_off(self, page: Page, built: dict[str, str]) -> None:
        """A page of A4 is about 700 px wide within its margins."""
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 700, "height": 990})
        for name in ("es article", "en event", "unruly", "es home"):
            page.goto(built[name])
            assert page.evaluate("document.documentElement.scrollWidth") <= 700, name


class TestInForcedColours:
    EDGE = """
    it => ['borderTopStyle', 'borderTopWidth', 'borderTopColor', 'backgroundColor'].map(
      name => getComputedStyle(it)[name])
    """

    @pytest.fixture
    def forced(self, browser: Browser) -> Iterator[Page]:
        context = browser.new_context(forced_colors="active", locale="es-ES")
        yield context.new_page()
        context.close()

    @pytest.mark.parametrize("name", ["es home", "es article", "eu event"])
    def test_everything_is_still_said(
        self, forced: Page, page: Page, built: dict[str, str], name: str
    ) -> None:
        page.goto(built[name])
        forced.goto(built[name])
        assert forced.locator("body").inner_text() == page.locator("body").inner_text()
        assert shown(forced) == shown(page)

    def test_fields_and_buttons_keep_an_edge(self, forced: Page, built: dict[str, str]) -> None:
        """Backgrounds are taken away there: an edge is what is left of a button."""
        forced.goto(built["es article"])
        for each in forced.locator("button, input[type=text], textarea").all():
            if each.is_visible():
                style, width, colour, inside = each.evaluate(self.EDGE)
                assert style == "solid"
                assert width != "0px"
                assert colour != inside

    def test_the_focus_is_seen(self, forced: Page, built: dict[str, str]) -> None:
        forced.goto(built["es home"])
        for _ in range(4):
            forced.keyboard.press("Tab")
            outline = forced.locator(":focus").evaluate("it => getComputedStyle(it).outlineStyle")
            assert outline != "none"


def shown(page: Page) -> Any:
    """How many pictures take up room."""
    return page.locator("img, svg").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().width > 0).length"
    )


class TestWithoutMotion:
    MOVING = """
    [...document.querySelectorAll('*')].filter(each => {
      const style = getComputedStyle(each);
      const times = `${style.transitionDuration},${style.animationDuration}`.split(',');
      return times.some(time => parseFloat(time) > 0) || style.scrollBehavior === 'smooth';
    }).map(each => each.outerHTML.slice(0, 80))
    """

    @pytest.mark.parametrize("name", ["es home", "es article", "form"])
    def test_nothing_moves(
        self, page: Page, built: dict[str, str], served: dict[str, str], name: str
    ) -> None:
        page.emulate_media(reduced_motion="reduce")
        page.goto((built | served)[name])
        assert page.evaluate(self.MOVING) == []
