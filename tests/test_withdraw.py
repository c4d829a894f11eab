"""Withdrawn means gone from the page, erased means gone for good."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from comments_service import ledger
from comments_service.cli import main
from comments_service.domain.cases import EventKind
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Attention, Visibility
from comments_service.errors import AlreadyDecided, UnknownComment
from comments_service.store import wordings
from comments_service.store.people import Person
from comments_service.usecases import answers, clocks
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import build_site
from comments_service.usecases.track import record_of
from comments_service.usecases.withdraw import erase, erase_again, withdraw
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import (
    Staff,
    approved,
    git,
    kept,
    received,
    record,
    settings_for,
    staff_for,
    tombstone_in,
    waiting,
    write,
)
from tests.support.ids import new_id
from tests.support.waiting import to_decide

pytestmark = pytest.mark.usefixtures("forked_builds")

MODES = [("off", "sqlite"), ("off", "postgresql"), ("here", "sqlite"), ("clone", "sqlite")]
in_each_mode = pytest.mark.parametrize(("mode", "database_url"), MODES, indirect=["database_url"])
SECRET = "Palabras-que-nadie-debe-leer"


@pytest.fixture
def mode() -> str:
    return "off"


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


def page(blog: Blog) -> str:
    return (blog.settings.output_folder / "2026/11/hola/index.html").read_text("utf-8")


def by_reader(blog: Blog, comment_id: str, clock: Clock) -> None:
    withdraw(blog, comment_id, reason=WithdrawnBy.READER, by=None, now=clock())


def is_anywhere(folder: Path, text: str) -> list[str]:
    """The files below ``folder`` that hold the text."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


class TestWithdrawing:
    @in_each_mode
    def test_after_publishing_leaves_a_tombstone_on_the_page(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        publish(blog, clock)
        assert SECRET in page(blog)
        by_reader(blog, case.comment_id, clock)
        publish(blog, clock)
        assert tombstone_in(staff, "hola", case.comment_id).number == case.number
        assert SECRET not in page(blog)
        assert f"comment-{case.comment_id}" in page(blog)
        assert waiting(blog) == 0
        assert record(blog, case)[-2:] == [EventKind.WITHDRAWN, EventKind.TAKEN_DOWN]

    @in_each_mode
    def test_before_publishing_never_shows_it(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        by_reader(blog, case.comment_id, clock)
        publish(blog, clock)
        assert waiting(blog) == 0
        assert case.comment_id not in page(blog)
        assert not (blog.comments_folder / "hola" / f"{case.comment_id}.md").exists()

    @in_each_mode
    @pytest.mark.parametrize("at", ["write.temp", "record", "build", "confirm"])
    def test_while_it_is_published_wins_in_the_end(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, at: str
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)

        def step(name: str) -> None:
            if name == at and kept(blog, case.comment_id).withdrawn_by is None:
                by_reader(blog, case.comment_id, clock)

        publish(blog, clock, step)
        clock.forward(minutes=20)
        publish(blog, clock)
        assert waiting(blog) == 0
        assert SECRET not in page(blog)
        assert case_of(blog, case.id).visibility is Visibility.WITHDRAWN
        assert EventKind.TAKEN_DOWN in record(blog, case)

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_before_a_decision_leaves_nothing_to_decide(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock, SECRET)
        by_reader(blog, case.comment_id, clock)
        assert to_decide(blog) == []
        with pytest.raises(AlreadyDecided):
            approve(blog, case.id, 1, by=moderator, now=clock())
        publish(blog, clock)
        assert case.comment_id not in page(blog)
        assert waiting(blog) == 0

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_twice_is_told(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        case = approved(blog, clock, moderator)
        by_reader(blog, case.comment_id, clock)
        with pytest.raises(AlreadyDecided):
            by_reader(blog, case.comment_id, clock)
        with pytest.raises(UnknownComment):
            by_reader(blog, "0" * 26, clock)

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_an_answer_leaves_its_comment_public_and_waiting_for_one(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        said = new_id(clock())
        answer(blog, case.id, 1, SECRET, by=moderator, answer_id=said, now=clock())
        publish(blog, clock)
        withdraw(blog, said, reason=WithdrawnBy.INSTITUTION, by=moderator, now=clock())
        publish(blog, clock)
        assert SECRET not in page(blog)
        now = case_of(blog, case.id)
        assert now.visibility is Visibility.PUBLISHED
        assert now.attention is Attention.RECEIVED
        assert record(blog, case).count(EventKind.WITHDRAWN) == 1

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    @pytest.mark.parametrize("is_private", [False, True])
    def test_an_answer_that_had_settled_its_comment_lets_it_wait_again(
        self, blog: Blog, clock: Clock, moderator: Person, is_private: bool
    ) -> None:
        case = approved(blog, clock, moderator)
        said = new_id(clock())
        answer(
            blog,
            case.id,
            1,
            SECRET,
            by=moderator,
            answer_id=said,
            only=is_private,
            now=clock(),
        )
        clock.forward(days=30)
        clocks.run(blog, clock())
        assert case_of(blog, case.id).attention is Attention.CLOSED
        answers.take_back(blog, case.id, said, by=moderator, now=clock())
        assert case_of(blog, case.id).attention is Attention.RECEIVED
        assert record(blog, case).count(EventKind.WITHDRAWN) == 1


class TestErasing:
    @in_each_mode
    def test_leaves_the_text_in_no_file_of_the_blog(
        self, mode: str, blog: Blog, staff: Staff, clock: Clock, moderator: Person, tmp_path: Path
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        publish(blog, clock)
        erase(blog, case.comment_id, by=None, now=clock())
        publish(blog, clock)
        assert waiting(blog) == 0
        assert is_anywhere(tmp_path / "blog", SECRET) == []
        assert is_anywhere(tmp_path, SECRET) == []
        if mode == "clone":
            assert SECRET not in git(blog.settings.clone_folder, "log", "--all", "-p")
        if mode == "here":
            assert SECRET in git(blog.settings.blog, "log", "-p"), "staff's history keeps it"
        now = case_of(blog, case.id)
        assert (now.erased, now.author, now.body, now.reason) == (True, "", "", None)
        assert record(blog, case)[-1] is EventKind.TAKEN_DOWN
        assert ledger.ids(blog.settings.erasures_file) == [case.comment_id]

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_an_answer_takes_its_text_out_of_the_record_too(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "La pregunta.")
        said = new_id(clock())
        answer(blog, case.id, 1, SECRET, by=moderator, answer_id=said, now=clock())
        publish(blog, clock)
        erase(blog, said, by=None, now=clock())
        with blog.store.read() as connection:
            texts = connection.exec_driver_sql("SELECT text FROM event_text").scalars().all()
        assert texts == ["La pregunta."]
        assert case_of(blog, case.id).erased is False
        record(blog, case)

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_a_comment_that_was_never_public_needs_no_tombstone(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock, SECRET)
        erase(blog, case.comment_id, by=None, now=clock())
        publish(blog, clock)
        assert waiting(blog) == 0
        assert to_decide(blog) == []
        assert not list(blog.comments_folder.rglob("*.md"))

    @pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
    def test_is_done_again_from_the_ledger_and_only_then(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, other = approved(blog, clock, moderator), approved(blog, clock, moderator, "Otro.")
        assert erase_again(blog) == 0
        ledger.append(blog.settings.erasures_file, case.comment_id, clock())
        assert erase_again(blog) == 1
        assert erase_again(blog) == 0
        assert case_of(blog, case.id).erased
        assert not case_of(blog, other.id).erased

    def test_again_names_the_service_in_the_record_and_nobody_else(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, other = approved(blog, clock, moderator), approved(blog, clock, moderator, "Otro.")
        ledger.append(blog.settings.erasures_file, case.comment_id, clock())
        ledger.append(blog.settings.erasures_file, other.comment_id, clock(), withdrawn=True)
        erase_again(blog)
        for each in (case, other):
            actors = {
                event.actor
                for event in record_of(blog, each).events
                if event.kind in (EventKind.WITHDRAWN, EventKind.ERASED)
            }
            assert actors == {"service"}

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_what_does_not_exist_is_not_put_in_the_ledger(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(UnknownComment):
            erase(blog, "0" * 26, by=None, now=clock())
        assert ledger.ids(blog.settings.erasures_file) == []

    @pytest.mark.parametrize(
        ("mode", "database_url"), [("clone", "sqlite")], indirect=["database_url"]
    )
    def test_many_at_once_leave_history_together(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        cases = [approved(blog, clock, moderator, f"{SECRET} {n}") for n in range(3)]
        write(blog, clock)
        for case in cases[:2]:
            erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        assert waiting(blog) == 1 or waiting(blog) == 0
        publish(blog, clock)
        assert staff.remote
        history = git(staff.remote, "log", "-p", "comments")
        assert f"{SECRET} 0" not in history
        assert f"{SECRET} 1" not in history
        assert f"{SECRET} 2" in history


class TestAtTheMomentOfADecision:
    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    @pytest.mark.parametrize("take_back", [withdraw, erase])
    def test_whoever_decides_waits_and_nobody_is_told_to_try_later(
        self,
        blog: Blog,
        clock: Clock,
        moderator: Person,
        monkeypatch: pytest.MonkeyPatch,
        take_back: Callable[..., None],
    ) -> None:
        case = received(blog, clock)
        is_withdrawn, may_go_on = threading.Event(), threading.Event()
        before = wordings.withdraw

        def slowly(*given: Any) -> bool:
            done = before(*given)
            is_withdrawn.set()
            may_go_on.wait(1)  # in the middle of the transaction, until who decides is waiting
            return done

        monkeypatch.setattr(wordings, "withdraw", slowly)
        about = {"reason": WithdrawnBy.READER, "by": None, "now": clock()}
        with ThreadPoolExecutor() as pool:
            reader = pool.submit(take_back, blog, case.comment_id, **about)
            assert is_withdrawn.wait(10)
            staff = pool.submit(approve, blog, case.id, 1, by=moderator, now=clock())
            reader.result()
            with pytest.raises(AlreadyDecided):
                staff.result()
        assert case_of(blog, case.id).withdrawn


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheCommands:
    def run(self, blog: Blog, *arguments: str, typed: str = "") -> tuple[int, str]:
        settings = blog.settings
        environ = {
            "TERTULIA_SITE_URL": "http://localhost:8000",
            "TERTULIA_DATABASE_URL": settings.database_url or "",
            "TERTULIA_COMMENTS_GIT": settings.comments_git,
            "LC_ALL": "C",
        }
        if settings.comments_remote:
            environ["TERTULIA_COMMENTS_REMOTE"] = settings.comments_remote
        command = ["comments", *arguments, "--blog", str(settings.blog)]
        done = CliRunner().invoke(main, command, env=environ, input=typed)
        return done.exit_code, done.output

    def test_withdraw_takes_a_reference_and_publishes_at_once(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        publish(blog, clock)
        code, printed = self.run(blog, "withdraw", case.reference, "--by", "reader")
        assert (code, printed) == (0, "Done: the site is as you decided.\n")
        assert SECRET not in page(blog)
        code, printed = self.run(blog, "withdraw", case.comment_id.upper())
        assert (code, printed) == (1, "This comment was withdrawn already.\n")

    @pytest.mark.parametrize("name", ["2026-000999", "1999-000001", "hola", "0" * 26, "2026-x"])
    def test_an_unknown_comment_is_told_with_what_to_write(self, blog: Blog, name: str) -> None:
        code, printed = self.run(blog, "withdraw", name)
        assert code == 1
        assert printed.startswith(f"There is no comment {name}. Write its reference,")

    def test_revise_shows_what_changes_and_asks(
        self, blog: Blog, clock: Clock, moderator: Person, tmp_path: Path
    ) -> None:
        case = approved(blog, clock, moderator, "Hola.\n\nAdiós.")
        publish(blog, clock)
        file = tmp_path / "text.md"
        file.write_text("Hola.\n\nHasta luego.\n", "utf-8")
        command = ("revise", case.reference, "--file", str(file))
        code, printed = self.run(blog, *command, typed="n\n")
        assert code == 0
        assert "- Adiós.\n+ Hasta luego.\n" in printed
        assert printed.endswith("Nothing was changed.\n")
        assert case_of(blog, case.id).body == "Hola.\n\nAdiós."
        code, printed = self.run(blog, *command, "--yes")
        assert printed.endswith("Done: the site is as you decided.\n")
        assert "Hasta luego." in page(blog)

    def test_erase_says_what_goes_and_what_stays(
        self, blog: Blog, clock: Clock, moderator: Person, tmp_path: Path
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        publish(blog, clock)
        code, printed = self.run(blog, "erase", case.reference, typed="n\n")
        assert code == 0
        assert "Erased will be:" in printed
        assert "What stays:" in printed
        assert SECRET in page(blog)
        code, printed = self.run(blog, "erase", case.reference, "--yes")
        assert (code, printed.splitlines()[-1]) == (0, "Done: the site is as you decided.")
        assert is_anywhere(tmp_path, SECRET) == []
        assert "erased already" in self.run(blog, "erase", case.reference)[1]

    @pytest.mark.parametrize(
        ("mode", "words"),
        [("here", "tertulia comments separate"), ("clone", "history of the comments is rewritten")],
    )
    def test_erase_says_what_becomes_of_the_history(
        self, blog: Blog, clock: Clock, moderator: Person, words: str
    ) -> None:
        case = approved(blog, clock, moderator, SECRET)
        publish(blog, clock)
        assert words in self.run(blog, "erase", case.reference, typed="n\n")[1]

    @pytest.mark.parametrize("mode", ["here", "clone"])
    def test_erase_says_nothing_of_the_history_of_what_was_never_public(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        printed = self.run(blog, "erase", case.reference, typed="n\n")[1]
        assert "istory" not in printed
        assert "Backups keep it" in printed

    def test_list_names_comments_and_answers_newest_first(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Una pregunta " * 20)
        clock.forward(seconds=1)
        said = new_id(clock())
        answer(blog, case.id, 1, "Gracias.", by=moderator, answer_id=said, now=clock())
        gone = approved(blog, clock, moderator, "Fuera.", thread="otra")
        by_reader(blog, gone.comment_id, clock)
        code, printed = self.run(blog, "list")
        lines = printed.splitlines()
        assert code == 0
        assert lines[0].startswith(f"{gone.reference}   {gone.comment_id}  withdrawn")
        assert lines[1] == f"{'-':<12}  {said}  approved  Ada Ejemplo: Gracias."
        assert lines[2].endswith("…")
        assert len(self.run(blog, "list", "otra")[1].splitlines()) == 1

    @pytest.mark.parametrize("command", ["list", "withdraw", "revise", "erase"])
    def test_help_ends_with_an_example(self, blog: Blog, command: str) -> None:
        code, printed = self.run(blog, command, "--help")
        assert code == 0
        assert f"Example:\n  tertulia comments {command}" in printed
