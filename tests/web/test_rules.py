"""The rules of participation where they are used: staff choose one, the reader reads it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments_service.config.rulefile import Wording, dumps, name_of
from comments_service.config.rules import FOLDER
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.states import Decision
from comments_service.site.build import build
from comments_service.store.people import Person
from comments_service.store.schema import person as people_table
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of, reject
from comments_service.usecases.track import receipt_for
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock, rules_json
from tests.web.pages import URL, addresses, by_id, form, path, text_of, title, tree, words


@pytest.fixture
def follow(reader: FlaskClient, blog: Blog) -> Callable[..., TestResponse]:
    """Opens the private page of a case."""

    def get(case: Case, language: str = "") -> TestResponse:
        query = f"?idioma={language}" if language else ""
        return reader.get(f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}{query}")

    return get


def chosen(answer: TestResponse) -> list[str]:
    return [each.get("value") for each in radios(answer) if "checked" in each.attrib]


def radios(answer: TestResponse) -> list[object]:
    return [each for each in tree(answer).iter("input") if each.get("type") == "radio"]


@pytest.mark.usefixtures("rules")
class TestStaff:
    def test_are_offered_the_rules_in_force_with_their_texts(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        answer = staff.get(path(waiting()))
        assert [each.get("value") for each in radios(answer)] == ["1-v1", "2-v2"]  # type: ignore[attr-defined]
        assert text_of(by_id(answer, "regla-2")) == "Texto 2-v2."
        assert "2. Datos de otras personas" in words(answer)
        assert chosen(answer) == []

    def test_cite_the_version_that_they_saw(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        sent = form(rule="2-v2", reason="Da una dirección.")
        assert staff.post(path(case, "no-publicar"), data=sent).status_code == 303
        decided = case_of(blog, case.id)
        assert (decided.rule, decided.rule_version) == (2, 2)
        assert "Norma 2: Datos de otras personas" in words(staff.get(path(case)))

    def test_must_choose_one_and_keep_what_they_wrote(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        answer = staff.post(path(case, "no-publicar"), data=form(rule="", reason="Porque sí."))
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        assert "Elige la norma que incumple." in text_of(by_id(answer, "rule-error"))
        assert "#rule" in addresses(answer)
        assert "Porque sí." in words(answer)
        assert case_of(blog, case.id).decision is Decision.HELD

    def test_must_say_why_and_keep_what_they_chose(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        answer = staff.post(path(case, "no-publicar"), data=form(rule="2-v2", reason=" "))
        assert answer.status_code == 422
        assert by_id(answer, "reason").get("aria-invalid") == "true"
        assert chosen(answer) == ["2-v2"]
        assert case_of(blog, case.id).decision is Decision.HELD

    def test_are_told_all_that_is_missing_at_once(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        answer = staff.post(path(waiting(), "no-publicar"), data=form(rule="", reason=""))
        assert {"#rule", "#reason"} <= set(addresses(answer))

    def test_are_told_that_a_rule_changed_meanwhile(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        for stale in ("2-v1", "7-v1"):
            sent = form(rule=stale, reason="Da una dirección.")
            answer = staff.post(path(case, "no-publicar"), data=sent)
            assert answer.status_code == 422
            assert "Esa norma ha cambiado mientras tanto." in words(answer)
        assert case_of(blog, case.id).decision is Decision.HELD

    @pytest.mark.parametrize("wrong", ["2", "v2", "2-v", "-1-v1", "2-v2-v2", "x", "\n"])
    def test_send_no_rule_that_is_none(
        self, staff: FlaskClient, waiting: Callable[..., Case], wrong: str
    ) -> None:
        sent = form(rule=wrong, reason="x")
        assert staff.post(path(waiting(), "no-publicar"), data=sent).status_code == 400

    def test_read_them_in_their_own_language(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        rules: Path,
    ) -> None:
        both = rules_json((1, 1, "2026-01-15", "Respeto"), (2, 1, "2026-01-15", "Datos"))
        both = both.replace('"es": "Respeto"', '"es": "Respeto", "eu": "Begirunea"', 1)
        both = both.replace('"es": "Texto 1-v1."', '"es": "Texto 1-v1.", "eu": "Testua."', 1)
        rules.write_text(both, "utf-8")
        with blog.store.write() as connection:
            mine = update(people_table).where(people_table.c.id == moderator.id)
            connection.execute(mine.values(language="eu"))
        answer = staff.get(path(waiting(lang="es")))
        assert "1. Begirunea" in words(answer)
        assert text_of(by_id(answer, "regla-1")) == "Testua."
        assert by_id(answer, "regla-1").get("lang") is None
        assert by_id(answer, "regla-2").get("lang") == "es"


class TestTheReader:
    @pytest.mark.usefixtures("rules")
    def test_is_told_the_number_when_the_site_no_longer_has_that_version(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        blog: Blog,
        moderator: Person,
        clock: Clock,
        rules: Path,
    ) -> None:
        case = reject(blog, waiting().id, 1, rule=(2, 2), reason="No.", by=moderator, now=clock())
        rules.write_text(rules_json((1, 1, "2026-01-15", "Respeto")), "utf-8")
        answer = follow(case)
        assert "Norma 2, versión 2" in words(answer)
        assert "Texto" not in words(answer)

    def test_of_a_hostile_text_sees_no_html_of_it(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        blog: Blog,
        moderator: Person,
        clock: Clock,
        rules: Path,
    ) -> None:
        hostile = rules_json((1, 1, "2026-01-15", "<b>T</b>")).replace(
            "Texto", "<script>x</script>"
        )
        rules.write_text(hostile, "utf-8")
        case = reject(blog, waiting().id, 1, rule=(1, 1), reason="No.", by=moderator, now=clock())
        answer = follow(case)
        assert "<script>x" not in answer.text
        assert "<b>T</b>" not in answer.text
        assert "&lt;b&gt;T" in answer.text


class TestARuleThatChangesAfterADecision:
    @pytest.fixture
    def blog_folder(self, tmp_path: Path) -> Path:
        """A blog with rules, built by the real Pelican."""
        folder = buildable_blog(tmp_path / "blog")
        self.write_rule(folder, 1, "2026-01-15", "No cuentes nada de nadie.")
        self.write_rule(folder, 2, "2026-06-15", "No cuentes datos privados.")
        self.build_site(folder)
        return folder

    @staticmethod
    def write_rule(folder: Path, version: int, since: str, text: str) -> None:
        for lang, name in (("es", "Datos"), ("eu", "Datuak")):
            day = date.fromisoformat(since)
            said = text if lang == "es" else f"{text} (euskaraz)"
            wording = Wording(
                number=2, version=version, lang=lang, since=day, title=name, text=said
            )
            file = folder / FOLDER / name_of(wording)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(dumps(wording))

    @staticmethod
    def build_site(folder: Path) -> None:
        build(
            folder,
            folder / "output",
            site_url=URL,
            production=False,
            strict=True,
            lock=folder / "var" / "build.lock",
            log=folder / "var" / "build.log",
            now=Clock()(),
        )

    def test_is_shown_as_it_was_with_its_permanent_page(
        self,
        app: Flask,
        settings: Settings,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
    ) -> None:
        first, second = waiting("Vive en la calle Mayor"), waiting("Kaixo", lang="eu")
        for case in (first, second):
            sent = form(rule="2-v2", reason="Dices dónde vive.")
            assert staff.post(path(case, "no-publicar"), data=sent).status_code == 303
        self.write_rule(settings.blog, 3, "2026-11-01", "No cuentes nada sin permiso.")
        self.build_site(settings.blog)

        answer = follow(first)
        assert "Norma 2: Datos" in words(answer)
        assert "No cuentes datos privados." in words(answer)
        assert "sin permiso" not in words(answer)
        assert f"{URL}/normas/2-v2/" in addresses(answer)

        page = app.test_client().get("/normas/2-v2/")
        assert page.status_code == 200
        assert "No cuentes datos privados." in words(page)
        assert f"{URL}/normas/2-v3/" in addresses(page)

        in_basque = follow(second, "eu")
        assert "2. araua: Datuak" in words(in_basque)
        assert "No cuentes datos privados. (euskaraz)" in words(in_basque)
        assert f"{URL}/eu/arauak/2-v2/" in addresses(in_basque)

        offered = staff.get(path(waiting("Otro")))
        assert [each.get("value") for each in radios(offered)] == ["2-v3"]  # type: ignore[attr-defined]
        assert "No cuentes nada sin permiso." in words(offered)
