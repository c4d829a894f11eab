"""Saying that one looks at a comment: for a quarter of an hour, and of two at once only one."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.standing import fold
from comments_service.domain.states import Attention, Decision
from comments_service.errors import AlreadyDecided, Claimed, NotPermitted
from comments_service.store import events
from comments_service.store.people import Person, add_person, by_id
from comments_service.usecases import assign, attend, claims, colleagues, moderate, tray, undo
from comments_service.usecases.blog import Blog
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.ids import new_id


@pytest.fixture
def desk(blog: Blog, clock: Clock, moderator: Person) -> "Desk":
    """Where a decision can be undone for 20 seconds."""
    settings = blog.settings.model_copy(update={"undo_seconds": 20})
    return Desk(replace(blog, settings=settings), clock, moderator)


class Desk:
    def __init__(self, blog: Blog, clock: Clock, by: Person) -> None:
        self.blog, self.clock, self.ane = blog, clock, by
        self.jon = self.colleague("jon")

    def colleague(self, login: str, role: str = "moderator") -> Person:
        values = {"name": login.title(), "language": "es", "password_hash": "-"}
        with self.blog.store.write() as connection:
            new = add_person(connection, self.clock(), login=login, role=role, **values)
            found = by_id(connection, new)
        assert found
        return found

    def comment(self) -> Case:
        self.clock.forward(minutes=11)
        now = self.clock()
        form = Form(author="Ane", body=f"¿Cuándo abre? {new_id(now)}")
        return submit(self.blog, "hola", form, address="", comment_id=new_id(now), now=now).case

    def again(self, case: Case) -> Case:
        return moderate.case_of(self.blog, case.id)

    def claim(self, case: Case, by: Person) -> None:
        claims.claim(self.blog, case.id, by=by, now=self.clock())

    def release(self, case: Case, by: Person) -> None:
        claims.release(self.blog, case.id, by=by, now=self.clock())

    def approve(self, case: Case, by: Person) -> Case:
        return moderate.approve(self.blog, case.id, 1, by=by, now=self.clock())

    def undo(self, case: Case, by: Person) -> Case:
        seen, now = len(self.record(case)), self.clock()
        return undo.undo(self.blog, case.id, seen, by=by, now=now)

    def holder(self, case: Case) -> int | None:
        return self.again(case).claimant(self.clock())

    def record(self, case: Case) -> list:
        with self.blog.store.read() as connection:
            return events.of_case(connection, case.id)

    def kinds(self, case: Case) -> list[EventKind]:
        return [each.kind for each in self.record(case)][1:]


class TestWhoeverSaysThatTheyLookAtIt:
    def test_does_so_for_a_quarter_of_an_hour_and_no_longer(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        desk.clock.forward(minutes=14, seconds=59)
        assert desk.holder(case) == desk.ane.id
        desk.clock.forward(seconds=1)
        assert desk.holder(case) is None
        desk.claim(case, desk.jon)
        assert desk.holder(case) == desk.jon.id

    def test_lets_its_reader_know_that_it_is_being_studied(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        assert desk.again(case).attention is Attention.UNDER_REVIEW
        assert is_sound(desk.record(case))

    def test_has_more_time_when_they_say_so_again_which_the_record_tells_once(
        self, desk: Desk
    ) -> None:
        case = desk.comment()
        for _ in range(3):
            desk.claim(case, desk.ane)
            desk.clock.forward(minutes=10)
        assert desk.holder(case) == desk.ane.id
        assert desk.kinds(case) == [EventKind.CLAIMED]

    def test_keeps_colleagues_from_saying_the_same(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        with pytest.raises(AlreadyDecided):
            desk.claim(case, desk.jon)
        assert desk.holder(case) == desk.ane.id
        assert desk.kinds(case) == [EventKind.CLAIMED]

    def test_leaves_it_to_others_when_they_want(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        desk.release(case, desk.jon)
        assert desk.holder(case) == desk.ane.id, "only their own"
        for _ in range(2):
            desk.release(case, desk.ane)
        assert desk.holder(case) is None
        assert desk.kinds(case) == [EventKind.CLAIMED, EventKind.RELEASED]

    def test_is_somebody_who_can_do_something_for_it(self, desk: Desk) -> None:
        case, auditor = desk.comment(), desk.colleague("ojo", "auditor")
        with pytest.raises(NotPermitted):
            desk.claim(case, auditor)
        assert not claims.is_offered(case, by=auditor, now=desk.clock())
        assert claims.is_offered(case, by=desk.jon, now=desk.clock())

    def test_is_one_of_many_who_say_so_at_once(self, desk: Desk) -> None:
        case = desk.comment()
        people = [desk.colleague(f"c{n}") for n in range(8)]
        refused = list[Person]()

        def say(who: Person) -> None:
            try:
                desk.claim(case, who)
            except AlreadyDecided:
                refused.append(who)

        threads = [threading.Thread(target=say, args=[each]) for each in people]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(refused) == len(people) - 1
        assert desk.holder(case) in {each.id for each in people} - {each.id for each in refused}
        assert desk.kinds(case) == [EventKind.CLAIMED]


class TestAColleagueWhoDecides:
    def test_is_told_first(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        now = desk.clock()
        with pytest.raises(Claimed):
            claims.refuse_unless_free(desk.again(case), by=desk.jon, now=now)
        claims.refuse_unless_free(desk.again(case), by=desk.ane, now=now)
        later = now + timedelta(minutes=15)
        claims.refuse_unless_free(desk.again(case), by=desk.jon, now=later)

    def test_is_not_kept_from_it(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        assert desk.approve(case, desk.jon).decision is Decision.APPROVED


class TestNobodyLooksAtIt:
    def test_once_somebody_decided(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        desk.approve(case, desk.ane)
        assert desk.holder(case) is None

    @pytest.mark.parametrize("end", [withdraw, erase])
    def test_once_it_is_gone(self, desk: Desk, end: object) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        reader = WithdrawnBy.READER
        end(desk.blog, case.comment_id, reason=reader, by=None, now=desk.clock())  # type: ignore[operator]
        assert desk.again(case).claimed_by is None
        with pytest.raises(AlreadyDecided):
            desk.claim(case, desk.ane)

    @pytest.mark.parametrize("end", ["stop", "leave"])
    def test_once_whoever_did_works_here_no_more(self, desk: Desk, end: str) -> None:
        case, other = desk.comment(), desk.comment()
        desk.claim(case, desk.jon)
        desk.claim(other, desk.ane)
        more = {} if end == "stop" else {"successor": 0}
        act = getattr(colleagues, end)
        act(desk.blog, desk.jon.id, **more, by=desk.ane, now=desk.clock())
        assert desk.holder(case) is None
        assert desk.holder(other) == desk.ane.id

    def test_while_its_reader_says_more_somebody_still_does(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        with desk.blog.store.write() as connection:
            events.append(
                connection, case.id, EventKind.MAILS_STOPPED, actor="reader", now=desk.clock()
            )
        assert desk.holder(case) == desk.ane.id


class TestUndoingADecision:
    def test_is_possible_though_a_colleague_looks_at_it_meanwhile(self, desk: Desk) -> None:
        case = desk.comment()
        desk.approve(case, desk.ane)
        seen = len(desk.record(case))
        desk.claim(case, desk.jon)
        assert undo.until(desk.blog, desk.record(case), desk.ane, desk.clock())
        then = undo.undo(desk.blog, case.id, seen, by=desk.ane, now=desk.clock())
        assert then.decision is Decision.HELD
        assert then.attention is fold(desk.record(case)).attention is Attention.UNDER_REVIEW
        assert desk.holder(case) == desk.jon.id
        assert is_sound(desk.record(case))

    @pytest.mark.parametrize("who", ["ane", "jon"])
    def test_lets_whoever_was_looking_at_it_do_so_again_as_long_as_they_had_said(
        self, desk: Desk, who: str
    ) -> None:
        case, holder = desk.comment(), getattr(desk, who)
        desk.claim(case, holder)
        desk.clock.forward(minutes=10)
        desk.claim(case, holder)  # has more time now
        until = desk.again(case).claimed_until
        desk.clock.forward(minutes=10)
        desk.approve(case, desk.ane)
        assert desk.holder(case) is None
        desk.undo(case, desk.ane)
        assert desk.holder(case) == holder.id
        assert desk.again(case).claimed_until == until
        assert is_sound(desk.record(case))
        desk.clock.forward(minutes=5)
        assert desk.holder(case) is None

    def test_gives_nothing_back_to_whose_time_was_over(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.jon)
        desk.clock.forward(minutes=14, seconds=55)
        desk.approve(case, desk.ane)
        desk.clock.forward(seconds=10)
        desk.undo(case, desk.ane)
        assert desk.holder(case) is None

    def test_leaves_it_with_whoever_looks_at_it_by_now(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.ane)
        desk.approve(case, desk.ane)
        desk.claim(case, desk.jon)
        desk.undo(case, desk.ane)
        assert desk.holder(case) == desk.jon.id

    def test_gives_nothing_back_to_who_works_here_no_more(self, desk: Desk) -> None:
        case = desk.comment()
        desk.claim(case, desk.jon)
        desk.approve(case, desk.ane)
        colleagues.stop(desk.blog, desk.jon.id, by=desk.ane, now=desk.clock())
        desk.undo(case, desk.ane)
        assert desk.holder(case) is None


class TestYourList:
    def listed(self, desk: Desk, by: Person, **narrow: object) -> tuple[list[int], int]:
        """The cases in it, and the number beside its name."""
        filters = tray.Filters(view=tray.View.MINE)
        asked = {"by": by, "own": None, "is_team": True, "now": desk.clock()}
        found = tray.tray(desk.blog, filters, **asked)
        return [each.id for each in found.cases], found.count

    def test_holds_what_somebody_looks_at_now_beside_what_they_look_after(self, desk: Desk) -> None:
        given, looked_at, both, _ = (desk.comment() for _ in range(4))
        for case in (given, both):
            assign.assign(desk.blog, case.id, desk.ane.id, was=None, by=desk.jon, now=desk.clock())
        for case in (looked_at, both):
            desk.claim(case, desk.ane)
        wanted = [given.id, looked_at.id, both.id]
        assert self.listed(desk, desk.ane) == (wanted, 3)
        assert self.listed(desk, desk.jon) == ([], 0)

    def test_is_left_by_it_once_the_time_is_over_or_it_is_done(self, desk: Desk) -> None:
        one, two = desk.comment(), desk.comment()
        for case in (one, two):
            desk.claim(case, desk.ane)
        assert self.listed(desk, desk.ane) == ([one.id, two.id], 2)
        desk.release(one, desk.ane)
        assert self.listed(desk, desk.ane) == ([two.id], 1)
        desk.clock.forward(minutes=15)
        assert self.listed(desk, desk.ane) == ([], 0)


class TestThePage:
    def test_offers_it_where_something_is_left_to_do_and_nobody_else_is_at_it(
        self, desk: Desk
    ) -> None:
        case = desk.comment()
        offers = [
            claims.is_offered(case, by=each, now=desk.clock()) for each in (desk.ane, desk.jon)
        ]
        assert offers == [True, True]
        desk.claim(case, desk.ane)
        case, now = desk.again(case), desk.clock()
        offers = [claims.is_offered(case, by=each, now=now) for each in (desk.ane, desk.jon)]
        assert offers == [True, False]
        desk.approve(case, desk.ane)
        attend.close(desk.blog, case.id, 99, by=desk.ane, now=desk.clock())
        assert not claims.is_offered(desk.again(case), by=desk.ane, now=desk.clock())
