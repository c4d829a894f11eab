"""Dates as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tertulia_plugins.dates import has_two_meanings, in_zone

from comments_service.config import dates

from .conftest import SmallBlog

MADRID = ZoneInfo("Europe/Madrid")
DAY = date(2011, 11, 14)


class TestADay:
    @pytest.mark.parametrize(
        ("language", "long", "short", "month"),
        [
            (
                "es",
                "lunes, 14 de noviembre de 2011",
                "14 de noviembre de 2011",
                "noviembre de 2011",
            ),
            (
                "eu",
                "2011ko azaroaren 14a, astelehena",
                "2011ko azaroaren 14a",
                "2011ko azaroa",
            ),
            ("en", "Monday, 14 November 2011", "14 November 2011", "November 2011"),
        ],
    )
    def test_is_written_as_in_its_language(
        self, language: str, long: str, short: str, month: str
    ) -> None:
        assert dates.long(DAY, language) == long
        assert dates.short(DAY, language) == short
        assert dates.month(DAY, language) == month

    @pytest.mark.parametrize(
        ("day", "written"),
        [
            (date(2009, 7, 28), "2009ko uztailaren 28a"),
            (date(2025, 1, 1), "2025eko urtarrilaren 1a"),
            (date(2026, 8, 11), "2026ko abuztuaren 11"),
            (date(2010, 12, 31), "2010eko abenduaren 31"),
            (date(2021, 2, 10), "2021eko otsailaren 10a"),
            (date(2031, 5, 20), "2031ko maiatzaren 20a"),
            (date(2015, 3, 2), "2015eko martxoaren 2a"),
            (date(2000, 6, 3), "2000ko ekainaren 3a"),
            (date(1900, 9, 4), "1900eko irailaren 4a"),
        ],
    )
    def test_has_in_basque_the_ending_of_its_number_as_spoken(
        self, day: date, written: str
    ) -> None:
        assert dates.short(day, "eu") == written
        assert f"{dates.near(day, 'eu')}" == written.split(" ", 1)[1]

    def test_is_written_without_its_year_when_that_is_plain(self) -> None:
        assert dates.near(DAY, "es") == "14 de noviembre"
        assert dates.near(DAY, "en") == "14 November"


class TestATime:
    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("es", "28/07/2009 a las 19:56"),
            ("eu", "2009/07/28, 19:56"),
            ("en", "28/07/2009 at 19:56"),
        ],
    )
    def test_is_written_as_in_its_language(self, language: str, expected: str) -> None:
        moment = datetime(2009, 7, 28, 19, 56, tzinfo=MADRID)
        assert dates.with_time(moment, language) == expected

    def test_has_leading_zeros_and_24_hours(self) -> None:
        moment = datetime(2009, 1, 2, 3, 4, tzinfo=MADRID)
        assert dates.with_time(moment, "es") == "02/01/2009 a las 03:04"

    @pytest.mark.parametrize(
        ("utc", "local"),
        [
            (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29/03/2026 a las 01:59"),
            (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29/03/2026 a las 03:00"),
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25/10/2026 a las 02:30"),
            (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25/10/2026 a las 02:30"),
            (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "01/01/2027 a las 00:30"),
        ],
    )
    def test_is_told_by_the_institutions_clocks_summer_and_winter(
        self, utc: datetime, local: str
    ) -> None:
        moment = in_zone(utc, MADRID)
        assert isinstance(moment, datetime)
        assert dates.with_time(moment, "es") == local

    def test_carries_its_offset_for_machines(self) -> None:
        moment = in_zone(datetime(2009, 7, 28, 17, 56, 3, 99, tzinfo=UTC), MADRID)
        assert dates.machine(moment) == "2009-07-28T19:56:03+02:00"
        assert dates.machine(DAY) == "2011-11-14"


class TestOnAPage:
    def test_the_filters_speak_the_pages_language_and_the_institutions_time(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.write(
            "theme/templates/article.html",
            "{{ article.date|date_long }} | {{ article.date|date_short }} | "
            "{{ article.date|date_time }} | {{ article.date|iso }} | {{ article.date|month }} | "
            "{{ NOW|date_time }}",
        )
        small_blog.article("bat", lang="eu", date="2011-11-14 08:05")
        built = small_blog.built()
        assert built.page("/2026/11/una/") == (
            "sábado, 14 de noviembre de 2026 | 14 de noviembre de 2026 | "
            "14/11/2026 a las 10:00 | 2026-11-14T10:00:00+01:00 | noviembre de 2026 | "
            "22/11/2026 a las 10:00"
        )
        assert built.page("/eu/2011/11/bat/").startswith(
            "2011ko azaroaren 14a, astelehena | 2011ko azaroaren 14a | "
            "2011/11/14, 08:05 | 2011-11-14T08:05:00+01:00 | 2011ko azaroa"
        )


class TestADateInAHeader:
    @pytest.mark.parametrize(
        "written", ["12/11/2026", "1/2/2026 10:00", "03.04.26", "3 - 4 - 2026", "12_11_2026"]
    )
    def test_has_two_meanings_when_day_and_month_may_change_places(self, written: str) -> None:
        assert has_two_meanings(written)

    @pytest.mark.parametrize(
        "written",
        ["2026-11-12", "2026-11-12 10:00", "2026/11/12", "28/07/2009", "07/28/2009", "5/5/2026"],
    )
    def test_has_one_meaning_otherwise(self, written: str) -> None:
        assert not has_two_meanings(written)
