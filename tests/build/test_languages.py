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
            '{% for article in sections["eu"].articles %}{% include "part.html" %}{% endfor %}',
        )
        small_blog.write("theme/templates/part.html", "{{ article.lang }}-{{ page_language() }} ")
        small_blog.article("bat", lang="eu")
        built = small_blog.built()
        assert built.page("/") == "eu-es "
        assert built.page("/eu/") == "eu-eu "

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
        assert '<html lang="es">' in built.page("/es/")
        assert '<html lang="es">' in built.page("/es/2026/11/kaixo/")
        assert "Orokorra" in built.page("/kategoriak/")
        assert "General" in built.page("/es/categorias/")


class TestThePagesTranslations:
    PROBE = "{% for lang, address in page_translations() %}{{ lang }} {{ address }} {% endfor %}"

    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        for name in ("article", "page", "index", "404"):
            small_blog.write(f"theme/templates/{name}.html", self.PROBE)
        small_blog.article("una.en")
        small_blog.article("una.eu")
        small_blog.article("sola")
        small_blog.page("sobre.eu")
        small_blog.page("sobre")
        return small_blog

    def test_are_itself_and_the_others_with_whole_addresses(self, blog: SmallBlog) -> None:
        built = blog.built(site_url="http://127.0.0.1:9000")
        host = "http://127.0.0.1:9000"
        same = f"es {host}/2026/11/una/ eu {host}/eu/2026/11/una/ en {host}/en/2026/11/una/ "
        assert built.page("/2026/11/una/") == same
        assert built.page("/eu/2026/11/una/") == same
        assert built.page("/sobre/") == f"es {host}/sobre/ eu {host}/eu/sobre/ "
        assert built.page("/") == f"es {host}/ eu {host}/eu/ en {host}/en/ "

    def test_are_none_where_there_is_only_one(self, blog: SmallBlog) -> None:
        built = blog.built()
        assert built.page("/2026/11/sola/") == ""
        assert built.page("/404.html") == ""


class TestALanguageThatTheInstitutionDoesNotHave:
    @pytest.mark.parametrize("lang", ["fr", "../../x"])
    def test_is_an_error_that_names_the_file(self, small_blog: SmallBlog, lang: str) -> None:
        small_blog.article("dos", lang=lang)
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert f"articles/2026/dos.md: Lang is '{lang}'" in built.log
        assert "content/site.toml has es, eu, en" in built.log


class TestAMessage:
    def test_escapes_its_values_and_leaves_markup_alone(self, small_blog: SmallBlog) -> None:
        small_blog.write(
            "theme/templates/article.html",
            '{{ _("Archive: %(period)s", period="<b>&") }} '
            '{% set shown %}<i>{{ "&" }}</i>{% endset %}'
            '{{ _("Archive: %(period)s", period=shown) }} '
            '{{ ngettext("%(num)s post", "%(num)s posts", 1) }} '
            '{% trans period="<b>" %}Archive: {{ period }}{% endtrans %}',
        )
        assert small_blog.built().page("/2026/11/una/") == (
            "Archivo: &lt;b&gt;&amp; Archivo: <i>&amp;</i> 1 entrada Archivo: &lt;b&gt;"
        )


class TestAFragment:
    def test_is_the_same_on_every_page_of_a_language(self, small_blog: SmallBlog) -> None:
        small_blog.write("theme/templates/_bit.html", "{{ word }}{{ _('Home') }}{{ article }}|")
        small_blog.write(
            "theme/templates/article.html",
            '{{ fragment("_bit.html", word=1) }}{{ fragment("_bit.html", word=article.title) }}',
        )
        small_blog.article("una", title="a")
        small_blog.article("una.eu", title="b")
        small_blog.article("dos", title="<c>")
        built = small_blog.built()
        assert built.page("/2026/11/una/") == "1Inicio|aInicio|"
        assert built.page("/eu/2026/11/una/") == "1Hasiera|bHasiera|"
        assert built.page("/2026/11/dos/") == "1Inicio|&lt;c&gt;Inicio|"

    def test_keeps_the_addresses_of_each_page(self, small_blog: SmallBlog) -> None:
        small_blog.write("theme/templates/_bit.html", "{{ SITEURL }}")
        for name in ("article", "404"):
            small_blog.write(f"theme/templates/{name}.html", '{{ fragment("_bit.html") }}')
        built = small_blog.built(conf="RELATIVE_URLS = True")
        assert built.page("/2026/11/una/") == "../../.."
        assert built.page("/404.html") == "."
