"""How the service is, for a program that watches it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.errors import Unavailable
from comments_service.store import facts
from comments_service.store.people import Person
from comments_service.store.problems import Problem, dumps
from comments_service.usecases import status
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve
from tests.support.fixtures import Clock

STATE = "/servicio/estado"


class TestTheState:
    def test_is_well_when_nothing_waits(self, reader: FlaskClient) -> None:
        answer = reader.get(STATE)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert answer.json == {"ok": True, "problems": []}
        assert answer.headers["Cache-Control"] == "no-store"

    def test_names_what_is_wrong(
        self,
        reader: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        approve(blog, waiting("Un texto", author="Maite").id, 1, by=moderator, now=clock())
        with blog.store.write() as connection:
            facts.note(connection, facts.TICKED, "", clock())
            stopped = dumps(Problem("%(remote)s cannot be reached.", {"remote": "git@x"}))
            facts.note(connection, facts.STOPPED, stopped, clock())
        assert reader.get(STATE).json == {"ok": False, "problems": ["stopped"]}
        clock.now += status.TOO_OLD + timedelta(hours=1)
        answer = reader.get(STATE)
        assert answer.status_code == 503
        assert answer.json == {"ok": False, "problems": ["stopped", "late", "silent"]}
        for secret in ("Maite", "Un texto", "hola", "git@x", "1"):
            assert secret not in answer.text

    def test_is_told_without_a_body_too(self, reader: FlaskClient) -> None:
        answer = reader.head(STATE)
        assert (answer.status_code, answer.data) == (200, b"")

    def test_says_when_the_database_does_not_answer(
        self, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_: object) -> None:
            raise Unavailable(30, "We cannot save anything at this moment.")

        monkeypatch.setattr(status, "alarms", gone)
        answer = reader.get(STATE)
        assert answer.status_code == 503
        assert answer.json == {"ok": False, "problems": ["database"]}

    def test_is_not_hidden_by_a_built_site(self, app: Flask, blog: Blog) -> None:
        output = blog.settings.output_folder / "servicio"
        output.mkdir()
        (output / "estado").write_text("otra cosa")
        assert app.test_client().get(STATE).json == {"ok": True, "problems": []}
