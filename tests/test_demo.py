"""The demonstration: on this machine alone, in its own folder, and gone without a trace."""

import hashlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from comments_service.cli.demo import OURS
from comments_service.cli.demo_service import settings_of
from comments_service.config.settings import Settings
from comments_service.domain.cases import EventKind
from comments_service.errors import CannotStart, NotHere
from comments_service.store import cases, events, people
from comments_service.usecases import demo as usecase
from comments_service.usecases.blog import Blog
from comments_service.usecases.demo_times import times
from comments_service.web import create_app
from comments_service.web.demo_site import SERVICE
from tests.support.demo import Demo, running_demo
from tests.support.fixtures import Clock
from tests.support.service import copy_of_the_blog
from tests.support.visitor import Visitor


def digests(folder: Path) -> dict[str, str]:
    """Of every file of the blog, but for the demonstration's own folder."""
    own = folder / "var" / "demo"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(own)
    }


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class TestOutsideTheDemonstration:
    def test_there_is_no_way_in_without_a_password(self, blog: Blog, clock: Clock) -> None:
        app = create_app(blog, clock=clock)
        assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/demo")]
        client = app.test_client()
        for who in usecase.WHO:
            assert client.post(f"/demo/entrar/{who}", data={"step": ""}).status_code in (404, 405)
            with pytest.raises(NotHere):
                usecase.sign_in_as(blog, who, "es", now=clock())

    def test_nor_with_its_routes_but_without_its_mark(self, blog: Blog, clock: Clock) -> None:
        client = create_app(blog, clock=clock, is_demonstration=True).test_client()
        host = blog.site_url
        assert client.get("/demo/", base_url=host).status_code == 404
        sent = client.post("/demo/entrar/gestora", data={"step": ""}, base_url=host)
        assert sent.status_code == 404
        assert not sent.headers.getlist("Set-Cookie")

    def test_its_site_knows_every_address_of_the_service(self, blog: Blog, clock: Clock) -> None:
        app = create_app(blog, clock=clock, is_demonstration=True)
        rules = (rule.rule for rule in app.url_map.iter_rules())
        first = {rule.split("/")[1] for rule in rules} - {"", "<path:path>", "servicio"}
        assert first <= SERVICE


class TestEntering:
    @pytest.fixture
    def client(self, blog: Blog, clock: Clock) -> FlaskClient:
        (blog.settings.blog / usecase.MARK).write_text("{}\n", "utf-8")
        with blog.store.write() as connection:
            said = {"login": "gestora", "name": "Ana Ficticia", "language": "es", "role": "admin"}
            people.add_person(connection, clock(), password_hash="-", **said)
        return create_app(blog, clock=clock, is_demonstration=True).test_client()

    @pytest.mark.parametrize(
        ("asked", "language", "bar"),
        [
            ("?idioma=eu", "eu", "Hau erakustaldi bat da"),
            ("?idioma=en", "en", "This is a demonstration"),
            ("?idioma=xx", "es", "Esto es una demostración"),
            ("", "es", "Esto es una demostración"),
        ],
    )
    def test_leads_to_a_desk_in_the_language_of_the_tour(
        self, client: FlaskClient, blog: Blog, asked: str, language: str, bar: str
    ) -> None:
        host = blog.site_url
        tour = client.get(f"/demo/{asked}", base_url=host).text
        action = f"/demo/entrar/gestora{asked if language != 'es' else ''}"
        assert f'action="{host}{action}"' in tour
        sent = client.post(action, data={"step": ""}, base_url=host, headers={"Origin": host})
        desk = client.get(sent.headers["Location"], base_url=host).text
        assert f'<html lang="{language}"' in desk
        assert bar in desk
        assert f"/demo/?idioma={language}" in desk

    def test_in_another_language_changes_it_once_more(
        self, client: FlaskClient, blog: Blog
    ) -> None:
        host = blog.site_url
        for language in ("eu", "en", "es"):
            path = f"/demo/entrar/gestora?idioma={language}"
            client.post(path, data={"step": ""}, base_url=host, headers={"Origin": host})
            desk = client.get("/gestion/", base_url=host).text
            assert f'<html lang="{language}"' in desk


class TestWhatIsNoDemonstration:
    def test_is_never_removed(self, tmp_path: Path) -> None:
        (tmp_path / "letters.txt").write_text("dear", "utf-8")
        with pytest.raises(CannotStart):
            usecase.remove(tmp_path)
        link = tmp_path / "link"
        link.symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / usecase.MARK).write_text("{}", "utf-8")
        with pytest.raises(CannotStart):
            usecase.remove(link)
        assert (tmp_path / "letters.txt").read_text("utf-8") == "dear"

    @pytest.mark.parametrize(
        ("options", "environment"),
        [
            (("--host", "0.0.0.0"), {}),
            ((), {"TERTULIA_HOST": "192.0.2.1"}),
            ((), {"TERTULIA_TRUSTED_PROXIES": "1"}),
        ],
    )
    def test_is_no_address_that_others_reach(
        self, tmp_path: Path, options: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        demo = Demo(copy_of_the_blog(tmp_path / "blog"), options=options, environment=environment)
        demo.begin()
        assert demo.process
        assert demo.process.wait(60) == 1
        assert "127.0.0.1" in demo.log.read_text("utf-8")
        assert not (demo.blog / "var").exists()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo") / "blog"
    blog = copy_of_the_blog(folder)
    (blog / ".env").write_text(f"TERTULIA_DATABASE_URL=sqlite:///{blog}/real.sqlite3\n", "utf-8")
    (blog / "before.json").write_text("{}", "utf-8")
    before = digests(blog)
    with running_demo(blog) as started:
        started.environment["BEFORE"] = json.dumps(before)
        yield started


@pytest.mark.slow
class TestADemonstration:
    def test_leaves_the_blog_and_its_database_as_they_were(self, demo: Demo) -> None:
        assert digests(demo.blog) == json.loads(demo.environment["BEFORE"])
        assert not (demo.blog / "real.sqlite3").exists()
        assert not (demo.blog / "output").exists()

    def test_has_readers_and_staff_and_one_who_waits_for_too_long(self, demo: Demo) -> None:
        told = json.loads((demo.folder / usecase.MARK).read_text("utf-8"))["comments"]
        assert len(told) >= 35
        visitor = Visitor(headers={"Origin": demo.url})
        page = visitor.get(f"{demo.url}/demo/")
        tray = visitor.send(page, "/entrar/gestora", step="")
        assert tray.status == 200
        assert told["Paciente Ficticia"] in tray.text
        assert tray.words.count("Fuera de plazo") == 1

    def test_takes_no_button_from_another_site(self, demo: Demo) -> None:
        for path in ("entrar/gestora", "parar", "empezar", "aspecto"):
            stranger = Visitor()
            page = stranger.post(f"{demo.url}/demo/{path}", {}, origin="http://evil.example")
            assert page.status == 403, path
            assert not list(stranger.cookies)

    def test_is_started_once_and_ends_whole(self, demo: Demo) -> None:
        again = Demo(demo.blog, port=demo.port)
        again.options = ()
        again.begin()
        assert again.process
        assert again.process.wait(60) == 1  # the port is busy
        second = Demo(demo.blog)
        second.begin()
        assert second.process
        assert second.process.wait(60) == 1
        assert "already" in second.log.read_text("utf-8")

        demo.kill()
        end = time.monotonic() + 30
        while _service_runs(demo) and time.monotonic() < end:
            time.sleep(0.2)
        assert not _service_runs(demo)  # nothing is left of a killed one
        demo.start()  # and today's is taken up where it was
        assert Visitor().get(f"{demo.url}/correos").status == 200
        assert demo.stop() == 0
        assert not answers(demo.port)
        assert not _service_runs(demo)


def _service_runs(demo: Demo) -> bool:
    wanted = os.fsencode(str(demo.folder))
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in each.read_bytes():
                return True
        except OSError:
            continue
    return False


MADRID = ZoneInfo("Europe/Madrid")
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=MADRID)
MONDAY_EARLY = datetime(2026, 11, 23, 7, 40, tzinfo=MADRID)
DECIDED = (EventKind.APPROVED, EventKind.REJECTED, EventKind.LEARNED)


@pytest.mark.parametrize("now", [SUNDAY_NIGHT, MONDAY_EARLY], ids=["sunday", "monday"])
def test_its_days_are_working_days_in_their_order(tmp_path: Path, now: datetime) -> None:
    told = times(copy_of_the_blog(tmp_path / "blog"), now)
    assert told.days[0] == now.date()
    assert list(told.days) == sorted(told.days, reverse=True)
    assert all(told.office.works_on(day) for day in told.days[1:])
    assert told.at("3h") == now - timedelta(hours=3)
    assert told.at("0d 23:59") == now  # never after it was opened


@pytest.mark.slow
def test_nothing_of_it_happens_before_its_cause_or_out_of_hours(tmp_path: Path) -> None:
    """Every case: written, read and decided, answered, seen on the page."""
    now = SUNDAY_NIGHT
    source = usecase.Source(copy_of_the_blog(tmp_path / "from") / "content", OURS)
    settings = settings_of(tmp_path / "blog", 8000, 8001).model_copy(update={"undo_seconds": 0})
    usecase.make(settings, source, now, lambda _: None, lambda *_: None)
    office, blog = times(settings.blog, now).office, usecase.open_demonstration(settings)
    with blog.store.read() as connection:
        ids = [row[0] for row in connection.execute(text("SELECT id FROM cases"))]
        records = {each: events.of_case(connection, each) for each in ids}
        found = {each: cases.by_case(connection, each) for each in ids}
    blog.store.close()
    assert len(ids) > 80
    for number, record in records.items():
        case = found[number]
        assert case
        at = [case.received_at, *(event.at for event in record)]
        told = [(event.kind, event.at) for event in record]
        assert at == sorted(at), told
        assert at[-1] <= now, told
        first = dict(reversed(told))
        decided = [first[kind] for kind in DECIDED if kind in first]
        assert [each for each in decided if each < case.received_at] == []
        assert first.get(EventKind.ANSWERED, now) >= min(decided, default=case.received_at)
        for event in record:
            if event.kind in DECIDED or event.actor.startswith("person:"):
                assert office.is_working(event.at), (case.author, event.kind, event.at)


def test_the_settings_of_the_machine_are_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERTULIA_DATABASE_URL", "sqlite:////real.sqlite3")
    monkeypatch.setenv("TERTULIA_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("TERTULIA_COMMENTS_GIT", "here")
    made: Settings = settings_of(tmp_path, 8000, 8001)
    assert made.database_url is None
    assert made.smtp_host is None
    assert made.comments_git == "off"
    assert made.undo_seconds == 15  # time to find the button


def test_make_up_with_demo_starts_it(tmp_path: Path) -> None:
    tertulia = tmp_path / "tertulia"
    tertulia.write_text('#!/bin/sh\necho "$*"\n')
    tertulia.chmod(0o755)
    said = subprocess.run(
        ["make", "-s", "-o", ".venv/.run", "up", "DEMO=1", "PORT=8123", f"BIN={tmp_path}"],
        cwd=Path(__file__).parent.parent,
        env={"PATH": "/usr/bin:/bin"},
        text=True,
        capture_output=True,
        check=True,
    )
    assert said.stdout.strip() == "demo --port 8123"
