"""The demonstration, built once as its readers would see it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.html import Read, read_html
from tests.support.service import copy_of_the_blog

URL = "https://conversa.villaejemplo.example"
NOW = "2026-11-22T10:00:00+01:00"

TO_THE_SERVICE = re.compile(
    r"/(?:comentar|seguir)/(?P<thread>[a-z0-9-]+)(?:/(?P<about>[0-9a-z]{26})/(?:tambien|avisar))?"
)
RESPONDER = re.compile(r"(?:^|&)(?:responder|citar)=([0-9a-z]{26})")


@dataclass(frozen=True)
class Site:
    """A built site in a folder."""

    folder: Path

    @cached_property
    def pages(self) -> dict[str, Read]:
        """Every page by its address, like ``/2026/11/una/``."""
        return {
            self.address(path): read_html(path.read_text("utf-8"))
            for path in sorted(self.folder.rglob("*.html"))
        }

    def address(self, path: Path) -> str:
        return f"/{path.relative_to(self.folder)}".removesuffix("index.html")

    def files(self, ending: str) -> list[Path]:
        return sorted(self.folder.rglob(f"*{ending}"))

    def leads_nowhere(self, link: str) -> bool:
        """Whether a whole address is of this site and nothing answers there.

        A page answers, and the anchor in it; the service, for a thread that it knows.
        """
        parts = urlsplit(link)
        if not link.startswith(URL):
            return parts.scheme not in ("http", "https", "mailto", "tel")
        path = unquote(parts.path) or "/"
        if path in self.pages:
            return bool(parts.fragment) and unquote(parts.fragment) not in self.pages[path].ids
        if path == "/seguimiento/":
            return False
        if service := TO_THE_SERVICE.fullmatch(path):
            query = f"responder={service['about']}" if service["about"] else parts.query
            return not self.answers_to(service["thread"], query)
        return not (self.folder / path.lstrip("/")).is_file()

    def answers_to(self, thread: str, query: str) -> bool:
        """Whether there is such a conversation and, for a reply, such a comment."""
        if f'"{thread}"' not in (self.folder / "threads.json").read_text("utf-8"):
            return False
        parent = RESPONDER.search(query)
        anchors = (page.ids for page in self.pages.values())
        return not parent or any(f"comment-{parent[1]}" in ids for ids in anchors)


def build(blog: Path) -> Site:
    """Build ``blog`` for its readers; every warning is a failure."""
    output = blog / "output"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pelican", "content"),
            *("-s", "publishconf.py", "-o", output, "--fatal", "warnings"),
        ],
        cwd=blog,
        env={**os.environ, "TERTULIA_NOW": NOW, "TERTULIA_SITE_URL": URL, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(output)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(copy_of_the_blog(tmp_path_factory.mktemp("site") / "blog"))


@pytest.fixture(scope="session")
def theme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the theme, for a test to change."""
    copy = tmp_path_factory.mktemp("theme") / "theme"
    return Path(shutil.copytree(Path(__file__).parents[2] / "theme", copy))
