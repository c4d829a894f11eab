"""The commands: plain words in the language of the terminal, and never a traceback."""

import json
import logging
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from comments_service.cli import log, main, speech
from comments_service.cli.new_blog import Answers, make_blog
from comments_service.errors import BuildFailed, CannotStart, Fault, InvalidConfig
from tests.support.hands import git
from tests.support.service import Service, free_port, running
from tests.support.visitor import Page, Visitor

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
COMMANDS = sorted(main.list_commands(None))  # type: ignore[arg-type]
COMMENT_ID = "01kaa0000000000000000000aa"


pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "blog"
    answers = Answers(
        name="Consejo de Pruebas",
        address="https://blog.example.org",
        languages=["es"],
        colour="#804000",
        logo=None,
        contact="hola@example.org",
    )
    make_blog(folder, answers, NOW)
    return folder


@pytest.fixture
def blog(model: Path, tmp_path: Path) -> Path:
    """A blog as `init` makes it."""
    folder = tmp_path / "blog"
    shutil.copytree(model, folder)
    return folder


def run(*words: object, **environment: str) -> Result:
    """A command in English, with nothing set but what is given."""
    clean = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    return CliRunner().invoke(
        main, [str(word) for word in words], env={**clean, "LC_ALL": "C", **environment}
    )


def lines(result: Result) -> list[str]:
    """What a refused command printed; it must be plain lines and exit code 1."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()


class TestTheLanguage:
    @pytest.mark.parametrize(
        ("environment", "language"),
        [
            ({}, "en"),
            ({"LANG": "es_ES.UTF-8"}, "es"),
            ({"LANG": "eu_ES"}, "eu"),
            ({"LANG": "de_DE.UTF-8"}, "en"),
            ({"LANG": "C.UTF-8"}, "en"),
            ({"LC_MESSAGES": "eu_ES.UTF-8", "LANG": "es_ES.UTF-8"}, "eu"),
            ({"LC_ALL": "C", "LC_MESSAGES": "eu_ES.UTF-8"}, "en"),
            ({"LC_ALL": "", "LANG": "es"}, "es"),
        ],
    )
    def test_is_that_of_the_terminal(self, environment: dict[str, str], language: str) -> None:
        assert speech.language(environment) == language

    @pytest.mark.parametrize(("code", "words"), [("es_ES", "Ejemplo"), ("eu_ES", "Adibidea")])
    def test_is_that_of_help_and_faults_too(self, tmp_path: Path, code: str, words: str) -> None:
        assert words in run("up", "--help", LC_ALL=code).output
        english = run("check", "--blog", tmp_path).stderr
        assert run("check", "--blog", tmp_path, LC_ALL=code).stderr != english


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_of_every_command_has_an_example(self, command: str) -> None:
        shown = run(command, "--help")
        assert shown.exit_code == 0
        assert f"Example:\n  tertulia {command}" in shown.output or "&& tertulia" in shown.output

    def test_names_every_command_with_a_whole_sentence(self) -> None:
        shown = run("--help").output
        known = (
            "admin-link audit backup build check comments demo doctor init keys migrate preview"
            " publish reconcile restore serve tick up upgrade"
        )
        assert known.split() == COMMANDS
        for command in COMMANDS:
            assert f"  {command}  " in shown
        assert "..." not in shown.split("Commands:")[1]

    def test_tells_the_version(self) -> None:
        assert run("--version").output.startswith("tertulia, 0.") or "tertulia 0." in (
            run("--version").output
        )


class TestAFault:
    def test_in_the_settings_names_every_variable(self, blog: Path) -> None:
        told = lines(run("build", "--blog", blog, TERTULIA_PORT="many", TERTULIA_PROT="1"))
        assert told[0] == "The settings cannot be used:"
        assert any(line.startswith("  TERTULIA_PORT: ") for line in told)
        assert "  TERTULIA_PROT: is not a setting" in told

    @pytest.mark.parametrize("command", ["up", "preview"])
    def test_of_a_busy_port_says_which_and_what_to_do(self, blog: Path, command: str) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            told = lines(run(command, "--blog", blog, "--port", port))
        assert len(told) == 1
        assert f"port {port}" in told[0]
        assert f"make up PORT={port + 1}" in told[0]
        assert not (blog / "var").exists()
        assert not (blog / "output").exists()

    def test_of_an_address_that_is_not_ours_says_so(self, blog: Path) -> None:
        told = lines(run("up", "--blog", blog, "--port", free_port(), "--host", "192.0.2.1"))
        assert len(told) == 1
        assert "192.0.2.1" in told[0]

    @pytest.mark.parametrize("command", ["up", "build", "check", "tick", "migrate"])
    def test_of_a_folder_that_is_no_blog_says_so(self, tmp_path: Path, command: str) -> None:
        told = lines(run(command, "--blog", tmp_path, TERTULIA_PORT=str(free_port())))
        assert "site.toml: is missing; `tertulia init` makes one" in told[1]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("command", ["up", "build", "check"])
    def test_of_a_blog_without_articles_says_so(self, blog: Path, command: str) -> None:
        shutil.rmtree(blog / "content" / "articles")
        told = lines_of_the_end(run(command, "--blog", blog, TERTULIA_PORT=str(free_port())))
        assert "There is no article in" in told

    def test_of_a_database_from_the_future_changes_nothing(self, blog: Path) -> None:
        assert run("migrate", "--blog", blog).exit_code == 0
        file = blog / "var" / "tertulia.sqlite3"
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
        connection.close()
        before = file.read_bytes()
        for command in ("up", "migrate", "tick", "admin-link"):
            told = lines(run(command, "--blog", blog, TERTULIA_PORT=str(free_port())))
            assert len(told) == 1
            assert "written by a newer version of Tertulia (9999_future)" in told[0]
        assert file.read_bytes() == before

    def test_in_site_toml_names_every_key(self, blog: Path) -> None:
        (blog / "content" / "site.toml").write_text('name = "x"\nlanguages = []\ncolor = 1\n')
        for command in ("build", "check"):
            told = lines(run(command, "--blog", blog))
            assert {line.split(":")[0].strip() for line in told[1:]} == {
                "address",
                "languages",
                "color",
            }

    def test_in_the_syntax_of_site_toml_names_its_line(self, blog: Path) -> None:
        (blog / "content" / "site.toml").write_text("name = \n")
        told = lines(run("build", "--blog", blog))
        assert len(told) == 2
        assert "is not TOML" in told[1]
        assert "line 1" in told[1]

    def test_of_an_article_leaves_the_site_that_readers_see(self, blog: Path) -> None:
        assert run("build", "--blog", blog).exit_code == 0
        before = (blog / "output" / "index.html").read_bytes()
        (blog / "content/articles/2026/mala.md").write_text("Title: Mala\nDate: ayer\n\nHola.\n")
        told = lines_of_the_end(run("build", "--strict", "--blog", blog))
        assert "articles/2026/mala.md" in told
        assert "'ayer' is not a valid date" in told
        assert (blog / "output" / "index.html").read_bytes() == before

    def test_of_serving_what_was_not_built_says_what_to_do(self, blog: Path) -> None:
        told = lines(run("serve", "--blog", blog, "--port", free_port()))
        assert len(told) == 1
        assert "tertulia build --production" in told[0]

    def test_of_a_build_is_told_with_what_pelican_said(self) -> None:
        error = BuildFailed("one\ntwo", "It was not built.")
        assert speech.explained(error) == "It was not built.\none\ntwo"


def lines_of_the_end(result: Result) -> str:
    """What a command that had begun its work printed on standard error."""
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.stderr


class TestChecking:
    def test_counts_what_is_well(self, blog: Path) -> None:
        result = run("check", "--blog", blog)
        assert result.exit_code == 0, result.output
        assert result.output == "All is well: 1 article, 0 comments\n"

    def test_leaves_nothing_behind(self, blog: Path) -> None:
        before = sorted(blog.rglob("*"))
        run("check", "--blog", blog)
        assert [
            path for path in sorted(blog.rglob("*")) if "__pycache__" not in str(path)
        ] == before

    def test_names_every_fault_at_once(self, blog: Path) -> None:
        articles = blog / "content" / "articles" / "2026"
        (articles / "fecha.md").write_text("Title: Mala\nDate: ayer\n\nHola.\n")
        (articles / "bytes.md").write_bytes(b"Title: \xff\n\nHola.\n")
        (articles / "enlace.md").write_text(
            "Title: Enlace\nDate: 2026-01-02\n\n[x]({filename}nada.md) {institution.dpo}\n"
        )
        (blog / "content" / "holidays.txt").write_text("2026-01-20 San Sebastián\nel lunes\n")
        comments = blog / "content" / "comments"
        for thread in ("bienvenida", "nadie"):
            (comments / thread).mkdir()
        (comments / "bienvenida" / f"{COMMENT_ID}.md").write_text('id: "x"\n\nHola\n')
        (comments / "nadie" / "foto.png").write_bytes(b"x")
        told = "\n".join(lines(run("check", "--blog", blog)))
        for part in (
            "articles/2026/fecha.md",
            "no se entiende la fecha «ayer»",
            "articles/2026/bytes.md",
            "nada.md",
            "{institution.dpo} no tiene valor",
            f"content/comments/bienvenida/{COMMENT_ID}.md: ",
            "content/comments/nadie/foto.png: ",
            "content/holidays.txt:2: ",
        ):
            assert part in told, part
        assert told.count(COMMENT_ID) == 1

    def test_goes_on_to_site_toml_after_a_wrong_setting(self, blog: Path) -> None:
        (blog / "content" / "site.toml").write_text("colour = 'green'")
        told = lines(run("check", "--blog", blog, TERTULIA_PORT="many"))
        assert any(line.startswith("  TERTULIA_PORT") for line in told)
        assert any(line.startswith("  colour") for line in told)


class TestBuilding:
    def test_is_for_this_machine_unless_it_is_for_readers(self, blog: Path) -> None:
        assert run("build", "--blog", blog).exit_code == 0
        home = (blog / "output" / "index.html").read_text()
        assert "http://localhost:8000/" in home
        assert run("build", "--production", "--blog", blog).exit_code == 0
        home = (blog / "output" / "index.html").read_text()
        assert "https://blog.example.org/" in home
        assert "localhost" not in home

    def test_may_happen_in_another_folder(self, blog: Path, tmp_path: Path) -> None:
        assert run("build", "--blog", blog, "--output", tmp_path / "there").exit_code == 0
        assert (tmp_path / "there" / "index.html").is_file()
        assert not (blog / "output").exists()

    def test_names_the_files_with_faults(self, blog: Path) -> None:
        folder = blog / "content" / "comments" / "bienvenida"
        folder.mkdir()
        (folder / f"{COMMENT_ID}.md").write_text("no header\n")
        result = run("build", "--blog", blog)
        assert result.exit_code == 0
        told = result.stderr.splitlines()
        assert told[0] == "Files with faults: 1"
        assert told[1].startswith(f"  content/comments/bienvenida/{COMMENT_ID}.md: ")
        assert (folder / f"{COMMENT_ID}.md").read_text() == "no header\n"

    def test_keeps_the_last_good_page_of_a_faulty_post(self, blog: Path) -> None:
        post = blog / "content/articles/2026/nueva.md"
        post.write_text("Title: Nueva\nDate: 2026-11-02\n\nAsí era.\n")
        assert run("build", "--blog", blog).exit_code == 0
        post.write_text("Title: Nueva\nDate: ayer\n\nAsí es.\n")
        result = run("build", "--blog", blog)
        assert result.exit_code == 0, result.output
        assert "content/articles/2026/nueva.md: date: " in result.stderr
        assert "Así era." in (blog / "output/2026/11/nueva/index.html").read_text("utf-8")

    def test_takes_the_comments_from_their_repository_the_first_time_too(
        self, blog: Path, tmp_path: Path
    ) -> None:
        remote = tmp_path / "comments.git"
        git(tmp_path, "init", "--quiet", "--initial-branch=comments", str(remote))
        (remote / "bienvenida").mkdir()
        (remote / "bienvenida" / f"{COMMENT_ID}.md").write_text("no header\n")
        git(remote, "add", "--all")
        git(remote, "commit", "--quiet", "--message=One")
        clone = {"TERTULIA_COMMENTS_GIT": "clone", "TERTULIA_COMMENTS_REMOTE": str(remote)}
        for command in ("build", "build", "check"):
            result = run(command, "--blog", blog, **clone)
            assert f"content/comments/bienvenida/{COMMENT_ID}.md: " in result.stderr

    def test_without_their_repository_says_that_the_comments_are_missing(
        self, blog: Path, tmp_path: Path
    ) -> None:
        nowhere = str(tmp_path / "none.git")
        clone = {"TERTULIA_COMMENTS_GIT": "clone", "TERTULIA_COMMENTS_REMOTE": nowhere}
        result = run("build", "--blog", blog, **clone)
        assert result.exit_code == 0
        assert result.stderr.startswith("The comments are not fetched yet: ")

    def test_does_not_take_the_site_from_readers_by_a_slip(
        self, blog: Path, tmp_path: Path
    ) -> None:
        assert run("build", "--production", "--blog", blog).exit_code == 0
        before = (blog / "output/index.html").read_bytes()
        told = lines(run("build", "--blog", blog))
        assert len(told) == 1
        assert "https://blog.example.org" in told[0]
        assert "--force" in told[0]
        assert (blog / "output/index.html").read_bytes() == before
        assert run("build", "--blog", blog, "--output", tmp_path / "there").exit_code == 0
        assert run("build", "--blog", blog, "--force").exit_code == 0
        assert (blog / "output/index.html").read_bytes() != before


class TestServingWhatWasBuilt:
    def test_for_another_address_is_refused(self, blog: Path) -> None:
        assert run("build", "--blog", blog).exit_code == 0
        told = lines(run("serve", "--blog", blog, "--port", free_port()))
        assert len(told) == 1
        assert "http://localhost:8000" in told[0]
        assert "https://blog.example.org" in told[0]
        assert "tertulia build --production" in told[0]

    def test_with_drafts_is_refused_where_readers_can_come(self, blog: Path) -> None:
        address = {"TERTULIA_SITE_URL": "https://blog.example.org"}
        assert run("build", "--blog", blog, **address).exit_code == 0
        told = lines(run("serve", "--blog", blog, "--port", free_port(), **address))
        assert len(told) == 1
        assert "drafts" in told[0]


class TestUpkeep:
    def test_prints_a_link_for_the_first_account(self, blog: Path) -> None:
        first, second = (run("admin-link", "--blog", blog).output for _ in range(2))
        assert first.startswith("https://blog.example.org/gestion/alta/")
        assert first != second

    def test_ticks_when_nothing_waits(self, blog: Path) -> None:
        result = run("tick", "--blog", blog)
        assert result.exit_code == 0
        assert result.output == "Published comments: 0\n"

    def test_migrates_again_and_again(self, blog: Path) -> None:
        for _ in range(2):
            assert run("migrate", "--blog", blog).output.endswith("is up to date.\n")


class TestErrors:
    def test_become_all_their_lines(self) -> None:
        error = InvalidConfig("Wrong:", [Fault("a", "is %(x)s", x=1), Fault("b", "is missing")])
        assert speech.explained(error) == "Wrong:\n  a: is 1\n  b: is missing"

    def test_keep_percent_signs_that_are_no_places(self) -> None:
        assert speech.explained(CannotStart("100 %")) == "100 %"


class TestTheLog:
    def written(self, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(capsys.readouterr().err.splitlines()[-1])
        return event

    def test_is_json_where_no_person_reads_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        log.configure()
        structlog.get_logger("comments_service.usecases.tick").info("tick.published", confirmed=2)
        event = self.written(capsys)
        assert (event["event"], event["level"]) == ("tick.published", "info")
        assert event["confirmed"] == 2
        assert event["timestamp"].endswith("Z")

    def test_takes_the_warnings_of_libraries_only(self, capsys: pytest.CaptureFixture[str]) -> None:
        log.configure()
        logging.getLogger("library").info("chatter")
        assert capsys.readouterr().err == ""
        logging.getLogger("library").warning("look at %s", "this")
        assert self.written(capsys)["event"] == "look at this"

    def test_tells_a_crash_without_what_its_message_holds(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        log.configure()
        values = "the words of a reader"
        try:
            try:
                raise ValueError(f"constraint failed\n[{values}]")
            except ValueError as error:
                raise RuntimeError("not saved") from error
        except RuntimeError:
            structlog.get_logger("comments_service.x").exception("tick.crashed")
        event = self.written(capsys)
        assert "builtins.ValueError: constraint failed\n" in event["exception"]
        assert event["exception"].endswith("builtins.RuntimeError: not saved")
        assert "test_cli.py" in event["exception"]
        assert values not in event["exception"]

    def test_is_lines_for_a_person_at_a_terminal(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        log.configure()
        values = "the words of a reader"
        try:
            raise ValueError(f"failed\n{values}")
        except ValueError:
            structlog.get_logger("comments_service.x").exception("tick.crashed", thread="hola")
        told = capsys.readouterr().err
        assert "tick.crashed" in told
        assert "thread=hola" in told
        assert "builtins.ValueError: failed" in told
        assert values not in told

    def test_cuts_private_links(self, capsys: pytest.CaptureFixture[str]) -> None:
        log.configure()
        logging.getLogger("flask").error("Exception on /gestion/alta/abcdef [GET]")
        logging.getLogger("flask").error("at '/seguimiento/2026-000123/abcdef/recibido'")
        assert "abcdef" not in capsys.readouterr().err


def worker_of(service: Service) -> int:
    """Process id of gunicorn's worker, once it has one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if children := children_of(service):
            return children[0]
        time.sleep(0.05)
    raise AssertionError("no worker")


def children_of(service: Service) -> list[int]:
    assert service.process
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == service.process.pid and fields[0] != "Z":
            children.append(int(status.parent.name))
    return children


def opened_once_it_says(url: str, words: str) -> Page:
    """The page, as soon as it answers with these words."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError):
            page = Visitor().get(url)
            if words in page.text:
                return page
        time.sleep(0.1)
    raise AssertionError(f"{url} does not say {words!r}")


def until(fact: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
class TestRunning:
    def test_serves_the_site_and_ends_with_ctrl_c(self, blog: Path) -> None:
        with running(blog) as service:
            home = Visitor().get(f"{service.url}/")
            assert home.status == 200
            assert "Consejo de Pruebas" in home.text
            begun = time.monotonic()
            assert service.stop() == 0
            # gunicorn gives requests under way ten seconds, then ends by itself.
            assert time.monotonic() - begun < 20
            assert "Traceback" not in service.printed

    def test_ends_with_sigterm_and_keeps_everything_for_the_next_start(self, blog: Path) -> None:
        with running(blog) as service:
            assert Visitor().get(service.administrator_link()).status == 200
            first = service.administrator_link()
            key = (blog / "var" / "secrets" / "master.key").read_bytes()
            assert service.process
            service.process.terminate()
            assert service.process.wait(10) == 0
            assert "Traceback" not in service.printed
            begun = time.monotonic()
            service.start()
            assert time.monotonic() - begun < 20
            assert (blog / "var" / "secrets" / "master.key").read_bytes() == key
            assert service.administrator_link() != first
            assert Visitor().get(first).status == 410
            assert Visitor().get(service.administrator_link()).status == 200

    def test_refuses_a_second_server_of_the_same_blog(self, blog: Path) -> None:
        with running(blog) as service:
            assert service.process
            for command in ("up", "serve"):
                address = {"TERTULIA_SITE_URL": service.url}
                told = lines(run(command, "--blog", blog, "--port", free_port(), **address))
                assert len(told) == 1
                assert f"process {service.process.pid}." in told[0]
            assert Visitor().get(f"{service.url}/").status == 200
            assert service.stop() == 0

    def test_is_back_in_ten_seconds_after_a_kill_however_long_a_build_takes(
        self, blog: Path
    ) -> None:
        """And a second time, while the first start was still building."""
        with (blog / "pelicanconf.py").open("a") as conf:
            conf.write("\nPLUGINS.append('slow')\n")
        (blog / "slow.py").write_text(
            "import time\nfrom pathlib import Path\nfrom pelican import signals\n"
            "def wait(pelican):\n"
            "    Path('building').touch()\n"
            "    end = time.monotonic() + 60\n"
            "    while Path('slow').exists() and time.monotonic() < end:\n"
            "        time.sleep(0.05)\n"
            "def register():\n    signals.finalized.connect(wait)\n"
        )
        with running(blog) as service:
            (blog / "slow").touch()
            (blog / "content/articles/2026/nueva.md").write_text(
                "Title: Nueva\nDate: 2026-11-02\n\nHola.\n"
            )
            for _ in range(2):
                (blog / "building").unlink()
                service.kill()
                begun = time.monotonic()
                service.start()
                assert Visitor().get(f"{service.url}/").status == 200
                assert time.monotonic() - begun < 10
                until((blog / "building").exists)
            (blog / "slow").unlink()
            opened_once_it_says(f"{service.url}/", "Nueva")

    def test_starts_with_the_last_site_when_a_template_is_broken(self, blog: Path) -> None:
        with running(blog) as service:
            service.kill()
            (blog / "theme/templates").mkdir(parents=True)
            (blog / "theme/templates/article.html").write_text("{% if %}")
            service.start()
            assert "Consejo de Pruebas" in Visitor().get(f"{service.url}/").text
            until(lambda: "TemplateSyntaxError" in service.printed)

    def test_gets_a_new_worker_when_one_dies(self, blog: Path) -> None:
        with running(blog) as service:
            worker = worker_of(service)
            os.kill(worker, signal.SIGKILL)
            assert opened_once_it_says(f"{service.url}/", "Consejo de Pruebas").status == 200
            assert worker_of(service) != worker
            assert service.stop() == 0

    def test_writes_no_address_and_no_private_link(self, blog: Path) -> None:
        with running(blog) as service:
            token = service.administrator_link().rpartition("/")[2]
            Visitor().get(f"{service.url}/gestion/alta/{'a' * 32}")
            with socket.create_connection(("127.0.0.1", service.port)) as raw:
                raw.sendall(b"GET /\x00 nonsense\r\nbad header\r\n\r\n")
                raw.recv(1000)
            assert service.stop() == 0
            assert "127.0.0.1" not in service.printed
            assert "a" * 32 not in service.printed
            assert service.printed.count(token) == 1

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ({}, True),
            ({"TERTULIA_SMTP_HOST": "127.0.0.1", "TERTULIA_SMTP_TLS": "off"}, False),
        ],
    )
    def test_says_where_the_mails_of_a_trial_are(
        self, blog: Path, more: dict[str, str], told: bool
    ) -> None:
        senders = {"TERTULIA_MAIL_FROM": "blog@example.org"} if more else {}
        with running(blog, environment={**more, **senders}) as service:
            assert (f"{service.url}/correos\n" in service.printed) is told

    def test_ends_at_once_in_the_middle_of_a_build(self, blog: Path) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                [sys.executable, "-m", "comments_service.cli", "up"],
                cwd=blog,
                env=os.environ | {"TERTULIA_PORT": str(free_port()), "LC_ALL": "C"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert process.stdout
            assert process.stdout.readline() == "Building the site...\n"
            process.send_signal(number)
            printed, _ = process.communicate(timeout=20)
            assert process.returncode == 0, printed
            assert "Traceback" not in printed
            assert not (blog / "output").exists()
            assert [path.name for path in blog.glob(".output.*")] == []

    def test_previews_articles_without_the_service(self, blog: Path) -> None:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "comments_service.cli", "preview", "--port", str(port)],
            cwd=blog,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            home = opened_once_it_says(f"http://localhost:{port}/", "Consejo de Pruebas")
            assert f"http://localhost:{port}/theme/" in home.text
            assert not (blog / "output").exists()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
