"""Two posts like those that this project began with: what they showed, ours shows.

The texts are stand-ins with the same structure: several categories, quotations, five comments
of which one answers another by name; a long date, lists in lists, no comment yet.
"""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from .conftest import Built, NewBlog, SmallBlog, text_of

SITE = """
name = "Consejo de Pruebas"
address = "https://blog.pruebas.example"
languages = ["es"]

[comments]
linkbacks_always = true
"""
COMMUNITIES = """Al hilo de [otra entrada]({filename}lo-que-no-es.md), una idea sobre las plazas.

Lo explica Vega en *La Gaceta*:

> «Entre los oficios de la plaza está el de quien escucha; y propiamente el de quien presenta».
> -- Marta Vega, [La Gaceta](https://gaceta.example/plazas)

Según Ríos, su función es “escuchar lo que se dice, tender puentes (…) y, si puede, cambiar
la costumbre». Algo de eso nos toca.

> “La plaza no es el suelo (…) La plaza es quien la pisa».

Por cierto, Vega hablará este martes en la biblioteca.
"""
NOT_COMMUNITIES = """Empiezo aquí una serie. Iré poniendo más (aprendizaje propio) ...

- lo que no somos:
    - no somos mensajeros
    - no somos vendedores
    - no somos "teclistas"
- lo que hacemos:
    - de fuera hacia dentro:
        - escuchar
        - pasar cada asunto a quien lo lleva
    - de dentro hacia fuera:
        - que nadie quede sin respuesta
"""
SAID = [
    (
        "25/07/2009 13:15",
        "Marisa",
        "Muy de acuerdo. Me interesa mucho.\nGrcias otra vez.\nUn abrazo",
    ),
    ("25/07/2009 15:11", "Koldo", "Me gusta mas llamarlos anfitriones…en fin, en muchos sitios"),
    ("27/07/2009 08:15", "Iker", "De acuerdo con «la plaza es quien la pisa». Tardamos en verlo."),
    ("28/07/2009 16:45", "Aitor", "Me surge una duda que Alorza sabrá. ¿Plaza o mercado?"),
    ("28/07/2009 19:56", "Alorza", "@Aitor ¿Para quién? Que lo lleven las personas."),
]
FIRST, SECOND = "/2009/07/gestores-de-comunidades/", "/2011/11/lo-que-no-es/"


@pytest.fixture
def blog(new_blog: NewBlog) -> SmallBlog:
    """The two posts, in Spanish, with the five comments."""
    blog = new_blog(SITE)
    blog.article(
        "gestores-de-comunidades",
        COMMUNITIES,
        title="Gestores de comunidades",
        date="2009-07-24 09:30",
        category="Gestión pública, Referentes",
        pregunta="¿No os parece?",
        evento="Conversación con Marta Vega",
        lugar="Biblioteca central",
        fecha_evento="2009-07-28 19:00",
    )
    blog.article(
        "lo-que-no-es",
        NOT_COMMUNITIES,
        title="Lo que es y lo que no es",
        date="2011-11-14 10:00",
        serie="Aprender en la red",
        titulo_comentarios="Publicar un comentario",
        mensaje_comentarios="Escribe aquí lo que se te *ocurra* sobre esta entrada.",
    )
    for when, author, body in SAID:
        date = datetime.strptime(when, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/Madrid"))
        blog.comment("gestores-de-comunidades", body, author=author, date=date)
    return blog


def conversation(page: str) -> str:
    return page.split('id="comentarios"', 1)[1].split("</main>")[0]


def ids(page: str) -> dict[str, str]:
    """Anchor of each comment by its number."""
    found = re.findall(r'<li value="(\d)">\s*<article class="comment[^>]* id="([^"]*)"', page)
    return dict(found)


class TestTheFirst:
    @pytest.fixture
    def page(self, blog: SmallBlog) -> str:
        return blog.built().page(FIRST)

    def test_shows_the_way_with_both_categories(self, blog: SmallBlog) -> None:
        built = blog.built()
        page = built.page(FIRST)
        way = re.search(r'<nav class="breadcrumbs"[^>]*>(.*?)</nav>', page, re.DOTALL)
        assert way
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", way[1])).strip()
        assert shown == "Inicio &gt; Gestión pública, Referentes &gt; Gestores de comunidades"
        for category in ("gestion-publica", "referentes"):
            assert f'href="https://blog.pruebas.example/categoria/{category}/"' in way[1]
            assert "Gestores de comunidades" in built.page(f"/categoria/{category}/")

    def test_says_the_way_to_machines_once_for_each_category(self, page: str) -> None:
        ways = [each for each in data_of(page) if each["@type"] == "BreadcrumbList"]
        assert [[item["name"] for item in way["itemListElement"]] for way in ways] == [
            ["Inicio", "Gestión pública", "Gestores de comunidades"],
            ["Inicio", "Referentes", "Gestores de comunidades"],
        ]
        for way in ways:
            assert [item["position"] for item in way["itemListElement"]] == [1, 2, 3]
            assert all(item["item"].startswith("https://") for item in way["itemListElement"])

    def test_shows_five_comments_newest_first_by_permanent_number(self, page: str) -> None:
        talk = conversation(page)
        assert ">5 comentarios:</h2>" in talk
        assert list(ids(talk)) == ["5", "4", "3", "2", "1"]
        assert re.findall(r"<bdi>([^<]*)</bdi></span></span>", talk) == [
            author for _, author, _ in SAID[::-1]
        ]

    def test_dates_them_by_the_institutions_clocks(self, page: str) -> None:
        times = re.findall(r'<time class="dt-published" datetime="([^"]*)">([^<]*)<', page)
        assert times[0] == ("2009-07-24T09:30:00+02:00", "viernes, 24 de julio de 2009")
        assert times[1:] == [
            ("2009-07-28T19:56:00+02:00", "28/07/2009 a las 19:56"),
            ("2009-07-28T16:45:00+02:00", "28/07/2009 a las 16:45"),
            ("2009-07-27T08:15:00+02:00", "27/07/2009 a las 08:15"),
            ("2009-07-25T15:11:00+02:00", "25/07/2009 a las 15:11"),
            ("2009-07-25T13:15:00+02:00", "25/07/2009 a las 13:15"),
        ]

    def test_links_the_name_to_the_comment_that_is_answered(self, page: str) -> None:
        asked = ids(page)["4"]
        assert f'<p><a class="mention" href="#{asked}">@Aitor</a> ¿Para quién?' in page
        assert page.count('class="mention"') == 1

    def test_keeps_line_breaks_and_slips_of_readers(self, page: str) -> None:
        assert "Me interesa mucho.<br>\nGrcias otra vez.<br>\nUn abrazo</p>" in page
        assert "Me gusta mas llamarlos anfitriones…en fin" in page

    def test_keeps_the_typography_and_gives_the_source(self, page: str) -> None:
        assert "“La plaza no es el suelo (…) La plaza es quien la pisa»." in page
        assert "«Entre los oficios de la plaza" in page
        assert '<figcaption><cite>Marta Vega, <a href="https://gaceta.example/plazas">' in page
        assert page.count("<blockquote>") == 2

    def test_has_a_list_of_other_sites_with_its_empty_message_inside(self, page: str) -> None:
        found = re.search(r'<ol class="linkbacks">(.*?)</ol>', page, re.DOTALL)
        assert found
        assert text_of(found[1]) == "Todavía no enlaza aquí ningún otro sitio."
        assert found[1].count("<li") == 1

    def test_asks_its_question_above_the_form(self, page: str) -> None:
        talk = text_of(conversation(page))
        assert talk.index("Deja un comentario") < talk.index("¿No os parece?")
        assert talk.index("¿No os parece?") < talk.index("Tu nombre")

    def test_tells_that_the_event_is_over(self, page: str) -> None:
        assert "martes, 28 de julio de 2009, a las 19:00" in page
        assert "Este acto ya se celebró" in page


class TestTheSecond:
    @pytest.fixture
    def page(self, blog: SmallBlog) -> str:
        return blog.built().page(SECOND)

    def test_has_the_long_date_above_its_title(self, page: str) -> None:
        main = text_of(page.split("</nav>", 2)[-1])
        assert main.index("lunes, 14 de noviembre de 2011") < main.index("Lo que es y lo que")
        assert page.count("<h1") == 1

    def test_has_lists_in_lists(self, page: str) -> None:
        body = page.split('e-content">')[1].split("</div>")[0]
        assert body.count("<ul>") == 5
        assert 'no somos "teclistas"' in body

    def test_says_that_there_are_no_comments_and_invites(self, page: str) -> None:
        talk = conversation(page)
        assert ">No hay comentarios:</h2>" in talk
        assert '<h2 id="comentar-titulo">Publicar un comentario</h2>' in talk
        assert (
            'id="comentar-mensaje"><p>Escribe aquí lo que se te <em>ocurra</em> sobre esta entrada.'
        ) in talk
        assert 'aria-describedby="comentar-mensaje"' in talk

    def test_names_the_post_that_follows_up_on_it(self, page: str) -> None:
        assert "Entradas que enlazan con esta Gestores de comunidades" in text_of(page)

    def test_says_which_part_it_is_as_soon_as_there_are_two(
        self, blog: SmallBlog, page: str
    ) -> None:
        assert "Parte 1" not in page
        blog.article("mas", date="2011-12-01", serie="Aprender en la red")
        assert ">Parte 1 de 2<" in blog.built().page(SECOND)


class TestAnyMachine:
    def test_makes_the_same_pages(self, blog: SmallBlog, monkeypatch: pytest.MonkeyPatch) -> None:
        """Built from the start each time: a locale and a zone are taken at the beginning."""
        builds = []
        for seed, (locale, zone) in enumerate([("C", "UTC"), ("C.UTF-8", "Asia/Tokyo")]):
            monkeypatch.setenv("LC_ALL", locale)
            monkeypatch.setenv("TZ", zone)
            builds.append(blog.built(output=f"out{seed}", seed=seed))
        one, other = (_pages(built) for built in builds)
        assert one.keys() == other.keys()
        assert [name for name in one if one[name] != other[name]] == []
        page = builds[0].page(FIRST)
        assert "28/07/2009 a las 19:56" in page
        assert "lunes, 14 de noviembre de 2011" in builds[0].page(SECOND)


def _pages(built: Built) -> dict[str, bytes]:
    return {name: data for name, data in built.files().items() if name.endswith((".html", "xml"))}


def data_of(page: str) -> list[dict[str, object]]:
    """The JSON-LD of a page."""
    found: list[dict[str, object]] = []
    for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
        data = json.loads(block)
        found += data if isinstance(data, list) else [data]
    return found
