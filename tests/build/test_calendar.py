"""An event as a file for calendars (RFC 5545), and as data for machines."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tertulia_plugins.posts.calendar import Entry, calendar

from .conftest import NOW, Built, SmallBlog

SITE = "https://blog.pruebas.example"
ICS = "2026/11/una/acto.ics"
MADRID = ZoneInfo("Europe/Madrid")
ENTRY = Entry(
    uid="una@blog.pruebas.example",
    written=datetime(2026, 11, 14, 10, 0, tzinfo=MADRID),
    starts=datetime(2026, 11, 24, 19, 0, tzinfo=MADRID),
    name="Charla",
    place="",
    url=f"{SITE}/2026/11/una/",
    language="es",
)


def unfolded(data: bytes) -> list[str]:
    """Its lines as RFC 5545 (3.1) reads them."""
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    for line in data.split(b"\r\n"):
        line.decode("utf-8")  # no letter is cut in two
    return data.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def made(**given: Any) -> list[str]:
    return unfolded(calendar(replace(ENTRY, **given)))


class TestTheFile:
    def test_says_what_where_and_when(self) -> None:
        assert made(place="Casa de cultura, 2.º") == [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Tertulia//EN",
            "BEGIN:VEVENT",
            "UID:una@blog.pruebas.example",
            "DTSTAMP:20261114T090000Z",
            "DTSTART:20261124T180000Z",
            "SUMMARY;LANGUAGE=es:Charla",
            "LOCATION;LANGUAGE=es:Casa de cultura\\, 2.º",
            f"URL:{SITE}/2026/11/una/",
            "END:VEVENT",
            "END:VCALENDAR",
        ]

    @pytest.mark.parametrize(
        ("starts", "line"),
        [
            (date(2026, 7, 28), "DTSTART;VALUE=DATE:20260728"),
            (datetime(2026, 7, 28, 19, 0, tzinfo=MADRID), "DTSTART:20260728T170000Z"),
            (datetime(2026, 12, 31, 23, 59, tzinfo=MADRID), "DTSTART:20261231T225900Z"),
            (date(812, 1, 1), "DTSTART;VALUE=DATE:08120101"),
            (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), "DTSTART:00010101T000000"),
        ],
    )
    def test_has_the_hour_of_every_place_or_the_day_alone(self, starts: date, line: str) -> None:
        assert line in made(starts=starts)

    def test_escapes_what_has_a_meaning_there(self) -> None:
        lines = made(name='a\\b; c, d\r\nDTSTART:1\x00\x7f "e"')
        assert 'SUMMARY;LANGUAGE=es:a\\\\b\\; c\\, d\\nDTSTART:1 "e"' in lines

    @pytest.mark.parametrize("letter", ["a", "ñ", "€", "😀", "\\", ","])
    @pytest.mark.parametrize("length", [*range(50, 58), 300])
    def test_is_folded_between_letters(self, letter: str, length: int) -> None:
        (line,) = [line for line in made(name=letter * length) if line.startswith("SUMMARY")]
        said = line.partition(":")[2].replace("\\\\", "\\").replace("\\,", ",")
        assert said == letter * length


class TestAnEvent:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        small_blog.article(
            "una", evento="Charla", lugar="Aquí", fecha_evento="2026-11-24 19:00", thread="charla"
        )
        return small_blog

    def test_has_a_file_that_no_build_changes(self, blog: SmallBlog) -> None:
        built = blog.built()
        lines = unfolded(built.files()[ICS])
        assert "UID:charla@blog.pruebas.example" in lines
        assert "DTSTAMP:20261114T090000Z" in lines
        assert "LOCATION;LANGUAGE=es:Aquí" in lines
        later = blog.built(now=NOW + timedelta(days=9), output="later")
        assert later.files()[ICS] == built.files()[ICS]

    def test_keeps_its_place_in_the_calendar_when_it_is_moved(self, blog: SmallBlog) -> None:
        blog.article(
            "una",
            evento="Otra charla",
            fecha_evento="2026-11-25",
            thread="charla",
            modified="2026-11-20 08:00",
        )
        lines = unfolded(blog.built(site_url="http://localhost:1").files()[ICS])
        assert {"UID:charla@blog.pruebas.example", "DTSTAMP:20261120T070000Z"} <= {*lines}
        assert "URL:http://localhost:1/2026/11/una/" in lines

    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("es", "Añadir al calendario"),
            ("eu", "Gehitu egutegira"),
            ("en", "Add to calendar"),
        ],
    )
    def test_offers_it_until_it_is_past(self, small_blog: SmallBlog, lang: str, words: str) -> None:
        small_blog.article("dos", lang=lang, evento="Charla", fecha_evento="2026-11-24")
        place = f"{'' if lang == 'es' else f'{lang}/'}2026/11/dos/"
        link = f'<a href="{SITE}/{place}acto.ics" type="text/calendar">{words}</a>'
        built = small_blog.built()
        assert link in built.page(f"/{place}")
        past = small_blog.built(now=NOW + timedelta(days=9))
        assert link not in past.page(f"/{place}")
        assert f"{place}acto.ics" in past.files()

    def test_of_a_draft_has_none_for_readers(self, small_blog: SmallBlog) -> None:
        header = {"evento": "Charla", "fecha_evento": "2026-11-24"}
        small_blog.article("dos", status="draft", **header)
        small_blog.article("tres", date="2026-12-01", **header)
        assert not [name for name in small_blog.built().files() if name.endswith(".ics")]
        preview = small_blog.built(production=False, output="preview")
        assert "borradores/dos/acto.ics" in preview.files()

    def test_stands_beside_a_post_whatever_its_address_is(self, blog: SmallBlog) -> None:
        conf = "ARTICLE_URL = ARTICLE_SAVE_AS = '{slug}.html'\n"
        assert "una/acto.ics" in blog.built(conf=conf).files()


class TestItsData:
    @staticmethod
    def said(built: Built) -> list[dict[str, Any]]:
        blocks = re.findall(r'ld\+json">(.*?)</script>', built.page("/2026/11/una/"), re.DOTALL)
        return [each for block in blocks for each in json.loads(block) if each["@type"] == "Event"]

    def test_say_what_where_and_when(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una", evento="Charla </script>", lugar="Aquí", fecha_evento="2026-11-24 19:00"
        )
        assert self.said(small_blog.built()) == [
            {
                "@context": "https://schema.org",
                "@type": "Event",
                "@id": f"{SITE}/2026/11/una/#acto",
                "url": f"{SITE}/2026/11/una/",
                "inLanguage": "es",
                "name": "Charla </script>",
                "startDate": "2026-11-24T19:00:00+01:00",
                "location": {"@type": "Place", "name": "Aquí"},
            }
        ]

    def test_name_no_place_nor_hour_that_is_not_written(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", evento="Charla", fecha_evento="2026-11-24")
        (event,) = self.said(small_blog.built())
        assert event["startDate"] == "2026-11-24"
        assert "location" not in event

    def test_are_none_without_one(self, small_blog: SmallBlog) -> None:
        assert self.said(small_blog.built()) == []
