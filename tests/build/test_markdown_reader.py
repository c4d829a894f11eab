"""One parser reads all of staff's files: nothing of one text is left in the next."""

from .conftest import SmallBlog

NOTES = """[enlace]: https://example.org/uno
*[BOE]: Boletín Oficial del Estado

El BOE[^1] y un [enlace].

## Título {#fijo}

[^1]: Una nota.
"""
PLAIN = "El BOE[^1] y un [enlace] [^1].\n\n## Título"


class TestReadingMany:
    def test_takes_no_definition_from_the_file_before(self, small_blog: SmallBlog) -> None:
        small_blog.article("a", NOTES, lang="es")
        small_blog.article("b", PLAIN)
        small_blog.article("c", NOTES)
        built = small_blog.built()
        for name in "ac":
            page = built.page(f"/2026/11/{name}/")
            assert 'href="https://example.org/uno"' in page
            assert '<abbr title="Boletín Oficial del Estado">' in page
            assert page.count('class="footnote"') == 1
        assert "<p>El BOE[^1] y un [enlace] [^1].</p>" in built.page("/2026/11/b/")

    def test_reads_a_summary_as_markdown_and_the_next_header_as_a_header(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("a", "Uno.", summary="Con *fuerza*.")
        small_blog.article("b", "Dos.", summary="Title: no es una cabecera")
        built = small_blog.built()
        assert "<p>Con <em>fuerza</em>.</p>" in built.page("/2026/11/a/")
        assert "<p>Title: no es una cabecera</p>" in built.page("/2026/11/b/")
        assert "<p>Dos.</p>" in built.page("/2026/11/b/")

    def test_reads_a_file_without_header_lines(self, small_blog: SmallBlog) -> None:
        small_blog.article("a", NOTES)
        small_blog.write("content/articles/2026/b.md", "Sin cabecera, [enlace].\n")
        built = small_blog.build(fatal="")
        assert "2026/b.md" in built.log.replace("\\", "/")
        assert built.page("/2026/11/a/")

    def test_gives_what_a_parser_for_each_file_gives(self, small_blog: SmallBlog) -> None:
        for number in range(4):
            small_blog.article(f"n{number}", (NOTES, PLAIN)[number % 2], summary="Un *texto*.")
        kept = small_blog.built(output="one").files()
        conf = "from pelican.readers import MarkdownReader\nREADERS['md'] = MarkdownReader\n"
        anew = small_blog.built(output="two", conf=conf).files()
        assert kept == anew
