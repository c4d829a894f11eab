"""The receipt and the private page: what a reader can always find out."""

import json
from collections.abc import Callable
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments_service.domain.cases import INTERNAL, Case, EventKind
from comments_service.domain.states import Attention, Visibility, label
from comments_service.store.people import Person
from comments_service.store.schema import case as table
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, reject
from comments_service.usecases.track import receipt_for
from comments_service.web.event_words import NOTED, TOLD
from comments_service.web.tracking import PLAINLY
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import URL, addresses, classed, text_of, title, tree, words


@pytest.fixture
def follow(reader: FlaskClient, blog: Blog) -> Callable[..., TestResponse]:
    """Opens the private page of a case, or its receipt."""

    def get(case: Case, receipt: bool = False) -> TestResponse:
        path = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        return reader.get(path + ("/recibido" if receipt else ""))

    return get


class TestTheReceipt:
    def test_gives_reference_text_and_private_link(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse], blog: Blog
    ) -> None:
        case = waiting()
        answer = follow(case, receipt=True)
        assert answer.status_code == 200
        assert "2026-000001" in words(answer)
        assert "<strong>empresa</strong>" in answer.text
        link = f"{URL}/seguimiento/2026-000001/{receipt_for(blog, case).token}"
        assert link in addresses(answer)
        assert link in words(answer)

    def test_has_a_private_link_that_works(
        self, reader: FlaskClient, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        link = text_of(classed(follow(waiting(), receipt=True), "private-link")[0])
        answer = reader.get(link.removeprefix(URL))
        assert answer.status_code == 200
        assert "Recibido" in title(answer)

    def test_says_in_three_lines_what_comes_next(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        steps = classed(follow(waiting(), receipt=True), "next-steps")[0]
        assert len(list(steps.iter("li"))) == 3

    def test_says_how_the_text_was_read_and_shows_it_as_it_was_typed(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        answer = follow(waiting("Con **fuerza** <b>y</b>"), receipt=True)
        assert "(Markdown)" in words(answer)
        assert [each.text for each in tree(answer).iter("pre")] == ["Con **fuerza** <b>y</b>"]

    def test_says_nothing_of_it_when_it_was_plain(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        answer = follow(waiting("Sin nada\nespecial"), receipt=True)
        assert "(Markdown)" not in words(answer)
        assert not list(tree(answer).iter("pre"))

    def test_speaks_the_language_of_the_comment(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        answer = follow(waiting(lang="eu"), receipt=True)
        assert tree(answer).get("lang") == "eu"
        assert "Jaso dugu zure iruzkina" in words(answer)


class TestTheSwitch:
    @pytest.mark.parametrize("receipt", [True, False])
    def test_leads_to_the_same_page_in_the_sites_other_languages(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        reader: FlaskClient,
        receipt: bool,
    ) -> None:
        answer = follow(waiting(lang="eu"), receipt=receipt)
        (nav,) = classed(answer, "site-languages")
        items = {each.get("lang"): each for item in nav.iter("li") for each in item}
        assert list(items) == ["es", "eu"]  # the site has nothing in English
        assert items["eu"].get("aria-current") == "true"
        assert items["es"].get("hreflang") == "es"
        other = reader.get(items["es"].get("href").removeprefix(URL))
        assert tree(other).get("lang") == "es"
        assert title(other) != title(answer)
        assert other.headers["Cache-Control"] == "no-store"

    def test_is_not_there_on_a_site_of_one_language(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse], blog: Blog
    ) -> None:
        file = blog.settings.output_folder / "threads.json"
        manifest = json.loads(file.read_text("utf-8"))
        del manifest["menus"]["eu"]
        file.write_text(json.dumps(manifest), "utf-8")
        assert not classed(follow(waiting()), "site-languages")


class TestThePrivatePage:
    def test_of_a_new_comment_says_received(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse]
    ) -> None:
        answer = follow(waiting())
        assert "Recibido" in title(answer)
        assert "Lo leerá una persona" in words(answer)
        assert "#comment-" not in answer.text

    def test_of_an_approved_one_says_that_it_is_coming(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = approve(blog, waiting().id, 1, by=moderator, now=clock())
        answer = follow(case)
        assert "Aprobado" in title(answer)
        assert "#comment-" not in answer.text

    def test_of_a_published_one_leads_to_its_place(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = publishing(approve(blog, waiting().id, 1, by=moderator, now=clock()))
        answer = follow(case)
        assert "Publicado" in title(answer)
        assert f"{URL}/2026/11/hola/#comment-{case.comment_id}" in addresses(answer)

    def test_tells_what_happened_in_order_and_when(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        clock.forward(hours=2)
        publishing(approve(blog, case.id, 1, by=moderator, now=clock()))
        steps = list(classed(follow(case), "timeline")[0])
        assert [text_of(step) for step in steps] == [
            "Recibimos tu comentario. 20/11/2026 a las 11:00",
            "Una persona lo leyó y lo aprobó. 20/11/2026 a las 13:00",
            "Tu comentario está en la página. 20/11/2026 a las 13:00",
        ]
        assert next(steps[0].iter("time")).get("datetime") == "2026-11-20T11:00:01+01:00"

    def test_of_a_refused_one_gives_the_reason(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        reason = "Da el teléfono de\nuna vecina <tal>."
        case = reject(blog, waiting().id, 1, rule=None, reason=reason, by=moderator, now=clock())
        answer = follow(case)
        assert "No publicado" in title(answer)
        assert classed(answer, "as-typed")[0].text == reason
        assert "¿Para la empresa?" in words(answer)

    def test_of_an_answered_one_shows_the_answer_once_it_is_on_the_page(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        answer_id = new_id(clock())
        case = answer(
            blog,
            waiting().id,
            1,
            "Sí, **siempre**.",
            by=moderator,
            answer_id=answer_id,
            now=clock(),
        )
        assert "estará en la página enseguida" in words(follow(case))
        assert "siempre" not in words(follow(case))
        publishing(case)
        page = follow(case)
        assert "Contestado" in title(page)
        assert "<strong>siempre</strong>" in page.text
        assert "Ada Ejemplo" in words(page)
        assert f"{URL}/2026/11/hola/#comment-{answer_id}" in addresses(page)

    def test_of_an_article_that_is_gone_still_stands(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse], blog: Blog
    ) -> None:
        case = waiting()
        manifest = blog.settings.output_folder / "threads.json"
        manifest.write_text(manifest.read_text().replace('"hola": {', '"adios": {'))
        assert follow(case).status_code == 200
        assert follow(case, receipt=True).status_code == 200


class TestAWrongLink:
    def test_answers_alike_for_reference_and_token(
        self, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        token = receipt_for(blog, case).token
        wrong = [
            f"/seguimiento/2026-000001/{'a' * 32}",
            f"/seguimiento/2026-000002/{token}",
            f"/seguimiento/2025-000001/{token}",
            f"/seguimiento/2026-0000001/{token}",
            f"/seguimiento/2026-{'9' * 18}/{token}",
            f"/seguimiento/2026-{'9' * 40}/{token}",
            f"/seguimiento/nada/{token}",
            f"/seguimiento/2026-000001/{token.upper()}",
            f"/seguimiento/2026-000001/{token}%0d%0aX:1",
            "/seguimiento/2026-000001/ñ",
        ]
        answers = [reader.get(path) for path in wrong]
        answers += [reader.get(f"{path}/recibido") for path in wrong]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1

    def test_stops_working_when_the_generation_is_raised(
        self, waiting: Callable[..., Case], follow: Callable[..., TestResponse], blog: Blog
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            connection.execute(update(table).values(link_generation=2))
        assert follow(case).status_code == 404


class TestTheWords:
    def test_stand_below_every_label_there_is(self) -> None:
        either = (False, True)
        for visibility, attention, erased, corrected in product(
            Visibility, Attention, either, either
        ):
            said = label(visibility, attention, erased=erased, corrected=corrected)
            assert PLAINLY[said]

    def test_are_there_for_every_kind_of_event(self) -> None:
        assert set(TOLD) | INTERNAL == set(NOTED) == set(EventKind)
        assert not INTERNAL & set(TOLD)
