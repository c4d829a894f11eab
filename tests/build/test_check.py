"""``tertulia check`` names every fault at once, each once, in the institution's language."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main

from .conftest import CONF, SITE_TOML, SmallBlog

pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    small_blog.write("pelicanconf.py", CONF.format(production=False))
    return small_blog


def check(blog: SmallBlog) -> Result:
    return CliRunner().invoke(
        main, ["check", "--blog", str(blog.folder)], env={"LC_ALL": "C.UTF-8"}
    )


class TestEveryFault:
    @pytest.fixture
    def told(self, blog: SmallBlog) -> list[str]:
        blog.article("lengua", lang="fr")
        blog.article("fecha", date="31/11/2026")
        blog.article("sinfecha", date="")
        blog.article("zdoble", slug="una")
        blog.article("estado", status="listo")
        blog.article("tags", tags="a\nTags: b")
        blog.article("foto", "![x](images/a.svg) ![y](/images/no.png)")
        blog.article("enlace", "[x](/2026/99/nada/) [y](#nada) [z]({filename}nada.md)")
        blog.article("slip", preguna="¿Y tú?")
        blog.article("fiesta", evento="Fiesta", fecha_evento="24 de julio")
        blog.article("plantilla", template="index")
        blog.article("honda", "- " * 500 + "x")
        blog.article("bytes").write_bytes(b"Title: \xff\n\nHola.\n")
        blog.page("2026")
        blog.page("aviso", "Sin {institution.fax}.", categories="Legal")
        result = check(blog)
        assert result.exit_code == 1
        return result.stderr.splitlines()

    def test_is_named_once_with_its_file(self, told: list[str]) -> None:
        expected = {
            "articles/2026/bytes.md": ["UTF-8"],
            "articles/2026/zdoble.md": ["articles/2026/una.md"],
            "articles/2026/enlace.md": ["/2026/99/nada/", "#nada", "{filename}nada.md"],
            "articles/2026/estado.md": ["listo"],
            "articles/2026/fecha.md": ["31/11/2026"],
            "articles/2026/fiesta.md": ["24 de julio"],
            "articles/2026/foto.md": ["images/a.svg", "images/no.png"],
            "articles/2026/honda.md": ["página"],
            "articles/2026/lengua.md": ["fr"],
            "articles/2026/plantilla.md": ["index"],
            "articles/2026/sinfecha.md": ["fecha"],
            "articles/2026/slip.md": ["Preguna"],
            "articles/2026/tags.md": ["Tags"],
            "pages/2026.md": ["/2026/"],
            "pages/aviso.md": ["Categories", "{institution.fax}"],
        }
        for file, parts in expected.items():
            lines = [line for line in told if line.startswith(f"content/{file}: ")]
            for part in parts:
                assert len([line for line in lines if part in line]) == 1, (part, lines)
        assert len(told) == sum(len(parts) for parts in expected.values()), told

    def test_is_told_in_the_language_of_the_institution(self, told: list[str]) -> None:
        for word in (" the ", " is ", "Skipping", "could not", "Error", "Unable"):
            assert not [line for line in told if word in line], word

    def test_says_nothing_of_what_readers_see(self, told: list[str]) -> None:
        assert not [line for line in told if "Mientras tanto" in line]


class TestATemplateThatCannotBeUsed:
    def test_is_told_in_a_sentence_of_ours_before_the_programs_own(self, blog: SmallBlog) -> None:
        blog.write("theme/templates/article.html", "{{ article.nada.mas }}")
        result = check(blog)
        assert result.exit_code == 1
        first, last = result.stderr.splitlines()
        assert first.startswith("The pages cannot be made: look at theme/templates")
        assert last.startswith("What the program that makes them said: UndefinedError")
        assert "/tmp" not in result.stderr  # noqa: S108 (a log that is gone)


class TestABlogWithoutFaults:
    def test_is_well(self, blog: SmallBlog) -> None:
        blog.article("borrador", status="draft")
        blog.article("manana", date="2027-01-02 10:00")
        blog.article("dos", "[a](/2027/01/manana/) [b](/2026/11/borrador/)")
        result = check(blog)
        assert (result.exit_code, result.stderr) == (0, "")

    def test_is_left_as_it_is(self, blog: SmallBlog) -> None:
        before = sorted(blog.folder.rglob("*"))
        check(blog)
        after = [path for path in sorted(blog.folder.rglob("*")) if "__pycache__" not in str(path)]
        assert after == before

    def test_in_another_language_speaks_it(self, blog: SmallBlog) -> None:
        Path(blog.folder / "content/site.toml").write_text(
            SITE_TOML.replace('["es", "eu", "en"]', '["eu", "es"]'), "utf-8"
        )
        blog.article("dos", date="")
        told = check(blog).stderr
        assert "articles/2026/dos.md" in told
        assert "fecha" not in told.lower()
