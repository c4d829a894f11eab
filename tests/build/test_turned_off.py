"""``TAG_SAVE_AS = ""``: Pelican's way to turn pages off; nothing leads to what is not there."""

import json
import re
from html import unescape
from urllib.parse import unquote

import pytest

from .conftest import NOW, Built, SmallBlog

HOST = "https://blog.pruebas.example/"
OFF = ("CATEGORY", "TAG", "AUTHOR", "CATEGORIES", "TAGS", "AUTHORS", "ARCHIVES", "CONVERSATIONS")
PERIODS = ("YEAR_ARCHIVE", "MONTH_ARCHIVE")


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    """Enough of everything for second pages."""
    for number in range(12):
        header = {"category": "Obras", "tags": "agua, luz", "author": "Ada"}
        small_blog.article(f"n{number}", date=f"2026-10-{number + 1:02} 10:00", **header)
    small_blog.article("bat", lang="eu", category="Lanak", tags="ura", author="Ada")
    small_blog.article("borrador", status="draft", category="Otra", author="Bea")
    small_blog.page("sobre")
    small_blog.comment("una")
    return small_blog


def turned_off(*names: str) -> str:
    return "".join(f"{name}_SAVE_AS = ''\n" for name in names)


def is_there(built: Built, path: str) -> bool:
    place = built.output / path
    return place.is_file() or (place / "index.html").is_file()


def dead(built: Built) -> list[tuple[str, str]]:
    """Links of pages, of their data for machines, of the sitemap and the manifest."""
    address = re.compile(rf'"{re.escape(HOST)}([^"#?<\s]*)')
    found = [
        (name, unquote(unescape(path)))
        for name, data in built.files().items()
        if name.endswith(".html")
        for path in address.findall(data.decode())
        if not path.startswith(("comentar/", "seguimiento/"))
    ]
    listed = re.findall(f"<loc>{HOST}([^<]*)", built.page("/sitemap.xml"))
    found += [("sitemap.xml", path) for path in listed]
    menus = json.loads(built.page("/threads.json"))["menus"].values()
    found += [("menus", path.lstrip("/")) for menu in menus for path in menu.values()]
    return sorted({each for each in found if not is_there(built, each[1])})


class TestPagesThatAreTurnedOff:
    def test_are_none_to_begin_with(self, blog: SmallBlog) -> None:
        assert dead(blog.built()) == []

    @pytest.mark.parametrize("name", [*OFF, *PERIODS])
    @pytest.mark.parametrize("production", [True, False])
    def test_are_not_written_and_nothing_leads_to_them(
        self, blog: SmallBlog, name: str, production: bool
    ) -> None:
        conf = turned_off(name)
        built = blog.built(conf=conf, production=production, site_url=HOST.rstrip("/"))
        assert dead(built) == []
        assert len(built.files()) < len(blog.built(output="all").files()) or not production

    def test_may_be_all_of_them(self, blog: SmallBlog) -> None:
        built = blog.built(conf=turned_off(*OFF, *PERIODS))
        pages = {name for name in built.files() if name.endswith(".html") and "/11/" not in name}
        assert {name for name in pages if "/10/" not in name} == {
            *("404.html", "index.html", "pagina/2/index.html", "sobre/index.html"),
            *("eu/index.html", "eu/404.html"),
        }
        assert dead(built) == []

    def test_are_off_in_every_language(self, blog: SmallBlog) -> None:
        built = blog.built(conf=turned_off("TAG", "AUTHORS", "YEAR_ARCHIVE"))
        assert not is_there(built, "eu/etiketa/ura/")
        assert not is_there(built, "eu/egileak/")
        assert not is_there(built, "eu/2026/")
        assert is_there(built, "eu/2026/11/")

    @pytest.mark.parametrize("name", ["AUTHOR", "CATEGORY"])
    def test_may_have_no_address_either(self, blog: SmallBlog, name: str) -> None:
        assert dead(blog.built(conf=turned_off(name) + f"{name}_URL = ''\n")) == []

    def test_leave_the_names_on_the_page(self, blog: SmallBlog) -> None:
        page = blog.built(conf=turned_off("CATEGORY", "TAG", "AUTHOR")).page("/2026/10/n0/")
        for name in ("Obras", "agua", "Ada"):
            assert f">{name}<" in page

    def test_leave_their_addresses_to_pages(self, blog: SmallBlog) -> None:
        blog.page("2026", "El año.")
        conf = turned_off("YEAR_ARCHIVE", "MONTH_ARCHIVE")
        built = blog.built(conf=conf, fatal="errors", last_good=blog.folder / "good", now=NOW)
        assert "El año." in built.page("/2026/")
