"""The named steps of a form's way, at which the tests of faults end the process."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.usecases.blog import Blog
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.web.pages import Bell, answering, form, path


@pytest.fixture
def steps(staff: FlaskClient, blog: Blog, clock: Clock, bell: Bell) -> list[str]:
    """The steps that the signed-in browser's application takes."""
    taken: list[str] = []
    app = create_app(blog, clock=clock, wake=bell, step=taken.append)
    staff.application = app
    return taken


class TestTheStepsOfAComment:
    def test_are_named_in_order(self, staff: FlaskClient, steps: list[str]) -> None:
        staff.post("/comentar/hola", data={"author": "Aitor", "body": "Hola"})
        assert steps == ["submit.begin", "submit.commit", "submit.answer"]

    def test_end_early_when_it_is_refused(self, staff: FlaskClient, steps: list[str]) -> None:
        staff.post("/comentar/hola", data={"author": "Aitor", "body": ""})
        assert steps == ["submit.begin"]


class TestTheStepsOfADecision:
    @pytest.mark.parametrize("act", ["publicar", "no-publicar", "contestar"])
    def test_are_named_in_order(
        self, staff: FlaskClient, waiting: Callable[..., Case], steps: list[str], act: str
    ) -> None:
        sent = {
            "contestar": answering("Sí."),
            "no-publicar": form(reason="No."),
            "publicar": form(),
        }
        assert staff.post(path(waiting(), act), data=sent[act]).status_code == 303
        assert steps == ["decide.begin", "decide.commit", "decide.answer"]
