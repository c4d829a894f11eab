"""The site as a whole: the same bytes again, no collision, nothing of Pelican's own theme."""

import re
from datetime import timedelta
from pathlib import Path

import pelican
import pytest

from .conftest import NOW, Built, SmallBlog

ROOT = Path(__file__).parents[2]
SIMPLE = Path(pelican.__file__).parent / "themes/simple/templates"


# What a comment on "una" may change, beside the compressed siblings of each.
SECTIONS = ("", "eu/", "en/")
FEEDS = ("feeds/comentarios.atom.xml", "feeds/comentarios.json")
ARTICLE_AND_FEEDS = {
    *("2026/11/una/comentarios.atom.xml", "2026/11/una/comentarios.json"),
    *(f"{prefix}2026/11/una/index.html" for prefix in SECTIONS),
    *(f"{prefix}{feed}" for prefix in SECTIONS for feed in FEEDS),
}
HOMES_AND_CONVERSATIONS = {
    *(f"{prefix}index.html" for prefix in SECTIONS),
    *("conversaciones/index.html", "eu/elkarrizketak/index.html", "en/conversations/index.html"),
}


@pytest.fixture
def lively_blog(small_blog: SmallBlog) -> SmallBlog:
    """Every kind of page, with dates and names that are equal."""
    for number in range(12):
        small_blog.article(
            f"n{number}",
            f"Texto[^1] {number}\n\n[^1]: Nota",
            category="Uno, Dos",
            tags="a, b",
            author="Ada" if number % 2 else "Darío",
        )
    small_blog.article("una", date="2026-11-15 10:00")
    small_blog.article("una.eu", category="Bat", tags="bat")
    small_blog.article("una.en", category="One", tags="one")
    small_blog.page("sobre", comments="open")
    small_blog.page("sobre.eu")
    first = small_blog.comment("una", date=NOW - timedelta(days=1))
    for _ in range(3):
        small_blog.comment("una", date=NOW - timedelta(days=1), in_reply_to=first.id)
    small_blog.comment("page-sobre")
    small_blog.comment("nadie")
    return small_blog


class TestBuildingAgain:
    def test_gives_the_same_bytes(self, lively_blog: SmallBlog) -> None:
        first = lively_blog.built(output="one", seed=1).files()
        for path in lively_blog.folder.rglob("*.md"):  # other times, other order on disk
            path.write_bytes(path.read_bytes())
        again = lively_blog.built(output="two", seed=2).files()
        assert first.keys() == again.keys()
        assert [name for name in first if first[name] != again[name]] == []

    def test_at_another_time_changes_no_page_of_a_post(self, lively_blog: SmallBlog) -> None:
        first = lively_blog.built(output="one").files()
        later = lively_blog.built(output="two", now=NOW + timedelta(days=40)).files()
        assert [name for name in first if first[name] != later[name]] == []

    def test_of_a_blog_without_posts_too(self, small_blog: SmallBlog) -> None:
        (small_blog.folder / "content/articles/2026/una.md").unlink()
        small_blog.page("sobre")
        one, two = small_blog.built(output="one"), small_blog.built(output="two")
        assert one.files() == two.files()

    def test_with_one_more_comment_changes_its_pages_and_feeds_alone(
        self, lively_blog: SmallBlog
    ) -> None:
        before = lively_blog.built(output="one").files()
        lively_blog.comment("una", "Uno más")
        after = lively_blog.built(output="two").files()
        assert before.keys() == after.keys()
        changed = {name for name in before if before[name] != after[name]}
        written = {name for name in changed if not name.endswith(".gz")}
        assert written == {*ARTICLE_AND_FEEDS, *HOMES_AND_CONVERSATIONS}
        assert {name.removesuffix(".gz") for name in changed} == written

    def test_with_its_first_comment_changes_no_other_page_either(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una.eu")
        small_blog.article("una.en")
        small_blog.article("otra")
        small_blog.page("sobre")
        before = small_blog.built(output="one").files()
        small_blog.comment("una", "El primero")
        after = small_blog.built(output="two").files()
        assert before.keys() <= after.keys()  # the feed's second form is new
        changed = {name for name in after if before.get(name) != after[name]}
        allowed = {*ARTICLE_AND_FEEDS, *HOMES_AND_CONVERSATIONS}
        assert {name.removesuffix(".gz") for name in changed} == allowed


class TestTheAddresses:
    def test_of_further_pages_run_into_no_other(self, small_blog: SmallBlog) -> None:
        for number in range(30):
            small_blog.article(f"n{number}", tags="u2", category="u2", author="u2")
        for name in ("u22", "u23", "pagina", "2"):
            small_blog.article(name, tags=name, category=name, author=name)
            small_blog.page(name, slug=f"p{name}")
        built = small_blog.built()
        for kind in ("etiqueta", "categoria", "autor"):
            assert "n0" in built.page(f"/{kind}/u2/") + built.page(f"/{kind}/u2/pagina/3/")
            assert "u23" in built.page(f"/{kind}/u23/")
        assert built.page("/pagina/2/")
        assert built.page("/pagina/4/")

    def test_are_those_that_the_readers_know(self, lively_blog: SmallBlog) -> None:
        built = lively_blog.built()
        for address in (
            *("/", "/2026/11/una/", "/eu/2026/11/una/", "/sobre/", "/eu/sobre/", "/2026/"),
            *("/2026/11/", "/archivo/", "/categorias/", "/categoria/uno/", "/etiquetas/"),
            *("/etiqueta/a/", "/autores/", "/autor/dario/", "/404.html", "/pagina/2/"),
            *("/conversaciones/", "/eu/", "/eu/2026/", "/eu/2026/11/", "/eu/artxiboa/"),
            *("/eu/kategoriak/", "/eu/kategoria/bat/", "/eu/etiketak/", "/eu/etiketa/bat/"),
            *("/eu/elkarrizketak/", "/en/", "/en/category/one/", "/en/conversations/"),
            *("/feeds/all.atom.xml", "/eu/feeds/all.atom.xml", "/feeds/category/uno.atom.xml"),
            *("/feeds/author/ada.atom.xml", "/feeds/comentarios.atom.xml"),
            *("/threads.json", "/rules.json", "/build-report.json", "/theme/css/tokens.css"),
        ):
            assert built.page(address), address

    def test_of_all_links_lead_to_a_page(self, lively_blog: SmallBlog) -> None:
        built = lively_blog.built()
        files = built.files().keys()
        asked = set(
            re.findall(r'(?:href|src)="https://blog\.pruebas\.example/([^"#?]*)', _html(built))
        )
        assert len(asked) > 50
        dead = {
            path
            for path in asked
            if not path.startswith(("comentar/", "seguimiento/"))  # the service's own
            and (f"{path}index.html" if path.endswith("/") or not path else path) not in files
        }
        assert dead == set()

    def test_begin_with_the_sites(self, lively_blog: SmallBlog) -> None:
        built = lively_blog.built(site_url="http://127.0.0.1:9000")
        assert "blog.pruebas.example" not in _html(built)
        assert 'href="http://127.0.0.1:9000/2026/11/una/"' in built.page("/")


class TestTheTemplates:
    @pytest.mark.parametrize("name", sorted(path.name for path in SIMPLE.iterdir()))
    def test_of_pelicans_simple_theme_are_all_ours(self, name: str) -> None:
        """Under autoescape its own would show tags."""
        assert (ROOT / "theme/templates" / name).is_file()

    def test_take_nothing_from_it(self) -> None:
        for path in (ROOT / "theme/templates").rglob("*.html"):
            assert "!simple" not in path.read_text("utf-8"), path

    def test_name_nothing_that_does_not_exist(self, lively_blog: SmallBlog) -> None:
        conf = "from jinja2 import DebugUndefined\nJINJA_ENVIRONMENT['undefined'] = DebugUndefined"
        built = lively_blog.built(conf=conf)
        left = [
            name for name, data in built.files().items() if name[-3:] != ".gz" and b"{{" in data
        ]
        assert left == []

    def test_leave_no_placeholder_nor_tag_shown_as_text(self, lively_blog: SmallBlog) -> None:
        html = _html(lively_blog.built())
        for left in ("{institution", "tertulia0", "&lt;p&gt;", "&amp;amp;", "Markup("):
            assert left not in html


def _html(built: Built) -> str:
    return "".join(data.decode() for name, data in built.files().items() if name[-5:] == ".html")
