"""Several categories on one article."""

import feedparser
import pytest
from tertulia_plugins.categories import Listing

from .conftest import SmallBlog, text_of


class TestAListing:
    def test_knows_its_members_without_looking_at_each(self) -> None:
        articles = [object() for _ in range(3)]
        listing = Listing(articles)  # type: ignore[arg-type]
        assert articles[1] in listing
        assert object() not in listing
        assert listing[:2] == articles[:2]


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
        both = text_of(built.page("/categoria/referentes/"))
        assert "La primera" in one
        assert "La segunda" not in one
        assert both.index("La segunda") < both.index("La primera")
        feed = feedparser.parse(built.files()["feeds/category/referentes.atom.xml"])
        assert [entry.title for entry in feed.entries] == ["La segunda", "La primera"]
        listed = text_of(built.page("/categorias/"))
        assert "Gestión pública 1 entrada" in listed
        assert "Referentes 2 entradas" in listed

    def test_an_article_without_one_is_in_the_general_one(self, small_blog: SmallBlog) -> None:
        assert "una" in small_blog.built().page("/categoria/general/")

    def test_a_semicolon_lets_a_name_have_a_comma(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", category="Agua, luz y gas; Obras")
        built = small_blog.built()
        assert built.page("/categoria/agua-luz-y-gas/")
        assert built.page("/categoria/obras/")


class TestATranslation:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        small_blog.article("una", title="La carta", category="Escucha, Blog", tags="cartas")
        small_blog.article("una.eu", title="Gutuna", category="Entzutea, Blog", tags="gutunak")
        return small_blog

    def test_stands_on_the_pages_of_its_own_categories_and_tags(self, blog: SmallBlog) -> None:
        built = blog.built()
        for address in ("/categoria/entzutea/", "/etiqueta/gutunak/"):
            page = built.page(address)
            assert '<html lang="eu">' in page
            assert "Gutuna" in page
            assert "La carta" not in page

    def test_is_not_listed_where_its_original_is(self, blog: SmallBlog) -> None:
        page = blog.built().page("/categoria/blog/")
        assert '<html lang="es">' in page
        assert "La carta" in page
        assert "Gutuna" not in page

    def test_leads_to_no_dead_page(self, blog: SmallBlog) -> None:
        built = blog.built()
        page = built.page("/eu/2026/11/una/")
        assert "/categoria/entzutea/" in page
        assert "/categoria/blog/" in page
        assert "/etiqueta/gutunak/" in page
