"""The pages about who works here, in a browser: three languages, light and dark, narrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from comments_service.usecases import assign, colleagues, departments
from comments_service.usecases.moderate import case_by_reference
from tests.browser.test_settings import faults
from tests.support.institution import Institution, institution, reference_of
from tests.support.people import form_of, hired, invited

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with institution(tmp_path_factory.mktemp("people") / "blog", trial=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(made: Institution) -> dict[str, str]:
    """Every page, by name, of a team in which somebody is in every state."""
    made.staff()
    blog, now = made.blog, made.clock()
    ada = colleagues.everybody(blog).here[0]
    for name in ("Obras", "Medio Ambiente y Sostenibilidad"):
        departments.add(blog, name, by=ada, now=now)
    departments.add_topic(blog, "Ruido", 1, by=ada, now=now)
    departments.change(blog, 2, "Medio Ambiente", closed=True, by=ada, now=now)
    berta = hired(blog, ada, "Berta Vidal", now, department="1", email="berta@correo.example")
    carla = hired(blog, ada, "Carla Ruiz", now, role="respondent")
    away = form_of(berta, away_from=now.date().isoformat(), substitute=str(carla.id))
    colleagues.change(blog, berta.id, away, by=ada, now=now)
    waits = invited(blog, ada, "Diego Sanz", now).person
    stopped = hired(blog, ada, "Elena Gil", now)
    colleagues.stop(blog, stopped.id, by=ada, now=now)
    gone = hired(blog, ada, "Fermín Oca", now)
    colleagues.leave(blog, gone.id, carla.id, by=ada, now=now)
    case = case_by_reference(blog, reference_of(made.write(body="¿Y el parque?", author="Aitor")))
    assign.assign(blog, case.id, berta.id, was=None, by=ada, now=now)
    link = invited(blog, ada, "Goizane Ruiz", now)
    people = f"{made.url}/gestion/personas"
    return {
        "people": people,
        "invite": f"{people}/invitar",
        "person": f"{people}/{berta.id}",
        "waits": f"{people}/{waits.id}",
        "stopped": f"{people}/{stopped.id}",
        "gone": f"{people}/{gone.id}",
        "departments": f"{made.url}/gestion/departamentos",
        "department": f"{made.url}/gestion/departamentos/1",
        "topic": f"{made.url}/gestion/temas/1",
        "case": f"{made.url}/gestion/comentario/{case.reference}",
        "settings": f"{made.url}/gestion/ajustes/",
        "invitation": f"{made.url}/gestion/invitacion/{link.token}",
    }


@pytest.fixture(params=["es", "eu", "en"])
def language(request: pytest.FixtureRequest, made: Institution, pages: dict[str, str]) -> str:
    ada = next(each for each in colleagues.everybody(made.blog).here if each.login == "ada")
    said = form_of(ada, language=request.param)
    colleagues.change(made.blog, ada.id, said, by=ada, now=made.clock())
    return str(request.param)


@pytest.fixture
def page(browser: Browser, made: Institution, pages: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies(cookies(made))
    yield context.new_page()
    context.close()


def cookies(made: Institution) -> list[Any]:
    """Of the signed-in administrator, as a browser takes them."""
    jar = made.staff().cookies
    return [{"name": each.name, "value": each.value, "url": made.url} for each in jar]


def test_every_page_is_accessible_also_with_faults(
    page: Page, pages: dict[str, str], checkers: Path, language: str
) -> None:
    for name, address in pages.items():
        page.goto(address)
        if name != "invitation":
            assert page.locator("html").get_attribute("lang") == language
        assert faults(page, checkers) == [], name
        form = page.locator("main form.form").first
        if name in ("invite", "person", "department", "topic", "invitation"):
            for field in form.locator("input:not([type=hidden])[required][name]").all():
                if field.get_attribute("type") in ("text", "password"):
                    field.fill("")
            form.locator("button[type=submit]").click()
            expect(page.locator(".error-summary")).to_be_focused()
            assert faults(page, checkers) == [], f"{name} with faults"


def test_somebody_is_invited_and_comes_without_javascript(
    browser: Browser, made: Institution, pages: dict[str, str], checkers: Path
) -> None:
    admin = browser.new_context(java_script_enabled=False)
    admin.add_cookies(cookies(made))
    page = admin.new_page()
    page.goto(pages["invite"])
    page.fill("#name", "Helena Mas")
    page.fill("#login", "helena")
    page.check("input[name=role][value=author]")
    page.click("main form.form button")
    link = page.locator("#enlace").input_value()
    admin.close()
    guest = browser.new_context(java_script_enabled=False)
    page = guest.new_page()
    page.goto(link)
    page.fill("#password", "tres tristes tigres trigueros")
    page.click("main form.form button")
    assert page.url == f"{made.url}/gestion/"
    assert "Helena Mas" in page.locator("form.sign-out").inner_text()
    guest.close()


def test_the_page_with_the_link_is_accessible(
    page: Page, pages: dict[str, str], made: Institution, checkers: Path, language: str
) -> None:
    page.goto(pages["waits"])
    page.locator("form[action$='/invitacion'] button").click()
    assert "/gestion/invitacion/" in page.locator("#enlace").input_value()
    assert faults(page, checkers) == []
