"""``/gestion/registro``: everything that happened, found again and taken along."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case, EventKind, person_actor
from comments_service.domain.journal import JournalKind
from comments_service.store import people, sessions
from comments_service.store.people import Person
from comments_service.usecases import audit, log_pages, retention
from comments_service.usecases.blog import Blog
from comments_service.usecases.journal import note
from comments_service.usecases.log_pages import GROUPS
from comments_service.usecases.log_seals import seal_all
from comments_service.usecases.moderate import approve
from comments_service.web.event_words import NOTED
from comments_service.web.log_words import GROUPS as GROUP_WORDS
from comments_service.web.log_words import WORDS
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import CSRF, URL, by_id, fields, path, text_of, tree, words

LOG = "/gestion/registro"
Noting = Callable[..., None]
Again = Callable[[], None]


@pytest.fixture
def noting(blog: Blog, clock: Clock, moderator: Person) -> Noting:
    def do(kind: JournalKind, text: str | None = None, **data: str | int) -> None:
        clock.forward(seconds=1)
        with blog.store.write() as connection:
            who = person_actor(moderator.id)
            note(connection, kind, actor=who, now=clock(), data=data, text=text)

    return do


@pytest.fixture
def again(staff: FlaskClient, blog: Blog, clock: Clock, moderator: Person) -> Callable[[], None]:
    """Signs in again after a long time."""

    def sign_in() -> None:
        with blog.store.write() as connection:
            sessions.open_session(connection, "c" * 32, moderator.id, CSRF, clock())
        staff.set_cookie("tertulia-8000", "c" * 32)

    return sign_in


@pytest.fixture
def a_day(
    blog: Blog, clock: Clock, moderator: Person, waiting: Callable[..., Case], noting: Noting
) -> tuple[Case, Case]:
    """Two comments, one approved; a changed setting; a reader's address that was looked at."""
    one, two = waiting("Uno."), waiting("Dos.", author="Miren")
    clock.forward(seconds=1)
    approve(blog, one.id, 1, by=moderator, now=clock())
    noting(JournalKind.SETTING_CHANGED, "Cerrado hasta el lunes", setting="closed")
    noting(JournalKind.ADDRESS_SHOWN, case=two.id, reference=two.reference)
    return one, two


def listed(staff: FlaskClient, **query: str) -> list[str]:
    """The entries of the page, each as its words."""
    page = staff.get(LOG, query_string=query)
    assert page.status_code == 200
    lists = [each for each in tree(page).iter("ol") if each.get("class") == "log"]
    return [text_of(each.find("div")) for each in lists[0].findall("li")] if lists else []


def exported(staff: FlaskClient, how: str, **values: str) -> Any:
    answer = staff.post(f"{LOG}/llevar", data={"csrf": CSRF, "como": how} | values)
    assert answer.status_code == 200
    return answer


def rows(staff: FlaskClient, **values: str) -> list[dict[str, str]]:
    text = exported(staff, "csv", **values).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestEveryKind:
    def test_is_looked_for_in_exactly_one_group_that_has_words(self) -> None:
        grouped = [kind for kinds in GROUPS.values() for kind in kinds]
        assert sorted(grouped) == sorted([*EventKind, *JournalKind])
        assert set(GROUPS) == set(GROUP_WORDS)

    def test_has_words(self) -> None:
        assert set(WORDS) == set(JournalKind)
        assert set(NOTED) == set(EventKind)


class TestLookingForWords:
    @pytest.mark.parametrize(
        ("typed", "count"),
        [
            ("recibido", 2),
            ("RECIBÍDO", 2),
            ("aprob", 1),
            ("ada", 3),
            ("Ada Ejemplo", 3),
            ("ejemplo aprobado", 1),
            ("escribió", 2),
            ("lunes", 1),
            ("lu\x00nes", 1),
            ("\x00 ada", 3),
            ("LUNES", 1),
            ("lunes ada cambió", 1),
            ("lunes aprobado", 0),
            ("nada-de-esto", 0),
            ("%", 0),
            ("_", 0),
            ("2026-000001", 2),
            ("2026-000002", 2),
            ("2026-000002 ada", 1),
            ("2026-999999", 0),
        ],
    )
    def test_finds_the_entries_that_hold_all_of_them(
        self, staff: FlaskClient, a_day: tuple[Case, Case], typed: str, count: int
    ) -> None:
        assert len(listed(staff, palabras=typed)) == count

    def test_goes_with_the_other_fields(self, staff: FlaskClient, a_day: tuple[Case, Case]) -> None:
        assert len(listed(staff, palabras="ada", que="decisiones")) == 1
        assert len(listed(staff, palabras="ada", hasta="2026-11-19")) == 0

    def test_finds_to_whom_something_was_done(
        self, staff: FlaskClient, blog: Blog, noting: Noting, clock: Clock, moderator: Person
    ) -> None:
        bea = hired(blog, moderator, "Bea Dos", clock())
        noting(JournalKind.PERSON_STOPPED, person=bea.id)
        assert [each for each in listed(staff, palabras="bea") if "Bea Dos" not in each] == []
        assert "Cerró" in listed(staff, palabras="bea")[0]

    def test_does_not_look_into_words_that_were_erased(
        self, staff: FlaskClient, blog: Blog, noting: Noting, clock: Clock, again: Again
    ) -> None:
        noting(JournalKind.SETTING_CHANGED, "Cerrado hasta el lunes")
        assert len(listed(staff, palabras="lunes")) == 1
        clock.forward(days=1)
        noting(JournalKind.SETTING_CHANGED, "El martes")
        clock.forward(days=2 * 365, hours=-1)
        retention.forget(blog, clock())
        again()
        assert listed(staff, palabras="lunes") == []
        assert len(listed(staff, palabras="martes")) == 1

    def test_does_not_look_into_what_readers_wrote(
        self, staff: FlaskClient, a_day: tuple[Case, Case]
    ) -> None:
        for typed in ("Uno.", "Miren"):
            assert listed(staff, palabras=typed) == []

    def test_is_followed_by_what_is_taken_along(
        self, staff: FlaskClient, a_day: tuple[Case, Case]
    ) -> None:
        page = staff.get(LOG, query_string={"palabras": "aprobado"})
        assert fields(page, "/registro/llevar")["palabras"] == "aprobado"
        assert [row["kind"] for row in rows(staff, palabras="aprobado")] == ["approved"]
        told = json.loads(exported(staff, "json", palabras="2026-000001").text)["entries"]
        assert {each["case"] for each in told} == {"2026-000001"}
        page = staff.get(LOG, query_string={"palabras": "2026-000001"})
        assert fields(page, "/registro/llevar")["palabras"] == "2026-000001"

    def test_goes_on_through_all_pages(self, staff: FlaskClient, noting: Noting) -> None:
        for number in range(120):
            noting(JournalKind.SETTING_CHANGED, f"{'lunes' if number % 2 else 'martes'} {number}")
        seen, path = 0, f"{LOG}?palabras=lunes"
        while path:
            page = staff.get(path)
            seen += page.text.count("lunes ")
            assert "martes " not in page.text
            later = [each for each in tree(page).iter("a") if each.get("rel") == "next"]
            path = later[0].get("href").removeprefix(URL) if later else ""
        assert seen == 60

    @pytest.mark.parametrize("typed", ["una " * 3 + " ".join("abcdefghi"), "a" * 61])
    def test_says_when_there_are_too_many(self, staff: FlaskClient, typed: str) -> None:
        page = staff.get(LOG, query_string={"palabras": typed})
        assert by_id(page, "palabras").get("aria-invalid") == "true"


class TestTheList:
    def test_shows_cases_and_journal_newest_first(
        self, staff: FlaskClient, a_day: tuple[Case, Case]
    ) -> None:
        one, two = a_day
        assert listed(staff) == [
            f"Miró la dirección de correo de una persona {two.reference} Ada Ejemplo",
            "Cambió un ajuste Cerrado hasta el lunes Ada Ejemplo",
            f"Aprobado {one.reference} Ada Ejemplo",
            f"Recibido {two.reference} Quien lo escribió",
            f"Recibido {one.reference} Quien lo escribió",
        ]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"que": "decisiones"}, 1),
            ({"que": "lectores"}, 2),
            ({"que": "datos"}, 1),
            ({"que": "accesos"}, 0),
            ({"desde": "2026-11-20", "hasta": "2026-11-20"}, 5),
            ({"desde": "2026-11-21"}, 0),
            ({"hasta": "2026-11-19"}, 0),
        ],
    )
    def test_is_narrowed_by_what_the_address_says(
        self, staff: FlaskClient, a_day: object, query: dict[str, str], count: int
    ) -> None:
        assert len(listed(staff, **query)) == count

    def test_of_one_comment_has_what_happened_outside_its_case_too(
        self, staff: FlaskClient, a_day: tuple[Case, Case]
    ) -> None:
        one, two = a_day
        assert [each.split()[0] for each in listed(staff, caso=one.reference)] == [
            "Aprobado",
            "Recibido",
        ]
        assert [each.split()[0] for each in listed(staff, caso=two.reference)] == [
            "Miró",
            "Recibido",
        ]

    def test_of_one_person_has_what_they_did_and_what_was_done_to_them(
        self, staff: FlaskClient, a_day: object, moderator: Person, blog: Blog, clock: Clock
    ) -> None:
        with blog.store.write() as connection:
            data = {"person": moderator.id, "role": "manager"}
            kind = JournalKind.ROLE_CHANGED
            note(connection, kind, actor="service", now=clock(), data=data)
        found = listed(staff, persona=str(moderator.id))
        assert len(found) == 4
        assert any("Ada Ejemplo El servicio" in each for each in found)

    def test_takes_days_by_the_institutions_clocks(
        self, staff: FlaskClient, clock: Clock, noting: Noting, again: Callable[[], None]
    ) -> None:
        clock.now = clock.now.replace(hour=23, minute=30)  # half past midnight in Madrid
        noting(JournalKind.SIGNED_OUT)
        again()
        assert listed(staff, que="accesos", desde="2026-11-21")
        assert not listed(staff, que="accesos", hasta="2026-11-20")

    def test_goes_on_page_by_page_and_misses_nothing(
        self, staff: FlaskClient, noting: Noting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_pages, "PAGE", 3)
        for n in range(8):
            noting(JournalKind.TERM_CHANGED, f"palabra{n}")
        seen, address = [], LOG
        for _ in range(5):
            page = staff.get(address)
            seen += [
                text_of(each) for each in tree(page).iter("p") if each.get("class") == "log__text"
            ]
            older = [each.get("href") for each in tree(page).iter("a") if each.get("rel") == "next"]
            if not older:
                break
            address = older[0].removeprefix("http://localhost:8000")
        assert seen == [f"palabra{n}" for n in reversed(range(8))]

    def test_says_by_the_field_what_it_cannot_look_for(
        self, staff: FlaskClient, a_day: object
    ) -> None:
        for query in ({"caso": "2026-999999"}, {"caso": "<b>"}, {"desde": "ayer"}):
            page = staff.get(LOG, query_string=query)
            assert page.status_code == 200
            assert "Hay un problema" in words(page)
        assert staff.get(LOG, query_string={"que": "nada"}).status_code == 400

    def test_does_not_show_the_journal_beyond_its_term(
        self,
        staff: FlaskClient,
        blog: Blog,
        clock: Clock,
        noting: Noting,
        again: Callable[[], None],
    ) -> None:
        noting(JournalKind.SETTING_CHANGED, "Hace mucho")
        clock.forward(days=731)
        again()
        assert listed(staff) == []
        with blog.store.read() as connection:
            assert audit.look_through(connection, texts_since=clock()).is_whole

    def test_says_when_the_log_was_verified_and_what_was_found(
        self, staff: FlaskClient, blog: Blog, clock: Clock, a_day: object
    ) -> None:
        assert "Nadie lo ha comprobado todavía" in words(staff.get(LOG))
        seal_all(blog, clock())
        audit.verify(blog, clock())
        assert "Está entero" in words(staff.get(LOG))
        with blog.store.write() as connection:
            connection.exec_driver_sql("UPDATE event SET actor = 'person:9' WHERE case_id = 2")
        audit.verify(blog, clock())
        assert "2026-000002" in words(staff.get(LOG, query_string={"que": "accesos"}))

    def test_is_for_those_who_may_alone(
        self, staff: FlaskClient, blog: Blog, moderator: Person
    ) -> None:
        for role, status in (("auditor", 200), ("dpo", 200), ("moderator", 403), ("manager", 403)):
            with blog.store.write() as connection:
                people.change(connection, moderator.id, role=role)
            assert staff.get(LOG).status_code == status


class TestTakingItAlong:
    def test_as_a_table_has_all_that_is_looked_for(
        self, staff: FlaskClient, a_day: tuple[Case, Case]
    ) -> None:
        found = rows(staff, que="decisiones")
        assert [(each["kind"], each["case"], each["who"]) for each in found] == [
            ("approved", a_day[0].reference, "Ada Ejemplo")
        ]
        assert found[0]["at"].endswith("+01:00")

    def test_as_json_is_whole_and_in_the_same_order(
        self, staff: FlaskClient, a_day: object
    ) -> None:
        answer = exported(staff, "json")
        found = json.loads(answer.data)
        assert found["format"] == 1
        assert len(found["entries"]) == 6
        assert found["entries"][0]["kind"] == "log_exported"
        assert found["entries"][2]["text"] == "Cerrado hasta el lunes"
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_is_itself_in_the_log(self, staff: FlaskClient, a_day: object) -> None:
        exported(staff, "csv")
        assert listed(staff)[0].startswith("Se llevó este registro")

    def test_reads_in_batches_and_misses_nothing(
        self, staff: FlaskClient, noting: Noting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_pages, "AT_A_TIME", 3)
        for n in range(9):
            noting(JournalKind.TERM_CHANGED, f"palabra{n}")
        assert len(rows(staff)) == 10

    def test_gives_none_either_where_a_semicolon_ends_a_cell(
        self, staff: FlaskClient, noting: Noting
    ) -> None:
        noting(JournalKind.REPLY_CHANGED, "x;=1+1\n@b; c")
        assert "x;'=1+1\n'@b; c" in [each["text"] for each in rows(staff)]

    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
    def test_gives_a_spreadsheet_no_formula(
        self, staff: FlaskClient, noting: Noting, begin: str
    ) -> None:
        noting(JournalKind.REPLY_CHANGED, f'{begin}HYPERLINK(1), "dos"\ntres')
        raw = exported(staff, "csv").data.decode("utf-8-sig")
        found = rows(staff)
        assert f'\'{begin}HYPERLINK(1), "dos"\ntres' in [each["text"] for each in found]
        assert all(not value.startswith(begin) for each in found for value in each.values())
        assert raw.count("\r\n") >= 3

    def test_needs_a_form_of_ours(self, staff: FlaskClient, a_day: object) -> None:
        assert staff.get(f"{LOG}/llevar").status_code in (404, 405)
        for wrong in ({"como": "csv"}, {"csrf": CSRF, "como": "exe"}):
            assert staff.post(f"{LOG}/llevar", data=wrong).status_code == 400
        more = {"csrf": CSRF, "como": "csv", "limite": "1"}
        assert staff.post(f"{LOG}/llevar", data=more).status_code == 400
        assert len(listed(staff)) == 5

    def test_keeps_what_was_looked_for(self, staff: FlaskClient, a_day: object) -> None:
        page = staff.get(LOG, query_string={"que": "lectores"})
        sent = fields(page, "/registro/llevar")
        assert sent["que"] == "lectores"
        sent.pop("como", None)
        assert len(rows(staff, **{k: v for k, v in sent.items() if k != "csrf"})) == 2


class TestAReadersAddress:
    @pytest.fixture
    def with_address(self, waiting: Callable[..., Case]) -> Case:
        return waiting("Contestadme.", email="maria.lopez@correo.example.org")

    def test_is_masked_on_the_page_of_the_comment(
        self, staff: FlaskClient, with_address: Case
    ) -> None:
        page = staff.get(path(with_address))
        assert "m…@c….org" in words(page)
        assert "maria.lopez" not in page.text

    def test_is_shown_once_and_that_is_noted(
        self, staff: FlaskClient, with_address: Case, blog: Blog
    ) -> None:
        page = staff.post(path(with_address, "correo"), data={"csrf": CSRF})
        assert page.status_code == 200
        assert "maria.lopez@correo.example.org" in words(page)
        assert page.headers["Cache-Control"] == "no-store"
        assert listed(staff, que="datos") == [
            f"Miró la dirección de correo de una persona {with_address.reference} Ada Ejemplo"
        ]
        assert "maria.lopez" not in staff.get(path(with_address)).text

    def test_of_somebody_who_left_none_is_no_word_on_the_page(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        assert (
            "correo" not in staff.get(path(case)).text.lower().split("<main")[1].split("</main")[0]
        )
        staff.post(path(case, "correo"), data={"csrf": CSRF})
        assert listed(staff, que="datos") == []

    def test_is_not_for_everybody_who_may_read_the_comment(
        self, staff: FlaskClient, with_address: Case, blog: Blog, moderator: Person
    ) -> None:
        with blog.store.write() as connection:
            people.change(connection, moderator.id, role="moderator")
        page = staff.get(path(with_address))
        assert "/correo" not in page.text
        answer = staff.post(path(with_address, "correo"), data={"csrf": CSRF})
        assert answer.status_code == 403
        assert "maria.lopez" not in answer.text
