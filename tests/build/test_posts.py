"""What stands round an article's text: its place among the others, and what its header adds."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tertulia_plugins.comments.wording import paragraphs
from tertulia_plugins.posts import related
from tertulia_plugins.posts.quotations import Quotations
from tertulia_plugins.posts.written import moment

from .conftest import NOW, SITE_TOML, NewBlog, SmallBlog, text_of

MADRID = ZoneInfo("Europe/Madrid")
PAGE = "/2026/11/una/"


def section(page: str, of: str) -> str:
    """The part of a page from the first mark of ``of`` up to the end of its list or box."""
    return page.split(of, 1)[1].split("</section>")[0].split("</nav>")[0]


def links(html: str) -> list[str]:
    return re.findall(r'href="https://blog\.pruebas\.example/([^"]*)"', html)


class TestTheWayHere:
    def test_is_text_with_every_category_a_link(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", title="Un título", category="Gestión pública, Referentes")
        page = small_blog.built().page(PAGE)
        way = page.split('class="breadcrumbs"')[1].split(">", 1)[1].split("</nav>")[0]
        assert text_of(way).replace(" ,", ",") == (
            "Inicio > Gestión pública, Referentes > Un título"
        )
        assert links(way) == ["", "categoria/gestion-publica/", "categoria/referentes/"]
        assert '<span aria-current="page">Un título</span>' in way
        assert way.count('<span aria-hidden="true">&gt;</span>') == 2

    def test_begins_at_the_home_of_its_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu", category="Bat")
        way = section(small_blog.built().page("/eu/2026/11/bat/"), 'class="breadcrumbs"')
        assert links(way)[0] == "eu/"


class TestTheHead:
    def test_has_the_long_date_above_one_title(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", date="2026-11-07 10:00", title="Un título")
        page = small_blog.built().page(PAGE)
        assert page.count("<h1") == 1
        assert page.index(">sábado, 7 de noviembre de 2026<") < page.index("<h1")

    def test_tells_who_writes_with_position_and_department(self, new_blog: NewBlog) -> None:
        blog = new_blog(
            SITE_TOML + '[[authors]]\nname = "Ada Gil"\nposition.es = "Técnica de participación"\n'
            'position.eu = "Parte-hartze teknikaria"\ndepartment.es = "Medio Ambiente"\n'
        )
        blog.article("una", authors="Ada Gil, Darío Modelo")
        blog.article("bat", author="Ada Gil", lang="eu")
        built = blog.built()
        page = built.page(PAGE)
        people = page.split('<div class="byline')
        assert len(people) == 3
        assert text_of(people[1]).startswith(
            'p-author h-card"> Ada Gil Técnica de participación , Medio Ambiente'
        )
        assert 'rel="author" href="https://blog.pruebas.example/autor/ada-gil/"' in people[1]
        assert "Parte-hartze teknikaria" in built.page("/eu/2026/11/bat/")


class TestTheNeighbours:
    def test_are_the_older_and_the_newer_of_the_same_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("antes", date="2026-11-13")
        small_blog.article("luego", date="2026-11-15 10:00")
        small_blog.article("bat", date="2026-11-14 09:00", lang="eu")
        small_blog.article("borrador", date="2026-11-14 11:00", status="draft")
        small_blog.article("oculta", date="2026-11-14 11:00", status="hidden")
        built = small_blog.built()
        assert links(section(built.page(PAGE), 'class="neighbours"')) == [
            "2026/11/antes/",
            "2026/11/luego/",
        ]
        assert 'rel="prev"' not in built.page("/2026/11/antes/")
        assert 'rel="next"' not in built.page("/2026/11/luego/")
        assert "neighbours" not in built.page("/eu/2026/11/bat/")

    def test_keep_one_order_for_posts_of_one_minute(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos")
        small_blog.article("tres")
        built = small_blog.built()
        found = [
            links(section(built.page(f"/2026/11/{name}/"), 'class="neighbours"'))
            for name in ("una", "tres", "dos")
        ]
        assert found == [
            ["2026/11/tres/"],
            ["2026/11/una/", "2026/11/dos/"],
            ["2026/11/tres/"],
        ]


class TestThePostsThatLinkHere:
    @pytest.mark.parametrize(
        "link",
        [
            "[x]({filename}una.md)",
            "[x]({filename}/articles/2026/una.md#parte)",
            "[x](/2026/11/una/)",
            "[x](/2026/11/una?a=1)",
            "[x](/2026/11/una/index.html#comentarios)",
            "[x](../una/)",
            "[x](https://blog.pruebas.example/2026/11/una/)",
            "<a class='y' href='/2026/11/una/'>x</a>",
        ],
    )
    def test_are_named_on_the_page(self, small_blog: SmallBlog, link: str) -> None:
        small_blog.article("dos", f"Al hilo {link} y otra vez {link}", date="2026-11-16")
        small_blog.article("tres", "Sin enlaces", date="2026-11-17")
        built = small_blog.built()
        found = section(built.page(PAGE), 'id="enlazan"')
        assert text_of(found).startswith(">Entradas que enlazan con esta dos")
        assert links(found) == ["2026/11/dos/"]
        assert 'id="enlazan"' not in built.page("/2026/11/dos/")

    @pytest.mark.parametrize(
        "link", ["https://otra.example/2026/11/una/", "#una", "/2026/11/", "una"]
    )
    def test_are_none_that_link_elsewhere(self, small_blog: SmallBlog, link: str) -> None:
        small_blog.article("dos", f"[x]({link}) <code>&lt;a href='/2026/11/una/'&gt;</code>")
        assert 'id="enlazan"' not in small_blog.built(fatal="errors").page(PAGE)

    def test_are_published_and_not_the_post_itself(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", "[x](/2026/11/una/)")
        small_blog.article("dos", "[x](/2026/11/una/)", status="draft")
        small_blog.article("tres", "[x](/2026/11/una/)", status="hidden")
        assert 'id="enlazan"' not in small_blog.built().page(PAGE)

    def test_may_be_in_another_language_and_stand_newest_first(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", "[x](/2026/11/una/)", date="2026-11-16")
        small_blog.article("bat", "[x]({filename}una.md)", date="2026-11-17", lang="eu")
        found = section(small_blog.built().page(PAGE), 'id="enlazan"')
        assert links(found) == ["eu/2026/11/bat/", "2026/11/dos/"]
        assert 'hreflang="eu" lang="eu">bat</a>' in found

    def test_are_found_at_the_address_of_a_trial_too(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", "[x](https://blog.pruebas.example/2026/11/una/)")
        page = small_blog.built(site_url="http://127.0.0.1:9000").page(PAGE)
        assert 'id="enlazan"' in page


class TestRelatedPosts:
    def test_have_a_tag_in_common_and_are_no_neighbours(self, small_blog: SmallBlog) -> None:
        for day, tags in enumerate(["a", "b", "a", "a, b", "c", "b", "a"], start=1):
            small_blog.article(f"n{day}", date=f"2026-11-0{day}", tags=tags)
        small_blog.article("bat", date="2026-11-04", tags="a, b", lang="eu")
        built = small_blog.built()
        found = section(built.page("/2026/11/n4/"), 'id="relacionadas"')
        assert links(found) == ["2026/11/n6/", "2026/11/n2/", "2026/11/n7/"]
        assert 'id="relacionadas"' not in built.page("/2026/11/n5/")
        assert 'id="relacionadas"' not in built.page("/eu/2026/11/bat/")

    def test_leave_out_the_other_parts_of_a_series(self, small_blog: SmallBlog) -> None:
        for day in range(1, 6):
            small_blog.article(f"n{day}", date=f"2026-11-0{day}", tags="a", serie="Aprender")
        assert 'id="relacionadas"' not in small_blog.built().page("/2026/11/n1/")


class _Post:
    def __init__(self, tags: list[str]) -> None:
        self.tags = [SimpleNamespace(slug=tag) for tag in tags]


class TestLikeness:
    def test_weighs_a_rare_tag_more_than_two_frequent_ones(self) -> None:
        posts = [_Post(["x", "y"]) for _ in range(9)]
        one, other = _Post(["x", "y", "z"]), _Post(["z"])
        assert related.by_article([one, *posts, other])[one][0] is other

    def test_prefers_more_in_common_then_the_nearest_then_the_newer(self) -> None:
        a, b, c, d, e = (_Post(tags) for tags in (["x", "y"], ["x"], ["x", "y"], ["x"], ["x", "y"]))
        assert related.by_article([a, b, c, d, e])[c] == [e, a, d, b]

    def test_of_a_tag_on_every_post_looks_at_no_more_than_its_window(self) -> None:
        posts = [_Post(["x"]) for _ in range(500)]
        found = related.by_article(posts)
        assert max(len(alike) for alike in found.values()) == 2 * related.WINDOW

    @given(st.lists(st.lists(st.sampled_from("abcde"), max_size=4), max_size=12))
    def test_is_never_with_itself_nor_without_a_common_tag(self, tags: list[list[str]]) -> None:
        posts = [_Post(each) for each in tags]
        for one, alike in related.by_article(posts).items():
            own = {tag.slug for tag in one.tags}
            assert one not in alike
            assert len(set(map(id, alike))) == len(alike)
            assert [each for each in posts if each in alike] == [
                each for each in posts if each is not one and own & {tag.slug for tag in each.tags}
            ]


class TestASeries:
    def test_numbers_its_parts_by_their_dates(self, small_blog: SmallBlog) -> None:
        for day in (3, 1, 2, 4):
            small_blog.article(f"n{day}", date=f"2026-11-0{day}", serie="Aprender  en la red")
        small_blog.article("bat", date="2026-11-02", lang="eu", serie="Aprender en la red")
        built = small_blog.built()
        box = section(built.page("/2026/11/n2/"), 'class="series"')
        assert "Aprender en la red" in box
        assert ">Parte 2 de 4<" in box
        assert links(box) == ["2026/11/n1/", "2026/11/n3/", "2026/11/n4/"]
        assert '<li value="2"><span aria-current="page">n2</span></li>' in box
        assert 'class="series"' not in built.page(PAGE)

    def test_takes_the_numbers_that_are_written(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", serie="Aprender", parte="4")
        small_blog.article("dos", date="2026-11-01", serie="Aprender")
        small_blog.article("tres", date="2026-11-20", serie="aprender", parte="1")
        box = section(small_blog.built().page(PAGE), 'class="series"')
        assert ">Parte 4 de 4<" in box
        assert re.findall(r'<li value="(\d)">', box) == ["1", "2", "4"]
        assert links(box) == ["2026/11/tres/", "2026/11/dos/"]

    def test_with_two_of_one_number_is_told_and_both_stand_in_it(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", serie="Aprender", parte="1")
        small_blog.article("dos", date="2026-11-20", serie="Aprender", parte="1")
        built = small_blog.built(fatal="errors")
        told = "articles/2026/dos.md: articles/2026/una.md is part 1 of “Aprender” already"
        assert told in built.log
        assert ">Parte 2 de 2<" in built.page("/2026/11/dos/")
        assert '"key": "parte"' in built.page("/build-report.json")


class TestAnEvent:
    def test_is_told_with_its_long_date_hour_and_place(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una",
            evento="Charla abierta",
            lugar="Casa de cultura",
            fecha_evento="2026-11-24 19:00",
        )
        box = section(small_blog.built().page(PAGE), '<section class="event')
        assert "Charla abierta" in box
        assert "Casa de cultura" in box
        assert ">martes, 24 de noviembre de 2026, a las 19:00</time>" in box
        assert 'datetime="2026-11-24T19:00:00+01:00"' in box
        assert "ya se celebró" not in box

    def test_needs_neither_hour_nor_place(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", evento="Charla", fecha_evento="2026-07-28")
        box = section(small_blog.built().page(PAGE), '<section class="event')
        assert '<time class="dt-start" datetime="2026-07-28">martes, 28 de julio de 2026<' in box

    @pytest.mark.parametrize(
        ("when", "now", "past"),
        [
            ("2026-11-21", NOW, True),
            ("2026-11-21 23:59", NOW, True),
            ("2026-11-22", NOW, False),
            ("2026-11-22 08:00", NOW, False),
            ("2026-11-22 08:00", NOW + timedelta(hours=15), True),
            ("2026-11-23", NOW, False),
        ],
    )
    def test_is_past_when_its_day_is_over(
        self, small_blog: SmallBlog, when: str, now: datetime, past: bool
    ) -> None:
        small_blog.article("una", evento="Charla", fecha_evento=when)
        page = small_blog.built(now=now).page(PAGE)
        assert ("Este acto ya se celebró" in page) is past

    def test_speaks_the_language_of_its_page(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu", evento="Hitzaldia", fecha_evento="2026-11-24 19:00")
        page = small_blog.built().page("/eu/2026/11/bat/")
        assert "2026ko azaroaren 24a, asteartea, 19:00" in page


class TestAMoment:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("2009-07-28", date(2009, 7, 28)),
            ("2009-07-28 19:00", datetime(2009, 7, 28, 19, 0, tzinfo=MADRID)),
            ("2009-07-28T9:05", datetime(2009, 7, 28, 9, 5, tzinfo=MADRID)),
        ],
    )
    def test_is_a_day_or_an_hour_of_the_institution(self, written: str, expected: date) -> None:
        assert moment(written, MADRID) == expected

    @pytest.mark.parametrize(
        "written", ["", "28/07/2009", "2009-02-30", "2009-07-28 25:00", "2009-07-28 19", "mañana"]
    )
    def test_of_another_form_is_refused(self, written: str) -> None:
        with pytest.raises(ValueError, match=r"^(2009|28/07|mañana|$|day|hour|time|month)"):
            moment(written, MADRID)


class TestAHeader:
    @pytest.mark.parametrize(
        ("header", "told"),
        [
            ({"evento": "Charla", "fecha_evento": "el martes"}, "Fecha_evento is 'el martes'"),
            ({"evento": "Charla", "fecha_evento": "2026-13-01"}, "Fecha_evento is '2026-13-01'"),
            ({"evento": "Charla"}, "Evento needs its date"),
            ({"serie": "Aprender", "parte": "dos"}, "Parte is 'dos'; it takes a number"),
            ({"serie": "Aprender", "parte": "0"}, "Parte is '0'; it takes a number"),
            ({"pregunta": "¿Sí?\nPregunta: ¿No?"}, "Pregunta takes one line: the first"),
        ],
    )
    def test_that_cannot_be_understood_stops_a_strict_build_and_no_other(
        self, small_blog: SmallBlog, header: dict[str, str], told: str
    ) -> None:
        small_blog.article("dos", "Así es.", **header)
        built = small_blog.build()
        assert built.code != 0
        assert f"articles/2026/dos.md: {told}" in built.log
        page = small_blog.built(fatal="errors").page("/2026/11/dos/")
        assert "Así es." in page
        assert 'class="event' not in page

    @pytest.mark.parametrize(
        ("header", "told"),
        [
            ({"lugar": "Casa de cultura"}, "Lugar and Fecha_evento say nothing without Evento"),
            ({"fecha_evento": "2026-11-24"}, "Lugar and Fecha_evento say nothing without Evento"),
            ({"parte": "2"}, "Parte says nothing without Serie"),
        ],
    )
    def test_that_lacks_its_other_half_is_told_and_left_out(
        self, small_blog: SmallBlog, header: dict[str, str], told: str
    ) -> None:
        small_blog.article("una", **header)
        built = small_blog.built(fatal="errors")
        assert f"articles/2026/una.md: {told}" in built.log
        assert 'class="event' not in built.page(PAGE)
        assert 'class="series' not in built.page(PAGE)

    def test_takes_no_post_from_readers_for_its_slip(
        self, small_blog: SmallBlog, tmp_path: Path
    ) -> None:
        small_blog.article("dos", "Nuevo.", evento="Charla", fecha_evento="mañana")
        copy = tmp_path / "good/articles/2026/dos.md"
        copy.parent.mkdir(parents=True)
        copy.write_text("Title: dos\nDate: 2026-11-14\n\nEl de antes\n", "utf-8")
        built = small_blog.built(last_good=tmp_path / "good", fatal="errors")
        assert "Nuevo." in built.page("/2026/11/dos/")
        assert "Fecha_evento es" in built.page("/build-report.json")


class TestAboveTheForm:
    def test_stands_the_question_that_the_author_asks(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", pregunta="¿No os <parece>?")
        page = small_blog.built().page(PAGE)
        question = '<p class="question" id="comentar-pregunta">¿No os &lt;parece&gt;?</p>\n<form'
        assert question in page
        assert 'aria-describedby="comentar-pregunta comentar-mensaje"' in page

    def test_stand_the_heading_and_message_of_the_institution(self, new_blog: NewBlog) -> None:
        blog = new_blog(
            SITE_TOML + '[comments]\nheading.es = "Publicar un comentario"\n'
            'message.es = "Lo que *quieras*, según [las normas](/normas/). <b>Sí</b>"\n'
        )
        blog.article("una")
        blog.article("bat", lang="eu", titulo_comentarios="Idatzi", mensaje_comentarios="**Bai**")
        built = blog.built()
        page = built.page(PAGE)
        assert '<h2 id="comentar-titulo">Publicar un comentario</h2>' in page
        assert (
            '<div class="form-message" id="comentar-mensaje"><p>Lo que <em>quieras</em>, según '
            '<a href="/normas/">las normas</a>. &lt;b&gt;Sí&lt;/b&gt;</p></div>'
        ) in page
        assert 'aria-describedby="comentar-mensaje"' in page
        other = built.page("/eu/2026/11/bat/")
        assert '<h2 id="comentar-titulo">Idatzi</h2>' in other
        assert "<p><strong>Bai</strong></p></div>" in other

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("uno\n\ndos", "<p>uno</p>\n<p>dos</p>"),
            ("# uno", "<p># uno</p>"),
            ("- uno", "<p>- uno</p>"),
            ("<script>x</script> & y", "<p>&lt;script&gt;x&lt;/script&gt; &amp; y</p>"),
            ("[x](javascript:y)", "<p><span>x</span></p>"),
            ("[x]( JavaScript:y)", "<p><span>x</span></p>"),
            ("[x](//otra.example)", "<p><span>x</span></p>"),
            ("[x](data:text/html,y)", "<p><span>x</span></p>"),
            ("[x](mailto:a@x.example)", '<p><a href="mailto:a@x.example">x</a></p>'),
            ("![x](https://x.example/y.png)", "<p>![x](https://x.example/y.png)</p>"),
            ('[x](https://x.example "a\\"b")', None),
            ("«Así» -- \"y\" 'así'…", "<p>«Así» -- \"y\" 'así'…</p>"),
            ("", ""),
        ],
    )
    def test_a_message_is_a_few_safe_lines(self, written: str, expected: str | None) -> None:
        html = paragraphs(written)
        if expected is not None:
            assert html == expected
        assert not re.search(r"<(?!/?(p|em|strong|a|span|code|br)\b)", html)


def quoted(text: str) -> str:
    return markdown.markdown(text, extensions=["extra", Quotations()])


class TestAQuotation:
    @pytest.mark.parametrize("dash", ["--", "—"])
    def test_with_its_source_is_a_figure(self, dash: str) -> None:
        html = quoted(f"> “El contenido no es el rey» (…)\n> sigue\n> {dash} Cory *Doctorow*\n\nY")
        assert html == (
            '<figure class="quotation">\n<blockquote>\n'
            "<p>“El contenido no es el rey» (…)\nsigue</p>\n</blockquote>\n"
            "<figcaption><cite>Cory <em>Doctorow</em></cite></figcaption>\n"
            "</figure>\n<p>Y</p>"
        )

    def test_takes_the_source_from_a_paragraph_of_its_own(self) -> None:
        html = quoted("> uno\n>\n> dos\n>\n> -- [ABC](https://abc.example)")
        assert html.count("<p>") == 2
        assert '<cite><a href="https://abc.example">ABC</a></cite>' in html

    @pytest.mark.parametrize(
        "text",
        [
            "> uno\n> dos",
            "> -- solo esto",
            "> uno\n> --dos",
            "> -- uno\n> dos",
            "> uno -- dos",
            "> uno\n> –– dos",
            "uno\n-- dos",
            ">     uno\n>     -- dos",
            "> - uno\n> - dos",
        ],
    )
    def test_without_one_stays_as_it_is(self, text: str) -> None:
        assert quoted(text) == markdown.markdown(text, extensions=["extra"])

    def test_stands_inside_another_and_in_a_list(self) -> None:
        html = quoted("> > uno\n> > -- dos\n>\n> tres\n\n- cuatro\n\n    > cinco\n    > — seis")
        assert html.count('<figure class="quotation">') == 2
        assert html.count("<blockquote>") == 3

    def test_keeps_its_typography_on_the_page(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", "> “Lo importante» (…) «así» -- 'no' \"sí\"...\n> -- «Yo», 2009")
        page = small_blog.built().page(PAGE)
        assert "<p>“Lo importante» (…) «así» -- 'no' \"sí\"...</p>" in page
        assert "<cite>«Yo», 2009</cite>" in page


class TestATable:
    def test_stands_in_a_box_named_by_its_columns(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", "Uno\n\n**Mes** & | Días\n--- | ---\n1 | 2\n\nDos")
        page = small_blog.built().page(PAGE)
        box = '<div aria-label="Mes &amp;, Días" class="table-scroll" role="group" tabindex="0">'
        assert f"<p>Uno</p>\n{box}\n<table>" in page
        assert re.search(r"</table>\s*</div>\s*<p>Dos</p>", page)


class TestADraft:
    def test_has_no_neighbours_and_no_series(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "dos", "[x](/2026/11/una/)", status="draft", serie="A", pregunta="¿Qué?", tags="sola"
        )
        small_blog.article("tres", tags="otra", serie="A")
        page = small_blog.built(production=False).page("/borradores/dos/")
        for left in ("neighbours", "see-also", 'class="series"', "etiqueta/sola"):
            assert left not in page
        assert ">sola<" in page

    def test_takes_no_header_for_its_neighbours(self, small_blog: SmallBlog) -> None:
        small_blog.write(
            "content/articles/2026/dos.md",
            "Title: dos\nDate: 2026-11-15\nNext: x\nRelated: x\nSeries: x\nEvent: x\n\nTexto\n",
        )
        page = small_blog.built(fatal="errors").page("/2026/11/dos/")
        assert 'class="series"' not in page
        assert 'class="event' not in page


class TestMicroformats:
    def test_name_the_article_and_who_wrote_it(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", author="Ada", category="Uno", tags="dos")
        page = small_blog.built().page(PAGE)
        entry = page.split('<article class="h-entry">')[1].split('id="comentarios"')[0]
        for name in ("p-name", "dt-published", "p-author h-card", "e-content", "u-url"):
            assert re.search(rf'class="(?:[^"]* )?{name}(?: [^"]*)?"', entry), name
        assert entry.count("p-category") == 2

    def test_name_each_comment_as_part_of_it(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una")
        page = small_blog.built().page(PAGE)
        comment = page.split('<article class="comment u-comment h-cite"')[1].split("</article>")[0]
        for name in ("p-author h-card", "p-name", "u-url", "dt-published", "e-content"):
            assert name in comment
