"""Staff see how far a decision has come, and are told what does not come on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comments_service.domain.cases import EventKind
from comments_service.domain.comments import WithdrawnBy
from comments_service.store import facts
from comments_service.store.people import Person
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import build_site
from comments_service.usecases.status import (
    WORDS,
    Progress,
    alarms,
    publications,
    retry,
    sound_alarms,
)
from comments_service.usecases.tick import is_due, tick
from comments_service.usecases.withdraw import withdraw
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import approved, look, received, settings_for, staff_for

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.usefixtures("forked_builds"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return buildable_blog(tmp_path / "blog")


@pytest.fixture
def blog(folder: Path, database_url: str, clock: Clock) -> Iterator[Blog]:
    opened = open_blog(settings_for("off", folder, database_url))
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


def broken(folder: Path) -> Path:
    """What no build gets past."""
    conf = folder / "pelicanconf.py"
    conf.write_text(f"this is no Python\n{conf.read_text()}")
    production = folder / "publishconf.py"
    production.write_text(f"this is no Python\n{production.read_text()}")
    return conf


class TestADecision:
    def test_is_being_published_then_published_with_its_time(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        asked = clock()
        seen = publications(blog, [case.comment_id])[case.comment_id]
        assert (seen.progress, seen.at) == (Progress.PUBLISHING, asked)
        clock.forward(seconds=30)
        publish(blog, clock)
        seen = publications(blog, [case.comment_id])[case.comment_id]
        assert (seen.progress, seen.at, seen.taken_down) == (Progress.PUBLISHED, clock(), False)

    def test_that_fails_is_told_with_its_reason_until_it_is_tried_again(
        self, blog: Blog, folder: Path, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        whole = {path: path.read_text() for path in folder.glob("p*conf.py")}
        broken(folder)
        publish(blog, clock)
        seen = publications(blog, [case.comment_id])[case.comment_id]
        assert seen.progress is Progress.FAILING
        assert seen.problem
        assert seen.problem.detail
        for path, text in whole.items():
            path.write_text(text)
        publish(blog, clock)
        assert publications(blog, [case.comment_id])[case.comment_id].progress is Progress.FAILING
        assert retry(blog, clock()) == 1
        publish(blog, clock)
        seen = publications(blog, [case.comment_id])[case.comment_id]
        assert (seen.progress, seen.problem) == (Progress.PUBLISHED, None)

    def test_to_withdraw_is_the_one_that_counts(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        publish(blog, clock)
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        seen = publications(blog, [case.comment_id])[case.comment_id]
        assert (seen.progress, seen.taken_down) == (Progress.PUBLISHING, True)

    def test_that_asks_for_nothing_has_no_progress(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        assert publications(blog, [case.comment_id, "0" * 26]) == {}
        assert publications(blog, []) == {}


class TestAnAlarm:
    def test_is_silent_while_all_is_well(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        approved(blog, clock, moderator)
        tick(blog, clock)
        now = alarms(blog, clock())
        assert (now.stopped, now.queue.count, now.queue.oldest) == (None, 0, None)
        assert (now.is_late, now.is_silent, now.unreadable, now.in_files) == (False, False, (), ())

    def test_tells_that_a_decision_waits_too_long(
        self, blog: Blog, folder: Path, clock: Clock, moderator: Person
    ) -> None:
        approved(blog, clock, moderator)
        broken(folder)
        publish(blog, clock)
        clock.forward(minutes=29)
        assert not alarms(blog, clock()).is_late
        clock.forward(minutes=2)
        now = alarms(blog, clock())
        assert now.is_late
        assert now.queue.problem
        sound_alarms(blog, clock())
        with blog.store.read() as connection:
            assert facts.noted_at(connection, facts.ALARMED) == clock()
        first = clock()
        clock.forward(minutes=30)
        sound_alarms(blog, clock())
        with blog.store.read() as connection:
            assert facts.noted_at(connection, facts.ALARMED) == first, "once an hour"

    def test_tells_that_the_background_work_is_dead(self, blog: Blog, clock: Clock) -> None:
        assert not alarms(blog, clock()).is_silent, "it has not begun yet"
        tick(blog, clock)
        clock.forward(minutes=14)
        assert not alarms(blog, clock()).is_silent
        clock.forward(minutes=2)
        assert alarms(blog, clock()).is_silent
        tick(blog, clock)
        assert not alarms(blog, clock()).is_silent

    def test_tells_what_staff_did_to_files_for_a_week(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        staff = staff_for("off", blog.settings.blog)
        case = approved(blog, clock, moderator)
        publish(blog, clock)
        staff.change("hola", case.comment_id, "Hola.", "Corregido.")
        look(blog, clock)
        [told] = alarms(blog, clock()).in_files
        assert (told.reference, told.kind) == (case.reference, EventKind.CHANGED_IN_FILES)
        assert told.kind in WORDS
        clock.forward(days=8)
        assert alarms(blog, clock()).in_files == ()

    def test_tells_why_nothing_is_published_and_ends_with_its_cause(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        staff = staff_for("off", blog.settings.blog)
        every = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(7)]
        publish(blog, clock)
        saved = {case.comment_id: staff.read("hola", case.comment_id) for case in every}
        staff.remove("hola", *saved)
        other = approved(blog, clock, moderator, "Otro.")
        publish(blog, clock)
        stopped = alarms(blog, clock()).stopped
        assert stopped
        assert (stopped.values["gone"], stopped.values["known"]) == (7, 7)
        seen = publications(blog, [other.comment_id])[other.comment_id]
        assert seen.progress is Progress.FAILING
        for comment_id, data in saved.items():
            staff.put("hola", comment_id, data)
        clock.forward(minutes=1)
        publish(blog, clock)
        assert alarms(blog, clock()).stopped is None
        seen = publications(blog, [other.comment_id])[other.comment_id]
        assert seen.progress is Progress.PUBLISHED


class TestATick:
    def test_looks_at_files_every_five_minutes_without_a_decision(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        approved(blog, clock, moderator)
        assert is_due(blog, clock())
        tick(blog, clock)
        clock.forward(minutes=4)
        assert not is_due(blog, clock())
        clock.forward(minutes=2)
        assert is_due(blog, clock())
