"""Deciding on several comments of a list at once, over HTTP: a look first, then all of it."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.domain.states import Decision
from comments_service.store.people import Person
from comments_service.usecases import moderate, reader, spam
from comments_service.usecases.blog import Blog
from comments_service.usecases.search import take_in
from comments_service.usecases.track import record_of
from comments_service.usecases.tray import PAGE
from tests.support.fixtures import Clock
from tests.web.pages import CSRF, Bell, addresses, by_id, classed, fields, text_of, tree, words

DECIDE, UNDO = "/gestion/varios/decidir", "/gestion/varios/deshacer"


@pytest.fixture(autouse=True)
def _can_be_undone(blog: Blog) -> Iterator[None]:
    before = blog.settings.undo_seconds
    object.__setattr__(blog.settings, "undo_seconds", 20)
    yield
    object.__setattr__(blog.settings, "undo_seconds", before)


def boxes(page: TestResponse) -> dict[str, str]:
    """The checkboxes of the list's form, which stand elsewhere on the page."""
    found = (each for each in tree(page).iter("input") if each.get("form") == "varios")
    return {each.get("name"): each.get("value") for each in found}


def look(
    staff: FlaskClient, word: str, some: list[Case], *, from_list: str = "/gestion/"
) -> TestResponse:
    """As a browser that marks these and presses the button."""
    page = staff.get(from_list)
    marked = {name: seen for name, seen in boxes(page).items() if name in names(some)}
    return staff.get("/gestion/varios", query_string=fields(page, "/varios") | marked | act(word))


def names(some: list[Case]) -> set[str]:
    return {f"c-{case.reference}" for case in some}


def act(word: str) -> dict[str, str]:
    return {"hacer": word}


def decide(staff: FlaskClient, word: str, some: list[Case], **written: str) -> TestResponse:
    return staff.post(DECIDE, data=fields(look(staff, word, some), DECIDE) | written)


def done(staff: FlaskClient, word: str, some: list[Case], **written: str) -> TestResponse:
    answer = decide(staff, word, some, **written)
    assert answer.status_code == 303, words(answer)
    return staff.get(answer.headers["Location"])


class TestTheList:
    def test_offers_to_mark_comments_once_there_are_two_to_decide_on(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        one = waiting()
        assert boxes(staff.get("/gestion/")) == {}
        assert "Con los marcados" not in words(staff.get("/gestion/"))
        two = waiting("Otro")
        assert boxes(staff.get("/gestion/")) == dict.fromkeys(names([one, two]), "1")

    def test_offers_it_for_nothing_that_was_decided(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(3)]
        moderate.approve(blog, some[0].id, 1, by=moderator, now=clock())
        assert set(boxes(staff.get("/gestion/"))) == names(some[1:])

    def test_sends_no_more_fields_than_a_form_may_have(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(PAGE + 1)]
        page = staff.get("/gestion/")
        assert len(boxes(page)) == PAGE
        answer = done(staff, "publicar", some[:PAGE])
        assert "Aprobados: 15 comentarios" in words(answer)


class TestLookingAtIt:
    @pytest.mark.parametrize("word", ["publicar", "no-publicar", "publicidad"])
    def test_shows_each_as_it_will_look_and_changes_nothing(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, bell: Bell, word: str
    ) -> None:
        some = [waiting("**Bien** <b>mal</b>"), waiting("Otro"), waiting("Fuera")]
        rung = bell.rung
        page = look(staff, word, some[:2])
        bodies = [text_of(each) for each in classed(page, "comment__body")]
        assert bodies == ["Bien <b>mal</b>", "Otro"]
        assert [moderate.case_of(blog, case.id) for case in some] == some
        assert bell.rung == rung

    def test_names_what_cannot_be_decided_and_why(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(), waiting("Solo para vosotros", private="1")]
        page = look(staff, "publicar", some)
        left = text_of(by_id(page, "quedan-fuera"))
        assert "1 comentario queda como está" in left
        assert some[1].reference in words(page)
        assert "pidió que no se publique" in words(page)
        assert len(classed(page, "comment__body")) == 1

    def test_says_how_many_mails_leave(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(), waiting("Otro", email="maite@correo.example")]
        assert "Saldrá 1 correo" in words(look(staff, "no-publicar", some))
        assert "No se avisa a nadie" in words(look(staff, "publicidad", some))

    @pytest.mark.parametrize(
        "query",
        [
            "hacer=publicar",
            "hacer=publicar&c-2026-999999=1",
            "hacer=publicar&c-nada=1&c-=&c-2026-000001=uno&c-2026-000001=%F0%9F%A6%86",
            "hacer=no-publicar&lista=%00%00&c-2026-000001=99999999999999999999",
        ],
    )
    def test_of_a_broken_address_shows_nothing_to_decide_on(
        self, staff: FlaskClient, waiting: Callable[..., Case], query: str
    ) -> None:
        waiting()
        page = staff.get(f"/gestion/varios?{query}")
        assert page.status_code == 200
        assert DECIDE not in "".join(addresses(page))

    def test_knows_three_things_to_do(self, staff: FlaskClient) -> None:
        for word in ("", "borrar", "publish"):
            assert staff.get("/gestion/varios", query_string=act(word)).status_code == 303
            sent = {"csrf": CSRF, "do": word, "which": ""}
            assert staff.post(DECIDE, data=sent).status_code == 400

    def test_leads_back_to_the_list_that_it_came_from(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(), waiting("Otro")]
        page = look(staff, "publicar", some, from_list="/gestion/?vista=por-leer")
        assert any("/gestion/?vista=por-leer&" in each for each in addresses(page))
        place = staff.post(DECIDE, data=fields(page, DECIDE)).headers["Location"]
        assert any(each.endswith("/?vista=por-leer") for each in addresses(staff.get(place)))


class TestDeciding:
    @pytest.mark.parametrize(
        ("word", "decision"),
        [
            ("publicar", Decision.APPROVED),
            ("no-publicar", Decision.REJECTED),
            ("publicidad", Decision.SPAM),
        ],
    )
    def test_does_it_to_those_that_were_shown_and_wakes_the_worker(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        bell: Bell,
        word: str,
        decision: Decision,
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(3)]
        rung = bell.rung
        page = done(staff, word, some[:2], **({"reason": "Por esto."} if word[0] == "n" else {}))
        assert [moderate.case_of(blog, case.id).decision for case in some] == [
            decision,
            decision,
            Decision.HELD,
        ]
        assert all(case.reference in words(page) for case in some[:2])
        assert some[2].reference not in words(page)
        assert bell.rung > rung

    @pytest.mark.usefixtures("rules")
    def test_asks_for_a_rule_and_a_reason_and_keeps_what_was_written(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        some = [waiting(), waiting("Otro")]
        answer = decide(staff, "no-publicar", some, change="Sin insultos.")
        assert answer.status_code == 422
        assert "Elige la norma" in words(answer)
        sent = fields(answer, DECIDE)
        assert sent["change"].strip() == "Sin insultos."
        answer = staff.post(DECIDE, data=sent | {"rule": "2-v2", "reason": "Insulta."})
        assert answer.status_code == 303
        found = [moderate.case_of(blog, case.id) for case in some]
        assert {(case.rule, case.rule_version, case.reason) for case in found} == {
            (2, 2, "Insulta.")
        }

    def test_leaves_out_what_changed_meanwhile_and_names_it(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        clock: Clock,
        moderator: Person,
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(4)]
        sent = fields(look(staff, "publicar", some), DECIDE)
        spam.mark(blog, some[0].id, 1, by=moderator, now=clock())
        of = record_of(blog, some[1])
        reader.edit(blog, of, len(of.events), "Mejor dicho", now=clock())
        page = staff.get(staff.post(DECIDE, data=sent).headers["Location"])
        assert "Aprobados: 2 comentarios" in words(page)
        assert "2 comentarios quedan como están" in words(page)
        for case, why in zip(some, ("Alguien ha decidido", "lo ha cambiado"), strict=False):
            assert f"{case.reference}: " in words(page)
            assert why in words(page)
        assert moderate.case_of(blog, some[1].id).decision is Decision.HELD

    def test_where_all_changed_says_that_nothing_was_done(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        clock: Clock,
        moderator: Person,
    ) -> None:
        some = [waiting(), waiting("Otro")]
        sent = fields(look(staff, "publicar", some), DECIDE)
        for case in some:
            spam.mark(blog, case.id, 1, by=moderator, now=clock())
        answer = staff.post(DECIDE, data=sent)
        assert answer.status_code == 409
        assert "No se ha hecho nada" in words(answer)
        assert "2 comentarios quedan como están" in words(answer)

    def test_where_one_did_something_else_with_them_says_that_this_was_not_done(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        some = [waiting(), waiting("Otro")]
        stale = fields(look(staff, "publicidad", some), DECIDE)
        assert decide(staff, "publicar", some).status_code == 303
        answer = staff.post(DECIDE, data=stale)
        assert answer.status_code == 409
        assert "No se ha hecho nada" in words(answer)

    def test_sent_twice_is_done_once_and_says_so(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        sent = fields(look(staff, "publicar", [waiting(), waiting("Otro")]), DECIDE)
        places = [staff.post(DECIDE, data=sent).headers["Location"] for _ in range(2)]
        named = [parse_qs(urlsplit(place).query)["juntos"] for place in places]
        assert named[0] == named[1]
        assert "Aprobados: 2 comentarios" in words(staff.get(places[1]))


class TestUndoing:
    def test_takes_all_of_it_back(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        some = [waiting(f"Número {n}") for n in range(3)]
        page = done(staff, "publicidad", some)
        assert "20 segundos" in words(page)
        clock.forward(seconds=12)
        answer = staff.post(UNDO, data=fields(page, UNDO))
        page = staff.get(answer.headers["Location"])
        assert "Deshecho: 3 comentarios" in words(page)
        assert UNDO not in "".join(addresses(page))
        assert [moderate.case_of(blog, case.id) for case in some] == some

    def test_too_late_says_what_to_do_instead(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        some = [waiting(), waiting("Otro")]
        page = done(staff, "publicar", some)
        clock.forward(seconds=21)
        answer = staff.post(UNDO, data=fields(page, UNDO))
        assert answer.status_code == 409
        assert "no se puede deshacer" in words(answer)
        assert moderate.case_of(blog, some[0].id).decision is Decision.APPROVED

    def test_of_one_in_the_list_is_offered_by_its_own_page(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        some = [waiting(), waiting("Otro")]
        done(staff, "publicar", some)
        page = staff.get(f"/gestion/comentario/{some[0].reference}")
        staff.post(
            f"/gestion/comentario/{some[0].reference}/deshacer", data=fields(page, "/deshacer")
        )
        decisions = [moderate.case_of(blog, case.id).decision for case in some]
        assert decisions == [Decision.HELD, Decision.APPROVED]

    def test_tells_nobody_of_what_is_not_theirs(self, staff: FlaskClient) -> None:
        for name in ("", "x", "01jdabcdefghjkmnpqrstvwxyz"):
            answer = staff.get("/gestion/varios/hecho", query_string={"juntos": name})
            assert answer.status_code == 303
            assert answer.headers["Location"].endswith("/gestion/")


class TestAWholeList:
    @pytest.fixture
    def flood(self, waiting: Callable[..., Case]) -> list[Case]:
        """More than two pages of the same words, by many names; the first is not marked."""
        waiting("Algo distinto")
        return [waiting("Compra ya", author=f"Tienda {n}") for n in range(2 * PAGE + 5)]

    def look(self, staff: FlaskClient, query: str = "vista=por-leer&marca=repeated") -> str:
        page = staff.get(f"/gestion/?{query}")
        return next((each for each in addresses(page) if "todo=1" in each), "")

    def test_of_one_kind_is_decided_on_at_once_and_undone(
        self, staff: FlaskClient, flood: list[Case], blog: Blog
    ) -> None:
        page = staff.get(self.look(staff))
        assert f"¿Son publicidad {len(flood) - 1} comentarios?" in words(page)
        assert len(classed(page, "comment__body")) == PAGE
        assert all(case.reference in words(page) for case in flood[1:])
        page = staff.get(staff.post(DECIDE, data=fields(page, DECIDE)).headers["Location"])
        assert f"{len(flood) - 1} comentarios" in words(page)
        found = [moderate.case_of(blog, case.id).decision for case in flood]
        assert found == [Decision.HELD] + [Decision.SPAM] * (len(flood) - 1)
        staff.post(UNDO, data=fields(page, UNDO))
        assert [moderate.case_of(blog, case.id) for case in flood] == flood

    def test_is_offered_only_where_one_thing_chose_it_and_one_page_is_not_enough(
        self, staff: FlaskClient, flood: list[Case], waiting: Callable[..., Case], blog: Blog
    ) -> None:
        take_in(blog)
        assert self.look(staff, f"vista=todo&como={flood[3].reference}")
        for query in ("", "vista=por-leer", "vista=todo&buscar=compra&marca=repeated"):
            assert not self.look(staff, query)
        waiting("Un anuncio http://a.example http://b.example http://c.example")
        assert not self.look(staff, "vista=por-leer&marca=links")

    @pytest.mark.parametrize("listed", ["", "vista=todo", "marca=repeated&buscar=compra"])
    def test_of_all_kinds_is_nothing_to_decide_on(
        self, staff: FlaskClient, flood: list[Case], blog: Blog, listed: str
    ) -> None:
        asked = {"hacer": "publicidad", "todo": "1", "lista": listed}
        page = staff.get("/gestion/varios", query_string=asked)
        assert "No hay nada que decidir" in words(page)
        sent = {"csrf": CSRF, "do": "publicidad", "list": listed, "last": "9", "digest": "x"}
        assert staff.post(DECIDE, data=sent).status_code == 409
        assert moderate.case_of(blog, flood[0].id) == flood[0]

    def test_is_for_advertising_alone(self, staff: FlaskClient, flood: list[Case]) -> None:
        asked = {"hacer": "publicar", "todo": "1", "lista": "marca=repeated"}
        page = staff.get("/gestion/varios", query_string=asked)
        assert "No hay nada que decidir" in words(page)

    def test_leaves_alone_what_came_after_it_was_shown(
        self,
        staff: FlaskClient,
        flood: list[Case],
        waiting: Callable[..., Case],
        blog: Blog,
    ) -> None:
        sent = fields(staff.get(self.look(staff)), DECIDE)
        new = waiting("Compra ya", author="La última")
        assert staff.post(DECIDE, data=sent).status_code == 303
        assert moderate.case_of(blog, new.id) == new
        assert moderate.case_of(blog, flood[1].id).decision is Decision.SPAM

    def test_that_changed_meanwhile_is_shown_again(
        self,
        staff: FlaskClient,
        flood: list[Case],
        blog: Blog,
        clock: Clock,
        moderator: Person,
    ) -> None:
        sent = fields(staff.get(self.look(staff)), DECIDE)
        moderate.approve(blog, flood[5].id, 1, by=moderator, now=clock())
        answer = staff.post(DECIDE, data=sent)
        assert answer.status_code == 409
        assert "La lista ha cambiado" in words(answer)
        assert moderate.case_of(blog, flood[1].id) == flood[1]
        assert staff.post(DECIDE, data=fields(answer, DECIDE)).status_code == 303
