"""Several categories on one article."""

import feedparser
import pytest

from .conftest import SmallBlog, text_of


class TestOneLineOfCategories:
    @pytest.fixture
    def html(self, small_blog: SmallBlog) -> str:
        small_blog.write(
            "theme/templates/article.html",
            "{% for c in article.categories %}[{{ c.name }} {{ c.url }} {{ c.count }} {{ c.lang }}]"
            "{% endfor %} {{ article.category }}",
        )
        small_blog.article("una", category="Gestión pública, Referentes,, gestion publica")
        small_blog.article("dos", category="Referentes", date="2026-11-15")
        return small_blog.built().page("/2026/11/una/")

    def test_gives_each_category_once_in_its_order(self, html: str) -> None:
        assert html.startswith(
            "[Gestión pública categoria/gestion-publica/ 1 es]"
            "[Referentes categoria/referentes/ 2 es]"
        )

    def test_the_first_is_the_category(self, html: str) -> None:
        assert html.endswith("] Gestión pública")


class TestEachCategory:
    def test_has_its_page_its_feed_and_its_count(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", category="Gestión pública, Referentes", title="La primera")
        small_blog.article("dos", category="Referentes", title="La segunda", date="2026-11-15")
        built = small_blog.built()
        one = text_of(built.page("/categoria/gestion-publica/"))
        page = built.page("/categoria/referentes/")
        both = text_of(page)
        assert "La primera" in one
        assert "La segunda" not in one
        assert both.index("La segunda") < both.index("La primera")
        assert 'href="https://blog.pruebas.example/feeds/category/referentes.atom.xml"' in page
        feed = feedparser.parse(built.files()["feeds/category/referentes.atom.xml"])
        assert [entry.title for entry in feed.entries] == ["La segunda", "La primera"]
        listed = text_of(built.page("/categorias/"))
        assert "Gestión pública 1 entrada" in listed
        assert "Referentes 2 entradas" in listed

    def test_a_semicolon_lets_a_name_have_a_comma(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", category="Agua, luz y gas; Obras")
        built = small_blog.built()
        assert built.page("/categoria/agua-luz-y-gas/")
        assert built.page("/categoria/obras/")

    def test_of_drafts_and_hidden_posts_alone_has_no_page_and_no_link(
        self, small_blog: SmallBlog
    ) -> None:
        header = {"category": "Oculta", "tags": "oculta", "author": "Oculta"}
        small_blog.article("dos", status="hidden", **header)
        built = small_blog.built()
        page = built.page("/2026/11/dos/")
        assert "Oculta" in page
        for address in ("categoria/oculta/", "etiqueta/oculta/", "autor/oculta/"):
            assert f"{address}index.html" not in built.files()
            assert f'href="https://blog.pruebas.example/{address}"' not in page
        assert "Oculta" not in built.page("/categorias/")


class TestAnArticleWithoutCategory:
    def test_is_in_the_general_one_of_its_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("una.eu", title="Bat")
        built = small_blog.built()
        assert "una" in built.page("/categoria/general/")
        assert "Bat" in built.page("/eu/kategoria/orokorra/")

    def test_leads_to_the_general_one_of_the_other_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("una.eu")
        page = small_blog.built().page("/categoria/general/")
        assert 'href="https://blog.pruebas.example/eu/kategoria/orokorra/" hreflang="eu"' in page


KNOWN = """
[[categories]]
name.es = "Escucha activa"
name.eu = "Entzutea"
description.es = "Lo que oímos <aquí>."
[[categories]]
name = "Blog"
"""


class TestACategoryThatTheInstitutionKnows:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        toml = (small_blog.folder / "content/site.toml").read_text("utf-8")
        small_blog.write("content/site.toml", toml + KNOWN)
        small_blog.article("una", category="escucha ACTIVA, Blog, Otra", tags="agua")
        small_blog.article("una.eu", category="Entzutea, Blog, Otra", tags="agua")
        small_blog.article("dos.eu", category="Escucha activa")
        return small_blog

    def test_bears_its_name_in_each_language_and_its_address(self, blog: SmallBlog) -> None:
        built = blog.built()
        assert "<h1" in built.page("/categoria/escucha-activa/")
        assert "Escucha activa" in text_of(built.page("/categoria/escucha-activa/"))
        assert "escucha ACTIVA" not in built.everything()
        basque = text_of(built.page("/eu/kategoriak/"))
        assert "Entzutea 2 sarrera" in basque
        assert "eu/kategoria/escucha-activa/index.html" not in built.files()

    def test_says_what_it_is_about(self, blog: SmallBlog) -> None:
        built = blog.built()
        assert "Lo que oímos &lt;aquí&gt;." in built.page("/categoria/escucha-activa/")
        assert "Lo que oímos &lt;aquí&gt;." in built.page("/categorias/")

    def test_is_one_with_its_translation(self, blog: SmallBlog) -> None:
        built = blog.built()
        for here, there, lang in (
            ("/categoria/escucha-activa/", "eu/kategoria/entzutea/", "eu"),
            ("/eu/kategoria/entzutea/", "categoria/escucha-activa/", "es"),
            ("/categoria/blog/", "eu/kategoria/blog/", "eu"),
        ):
            page = built.page(here)
            address = f"https://blog.pruebas.example/{there}"
            assert f'<link rel="alternate" hreflang="{lang}" href="{address}">' in page
            assert f'<a href="{address}" hreflang="{lang}"' in page

    def test_one_that_it_does_not_know_has_none_whatever_its_letters(self, blog: SmallBlog) -> None:
        built = blog.built()
        for address in ("/categoria/otra/", "/etiqueta/agua/"):
            page = built.page(address)
            assert 'rel="alternate" hreflang' not in page
            assert '<a href="https://blog.pruebas.example/eu/" hreflang="eu"' in page
