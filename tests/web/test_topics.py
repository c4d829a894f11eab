"""What a comment is about and whether it is delicate, on its page and in the lists."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.store.people import Person
from comments_service.usecases import departments
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import fields, path, words


class TestTheForm:
    def test_has_no_topic_where_there_is_none(
        self, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        assert set(fields(staff.get(path(waiting())), "/clasificar")) <= {"csrf", "risk"}

    def test_keeps_both_and_the_lists_show_them(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        departments.add_topic(blog, "Ruido", 0, by=moderator, now=clock())
        sent = fields(staff.get(path(case)), "/clasificar") | {"topic": "1", "risk": "1"}
        assert staff.post(path(case, "clasificar"), data=sent).status_code == 303
        page = staff.get(path(case))
        assert '<option value="1" selected>' in page.text
        assert 'name="risk" value="1" checked' in page.text
        there = words(staff.get("/gestion/"))
        assert "Tema: Ruido" in there
        assert "Delicado" in there

    def test_with_a_topic_that_there_is_not_comes_back(
        self, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/clasificar") | {"topic": "9"}
        assert staff.post(path(case, "clasificar"), data=sent).status_code == 422


class TestPassingOn:
    @pytest.mark.parametrize(
        ("topic", "body"),
        [
            ("Farolas", "¿Quién arregla las farolas?"),  # in the comment
            ("Sobre hola", "¿Quién lo arregla?"),  # in the post's title
            ("Escucha", "¿Quién lo arregla?"),  # a category of the post
        ],
    )
    def test_proposes_the_department_that_knows_about_it(
        self,
        topic: str,
        body: str,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        for name in ("Cultura", "Obras"):
            number = departments.add(blog, name, by=moderator, now=clock())
            hired(blog, moderator, f"{name} Jefa", clock(), department=str(number))
        departments.add_topic(blog, topic, number, by=moderator, now=clock())
        sent = fields(staff.get(path(waiting(body))), "/derivar")
        assert sent["department"] == str(number)
