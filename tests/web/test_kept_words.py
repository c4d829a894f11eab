"""What staff wrote comes back with the answer, whatever went wrong: a session that ended, a form
of another session, a colleague who was faster.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import comments_service.web
from comments_service.domain.cases import Case
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Attention
from comments_service.store.people import Person
from comments_service.usecases import answering, departments
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.track import record_of
from comments_service.usecases.withdraw import withdraw
from comments_service.web.failures import KEPT_BY_LANGUAGE, KEPT_FIELDS
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import hired
from tests.web.pages import fields, path, title, tree, words

LONG = "Un razonamiento cuidado que nadie quiere volver a escribir"
TEMPLATES = Path(comments_service.web.__file__).parent / "templates"
AREA = re.compile(r"""parts\.text\("(\w+)"|<textarea[^>]* name="(\w+)\"""")
OF_THE_READER = {"cut"}
"""Their comment without a part: it stands on the page that follows."""


def test_every_field_for_a_text_is_kept() -> None:
    found = {
        name
        for file in TEMPLATES.rglob("*.html")
        for match in AREA.finditer(file.read_text("utf-8"))
        for name in match.groups()
        if name
    }
    assert {"body", "inquiry", "ban_reason"} <= found
    assert found - OF_THE_READER <= set(KEPT_FIELDS)


class TestASessionThatEnded:
    @pytest.mark.parametrize("field", sorted({*KEPT_FIELDS} - {"kept"}))
    def test_leaves_the_words_beside_the_sign_in(
        self, reader: FlaskClient, waiting: Callable[..., Case], field: str
    ) -> None:
        refused = reader.post(path(waiting(), "contestar"), data={field: LONG, "csrf": "x"})
        assert refused.status_code == 401
        assert LONG in words(refused)

    @pytest.mark.parametrize("field", [f"{each}_eu" for each in KEPT_BY_LANGUAGE])
    def test_leaves_the_words_of_each_language(self, reader: FlaskClient, field: str) -> None:
        sent = {field: LONG, field.replace("_eu", "_es"): "Y otro", "csrf": "x"}
        refused = reader.post("/gestion/ajustes/palabras", data=sent)
        assert refused.status_code == 401
        assert LONG in words(refused)
        assert "Y otro" in words(refused)

    def test_never_shows_a_password_again(self, reader: FlaskClient) -> None:
        sent = {"password": LONG, "new": LONG, "again": LONG, "code": LONG, "csrf": "x"}
        refused = reader.post("/gestion/cuenta/contrasena", data=sent)
        assert refused.status_code == 401
        assert LONG not in refused.text


def test_a_form_of_another_session_leaves_its_words(
    staff: FlaskClient, waiting: Callable[..., Case]
) -> None:
    sent = {"question": LONG, "csrf": "x", "seen": "1"}
    refused = staff.post(path(waiting(), "preguntar"), data=sent)
    assert refused.status_code == 400
    assert LONG in words(refused)


class TestAColleagueWhoWasFaster:
    @pytest.fixture
    def other(self, blog: Blog, moderator: Person, clock: Clock) -> Person:
        return hired(blog, moderator, "Otra Persona", clock(), role="manager")

    def test_leaves_the_question_to_a_department(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        other: Person,
        clock: Clock,
    ) -> None:
        named = departments.add(blog, "Obras", by=moderator, now=clock())
        address = "obras@pruebas.example"
        departments.change(
            blog, named, "Obras", closed=False, email=address, by=moderator, now=clock()
        )
        case = waiting()
        sent = fields(staff.get(path(case)), "/derivar")
        reject(blog, case.id, 1, rule=None, reason="No.", by=other, now=clock())
        refused = staff.post(
            path(case, "derivar"), data=sent | {"inquiry": LONG, "department": f"{named}"}
        )
        assert refused.status_code == 409
        assert LONG in words(refused)

    def test_leaves_why_a_comment_was_to_go(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        other: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        approve(blog, case.id, 1, by=other, now=clock())
        case = publishing(case)
        sent = fields(staff.get(path(case)), "/retirar")
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        refused = staff.post(path(case, "retirar"), data=sent | {"grounds": LONG})
        assert refused.status_code == 409
        assert LONG in words(refused)

    @pytest.mark.parametrize("private", [False, True])
    def test_with_an_answer_is_told_before_a_second_one_is_given(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        other: Person,
        clock: Clock,
        private: bool,
    ) -> None:
        case = waiting(private=private)
        sent = fields(staff.get(path(case)), "/contestar") | {"body": LONG}
        answering.answer(
            blog, case.id, 1, "Ya está.", by=other, answer_id=new_id(clock()), now=clock()
        )
        clock.forward(minutes=5)
        refused = staff.post(path(case, "contestar"), data=sent)
        assert refused.status_code == 409
        assert "Ya está." in words(refused)
        again = fields(refused, "/contestar")
        assert again["body"] == LONG
        assert staff.post(path(case, "contestar"), data=again).status_code == 303
        actors = [each.actor for each in record_of(blog, case).events if each.kind == "answered"]
        assert len(set(actors)) == len(actors) == 2
        assert case_of(blog, case.id).attention is Attention.ANSWERED

    def test_in_the_settings_of_a_conversation_stands_in_the_fields_themselves(
        self, staff: FlaskClient
    ) -> None:
        page = "/gestion/ajustes/conversaciones/hola"
        sent = fields(staff.get(page), "/cerrar")
        first = sent | {"summary_es": "Uno", "summary_eu": "Bat"}
        assert staff.post(f"{page}/cerrar", data=first).status_code == 303
        second = sent | {"summary_es": "Dos", "summary_eu": "Bi"}
        refused = staff.post(f"{page}/cerrar", data=second)
        assert refused.status_code == 409
        assert title(refused).startswith("Error:")
        kept = fields(refused, "/cerrar")
        assert (kept["summary_es"], kept["summary_eu"]) == ("Dos", "Bi")
        named = [each.get("id") for each in tree(refused).iter() if each.get("id")]
        assert len(named) == len(set(named))
