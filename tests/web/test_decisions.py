"""Publishing, not publishing, answering."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from comments_service.domain.cases import Case
from comments_service.domain.comments import ID_PATTERN
from comments_service.domain.states import Decision, Visibility
from comments_service.store.people import Person
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from tests.support.fixtures import Clock
from tests.web.pages import (
    URL,
    Bell,
    addresses,
    answering,
    by_id,
    classed,
    fields,
    form,
    path,
    text_of,
    title,
    words,
)


class TestPublishing:
    def test_approves_wakes_the_worker_and_goes_back_with_a_word(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, bell: Bell
    ) -> None:
        case = waiting()
        answer = staff.post(path(case, "publicar"), data=form())
        assert answer.status_code == 303
        assert (
            answer.headers["Location"]
            == f"{URL}/gestion/?hecho=publicar&comentario={case.reference}"
        )
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        assert bell.rung == 1
        (told,) = classed(staff.get(answer.headers["Location"]), "notice--good")
        said = "Aprobado. Estará en la página enseguida. Comentario de Aitor, 2026-000001"
        assert text_of(told) == said
        assert told.find(".//a").get("href") == f"{URL}{path(case)}"

    @pytest.mark.parametrize("reference", ["", "2026-000009", "2025-000001", "<b>", "9" * 40])
    def test_names_no_comment_that_there_is_not(
        self, staff: FlaskClient, waiting: Callable[..., Case], reference: str
    ) -> None:
        waiting()
        sent = {"hecho": "publicar", "comentario": reference}
        (told,) = classed(staff.get("/gestion/", query_string=sent), "notice--good")
        assert text_of(told) == "Aprobado. Estará en la página enseguida."

    def test_of_what_cannot_be_shown_is_refused(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, bell: Bell
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            connection.execute(text("UPDATE revision SET showable = false"))
        answer = staff.post(path(case, "publicar"), data=form())
        assert answer.status_code == 422
        assert case_of(blog, case.id).decision is Decision.HELD
        assert bell.rung == 0

    def test_of_what_another_decided_shows_how_it_stands(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        reject(blog, case.id, 1, rule=None, reason="Ya estaba.", by=moderator, now=clock())
        answer = staff.post(path(case, "publicar"), data=form())
        assert answer.status_code == 409
        assert title(answer).startswith("Error: ")
        assert "Otra persona decidió antes" in words(answer)
        assert "No publicado" in words(answer)
        assert "Ya estaba." in words(answer)

    def test_of_another_revision_than_was_seen_is_a_conflict(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        assert staff.post(path(case, "publicar"), data=form(revision="2")).status_code == 409
        assert case_of(blog, case.id).decision is Decision.HELD

    @pytest.mark.parametrize("revision", ["", "x", "-1", "1.0", "٣", "9" * 30])
    def test_of_no_revision_is_refused(
        self, staff: FlaskClient, waiting: Callable[..., Case], revision: str
    ) -> None:
        answer = staff.post(path(waiting(), "publicar"), data=form(revision=revision))
        assert answer.status_code == 400

    def test_of_no_comment_is_not_found(self, staff: FlaskClient) -> None:
        for reference in ("2026-000009", "2025-000001", "nada", f"2026-{'9' * 40}"):
            assert (
                staff.post(f"/gestion/comentario/{reference}/publicar", data=form()).status_code
                == 404
            )
            assert staff.get(f"/gestion/comentario/{reference}").status_code == 404


class TestNotPublishing:
    def test_keeps_the_reason_and_goes_back(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        answer = staff.post(path(case, "no-publicar"), data=form(reason="Da una dirección."))
        assert (
            answer.headers["Location"]
            == f"{URL}/gestion/?hecho=no-publicar&comentario={case.reference}"
        )
        decided = case_of(blog, case.id)
        assert decided.decision is Decision.REJECTED
        assert decided.reason == "Da una dirección."

    def test_needs_no_rule_where_the_blog_has_none(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        assert "Norma que incumple" not in words(staff.get(path(case)))
        staff.post(path(case, "no-publicar"), data=form(rule="", reason="Porque sí."))
        assert case_of(blog, case.id).rule is None

    def test_after_another_decided_keeps_the_reason(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        approve(blog, case.id, 1, by=moderator, now=clock())
        sent = form(rule="", reason="Lo que yo pensaba.")
        answer = staff.post(path(case, "no-publicar"), data=sent)
        assert answer.status_code == 409
        assert "Lo que yo pensaba." in words(answer)


class TestAnswering:
    def test_publishes_the_comment_too(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, bell: Bell
    ) -> None:
        case = waiting()
        assert "Publicar y contestar" in words(staff.get(path(case)))
        answer = staff.post(path(case, "contestar"), data=answering("Claro que sí."))
        assert (
            answer.headers["Location"]
            == f"{URL}/gestion/?hecho=contestar&comentario={case.reference}"
        )
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        assert bell.rung == 1

    def test_says_how_it_will_be_signed(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        signature = "Ada Ejemplo, Gestora de comunidad, Participación"
        assert signature in words(staff.get(path(waiting())))

    def test_later_is_possible_too(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = publishing(approve(blog, waiting().id, 1, by=moderator, now=clock()))
        page = staff.get(path(case))
        asked = fields(page, "/contestar")
        assert ID_PATTERN.fullmatch(asked.pop("answer"))
        assert asked == form(body="", seen="3")
        assert not any(each.endswith("/publicar") for each in addresses(page))
        staff.post(path(case, "contestar"), data=answering("Con retraso, pero sí."))
        publishing(case)
        assert "Con retraso, pero sí." in words(staff.get(path(case)))

    def test_of_a_refused_comment_is_not_offered(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = reject(blog, waiting().id, 1, rule=None, reason="No.", by=moderator, now=clock())
        assert not any(each.endswith("/contestar") for each in addresses(staff.get(path(case))))
        answer = staff.post(path(case, "contestar"), data=answering("Mi texto largo."))
        assert answer.status_code == 409
        assert "Mi texto largo." in words(answer)

    def test_with_nothing_names_the_fault_and_keeps_the_text(
        self, staff: FlaskClient, waiting: Callable[..., Case], bell: Bell
    ) -> None:
        answer = staff.post(path(waiting(), "contestar"), data=answering("x" * 9_000))
        assert answer.status_code == 422
        assert by_id(answer, "body").get("aria-invalid") == "true"
        assert by_id(answer, "body").text == "x" * 9_000
        assert bell.rung == 0

    def test_twice_by_a_double_click_gives_one_answer(
        self, staff: FlaskClient, waiting: Callable[..., Case], contents: Callable[[], str]
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/contestar") | {"body": "Solo una vez."}
        first = staff.post(path(case, "contestar"), data=sent)
        after = contents()
        second = staff.post(path(case, "contestar"), data=sent)
        assert first.status_code == second.status_code == 303
        assert first.headers["Location"] == second.headers["Location"]
        assert contents() == after

    def test_again_from_the_same_form_with_another_text_is_a_conflict_that_keeps_it(
        self, staff: FlaskClient, waiting: Callable[..., Case], contents: Callable[[], str]
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/contestar")
        staff.post(path(case, "contestar"), data=sent | {"body": "Lo primero."})
        after = contents()
        answer = staff.post(path(case, "contestar"), data=sent | {"body": "Lo segundo."})
        assert answer.status_code == 409
        assert contents() == after
        again = fields(answer, "/contestar")
        assert (again["body"].strip(), again["answer"] == sent["answer"]) == ("Lo segundo.", False)
        assert staff.post(path(case, "contestar"), data=again).status_code == 303

    def test_of_two_comments_with_the_same_id_is_a_conflict(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        one, other = waiting(), waiting("Otro")
        assert staff.post(path(one, "contestar"), data=answering("Sí.")).status_code == 303
        assert staff.post(path(other, "contestar"), data=answering("Sí.")).status_code == 409

    @pytest.mark.parametrize("identifier", ["", "x", "../../etc/passwd", "I" * 26, "0" * 27])
    def test_under_an_id_that_is_none_is_refused(
        self, staff: FlaskClient, waiting: Callable[..., Case], identifier: str
    ) -> None:
        sent = answering("Sí.", answer=identifier)
        assert staff.post(path(waiting(), "contestar"), data=sent).status_code == 400

    def test_while_the_database_is_locked_keeps_the_text(
        self, staff: FlaskClient, waiting: Callable[..., Case], lock: Callable[[], None]
    ) -> None:
        case = waiting()
        lock()
        answer = staff.post(path(case, "contestar"), data=answering("Mi respuesta."))
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Mi respuesta." in words(answer)
