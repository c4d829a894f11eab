"""One build, several languages."""

import pytest

from .conftest import NewBlog, SmallBlog

PROBE = (
    '{{ page_language() }} {{ _("Home") }} {{ ngettext("%(num)s post", "%(num)s posts", 2) }} '
    "{% for other in (article or page).translations %}{{ other.lang }}:{{ other.url }} {% endfor %}"
)


class TestThePagesInterface:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        small_blog.write("theme/templates/article.html", PROBE)
        small_blog.write("theme/templates/page.html", PROBE)
        small_blog.article("una.en")
        small_blog.article("una.eu")
        small_blog.page("sobre")
        small_blog.page("sobre.eu")
        return small_blog

    def test_speaks_the_language_of_the_text(self, blog: SmallBlog) -> None:
        built = blog.built()
        assert built.page("/2026/11/una/").startswith("es Inicio 2 entradas")
        assert built.page("/eu/2026/11/una/").startswith("eu Hasiera 2 sarrera")
        assert built.page("/en/2026/11/una/").startswith("en Home 2 posts")
        assert built.page("/eu/sobre/").startswith("eu Hasiera")

    def test_names_the_other_languages_in_the_institutions_order(self, blog: SmallBlog) -> None:
        built = blog.built()
        assert built.page("/2026/11/una/").endswith("eu:eu/2026/11/una/ en:en/2026/11/una/ ")
        assert built.page("/en/2026/11/una/").endswith("es:2026/11/una/ eu:eu/2026/11/una/ ")

    def test_of_a_list_does_not_follow_the_article_of_its_loop(self, small_blog: SmallBlog) -> None:
        small_blog.write(
            "theme/templates/index.html",
            '{% for article in articles %}{% include "part.html" %}{% endfor %}',
        )
        small_blog.write("theme/templates/part.html", "{{ article.lang }}-{{ page_language() }} ")
        small_blog.article("bat", lang="eu")
        assert set(small_blog.built().page("/").split()) == {"es-es", "eu-es"}

    def test_cannot_be_lost_by_an_import_without_context(self, small_blog: SmallBlog) -> None:
        small_blog.write(
            "theme/templates/part.html", '{% macro m() %}{{ _("Home") }}{% endmacro %}'
        )
        small_blog.write(
            "theme/templates/index.html", '{% import "part.html" as part %}{{ part.m() }}'
        )
        built = small_blog.build()
        assert built.code != 0
        assert "with context" in built.log


class TestTheFirstLanguage:
    def test_has_the_addresses_without_a_code(self, new_blog: NewBlog) -> None:
        blog = new_blog(
            'name = "Udala"\naddress = "https://udala.example"\nlanguages = ["eu", "es"]'
        )
        blog.article("kaixo", title="Kaixo")
        blog.article("kaixo.es", title="Hola")
        built = blog.built()
        assert '<html lang="eu">' in built.page("/")
        assert '<html lang="eu">' in built.page("/2026/11/kaixo/")
        assert '<html lang="es">' in built.page("/es/2026/11/kaixo/")
        assert "Orokorra" in built.page("/categorias/")


class TestALanguageThatTheInstitutionDoesNotHave:
    @pytest.mark.parametrize("lang", ["fr", "../../x"])
    def test_is_an_error_that_names_the_file(self, small_blog: SmallBlog, lang: str) -> None:
        small_blog.article("dos", lang=lang)
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert f"articles/2026/dos.md: Lang is '{lang}'" in built.log
        assert "content/site.toml has es, eu, en" in built.log
