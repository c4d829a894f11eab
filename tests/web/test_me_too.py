"""Saying that one wants a comment answered too: counted once a day for each network, for staff."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.store.people import Person
from comments_service.usecases import answering, limits, moderate, retention
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import addresses, words


@pytest.fixture
def published(
    waiting: Callable[..., Case],
    publishing: Callable[[Case], Case],
    blog: Blog,
    clock: Clock,
    moderator: Person,
) -> Case:
    case = waiting()
    moderate.approve(blog, case.id, 1, by=moderator, now=clock())
    return publishing(case)


def path(case: Case, act: str = "tambien") -> str:
    return f"/comentar/hola/{case.comment_id}/{act}"


def counted(blog: Blog, case: Case) -> int:
    return case_of(blog, case.id).me_too


def network(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"203.0.113.{number}"}


class TestThePage:
    def test_shows_the_comment_and_asks_before_it_counts(
        self, reader: FlaskClient, blog: Blog, published: Case
    ) -> None:
        answer = reader.get(path(published))
        assert answer.status_code == 200
        assert "¿Para la empresa?" in words(answer)
        assert "Aitor" in words(answer)
        for _ in range(3):
            reader.get(path(published) + "?hecho=si")
        assert counted(blog, published) == 0

    def test_speaks_the_language_that_it_is_asked_in(
        self, reader: FlaskClient, published: Case
    ) -> None:
        answer = reader.get(path(published) + "?idioma=en")
        assert "Do you want to know too?" in words(answer)
        assert any("/2026/11/hola/#comment-" in each for each in addresses(answer))

    def test_says_of_no_comment_that_is_not_published_whether_there_is_one(
        self, reader: FlaskClient, blog: Blog, waiting: Callable[..., Case], published: Case
    ) -> None:
        held = waiting("Esto espera.")
        for address in (
            path(held),
            path(published).replace("hola", "otra"),
            "/comentar/hola/01jdabcdefghjkmnpqrstvwxyz/tambien",
            "/comentar/nada/01jdabcdefghjkmnpqrstvwxyz/tambien",
        ):
            assert reader.get(address).status_code == 404
            assert reader.post(address).status_code == 404
        assert counted(blog, held) == 0

    def test_is_not_there_where_the_institution_does_not_want_it(
        self, reader: FlaskClient, blog_folder: Path, published: Case
    ) -> None:
        with (blog_folder / "content" / "site.toml").open("a", encoding="utf-8") as file:
            file.write("\n[comments]\nme_too = false\n")
        assert reader.get(path(published)).status_code == 404
        assert reader.post(path(published)).status_code == 404


class TestCounting:
    def test_is_done_once_for_each_network_and_day_with_the_same_answer(
        self, reader: FlaskClient, blog: Blog, clock: Clock, published: Case
    ) -> None:
        answers = [reader.post(path(published)) for _ in range(3)]
        assert {each.status_code for each in answers} == {303}
        assert len({each.headers["Location"] for each in answers}) == 1
        page = reader.get(answers[0].headers["Location"])
        assert "Lo hemos apuntado" in words(page) or "apuntado" in words(page)
        assert counted(blog, published) == 1
        reader.post(path(published), environ_base=network(9))
        assert counted(blog, published) == 2
        clock.forward(days=1, minutes=61)
        reader.post(path(published))
        assert counted(blog, published) == 3

    def test_around_midnight_is_done_once(
        self, reader: FlaskClient, blog: Blog, clock: Clock, published: Case
    ) -> None:
        now = clock()
        clock.forward(hours=23 - now.hour, minutes=55 - now.minute)
        reader.post(path(published))
        clock.forward(minutes=10)
        reader.post(path(published))
        assert counted(blog, published) == 1

    def test_ends_with_the_answer(
        self,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        published: Case,
        moderator: Person,
        publishing: Callable[[Case], Case],
    ) -> None:
        answering.answer(
            blog, published.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock()
        )
        publishing(published)
        page = reader.get(path(published))
        assert "contestado" in words(page)
        assert not list(page.text.split("<form"))[1:]
        reader.post(path(published))
        assert counted(blog, published) == 0

    def test_is_held_back_from_a_network_that_sends_many(
        self,
        reader: FlaskClient,
        blog: Blog,
        published: Case,
        monkeypatch: pytest.MonkeyPatch,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
        moderator: Person,
        clock: Clock,
    ) -> None:
        other = waiting("¿Y esto?")
        moderate.approve(blog, other.id, 1, by=moderator, now=clock())
        publishing(other)
        monkeypatch.setattr(limits, "MOST_ME_TOO_PER_NETWORK", 1)
        assert reader.post(path(published)).status_code == 303
        refused = reader.post(path(other))
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]
        assert counted(blog, other) == 0
        assert reader.post(path(other), environ_base=network(9)).status_code == 303

    def test_keeps_a_network_only_as_a_hash_and_not_for_long(
        self,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        published: Case,
        contents: Callable[[], str],
    ) -> None:
        reader.post(path(published), environ_base=network(77))
        assert "203.0.113.77" not in contents()
        assert 'INSERT INTO "me_too"' in contents() or "INSERT INTO me_too" in contents()
        clock.forward(days=9)
        retention.forget(blog, clock())
        assert "INSERT INTO me_too" not in contents().replace('"', "")
        assert counted(blog, published) == 1

    def test_needs_no_cookie_no_script_and_no_field(
        self, app: Flask, blog: Blog, published: Case
    ) -> None:
        browser = app.test_client(use_cookies=False)
        assert browser.post(path(published), headers={"Origin": "null"}).status_code == 303
        assert browser.post(path(published), data={"csrf": "x"}).status_code == 400
        assert counted(blog, published) == 1
