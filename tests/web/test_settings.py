"""Ajustes: what staff may set, page by page."""

import pytest
from flask.testing import FlaskClient

from comments_service.config import site_settings
from comments_service.config.site_files import HOLIDAYS, SETTINGS
from comments_service.config.site_settings import SiteSettings, Terms
from comments_service.store import people, site_files
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock
from tests.web.pages import CSRF, Bell, by_id, words

PAGES = ("cierre", "palabras", "plazos", "festivos", "normas")


def texts(**given: str) -> dict[str, str]:
    """A form of one of these pages, with every field that it has once for each language."""
    return {"csrf": CSRF} | given


def set_now(blog: Blog) -> SiteSettings:
    with blog.store.read() as connection:
        return site_settings.loads(site_files.texts(connection, SETTINGS).get(SETTINGS, b""))


class TestTheContents:
    def test_name_each_page_and_what_readers_notice(self, staff: FlaskClient) -> None:
        answer = staff.get("/gestion/ajustes/")
        assert answer.status_code == 200
        for page in PAGES:
            assert f"/gestion/ajustes/{page}" in answer.text
            assert staff.get(f"/gestion/ajustes/{page}").status_code == 200

    @pytest.mark.parametrize("role", ["moderator", "author", "respondent", "auditor", "dpo"])
    def test_offer_and_open_nothing_to_who_may_set_nothing(
        self, staff: FlaskClient, blog: Blog, role: str
    ) -> None:
        with blog.store.write() as connection:
            ada = people.by_login(connection, "ada")
            assert ada
            people.change(connection, ada.id, role=role)
        contents = staff.get("/gestion/ajustes/")
        for page in PAGES:
            assert f"/gestion/ajustes/{page}" not in contents.text
            assert staff.get(f"/gestion/ajustes/{page}").status_code == 403
            assert staff.post(f"/gestion/ajustes/{page}", data=texts()).status_code == 403

    @pytest.mark.parametrize("language", ["es", "eu", "en"])
    def test_are_in_the_person_s_language(
        self, staff: FlaskClient, blog: Blog, language: str
    ) -> None:
        with blog.store.write() as connection:
            ada = people.by_login(connection, "ada")
            assert ada
            people.change(connection, ada.id, language=language)
        heading = {"es": "Ajustes", "eu": "Ezarpenak", "en": "Settings"}[language]
        assert heading in words(staff.get("/gestion/ajustes/"))


class TestClosing:
    def test_shows_until_when_and_says_so(self, staff: FlaskClient, blog: Blog, bell: Bell) -> None:
        sent = texts(until="2026-12-24", message_es="Vacaciones.", message_eu="Oporrak.")
        answer = staff.post("/gestion/ajustes/cierre", data=sent)
        assert answer.status_code == 303
        assert bell.rung == 1
        page = staff.get(answer.headers["Location"].removeprefix("http://localhost:8000"))
        assert "24 de diciembre de 2026" in words(page)
        assert "Hecho" in words(page)
        assert "Vacaciones." in words(page)
        assert blog.site.comments.closed_message == {"es": "Vacaciones.", "eu": "Oporrak."}

    def test_without_a_day_opens_again(self, staff: FlaskClient, blog: Blog) -> None:
        staff.post("/gestion/ajustes/cierre", data=texts(until="2026-12-24"))
        staff.post("/gestion/ajustes/cierre", data=texts(until=""))
        assert blog.site.comments.closed_until is None

    @pytest.mark.parametrize("until", ["2026-11-01", "mañana", "2026-13-45"])
    def test_of_no_day_to_come_is_refused_and_keeps_what_was_written(
        self, staff: FlaskClient, blog: Blog, until: str
    ) -> None:
        sent = texts(until=until, message_es="No se pierde")
        answer = staff.post("/gestion/ajustes/cierre", data=sent)
        assert answer.status_code == 422
        assert "No se pierde" in answer.text
        assert by_id(answer, "until-error") is not None
        assert set_now(blog) == SiteSettings()


class TestTheWords:
    def test_are_saved_in_each_language_and_shown_as_they_look(
        self, staff: FlaskClient, blog: Blog
    ) -> None:
        sent = texts(title_es="Cuéntanos", message_es="Lo leemos **todo**. <b>x</b>", title_en="Hi")
        assert staff.post("/gestion/ajustes/palabras", data=sent).status_code == 303
        page = staff.get("/gestion/ajustes/palabras")
        assert "<strong>todo</strong>" in page.text
        assert "<b>x</b>" not in page.text
        assert blog.site.comments.heading == {"es": "Cuéntanos", "en": "Hi"}

    def test_that_nobody_set_are_shown_as_readers_see_them(
        self, staff: FlaskClient, blog: Blog
    ) -> None:
        shown = words(staff.get("/gestion/ajustes/palabras"))
        assert "Deja un comentario" in shown
        assert shown.count("· nuestras palabras de siempre") == len(blog.site.languages)
        staff.post("/gestion/ajustes/palabras", data=texts(title_es="Cuéntanos"))
        shown = words(staff.get("/gestion/ajustes/palabras"))
        assert "Deja un comentario" not in shown
        assert shown.count("· nuestras palabras de siempre") == len(blog.site.languages) - 1

    def test_that_are_too_long_are_refused(self, staff: FlaskClient, blog: Blog) -> None:
        answer = staff.post("/gestion/ajustes/palabras", data=texts(title_es="x" * 201))
        assert answer.status_code == 422
        assert set_now(blog) == SiteSettings()


class TestDeadlines:
    def test_are_promised_from_then_on(self, staff: FlaskClient, blog: Blog) -> None:
        staff.post("/gestion/ajustes/plazos", data=texts(decide="1", answer="2", resolve=""))
        assert set_now(blog).deadlines == Terms(1, 2, None)
        assert blog.site.deadlines.answer == 2

    @pytest.mark.parametrize("days", ["0", "251", "-1", "uno", "1.5", "²", "9" * 400])
    def test_that_are_no_days_are_refused(self, staff: FlaskClient, blog: Blog, days: str) -> None:
        answer = staff.post("/gestion/ajustes/plazos", data=texts(decide=days))
        assert answer.status_code == 422
        assert set_now(blog) == SiteSettings()


class TestHolidays:
    def test_are_saved_as_they_were_written(self, staff: FlaskClient, blog: Blog) -> None:
        staff.post("/gestion/ajustes/festivos", data=texts(days="2026-12-25 Navidad"))
        with blog.store.read() as connection:
            assert site_files.texts(connection, HOLIDAYS) == {HOLIDAYS: b"2026-12-25 Navidad\n"}

    def test_name_the_faulty_lines(self, staff: FlaskClient) -> None:
        answer = staff.post(
            "/gestion/ajustes/festivos", data=texts(days="2026-12-25 Navidad\nNochevieja")
        )
        assert answer.status_code == 422
        assert "Línea 2" in words(answer)
        assert "Nochevieja" in words(answer)


class TestRules:
    def test_begin_with_their_first_version(self, staff: FlaskClient) -> None:
        sent = texts(number="", since="2026-11-20", title_es="Respeto", text_es="Con respeto.")
        assert staff.post("/gestion/ajustes/normas", data=sent).status_code == 303
        page = words(staff.get("/gestion/ajustes/normas"))
        assert "Norma 1, versión 1: Respeto" in page

    def test_that_say_nothing_are_refused(self, staff: FlaskClient) -> None:
        answer = staff.post("/gestion/ajustes/normas", data=texts(since="2026-11-20"))
        assert answer.status_code == 422
        assert by_id(answer, "title_es-error") is not None
        assert by_id(answer, "text_es-error") is not None

    @pytest.mark.parametrize("number", ["7", "99999999999"])
    def test_need_a_rule_that_there_is(self, staff: FlaskClient, number: str) -> None:
        sent = texts(number=number, since="2026-11-20", title_es="A", text_es="B")
        assert staff.post("/gestion/ajustes/normas", data=sent).status_code in (400, 422)


class TestWhatIsSentBesides:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_refused(self, staff: FlaskClient, blog: Blog, page: str) -> None:
        sent = texts(role="admin")
        assert staff.post(f"/gestion/ajustes/{page}", data=sent).status_code == 400
        assert set_now(blog) == SiteSettings()


def test_a_page_of_settings_changes_nothing(staff: FlaskClient, blog: Blog, clock: Clock) -> None:
    for page in PAGES:
        staff.get(f"/gestion/ajustes/{page}?until=2026-12-24&hecho=cerrar")
    assert set_now(blog) == SiteSettings()
