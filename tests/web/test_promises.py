"""Promised dates on the pages of readers and staff."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from comments_service.domain.cases import Case, EventKind, person_actor
from comments_service.store import events
from comments_service.store.people import Person
from comments_service.store.schema import case as table
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve
from comments_service.usecases.tick import tick
from comments_service.usecases.track import receipt_for
from tests.support.fixtures import Clock
from tests.web.pages import title, tree, words


@pytest.fixture(autouse=True)
def terms(blog: Blog, clock: Clock) -> None:
    site = blog.settings.blog / "content" / "site.toml"
    deadlines = '\n[deadlines]\ndecide = 1\nanswer = 2\nregion = "ES-PV"\n'
    site.write_text(site.read_text("utf-8") + deadlines, "utf-8")
    clock.now = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def page(reader: FlaskClient, blog: Blog) -> Callable[[Case], object]:
    def get(case: Case) -> object:
        return reader.get(f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}")

    return get


class TestThePrivatePage:
    def test_has_the_new_date_after_a_tick_when_the_calendar_changed(
        self, waiting: Callable[..., Case], page: Callable[..., object], blog: Blog, clock: Clock
    ) -> None:
        case = waiting()
        assert "7 de diciembre" in words(page(case))
        file = blog.settings.blog / "content" / "holidays.txt"
        file.write_text("2026-12-07 Puente\n", "utf-8")
        tick(blog, clock)
        moved = words(page(case))
        assert "9 de diciembre" in moved
        assert "7 de diciembre" not in moved

    def test_marks_a_date_that_unknown_holidays_may_move(
        self,
        waiting: Callable[..., Case],
        reader: FlaskClient,
        page: Callable[..., object],
        blog: Blog,
        clock: Clock,
    ) -> None:
        file = blog.settings.blog / "content" / "holidays.txt"
        file.write_text("2026-01-20 San Sebastián\n", "utf-8")
        assert "(aprox.)" not in words(page(waiting("En plazo")))
        clock.now = datetime(2026, 12, 31, 10, 0, tzinfo=UTC)
        case = waiting("Entre dos años")
        assert "4 de enero de 2027 (aprox.)" in words(page(case))
        receipt = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}/recibido"
        assert "4 de enero de 2027 (aprox.)" in words(reader.get(receipt))

    def test_says_in_its_label_that_a_promise_was_not_kept(
        self, waiting: Callable[..., Case], page: Callable[..., object], clock: Clock
    ) -> None:
        case = waiting()
        clock.now = datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)
        assert "fuera de plazo" not in title(page(case))
        clock.forward(seconds=1)
        assert "Recibido · fuera de plazo" in title(page(case))

    def test_keeps_the_label_of_what_was_decided_in_time_until_the_answer_is_late(
        self,
        waiting: Callable[..., Case],
        page: Callable[..., object],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = approve(blog, waiting().id, 1, by=moderator, now=clock())
        clock.now = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
        assert "fuera de plazo" not in title(page(case))
        clock.now = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
        assert "fuera de plazo" in title(page(case))

    def test_names_the_department_that_it_was_passed_on_to(
        self,
        waiting: Callable[..., Case],
        page: Callable[..., object],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            events.append(
                connection,
                case.id,
                EventKind.REFERRED,
                actor=person_actor(moderator.id),
                now=clock(),
                data={"department": "Obras y 100 % Servicios <b>"},
            )
        assert "Derivado a «Obras y 100 % Servicios <b>»" in title(page(case))
        assert not list(tree(page(case)).iter("b"))

    def test_of_a_blog_without_deadlines_promises_nothing(
        self, waiting: Callable[..., Case], page: Callable[..., object], blog: Blog, clock: Clock
    ) -> None:
        case = waiting()
        with blog.store.write() as connection:
            connection.execute(update(table).values(decide_by=None, answer_by=None))
        clock.forward(days=365)
        shown = page(case)
        assert "fuera de plazo" not in title(shown)
        assert "diciembre" not in words(shown)


class TestTheFirstPageOfStaff:
    def test_asks_for_the_holidays_of_next_year(self, staff: FlaskClient, blog: Blog) -> None:
        file = blog.settings.blog / "content" / "holidays.txt"
        file.write_text("2026-01-20 San Sebastián\n", "utf-8")
        shown = words(staff.get("/gestion/"))
        assert "Los festivos de 2027" in shown
        assert "Ajustes, Festivos" in shown

    def test_names_the_line_of_the_calendar_that_cannot_be_read(
        self, staff: FlaskClient, blog: Blog
    ) -> None:
        file = blog.settings.blog / "content" / "holidays.txt"
        file.write_text("2026-01-20\n2027-01-20\nel lunes <b>\n", "utf-8")
        answer = staff.get("/gestion/")
        assert "content/holidays.txt:3" in words(answer)
        assert "el lunes <b>" in words(answer)
