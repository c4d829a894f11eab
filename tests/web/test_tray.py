"""The tray: what waits, what was decided, what staff must know."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from comments_service.domain.cases import SERVICE, Case, EventKind
from comments_service.store import cases, events, facts
from comments_service.store.people import Person
from comments_service.store.problems import Problem, dumps
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, reject
from comments_service.usecases.search import take_in
from comments_service.usecases.tray import PAGE
from comments_service.web.tray import back
from tests.support.fixtures import Clock, threads_json
from tests.web.pages import (
    CSRF,
    URL,
    Bell,
    addresses,
    classed,
    fields,
    form,
    path,
    text_of,
    title,
    tree,
    words,
)


def notices_of(answer: TestResponse) -> list[Any]:
    """What a page warns of; the offer of keys is a form."""
    return [each for each in classed(answer, "notice") if each.tag != "form"]


class TestTheTray:
    def test_shows_what_waits_oldest_first_and_how_many(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting("El primero")
        waiting("El segundo")
        answer = staff.get("/gestion/")
        assert "2 comentarios esperan respuesta" in title(answer)
        bodies = [text_of(each) for each in classed(answer, "comment__body")]
        assert bodies == ["El primero", "El segundo"]

    def test_counts_one_as_one(self, staff: FlaskClient, waiting: Callable[..., Case]) -> None:
        waiting()
        assert "1 comentario espera respuesta" in title(staff.get("/gestion/"))

    def test_is_calm_when_nothing_waits(self, staff: FlaskClient) -> None:
        answer = staff.get("/gestion/")
        assert "Nadie está esperando." in title(answer)
        assert words(answer).startswith("Nadie está esperando.")

    def test_shows_each_as_it_will_look_and_as_it_was_written(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting("**Bien** <script>mal()</script>")
        answer = staff.get("/gestion/")
        body = classed(answer, "comment__body")[0]
        assert [each.tag for each in body.iter()] == ["div", "p", "strong"]
        assert text_of(body) == "Bien <script>mal()</script>"
        source = next(each for each in tree(answer).iter("pre"))
        assert source.text == "**Bien** <script>mal()</script>"

    def test_says_what_it_is_about_and_what_it_replies_to(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        parent = publishing(
            approve(blog, waiting("Lo de **antes**").id, 1, by=moderator, now=clock())
        )
        waiting("Respondo", author="Maite", in_reply_to=parent.comment_id)
        answer = staff.get("/gestion/")
        assert f"{URL}/2026/11/hola/" in addresses(answer)
        assert "Sobre hola" in words(answer)
        assert "En respuesta a Aitor: Lo de antes" in words(answer)

    def test_says_in_words_what_screening_noticed(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting("Igual")
        waiting("Igual", author="Otra")
        assert "Ya se había enviado el mismo texto." in words(staff.get("/gestion/"))

    def test_offers_to_publish_at_once_and_a_page_for_the_rest(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        answer = staff.get("/gestion/")
        assert fields(answer, "/publicar") == form()
        assert f"{URL}{path(case)}" in {each.partition("?")[0] for each in addresses(answer)}

    def test_offers_no_way_to_publish_what_cannot_be_shown(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            connection.execute(text("UPDATE revision SET showable = false"))
        for address in ("/gestion/", path(case)):
            answer = staff.get(address)
            assert "no se puede mostrar con seguridad" in words(answer)
            assert not any(each.endswith("/publicar") for each in addresses(answer))
            assert not any(each.endswith("/contestar") for each in addresses(answer))

    def test_has_a_few_on_a_page_and_a_way_to_the_others(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        for number in range(45):
            waiting(f"Comentario {number}")
        seen, path = [], "/gestion/"
        while path:
            answer = staff.get(path)
            assert "45 comentarios esperan respuesta" in words(answer)
            found = [text_of(each) for each in classed(answer, "comment__body")]
            assert len(found) <= PAGE
            seen += found
            following = [each for each in tree(answer).iter("a") if each.get("rel") == "next"]
            path = following[0].get("href").removeprefix(URL) if following else ""
        assert seen == [f"Comentario {number}" for number in range(45)]

    def test_keeps_the_decided_ones_on_a_page_of_their_own(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        approve(blog, waiting().id, 1, by=moderator, now=clock())
        clock.forward(minutes=1)
        case = reject(
            blog, waiting("Otro").id, 1, rule=None, reason="No.", by=moderator, now=clock()
        )
        answer = staff.get("/gestion/decididos")
        assert [text_of(each) for each in classed(answer, "state")] == [
            "No publicado",
            "Aprobado · se publicará en la próxima actualización",
        ]
        assert f"{URL}{path(case)}" in addresses(answer)
        # What was published still waits for an answer, or for a word that it needs none.
        answer = staff.get("/gestion/")
        assert "1 comentario espera respuesta" in words(answer)
        assert not any(each.endswith("/publicar") for each in addresses(answer))
        assert "Todo lo que ha llegado está leído." in words(staff.get("/gestion/?vista=por-leer"))

    def test_has_twenty_decisions_on_a_page_and_a_way_to_the_others(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        made = [waiting(f"Número {number}") for number in range(21)]
        for case in made:
            clock.forward(seconds=1)
            approve(blog, case.id, 1, by=moderator, now=clock())
        first = staff.get("/gestion/decididos")
        assert "Las últimas decisiones" in title(first)
        assert len(classed(first, "decided")) == 20
        (older,) = [each for each in tree(first).iter("a") if each.get("rel") == "next"]
        assert older.get("href") == f"{URL}/gestion/decididos?antes={made[1].reference}"
        second = staff.get(older.get("href"))
        assert "Decisiones anteriores" in title(second)
        assert [text_of(each) for each in classed(second, "decided__words")] == ["Número 0"]
        assert not [each for each in tree(second).iter("a") if each.get("rel") == "next"]
        assert staff.get("/gestion/decididos?antes=2026-000099").status_code == 404

    def test_has_no_way_on_where_all_are_on_one_page(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        approve(blog, waiting().id, 1, by=moderator, now=clock())
        assert not classed(staff.get("/gestion/decididos"), "pagination")

    def test_speaks_the_language_of_the_person(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        waiting()
        with blog.store.write() as connection:
            connection.execute(text("UPDATE person SET language = 'eu'"))
        answer = staff.get("/gestion/")
        assert tree(answer).get("lang") == "eu"
        assert "Iruzkin 1 dago erantzunaren zain" in words(answer)
        assert classed(answer, "comment__body")[0].get("lang") == "es"


class TestTheLists:
    def test_stand_above_with_their_counts_once_there_is_a_comment(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        assert not classed(staff.get("/gestion/"), "tabs")
        approve(blog, waiting().id, 1, by=moderator, now=clock())
        waiting("Otro")
        (tabs,) = classed(staff.get("/gestion/?vista=por-leer"), "tabs")
        assert [text_of(each) for each in tabs.iter("a")] == [
            "Esperan respuesta 2",
            "Por leer 1",
            "Todo 2",
        ]
        here = [each for each in tabs.iter("a") if each.get("aria-current") == "page"]
        assert [text_of(each) for each in here] == ["Por leer 1"]

    def test_say_something_kind_when_they_are_empty(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting()
        for view, said in (
            ("mios", "Nadie espera nada de ti ahora mismo."),
            ("avisos", "No hay avisos pendientes."),
            ("spam", "No hay nada apartado como spam."),
            ("otro-departamento", "Ningún otro departamento tiene comentarios pendientes."),
        ):
            answer = staff.get(f"/gestion/?vista={view}")
            assert said in title(answer)

    def test_are_narrowed_by_the_address_which_says_how_and_how_not(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting("Hola")
        waiting("Egun on", lang="eu", thread="otra")
        answer = staff.get("/gestion/?vista=todo&idioma=eu&hilo=otra&desde=2020-01-02")
        assert [text_of(each) for each in classed(answer, "comment__body")] == ["Egun on"]
        said = [text_of(each) for each in classed(answer, "tag")]
        assert said == [
            "En «Sobre otra» Quitar: En «Sobre otra»",
            "en euskera Quitar: en euskera",
            "Desde el 2 de enero de 2020 Quitar: Desde el 2 de enero de 2020",
        ]
        assert f"{URL}/gestion/?vista=todo&idioma=eu&desde=2020-01-02" in addresses(answer)

    @pytest.mark.parametrize(
        "query",
        ["vista=%00", "desde-el=9.9", "tema=x", "buscar=%ff", "desde=9999-99-99", "hilo=.."],
    )
    def test_leave_out_what_is_broken(
        self, staff: FlaskClient, waiting: Callable[..., Case], query: str
    ) -> None:
        waiting()
        assert staff.get(f"/gestion/?{query}").status_code == 200

    def test_are_where_a_decision_leads_back_to(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        page = staff.get("/gestion/?vista=por-leer&hilo=hola")
        done = staff.post(f"{path(case)}/publicar", data=fields(page, "/publicar"))
        there = f"{URL}/gestion/?vista=por-leer&hilo=hola&hecho=publicar&comentario="
        assert done.headers["Location"] == there + case.reference

    @pytest.mark.parametrize(
        "text", ["//evil.example", "https://evil.example", "\\evil", "vista=x"]
    )
    def test_are_the_only_places_to_go_back_to(self, text: str) -> None:
        assert back(text) == "/gestion/"

    def test_say_when_time_is_up(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            by = clock() + timedelta(minutes=1)
            cases.promise(connection, case.id, by, by)
        assert not classed(staff.get("/gestion/"), "late")
        clock.forward(minutes=2)
        (late,) = classed(staff.get("/gestion/"), "late")
        assert "Fuera de plazo" in text_of(late)


class TestBesideAComment:
    def test_stand_what_its_author_wrote_before_and_who_says_the_same(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        first = waiting("¡Qué bien!", author="Maite")
        reject(blog, first.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        waiting("Otra cosa", author="MAITE")
        waiting("que bien", author="Iker")
        take_in(blog)
        answer = staff.get("/gestion/")
        assert "Otros de esta persona: 0 publicados, 1 sin publicar y 0 más." in words(answer)
        assert "Otro comentario dice lo mismo (1)." in words(answer)
        for named in ("persona", "como"):
            (link,) = [each for each in addresses(answer) if f"{named}=" in each]
            found = classed(staff.get(link.removeprefix(URL)), "tray__item")
            assert len(found) == 2

    def test_stands_the_beginning_of_the_article(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting()
        assert "Un resumen." in words(staff.get("/gestion/"))


class TestSearch:
    def test_finds_a_comment_in_every_list(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting("La **piscina** municipal", author="Begoña")
        reject(blog, case.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        waiting("Otra cosa")
        for asked in ("PISCINA", "begoña", case.reference):
            answer = staff.get("/gestion/", query_string={"vista": "todo", "buscar": asked})
            (found,) = classed(answer, "tray__item")
            assert case.reference in text_of(found)
            assert f"Comentarios con «{asked}»" in title(answer)

    def test_says_so_when_nothing_is_found(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting()
        answer = staff.get("/gestion/?vista=todo&buscar=%22%3Cb%3E")
        assert "Ningún comentario tiene todas estas palabras." in words(answer)


class TestAnotherLanguage:
    def test_is_named_beside_the_comment_and_its_article_speaks_it(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, moderator: Person
    ) -> None:
        case = waiting("Kaixo", lang="eu")
        approve(blog, waiting("Egun on", lang="eu").id, 1, by=moderator, now=case.received_at)
        for address in ("/gestion/?vista=por-leer", "/gestion/decididos", path(case)):
            answer = staff.get(address)
            assert [text_of(each) for each in classed(answer, "comment__language")] == [
                "en euskera"
            ]
            titles = [each for each in tree(answer).iter() if each.text == "Kaixo"]
            assert "eu" in [each.get("lang") for each in titles], address
            assert "Sobre hola" not in words(answer)
        assert f"{URL}/eu/2026/11/kaixo/" in addresses(staff.get(path(case)))

    def test_is_not_named_when_it_is_the_pages_own_or_nobody_knows_it(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        waiting("Hola")
        waiting("¿?", thread="otra", lang="eu")
        with blog.store.write() as connection:
            connection.execute(text("UPDATE comment SET lang = 'und' WHERE thread = 'otra'"))
        answer = staff.get("/gestion/")
        assert not classed(answer, "comment__language")
        assert "Sobre otra" in words(answer)


class TestTheTrayWarns:
    def test_of_a_list_of_articles_that_cannot_be_used(
        self, staff: FlaskClient, blog: Blog
    ) -> None:
        (blog.settings.output_folder / "threads.json").write_text("{", "utf-8")
        answer = staff.get("/gestion/")
        assert "seguimos con la última buena" in words(answer)
        assert "está cortado o es de otra versión" in text_of(classed(answer, "technical")[0])
        assert not any("/confirmar" in each for each in addresses(answer))

    def test_of_decisions_that_are_not_on_the_site(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
        put_off: Callable[..., None],
    ) -> None:
        approve(blog, waiting().id, 1, by=moderator, now=clock())
        put_off("The site was built, but its page does not show this comment.")
        answer = staff.get("/gestion/")
        assert "1 decisión no está todavía en la web" in words(answer)
        assert "su página no muestra este comentario" in text_of(classed(answer, "technical")[0])

    def test_of_a_decision_that_waits_too_long(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        approve(blog, waiting().id, 1, by=moderator, now=clock())
        assert not notices_of(staff.get("/gestion/"))
        clock.forward(minutes=31)
        answer = staff.get("/gestion/")
        assert "Espera desde el 20/11/2026 a las 11:00" in words(answer)

    def test_of_what_is_most_urgent_first_and_of_each_thing_once(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
        put_off: Callable[..., None],
    ) -> None:
        why = "Git is at work in %(folder)s. If nobody is, a command was cut short there: "
        why += "delete the file that ends in .lock."
        for number in range(3):
            approve(blog, waiting(str(number)).id, 1, by=moderator, now=clock())
        clock.forward(seconds=1)
        put_off(why, folder="/srv/blog")
        with blog.store.write() as connection:
            facts.note(connection, facts.TICKED, "", clock())
            stopped = Problem(why, {"folder": "/srv/blog"}, "fatal: <i>index.lock</i>")
            facts.note(connection, facts.STOPPED, dumps(stopped), clock())
            unreadable = {"01k": ["hola/01k.md", "is missing"]}
            facts.note(connection, facts.UNREADABLE, json.dumps(unreadable), clock())
        clock.forward(minutes=40)
        answer = staff.get("/gestion/")
        told = [text_of(each) for each in classed(answer, "notice--bad")]
        beginnings = [
            "Ahora mismo no se está publicando nada. Lo que se ha decidido está a salvo.",
            "La parte del servicio que publica se ha quedado parada.",
            "3 decisiones no están todavía en la web. La más antigua espera desde el",
            "Hay 1 comentario que no se puede leer",
        ]
        assert len(told) == len(beginnings)
        for said, beginning in zip(told, beginnings, strict=True):
            assert said.startswith(beginning)
        assert "content/comments/hola/01k.md: falta" in told[3]
        folded = classed(answer, "technical")
        assert [each.tag for each in folded] == ["details"]
        assert "borra allí el archivo que acaba en .lock" in text_of(folded[0])
        assert folded[0].find(".//pre").text.strip() == "fatal: <i>index.lock</i>"

    def test_of_a_comment_file_once_when_the_build_names_it_too(
        self, staff: FlaskClient, blog: Blog, clock: Clock
    ) -> None:
        fault = {"file": "content/comments/hola/01k.md", "key": "date", "reason": "is missing"}
        report = json.dumps({"format": 1, "faults": [fault]})
        (blog.settings.output_folder / "build-report.json").write_text(report, "utf-8")
        with blog.store.write() as connection:
            unreadable = json.dumps({"01k": ["hola/01k.md", "hola/01k.md (date): is missing"]})
            facts.note(connection, facts.UNREADABLE, unreadable, clock())
        assert "Hay 1 comentario que" in words(staff.get("/gestion/"))

    def test_of_what_staff_did_to_files_for_a_week(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            kind, data = EventKind.CHANGED_IN_FILES, {"comment": case.comment_id}
            events.append(connection, case.id, kind, actor=SERVICE, now=clock(), data=data)
        answer = staff.get("/gestion/")
        notice = notices_of(answer)[0]
        assert "notice--bad" not in notice.get("class")
        assert "alguien ha cambiado a mano archivos de comentarios" in text_of(notice)
        assert "Alguien cambió su archivo; la página muestra ese cambio." in text_of(notice)
        assert notice.find(".//a").get("href") == f"{URL}{path(case)}"
        with blog.store.write() as connection:
            connection.execute(text(f"UPDATE event SET at = at - {8 * 24 * 3600}"))
        assert not notices_of(staff.get("/gestion/"))

    def test_of_comments_that_cannot_be_read(self, staff: FlaskClient, blog: Blog) -> None:
        faults = [
            {"file": "content/comments/hola/01k.md", "key": "date", "reason": "is missing"},
            {"file": "content/articles/2026/x.md", "key": "", "reason": "Sin <fecha>."},
        ]
        report = json.dumps({"format": 1, "faults": faults})
        (blog.settings.output_folder / "build-report.json").write_text(report, "utf-8")
        answer = staff.get("/gestion/")
        assert "Hay 1 comentario que no se puede leer" in words(answer)
        assert "content/comments/hola/01k.md (date): falta" in words(answer)
        assert "1 archivo del blog tiene un fallo." in words(answer)
        assert "content/articles/2026/x.md: Sin <fecha>." in words(answer)

    @pytest.mark.parametrize(
        "report",
        [
            "",
            "{",
            "[]",
            "null",
            '{"format": 2, "faults": []}',
            '{"format": 1}',
            '{"format": 1, "faults": [1]}',
            '{"format": 1, "faults": [{"file": "x"}]}',
        ],
    )
    def test_of_nothing_when_the_report_cannot_be_read(
        self, staff: FlaskClient, blog: Blog, report: str
    ) -> None:
        (blog.settings.output_folder / "build-report.json").write_text(report, "utf-8")
        answer = staff.get("/gestion/")
        assert answer.status_code == 200
        assert not classed(answer, "notice--bad")

    def test_of_nothing_otherwise(self, staff: FlaskClient) -> None:
        assert not notices_of(staff.get("/gestion/"))


class TestArticlesThatAreGone:
    @pytest.fixture
    def fewer(self, blog: Blog) -> None:
        assert blog.manifest.problem is None
        (blog.settings.output_folder / "threads.json").write_text(threads_json("nueva"), "utf-8")

    def test_are_believed_once_a_person_says_so(
        self, staff: FlaskClient, reader: FlaskClient, blog: Blog, fewer: None, bell: Bell
    ) -> None:
        page = staff.get("/gestion/decididos")
        assert "desaparecieron" in words(page) or "han desaparecido" in words(page)
        assert reader.get("/comentar/hola").status_code == 200
        done = staff.post("/gestion/confirmar", data=fields(page, "/confirmar"))
        assert done.headers["Location"] == f"{URL}/gestion/decididos?hecho=confirmar"
        assert reader.get("/comentar/hola").status_code == 404
        assert not classed(staff.get("/gestion/"), "notice--bad")
        assert bell.rung == 1

    def test_are_not_believed_when_others_are_gone_by_then(
        self, staff: FlaskClient, reader: FlaskClient, fewer: None
    ) -> None:
        sent = {"csrf": CSRF, "page": "waiting", "lost": "1"}
        assert staff.post("/gestion/confirmar", data=sent).status_code == 409
        assert reader.get("/comentar/hola").status_code == 200

    def test_are_confirmed_once(self, staff: FlaskClient, fewer: None, bell: Bell) -> None:
        sent = fields(staff.get("/gestion/"), "/confirmar")
        for _ in range(2):
            assert staff.post("/gestion/confirmar", data=sent).status_code == 303
        assert bell.rung == 1

    @pytest.mark.parametrize(
        "sent", [{}, {"lost": "3"}, {"page": "waiting"}, {"page": "//x", "lost": "3"}]
    )
    def test_need_the_whole_form(
        self, staff: FlaskClient, fewer: None, sent: dict[str, str]
    ) -> None:
        assert staff.post("/gestion/confirmar", data={"csrf": CSRF} | sent).status_code == 400


class TestAnUnknownWord:
    def test_in_the_address_says_nothing(self, staff: FlaskClient) -> None:
        answer = staff.get("/gestion/?hecho=%3Cb%3Ehola")
        assert not classed(answer, "notice--good")
        assert "hola" not in words(answer)
