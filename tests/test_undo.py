"""Taking a decision back at once: everything as before, and only while nothing of it left."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.standing import fold
from comments_service.domain.states import Attention, Decision
from comments_service.errors import AlreadyDecided, NotPermitted
from comments_service.store import cases, events, outbox, people
from comments_service.store.people import Person, add_person
from comments_service.store.schema import comment, mail, revision
from comments_service.store.schema import outbox as outbox_table
from comments_service.usecases import answering, attend, closing, moderate, spam, undo
from comments_service.usecases.blog import Blog
from comments_service.usecases.submit import Form, submit
from tests.support.fixtures import SITE_TOML, Clock
from tests.support.ids import new_id


@pytest.fixture
def slow(blog: Blog) -> Blog:
    """The same blog, in which a decision can be undone for 20 seconds."""
    return replace(blog, settings=blog.settings.model_copy(update={"undo_seconds": 20}))


@pytest.fixture
def desk(slow: Blog, clock: Clock, moderator: Person) -> "Desk":
    return Desk(slow, clock, moderator)


class Desk:
    def __init__(self, blog: Blog, clock: Clock, by: Person) -> None:
        self.blog, self.clock, self.by = blog, clock, by

    def comment(self, body: str = "¿Cuándo abre la biblioteca?", **more: bool) -> Case:
        now = self.clock()
        form = Form(author="Ane", body=f"{body} {new_id(now)}", **more)
        return submit(self.blog, "hola", form, address="", comment_id=new_id(now), now=now).case

    def promises(self) -> None:
        """From now on readers are told by when."""
        path = self.blog.settings.content_folder / "site.toml"
        path.write_text(SITE_TOML + "\n[deadlines]\ndecide = 1\nanswer = 5\n", "utf-8")

    def again(self, case: Case) -> Case:
        return moderate.case_of(self.blog, case.id)

    def record(self, case: Case) -> list:
        with self.blog.store.read() as connection:
            return events.of_case(connection, case.id)

    def approve(self, case: Case) -> Case:
        return moderate.approve(self.blog, case.id, case.revision, by=self.by, now=self.clock())

    def reject(self, case: Case) -> Case:
        return moderate.reject(
            self.blog,
            case.id,
            case.revision,
            rule=None,
            reason="Ofende.",
            by=self.by,
            now=self.clock(),
        )

    def answer(self, case: Case) -> Case:
        now = self.clock()
        return answering.answer(
            self.blog,
            case.id,
            case.revision,
            "El lunes.",
            by=self.by,
            answer_id=new_id(now),
            now=now,
        )

    def spam(self, case: Case) -> None:
        spam.mark(self.blog, case.id, case.revision, by=self.by, now=self.clock())

    def no_answer(self, case: Case) -> None:
        closing.without_answer(self.blog, case.id, case.revision, by=self.by, now=self.clock())

    def reopen(self, case: Case) -> None:
        attend.reopen(self.blog, case.id, by=self.by, now=self.clock())

    def undo(self, case: Case, by: Person | None = None) -> Case:
        seen = len(self.record(case))
        return undo.undo(self.blog, case.id, seen, by=by or self.by, now=self.clock())

    def rows(self, of: Case) -> tuple[object, ...]:
        """All that a decision touches; the number of a comment may leave a gap."""
        with self.blog.store.read() as connection:
            case = cases.by_case(connection, of.id)
            counts = tuple(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (comment, revision, mail, outbox_table)
            )
        return case, counts

    def queue(self) -> int:
        with self.blog.store.read() as connection:
            return outbox.queue(connection).count


DECISIONS = [
    *((each, False) for each in ("approve", "reject", "answer", "spam", "no_answer")),
    *((each, True) for each in ("reject", "answer", "spam")),
]
"""And whether the comment is private."""


class TestUndoingADecision:
    @pytest.mark.parametrize(("decision", "private"), DECISIONS)
    def test_leaves_every_row_as_it_was_and_tells_of_both(
        self, desk: Desk, decision: str, private: bool
    ) -> None:
        case = desk.comment(private=private)
        before = desk.rows(case)
        getattr(desk, decision)(case)
        assert desk.rows(case) != before
        desk.clock.forward(seconds=19)
        desk.undo(case)
        assert desk.rows(case) == before
        kinds = [event.kind for event in desk.record(case)]
        taken = 2 if decision in ("answer", "no_answer") and not private else 1
        assert kinds[-taken:] == [EventKind.UNDONE] * taken
        assert is_sound(desk.record(case))

    def test_that_was_undone_can_be_taken_again(self, desk: Desk) -> None:
        case = desk.comment()
        for decision in (desk.approve, desk.answer, desk.reject, desk.spam, desk.approve):
            decision(desk.again(case))
            desk.clock.forward(seconds=2)
            desk.undo(case)
            desk.clock.forward(seconds=2)
        assert desk.again(case).decision is Decision.HELD
        assert fold(desk.record(case)).attention is Attention.RECEIVED

    def test_to_look_at_a_refusal_again_puts_the_refusal_back(self, desk: Desk) -> None:
        case = desk.comment()
        refused = desk.reject(case)
        desk.clock.forward(minutes=5)
        desk.reopen(case)
        desk.clock.forward(seconds=3)
        assert desk.undo(case) == refused

    def test_is_for_whoever_took_it(self, desk: Desk) -> None:
        case = desk.comment()
        desk.approve(case)
        values = {"language": "es", "password_hash": "-", "role": "manager"}
        with desk.blog.store.write() as connection:
            new = add_person(connection, desk.clock(), login="iker", name="Iker", **values)
            other = people.by_id(connection, new)
        assert other
        with pytest.raises(NotPermitted):
            desk.undo(case, other)
        assert undo.until(desk.blog, desk.record(case), other, desk.clock()) is None

    def test_is_too_late_after_its_time(self, desk: Desk) -> None:
        case = desk.comment()
        desk.approve(case)
        desk.clock.forward(seconds=20)
        before = desk.rows(case)
        with pytest.raises(AlreadyDecided):
            desk.undo(case)
        assert desk.rows(case) == before

    def test_is_too_late_once_a_worker_took_it(self, desk: Desk) -> None:
        case = desk.comment()
        desk.approve(case)
        ahead = desk.clock() + timedelta(seconds=20)  # by the clock of another machine
        with desk.blog.store.write() as connection:
            assert outbox.claim(connection, "another", ahead)
        before = desk.rows(case)
        with pytest.raises(AlreadyDecided):
            desk.undo(case)
        assert desk.rows(case) == before

    def test_of_a_page_that_is_older_than_what_happened_since_changes_nothing(
        self, desk: Desk
    ) -> None:
        case = desk.comment()
        desk.approve(case)
        seen = len(desk.record(case))
        desk.answer(desk.again(case))
        with pytest.raises(AlreadyDecided):
            undo.undo(desk.blog, case.id, seen, by=desk.by, now=desk.clock())

    def test_keeps_the_dates_that_were_promised(self, desk: Desk) -> None:
        desk.promises()
        case = desk.comment()
        assert case.answer_by
        desk.clock.forward(hours=30)
        desk.reject(case)
        desk.clock.forward(seconds=5)
        after = desk.undo(case)
        assert (after.decide_by, after.answer_by) == (case.decide_by, case.answer_by)

    def test_of_what_was_no_advertising_keeps_the_dates_too(self, desk: Desk) -> None:
        desk.promises()
        case = desk.comment()
        spam.mark(desk.blog, case.id, case.revision, by=desk.by, now=desk.clock())
        desk.clock.forward(hours=100)
        before = desk.again(case)
        spam.unmark(desk.blog, case.id, by=desk.by, now=desk.clock())
        assert desk.again(case).answer_by != before.answer_by
        after = desk.undo(case)
        assert (after.decide_by, after.answer_by) == (before.decide_by, before.answer_by)


class TestWhatADecisionCauses:
    def test_leaves_only_when_it_can_no_longer_be_undone(self, desk: Desk) -> None:
        desk.approve(desk.comment())
        with desk.blog.store.write() as connection:
            assert not outbox.claim(connection, "x", desk.clock() + timedelta(seconds=19))
            assert outbox.claim(connection, "x", desk.clock() + timedelta(seconds=20))

    def test_is_not_hurried_by_trying_again_what_failed(self, desk: Desk) -> None:
        desk.approve(desk.comment())
        with desk.blog.store.write() as connection:
            assert outbox.hurry(connection, desk.clock()) == 0


class TestFiftyWhoPublishOneCommentAtOnce:
    def test_take_one_decision_and_get_forty_nine_conflicts(self, desk: Desk) -> None:
        case, told = desk.comment(), list[str]()

        def decide() -> None:
            try:
                desk.approve(case)
                told.append("done")
            except AlreadyDecided:
                told.append("conflict")

        threads = [threading.Thread(target=decide) for _ in range(50)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert (told.count("done"), told.count("conflict")) == (1, 49)
        assert desk.queue() == 1
        kinds = [event.kind for event in desk.record(case)]
        assert kinds == [EventKind.RECEIVED, EventKind.APPROVED]
