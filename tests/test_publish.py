"""Published means published: real files, real Pelican, both databases."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments_service import commentfile
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import Comment, Kind
from comments_service.domain.standing import fold
from comments_service.domain.states import Visibility
from comments_service.store import events, locks
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import Published, build_site
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import Worker, tick
from comments_service.usecases.track import receipt_for, track
from tests.support.fixtures import SITE_TOML, Clock
from tests.support.ids import new_id
from tests.support.waiting import queue

CONF = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production={production}))
"""

ARTICLE = """Title: Sobre {slug}
Date: 2026-11-01 10:00
Author: Ada Ejemplo
Category: Escucha
Slug: {slug}

Un texto.
"""

STEPS = ["claim", "write.temp", "write.fsync", "write.rename", "write.folder", "build", "confirm"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A blog that Pelican can build, with two articles."""
    blog = tmp_path / "blog"
    (blog / "content" / "articles").mkdir(parents=True)
    (blog / "content" / "comments").mkdir()
    (blog / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (blog / "pelicanconf.py").write_text(CONF.format(production=False))
    (blog / "publishconf.py").write_text(CONF.format(production=True))
    for slug in ("hola", "otra"):
        (blog / "content" / "articles" / f"{slug}.md").write_text(ARTICLE.format(slug=slug))
    return blog


@pytest.fixture
def blog(folder: Path, database_url: str, clock: Clock) -> Iterator[Blog]:
    settings = Settings(
        blog=folder, database_url=database_url, site_url="http://localhost:8000", tick_seconds=0.1
    )
    opened = open_blog(settings)
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


def approved(
    blog: Blog, clock: Clock, by: Person, body: str = "Hola.", thread: str = "hola"
) -> Case:
    clock.forward(seconds=1)
    form = Form(author="Aitor", body=body)
    sent = submit(blog, thread, form, address="", comment_id=new_id(clock()), now=clock())
    return approve(blog, sent.case.id, 1, by=by, now=clock())


def page(blog: Blog, thread: str = "hola") -> str:
    return (blog.settings.output_folder / "2026/11" / thread / "index.html").read_text("utf-8")


def files(blog: Blog) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in blog.comments_folder.rglob("*")
        if path.is_file()
    }


def assert_published_once(blog: Blog, case: Case) -> None:
    """The comment is on its page, in its file and in its record, exactly once."""
    now = case_of(blog, case.id)
    assert now.visibility is Visibility.PUBLISHED
    assert page(blog, case.thread).count(f'id="comment-{case.comment_id}"') == 1
    data = (blog.comments_folder / case.thread / f"{case.comment_id}.md").read_bytes()
    entry = commentfile.loads(data, f"{case.thread}/{case.comment_id}.md")
    assert isinstance(entry, Comment)
    assert (entry.body, entry.author, entry.number) == (case.body, case.author, case.number)
    assert commentfile.digest(data) in page(blog, case.thread)
    with blog.store.read() as connection:
        record = events.of_case(connection, case.id)
    assert is_sound(record)
    assert fold(record).seen
    assert [event.kind for event in record].count(EventKind.PUBLISHED) == 1
    assert queue(blog).count == 0
    assert not [name for name in files(blog) if name.endswith(".tmp")]


class TestPublishing:
    def test_brings_an_approved_comment_to_its_page(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        assert publish(blog, clock) == Published(confirmed=1)
        assert_published_once(blog, case)

    def test_tells_the_reader_where_it_is(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        receipt = receipt_for(blog, case)
        assert track(blog, case.reference, receipt.token).page is None
        publish(blog, clock)
        assert track(blog, case.reference, receipt.token).page == (
            f"http://localhost:8000/2026/11/hola/#comment-{case.comment_id}"
        )

    def test_again_writes_nothing_and_builds_nothing(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        approved(blog, clock, moderator)
        publish(blog, clock)
        before, built = files(blog), blog.settings.output_folder.stat().st_ino
        assert publish(blog, clock) == Published()
        assert files(blog) == before
        assert blog.settings.output_folder.stat().st_ino == built

    def test_many_takes_one_build(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        cases = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(25)]
        builds = []
        done = publish(blog, clock, lambda step: builds.append(step) if step == "build" else None)
        assert done == Published(confirmed=25)
        assert builds == ["build"]
        for case in cases:
            assert_published_once(blog, case)

    def test_puts_an_answer_under_its_comment(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        clock.forward(minutes=1)
        said = new_id(clock())
        answer(blog, case.id, 1, "Las dos cosas.", by=moderator, answer_id=said, now=clock())
        assert publish(blog, clock) == Published(confirmed=2)
        data = (blog.comments_folder / "hola" / f"{said}.md").read_bytes()
        entry = commentfile.loads(data, f"hola/{said}.md")
        assert isinstance(entry, Comment)
        assert (entry.kind, entry.answers) == (Kind.ANSWER, case.comment_id)
        shown = page(blog)
        assert shown.index(f'id="comment-{case.comment_id}"') < shown.index(f'id="comment-{said}"')
        assert "Gestora de comunidad" in shown

    def test_what_was_not_approved_never_appears(self, blog: Blog, clock: Clock) -> None:
        form = Form(author="Aitor", body="Sin aprobar todavía")
        submit(blog, "hola", form, address="", comment_id=new_id(clock()), now=clock())
        assert publish(blog, clock) == Published()
        assert files(blog) == {}
        assert "Sin aprobar" not in page(blog)


class TestWhenSomethingIsBroken:
    def test_the_old_site_stays_and_the_comment_waits_for_the_repair(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        settings = blog.settings.blog / "pelicanconf.py"
        good = settings.read_text("utf-8")
        settings.write_text(f'{good}\nraise RuntimeError("un ajuste roto")\n', "utf-8")
        before = page(blog)
        assert publish(blog, clock) == Published(put_off=1)
        assert page(blog) == before
        waits = queue(blog)
        assert waits.count == 1
        assert waits.problem
        assert "un ajuste roto" in waits.problem.detail
        settings.write_text(good, "utf-8")
        clock.forward(seconds=5)
        assert publish(blog, clock) == Published(confirmed=1)
        assert_published_once(blog, case)

    def test_a_broken_post_holds_up_no_comment_of_another(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        broken = blog.settings.content_folder / "articles" / "rota.md"
        broken.write_text("Title: Rota\nDate: ayer por la tarde\n\nTexto.\n")
        assert publish(blog, clock) == Published(confirmed=1)
        assert_published_once(blog, case)
        report = (blog.settings.output_folder / "build-report.json").read_text("utf-8")
        assert "rota.md" in report

    def test_a_comment_of_a_lost_article_holds_up_no_other(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        lost = approved(blog, clock, moderator, thread="otra")
        (blog.settings.content_folder / "articles" / "otra.md").unlink()
        build_site(blog, now=clock())
        case = approved(blog, clock, moderator)
        blog.manifest.believe()
        assert publish(blog, clock) == Published(confirmed=1, put_off=1)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED
        assert case_of(blog, lost.id).visibility is Visibility.APPROVED


class TestAKilledPublisher:
    @pytest.mark.parametrize("step", STEPS)
    def test_is_finished_by_the_next_one_without_a_hand(
        self, blog: Blog, clock: Clock, moderator: Person, database_url: str, step: str
    ) -> None:
        cases = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(2)]
        command = [sys.executable, "-m", "tests.support.publish_and_die"]
        where = [str(blog.settings.blog), database_url, step, "1"]
        killed = subprocess.run([*command, *where], cwd=Path(__file__).parent.parent)
        assert killed.returncode == 9
        for case in cases:
            assert case_of(blog, case.id).visibility is Visibility.APPROVED
        for _ in range(100):  # PostgreSQL needs a moment to see that the other side is gone
            if publish(blog, clock) != Published():
                break
            time.sleep(0.1)
        for case in cases:
            assert_published_once(blog, case)


class TestTwoPublishers:
    def test_do_not_work_at_once(
        self, blog: Blog, clock: Clock, moderator: Person, database_url: str
    ) -> None:
        case = approved(blog, clock, moderator)
        other = open_blog(blog.settings)
        with locks.publishing(other.store) as theirs:
            assert theirs
            assert publish(blog, clock) == Published()
        assert publish(blog, clock) == Published(confirmed=1)
        assert_published_once(blog, case)
        other.store.close()


class TestTheWorker:
    def test_publishes_soon_after_it_is_woken(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        worker = Worker(blog, clock)
        worker.start()
        case = approved(blog, clock, moderator)
        worker.wake()
        for _ in range(600):
            if case_of(blog, case.id).visibility is Visibility.PUBLISHED:
                break
            worker._ended.wait(0.05)
        worker.stop()
        assert_published_once(blog, case)


class TestForgetting:
    def test_clears_network_hashes_after_eight_days(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        form = Form(author="Aitor", body="Hola.")
        sent = submit(
            blog, "hola", form, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
        )
        for days, left in ((7, 1), (2, 0)):
            clock.forward(days=days)
            tick(blog, clock)
            with blog.store.read() as connection:
                held = connection.exec_driver_sql(
                    "SELECT count(*) FROM comment WHERE network IS NOT NULL"
                ).scalar()
            assert held == left
        assert case_of(blog, sent.case.id).body == "Hola."
