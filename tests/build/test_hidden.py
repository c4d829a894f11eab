"""What is hidden, and whose conversation stands in which list."""

import json

import pytest

from .conftest import Built, SmallBlog

SECRET = "Título secreto"
WHISPER = "Palabras secretas"


class TestAHiddenText:
    @pytest.fixture
    def built(self, small_blog: SmallBlog) -> Built:
        header = {"status": "hidden", "title": SECRET}
        small_blog.article("una", tags="a", serie="S")
        small_blog.article("oculta", "[aquí](/2026/11/una/)", tags="a", serie="S", **header)
        small_blog.page("rincon", comments="open", **header)
        small_blog.article("doble", title="Doble", author="Ada")
        small_blog.article("doble.eu", author="Escondida", **header)
        small_blog.article("vuelta", author="Escondida", **header)
        small_blog.article("vuelta.eu", title="Itzulia")
        small_blog.article("bat.eu", title="Bat")
        small_blog.comment("oculta", WHISPER)
        small_blog.comment("page-rincon", WHISPER)
        small_blog.comment("doble", "Se ve en una lengua", kind="answer", author="Escondida")
        small_blog.comment("vuelta", "Se ve en la otra")
        return small_blog.built()

    def test_is_named_on_its_own_page_and_nowhere_else(self, built: Built) -> None:
        own = {
            "2026/11/oculta/index.html",
            "2026/11/oculta/comentarios.atom.xml",
            "2026/11/oculta/comentarios.json",
            "rincon/index.html",
            "rincon/comentarios.atom.xml",
            "rincon/comentarios.json",
            "eu/2026/11/doble/index.html",
            "2026/11/vuelta/index.html",
            "threads.json",  # the service takes comments for them too
        }
        for name, data in built.files().items():
            text = data.decode("utf-8", "replace")
            if not name.endswith(".gz") and name not in own:
                assert SECRET not in text, name
                assert WHISPER not in text, name
                for address in ("11/oculta/", "rincon/", "eu/2026/11/doble/", "e/2026/11/vuelta/"):
                    assert address not in text, name

    def test_leaves_the_conversation_to_its_published_translation(self, built: Built) -> None:
        assert "Se ve en la otra" in built.page("/eu/feeds/comentarios.atom.xml")
        assert "Se ve en la otra" in built.page("/eu/elkarrizketak/")
        feed = built.page("/eu/2026/11/vuelta/comentarios.atom.xml")
        assert "«Itzulia»" in feed
        assert "2026/11/vuelta/comentarios.atom.xml" not in built.files()
        assert "/eu/2026/11/vuelta/comentarios.atom.xml" in built.page("/eu/2026/11/vuelta/")

    def test_makes_nobody_author_of_what_others_see(self, built: Built) -> None:
        assert "Quien escribió la entrada" not in built.page("/2026/11/doble/")


class TestAConversation:
    @pytest.fixture
    def built(self, small_blog: SmallBlog) -> Built:
        small_blog.article("bat.eu", title="Bat")
        small_blog.page("sobre", title="Sobre esto", comments="open")
        small_blog.page("sobre.eu", title="Honi buruz")
        small_blog.page("about", lang="en", title="About this", comments="open")
        small_blog.comment("page-sobre", "De la página")
        small_blog.comment("page-about", "Of the page")
        return small_blog.built()

    @pytest.mark.parametrize(
        ("feed", "page", "title"),
        [
            ("feeds/comentarios.json", "/conversaciones/", "Sobre esto"),
            ("eu/feeds/comentarios.json", "/eu/elkarrizketak/", "Honi buruz"),
        ],
    )
    def test_of_a_page_stands_where_those_of_posts_stand(
        self, built: Built, feed: str, page: str, title: str
    ) -> None:
        entries = json.loads(built.files()[feed])["items"]
        assert [title in entry["title"] for entry in entries] == [True]
        assert title in built.page(page).partition("<main")[2].partition("</main>")[0]

    def test_in_a_language_without_posts_stands_in_no_list_of_another(self, built: Built) -> None:
        found = {
            name.removesuffix(".gz")
            for name, data in built.files().items()
            if b"Of the page" in data
        }
        assert found == {
            "en/about/index.html",
            "en/about/comentarios.atom.xml",
            "en/about/comentarios.json",
        }
