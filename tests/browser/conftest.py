"""A real browser against the real program, serving a copy of the demonstration."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.service import Service, administrator, copy_of_the_blog, running
from tests.support.skips import need

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    need(chromium, "Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demonstration, served; its comments are written into the copy."""
    blog = copy_of_the_blog(tmp_path_factory.mktemp("browser") / "blog")
    # So that the pages of staff have something to warn of.
    broken = next((blog / "content" / "comments").rglob("*.md"))
    broken.with_name(f"{'0' * 26}.md").write_text("nothing of use", "utf-8")
    with running(blog) as started:
        yield started


@pytest.fixture(scope="session")
def staff_cookies(service: Service) -> list[Any]:
    """The cookies of the signed-in administrator, as a browser takes them."""
    return [
        {"name": cookie.name, "value": cookie.value, "url": service.url}
        for cookie in administrator(service).cookies
    ]


@pytest.fixture(scope="session")
def checkers() -> Path:
    """Folder of the installed Node checkers."""
    folder = Path(__file__).parent / "node_modules"
    need(
        shutil.which("node") and (folder / "axe-core").is_dir(),
        "Node and the HTML checkers",
        "npm ci --prefix tests/browser",
    )
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    found = shutil.which("java")
    need(found, "Java", "apt-get install default-jre-headless")
    return str(found)
