"""Which conversation a text belongs to; the manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from comments_service.domain.comments import THREAD_PATTERN
from comments_service.site.manifest import ManifestReader

from .conftest import SITE_TOML, NewBlog, SmallBlog


def threads(blog: SmallBlog, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(blog.built(**given).page("/threads.json"))["threads"]
    return found


class TestTheKey:
    def test_is_the_slug_with_page_before_a_pages(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre")
        assert set(threads(small_blog)) == {"una", "page-sobre"}

    def test_is_what_the_header_says(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", thread="hilo-1")
        assert set(threads(small_blog)) == {"una", "hilo-1"}

    def test_is_made_of_any_name_of_a_file(self, small_blog: SmallBlog) -> None:
        small_blog.article("Ñandú_y café", "x" * 10)
        small_blog.article("a" * 150)
        found = set(threads(small_blog))
        assert "nandu-y-cafe" in found
        assert all(THREAD_PATTERN.fullmatch(key) for key in found)

    def test_does_not_change_with_the_title(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", title="Un tilo")
        before = threads(small_blog)
        small_blog.article("dos", title="Un título")
        assert set(threads(small_blog)) == set(before)

    @pytest.mark.parametrize("thread", ["Una", "a/b", "../x", "-a", "ñ", "a" * 101])
    def test_that_is_none_is_an_error_that_names_the_file(
        self, small_blog: SmallBlog, thread: str
    ) -> None:
        small_blog.article("dos", thread=thread)
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert f"articles/2026/dos.md: Thread is {thread!r}" in built.log


class TestWhatStaffSayAboveTheForm:
    def test_goes_to_the_service_as_it_was_written(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "dos",
            thread="dos",
            pregunta="¿Y <tú>?",
            titulo_comentarios="Cuéntalo *aquí*",
            mensaje_comentarios="Lo leemos **todo**.",
        )
        small_blog.article("bi", thread="dos", lang="eu", pregunta="Eta zuk?")
        found = threads(small_blog)
        names = ("heading", "message", "question")
        assert {name: found["dos"][name] for name in names} == {
            "heading": {"es": "Cuéntalo *aquí*"},
            "message": {"es": "Lo leemos **todo**."},
            "question": {"es": "¿Y <tú>?", "eu": "Eta zuk?"},
        }
        assert not {*names} & found["una"].keys()
        info = ManifestReader(small_blog.folder / "output/threads.json").thread("dos")
        assert info.question == found["dos"]["question"]


class TestAClash:
    @pytest.mark.parametrize("fatal", ["errors", "warnings"])
    def test_of_two_posts_names_both_files(self, small_blog: SmallBlog, fatal: str) -> None:
        small_blog.article("dos", thread="una")
        built = small_blog.build(fatal=fatal)
        assert built.code != 0
        assert "articles/2026/una.md" in built.log
        assert "articles/2026/dos.md" in built.log

    def test_of_a_post_and_a_page_names_both_files(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre", thread="una", lang="eu")
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert "articles/2026/una.md and pages/sobre.md have the same thread" in built.log

    def test_is_none_between_languages_nor_with_a_draft(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", thread="una", lang="eu")
        small_blog.article("otra", thread="una", status="draft")
        assert small_blog.build(production=False).code == 0


class TestTheManifest:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        small_blog.article(
            "dos",
            "Primera <b>frase</b> & más.",
            title="Uno < dos & tres",
            category="Gestión pública, Referentes",
            author="Ada",
            thread="hilo",
        )
        small_blog.article("bi", title="Bat eta bi", lang="eu", thread="hilo")
        small_blog.page("sobre", comments="open")
        small_blog.page("aviso")
        return small_blog

    def test_says_of_each_thread_what_the_service_must_know(self, blog: SmallBlog) -> None:
        found = threads(blog)
        assert found["hilo"] == {
            "aliases": [],
            "authors": ["Ada"],
            "categories": ["Gestión pública", "Referentes"],
            "closes_at": None,
            "excerpt": {"es": "Primera frase & más.", "eu": "Un texto."},
            "kind": "article",
            "open": True,
            "opens_at": None,
            "title": {"es": "Uno < dos & tres", "eu": "Bat eta bi"},
            "urls": {"es": "/2026/11/dos/", "eu": "/eu/2026/11/bi/"},
        }
        assert found["page-sobre"]["kind"] == "page"
        assert found["page-sobre"]["open"] is True
        assert found["page-aviso"]["open"] is False

    def test_is_read_by_the_service(self, blog: SmallBlog) -> None:
        reader = ManifestReader(blog.built().output / "threads.json")
        assert reader.thread("hilo").urls["eu"] == "/eu/2026/11/bi/"
        assert reader.problem is None

    def test_does_not_change_with_a_comment_nor_with_time(self, blog: SmallBlog) -> None:
        before = blog.built().page("/threads.json")
        blog.comment("hilo")
        assert blog.built(output="later").page("/threads.json") == before

    def test_cuts_a_long_beginning_between_words(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", "palabra " * 200, summary="palabra " * 100)
        excerpt = threads(small_blog)["una"]["excerpt"]["es"]
        assert len(excerpt) <= 301
        assert excerpt.endswith("palabra…")


class TestTheDemonstration:
    def test_builds_with_every_warning_a_fault(self, new_blog: NewBlog) -> None:
        blog = new_blog()
        shutil.rmtree(blog.folder / "content")
        shutil.copytree(Path(__file__).parents[2] / "content", blog.folder / "content")
        built = blog.built(fatal="warnings")
        assert json.loads(built.page("/build-report.json"))["faults"] == []
        assert json.loads(built.page("/threads.json"))["threads"]


class TestTheMenus:
    def test_lead_to_the_lists_of_each_language_that_has_posts(self, new_blog: NewBlog) -> None:
        blog = new_blog(SITE_TOML.replace('["es", "eu", "en"]', '["eu", "es", "en"]'))
        blog.article("bat", author="Ada", category="Bat")
        blog.article("uno.es", category="Uno")
        built = blog.built()
        menus = json.loads(built.page("/threads.json"))["menus"]
        assert menus == {
            "eu": {
                "home": "/",
                "conversations": "/elkarrizketak/",
                "categories": "/kategoriak/",
                "archives": "/artxiboa/",
                "authors": "/egileak/",
            },
            "es": {
                "home": "/es/",
                "conversations": "/es/conversaciones/",
                "categories": "/es/categorias/",
                "archives": "/es/archivo/",
            },
        }
        assert all(built.page(path) for menu in menus.values() for path in menu.values())
