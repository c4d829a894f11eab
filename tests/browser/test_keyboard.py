"""Everything by keyboard alone: reached in order, seen when reached, sent."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

NUMBER = """
() => {
  const shown = each => each.checkVisibility() && getComputedStyle(each).visibility !== 'hidden';
  const kinds = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  let count = 0;
  for (const each of document.querySelectorAll(kinds)) {
    if (shown(each) && each.tabIndex >= 0 && !each.disabled && each.type !== 'hidden') {
      each.dataset.stop = count++;
    }
  }
  return count;
}
"""
"""Numbers what the keyboard must reach, in the order of the page."""

FOCUSED = """
() => {
  const it = document.activeElement;
  const style = getComputedStyle(it), box = it.getBoundingClientRect();
  const line = it.getClientRects()[0];
  return {
    stop: it.dataset.stop === undefined ? null : Number(it.dataset.stop),
    html: it.outerHTML.slice(0, 120),
    framed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !it.contains(document.elementFromPoint(
      Math.min((line.left + line.right) / 2, innerWidth - 1),
      Math.min((line.top + line.bottom) / 2, innerHeight - 1))),
  };
}
"""

PAGES = ["es home", "es article", "eu event", "en categories", "es conversaciones", "form"]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def addresses(built: dict[str, str], served: dict[str, str]) -> dict[str, str]:
    return built | served


def walk(page: Page) -> list[Any]:
    """Press Tab from the beginning until everything had its turn."""
    stops = page.evaluate(NUMBER)
    walked = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    return walked


class TestTheTabulator:
    @pytest.mark.parametrize("width", [1280, 320])
    @pytest.mark.parametrize("name", PAGES)
    def test_reaches_everything_in_order_and_shows_where_it_is(
        self, page: Page, addresses: dict[str, str], name: str, width: int
    ) -> None:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(addresses[name])
        walked = walk(page)
        assert len(walked) > 10
        assert [each["stop"] for each in walked] == list(range(len(walked)))
        assert [each["html"] for each in walked if not each["framed"]] == []
        assert [each["html"] for each in walked if not each["inView"]] == []
        assert [each["html"] for each in walked if each["covered"]] == []

    @pytest.mark.parametrize("name", PAGES)
    def test_finds_the_way_to_the_content_first(
        self, page: Page, addresses: dict[str, str], name: str
    ) -> None:
        page.goto(addresses[name])
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        expect(skip).to_have_attribute("href", "#contenido")
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


class TestTheForm:
    def test_can_be_filled_in_and_sent(self, page: Page, built: dict[str, str]) -> None:
        page.goto(built["eu article"])
        page.locator("a[href$='#comentar']").first.press("Enter")
        for _ in range(12):  # links on the way there
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name === 'author'"):
                break
        page.keyboard.type("Ane, teklatuaz")
        page.keyboard.press("Tab")
        expect(page.locator("[name=body]")).to_be_focused()
        page.keyboard.type("Sagurik gabe idatzia.")
        for _ in range(6):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type === 'submit'"):
                break
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/seguimiento/.+/recibido$"))
        expect(page.locator("main")).to_contain_text("Sagurik gabe idatzia.")
