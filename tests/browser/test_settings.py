"""Ajustes in a browser: every page in three languages, as it opens and with faults."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SETTINGS
from tests.browser.test_pages import AXE_RULES, axe, scrolls_sideways
from tests.support.service import Service

pytestmark = pytest.mark.browser

FAULTY = {
    "cierre": {"until": "2020-01-01"},
    "palabras": {"title_es": "x" * 201},
    "plazos": {"decide": "muchos"},
    "festivos": {"days": "Navidad"},
    "normas": {"title_es": "Sin texto"},
    "respuestas": {"name": "", "body": ""},
    "palabras-vigiladas": {"terms": "!!!"},
}


@pytest.fixture
def page(browser: Browser, staff_cookies: list[Any]) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")  # no colour on its way
    context.add_cookies(staff_cookies)
    yield context.new_page()
    context.close()


@pytest.fixture
def language(request: pytest.FixtureRequest, service: Service) -> Iterator[str]:
    """The language of the account, put back afterwards."""
    yield from in_language(service, request.param)


def in_language(service: Service, code: str) -> Iterator[str]:
    from comments_service.config.settings import Settings
    from comments_service.store import people
    from comments_service.store.engine import open_store

    store = open_store(Settings(blog=service.blog).database)
    try:
        with store.write() as connection:
            ada = people.by_login(connection, "ada")
            assert ada
            people.change(connection, ada.id, language=code)
        yield code
        with store.write() as connection:
            people.change(connection, ada.id, language="es")
    finally:
        store.close()


def faults(page: Page, checkers: Path) -> list[Any]:
    page.evaluate((checkers / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = axe(page, {"runOnly": AXE_RULES})
    page.emulate_media(color_scheme="dark")
    found += axe(page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    page.emulate_media(color_scheme="light")
    return [*found, *(["wider than the screen"] if scrolls_sideways(page, 320) else [])]


@pytest.mark.parametrize("language", ["es", "eu", "en"], indirect=True)
def test_every_page_is_accessible_also_with_faults(
    page: Page, service: Service, checkers: Path, language: str
) -> None:
    for name in ("", *SETTINGS):
        page.goto(f"{service.url}/gestion/ajustes/{name}")
        assert page.locator("html").get_attribute("lang") == language
        assert faults(page, checkers) == [], name
        if name not in FAULTY:
            continue
        for field, value in FAULTY[name].items():
            page.locator(f"main [name={field}]").fill(value)
        page.locator("main form.form button[type=submit]").last.click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert faults(page, checkers) == [], f"{name} with faults"


def test_a_reply_goes_into_the_answer(
    page: Page, service: Service, managed: dict[str, str]
) -> None:
    page.goto(f"{service.url}/gestion/ajustes/respuestas")
    page.locator("#name").fill("Gracias")
    page.locator("#body").fill("Gracias, {nombre}.")
    page.locator("main form.form button").last.click()
    page.goto(managed["case"])
    page.locator("details:has(#contestar) > summary").click()
    page.locator("form[method=get] button").click()
    expect(page.locator("#body")).to_have_value(re.compile("Gracias, Íñigo."))
