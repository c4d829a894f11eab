"""When a conversation takes comments, by the service's clock and without a build."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from comments_service import content_repo
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.comments import Comment, Kind, Markup
from comments_service.store.people import Person
from comments_service.usecases import moderate
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.waiting import to_decide
from tests.web.pages import URL, addresses, fields, title, tree, words

BODY = "  Lo que quería decir\n\ncon «calma» & <b>todo</b>."
GOOD = {"author": "Aitor", "body": BODY, "lang": "es", "website": ""}
Says = Callable[..., None]
PAUSE = {
    "opens_at": "2026-12-14T00:00:00+01:00",
    "paused_message": {"es": "Hay **elecciones**. <i>", "eu": "Hauteskundeak dira."},
    "closed_message": {"es": "Otra razón."},
}


@pytest.fixture
def hola(settings: Settings) -> Says:
    """Lets the built site say something else of the thread `hola`."""

    def say(**said: Any) -> None:
        path = settings.output_folder / "threads.json"
        manifest = json.loads(path.read_text("utf-8"))
        manifest["threads"]["hola"] |= said
        path.write_text(json.dumps(manifest), "utf-8")

    return say


def kept(answer: Any) -> str:
    area = next(tree(answer).iter("textarea"))
    return area.text or ""


class TestAConversationThatEnds:
    def test_takes_comments_to_its_last_second_and_no_longer(
        self, reader: FlaskClient, clock: Clock, hola: Says
    ) -> None:
        hola(closes_at="2026-11-21T00:00:00+01:00")
        clock.now = datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC)
        assert reader.get("/comentar/hola").status_code == 200
        assert reader.post("/comentar/hola", data=GOOD).status_code == 303
        clock.forward(seconds=1)
        for answer in (
            reader.get("/comentar/hola"),
            reader.post("/comentar/hola", data=GOOD | {"body": "Otra cosa"}),
        ):
            assert answer.status_code == 403
            assert "Los comentarios están cerrados" in title(answer)
            assert "Se pudo comentar hasta el 20 de noviembre de 2026." in words(answer)
            assert f"{URL}/2026/11/hola/" in addresses(answer)

    def test_gives_back_what_was_sent(self, reader: FlaskClient, hola: Says) -> None:
        hola(closes_at="2026-11-01T12:00:00+01:00")
        answer = reader.post("/comentar/hola", data=GOOD)
        assert kept(answer) == BODY
        assert "hasta el 01/11/2026 a las 12:00" in words(answer)

    def test_stores_nothing(self, reader: FlaskClient, blog: Blog, hola: Says) -> None:
        hola(closes_at="2026-11-01T12:00:00+01:00")
        reader.post("/comentar/hola", data=GOOD)
        assert to_decide(blog) == []


class TestAConversationThatIsPaused:
    def test_says_why_and_from_when_on(self, reader: FlaskClient, hola: Says) -> None:
        hola(**PAUSE)
        answer = reader.get("/comentar/hola")
        assert answer.status_code == 403
        assert "Los comentarios están en pausa" in title(answer)
        assert "Hay elecciones. <i>" in words(answer)
        assert "<strong>elecciones</strong>" in answer.text
        assert "Se podrá comentar a partir del 14 de diciembre de 2026." in words(answer)
        assert "Otra razón" not in answer.text

    def test_says_it_in_the_readers_language(self, reader: FlaskClient, hola: Says) -> None:
        hola(**PAUSE)
        answer = reader.post("/comentar/hola", data=GOOD | {"lang": "eu"})
        assert tree(answer).get("lang") == "eu"
        assert "Hauteskundeak dira." in words(answer)
        assert kept(answer) == BODY
        english = reader.get("/comentar/hola?idioma=en")
        assert "Comments can be sent from 14 December 2026 on." in words(english)
        assert '<div lang="es">' in english.text

    def test_opens_at_its_hour(self, reader: FlaskClient, clock: Clock, hola: Says) -> None:
        hola(**PAUSE)
        clock.now = datetime(2026, 12, 13, 23, 0, tzinfo=UTC)
        assert "body" in fields(reader.get("/comentar/hola"))
        assert reader.post("/comentar/hola", data=GOOD).status_code == 303


class TestAConversationThatIsClosed:
    def test_says_why(self, reader: FlaskClient, hola: Says) -> None:
        hola(open=False, closed_message={"es": "Seguimos en [otra](/2026/11/otra/)."})
        answer = reader.get("/comentar/hola")
        assert answer.status_code == 403
        assert "Seguimos en otra." in words(answer)

    def test_of_an_older_site_says_only_that(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/cerrada", data=GOOD)
        assert answer.status_code == 403
        assert "Los comentarios están cerrados" in title(answer)
        assert kept(answer) == BODY


class TestAConversationThatChangedItsKey:
    @pytest.fixture(autouse=True)
    def moved(self, hola: Says) -> None:
        hola(aliases=["antes"])

    @pytest.fixture
    def old(self, blog: Blog, clock: Clock) -> Comment:
        """A comment in a file under the old key."""
        comment = Comment(
            id=new_id(clock()),
            thread="antes",
            revision=1,
            number=7,
            kind=Kind.COMMENT,
            markup=Markup.MARKDOWN,
            author="Maite",
            date=clock(),
            body="Dicho antes.",
        )
        content_repo.write(blog.comments_folder, comment)
        return comment

    def test_takes_comments_under_the_old_one(self, reader: FlaskClient, blog: Blog) -> None:
        assert (
            fields(reader.get("/comentar/antes")).keys()
            == fields(reader.get("/comentar/hola")).keys()
        )
        assert reader.post("/comentar/antes", data=GOOD).status_code == 303
        assert [case.thread for case in to_decide(blog)] == ["hola"]

    def test_takes_the_same_post_under_both_for_one(self, reader: FlaskClient, blog: Blog) -> None:
        reader.post("/comentar/antes", data=GOOD)
        reader.post("/comentar/hola", data=GOOD)
        assert len(to_decide(blog)) == 1

    def test_takes_a_reply_to_what_was_said_under_the_old_one(
        self, reader: FlaskClient, blog: Blog, old: Comment
    ) -> None:
        page = reader.get(f"/comentar/hola?responder={old.id}")
        assert "Responder a Maite" in title(page)
        assert fields(page)["in_reply_to"] == old.id
        reader.post("/comentar/hola", data=GOOD | {"in_reply_to": old.id})
        assert to_decide(blog)[0].in_reply_to == old.id

    def test_goes_on_counting_from_the_old_numbers(
        self,
        waiting: Callable[..., Case],
        blog: Blog,
        clock: Clock,
        moderator: Person,
        old: Comment,
    ) -> None:
        case = waiting()
        done = moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        assert done.number == old.number + 1


class TestAnAddressWithAQuery:
    @pytest.mark.parametrize("query", ["utm_source=x", "fbclid=1&utm_medium=y", "thread=otra", "#"])
    def test_leads_to_the_same_conversation(
        self, reader: FlaskClient, blog: Blog, query: str
    ) -> None:
        assert reader.get(f"/comentar/hola?{query}").status_code == 200
        assert reader.post(f"/comentar/hola?{query}", data=GOOD).status_code == 303
        assert [case.thread for case in to_decide(blog)] == ["hola"]

    @pytest.mark.parametrize("path", ["hola%3Futm_source=x", "hola/", "HOLA", "hola%2F", "hola%00"])
    def test_never_makes_another_one(self, reader: FlaskClient, blog: Blog, path: str) -> None:
        answer = reader.post(f"/comentar/{path}", data=GOOD)
        assert answer.status_code in (303, 404, 405)
        assert {case.thread for case in to_decide(blog)} <= {"hola"}
