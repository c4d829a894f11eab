"""What staff set reaches the built site, in every mode of publishing, by a real build."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from comments_service.config import site_settings
from comments_service.config.site_files import SETTINGS
from comments_service.config.site_settings import Terms
from comments_service.site.manifest import ManifestReader
from comments_service.store import site_files
from comments_service.store.people import Person
from comments_service.usecases import site_settings as setting
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import build_site
from comments_service.usecases.site_settings import Version
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import Staff, settings_for, staff_for


@pytest.fixture
def staff(mode: str, tmp_path: Path) -> Staff:
    return staff_for(mode, buildable_blog(tmp_path / "blog"))


@pytest.fixture
def blog(mode: str, staff: Staff, tmp_path: Path, clock: Clock) -> Iterator[Blog]:
    address = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    opened = open_blog(settings_for(mode, tmp_path / "blog", address))
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


def page(blog: Blog, path: str = "2026/11/hola") -> str:
    return (blog.settings.output_folder / path / "index.html").read_text("utf-8")


def published(blog: Blog, clock: Clock) -> None:
    clock.forward(minutes=20)
    publish(blog, clock)
    with blog.store.read() as connection:
        files = site_files.every(connection).values()
    assert [each.problem for each in files if each.digest not in (None, each.seen)] == []


@pytest.mark.parametrize("mode", ["off", "here", "clone"])
def test_every_setting_reaches_the_page(
    blog: Blog, staff: Staff, clock: Clock, moderator: Person, mode: str
) -> None:
    """Words, deadlines, closing and a rule, each after the other and all seen by readers."""
    setting.say(blog, {"es": "Cuéntanos"}, {"es": "Lo leemos **todo**."}, by=moderator, now=clock())
    setting.promise(blog, Terms(1, 3, None), by=moderator, now=clock())
    published(blog, clock)
    assert "Cuéntanos" in page(blog)
    assert "<strong>todo</strong>" in page(blog)
    assert "3 días laborables" in page(blog)
    rule = Version(
        number=None, since=date(2026, 11, 20), title={"es": "Respeto"}, text={"es": "Siempre."}
    )
    setting.add_version(blog, rule, by=moderator, now=clock())
    setting.close(blog, date(2026, 12, 24), {"es": "Vacaciones."}, by=moderator, now=clock())
    published(blog, clock)
    assert "Respeto" in page(blog, "normas/1-v1")
    assert "Vacaciones." in page(blog)
    info = ManifestReader(blog.settings.output_folder / "threads.json").thread("hola")
    assert info.opens_at == datetime(2026, 12, 24, 23, 0, tzinfo=UTC)
    assert [each.number for each in blog.rules.in_force(clock().date())] == [1]


@pytest.mark.parametrize("mode", ["off"])
def test_a_slip_in_the_file_leaves_the_last_good_words_on_the_page(
    blog: Blog, clock: Clock, moderator: Person
) -> None:
    setting.say(blog, {"es": "Cuéntanos"}, {}, by=moderator, now=clock())
    published(blog, clock)
    file = blog.comments_folder / SETTINGS
    file.write_bytes(file.read_bytes() + b"heading: mal\n")
    build_site(blog, now=clock())
    assert "Cuéntanos" in page(blog)
    report = (blog.settings.output_folder / "build-report.json").read_text("utf-8")
    assert "content/comments/_site/settings.md" in report
    assert site_settings.loads(file.read_bytes().partition(b"\nheading")[0] + b"\n")


@pytest.mark.parametrize("mode", ["off"])
def test_an_ended_rule_keeps_its_pages_and_holds_no_more(
    blog: Blog, clock: Clock, moderator: Person
) -> None:
    day = date(2026, 11, 20)
    first = Version(number=None, since=day, title={"es": "Respeto"}, text={"es": "Siempre."})
    last = Version(
        number=1, since=day, title={"es": "Respeto"}, text={"es": "Lo dice la ley."}, ends=True
    )
    setting.add_version(blog, first, by=moderator, now=clock())
    setting.add_version(blog, last, by=moderator, now=clock())
    published(blog, clock)
    assert "Siempre." in page(blog, "normas/1-v1")
    assert "deja de valer" in page(blog, "normas/1-v2")
    assert blog.rules.in_force(day) == []
