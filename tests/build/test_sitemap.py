"""The sitemap and what crawlers are told."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from tertulia_plugins import sitemap
from tertulia_plugins.sitemap import SERVICE, Address, robots, sitemaps

from comments_service.config.settings import Settings
from comments_service.usecases.blog import open_blog
from comments_service.web import create_app

from .conftest import NOW, Built, SmallBlog

SITE = "https://blog.pruebas.example"
S = f"{{{sitemap.SITEMAPS}}}"
X = f"{{{sitemap.XHTML}}}"


def listed(built: Built) -> dict[str, ET.Element]:
    """Each address of the sitemap, without the site's, with its element."""
    root = ET.fromstring(built.files()["sitemap.xml"])  # noqa: S314 - our own file
    found = [(str(each.findtext(f"{S}loc")), each) for each in root]
    assert len({address for address, _ in found}) == len(found)
    return {address.removeprefix(SITE): element for address, element in found}


class TestTheSitemap:
    def test_names_every_public_page_once(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", category="Bat", tags="hiru", author="Ada")
        small_blog.article("lau", lang="eu", category="Sei")
        small_blog.page("sobre")
        built = small_blog.built()
        pages = {
            f"/{name.removesuffix('index.html')}"
            for name in built.files()
            if name.endswith("index.html")
        }
        assert set(listed(built)) == pages
        assert {"/", "/eu/", "/2026/11/una/", "/eu/2026/11/lau/", "/sobre/"} <= pages

    def test_names_no_draft_and_no_further_page(self, small_blog: SmallBlog) -> None:
        small_blog.article("borrador", status="draft")
        small_blog.article("oculta", status="hidden")
        for number in range(12):
            small_blog.article(f"otra-{number}")
        found = listed(small_blog.built(production=False))
        assert not [address for address in found if "borrador" in address or "oculta" in address]
        assert not [address for address in found if "/pagina/" in address]

    def test_dates_a_text_by_its_header_and_a_list_by_its_newest(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", category="A", modified="2026-11-20 08:00")
        small_blog.article("dos", category="B", date="2026-11-16 09:00")
        small_blog.page("sobre")
        found = listed(small_blog.built())
        dates = {address: each.findtext(f"{S}lastmod") for address, each in found.items()}
        assert dates["/2026/11/una/"] == "2026-11-20T08:00:00+01:00"
        assert dates["/2026/11/dos/"] == dates["/categoria/b/"] == "2026-11-16T09:00:00+01:00"
        assert dates["/"] == dates["/archivo/"] == "2026-11-20T08:00:00+01:00"
        assert dates["/sobre/"] is None

    def test_is_moved_neither_by_the_clock_nor_by_a_comment(self, small_blog: SmallBlog) -> None:
        before = small_blog.built().files()["sitemap.xml"]
        small_blog.comment("una")
        later = small_blog.built(now=NOW + timedelta(days=3), output="later")
        assert later.files()["sitemap.xml"] == before

    def test_gives_each_page_its_other_languages_and_one_for_all_others(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", thread="una")
        small_blog.article("bat", thread="una", lang="eu")
        small_blog.article("sola")
        found = listed(small_blog.built())
        for address in ("/2026/11/una/", "/eu/2026/11/bat/"):
            links = [(x.get("hreflang"), x.get("href")) for x in found[address].iter(f"{X}link")]
            assert links == [
                ("es", f"{SITE}/2026/11/una/"),
                ("eu", f"{SITE}/eu/2026/11/bat/"),
                ("x-default", f"{SITE}/2026/11/una/"),
            ]
        assert not list(found["/2026/11/sola/"].iter(f"{X}link"))

    def test_has_an_index_when_there_are_too_many_addresses(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 2)
        day = datetime(2026, 11, 1, tzinfo=UTC)
        found = [Address(f"{SITE}/{n}/", day + timedelta(days=n)) for n in range(5)]
        files = dict(sitemaps(found, SITE))
        index = ET.fromstring(files.pop("sitemap.xml"))  # noqa: S314 - our own
        assert index.tag == f"{S}sitemapindex"
        assert [each.findtext(f"{S}loc") for each in index] == [f"{SITE}/{n}" for n in files]
        assert index[0].findtext(f"{S}lastmod") == "2026-11-02T00:00:00+00:00"
        addresses = [
            each.findtext(f"{S}loc")
            for data in files.values()
            for each in ET.fromstring(data)  # noqa: S314 - our own
        ]
        assert addresses == [each.url for each in found]
        assert [len(ET.fromstring(data)) for data in files.values()] == [2, 2, 1]  # noqa: S314

    def test_holds_no_more_than_the_protocol_allows_in_one_file(self) -> None:
        found = [Address(f"{SITE}/{n}/") for n in range(50_000)]
        assert [name for name, _ in sitemaps(found, SITE)] == ["sitemap.xml"]
        found.append(Address(f"{SITE}/more/"))
        names = [name for name, _ in sitemaps(found, SITE)]
        assert names == ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]

    def test_escapes_addresses(self) -> None:
        ((_, data),) = sitemaps([Address(f"{SITE}/a&b/")], SITE)
        assert ET.fromstring(data)[0][0].text == f"{SITE}/a&b/"  # noqa: S314 - our own


class TestCrawlers:
    def test_are_told_of_the_sitemap_and_kept_from_the_service(self, small_blog: SmallBlog) -> None:
        said = small_blog.built().files()["robots.txt"].decode().splitlines()
        assert said == [
            "User-agent: *",
            "Disallow: /comentar/",
            "Disallow: /seguimiento/",
            "Disallow: /seguir/",
            "Disallow: /correo/",
            "Disallow: /correos/",
            "Disallow: /departamento/",
            "Disallow: /gestion/",
            "",
            f"Sitemap: {SITE}/sitemap.xml",
        ]

    def test_are_kept_from_it_below_a_path_too(self) -> None:
        assert "Disallow: /blog/gestion/" in robots("https://a.example/blog").splitlines()

    def test_are_kept_from_all_that_the_service_answers_itself(self, small_blog: SmallBlog) -> None:
        app = _service(small_blog)
        first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
        ours = {part for part in first if part and not part.startswith("<")}
        # The handbook is for everybody; /servicio/ has the stylesheet of the service's pages.
        assert ours - {"ayuda", "servicio"} == set(SERVICE)


def _service(small_blog: SmallBlog) -> Flask:
    small_blog.built()
    blog = open_blog(Settings(blog=small_blog.folder, site_url=SITE))
    try:
        return create_app(blog, clock=lambda: NOW)
    finally:
        blog.store.close()
