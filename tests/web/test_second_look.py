"""A second look at a refusal is taken by another person, who reads why it was refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.domain.states import Decision, Visibility
from comments_service.store import people, sessions
from comments_service.usecases import reader as readers
from comments_service.usecases import track
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from tests.support.fixtures import Clock
from tests.web.pages import CSRF, answering, fields, form, path, words

OTHER = "c" * 32
ANOTHER = "otra persona tiene que decidirlo"


@pytest.fixture
def colleague(app: Flask, blog: Blog, clock: Clock, staff: FlaskClient) -> FlaskClient:
    """The browser of a second person who may decide."""
    with blog.store.write() as connection:
        new = people.add_person(
            connection,
            clock(),
            login="iker",
            name="Iker",
            language="es",
            role="moderator",
            password_hash="-",
        )
        sessions.open_session(connection, OTHER, new, CSRF, clock())
    client = app.test_client()
    client.set_cookie("tertulia-8000", OTHER)
    return client


@pytest.fixture
def appealed(
    waiting: Callable[..., Case], staff: FlaskClient, blog: Blog, clock: Clock, rules: Path
) -> Case:
    """Refused by the first person; its reader asked for a second look."""
    case = waiting("Mi texto.")
    sent = form(rule="2-v2", reason="Da el teléfono de otra persona.")
    assert staff.post(path(case, "no-publicar"), data=sent).status_code == 303
    of = track.record_of(blog, case_of(blog, case.id))
    readers.appeal(blog, of, len(of.events), "Es el de mi oficina.", now=clock())
    return case_of(blog, case.id)


class TestWhoRefusedIt:
    def test_is_told_that_another_person_decides_and_gets_403_for_every_form(
        self, appealed: Case, staff: FlaskClient, colleague: FlaskClient, blog: Blog
    ) -> None:
        shown = staff.get(path(appealed))
        assert ANOTHER in words(shown)
        assert "/reabrir" not in shown.text
        seen = staff.post(path(appealed, "reabrir"), data={"csrf": CSRF})
        assert seen.status_code == 403
        assert ANOTHER in words(seen)
        assert colleague.post(path(appealed, "reabrir"), data={"csrf": CSRF}).status_code == 303
        for act, sent in (
            ("publicar", form()),
            ("no-publicar", form(rule="2-v2", reason="Lo mismo digo.")),
            ("contestar", answering("No.")),
        ):
            assert f"/{act}" not in staff.get(path(appealed)).text
            refused = staff.post(path(appealed, act), data=sent)
            assert refused.status_code == 403
            assert ANOTHER in words(refused)
        assert case_of(blog, appealed.id).decision is Decision.HELD

    def test_does_not_end_it_by_answering_a_private_comment(
        self,
        waiting: Callable[..., Case],
        staff: FlaskClient,
        colleague: FlaskClient,
        blog: Blog,
        clock: Clock,
        rules: Path,
    ) -> None:
        case = waiting("Mi texto.", private=True)
        sent = form(rule="2-v2", reason="Da el teléfono de otra persona.")
        assert staff.post(path(case, "no-publicar"), data=sent).status_code == 303
        of = track.record_of(blog, case_of(blog, case.id))
        readers.appeal(blog, of, len(of.events), "Es el de mi oficina.", now=clock())
        refused = staff.post(path(case, "contestar"), data=answering("No."))
        assert refused.status_code == 403
        assert ANOTHER in words(refused)
        assert colleague.post(path(case, "reabrir"), data={"csrf": CSRF}).status_code == 303

    def test_decides_it_where_there_is_nobody_else(
        self, appealed: Case, staff: FlaskClient, blog: Blog
    ) -> None:
        assert ANOTHER not in words(staff.get(path(appealed)))
        assert staff.post(path(appealed, "reabrir"), data={"csrf": CSRF}).status_code == 303
        assert staff.post(path(appealed, "publicar"), data=form()).status_code == 303
        assert case_of(blog, appealed.id).visibility is Visibility.APPROVED


class TestAnotherPerson:
    def test_reads_the_rule_the_reason_and_the_readers_words(
        self, appealed: Case, colleague: FlaskClient
    ) -> None:
        for _ in range(2):
            seen = words(colleague.get(path(appealed)))
            assert "Norma 2: Datos de otras personas" in seen
            assert "Texto 2-v2." in seen
            assert seen.count("Da el teléfono de otra persona.") == 1
            assert "Es el de mi oficina." in seen
            colleague.post(path(appealed, "reabrir"), data={"csrf": CSRF})

    def test_is_led_from_the_tray_to_the_page_that_says_so(
        self, appealed: Case, colleague: FlaskClient
    ) -> None:
        opened = colleague.post(path(appealed, "reabrir"), data={"csrf": CSRF})
        page = colleague.get(opened.location)
        assert "Vuelve a esperar una decisión." in words(page)
        assert "/publicar" in page.text
        tray = colleague.get("/gestion/")
        assert "Es el de mi oficina." in words(tray)
        assert "Decidir otra vez" in words(tray)
        assert "/publicar" not in tray.text

    def test_decides_either_way(self, appealed: Case, colleague: FlaskClient, blog: Blog) -> None:
        colleague.post(path(appealed, "reabrir"), data={"csrf": CSRF})
        sent = form(rule="2-v2", reason="Sigue dándolo.")
        assert colleague.post(path(appealed, "no-publicar"), data=sent).status_code == 303
        now = case_of(blog, appealed.id)
        assert (now.visibility, now.reason) == (Visibility.REJECTED, "Sigue dándolo.")
        assert ANOTHER not in words(colleague.get(path(appealed)))


class TestThePromiseInTheTray:
    @pytest.fixture(autouse=True)
    def terms(self, blog: Blog, clock: Clock) -> None:
        site = blog.settings.blog / "content" / "site.toml"
        deadlines = '\n[deadlines]\ndecide = 1\nanswer = 2\nregion = "ES-PV"\n'
        site.write_text(site.read_text("utf-8") + deadlines, "utf-8")
        clock.now = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)

    def test_says_by_when_to_decide_and_in_words_when_that_is_over(
        self, waiting: Callable[..., Case], staff: FlaskClient, clock: Clock, app: Flask, blog: Blog
    ) -> None:
        waiting()
        said = "decidirlo como muy tarde el lunes, 7 de diciembre de 2026"
        seen = words(staff.get("/gestion/"))
        assert f"Hay que {said}" in seen
        assert "Fuera de plazo" not in seen
        clock.now = datetime(2026, 12, 7, 23, 0, tzinfo=UTC)
        self.sign_in(blog, clock, app, staff)
        assert f"Fuera de plazo: había que {said}" in words(staff.get("/gestion/"))

    def test_of_a_private_comment_is_the_answer(
        self, waiting: Callable[..., Case], staff: FlaskClient
    ) -> None:
        waiting(private=True)
        assert "contestarlo como muy tarde el miércoles, 9 de dic" in words(staff.get("/gestion/"))

    def test_is_none_where_nothing_was_promised(
        self, waiting: Callable[..., Case], staff: FlaskClient, blog: Blog
    ) -> None:
        site = blog.settings.blog / "content" / "site.toml"
        site.write_text(site.read_text("utf-8").split("[deadlines]")[0], "utf-8")
        waiting()
        assert "como muy tarde" not in words(staff.get("/gestion/"))

    def sign_in(self, blog: Blog, clock: Clock, app: Flask, staff: FlaskClient) -> None:
        """Once more: the first session is over by then."""
        with blog.store.write() as connection:
            sessions.open_session(connection, "d" * 32, 1, CSRF, clock())
        staff.set_cookie("tertulia-8000", "d" * 32)


class TestACorrection:
    def test_without_any_change_says_so_in_its_form(
        self, waiting: Callable[..., Case], reader: FlaskClient, blog: Blog
    ) -> None:
        case = waiting("Mi texto.")
        token = track.receipt_for(blog, case).token
        page = f"/seguimiento/{case.reference}/{token}/corregir"
        sent = fields(reader.get(page), "/corregir")
        seen = reader.post(page, data=sent)
        assert seen.status_code == 422
        assert "Es el mismo texto que ya tiene" in words(seen)
        assert fields(seen, "/corregir")["body"].strip() == "Mi texto."
        changed = sent | {"body": "Mi texto, mejor."}
        for _ in range(2):  # a double click, and a browser that tries again
            again = reader.post(page, data=changed)
            assert again.status_code == 303
            assert "hecho=corregir" in again.headers["Location"]
        assert len(track.record_of(blog, case_of(blog, case.id)).events) == 2
