"""`tertulia doctor`: what is well, what is not, what to do; and nothing is changed by looking."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.config.settings import Settings
from comments_service.store import facts
from comments_service.usecases import doctor, machine
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.doctor import Health, Line, examine
from comments_service.usecases.key_files import key_file
from comments_service.usecases.server import Where, shown
from comments_service.web.server_words import PLAINLY, SETTINGS
from tests.support.fixtures import Clock

ADDRESS = "http://localhost:8000"


@pytest.fixture
def settings(blog_folder: Path) -> Settings:
    return Settings(blog=blog_folder, site_url=ADDRESS)


@pytest.fixture
def blog(settings: Settings) -> Iterator[Blog]:
    opened = open_blog(settings)
    yield opened
    opened.store.close()


def words(lines: list[Line], health: Health) -> str:
    return "\n".join(line.words % line.values for line in lines if line.health is health)


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["doctor", "--blog", str(folder), *options])


def test_a_blog_that_never_ran_is_told_how_to_begin_and_stays_as_it_is(
    blog_folder: Path, settings: Settings, clock: Clock
) -> None:
    before = sorted(blog_folder.rglob("*"))
    lines = examine(settings, clock())
    assert "There is no database yet" in words(lines, Health.WRONG)
    assert sorted(blog_folder.rglob("*")) == before


def test_a_blog_at_work_is_well(blog: Blog, clock: Clock) -> None:
    with blog.store.write() as connection:
        facts.note(connection, facts.TICKED, "", clock())
    lines = examine(blog.settings, clock())
    assert words(lines, Health.WRONG) == ""
    assert "The background work is alive." in words(lines, Health.GOOD)


def test_a_key_that_others_can_read_is_wrong(blog: Blog, clock: Clock) -> None:
    key_file(blog.settings).chmod(0o644)
    assert "Others can read the key" in words(examine(blog.settings, clock()), Health.WRONG)


def test_a_missing_key_is_wrong_and_none_is_made(blog: Blog, clock: Clock) -> None:
    key_file(blog.settings).unlink()
    assert "There is no key" in words(examine(blog.settings, clock()), Health.WRONG)
    assert not key_file(blog.settings).exists()


def test_background_work_that_stopped_is_wrong(blog: Blog, clock: Clock) -> None:
    with blog.store.write() as connection:
        facts.note(connection, facts.TICKED, "", clock())
    clock.forward(hours=1)
    assert "The background work does nothing" in words(
        examine(blog.settings, clock()), Health.WRONG
    )


def test_a_clock_behind_what_happened_is_wrong(blog: Blog, clock: Clock) -> None:
    with blog.store.write() as connection:
        facts.note(connection, facts.TICKED, "", clock())
    clock.forward(hours=-1)
    assert "The clock is behind" in words(examine(blog.settings, clock()), Health.WRONG)


def test_a_missing_year_of_holidays_needs_attention_from_november_on(
    blog: Blog, clock: Clock
) -> None:
    site = blog.settings.content_folder / "site.toml"
    site.write_text(site.read_text("utf-8") + "\n[deadlines]\ndecide = 1\n", "utf-8")
    (blog.settings.content_folder / "holidays.txt").write_text("2026-12-25 Navidad\n", "utf-8")
    clock.now = datetime(2026, 10, 31, 10, 0, tzinfo=UTC)
    assert "holidays" not in words(examine(blog.settings, clock()), Health.ATTENTION)
    clock.now = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
    assert "holidays of 2027 are missing" in words(
        examine(blog.settings, clock()), Health.ATTENTION
    )


def test_a_missing_site_is_wrong(blog: Blog, clock: Clock) -> None:
    (blog.settings.output_folder / "threads.json").unlink()
    assert "There is no built site" in words(examine(blog.settings, clock()), Health.WRONG)


def test_a_remote_that_is_not_there_is_wrong_within_its_time(
    blog: Blog, tmp_path: Path, clock: Clock
) -> None:
    far = {"comments_git": "clone", "comments_remote": str(tmp_path / "none.git")}
    settings = blog.settings.model_copy(update=far)
    assert "none.git" in words(examine(settings, clock()), Health.WRONG)


def test_the_mails_of_a_trial_are_said_to_be_read_on_this_machine(blog: Blog, clock: Clock) -> None:
    told = words(examine(blog.settings, clock()), Health.GOOD)
    assert "mails stay on this machine" in told
    assert f"{ADDRESS}/correos" in told
    assert "No mail is sent" not in told


def test_outside_a_trial_no_mail_server_means_no_mail(blog: Blog, clock: Clock) -> None:
    far = blog.settings.model_copy(update={"site_url": "https://blog.example"})
    told = words(examine(far, clock()), Health.GOOD)
    assert "No mail is sent" in told
    assert "/correos" not in told


def test_a_mail_server_that_does_not_answer_is_wrong(blog: Blog, clock: Clock) -> None:
    closed = {
        "smtp_host": "127.0.0.1",
        "smtp_port": 1,
        "smtp_tls": "off",
        "mail_from": "a@b.example",
    }
    settings = blog.settings.model_copy(update=closed)
    assert "does not answer" in words(examine(settings, clock()), Health.WRONG)


class TestTheWordsForThoseWhoAreNoTechnicians:
    def test_are_of_lines_that_there_are(self) -> None:
        said = "".join(Path(each.__file__ or "").read_text("utf-8") for each in (doctor, machine))
        assert [line for line in PLAINLY if f'"{line}"' not in said] == []

    def test_name_every_setting_that_is_shown(self, settings: Settings) -> None:
        assert [each.field for each in shown(settings)] == [
            field for field in Settings.model_fields if field in SETTINGS
        ]

    def test_have_no_name_of_a_program(self) -> None:
        told = " ".join((*PLAINLY.values(), *SETTINGS.values()))
        for word in ("Git", "Python", "SQL", "TLS", "SMTP", "webhook", "OIDC", "TERTULIA", "tick"):
            assert word not in told


class TestTheCommand:
    def test_has_a_sign_and_a_word_before_each_line_and_ends_with_one_when_something_is_wrong(
        self, blog_folder: Path
    ) -> None:
        result = run(blog_folder)
        assert result.exit_code == 1
        assert "x wrong" in result.output
        assert "+ good" in result.output

    def test_ends_well_when_all_is_well(self, blog: Blog) -> None:
        assert run(blog.settings.blog).exit_code == 0

    def test_tells_settings_that_cannot_be_used(
        self, blog_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_PORT", "mucho")
        result = run(blog_folder)
        assert result.exit_code == 1
        assert "TERTULIA_PORT" in result.output

    def test_has_an_example(self, blog_folder: Path) -> None:
        assert "tertulia doctor --blog" in CliRunner().invoke(main, ["doctor", "--help"]).output


class TestWhatIsShownOfSettings:
    def test_names_where_each_is_set_and_never_a_secret(
        self, blog_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_BUILD_SECRET", "muy-secreto")
        (blog_folder / ".env").write_text("TERTULIA_THREADS=4\n")
        settings = Settings(
            blog=blog_folder,
            threads=4,
            build_secret="muy-secreto",
            database_url="postgresql://ada:clave@db.example/blog?password=clave",
            comments_remote="https://ada:clave@git.example/blog.git",
            build_webhook="https://ci.example/hook?token=clave",
        )
        found = {each.name: each for each in shown(settings)}
        assert found["TERTULIA_THREADS"].where is Where.FILE
        assert found["TERTULIA_BUILD_SECRET"].is_secret
        assert found["TERTULIA_BUILD_SECRET"].where is Where.ENVIRONMENT
        told = " ".join(each.value for each in found.values())
        assert "clave" not in told
        assert "secreto" not in told
        assert "db.example" in told
