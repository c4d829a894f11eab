"""Advertising is set aside by a person, in one step, and looked at again before it goes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.domain.states import Decision, Visibility
from comments_service.usecases import retention, spam
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from tests.support.fixtures import Clock
from tests.web.pages import fields, form, path, words


@pytest.fixture
def marked(waiting: Callable[..., Case], staff: FlaskClient) -> Callable[..., Case]:
    def mark(body: str = "Compre relojes baratos.", **more: str) -> Case:
        case = waiting(body, **more)
        sent = fields(staff.get(path(case)), "/publicidad")
        assert staff.post(path(case, "publicidad"), data=sent).status_code == 303
        return case

    return mark


class TestSettingAside:
    def test_needs_no_rule_and_tells_nobody_why(
        self, marked: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        case = case_of(blog, marked().id)
        assert (case.decision, case.visibility) == (Decision.SPAM, Visibility.SPAM)
        assert case.reason is None
        assert case.reference not in words(staff.get("/gestion/"))

    def test_of_what_somebody_decided_first_is_a_conflict(
        self, waiting: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        case = waiting()
        staff.post(path(case, "publicar"), data=form())
        assert staff.post(path(case, "publicidad"), data=form()).status_code == 409
        assert case_of(blog, case.id).visibility is Visibility.APPROVED

    def test_is_taken_back_from_its_page(
        self, marked: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        case = marked()
        sent = fields(staff.get(path(case)), "/no-es-publicidad")
        assert staff.post(path(case, "no-es-publicidad"), data=sent).status_code == 303
        assert case_of(blog, case.id).visibility is Visibility.HELD
        assert staff.post(path(case, "publicar"), data=form()).status_code == 303

    def test_is_done_and_taken_back_straight_from_the_lists(
        self, waiting: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        case = waiting()
        sent = fields(staff.get("/gestion/"), f"{case.reference}/publicidad")
        assert staff.post(path(case, "publicidad"), data=sent).status_code == 303
        there = staff.get("/gestion/?vista=spam")
        sent = fields(there, f"{case.reference}/no-es-publicidad")
        done = staff.post(path(case, "no-es-publicidad"), data=sent)
        assert "vista=spam" in done.headers["Location"]
        assert case_of(blog, case.id).visibility is Visibility.HELD
        assert "/gestion/publicidad" in there.text

    def test_is_erased_when_its_term_is_over_and_not_before(
        self, marked: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        case = marked()
        clock.forward(days=29)
        retention.forget(blog, clock())
        assert not case_of(blog, case.id).erased
        clock.forward(days=2)
        retention.forget(blog, clock())
        assert case_of(blog, case.id).erased


class TestTheSample:
    def test_shows_twenty_at_most_and_the_same_for_a_day(
        self, marked: Callable[..., Case], staff: FlaskClient, blog: Blog, clock: Clock
    ) -> None:
        for number in range(22):
            marked(f"Compre {number} relojes.", author=f"Casa {number}")
            clock.forward(minutes=15)  # nobody is that many in an hour
        first = staff.get("/gestion/publicidad")
        assert first.text.count("/no-es-publicidad") == 20
        assert words(staff.get("/gestion/publicidad")) == words(first)
        today = spam.sample(blog, clock())
        tomorrow = spam.sample(blog, clock() + timedelta(days=1))
        assert len(today) == len(tomorrow) == 20
        assert [each.id for each in today] != [each.id for each in tomorrow]

    def test_lets_a_mistake_go_back_with_one_button_and_stays_there(
        self, marked: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        case = marked("No vendo nada.")
        marked()
        sent = fields(staff.get("/gestion/publicidad"), f"{case.reference}/no-es-publicidad")
        done = staff.post(path(case, "no-es-publicidad"), data=sent)
        assert done.headers["Location"].endswith(
            f"/gestion/publicidad?hecho=no-es-publicidad&comentario={case.reference}"
        )
        assert case_of(blog, case.id).visibility is Visibility.HELD
        left = staff.get(done.headers["Location"])
        assert left.text.count("/no-es-publicidad") == 1
        assert "No vendo nada." not in words(left)

    def test_holds_nothing_older_than_a_month(
        self, marked: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        case = marked()
        clock.forward(days=29)
        assert [each.id for each in spam.sample(blog, clock())] == [case.id]
        clock.forward(days=2)
        assert spam.sample(blog, clock()) == []
