"""The pages of a forgotten password, in a browser: three languages, light and dark, narrow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from comments_service.store.people import Person
from comments_service.usecases import colleagues, forgotten
from comments_service.usecases.sending import send_waiting
from tests.browser.test_people import cookies
from tests.browser.test_settings import faults
from tests.support.institution import Institution, institution
from tests.support.people import form_of, hired

pytestmark = pytest.mark.browser

NEW = "cuatro gatos en el tejado"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with institution(tmp_path_factory.mktemp("forgotten") / "blog", trial=True) as opened:
        opened.staff()
        yield opened


@pytest.fixture(scope="module")
def berta(made: Institution) -> Person:
    ada = colleagues.everybody(made.blog).here[0]
    return hired(made.blog, ada, "Berta Vidal", made.clock(), email="berta@correo.example")


@pytest.fixture(params=["es", "eu", "en"])
def language(request: pytest.FixtureRequest, made: Institution, berta: Person) -> str:
    ada, code = colleagues.everybody(made.blog).here[0], str(request.param)
    for each in (ada, colleagues.person(made.blog, berta.id)):
        said = form_of(each, language=code)
        colleagues.change(made.blog, each.id, said, by=ada, now=made.clock())
    return code


@pytest.fixture
def page(browser: Browser, language: str) -> Iterator[Page]:
    """Of somebody who is not signed in; without JavaScript nothing is missing."""
    context = browser.new_context(locale=language, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def mailed(made: Institution) -> str:
    forgotten.look_up(made.blog, made.clock())
    send_waiting(made.blog, made.clock, lambda step: None)
    found = re.search(r"^http\S+/contrasena/\S+$", said(made), re.MULTILINE)
    assert found
    return found[0]


def said(made: Institution) -> str:
    return str(made.blog.mailbox.newest()[0].get_content())


def test_every_page_is_accessible_also_with_faults(
    page: Page, made: Institution, berta: Person, checkers: Path, language: str
) -> None:
    def is_good(what: str) -> None:
        assert page.locator("html").get_attribute("lang") == language, what
        assert faults(page, checkers) == [], what

    page.goto(f"{made.url}/gestion/entrar?hecho=contrasena&idioma={language}")
    is_good("signing in")
    page.locator("a[href*='/gestion/olvido']").click()
    is_good("asking")
    page.locator("main form button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    is_good("asking, with faults")
    made.clock.forward(hours=2)
    page.fill("#login", "berta")
    page.locator("main form button").click()
    is_good("asked")
    link = mailed(made)
    page.goto(link)
    is_good("the link")
    page.fill("#password", "corta")
    page.locator("main form button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    is_good("the link, with faults")
    page.fill("#password", f"{NEW} {language}")
    page.locator("main form button").click()
    is_good("signing in with the new one")
    assert page.url.endswith(f"/gestion/entrar?hecho=contrasena&idioma={language}")
    page.goto(link)
    assert faults(page, checkers) == [], "the link, used"


def test_the_page_with_a_link_to_hand_over_is_accessible(
    browser: Browser, made: Institution, berta: Person, checkers: Path, language: str
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies(cookies(made))
    page = context.new_page()
    page.goto(f"{made.url}/gestion/personas/{berta.id}")
    page.locator("form[action$='/contrasena'] button").click()
    assert "/gestion/contrasena/" in page.locator("#enlace").input_value()
    assert page.locator("html").get_attribute("lang") == language
    assert faults(page, checkers) == []
    page.goto(f"{made.url}/gestion/registro?palabras=berta")
    assert faults(page, checkers) == []
    context.close()


def test_it_works_without_javascript(browser: Browser, made: Institution, berta: Person) -> None:
    context = browser.new_context(java_script_enabled=False, locale="es-ES")
    page = context.new_page()
    made.clock.forward(hours=2)
    page.goto(f"{made.url}/gestion/olvido")
    page.fill("#login", "berta@correo.example")
    page.locator("main form button").click()
    page.goto(mailed(made))
    page.fill("#password", f"{NEW} sin guion")
    page.locator("main form button").click()
    page.fill("#login", "berta")
    page.fill("#password", f"{NEW} sin guion")
    page.locator("main form button").first.click()
    assert page.url == f"{made.url}/gestion/"
    context.close()
