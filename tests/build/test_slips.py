"""A slip in one file names that file, and takes nothing from any other file or comment."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from .conftest import Built, SmallBlog

LATER = datetime(2027, 1, 3, 9, 0, tzinfo=UTC)
HOST = "https://blog.pruebas.example"


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    """One article with a category, a tag and an author, and one in Basque."""
    small_blog.article("una", "La primera.", tags="bien", author="Ada")
    small_blog.article("bat", "Lehena.", lang="eu", tags="ondo")
    return small_blog


def tolerant(blog: SmallBlog, **given: Any) -> Built:
    """As for readers; what is in ``good`` stands in for what is faulty."""
    built = blog.built(**{"fatal": "errors", "last_good": blog.folder / "good"} | given)
    assert "La primera." in built.page("/2026/11/una/")
    return built


def keep(blog: SmallBlog) -> None:
    """What is written now becomes what was last good."""
    shutil.copytree(blog.folder / "content", blog.folder / "good", dirs_exist_ok=True)


def told(built: Built) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(built.page("/build-report.json"))["faults"]
    return found


def only(built: Built, file: str) -> str:
    """The reason of the only fault, which must be this file's."""
    assert [each["file"] for each in told(built)] == [f"content/{file}"]
    return told(built)[0]["reason"]


def article(built: Built, address: str = "/2026/11/dos/") -> str:
    return built.page(address)


class TestAnAddressOfTheSites:
    @pytest.mark.parametrize(
        "slug",
        [
            *("2026", "2026/11", "2031", "2031/02", "eu/2026", "en/2031/02"),
            *("archivo", "eu/artxiboa", "en", "Archivo"),
            *("categoria/general", "categoria/que-aun-no-hay", "etiqueta/bien", "autor/ada"),
            *("eu/kategoria/orokorra", "en/tag/any"),
            *("pagina/2", "categoria/general/pagina/2", "conversaciones/pagina/3"),
            *("eu/orria/2", "eu/etiketa/ondo/orria/7"),
            *("feeds", "feeds/all", "eu/feeds/x", "theme/css", "images/logo"),
            *("comentar", "gestion/x", "seguimiento"),
            *("robots.txt", "sitemap.xml/x", "404.html"),
        ],
    )
    def test_is_no_slug_of_a_text(self, blog: SmallBlog, slug: str) -> None:
        blog.page("x", "Página.", slug=slug)
        built = tolerant(blog)
        reason = only(built, "pages/x.md")
        assert f"/{slug}/" in reason
        assert "`Slug:`" in reason
        assert not any(b"gina.</p>" in data for data in built.files().values())

    @pytest.mark.parametrize(
        "place",
        [
            *("robots.txt", "sitemap.xml", "sitemap-2.xml", "threads.json", "build-report.json"),
            *("feeds/all.json", "eu/feeds/all.atom.xml", "theme/css/main.css", "images/a.svg"),
            *("2026/11/una/comentarios.atom.xml", "2026/11/una/index.html", "index.html.gz"),
            *("pagina/2/index.html", "eu/etiketa/ondo/orria/2/index.html"),
            *("feeds", "2026", "eu", "categoria", "2026/11/una", "2026/11/una/index.html/x"),
            *("algo/", ".", f"{'x' * 300}/index.html"),
        ],
    )
    def test_is_no_place_to_save_a_text(self, blog: SmallBlog, place: str) -> None:
        blog.page("x", "Página.", save_as=place)
        assert "`Save_as:`" in only(tolerant(blog), "pages/x.md")

    @pytest.mark.parametrize("slug", ["2026/resumen", "20267", "pagina", "categoria", "archivos"])
    def test_is_not_one_that_looks_like_it(self, blog: SmallBlog, slug: str) -> None:
        blog.page("x", "Página.", slug=slug)
        built = tolerant(blog)
        assert told(built) == []
        assert "Página." in built.page(f"/{slug}/")

    def test_may_be_taken_on_purpose_where_it_is_a_list(self, blog: SmallBlog) -> None:
        """Pelican's way to a home page of one's own."""
        blog.page("x", "Bienvenida.", save_as="index.html", url="")
        built = tolerant(blog)
        assert told(built) == []
        assert "Bienvenida." in built.page("/")

    def test_stays_with_the_settings_of_a_blog_that_moves_its_lists(self, blog: SmallBlog) -> None:
        conf = (
            "CATEGORY_SAVE_AS = 'tema/{slug}.html'\nCATEGORY_URL = 'tema/{slug}.html'\n"
            "TAG_SAVE_AS = '{slug}/index.html'\nTAG_URL = '{slug}/'\n"
        )
        blog.page("x", slug="bien")
        blog.page("y", save_as="categoria/general/index.html", url="categoria/general/")
        blog.page("z", slug="otra-cosa")
        built = tolerant(blog, conf=conf)
        assert "/bien/" in only(built, "pages/x.md")
        assert {"categoria/general/index.html", "otra-cosa/index.html"} <= built.files().keys()

    def test_is_an_error_where_nothing_is_tolerated(self, blog: SmallBlog) -> None:
        blog.page("2026")
        built = blog.build()
        assert built.code != 0
        assert "pages/2026.md" in built.log
        assert "/2026/" in built.log


class TestTwoTextsThatClash:
    def test_one_day_silence_nobody_else_on_that_day(self, blog: SmallBlog) -> None:
        """A page that was good, and a post of January: each is good until then."""
        blog.page("2027", "El plan.")
        blog.article("enero", "Ya es enero.", date="2027-01-02 10:00")
        keep(blog)
        before = tolerant(blog)
        assert "El plan." in before.page("/2027/")
        assert "/2027/" in only(before, "pages/2027.md")
        comment = blog.comment("una")
        # Pelican's own look at the clock aside: the day is the build's.
        conf = "WITH_FUTURE_DATES = True\n"
        after = tolerant(blog, now=LATER, output="after", conf=conf)
        assert "Ya es enero." in after.page("/2027/01/enero/")
        assert "enero" in after.page("/2027/")
        assert "El plan." not in after.page("/2027/")
        assert comment.id in after.page("/2026/11/una/")
        assert "`Slug:`" in only(after, "pages/2027.md")

    def test_on_a_later_day_are_told_apart_today(self, blog: SmallBlog) -> None:
        blog.article("enero", date="2027-01-02 10:00", save_as="plan/index.html", url="plan/")
        keep(blog)
        blog.page("plan", "El plan.")
        assert "articles/2026/enero.md" in only(tolerant(blog), "pages/plan.md")
        keep(blog)
        assert "articles/2026/enero.md" in only(tolerant(blog, now=LATER), "pages/plan.md")

    def test_by_a_slug_are_named_with_what_to_do(self, blog: SmallBlog) -> None:
        keep(blog)
        blog.article("dos", "Otra.", slug="una")
        reason = only(tolerant(blog), "articles/2026/dos.md")
        assert "articles/2026/una.md" in reason
        assert "`Slug:`" in reason

    def test_although_neither_changed_leave_the_rest_alone(self, blog: SmallBlog) -> None:
        blog.article("zeta", "Otra.", slug="una")
        keep(blog)
        assert "`Slug:`" in only(tolerant(blog), "articles/2026/zeta.md")


class TestAnUnknownLanguage:
    @pytest.mark.parametrize("path", ["articles/2026/dos.md", "pages/dos.md"])
    def test_is_named_with_those_of_the_institution(self, blog: SmallBlog, path: str) -> None:
        blog.write(f"content/{path}", "Title: dos\nDate: 2026-11-10\nLang: fr\n\nUn texte.\n")
        assert "es, eu, en" in only(tolerant(blog), path)

    def test_does_not_end_a_build_that_goes_on_after_faults(self, blog: SmallBlog) -> None:
        blog.article("dos", lang="fr")
        built = blog.build(fatal="")
        assert built.code == 0, built.log
        assert "articles/2026/dos.md: Lang is 'fr'" in built.log


class TestCategories:
    def test_of_a_page_mean_nothing_and_staff_are_told(self, blog: SmallBlog) -> None:
        blog.page("aviso", "Un aviso.", categories="Legal")
        built = tolerant(blog)
        assert "Un aviso." in built.page("/aviso/")
        assert "Categories" in only(built, "pages/aviso.md")

    def test_are_what_category_is(self, blog: SmallBlog) -> None:
        blog.article("dos", categories="Obras, Agua")
        blog.article("tres", category="Obras", categories="Agua\nCategories: Luz")
        built = tolerant(blog)
        assert told(built) == []
        for name in ("obras", "agua"):
            assert "/2026/11/dos/" in built.page(f"/categoria/{name}/")
            assert "/2026/11/tres/" in built.page(f"/categoria/{name}/")
        assert "/2026/11/tres/" in built.page("/categoria/luz/")
        assert "/2026/11/dos/" not in built.page("/categoria/general/")


class TestATemplate:
    @pytest.mark.parametrize("name", ["index", "conversations", "rules", "page", "base", "_menu"])
    def test_of_something_else_is_refused_for_an_article(self, blog: SmallBlog, name: str) -> None:
        blog.article("dos", template=name)
        blog.article("tres", "También cambió.")
        built = tolerant(blog)
        assert name in only(built, "articles/2026/dos.md")
        assert "También cambió." in article(built, "/2026/11/tres/")

    @pytest.mark.parametrize("name", ["article", "archives", "tag", "404", "period_archives"])
    def test_of_something_else_is_refused_for_a_page(self, blog: SmallBlog, name: str) -> None:
        blog.page("dos", template=name)
        assert name in only(tolerant(blog), "pages/dos.md")

    def test_of_its_kind_or_of_the_blogs_own_is_taken(self, blog: SmallBlog) -> None:
        blog.write("theme/templates/acta.html", '{% extends "article.html" %}')
        blog.write("theme/templates/page.html", '{% extends "!theme/page.html" %}')
        blog.article("dos", template="acta")
        blog.article("tres", template="article")
        blog.page("normas", template="rules")
        blog.page("otra", template="page")
        assert told(tolerant(blog)) == []

    def test_that_was_good_for_a_file_that_did_not_change_stays(self, blog: SmallBlog) -> None:
        blog.page("todo", template="archives")
        keep(blog)
        built = tolerant(blog)
        assert told(built) == []
        assert "<h1" in built.page("/todo/")

    def test_of_something_else_is_an_error_where_nothing_is_tolerated(
        self, blog: SmallBlog
    ) -> None:
        blog.article("dos", template="index")
        built = blog.build()
        assert built.code != 0
        assert "articles/2026/dos.md: " in built.log


class TestATextThatTheParserFailsOver:
    def test_is_named_and_the_others_are_whole(self, blog: SmallBlog) -> None:
        """Lists in lists, deeper than Python counts."""
        blog.article("mala", "- " * 500 + "x")
        blog.article("zzz", "Uno.\n\nDos.\n\n- tres\n\nCuatro.", summary="Con *fuerza*.")
        built = tolerant(blog)
        only(built, "articles/2026/mala.md")
        page = article(built, "/2026/11/zzz/")
        for part in ("<p>Uno.</p>", "<p>Dos.</p>", "<li>tres</li>", "<p>Cuatro.</p>", "<em>"):
            assert part in page

    def test_in_its_header_leaves_the_others_whole_too(self, blog: SmallBlog) -> None:
        blog.article("mala", summary="- " * 500 + "x")
        blog.article("zzz", "Uno.\n\nDos.")
        built = tolerant(blog)
        only(built, "articles/2026/mala.md")
        assert "<p>Uno.</p>\n<p>Dos.</p>" in article(built, "/2026/11/zzz/")


class TestAHeaderOfOurs:
    SLIPS = (
        {"serie": "X", "parte": "II"},
        {"evento": "Fiesta"},
        {"evento": "Fiesta", "fecha_evento": "24 de julio"},
    )

    @pytest.mark.parametrize("header", SLIPS)
    def test_with_a_slip_is_left_out_of_the_page_and_told(
        self, blog: SmallBlog, header: dict[str, str]
    ) -> None:
        blog.article("dos", "Así es.", **header)
        built = tolerant(blog)
        assert "Así es." in article(built)
        assert "Fiesta" not in article(built)
        only(built, "articles/2026/dos.md")

    @pytest.mark.parametrize("header", SLIPS)
    def test_that_meant_nothing_before_stops_no_build_of_an_old_file(
        self, blog: SmallBlog, header: dict[str, str]
    ) -> None:
        blog.article("dos", "Así es.", **header)
        keep(blog)
        built = tolerant(blog)
        assert "Así es." in article(built)
        only(built, "articles/2026/dos.md")

    @pytest.mark.parametrize("header", SLIPS)
    def test_with_a_slip_is_a_fault_where_nothing_is_tolerated(
        self, blog: SmallBlog, header: dict[str, str]
    ) -> None:
        blog.article("dos", **header)
        built = blog.build()
        assert built.code != 0
        assert "articles/2026/dos.md: " in built.log

    @pytest.mark.parametrize(
        "name",
        [
            *("description", "image", "pregunta", "serie", "evento", "lugar", "fecha_evento"),
            *("parte", "titulo_comentarios", "mensaje_comentarios"),
        ],
    )
    def test_that_stands_twice_is_taken_by_its_first_line(self, blog: SmallBlog, name: str) -> None:
        blog.write("content/images/uno.jpg", "x")
        first = {"image": "images/uno.jpg", "parte": "1", "fecha_evento": "2026-11-30"}
        header = {"serie": "S", "evento": "Charla", "fecha_evento": "2026-11-30"}
        header[name] = first.get(name, "Uno")
        header[name] += f"\n{name.title()}: otra cosa"
        blog.article("dos", "Así es.", **header)
        built = tolerant(blog)
        page = article(built)
        assert "Así es." in page
        assert "otra cosa" not in page
        assert "[&#39;" not in page
        assert name.capitalize() in only(built, "articles/2026/dos.md")

    def test_of_pelicans_that_stands_twice_is_told_too(self, blog: SmallBlog) -> None:
        blog.article("dos", tags="uno\nTags: otra")
        built = tolerant(blog)
        assert "etiqueta/uno/index.html" in built.files()
        assert "Tags" in only(built, "articles/2026/dos.md")

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            *(("preguna", "Pregunta"), ("tag", "Tags"), ("autor", "Author")),
            *(("fecha-evento", "Fecha_evento"), ("sumary", "Summary"), ("statsu", "Status")),
        ],
    )
    def test_that_nobody_knows_is_told_when_it_looks_like_another(
        self, blog: SmallBlog, written: str, meant: str
    ) -> None:
        blog.article("dos", "Así es.", **{written: "¿Qué harías?"})
        built = tolerant(blog)
        assert "Así es." in article(built)
        reason = only(built, "articles/2026/dos.md")
        assert written.capitalize() in reason
        assert meant in reason

    def test_of_the_blogs_own_is_no_slip(self, blog: SmallBlog) -> None:
        blog.article("dos", opcion="no", update="x", mapa="y", foto="z", created="w")
        assert told(tolerant(blog)) == []


class TestALinkThatLeadsNowhere:
    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ("![x](images/a.svg)", "images/a.svg"),
            ("![x](../images/a.svg)", "../images/a.svg"),
            ("[x](otra.md)", "otra.md"),
            ("[x](/2026/99/nada/)", "/2026/99/nada/"),
            ("[x](/images/nada.pdf)", "/images/nada.pdf"),
            (f"[x]({HOST}/2026/99/nada/#parte)", "/2026/99/nada/"),
            ("[x](#nada)", "#nada"),
            ("[x](/categoria/nada/)", "/categoria/nada/"),
        ],
    )
    def test_is_told_once_with_its_file(self, blog: SmallBlog, body: str, named: str) -> None:
        blog.write("content/images/a.svg", "<svg/>")
        blog.article("dos", f"Con esto: {body} y {body}")
        built = tolerant(blog)
        assert named in only(built, "articles/2026/dos.md")
        assert "Con esto:" in article(built)

    def test_is_told_of_a_page_too(self, blog: SmallBlog) -> None:
        blog.page("dos", "[x](../nada/)")
        assert "../nada/" in only(tolerant(blog), "pages/dos.md")

    def test_is_none_that_leads_somewhere(self, blog: SmallBlog) -> None:
        blog.write("content/images/a b.svg", "<svg/>")
        blog.write("content/articles/2026/acta.pdf", "x")
        blog.article(
            "dos",
            "## Parte {#parte}\n\nNota[^1] <span id=suelto></span> [a](#parte) [b](#comentarios)"
            " [b](#suelto)"
            " ![c](/images/a%20b.svg) [d](/images/a%20b.svg) [e](../una/) [f](/2026/11/una)"
            f" [g](/) [h](/2026/11/) [i](/categoria/general/) [j]({HOST}/etiqueta/bien/#x)"
            " [k](/eu/) [l](/feeds/all.atom.xml) [m](/feeds/comentarios.atom.xml)"
            " [n](/comentar/una) [o](https://otra.example/nada) [p](mailto:a@b.example)"
            " [q]({attach}acta.pdf) [r](/robots.txt) [s](?orden=1) [t](/theme/css/main.css)"
            " [u](//otra.example/x) [v](/2026/11/una/comentarios.atom.xml) [w]() [x](#)"
            " `[y](#nada)`\n\n[^1]: Al pie.",
        )
        assert told(tolerant(blog)) == []

    def test_is_none_where_addresses_depend_on_the_page(self, blog: SmallBlog) -> None:
        blog.article("dos", "[a]({filename}una.md) [b](../una/) [c]({filename}/pages/tres.md#d)")
        blog.page("tres", "## D\n\n[a]({filename}/articles/2026/una.md) [b]({index})")
        assert told(tolerant(blog, conf="RELATIVE_URLS = True\n")) == []

    def test_is_a_fault_where_nothing_is_tolerated(self, blog: SmallBlog) -> None:
        blog.article("dos", "[x](/2026/99/nada/)")
        built = blog.build()
        assert built.code != 0
        assert "articles/2026/dos.md: " in built.log


class TestAHeaderThatIsAWordOfTheProgram:
    @pytest.mark.parametrize(
        "name",
        [
            *("settings", "translations", "get_static_links", "content", "url_format"),
            *("_content", "metadata", "is_valid", "in_default_lang", "event", "related"),
            *("allowed_statuses", "refresh_metadata_intersite_links", "source_path", "locale_date"),
        ],
    )
    def test_breaks_nothing(self, blog: SmallBlog, name: str) -> None:
        blog.article("dos", "Así es.", **{name: "x"})
        blog.page("tres", "Así también.", **{name: "x"})
        built = tolerant(blog)
        assert "Así es." in article(built)
        assert "Así también." in built.page("/tres/")


def test_the_order_of_faults_is_always_the_same(blog: SmallBlog) -> None:
    blog.page("2026", "[x](#nada) [y](#nadie)")
    blog.article("dos", "[x](#nada) [y](#nadie)", evento="Fiesta")
    reports = [
        (tolerant(blog, output=f"o{seed}", seed=seed).output / "build-report.json").read_bytes()
        for seed in (1, 2)
    ]
    assert reports[0] == reports[1]
    assert Path(blog.folder / "o1/build-report.json").is_file()
