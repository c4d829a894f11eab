"""Passkeys in a real browser, with the device that Chromium plays for its own tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.service import Service, administrator, copy_of_the_blog, running

pytestmark = pytest.mark.browser

PASSWORD = "una frase muy larga"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A demonstration of its own: elsewhere nobody has a passkey."""
    with running(copy_of_the_blog(tmp_path_factory.mktemp("passkeys") / "blog")) as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """Where the administrator is signed in, on a machine that knows its owner by the finger."""
    context = browser.new_context(locale="es-ES")
    context.add_cookies(
        [
            {"name": cookie.name, "value": cookie.value, "url": service.url}
            for cookie in administrator(service, PASSWORD).cookies
        ]
    )
    opened = context.new_page()
    device = context.new_cdp_session(opened)
    device.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    opened.device, opened.device_id = device, made["authenticatorId"]  # type: ignore[attr-defined]
    yield opened
    context.close()


def knows_its_owner(page: Page, known: bool) -> None:
    page.device.send(  # type: ignore[attr-defined]
        "WebAuthn.setUserVerified",
        {"authenticatorId": page.device_id, "isUserVerified": known},  # type: ignore[attr-defined]
    )


class TestAPasskey:
    def test_is_added_signs_in_is_refused_without_its_owner_and_is_removed(
        self, page: Page, service: Service
    ) -> None:
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        keys = f"{service.url}/gestion/cuenta/llaves"

        page.goto(f"{service.url}/gestion/cuenta")
        page.click("main a[href$='/gestion/cuenta/llaves']")
        page.fill("#name", "El portátil")
        page.fill("#password", PASSWORD)
        page.click("form[data-passkey] button")
        expect(page.locator(".notice--good")).to_be_visible()
        expect(page.locator(".sessions")).to_contain_text("El portátil")

        page.click(".sign-out button")
        page.wait_for_url("**/gestion/entrar")
        page.click("form[data-passkey] button")
        page.wait_for_url(f"{service.url}/gestion/")
        assert complaints == []

        page.click(".sign-out button")
        knows_its_owner(page, known=False)
        page.click("form[data-passkey] button")
        expect(page.locator("form[data-passkey] .field-error")).not_to_be_empty()
        assert page.url == f"{service.url}/gestion/entrar"

        knows_its_owner(page, known=True)
        page.click("form[data-passkey] button")
        page.wait_for_url(f"{service.url}/gestion/")
        page.goto(keys)
        page.click(".sessions button")
        expect(page.locator(".sessions")).to_have_count(0)
        page.click(".sign-out button")
        expect(page.locator("form[data-passkey]")).to_have_count(0)

    def test_is_not_offered_without_javascript(self, browser: Browser, service: Service) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{service.url}/gestion/entrar")
        assert page.locator("form").count() == 1
        assert page.locator("script").count() == 0
        context.close()
