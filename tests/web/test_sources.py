"""What was looked up for an answer, on the page of a comment and below the answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.usecases import sources
from comments_service.usecases.blog import Blog
from comments_service.usecases.track import receipt_for, record_of
from tests.web.pages import answering, by_id, fields, path, words

URL = "https://sede.pruebas.example/actas/12?x=(1)"


def note(staff: FlaskClient, case: Case, **values: str) -> int:
    sent = fields(staff.get(path(case)), "/apuntar-fuente")
    return staff.post(path(case, "apuntar-fuente"), data=sent | values).status_code


class TestSources:
    def test_stand_on_the_page_with_the_day_and_the_link(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        assert note(staff, case, source="Acta 12", address=URL, looked="2026-11-19") == 303
        page = staff.get(path(case))
        assert "Acta 12, 19 de noviembre de 2026" in words(page)
        assert f'href="{URL}" rel="noreferrer"' in page.text

    def test_are_of_today_unless_said_otherwise(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        assert note(staff, case, source="Acta 12") == 303
        assert "Acta 12, 20 de noviembre de 2026" in words(staff.get(path(case)))

    def test_noted_twice_by_a_second_click_stand_once(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/apuntar-fuente") | {"source": "Acta 12"}
        for _ in range(2):
            assert staff.post(path(case, "apuntar-fuente"), data=sent).status_code == 303
        assert [each.kind for each in record_of(blog, case).events].count("source") == 1

    def test_noted_by_mistake_are_struck_out_and_the_log_keeps_both(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        for each in ("Acta 12", "Acta 13"):
            note(staff, case, source=each)
        sent = fields(staff.get(path(case)), "/quitar-fuente")
        for _ in range(2):  # a second click
            assert staff.post(path(case, "quitar-fuente"), data=sent).status_code == 303
        page = staff.get(path(case))
        assert "Acta 12, " not in words(page)
        assert "Acta 13, " in words(page)
        kinds = [each.kind for each in record_of(blog, case).events]
        assert (kinds.count("source"), kinds.count("source_struck")) == (2, 1)
        assert "Lo consultado se tachó" in words(page)

    def test_can_be_noted_again_after_they_were_struck_out(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        note(staff, case, source="Acta 12")
        sent = fields(staff.get(path(case)), "/quitar-fuente")
        staff.post(path(case, "quitar-fuente"), data=sent)
        assert "Acta 12, " not in words(staff.get(path(case)))
        note(staff, case, source="Acta 12")
        assert "Acta 12, " in words(staff.get(path(case)))

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("source", {"source": " "}),
            ("source", {"source": "x" * 201}),
            ("address", {"source": "A", "address": "javascript:alert(1)"}),
            ("address", {"source": "A", "address": "ftp://pruebas.example/"}),
            ("address", {"source": "A", "address": "https://yo:clave@pruebas.example/"}),
            ("address", {"source": "A", "address": "/relativa"}),
            ("looked", {"source": "A", "looked": "ayer"}),
            ("looked", {"source": "A", "looked": "2026-11-21"}),
        ],
    )
    def test_that_cannot_be_cited_come_back_with_the_fault_and_what_was_written(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        field: str,
        values: dict[str, str],
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/apuntar-fuente") | values
        refused = staff.post(path(case, "apuntar-fuente"), data=sent)
        assert refused.status_code == 422
        assert by_id(refused, f"{field}-error") is not None
        assert by_id(refused, field).get("value") == values[field]
        assert "source" not in [each.kind for each in record_of(blog, case).events]

    def test_are_offered_for_the_answer_only_where_there_are_any(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        assert 'name="sources"' not in staff.get(path(case)).text
        note(staff, case, source="Acta 12")
        page = staff.get(path(case))
        assert 'name="sources"' in page.text
        assert "sources" not in fields(page, "/contestar")

    def test_stay_among_staff_unless_whoever_answers_chose_them(
        self,
        staff: FlaskClient,
        reader: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
    ) -> None:
        case = waiting()
        note(staff, case, source="Acta 12", address=URL)
        assert staff.post(path(case, "contestar"), data=answering("Sí.")).status_code == 303
        publishing(case)
        private = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        assert "Sí." in reader.get(private).text
        assert "Acta 12" not in reader.get(private).text
        assert "fuente" not in reader.get(private).text.lower()

    def test_are_read_below_the_answer_where_they_were_chosen(
        self,
        staff: FlaskClient,
        reader: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        publishing: Callable[[Case], Case],
    ) -> None:
        case = waiting()
        note(staff, case, source="Acta *12* [a](b) <i> {nombre} & más", address=URL)
        note(staff, case, source="El archivo municipal", looked="2026-11-18")
        sent = answering("Sí.", sources="1")
        for _ in range(2):  # a second click is the same answer
            assert staff.post(path(case, "contestar"), data=sent).status_code == 303
        publishing(case)
        page = reader.get(f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}")
        said = words(page)
        assert (
            "Sí. Fuentes: Acta *12* [a](b) <i> {nombre} & más,"
            " consultado el 20 de noviembre de 2026"
            " El archivo municipal, consultado el 18 de noviembre de 2026" in said
        )
        assert f'href="{URL}"' in page.text

    @pytest.mark.parametrize("lang", ["und", "fr"])
    def test_below_an_answer_to_a_comment_of_another_language_are_in_ours(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case], lang: str
    ) -> None:
        case = waiting()
        note(staff, case, source="Acta 12")
        said = sources.below(blog, replace(case, lang=lang), "Oui.")
        assert said.startswith("Oui.\n\nFuentes:")
        assert "Acta 12, consultado el" in said

    def test_in_an_answer_that_was_refused_are_marked_still_and_not_in_its_text(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        note(staff, case, source="Acta 12")
        refused = staff.post(
            path(case, "contestar"), data=answering("El {fecha_limite}.", sources="1")
        )
        assert refused.status_code == 422
        sent = fields(refused, "/contestar")
        assert (sent["body"].strip(), sent["sources"]) == ("El {fecha_limite}.", "1")
