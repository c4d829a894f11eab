"""The institution in staff's texts."""

import pytest

from .conftest import SITE_TOML, Built, NewBlog, SmallBlog, text_of

NOT_OURS = {"threads.json", "rules.json", "build.json", "build-report.json"}
"""Files that name no institution."""


NAMES = '{ es = "Casa de Pruebas", eu = "Proba Etxea" }'

HOSTILE_NAME = """
name = "Casa *de* <b>Todos_y_Todas</b> & Cía"
address = "https://x.example"
languages = ["es"]
[contact]
email = "hola@x.example"
"""

IN_EVERY_PLACE = {
    "Escribe a {institution}.": "<p>Escribe a Consejo de Pruebas.</p>",
    "## Sobre {institution}": "<h2>Sobre Consejo de Pruebas</h2>",
    "**Hola**{institution}": "<strong>Hola</strong>Consejo de Pruebas",
    "[a](mailto:{institution.email})": '<a href="mailto:hola@pruebas.example">a</a>',
    "<p>{institution.email}</p>": "<p>hola@pruebas.example</p>",
    "| a |\n|---|\n| {institution} |": "<td>Consejo de Pruebas</td>",
}


class TestThePlaceholder:
    def test_stands_for_the_institution_wherever_it_is(self, small_blog: SmallBlog) -> None:
        for number, body in enumerate(IN_EVERY_PLACE):
            small_blog.page(f"n{number}", body)
        built = small_blog.built()
        for number, expected in enumerate(IN_EVERY_PLACE.values()):
            assert expected in built.page(f"/n{number}/")

    def test_holds_in_titles_and_summaries(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", title="Hola, {institution}", summary="Somos *{institution}*")
        built = small_blog.built()
        assert "Hola, Consejo de Pruebas" in text_of(built.page("/2026/11/dos/"))
        assert "Somos <em>Consejo de Pruebas</em>" in built.page("/")

    def test_is_text_whatever_the_name_is(self, new_blog: NewBlog) -> None:
        blog = new_blog(HOSTILE_NAME)
        blog.article("una")
        blog.page("sobre", "Somos {institution}.", title="Sobre {institution}")
        page = blog.built().page("/sobre/")
        escaped = "Casa *de* &lt;b&gt;Todos_y_Todas&lt;/b&gt; &amp; Cía"
        assert f"<p>Somos {escaped}.</p>" in page
        assert "<b>Todos" not in page

    def test_keeps_the_address_when_the_name_changes(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre", title="Sobre {institution}")
        small_blog.built()
        toml = (small_blog.folder / "content/site.toml").read_text("utf-8")
        small_blog.write("content/site.toml", toml.replace("Consejo de Pruebas", "Otra Casa"))
        built = small_blog.built(output="other")
        assert "Sobre Otra Casa" in built.page("/sobre/")
        assert "Consejo de Pruebas" not in built.everything()

    def test_of_a_day_is_written_out_in_the_language_of_the_page(self, new_blog: NewBlog) -> None:
        blog = new_blog(HOSTILE_NAME + "[legal]\naccessibility_reviewed = 2026-11-01\n")
        blog.article("una")
        blog.page("sobre", "Última revisión: {institution.accessibility_reviewed}.")
        assert "Última revisión: 1 de noviembre de 2026." in blog.built().page("/sobre/")

    def test_that_does_not_exist_is_an_error(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre", "Fax: {institution.fax}")
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert "pages/sobre.md: there is no {institution.fax}" in built.log

    def test_without_a_value_is_a_warning_that_says_where_to_set_it(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.page("sobre", "Llámanos: {institution.phone}")
        built = small_blog.built(fatal="errors")
        assert "pages/sobre.md: {institution.phone} has no value" in built.log
        assert "Llámanos: —" in built.page("/sobre/")
        assert small_blog.build(fatal="warnings").code != 0


class TestANameForEachLanguage:
    @pytest.fixture
    def built(self, new_blog: NewBlog) -> Built:
        """The same article and page in two languages, with a comment; no word in English."""
        blog = new_blog(SITE_TOML.replace('"Consejo de Pruebas"', NAMES))
        blog.article("una", author="Ada", category="A")
        blog.article("bat", author="Ada", category="A", lang="eu", thread="una")
        blog.page("sobre", "Somos {institution}.", title="De {institution}", comments="open")
        blog.page("buruz", "{institution} gara.", lang="eu", thread="page-sobre")
        blog.comment("una")
        return blog.built()

    def test_stands_on_every_page_and_in_every_feed_of_that_language(self, built: Built) -> None:
        files = built.files()
        texts = {name for name in files if name.endswith((".html", ".atom.xml", ".json"))}
        texts -= NOT_OURS
        named = {name: files[name].decode() for name in texts}
        of_eu = {name for name, text in named.items() if "Proba Etxea" in text}
        of_es = {name for name, text in named.items() if "Casa de Pruebas" in text}
        assert of_eu == {name for name in texts if name.startswith("eu/")}
        assert of_es == {name for name in texts if not name.startswith("eu/")}

    def test_is_what_the_placeholder_stands_for(self, built: Built) -> None:
        assert "<p>Somos Casa de Pruebas.</p>" in built.page("/sobre/")
        assert "<p>Proba Etxea gara.</p>" in built.page("/eu/buruz/")

    def test_is_what_the_form_the_head_and_the_data_say(self, built: Built) -> None:
        page = built.page("/eu/2026/11/bat/")
        assert "Proba Etxea" in page.partition('class="small-print"')[2].partition("</div>")[0]
        assert '<meta property="og:site_name" content="Proba Etxea">' in page
        assert '"publisher": {"@type": "GovernmentOrganization", "name": "Proba Etxea"' in page

    def test_leaves_one_for_the_templates_of_a_blog(self, new_blog: NewBlog) -> None:
        blog = new_blog(SITE_TOML.replace('"Consejo de Pruebas"', NAMES))
        blog.article("una")
        blog.write(
            "theme/templates/_footer.html", "<footer>{{ SITE.name }}, {{ SITENAME }}</footer>"
        )
        page = blog.built().page("/2026/11/una/")
        assert "<footer>Casa de Pruebas, Casa de Pruebas</footer>" in page


class TestTheColour:
    def test_makes_the_stylesheet_of_tokens(self, small_blog: SmallBlog) -> None:
        before = small_blog.built().page("/theme/css/tokens.css")
        toml = (small_blog.folder / "content/site.toml").read_text("utf-8")
        small_blog.write("content/site.toml", 'colour = "#aa0044"\n' + toml)
        after = small_blog.built().page("/theme/css/tokens.css")
        assert "#aa0044" in after
        assert before != after
