"""The blog's lists in each language: where they stand, what they hold, how they are linked."""

import re
from dataclasses import fields
from datetime import timedelta
from itertools import pairwise

import pytest
from tertulia_plugins.sections.addresses import WORDS, Words, address_settings
from tertulia_plugins.sections.pages import EXCHANGES

from comments_service.config.site_toml import LANGUAGE_NAMES, LANGUAGES
from comments_service.domain.comments import Comment, Kind, WithdrawnBy

from .conftest import NOW, SITE_TOML, Built, NewBlog, SmallBlog, text_of

HOST = "https://blog.pruebas.example"


def toml(*languages: str) -> str:
    listed = ", ".join(f'"{language}"' for language in languages)
    return SITE_TOML.replace('"es", "eu", "en"', listed)


def main_of(page: str) -> str:
    return text_of(page.partition("<main")[2].partition("</main>")[0])


def switch_of(page: str) -> dict[str, str]:
    """Where the header's switch leads, by language; "" for the page's own."""
    nav = page.partition('<nav class="site-languages"')[2].partition("</nav>")[0]
    entries = re.findall(r"<li>(.*?)</li>", nav, re.DOTALL)
    found = {}
    for entry in entries:
        (lang,) = re.findall(r' lang="(\w+)"', entry)
        found[lang] = "".join(re.findall(rf'href="{HOST}(.*?)"', entry))
    return found


def hreflang_of(page: str) -> dict[str, str]:
    links = re.findall(rf'<link rel="alternate" hreflang="(.*?)" href="{HOST}(.*?)">', page)
    return dict(links)


def menu_of(page: str) -> list[str]:
    return re.findall(
        rf'href="{HOST}(.*?)"', page.partition('class="site-nav"')[2].partition("</nav>")[0]
    )


class TestTheWordsInAddresses:
    def test_are_there_for_each_language(self) -> None:
        assert WORDS.keys() == LANGUAGE_NAMES.keys() == set(LANGUAGES)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_lead_no_two_pages_to_one_place(self, language: str) -> None:
        words = [getattr(WORDS[language], field.name) for field in fields(Words)]
        assert len(set(words)) == len(words)
        assert all(re.fullmatch("[a-z]+", word) for word in words)
        urls = [value for key, value in address_settings(language, "xx/").items() if "URL" in key]
        assert len(set(urls)) == len(urls)
        assert all(url.startswith("xx/") and url.endswith("/") for url in urls)


# The same site in either order: what stands at the root and what below a prefix.
ES = {
    "archives": "archivo/",
    "categories": "categorias/",
    "category": "categoria/obras/",
    "tags": "etiquetas/",
    "tag": "etiqueta/agua/",
    "authors": "autores/",
    "author": "autor/ada/",
    "conversations": "conversaciones/",
    "year": "2026/",
    "month": "2026/11/",
    "home": "",
    "further": "pagina/2/",
    "article": "2026/11/una/",
}
EU = {
    "archives": "artxiboa/",
    "categories": "kategoriak/",
    "category": "kategoria/lanak/",
    "tags": "etiketak/",
    "tag": "etiketa/ura/",
    "authors": "egileak/",
    "author": "egilea/ada/",
    "conversations": "elkarrizketak/",
    "year": "2026/",
    "month": "2026/11/",
    "home": "",
    "further": "orria/2/",
    "article": "2026/11/bat/",
}
KNOWN = '[[categories]]\nname = { es = "Obras", eu = "Lanak" }\n'


class TestASiteInTwoLanguages:
    @pytest.fixture(params=[("es", "eu"), ("eu", "es")], ids="-".join)
    def languages(self, request: pytest.FixtureRequest) -> tuple[str, str]:
        languages: tuple[str, str] = request.param
        return languages

    @pytest.fixture
    def built(self, new_blog: NewBlog, languages: tuple[str, str]) -> Built:
        blog = new_blog(toml(*languages) + KNOWN)
        for number in range(11):
            header = {"thread": f"t{number}", "author": "Ada"}
            blog.article(
                f"es{number}", title=f"Carta {number}", lang="es", category="Obras", **header
            )
            blog.article(
                f"eu{number}", title=f"Gutun {number}", lang="eu", category="Lanak", **header
            )
        newest = {"thread": "una", "date": "2026-11-20"}
        blog.article("una", title="Carta nueva", lang="es", tags="agua", **newest)
        blog.article("bat", title="Gutun berria", lang="eu", tags="ura", **newest)
        blog.comment("una", "Kaixo, zer moduz?")
        return blog.built()

    @pytest.fixture
    def places(self, languages: tuple[str, str]) -> dict[str, dict[str, str]]:
        """Address of each kind of page, by language."""
        prefix = {languages[0]: "/", languages[1]: f"/{languages[1]}/"}
        return {
            lang: {kind: prefix[lang] + path for kind, path in paths.items()}
            for lang, paths in (("es", ES), ("eu", EU))
        }

    def test_has_each_list_at_its_place_in_its_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        for lang, paths in places.items():
            for kind, path in paths.items():
                assert f'<html lang="{lang}">' in built.page(path), (kind, path)

    def test_lists_only_what_is_written_in_that_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        theirs = {"es": ("Gutun", "Lanak", "ura"), "eu": ("Carta", "Obras", "agua")}
        for lang, paths in places.items():
            for kind, path in paths.items():
                words = main_of(built.page(path)).split()
                assert not set(words) & set(theirs[lang]), (kind, path)

    def test_leads_from_each_page_to_its_counterpart(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        es, eu = places["es"], places["eu"]
        for kind in ES.keys() - {"tag", "further"}:
            assert switch_of(built.page(es[kind])) == {"es": "", "eu": eu[kind]}, kind
            assert switch_of(built.page(eu[kind])) == {"eu": "", "es": es[kind]}, kind

    def test_tells_machines_the_same(
        self, built: Built, places: dict[str, dict[str, str]], languages: tuple[str, str]
    ) -> None:
        for kind in ES.keys() - {"tag", "further"}:
            both = {lang: places[lang][kind] for lang in languages}
            expected = both | {"x-default": both[languages[0]]}
            for path in both.values():
                assert hreflang_of(built.page(path)) == expected, kind

    def test_leads_to_the_home_from_what_is_in_one_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        page = built.page(places["es"]["tag"])
        assert switch_of(page) == {"es": "", "eu": places["eu"]["home"]}
        assert hreflang_of(page) == {}

    def test_says_so_where_it_leads_to_the_home_instead(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        said = "Esta página no está en este idioma: vas a su portada"
        page = built.page(places["es"]["tag"])
        assert f'title="{said}"' in page
        assert f'<span class="visually-hidden"> ({said})</span>' in page
        assert said not in built.page(places["es"]["home"])

    def test_leads_from_a_further_page_to_the_first(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        page = built.page(places["es"]["further"])
        assert switch_of(page) == {"es": "", "eu": places["eu"]["home"]}
        assert hreflang_of(page) == {}

    def test_has_the_languages_in_the_institutions_order(
        self, built: Built, languages: tuple[str, str]
    ) -> None:
        assert tuple(switch_of(built.page("/"))) == languages
        nav = text_of(built.page("/").partition('"site-languages"')[2].partition("</nav>")[0])
        assert nav.endswith(" ".join(LANGUAGE_NAMES[language] for language in languages))

    def test_keeps_the_menu_within_the_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        kinds = ("home", "conversations", "categories", "archives", "authors")
        for paths in places.values():
            for page in (paths["home"], paths["article"], paths["month"]):
                assert menu_of(built.page(page)) == [paths[kind] for kind in kinds]

    def test_writes_dates_and_counts_in_the_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        assert "noviembre de 2026 12 entradas" in main_of(built.page(places["es"]["archives"]))
        assert "2026ko azaroa 12 sarrera" in main_of(built.page(places["eu"]["archives"]))
        assert "viernes, 20 de noviembre de 2026" in built.page(places["es"]["month"])
        assert "2026ko azaroaren 20a, ostirala" in built.page(places["eu"]["month"])

    def test_shows_one_conversation_beside_both_texts(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        for lang, title in (("es", "Carta nueva"), ("eu", "Gutun berria")):
            for kind in ("home", "conversations"):
                page = main_of(built.page(places[lang][kind]))
                assert "Kaixo, zer moduz?" in page
                assert title in page

    def test_has_no_word_of_the_messages_own_language(
        self, built: Built, places: dict[str, dict[str, str]]
    ) -> None:
        for paths in places.values():
            for kind, path in paths.items():
                page = text_of(built.page(path).partition("<body")[2])
                english = {"Posts", "Archive", "Conversations", "Language", "Page", "comments"}
                assert not set(page.split()) & english, (kind, path)


class TestASiteInOneLanguage:
    @pytest.fixture
    def built(self, new_blog: NewBlog) -> Built:
        blog = new_blog(toml("eu"))
        blog.article("bat", title="Gutuna", category="Lanak", author="Ada")
        return blog.built()

    def test_has_no_switch_and_no_prefix(self, built: Built) -> None:
        pages = [data.decode() for name, data in built.files().items() if name[-5:] == ".html"]
        assert len(pages) > 8
        for page in pages:
            assert '<html lang="eu">' in page
            assert "site-languages" not in page
            assert "hreflang" not in page
        assert not any(name.startswith("eu/") for name in built.files())
        assert "Gutuna" in built.page("/kategoria/lanak/")


class TestALanguageWithPagesAlone:
    @pytest.fixture
    def built(self, new_blog: NewBlog) -> Built:
        blog = new_blog(toml("es", "eu"))
        blog.article("una")
        blog.page("sobre")
        blog.page("sobre.eu", title="Honi buruz")
        blog.page("bakarrik.eu", title="Bakarrik")
        return blog.built()

    def test_has_no_section(self, built: Built) -> None:
        assert "eu/index.html" not in built.files()
        assert switch_of(built.page("/")) == {}

    def test_has_a_switch_where_a_page_is_translated(self, built: Built) -> None:
        assert switch_of(built.page("/sobre/")) == {"es": "", "eu": "/eu/sobre/"}
        assert switch_of(built.page("/eu/sobre/")) == {"es": "/sobre/", "eu": ""}
        assert switch_of(built.page("/eu/bakarrik/")) == {}

    def test_leads_to_the_lists_of_the_first(self, built: Built) -> None:
        page = built.page("/eu/bakarrik/")
        assert '<html lang="eu">' in page
        assert menu_of(page)[0] == "/"
        assert "/archivo/" in menu_of(page)

    def test_has_its_pages_in_the_footer_of_its_own(self, built: Built) -> None:
        footer = built.page("/eu/bakarrik/").partition("<footer")[2]
        assert f'<a href="{HOST}/eu/sobre/">Honi buruz</a>' in footer
        assert f'<a href="{HOST}/eu/bakarrik/">' in footer
        spanish = built.page("/").partition("<footer")[2]
        assert f'<a href="{HOST}/sobre/">sobre</a>' in spanish
        assert f'<a href="{HOST}/eu/bakarrik/" hreflang="eu" lang="eu">' in spanish


class TestTheMenu:
    def test_shows_nothing_that_has_no_content(self, small_blog: SmallBlog) -> None:
        assert menu_of(small_blog.built().page("/")) == [
            *("/", "/conversaciones/", "/categorias/", "/archivo/")
        ]
        (small_blog.folder / "content/articles/2026/una.md").unlink()
        assert menu_of(small_blog.built(output="empty").page("/")) == ["/"]

    def test_tells_the_page_itself_from_what_stands_below_it(self, small_blog: SmallBlog) -> None:
        built = small_blog.built()
        marked = 'aria-current="{}">Temas</a>'
        assert marked.format("page") in built.page("/categorias/")
        assert marked.format("true") in built.page("/categoria/general/")


class TestTheArchive:
    @pytest.fixture
    def built(self, small_blog: SmallBlog) -> Built:
        small_blog.article("dos", date="2026-11-14 08:00", title="La de antes")
        small_blog.article("tres", date="2026-10-31 23:30", title="La de octubre")
        small_blog.article("cuatro", date="2025-01-01 00:10", title="La de enero")
        return small_blog.built()

    def test_counts_the_posts_of_each_year_and_month(self, built: Built) -> None:
        assert main_of(built.page("/archivo/")).endswith(
            "Archivo 2026 3 entradas noviembre de 2026 2 entradas octubre de 2026 1 entrada "
            "2025 1 entrada enero de 2025 1 entrada"
        )

    def test_has_a_page_for_each_year_by_month(self, built: Built) -> None:
        assert main_of(built.page("/2026/")).endswith(
            "2026 3 entradas noviembre de 2026 una 14 de noviembre de 2026 "
            "La de antes 14 de noviembre de 2026 octubre de 2026 La de octubre "
            "31 de octubre de 2026"
        )

    def test_has_a_page_for_each_month_with_one_heading_for_each_day(self, built: Built) -> None:
        page = built.page("/2026/11/")
        assert main_of(page).endswith(
            "noviembre de 2026 2 entradas sábado, 14 de noviembre de 2026 una La de antes"
        )
        assert page.count("<h2><time") == 1
        assert f'<a href="{HOST}/2026/">2026</a>' in page  # in the trail
        assert "La de enero" in built.page("/2025/01/")


class TestAnAuthorThatTheInstitutionKnows:
    @pytest.fixture
    def built(self, small_blog: SmallBlog) -> Built:
        path = small_blog.folder / "content/site.toml"
        known = (
            '[[authors]]\nname = "Ada Ejemplo"\nposition = { es = "Técnica", eu = "Teknikaria" }\n'
            'department = { es = "Agua & Cía", eu = "Ura" }\nabout = "Escribe <mucho>."\n'
        )
        small_blog.write("content/site.toml", path.read_text("utf-8") + known)
        small_blog.article("una", author="ada ejemplo")
        small_blog.article("una.eu", author="Ada Ejemplo")
        return small_blog.built()

    def test_has_position_department_and_a_text_in_each_language(self, built: Built) -> None:
        page = built.page("/autor/ada-ejemplo/")
        assert "Ada Ejemplo Técnica , Agua & Cía Escribe <mucho>." in main_of(page)
        assert '<span class="p-job-title">Técnica</span>' in page
        assert '<span class="p-org">Agua &amp; Cía</span>' in page
        assert "Teknikaria , Ura" in main_of(built.page("/eu/egilea/ada-ejemplo/"))
        assert "Técnica, Agua & Cía" in main_of(built.page("/autores/"))

    def test_bears_one_name(self, built: Built) -> None:
        assert "ada ejemplo" not in built.everything()


class TestTheHomePage:
    def test_shows_the_last_exchange_of_each_thread(self, small_blog: SmallBlog) -> None:
        old = small_blog.comment("una", "¿Y los sábados?", author="Aitor")
        small_blog.comment("una", "Lo primero", author="Íñigo")
        small_blog.comment(
            "una", "Sí, abrimos.", kind=Kind.ANSWER, in_reply_to=old.id, author="Ada"
        )
        page = small_blog.built().page("/")
        said = text_of(page.partition("<aside")[2].partition("</aside>")[0])
        assert said.index("Aitor") < said.index("¿Y los sábados?") < said.index("Sí, abrimos.")
        assert "Ada · Respuesta de la institución" in said
        assert "Lo primero" not in said
        assert f'<a href="{HOST}/conversaciones/">Todas las conversaciones</a>' in page

    def test_shows_a_comment_alone_while_it_is_the_last(self, small_blog: SmallBlog) -> None:
        first = small_blog.comment("una", "Pregunta")
        small_blog.comment("una", "Respuesta", kind=Kind.ANSWER, in_reply_to=first.id)
        small_blog.comment("una", "Muchas gracias")
        aside = small_blog.built().page("/").partition("<aside")[2].partition("</aside>")[0]
        assert "Muchas gracias" in aside
        assert "Respuesta</p>" not in aside

    def test_shows_no_words_of_a_withdrawn_comment(self, small_blog: SmallBlog) -> None:
        gone = small_blog.tombstone("una", WithdrawnBy.READER)
        small_blog.comment("una", "Sí, abrimos.", kind=Kind.ANSWER, in_reply_to=gone.id)
        aside = small_blog.built().page("/").partition("<aside")[2].partition("</aside>")[0]
        assert "Sí, abrimos." in aside
        assert aside.count("talk__words") == 1

    def test_shows_the_beginning_of_a_post_without_summary_as_plain_text(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article(
            "una", "## Título\n\n![Foto](https://x.example/a.png)\n\nUn *texto* < 3."
        )
        small_blog.article("dos", summary="Un *resumen*")
        page = small_blog.built().page("/")
        assert '<p class="entry__summary p-summary">Título Un texto &lt; 3.</p>' in page
        assert "<p>Un <em>resumen</em></p>" in page

    def test_shows_the_latest_threads_and_no_more(self, small_blog: SmallBlog) -> None:
        for number in range(EXCHANGES + 2):
            small_blog.article(f"n{number}")
            small_blog.comment(f"n{number}", f"Dicho {number}")
        aside = small_blog.built().page("/").partition("<aside")[2].partition("</aside>")[0]
        newest = range(EXCHANGES + 1, 1, -1)
        assert re.findall(r"Dicho (\d)", aside) == [str(number) for number in newest]


class TestAPageThatIsNotThere:
    def test_speaks_the_language_of_each_section(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu")
        built = small_blog.built()
        page = built.page("/eu/404.html")
        assert '<html lang="eu">' in page
        assert "Ez dugu orri hau aurkitzen" in main_of(page)
        assert f'<a href="{HOST}/eu/artxiboa/">' in page
        assert switch_of(page) == {"es": "/", "eu": ""}
        assert '<html lang="es">' in built.page("/404.html")
        assert not (built.output / "en/404.html").exists()
        assert "404" not in built.page("/sitemap.xml")


class TestTheConversationsPage:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        small_blog.article("dos", title="La segunda", date="2026-11-15")
        small_blog.article("muda", title="La muda", date="2026-11-16")
        small_blog.article("oculta", title="La oculta", status="hidden")
        small_blog.page("sobre", title="Sobre esto", comments="open")
        return small_blog

    def test_has_the_thread_that_spoke_last_first(self, blog: SmallBlog) -> None:
        asked = blog.comment("dos", "¿Cuándo?")
        blog.comment("una", "Uno")
        blog.comment("oculta", "Nadie lo ve")
        blog.comment("page-sobre", "De la página")
        blog.comment("dos", "El lunes", kind=Kind.ANSWER, in_reply_to=asked.id, author="Ada")
        page = main_of(blog.built().page("/conversaciones/"))
        assert re.findall("La segunda|Sobre esto|una 1|La muda|La oculta", page) == [
            *("La segunda", "Sobre esto", "una 1")
        ]
        assert (
            "La segunda 2 comentarios Con respuesta de la institución "
            "Última intervención: Ada , 19/11/2026 a las 10:0" in page
        )
        assert page.index("¿Cuándo?") < page.index("El lunes")
        assert page.count("Con respuesta de la institución") == 1

    def test_is_there_before_anybody_speaks(self, blog: SmallBlog) -> None:
        page = main_of(blog.built().page("/conversaciones/"))
        assert page.endswith("Nadie ha comentado todavía. Puedes empezar tú.")

    def test_has_further_pages(self, blog: SmallBlog) -> None:
        for number in range(12):
            blog.article(f"n{number}", title=f"Carta {number}")
            blog.comment(f"n{number}", "Hola")
        built = blog.built()
        first, second = (
            built.page("/conversaciones/"),
            built.page("/conversaciones/pagina/2/"),
        )
        assert re.findall(r"Carta (\d+)", main_of(first)) == [str(11 - n) for n in range(10)]
        assert re.findall(r"Carta (\d+)", main_of(second)) == ["1", "0"]
        assert f'rel="next" href="{HOST}/conversaciones/pagina/2/"' in first
        assert f'rel="prev" href="{HOST}/conversaciones/"' in second

    def test_escapes_what_readers_wrote(self, blog: SmallBlog) -> None:
        blog.comment("una", "<b>a</b> & `<script>`", author="<i>Ana</i>")
        page = blog.built().page("/conversaciones/")
        assert "&lt;i&gt;Ana&lt;/i&gt;" in page
        assert "&lt;script&gt;" in page
        assert "<script>" not in page
        assert "<i>Ana" not in page


class TestABlogsOwnTemplates:
    def test_are_written_by_pelican_when_they_are_named(self, small_blog: SmallBlog) -> None:
        small_blog.write("theme/templates/mapa.html", "{{ articles | length }} {{ _('Home') }}")
        small_blog.article("una.eu")
        built = small_blog.built(conf='DIRECT_TEMPLATES = ["index", "404", "mapa", "tags"]')
        assert built.page("/mapa.html") == "1 Inicio"
        assert "<h1" in built.page("/")
        assert "archivo/index.html" in built.files()

    def test_find_the_variables_of_pelicans_manual(self, small_blog: SmallBlog) -> None:
        names = (
            "{{ category.name }} {{ category.url }} {{ articles | length }} {{ dates | length }}"
        )
        pages = (
            "{{ articles_page.number }}/{{ articles_paginator.num_pages }} {{ page_name }} "
            "{{ articles_next_page.url }} {{ articles_previous_page }} {{ CATEGORIES_URL }} "
            "{% for name, some in categories %}{{ name }}:{{ some | length }}{% endfor %}"
        )
        small_blog.write("theme/templates/category.html", f"{names} {pages}")
        for number in range(11):
            small_blog.article(f"n{number}", lang="eu", category="Lanak")
        small_blog.article("bat", lang="eu", category="Ura")
        small_blog.article("una", category="Obras")
        built = small_blog.built()
        assert built.page("/eu/kategoria/lanak/") == (
            "Lanak eu/kategoria/lanak/ 11 11 1/2 eu/kategoria/lanak "
            "eu/kategoria/lanak/orria/2/ None eu/kategoriak/ Lanak:11Ura:1"
        )
        assert "Obras categoria/obras/ 1 1 1/1" in built.page("/categoria/obras/")

    def test_may_move_the_lists_of_the_first_language(self, small_blog: SmallBlog) -> None:
        conf = 'CATEGORY_URL = "tema/{slug}/"\nCATEGORY_SAVE_AS = "tema/{slug}/index.html"'
        built = small_blog.built(conf=conf)
        assert f'href="{HOST}/tema/general/"' in built.page("/2026/11/una/")
        assert "una" in built.page("/tema/general/")


class TestEveryList:
    @pytest.fixture
    def pages(self, small_blog: SmallBlog) -> dict[str, str]:
        for number in range(12):
            small_blog.article(f"n{number}", category="Uno", tags="a", author="Ada")
        small_blog.article("una.eu", category="Bat", author="Ada")
        self.talk(small_blog)
        files = small_blog.built().files()
        pages = {name: data.decode() for name, data in files.items() if name[-5:] == ".html"}
        return {name: page for name, page in pages.items() if "/11/" not in name}

    def talk(self, blog: SmallBlog) -> Comment:
        asked = blog.comment("una", "¿Sí?", date=NOW - timedelta(days=1))
        return blog.comment("una", "Sí.", kind=Kind.ANSWER, in_reply_to=asked.id)

    def test_has_one_title_and_no_gap_below_it(self, pages: dict[str, str]) -> None:
        for name, page in pages.items():
            levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
            assert levels.count(1) == 1, name
            assert levels[0] == 1, name
            assert all(after <= before + 1 for before, after in pairwise(levels)), name

    def test_has_each_id_once(self, pages: dict[str, str]) -> None:
        for name, page in pages.items():
            ids = re.findall(r'\sid="([^"]*)"', page)
            assert len(ids) == len(set(ids)), name

    def test_has_a_trail_but_the_homes_and_the_lost_page(self, pages: dict[str, str]) -> None:
        without = {name for name, page in pages.items() if 'class="breadcrumbs"' not in page}
        assert without == {
            f"{folder}{name}.html" for folder in ("", "eu/") for name in ("404", "index")
        }

    def test_is_a_feed_of_entries_to_machines_that_read_pages(self, pages: dict[str, str]) -> None:
        listing = ("index.html", "pagina/2/index.html", "2026/index.html")
        for name in (*listing, "categoria/uno/index.html", "conversaciones/index.html"):
            feed = pages[name].partition("h-feed")[2]
            assert feed.count("h-entry") >= 1, name
            assert "p-name u-url" in feed, name


class TestAPageAtAListsPlace:
    @pytest.mark.parametrize(
        ("slug", "lang", "taken"),
        [
            ("conversaciones", "es", "/conversaciones/"),
            ("elkarrizketak", "eu", "/eu/elkarrizketak/"),
            ("eu", "es", "/eu/"),
        ],
    )
    def test_stays_away_from_readers_and_is_named(
        self, small_blog: SmallBlog, slug: str, lang: str, taken: str
    ) -> None:
        small_blog.article("una.eu")
        small_blog.page(slug, lang=lang)
        built = small_blog.built(fatal="errors", last_good=small_blog.folder / "good")
        assert "Nadie ha comentado" in built.page("/conversaciones/")
        report = built.page("/build-report.json")
        assert f"pages/{slug}.md" in report
        assert f"una página suya en {taken}" in report
