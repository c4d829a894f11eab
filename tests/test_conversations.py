"""Pausing a conversation, closing it with a summary, opening it again: by staff and by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.config import site_files, thread_file
from comments_service.config.thread_file import State, ThreadState
from comments_service.content_repo.checking import check_commit
from comments_service.domain.journal import JournalKind
from comments_service.errors import AlreadyDecided, InvalidComment, InvalidRuleFile, ThreadClosed
from comments_service.site.manifest import ManifestReader, ThreadInfo
from comments_service.store import builds
from comments_service.store import site_files as stored
from comments_service.store.people import Person
from comments_service.store.schema import journal as journal_table
from comments_service.usecases import conversations
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import build_site
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import Staff, settings_for, staff_for
from tests.support.ids import new_id

pytestmark = pytest.mark.usefixtures("forked_builds")

SUMMARY = {"es": "**A favor**: abrir los sábados.\n\n**En contra**: el coste."}
WHY = {"es": "Se ha calentado. Volvemos mañana."}
GOOD = """thread: "hola"
state: "closed"
since: "2026-11-14T10:15:00+01:00"
author: "Ane Etxeberria"
text: {"es": "Se habló de todo."}
"""
MODES = [("off", "sqlite"), ("off", "postgresql"), ("here", "sqlite"), ("clone", "sqlite")]


class TestTheFile:
    def test_is_read_as_it_was_written(self) -> None:
        said = thread_file.loads(GOOD.encode(), "hola/thread.md")
        assert (said.state, said.author, said.text["es"]) == (
            State.CLOSED, "Ane Etxeberria", "Se habló de todo.",
        )  # fmt: skip
        assert thread_file.dumps(said).decode() == GOOD

    @given(
        st.sampled_from(State),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
        st.dictionaries(st.sampled_from(["es", "eu", "en"]), st.text(min_size=1, max_size=60)),
    )
    def test_holds_what_it_was_given_or_refuses_it(
        self, state: State, author: str, text: dict[str, str]
    ) -> None:
        since = datetime(2026, 11, 14, 10, tzinfo=UTC)
        until = since + timedelta(hours=1) if state is State.PAUSED else None
        signed = {} if state is State.OPEN else {"author": author, "text": text}
        said = ThreadState(thread="hola", state=state, since=since, until=until, **signed)
        try:
            data = thread_file.dumps(said)
        except InvalidRuleFile:
            return
        assert thread_file.loads(data, "hola/thread.md") == said
        assert not site_files.faults_of("hola/thread.md", data)

    @pytest.mark.parametrize(
        ("old", "new", "where"),
        [
            ('"hola"', '"otra"', "thread"),
            ('"closed"', '"shut"', "2: state"),
            ('"closed"', '"open"', "text"),
            ('"closed"', '"paused"', "until"),
            ("+01:00", "", "3: since"),
            ('author: "Ane Etxeberria"\n', "", "author"),
            ('{"es": "Se habló de todo."}', "{}", "5: text"),
            ('{"es": "Se habló de todo."}', '{"fr": "Oui"}', "5: text"),
            ('"Ane Etxeberria"', '"Ane\\nEtxeberria"', "4: author"),
            ("author:", "secret:", "4: secret"),
            ("author:", "state:", "4: state"),
            ("\n", "\r\n", ""),
        ],
    )
    def test_with_a_slip_is_refused_and_says_where(self, old: str, new: str, where: str) -> None:
        with pytest.raises(InvalidRuleFile) as caught:
            thread_file.loads(GOOD.replace(old, new).encode(), "hola/thread.md")
        assert where in [each.where for each in caught.value.faults]

    @pytest.mark.parametrize(
        "name",
        [
            "hola/thread.md.x",
            "thread.md",
            "_site/thread.md",
            "A/thread.md",
            "../thread.md",
            "hola/otra/thread.md",
        ],
    )
    def test_has_one_place_for_each_conversation(self, name: str) -> None:
        assert not site_files.is_site_file(name)
        assert site_files.faults_of(name, GOOD.encode())


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", "off")


@pytest.fixture
def staff(mode: str, tmp_path: Path) -> Staff:
    return staff_for(mode, buildable_blog(tmp_path / "blog"))


@pytest.fixture
def blog(
    mode: str, staff: Staff, tmp_path: Path, database_url: str, clock: Clock
) -> Iterator[Blog]:
    opened = open_blog(settings_for(mode, tmp_path / "blog", database_url))
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


def info_of(blog: Blog) -> ThreadInfo:
    return blog.manifest.thread("hola")


def seen(blog: Blog) -> str:
    return conversations.standing(blog, info_of(blog)).seen


def pause(blog: Blog, clock: Clock, by: Person, last: date | None = None) -> None:
    now = clock()
    conversations.pause(blog, info_of(blog), seen(blog), WHY, last, by=by, now=now)


def close(blog: Blog, clock: Clock, by: Person) -> None:
    conversations.close(blog, info_of(blog), seen(blog), SUMMARY, by=by, now=clock())


def reopen(blog: Blog, clock: Clock, by: Person) -> None:
    conversations.reopen(blog, info_of(blog), seen(blog), by=by, now=clock())


def send(blog: Blog, clock: Clock) -> None:
    now, form = clock(), Form(author="Aitor", body=f"Palabras {clock()}")
    submit(blog, "hola", form, address="", comment_id=new_id(now), now=now)


def published(blog: Blog, clock: Clock) -> None:
    clock.forward(minutes=20)
    publish(blog, clock)
    with blog.store.read() as connection:
        files = stored.every(connection).values()
    assert [each.problem for each in files if each.digest not in (None, each.seen)] == []


def page(blog: Blog) -> str:
    return (blog.settings.output_folder / "2026/11/hola/index.html").read_text("utf-8")


def decisions(blog: Blog) -> int:
    with blog.store.read() as connection:
        rows = connection.execute(journal_table.select()).all()
    return sum(row.kind == JournalKind.THREAD_CHANGED for row in rows)


class TestAPause:
    def test_refuses_comments_at_once_and_takes_them_when_it_is_over(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        send(blog, clock)
        pause(blog, clock, moderator)
        with pytest.raises(ThreadClosed):
            send(blog, clock)
        published(blog, clock)
        assert "Esta conversación está en pausa hasta" in page(blog)
        assert "Se ha calentado. Volvemos mañana." in page(blog)
        clock.forward(hours=23)
        with pytest.raises(ThreadClosed):
            send(blog, clock)
        clock.forward(minutes=41)
        send(blog, clock)
        build_site(blog, now=clock())
        assert "en pausa" not in page(blog), "a pause that is over says nothing"
        assert decisions(blog) == 1

    def test_until_a_day_counts_that_day(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        pause(blog, clock, moderator, date(2026, 11, 22))
        published(blog, clock)
        manifest = ManifestReader(blog.settings.output_folder / "threads.json")
        assert manifest.thread("hola").opens_at == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
        assert manifest.thread("hola").paused_message == WHY

    @pytest.mark.parametrize("last", [date(2026, 11, 19), date(2028, 1, 1)])
    def test_is_not_in_the_past_nor_for_ever(
        self, blog: Blog, clock: Clock, moderator: Person, last: date
    ) -> None:
        with pytest.raises(InvalidComment) as caught:
            pause(blog, clock, moderator, last)
        assert list(caught.value.by_field) == ["until"]

    def test_says_why(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        with pytest.raises(InvalidComment) as caught:
            conversations.pause(blog, info_of(blog), "", {}, None, by=moderator, now=clock())
        assert list(caught.value.by_field) == ["text"]


class TestClosing:
    @pytest.mark.parametrize(("mode", "database_url"), MODES, indirect=True)
    def test_stands_on_the_page_with_the_summary_and_who_signs_it_until_it_is_opened_again(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        close(blog, clock, moderator)
        with pytest.raises(ThreadClosed):
            send(blog, clock)
        published(blog, clock)
        shown = page(blog)
        assert "<strong>A favor</strong>: abrir los sábados." in shown
        assert "Ada Ejemplo, Gestora de comunidad, Participación" in shown
        assert "/comentar/hola" not in shown
        said = thread_file.loads(staff.read("hola", "thread"), "hola/thread.md")
        assert (said.state, said.text, said.author) == (State.CLOSED, SUMMARY, "Ada Ejemplo")
        reopen(blog, clock, moderator)
        published(blog, clock)
        assert "A favor" not in page(blog)
        assert "/comentar/hola" in page(blog)
        send(blog, clock)
        assert decisions(blog) == 2

    def test_of_two_people_at_once_tells_the_second(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        close(blog, clock, moderator)
        with pytest.raises(AlreadyDecided):
            conversations.pause(blog, info_of(blog), "", WHY, None, by=moderator, now=clock())


class TestByHand:
    @pytest.mark.parametrize(
        ("mode", "database_url"),
        [("off", "sqlite"), ("here", "sqlite"), ("clone", "sqlite")],
        indirect=True,
    )
    def test_what_staff_write_into_the_file_counts_for_page_and_service(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        close(blog, clock, moderator)
        published(blog, clock)
        staff.change("hola", "thread", "abrir los sábados", "abrir los domingos")
        published(blog, clock)
        build_site(blog, now=clock())
        said = blog.set_by_staff.thread("hola")
        assert said
        assert "domingos" in said.text["es"]
        assert "abrir los domingos" in page(blog)
        assert decisions(blog) == 2
        staff.remove("hola", "thread")
        published(blog, clock)
        build_site(blog, now=clock())
        assert blog.set_by_staff.thread("hola") is None
        send(blog, clock)

    def test_a_slip_is_named_and_lets_nobody_write(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        close(blog, clock, moderator)
        published(blog, clock)
        staff.change("hola", "thread", '"closed"', '"close"')
        publish(blog, clock)
        build_site(blog, now=clock())
        assert "/comentar/hola" not in page(blog)
        report = (blog.settings.output_folder / "build-report.json").read_text("utf-8")
        assert "content/comments/hola/thread.md" in report
        with pytest.raises(ThreadClosed):
            send(blog, clock)
        assert blog.set_by_staff.thread("hola"), "the last good one counts for the service"

    def test_of_a_conversation_that_no_article_has_is_named(
        self, blog: Blog, staff: Staff, clock: Clock
    ) -> None:
        staff.put("nadie", "thread", GOOD.replace("hola", "nadie").encode())
        build_site(blog, now=clock())
        report = (blog.settings.output_folder / "build-report.json").read_text("utf-8")
        assert "content/comments/nadie" in report


class TestWhatTimeAloneChanges:
    """A tick has the site built, once, when its pages say what is no longer so."""

    def runs(self, blog: Blog) -> int:
        with blog.store.read() as connection:
            return len(builds.newest(connection, builds.KEPT))

    def test_the_end_of_a_pause_is_built_once(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        tick(blog, clock)
        pause(blog, clock, moderator)
        clock.forward(minutes=20)
        tick(blog, clock)
        assert "Esta conversación está en pausa hasta" in page(blog)
        before = self.runs(blog)
        clock.forward(hours=20)
        tick(blog, clock)
        assert self.runs(blog) == before, "nothing has passed yet"
        clock.forward(hours=4)
        tick(blog, clock)
        assert "en pausa" not in page(blog)
        assert "/comentar/hola" in page(blog)
        clock.forward(minutes=20)
        tick(blog, clock)
        assert self.runs(blog) == before + 1

    def test_of_another_cause_that_built_meanwhile_none_is_made(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        tick(blog, clock)
        pause(blog, clock, moderator)
        clock.forward(minutes=20)
        tick(blog, clock)
        clock.forward(hours=24)
        reopen(blog, clock, moderator)
        before = self.runs(blog)
        clock.forward(minutes=20)
        tick(blog, clock)
        assert self.runs(blog) == before + 1

    @pytest.mark.parametrize(
        "written",
        ["[comments]\nclosed_until = 2026-11-21\n", "[comments]\nclose_after_days = 30\n"],
    )
    def test_the_last_day_that_the_site_names_is_built(
        self, blog: Blog, clock: Clock, written: str
    ) -> None:
        with (blog.settings.blog / "content/site.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n{written}")
        build_site(blog, now=clock())
        tick(blog, clock)
        info = info_of(blog)
        moment = info.opens_at or info.closes_at
        assert moment
        assert moment > clock()
        before, said = self.runs(blog), page(blog)
        clock.forward(seconds=(moment - clock()).total_seconds() + 1)
        tick(blog, clock)
        tick(blog, clock)
        assert self.runs(blog) == before + 1
        assert page(blog) != said, "the same content at the same moment gives the same bytes"

    @pytest.mark.parametrize(
        ("mode", "database_url"),
        [("off", "sqlite"), ("here", "sqlite"), ("clone", "sqlite")],
        indirect=True,
    )
    def test_a_file_that_staff_take_away_leaves_its_page(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        tick(blog, clock)
        close(blog, clock, moderator)
        clock.forward(minutes=20)
        tick(blog, clock)
        assert "abrir los sábados" in page(blog)
        before = self.runs(blog)
        staff.remove("hola", "thread")
        for _ in range(2):
            clock.forward(minutes=20)
            tick(blog, clock)
        assert "abrir los sábados" not in page(blog)
        assert self.runs(blog) == before + 1

    def test_a_build_that_fails_is_tried_again_in_a_while(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        tick(blog, clock)
        pause(blog, clock, moderator)
        clock.forward(minutes=20)
        tick(blog, clock)
        clock.forward(hours=24)
        toml = blog.settings.blog / "pelicanconf.py"
        good, before = toml.read_text("utf-8"), self.runs(blog)
        toml.write_text("raise RuntimeError\n", "utf-8")
        for _ in range(3):
            tick(blog, clock)
        assert self.runs(blog) == before + 1
        toml.write_text(good, "utf-8")
        clock.forward(minutes=16)
        tick(blog, clock)
        assert "en pausa" not in page(blog)


class TestACommit:
    @pytest.mark.parametrize("mode", ["here"], indirect=True)
    def test_may_hold_it_and_no_other(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        close(blog, clock, moderator)
        published(blog, clock)
        root = blog.settings.blog
        assert check_commit(root, "HEAD") == []
        staff.change("hola", "thread", '"closed"', '"close"')
        assert [each.where.partition(":")[2] for each in check_commit(root, "HEAD")] == [
            "content/comments/hola/thread.md (2: state)"
        ]
