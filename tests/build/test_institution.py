"""The institution in staff's texts."""

from .conftest import NewBlog, SmallBlog, text_of

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


class TestTheColour:
    def test_makes_the_stylesheet_of_tokens(self, small_blog: SmallBlog) -> None:
        before = small_blog.built().page("/theme/css/tokens.css")
        toml = (small_blog.folder / "content/site.toml").read_text("utf-8")
        small_blog.write("content/site.toml", 'colour = "#aa0044"\n' + toml)
        after = small_blog.built().page("/theme/css/tokens.css")
        assert "#aa0044" in after
        assert before != after
