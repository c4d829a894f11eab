"""What the lists and the page of a comment show first, fold, group and keep."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.domain.states import Attention
from comments_service.store import sessions
from comments_service.store.people import Person
from comments_service.usecases import claims, departments, moderate
from comments_service.usecases.blog import Blog
from comments_service.web.reading import LONG_CHARS, LONG_LINES
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import CSRF, addresses, by_id, classed, fields, path, text_of, tree, words

TOKEN = "r" * 32


@pytest.fixture
def obras(blog: Blog, moderator: Person, clock: Clock) -> None:
    """A department that can be asked."""
    now = clock()
    departments.add(blog, "Obras", by=moderator, now=now)
    email = "obras@pruebas.example"
    departments.change(blog, 1, "Obras", closed=False, email=email, by=moderator, now=now)


def passed_on(staff: FlaskClient, case: Case, clock: Clock) -> None:
    due = (clock() + timedelta(days=3)).date().isoformat()
    told = {"department": "1", "inquiry": "¿Cuándo?", "due_on": due}
    sent = fields(staff.get(path(case)), "/derivar") | told
    assert staff.post(path(case, "derivar"), data=sent).status_code == 303


def asked(staff: FlaskClient, case: Case) -> None:
    sent = fields(staff.get(path(case)), "/preguntar") | {"question": "¿En qué calle?"}
    assert staff.post(path(case, "preguntar"), data=sent).status_code == 303


def item(page: TestResponse, case: Case) -> str:
    return text_of(by_id(page, f"c-{case.reference}"))


def forms_of(page: TestResponse, case: Case) -> list[str]:
    """The last words of what the forms of one comment in a list do."""
    found = by_id(page, f"c-{case.reference}").iter("form")
    return [each.get("action").rpartition("/")[2] for each in found]


def unfolded(page: TestResponse, tag: str, name: str) -> list[str]:
    """An attribute of what stands on the page without unfolding anything."""
    whole = tree(page)
    folded = {found for each in whole.iter("details") for found in each.iter(tag)}
    return [each.get(name) or "" for each in whole.iter(tag) if each not in folded]


def as_role(app: Flask, blog: Blog, by: Person, clock: Clock, role: str) -> FlaskClient:
    person = hired(blog, by, f"Persona {role}", clock(), role=role)
    with blog.store.write() as connection:
        sessions.open_session(connection, TOKEN, person.id, CSRF, clock())
    client = app.test_client()
    client.set_cookie("tertulia-8000", TOKEN)
    return client


class TestWhatOthersHave:
    @pytest.mark.usefixtures("obras")
    def test_stays_in_the_list_and_says_which_department_since_and_until_when(
        self, staff: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        case, other = waiting("¿Y el bache?"), waiting("Otra cosa")
        passed_on(staff, case, clock)
        page = staff.get("/gestion/")
        assert "Lo tiene «Obras», desde el" in item(page, case)
        assert "tiene que responder como tarde el" in item(page, case)
        assert "Lo tiene" not in item(page, other)
        assert "2 comentarios esperan respuesta" in words(page)

    @pytest.mark.usefixtures("obras")
    def test_is_decided_by_no_button_of_the_list(
        self, staff: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        case, *others = (waiting(f"Número {n}") for n in range(3))
        passed_on(staff, case, clock)
        page = staff.get("/gestion/")
        assert forms_of(page, case) == []
        assert "publicar" in forms_of(page, others[0])
        marks = {each.get("name") for each in tree(page).iter("input") if each.get("form")}
        assert marks == {f"c-{each.reference}" for each in others}
        assert "publicar" in {
            each.rpartition("/")[2] for each in _actions(staff.get(path(case)))
        }, "its own page still publishes it"

    def test_says_that_its_author_was_asked_and_that_no_date_runs(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting(email="maite@correo.example")
        asked(staff, case)
        assert moderate.case_of(blog, case.id).attention is Attention.AWAITING_READER
        page = staff.get("/gestion/")
        assert "Se ha preguntado algo a quien lo escribió" in item(page, case)
        assert "Hasta que responda no vence ningún plazo." in item(page, case)
        assert forms_of(page, case) == []


def _actions(page: TestResponse) -> list[str]:
    return [each.get("action") for each in tree(page).iter("form")]


class TestALongComment:
    @pytest.mark.parametrize(
        ("body", "is_folded"),
        [
            ("palabra " * (LONG_CHARS // 8 + 1), True),
            ("línea\n" * LONG_LINES + "fin", True),
            ("Corto.", False),
        ],
    )
    def test_is_folded_in_the_list_and_whole_on_its_page(
        self, staff: FlaskClient, waiting: Callable[..., Case], body: str, is_folded: bool
    ) -> None:
        case = waiting(body)
        tray = staff.get("/gestion/")
        assert bool(classed(tray, "fold")) is is_folded
        assert text_of(classed(tray, "comment__body")[0]) == " ".join(body.split())
        assert not classed(staff.get(path(case)), "fold")


class TestMoreOnAComment:
    def test_stands_in_groups_by_what_it_is_about(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        page = staff.get(path(waiting()))
        titles = [text_of(each) for each in classed(page, "acts__title")]
        assert titles == [
            "La respuesta",
            "Lo que se lee de él",
            "Quien lo escribió",
            "La conversación",
        ]

    def test_leaves_out_a_group_of_which_nothing_may_be_done(
        self,
        app: Flask,
        blog: Blog,
        moderator: Person,
        clock: Clock,
        waiting: Callable[..., Case],
    ) -> None:
        page = as_role(app, blog, moderator, clock, "moderator").get(path(waiting()))
        titles = [text_of(each) for each in classed(page, "acts__title")]
        assert "Quien lo escribió" not in titles or "No admitir" in words(page)
        assert "Borrar los datos" not in words(page)


class TestEachRole:
    def test_of_data_protection_finds_erasing_in_the_first_row(
        self,
        app: Flask,
        blog: Blog,
        moderator: Person,
        clock: Clock,
        waiting: Callable[..., Case],
    ) -> None:
        case = waiting()
        page = as_role(app, blog, moderator, clock, "dpo").get(path(case))
        assert any(each.endswith("/borrar") for each in unfolded(page, "a", "href"))

    def test_that_decides_notes_a_comment_down_from_the_head_of_the_list(
        self, app: Flask, blog: Blog, moderator: Person, clock: Clock, staff: FlaskClient
    ) -> None:
        assert "Apuntar un comentario" in words(staff.get("/gestion/"))
        auditor = as_role(app, blog, moderator, clock, "auditor")
        assert "Apuntar un comentario" not in words(auditor.get("/gestion/"))


class TestGoingBackFromWhatIsAskedAboutSeveral:
    def test_finds_the_same_ones_marked_without_a_script(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(3)]
        marked = {f"c-{each.reference}": "1" for each in some[:2]}
        asked_about = staff.get("/gestion/varios", query_string={"hacer": "publicar"} | marked)
        (back,) = {each for each in addresses(asked_about) if "#c-" in each}
        where = urlsplit(back)
        assert parse_qs(where.query).keys() == marked.keys()
        assert where.fragment == f"c-{some[0].reference}"
        boxes = [e for e in tree(staff.get(back)).iter("input") if e.get("form") == "varios"]
        assert {e.get("name") for e in boxes if "checked" in e.attrib} == marked.keys()
        assert len(boxes) == 3

    def test_keeps_the_list_that_was_looked_at(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        waiting("Otro")
        asked = {"hacer": "publicar", "lista": "vista=por-leer", f"c-{case.reference}": "1"}
        page = staff.get("/gestion/varios", query_string=asked)
        (back,) = {each for each in addresses(page) if "#c-" in each}
        assert parse_qs(urlsplit(back).query)["vista"] == ["por-leer"]


class TestPagesOfSettings:
    @pytest.mark.parametrize(
        "page", ["cuenta", "personas", "personas/invitar", "departamentos", "registro"]
    )
    def test_say_that_they_belong_to_them(self, staff: FlaskClient, page: str) -> None:
        (crumbs,) = classed(staff.get(f"/gestion/{page}"), "breadcrumbs")
        assert text_of(crumbs).startswith("Ajustes >")

    def test_are_not_told_to_who_has_none(
        self, app: Flask, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        author = as_role(app, blog, moderator, clock, "author")
        assert not classed(author.get("/gestion/cuenta"), "breadcrumbs")


class TestTheLog:
    def test_shows_the_box_to_look_for_words_unfolded(self, staff: FlaskClient) -> None:
        assert "palabras" in unfolded(staff.get("/gestion/registro"), "input", "id")

    def test_unfolds_the_rest_once_it_narrows(self, staff: FlaskClient) -> None:
        for query, is_open in (("", False), ("?palabras=ane", False), ("?desde=2011-01-01", True)):
            (fold,) = classed(staff.get(f"/gestion/registro{query}"), "narrow-list")
            assert ("open" in fold.attrib) is is_open, query


class TestTheOnePrimaryButton:
    def primary(self, page: TestResponse) -> list[str]:
        """Of what may be done to a comment; those that stand out less are quiet."""
        acts = (each for each in by_id(page, "que-hacer") if each.get("class") == "act")
        shown = (e for each in acts for e in each if e.tag in ("summary", "button"))
        return [text_of(e) for e in shown if e.get("class") == "button"]

    def test_publishes_what_waits(self, staff: FlaskClient, waiting: Callable[..., Case]) -> None:
        assert self.primary(staff.get(path(waiting()))) == ["Publicar"]

    def test_answers_what_is_public_and_waits_for_an_answer(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        assert self.primary(staff.get(path(case))) == ["Contestar"]

    @pytest.mark.usefixtures("obras")
    def test_is_none_while_others_have_it(
        self, staff: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        passed, other = waiting(), waiting("Otro", email="maite@correo.example")
        passed_on(staff, passed, clock)
        asked(staff, other)
        for case in (passed, other):
            assert "Publicar" in words(staff.get(path(case)))
            assert self.primary(staff.get(path(case))) == []

    def test_is_none_while_a_colleague_looks_at_it(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case, jon = waiting(), hired(blog, moderator, "Jon Ruiz", clock(), role="moderator")
        claims.claim(blog, case.id, by=jon, now=clock())
        assert self.primary(staff.get(path(case))) == []
        sent = {"csrf": CSRF, "revision": "1"}
        conflict = staff.post(path(case, "publicar"), data=sent)
        assert conflict.status_code == 409
        assert "Decidir igualmente Volver a la lista Lo está mirando Jon Ruiz" in words(conflict)
        assert self.primary(conflict) == []


class TestTheWayBackFromAComment:
    @pytest.mark.parametrize("listed", ["", "?vista=por-leer", "?vista=todo&idioma=es"])
    def test_leads_to_the_list_that_it_came_from_and_to_its_place(
        self, staff: FlaskClient, waiting: Callable[..., Case], listed: str
    ) -> None:
        case = waiting()
        tray = staff.get(f"/gestion/{listed}")
        opened = next(each for each in addresses(tray) if f"/{case.reference}?lista=" in each)
        (crumbs,) = classed(staff.get(opened), "breadcrumbs")
        back = crumbs.find("a").get("href")
        assert back.endswith(f"/gestion/{listed}#c-{case.reference}")

    @pytest.mark.parametrize("listed", ["https://mal.example", "//mal.example", "%0d%0aX: y"])
    def test_leads_nowhere_else(
        self, staff: FlaskClient, waiting: Callable[..., Case], listed: str
    ) -> None:
        case = waiting()
        page = staff.get(f"{path(case)}?lista={listed}")
        (crumbs,) = classed(page, "breadcrumbs")
        assert crumbs.find("a").get("href").endswith(f"/gestion/#c-{case.reference}")
