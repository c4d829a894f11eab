"""Working days, the two ways of counting them, and the holidays that are read for them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.config.holidays import FILE, read_calendar
from comments_service.domain.workdays import (
    Count,
    add_working_days,
    is_working_day,
    working_day_before,
    working_days_between,
)

BASQUE = read_calendar(Path("/nowhere"), "ES-PV", 2026, 2027).calendar

days = st.dates(date(2026, 1, 1), date(2027, 6, 30))
counts = st.sampled_from(["simple", "ley39"])


class TestTheWorkingDayBefore:
    @given(days)
    def test_is_the_nearest_one(self, day: date) -> None:
        before = working_day_before(day, BASQUE.holidays)
        assert before < day
        assert is_working_day(before, BASQUE.holidays)
        assert working_days_between(before, day - timedelta(days=1), BASQUE.holidays) == 0


class TestAddingWorkingDays:
    @pytest.mark.parametrize(
        ("start", "more", "count", "expected"),
        [
            (date(2026, 12, 4), 1, "simple", date(2026, 12, 7)),
            (date(2026, 12, 4), 5, "simple", date(2026, 12, 14)),
            (date(2026, 12, 5), 1, "simple", date(2026, 12, 7)),
            (date(2026, 12, 31), 1, "simple", date(2027, 1, 4)),
            (date(2026, 12, 31), 5, "simple", date(2027, 1, 11)),
            (date(2026, 12, 4), 1, "ley39", date(2026, 12, 7)),
            (date(2026, 12, 4), 5, "ley39", date(2026, 12, 14)),
            (date(2026, 12, 5), 1, "ley39", date(2026, 12, 9)),
            (date(2026, 12, 31), 1, "ley39", date(2027, 1, 4)),
            (date(2026, 12, 31), 5, "ley39", date(2027, 1, 11)),
        ],
    )
    def test_skips_weekends_and_basque_holidays(
        self, start: date, more: int, count: Count, expected: date
    ) -> None:
        assert add_working_days(start, more, BASQUE.holidays, count) == expected

    @given(days, st.integers(1, 60), counts)
    def test_ends_on_a_working_day(self, start: date, more: int, count: Count) -> None:
        assert is_working_day(
            add_working_days(start, more, BASQUE.holidays, count), BASQUE.holidays
        )

    @given(days, st.integers(0, 60))
    def test_is_counted_back_by_the_days_between(self, start: date, more: int) -> None:
        end = add_working_days(start, more, BASQUE.holidays)
        assert working_days_between(start, end, BASQUE.holidays) == more

    @given(days, st.integers(1, 60))
    def test_is_never_shorter_by_the_law_than_simply(self, start: date, more: int) -> None:
        simple = add_working_days(start, more, BASQUE.holidays)
        by_law = add_working_days(start, more, BASQUE.holidays, "ley39")
        assert by_law >= simple
        assert by_law == simple or not is_working_day(start, BASQUE.holidays)

    @given(days, st.integers(1, 30), st.sets(days, max_size=20), counts)
    def test_is_never_sooner_for_a_holiday_more(
        self, start: date, more: int, extra: set[date], count: Count
    ) -> None:
        few = add_working_days(start, more, BASQUE.holidays, count)
        assert add_working_days(start, more, BASQUE.holidays | extra, count) >= few

    def test_goes_round_a_whole_year_of_holidays(self) -> None:
        year = {date(2026, 1, 1) + timedelta(days=n) for n in range(365)}
        assert add_working_days(date(2026, 1, 1), 1, year, "ley39") == date(2027, 1, 4)


class TestTheCalendar:
    @pytest.fixture
    def blog(self, tmp_path: Path) -> Path:
        (tmp_path / "content").mkdir()
        return tmp_path

    def test_is_a_file_of_days_with_their_names_and_the_regions(self, blog: Path) -> None:
        lines = "\ufeff# Villaejemplo\n2026-01-20 San Sebastián\n\n2026-08-31\t# nothing\r\n"
        (blog / FILE).write_text(lines, "utf-8")
        read = read_calendar(blog, "ES-PV", 2026, 2026)
        assert not read.faults
        assert {date(2026, 1, 20), date(2026, 8, 31), date(2026, 12, 8)} <= read.calendar.holidays

    def test_names_a_fault_with_its_line_and_keeps_the_others(self, blog: Path) -> None:
        (blog / FILE).write_text("2026-01-20 San Sebastián\n20/1/2027 Otra\n2026-02-30\n", "utf-8")
        read = read_calendar(blog, None, 2026, 2026)
        assert read.calendar.holidays == {date(2026, 1, 20)}
        assert [fault.where for fault in read.faults] == [f"{FILE}:2", f"{FILE}:3"]
        assert "20/1/2027 Otra" in str(read.faults[0])

    def test_that_is_no_text_is_one_fault(self, blog: Path) -> None:
        (blog / FILE).write_bytes(b"2026-01-20 San Sebasti\xe1n\n")
        assert [each.where for each in read_calendar(blog, None, 2026, 2026).faults] == [FILE]

    @pytest.mark.parametrize("region", ["XX", "ES-XX"])
    def test_names_a_region_that_nobody_knows(self, blog: Path, region: str) -> None:
        read = read_calendar(blog, region, 2026, 2027)
        assert [fault.where for fault in read.faults] == ["site.toml: deadlines.region"]
        assert not read.calendar.years

    def test_knows_no_year_without_region_and_file(self, blog: Path) -> None:
        calendar = read_calendar(blog, None, 2026, 2027).calendar
        assert not calendar.knows(date(2026, 1, 1), date(2026, 1, 2))

    def test_knows_the_years_of_the_region(self, blog: Path) -> None:
        calendar = read_calendar(blog, "ES", 2026, 2027).calendar
        assert calendar.knows(date(2026, 12, 31), date(2027, 1, 2))
        assert not calendar.knows(date(2027, 12, 31), date(2028, 1, 2))

    def test_of_a_town_that_keeps_its_own_days_knows_the_years_that_it_wrote(
        self, blog: Path
    ) -> None:
        (blog / FILE).write_text("2026-01-20 San Sebastián\n", "utf-8")
        calendar = read_calendar(blog, "ES-PV", 2026, 2027).calendar
        assert calendar.knows(date(2026, 1, 1), date(2026, 12, 31))
        assert not calendar.knows(date(2026, 12, 31), date(2027, 1, 1))
