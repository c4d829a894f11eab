"""Replies ready to use, and words to look at twice."""

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from comments_service import markup
from comments_service.domain.cases import Case
from comments_service.domain.comments import Markup
from comments_service.domain.journal import JournalKind
from comments_service.domain.states import Attention
from comments_service.errors import InvalidComment
from comments_service.store import audit, people
from comments_service.store.people import Person
from comments_service.usecases import departments, topics
from comments_service.usecases import replies as ready
from comments_service.usecases import terms as watched
from comments_service.usecases.answering import answer as answering_one
from comments_service.usecases.blog import Blog
from comments_service.usecases.filling import PLACES
from comments_service.usecases.moderate import case_of, rules_in_force
from tests.support.fixtures import Clock
from tests.web.pages import CSRF, answering, by_id, fields, path, text_of, words

REPLIES = "/gestion/ajustes/respuestas"
TERMS = "/gestion/ajustes/palabras-vigiladas"


def kinds(blog: Blog) -> list[JournalKind]:
    with blog.store.read() as connection:
        return [JournalKind(each.link.kind) for each in audit.entries(connection)]


def role(blog: Blog, name: str) -> None:
    with blog.store.write() as connection:
        ada = people.by_login(connection, "ada")
        assert ada
        people.change(connection, ada.id, role=name)


@pytest.fixture
def kept(staff: FlaskClient, blog: Blog) -> int:
    """A reply in Spanish; its id."""
    sent = {"csrf": CSRF, "name": "Gracias", "lang": "es", "body": "Gracias, {nombre}. El {día}."}
    assert staff.post(REPLIES, data=sent).status_code == 303
    return ready.everything(blog)[0].id


@pytest.fixture
def obras(blog: Blog, moderator: Person, clock: Clock) -> int:
    """A department; its number."""
    return departments.add(blog, "Obras", by=moderator, now=clock())


class TestAReply:
    def test_is_kept_changed_and_removed_and_the_journal_knows(
        self, staff: FlaskClient, blog: Blog, kept: int
    ) -> None:
        again = {"csrf": CSRF, "name": "Gracias", "lang": "es", "body": "Otra cosa."}
        staff.post(REPLIES, data=again)
        assert [each.body for each in ready.everything(blog)] == ["Otra cosa."]
        page = staff.get(f"{REPLIES}?respuesta={kept}")
        assert 'value="Gracias"' in page.text
        staff.post(f"{REPLIES}/quitar", data={"csrf": CSRF, "reply": str(kept)})
        assert ready.everything(blog) == []
        assert kinds(blog) == [JournalKind.REPLY_CHANGED] * 3

    @pytest.mark.parametrize("field", ["name", "body", "lang"])
    def test_with_nothing_in_it_is_refused(
        self, staff: FlaskClient, blog: Blog, field: str
    ) -> None:
        sent = {"csrf": CSRF, "name": "A", "lang": "es", "body": "B"} | {field: " "}
        answer = staff.post(REPLIES, data=sent)
        assert answer.status_code == 422
        assert by_id(answer, f"{field}-error") is not None
        assert ready.everything(blog) == []

    def test_is_for_whoever_may_prepare_them(self, staff: FlaskClient, blog: Blog) -> None:
        role(blog, "moderator")
        assert staff.get(REPLIES).status_code == 200
        role(blog, "respondent")
        assert staff.get(REPLIES).status_code == 403

    def test_fills_the_answer_without_javascript(
        self, staff: FlaskClient, waiting: Callable[..., Case], kept: int
    ) -> None:
        case = waiting(author="Aitor")
        page = staff.get(path(case))
        assert "Gracias" in [each.text for each in by_id(page, "respuesta")]
        begun = staff.get(f"{path(case)}?respuesta={kept}")
        assert fields(begun, "/contestar")["body"].strip() == "Gracias, Aitor. El {día}."

    @pytest.mark.parametrize("wanted", ["999", "x", "-1", "9" * 30, "²"])
    def test_that_is_not_there_fills_nothing(
        self, staff: FlaskClient, waiting: Callable[..., Case], kept: int, wanted: str
    ) -> None:
        page = staff.get(f"{path(waiting())}?respuesta={wanted}")
        assert page.status_code == 200
        assert fields(page, "/contestar")["body"].strip() == ""

    def test_that_is_not_filled_in_is_not_sent(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case], kept: int
    ) -> None:
        case = waiting()
        refused = staff.post(path(case, "contestar"), data=answering("Gracias, Aitor. El {día}."))
        assert refused.status_code == 422
        assert "{día}" in words(refused)
        assert case_of(blog, case.id).attention is Attention.RECEIVED
        sent = staff.post(path(case, "contestar"), data=answering("El lunes {sí}."))
        assert sent.status_code == 303

    def test_is_offered_only_when_there_is_one(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        assert 'id="respuesta"' not in staff.get(path(waiting())).text


class TestRepliesOfADepartment:
    def test_are_asked_about_only_where_there_are_departments(
        self, staff: FlaskClient, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        assert 'name="department"' not in staff.get(REPLIES).text
        departments.add(blog, "Obras", by=moderator, now=clock())
        assert "Obras" in text_of(by_id(staff.get(REPLIES), "department"))

    def test_are_kept_with_it_and_changed_to_everybodys(
        self, staff: FlaskClient, blog: Blog, obras: int
    ) -> None:
        sent = {"csrf": CSRF, "name": "Bache", "lang": "es", "body": "Lo tapamos."}
        staff.post(REPLIES, data=sent | {"department": str(obras)})
        (kept,) = ready.everything(blog)
        assert kept.department_id == obras
        page = staff.get(f"{REPLIES}?respuesta={kept.id}")
        assert fields(page, "/ajustes/respuestas").get("department", str(obras)) == str(obras)
        assert "· Obras" in words(page)
        staff.post(REPLIES, data=sent)
        assert [each.department_id for each in ready.everything(blog)] == [None]

    def test_of_a_department_that_is_not_there_are_refused_and_their_text_is_kept(
        self, staff: FlaskClient, blog: Blog, obras: int
    ) -> None:
        sent = {"csrf": CSRF, "name": "Bache", "lang": "es", "body": "Lo tapamos."}
        refused = staff.post(REPLIES, data=sent | {"department": str(obras + 1)})
        assert refused.status_code == 422
        assert "Elige de la lista." in words(refused)
        assert "Lo tapamos." in by_id(refused, "body").text
        assert ready.everything(blog) == []

    def test_stand_first_for_whoever_belongs_to_it_and_others_do_not_see_them(
        self,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
        obras: int,
    ) -> None:
        other = departments.add(blog, "Cultura", by=moderator, now=clock())
        for name, of in (("A de todos", None), ("B de otros", other), ("C de Obras", obras)):
            ready.keep(blog, name, "es", "Sí.", by=moderator, now=clock(), department_id=of)
        case, theirs = waiting(), replace(moderator, department_id=obras)
        assert named(blog, case, theirs) == ["C de Obras", "A de todos"]
        assert named(blog, case, moderator) == ["A de todos"]
        passed_on = replace(case, department_id=other)
        assert named(blog, passed_on, moderator) == ["B de otros", "A de todos"]

    def test_stand_first_where_the_topic_is_one_of_theirs(
        self,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
        obras: int,
    ) -> None:
        ready.keep(blog, "Z", "es", "Sí.", by=moderator, now=clock(), department_id=obras)
        ready.keep(blog, "A", "es", "Sí.", by=moderator, now=clock())
        departments.add_topic(blog, "Calles", obras, by=moderator, now=clock())
        (topic,) = departments.everything(blog).topics
        case = waiting()
        topics.sort(blog, case.id, topic.id, risk=False, by=moderator, now=clock())
        assert named(blog, case_of(blog, case.id), moderator) == ["Z", "A"]


class TestPlacesOfAReply:
    def test_are_filled_in_with_what_the_service_knows(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting(author="Aitor {enlace}")
        body = "{nombre}|{departamento}|{fecha_limite}|{enlace}|{norma}|{day}"
        ready.keep(blog, "Todo", "es", body, by=moderator, now=clock())
        (kept,) = ready.everything(blog)
        by = replace(moderator, department="Obras")
        case = replace(case, answer_by=datetime(2026, 12, 1, 22, 59, tzinfo=UTC))
        name, department, deadline, link, rule, day = ready.begun(blog, kept.id, case, by).split(
            "|"
        )
        assert (name, department) == (r"Aitor \{enlace\}", "Obras")
        assert deadline == "1 de diciembre de 2026"
        assert link.startswith(blog.site_url)
        assert (rule, day) == ("{norma}", "{day}")

    def test_a_readers_name_is_never_a_link_in_the_institutions_words(
        self, blog: Blog, waiting: Callable[..., Case], moderator: Person, clock: Clock
    ) -> None:
        ready.keep(blog, "Gracias", "es", "Gracias, {nombre}.", by=moderator, now=clock())
        (kept,) = ready.everything(blog)
        for name in (
            *("Ana [aquí](https://evil.example)", "<https://evil.example>", "*Ana* `b`"),
            *("Ana {enlace}", "{link} {day}", "a{:.b}"),
        ):
            begun = ready.begun(blog, kept.id, waiting(author=name), moderator)
            ready.refuse_unfilled(blog, begun)
            assert (
                html.unescape(markup.render(begun, Markup.MARKDOWN)) == f"<p>Gracias, {name}.</p>"
            )

    @pytest.mark.usefixtures("rules")
    def test_name_the_rule_of_the_decision_in_its_version(
        self, blog: Blog, waiting: Callable[..., Case], moderator: Person, clock: Clock
    ) -> None:
        ready.keep(blog, "Todo", "es", "{norma}", by=moderator, now=clock())
        (kept,) = ready.everything(blog)
        (rule, *_) = rules_in_force(blog, clock())
        case = replace(waiting(), rule=rule.number, rule_version=rule.version)
        begun = ready.begun(blog, kept.id, case, moderator)
        assert begun == f"{rule.number}. {rule.title['es']}"

    @pytest.mark.parametrize("place", sorted(PLACES))
    def test_are_never_sent_unfilled_even_of_a_reply_that_was_removed(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case], place: str
    ) -> None:
        case, body = waiting(), f"Te contestamos: {place}."
        refused = staff.post(path(case, "contestar"), data=answering(body))
        assert refused.status_code == 422
        assert f"Completa {place}" in words(refused)
        assert body in by_id(refused, "body").text
        assert case_of(blog, case.id).attention is Attention.RECEIVED

    def test_are_refused_by_the_service_itself(
        self, blog: Blog, waiting: Callable[..., Case], moderator: Person, clock: Clock
    ) -> None:
        case = waiting()
        with pytest.raises(InvalidComment) as refused:
            answering_one(
                blog,
                case.id,
                case.revision,
                "El {fecha_limite}.",
                by=moderator,
                answer_id="01jdabcdefghjkmnpqrstvwxyz",
                now=clock(),
            )
        assert "{fecha_limite}" in refused.value.faults[0].values.values()


def named(blog: Blog, case: Case, by: Person) -> list[str]:
    """The replies that stand on the page of a comment, in order."""
    return [each.name for each in ready.offered(blog, case, by)]


class TestWordsToLookAtTwice:
    def test_are_pointed_out_whole_and_whatever_their_case_and_accents(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        sent = {"csrf": CSRF, "terms": "Casino\nmála  fe\n\n"}
        assert staff.post(TERMS, data=sent).status_code == 303
        assert watched.written(blog) == ["Casino", "mála  fe"]
        assert "term" in waiting("Ven al CASÍNO.").notes
        assert "term" in waiting("De mala, fe.").notes
        assert "term" not in waiting("Los casinos no.").notes
        case = waiting("Un casino más.")
        assert "Contiene una palabra de la lista" in words(staff.get(path(case)))
        assert kinds(blog) == [JournalKind.TERM_CHANGED]

    def test_can_be_emptied_and_then_point_out_nothing(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        staff.post(TERMS, data={"csrf": CSRF, "terms": "casino"})
        staff.post(TERMS, data={"csrf": CSRF, "terms": ""})
        assert watched.written(blog) == []
        assert "term" not in waiting("Un casino.").notes

    @pytest.mark.parametrize("line", ["!!!", "x" * 81, "a\u202eb"])
    def test_that_cannot_be_looked_for_are_refused(
        self, staff: FlaskClient, blog: Blog, line: str
    ) -> None:
        answer = staff.post(TERMS, data={"csrf": CSRF, "terms": f"casino\n{line}"})
        assert answer.status_code == 422
        assert watched.written(blog) == []
