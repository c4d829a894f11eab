"""Every kind of page in every language: no accessibility fault, nothing wider than the screen.

Each page is opened once and looked at in every way; the tests read what was found.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [1280, 768, 320]
LARGE_TEXT = [1280, 640]  # 640: what 200 % of zoom leaves of a usual screen


@dataclass
class Seen:
    """What one page showed. wide: the widths at which it scrolls sideways."""

    faults: list[Any]
    dark_faults: list[Any]
    first_headings: int
    language: str
    title: str
    wide: list[str] = field(default_factory=list)


def axe(page: Page, rules: dict[str, Any]) -> list[Any]:
    wanted = rules | {"resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(wanted)})")
    return [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]][:3])
        for fault in found["violations"]
    ]


def look(page: Page, address: str, program: str) -> Seen:
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(program)
    faults = axe(page, {"runOnly": AXE_RULES})
    page.emulate_media(color_scheme="dark")  # changes colours and nothing else
    dark = axe(
        page, {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
    )
    seen = Seen(
        faults=faults,
        dark_faults=dark,
        first_headings=page.locator("h1").count(),
        language=page.locator("html").get_attribute("lang") or "",
        title=page.title(),
    )
    for width in WIDTHS:
        if scrolls_sideways(page, width):
            seen.wide.append(f"{width} px")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in LARGE_TEXT:
        if scrolls_sideways(page, width):
            seen.wide.append(f"{width} px, text twice as large")
    return seen


def scrolls_sideways(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


@pytest.fixture(scope="module")
def seen(
    browser: Browser,
    checkers: Path,
    staff_cookies: list[Any],
    built: dict[str, str],
    served: dict[str, str],
    managed: dict[str, str],
) -> Iterator[dict[str, Seen]]:
    """Every page, looked at by a reader who is signed in as staff."""
    program = (checkers / "axe-core" / "axe.min.js").read_text("utf-8")
    context = browser.new_context(locale="es-ES", reduced_motion="reduce")
    context.add_cookies(staff_cookies)
    page = context.new_page()
    yield {name: look(page, at, program) for name, at in (built | served | managed).items()}
    context.close()


class TestEveryPage:
    def test_has_no_accessibility_fault(self, seen: dict[str, Seen]) -> None:
        faults = {name: each.faults for name, each in seen.items() if each.faults}
        assert not faults, pformat(faults, width=160)

    def test_has_enough_contrast_in_the_dark(self, seen: dict[str, Seen]) -> None:
        faults = {name: each.dark_faults for name, each in seen.items() if each.dark_faults}
        assert not faults, pformat(faults, width=160)

    def test_needs_no_sideways_scrolling(self, seen: dict[str, Seen]) -> None:
        assert {name: each.wide for name, each in seen.items() if each.wide} == {}

    def test_has_one_first_heading_and_a_title(self, seen: dict[str, Seen]) -> None:
        assert [name for name, each in seen.items() if each.first_headings != 1] == []
        assert [name for name, each in seen.items() if not each.title] == []

    def test_says_its_language(self, seen: dict[str, Seen]) -> None:
        for name, each in seen.items():
            expected = name[:2] if name[:3] in ("es ", "eu ", "en ") else "es"
            assert each.language == expected, name

    def test_has_a_title_of_its_own(self, seen: dict[str, Seen], built: dict[str, str]) -> None:
        """A tab, a bookmark and a reader's history tell pages apart by it."""
        titles = [(seen[name].language, seen[name].title) for name in built]
        assert sorted(each for each in titles if titles.count(each) > 1) == []
