"""What readers are promised: dates in working days, kept up to date with the calendar."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from comments_service.domain.cases import READER, Case, EventKind, person_actor
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Attention
from comments_service.store import cases, events, people
from comments_service.store.people import Person
from comments_service.usecases import addresses, attend, promises, reader, undo
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.status import alarms
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from comments_service.usecases.track import receipt_for, track
from comments_service.usecases.withdraw import withdraw
from tests.support.fixtures import SITE_TOML, Clock
from tests.support.ids import new_id

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)

FRIDAY = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
TERMS = '\n[deadlines]\ndecide = 1\nanswer = 5\nregion = "ES-PV"\n'


@pytest.fixture(autouse=True)
def terms(blog_folder: Path, clock: Clock) -> None:
    """The demonstration's, before the blog is opened; it is the Friday before a long weekend."""
    deadlines(blog_folder, TERMS)
    clock.now = FRIDAY


def deadlines(folder: Path, said: str) -> None:
    (folder / "content" / "site.toml").write_text(SITE_TOML + said, "utf-8")


def holidays(folder: Path, *lines: str) -> None:
    (folder / "content" / "holidays.txt").write_text("\n".join(lines), "utf-8")


def sent(blog: Blog, clock: Clock, body: str = "¿Para la empresa?") -> Case:
    clock.forward(seconds=1)
    form = Form(author="Aitor", body=body)
    return submit(
        blog, "hola", form, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
    ).case


def record(blog: Blog, case: Case) -> list[EventKind]:
    with blog.store.read() as connection:
        return [event.kind for event in events.of_case(connection, case.id)]


def happened(blog: Blog, case: Case, kind: EventKind, clock: Clock, actor: str = READER) -> Case:
    with blog.store.write() as connection:
        events.append(connection, case.id, kind, actor=actor, now=clock())
        promises.keep(blog, connection, case.id, clock())
    return case_of(blog, case.id)


class TestANewComment:
    def test_gets_its_dates_with_the_receipt(self, blog: Blog, clock: Clock) -> None:
        case = sent(blog, clock)
        assert case.decide_by == datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)
        assert case.answer_by == datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC)
        assert record(blog, case) == [EventKind.RECEIVED]

    def test_is_promised_nothing_without_deadlines(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        deadlines(blog_folder, "")
        case = sent(blog, clock)
        assert (case.decide_by, case.answer_by, case.due_by) == (None, None, None)
        tick(blog, clock)
        assert record(blog, case) == [EventKind.RECEIVED]

    def test_of_late_in_the_evening_is_of_the_institutions_day(
        self, blog: Blog, clock: Clock
    ) -> None:
        clock.now = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)  # 00:30 on the 4th in Madrid
        assert sent(blog, clock).decide_by == datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)

    def test_is_promised_the_end_of_the_day_when_the_clocks_have_changed(
        self, blog: Blog, clock: Clock
    ) -> None:
        clock.now = datetime(2026, 3, 27, 10, 0, tzinfo=UTC)  # to summer time on the 29th
        assert sent(blog, clock).decide_by == datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC)

    def test_of_a_saturday_is_counted_as_the_law_says_where_that_is_set(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        clock.now = datetime(2026, 12, 5, 10, 0, tzinfo=UTC)
        assert sent(blog, clock, "Uno").decide_by == datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)
        deadlines(blog_folder, TERMS + 'count = "ley39"\n')
        assert sent(blog, clock, "Dos").decide_by == datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)

    def test_says_also_when_the_last_answer_is_due(self, blog: Blog, blog_folder: Path) -> None:
        deadlines(blog_folder, TERMS + "resolve = 6\n")
        promise = promises.promised(blog, FRIDAY)
        assert promise.resolve_by == datetime(2026, 12, 15, 22, 59, 59, tzinfo=UTC)


class TestTheTick:
    def test_moves_the_dates_of_open_cases_when_the_calendar_changes(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        case = sent(blog, clock)
        tick(blog, clock)
        holidays(blog_folder, "2026-12-07 Puente", "2026-12-11 Fiesta local")
        with structlog.testing.capture_logs() as logged:
            tick(blog, clock)
        moved = case_of(blog, case.id)
        assert moved.decide_by == datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)
        assert moved.answer_by == datetime(2026, 12, 16, 22, 59, 59, tzinfo=UTC)
        assert {"event": "promises.changed", "cases": 1, "log_level": "info"} in logged
        with blog.store.read() as connection:
            last = events.of_case(connection, case.id)[-1]
        assert last.kind is EventKind.PROMISED
        assert moved.decide_by
        assert last.data["decide_by"] == int(moved.decide_by.timestamp())

    def test_says_once_what_changed_once(self, blog: Blog, blog_folder: Path, clock: Clock) -> None:
        case = sent(blog, clock)
        holidays(blog_folder, "2026-12-07 Puente")
        for _ in range(3):
            tick(blog, clock)
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.PROMISED]

    def test_says_nothing_where_a_change_moves_no_date(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        case = sent(blog, clock)
        holidays(blog_folder, "2026-06-30 Fiesta")
        tick(blog, clock)
        assert record(blog, case) == [EventKind.RECEIVED]

    def test_reaches_every_open_case_and_no_other(
        self,
        blog: Blog,
        blog_folder: Path,
        clock: Clock,
        moderator: Person,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(promises, "_BATCH", 2)
        made = [sent(blog, clock, f"Comentario {n}") for n in range(5)]
        reject(blog, made[1].id, 1, rule=None, reason="No.", by=moderator, now=clock())
        approve(blog, made[2].id, 1, by=moderator, now=clock())
        holidays(blog_folder, "2026-12-07 Puente")
        assert promises.renew(blog, clock()) == 4
        for case in made:
            now = case_of(blog, case.id)
            decided = case in (made[1], made[2])
            assert (now.decide_by == case.decide_by) == decided
            assert (now.answer_by == case.answer_by) == (case == made[1])

    def test_follows_new_deadlines_and_their_end(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        case = sent(blog, clock)
        deadlines(blog_folder, TERMS.replace("answer = 5", "answer = 2"))
        tick(blog, clock)
        moved = case_of(blog, case.id)
        assert moved.answer_by == datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)
        deadlines(blog_folder, "")
        tick(blog, clock)
        ended = case_of(blog, case.id)
        assert (ended.decide_by, ended.answer_by) == (None, None)
        assert record(blog, case).count(EventKind.PROMISED) == 2

    def test_moves_nothing_by_a_calendar_that_cannot_be_read(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        holidays(blog_folder, "2026-12-07 Puente", "2026-12-11 Fiesta")
        case = sent(blog, clock)
        tick(blog, clock)
        holidays(blog_folder, "7/12/2026 Puente")
        tick(blog, clock)
        assert case_of(blog, case.id).decide_by == case.decide_by
        assert [each.where for each in alarms(blog, clock()).calendar] == ["content/holidays.txt:1"]
        holidays(blog_folder, "2026-12-11 Fiesta")
        tick(blog, clock)
        assert case_of(blog, case.id).decide_by == datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)

    def test_leaves_what_was_answered_its_dates(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person
    ) -> None:
        case = sent(blog, clock)
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        holidays(blog_folder, "2026-12-07 Puente")
        tick(blog, clock)
        answered = case_of(blog, case.id)
        assert answered.attention is Attention.ANSWERED
        assert (answered.decide_by, answered.answer_by) == (case.decide_by, case.answer_by)


class TestTheClock:
    def test_begins_anew_when_the_reader_is_not_content(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = sent(blog, clock)
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        clock.now = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
        again = happened(blog, case, EventKind.ADDED, clock)
        assert again.attention is Attention.UNDER_REVIEW
        assert again.answer_by == datetime(2026, 12, 23, 22, 59, 59, tzinfo=UTC)
        assert again.decide_by == case.decide_by
        assert record(blog, case)[-1] is EventKind.PROMISED

    def test_begins_anew_when_the_answer_is_withdrawn(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, answer_id = sent(blog, clock), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=answer_id, now=clock())
        clock.now = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
        withdraw(blog, answer_id, reason=WithdrawnBy.INSTITUTION, by=moderator, now=clock())
        assert case_of(blog, case.id).answer_by == datetime(2026, 12, 23, 22, 59, 59, tzinfo=UTC)

    def test_begins_anew_when_its_reader_says_that_the_answer_did_not_help(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, answer_id = sent(blog, clock), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=answer_id, now=clock())
        clock.now = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
        link = track(blog, case.reference, receipt_for(blog, case).token)
        reader.rate(blog, link, reader.Rating(answer_id, useful=False, text="No"), now=clock())
        again = case_of(blog, case.id)
        assert again.attention is Attention.UNDER_REVIEW
        assert again.answer_by == datetime(2026, 12, 23, 22, 59, 59, tzinfo=UTC)

    def test_of_a_refusal_begins_anew_with_a_second_look(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = sent(blog, clock)
        reject(blog, case.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        clock.now = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
        link = track(blog, case.reference, receipt_for(blog, case).token)
        reader.appeal(blog, link, len(link.events), "¿Por qué?", now=clock())
        asked = case_of(blog, case.id)
        assert asked.due_by == datetime(2026, 12, 23, 22, 59, 59, tzinfo=UTC)
        clock.forward(days=1)
        attend.reopen(blog, case.id, by=moderator, now=clock())
        held = case_of(blog, case.id)
        assert held.due_by == held.decide_by == datetime(2026, 12, 18, 22, 59, 59, tzinfo=UTC)

    def test_goes_back_to_what_it_was_when_an_opening_is_undone(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, answer_id = sent(blog, clock), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=answer_id, now=clock())
        before = case_of(blog, case.id)
        clock.now = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
        blog = replace(blog, settings=blog.settings.model_copy(update={"undo_seconds": 20}))
        attend.reopen(blog, case.id, by=moderator, now=clock())
        opened = case_of(blog, case.id)
        assert opened.answer_by != before.answer_by
        undo.undo(blog, case.id, len(record(blog, case)), by=moderator, now=clock())
        back = case_of(blog, case.id)
        assert (back.decide_by, back.answer_by) == (before.decide_by, before.answer_by)
        assert (back.resolve_by, back.due_by) == (before.resolve_by, before.due_by)

    def test_is_not_moved_by_what_the_reader_adds_while_waiting(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = sent(blog, clock)
        clock.forward(days=3)
        added = happened(blog, case, EventKind.ADDED, clock)
        assert (added.decide_by, added.answer_by) == (case.decide_by, case.answer_by)
        assert record(blog, case)[-1] is EventKind.ADDED

    def test_stands_while_the_reader_is_asked(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approve(blog, sent(blog, clock).id, 1, by=moderator, now=clock())
        asked = happened(blog, case, EventKind.ASKED_READER, clock, person_actor(moderator.id))
        assert (asked.answer_by, asked.due_by) == (case.answer_by, None)
        clock.now = datetime(2026, 12, 9, 10, 0, tzinfo=UTC)  # two working days later
        told = happened(blog, case, EventKind.ADDED, clock)
        assert told.answer_by == datetime(2026, 12, 16, 22, 59, 59, tzinfo=UTC)
        assert told.due_by == told.answer_by


class TestTheCalendar:
    def test_of_the_region_is_enough(self, blog: Blog, clock: Clock) -> None:
        assert not promises.promised(blog, clock()).is_approximate
        assert not alarms(blog, clock()).missing_years

    def test_without_next_year_makes_its_dates_approximate(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        holidays(blog_folder, "2026-01-20 San Sebastián")
        assert not promises.promised(blog, clock()).is_approximate
        clock.now = datetime(2026, 12, 31, 10, 0, tzinfo=UTC)
        promise = promises.promised(blog, clock())
        assert promise.is_approximate
        assert promise.decide_by == datetime(2027, 1, 4, 22, 59, 59, tzinfo=UTC)
        assert promises.is_approximate(blog, clock(), promise.decide_by)

    def test_of_next_year_is_asked_for_from_the_first_of_november_every_day(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        holidays(blog_folder, "2026-01-20 San Sebastián")
        clock.now = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)  # 23:59 in Madrid
        assert not alarms(blog, clock()).missing_years
        told = []
        with structlog.testing.capture_logs() as logged:
            for _ in range(72):
                clock.forward(hours=1)
                tick(blog, clock)
                told = [each for each in logged if each["event"] == "calendar.missing"]
        assert alarms(blog, clock()).missing_years == (2027,)
        assert len(told) == 3
        assert told[0]["years"] == [2027]
        holidays(blog_folder, "2026-01-20 San Sebastián", "2027-01-20 San Sebastián")
        assert not alarms(blog, clock()).missing_years

    def test_is_nobodys_business_without_deadlines(
        self, blog: Blog, blog_folder: Path, clock: Clock
    ) -> None:
        deadlines(blog_folder, "")
        holidays(blog_folder, "nada")
        found = alarms(blog, clock())
        assert (found.missing_years, found.calendar) == ((), ())

    def test_that_has_no_end_of_open_cases_is_asked_in_parts(
        self, blog: Blog, clock: Clock
    ) -> None:
        made = [sent(blog, clock, f"Comentario {n}").id for n in range(3)]
        with blog.store.read() as connection:
            assert cases.open_after(connection, 0, 2) == made[:2]
            assert cases.open_after(connection, made[1], 2) == made[2:]


class TestAMissingYear:
    def test_is_told_by_mail_to_each_administrator_who_has_an_address_and_only_once(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person
    ) -> None:
        with blog.store.write() as connection:
            address = addresses.keep(blog, connection, "ada@example.org", "es", clock())
            people.change(connection, moderator.id, address_id=address)
        holidays(blog_folder, "2026-12-25 Navidad")
        blog.mailbox.is_open = True
        for _ in range(3):
            tick(blog, clock)
            clock.forward(days=2)
        told = blog.mailbox.newest()
        assert [str(each["To"]) for each in told] == ["ada@example.org"]
        assert "2027" in str(told[0]["Subject"])
        assert "/gestion/ajustes/festivos" in told[0].get_content()

    def test_that_was_written_meanwhile_is_told_to_nobody(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person
    ) -> None:
        with blog.store.write() as connection:
            address = addresses.keep(blog, connection, "ada@example.org", "es", clock())
            people.change(connection, moderator.id, address_id=address)
        holidays(blog_folder, "2026-12-25 Navidad")
        tick(blog, clock)
        holidays(blog_folder, "2026-12-25 Navidad", "2027-01-01 Año Nuevo")
        blog.mailbox.is_open = True
        tick(blog, clock)
        assert blog.mailbox.newest() == []
