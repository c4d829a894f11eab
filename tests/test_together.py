"""Deciding on several comments at once: each decision whole or its case untouched, all undone."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.standing import fold
from comments_service.domain.states import Decision
from comments_service.errors import AlreadyDecided, InvalidComment
from comments_service.store import addresses, events, outbox, subscriptions
from comments_service.store.people import Person, add_person, by_id
from comments_service.store.schema import mail
from comments_service.usecases import claims, moderate, reader, spam, taken_together, together, undo
from comments_service.usecases.blog import Blog
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.together import What
from comments_service.usecases.track import record_of
from tests.support.fixtures import Clock
from tests.support.ids import new_id

FORBIDDEN = "No viene al caso."


@pytest.fixture
def desk(blog: Blog, clock: Clock, moderator: Person) -> "Desk":
    """Where a decision can be undone for 20 seconds."""
    settings = blog.settings.model_copy(update={"undo_seconds": 20})
    return Desk(replace(blog, settings=settings), clock, moderator)


class Desk:
    def __init__(self, blog: Blog, clock: Clock, by: Person) -> None:
        self.blog, self.clock, self.by = blog, clock, by

    def comment(self, thread: str = "hola", **more: object) -> Case:
        self.clock.forward(seconds=1)
        now = self.clock()
        form = Form(author="Ane", body=f"¿Cuándo abre? {new_id(now)}", **more)
        return submit(self.blog, thread, form, address="", comment_id=new_id(now), now=now).case

    def some(self, count: int = 3) -> list[Case]:
        return [self.comment() for _ in range(count)]

    def again(self, case: Case) -> Case:
        return moderate.case_of(self.blog, case.id)

    def record(self, case: Case) -> list:
        with self.blog.store.read() as connection:
            return events.of_case(connection, case.id)

    def look(self, what: What, some: list[Case]) -> together.Looked:
        return together.look(self.blog, what, seen(some), by=self.by, now=self.clock())

    def decide(self, what: What, some: list[Case], reason: str = FORBIDDEN) -> together.Decided:
        now, blog = self.clock(), self.blog
        why = moderate.refusing(blog, None, reason, "", now) if what is What.REFUSE else None
        return together.decide(blog, what, seen(some), why, by=self.by, now=now)

    def take_back(self, name: str, by: Person | None = None) -> list[str]:
        left = taken_together.take_back(self.blog, name, by=by or self.by, now=self.clock())
        return [each.case.reference for each in left]

    def found(self, name: str) -> taken_together.Found | None:
        return taken_together.found(self.blog, name, by=self.by, now=self.clock())

    def colleague(self) -> Person:
        values = {"language": "es", "password_hash": "-", "role": "manager"}
        with self.blog.store.write() as connection:
            new = add_person(connection, self.clock(), login="iker", name="Iker", **values)
            other = by_id(connection, new)
        assert other
        return other

    def edit(self, case: Case) -> None:
        of = record_of(self.blog, case)
        reader.edit(self.blog, of, len(of.events), "Otra cosa", now=self.clock())

    def mails(self) -> list[str]:
        with self.blog.store.read() as connection:
            return sorted(connection.execute(select(mail.c.kind)).scalars())

    def queue(self) -> int:
        with self.blog.store.read() as connection:
            return outbox.queue(connection).count


def seen(some: list[Case]) -> dict[int, int]:
    return {case.id: case.revision for case in some}


def whys(left: tuple[together.Left, ...]) -> dict[str, str]:
    return {each.case.reference: each.why.message for each in left}


AFTER = {
    What.PUBLISH: Decision.APPROVED,
    What.REFUSE: Decision.REJECTED,
    What.ADVERTISING: Decision.SPAM,
}


class TestDecidingOnSeveral:
    @pytest.mark.parametrize("what", What)
    def test_does_to_each_what_is_done_to_one(self, desk: Desk, what: What) -> None:
        some, untouched = desk.some(), desk.comment()
        done = desk.decide(what, some)
        assert done.left == ()
        for case in some:
            assert desk.again(case).decision is AFTER[what]
            assert is_sound(desk.record(case))
            assert fold(desk.record(case)).decision is AFTER[what]
            assert desk.record(case)[-1].data["together"] == done.name
        assert desk.again(untouched) == untouched
        assert desk.queue() == (3 if what is What.PUBLISH else 0)

    def test_numbers_what_is_published_in_the_order_in_which_it_came(self, desk: Desk) -> None:
        some = [desk.comment("otra"), *desk.some(), desk.comment("otra")]
        desk.decide(What.PUBLISH, list(reversed(some)))
        assert [desk.again(case).number for case in some] == [1, 1, 2, 3, 2]

    def test_gives_each_reader_the_same_reason(self, desk: Desk) -> None:
        some = desk.some()
        desk.decide(What.REFUSE, some, "Repite lo mismo.")
        assert {desk.again(case).reason for case in some} == {"Repite lo mismo."}

    def test_without_a_reason_refuses_none(self, desk: Desk) -> None:
        some = desk.some()
        with pytest.raises(InvalidComment):
            desk.decide(What.REFUSE, some, " ")
        assert [desk.again(case) for case in some] == some

    def test_leaves_out_what_changed_meanwhile_and_says_why(self, desk: Desk) -> None:
        some = desk.some(4)
        spam.mark(desk.blog, some[0].id, 1, by=desk.colleague(), now=desk.clock())
        desk.edit(some[1])
        before = [desk.again(case) for case in some[:2]], desk.record(some[1])
        done = desk.decide(What.PUBLISH, some)
        assert whys(done.left) == {
            some[0].reference: together.DECIDED,
            some[1].reference: together.OTHER_WORDS,
        }
        assert ([desk.again(case) for case in some[:2]], desk.record(some[1])) == before
        assert all(desk.again(case).decision is Decision.APPROVED for case in some[2:])

    def test_leaves_out_what_a_colleague_is_looking_at(self, desk: Desk) -> None:
        some, other = desk.some(), desk.colleague()
        claims.claim(desk.blog, some[0].id, by=other, now=desk.clock())
        claims.claim(desk.blog, some[1].id, by=desk.by, now=desk.clock())
        assert list(whys(desk.decide(What.ADVERTISING, some).left)) == [some[0].reference]
        desk.clock.forward(minutes=16)
        assert desk.decide(What.ADVERTISING, some[:1]).left == ()

    def test_publishes_nothing_that_is_for_us_alone(self, desk: Desk) -> None:
        some = [desk.comment(), desk.comment(private=True)]
        done = desk.decide(What.PUBLISH, some)
        assert whys(done.left) == {some[1].reference: together.FOR_US}
        assert desk.queue() == 1

    def test_leaves_a_second_look_to_its_own_page(self, desk: Desk) -> None:
        case, other = desk.comment(), desk.colleague()
        moderate.reject(desk.blog, case.id, 1, rule=None, reason="No.", by=other, now=desk.clock())
        of = record_of(desk.blog, case)
        reader.appeal(desk.blog, of, len(of.events), "¿Por qué?", now=desk.clock())
        assert whys(desk.decide(What.PUBLISH, [case]).left) == {
            case.reference: together.SECOND_LOOK
        }

    def test_that_leaves_out_all_has_no_name(self, desk: Desk) -> None:
        some = desk.some()
        first = desk.decide(What.ADVERTISING, some)
        again = desk.decide(What.ADVERTISING, some)
        assert (again.name, len(again.left)) == ("", 3)

        def before(what: What, marked: dict[int, int]) -> str:
            return taken_together.sent_before(desk.blog, what, marked, desk.by)

        assert before(What.ADVERTISING, seen(some)) == first.name
        assert before(What.PUBLISH, seen(some)) == "", "what was asked for is not what was done"
        assert before(What.ADVERTISING, dict.fromkeys(seen(some), 2)) == ""

    def test_knows_nothing_of_cases_that_there_are_not(self, desk: Desk) -> None:
        done = together.decide(
            desk.blog, What.PUBLISH, {999_999: 1}, None, by=desk.by, now=desk.clock()
        )
        assert (done.name, done.left) == ("", ())

    def test_by_two_at_once_takes_each_decision_once(self, desk: Desk) -> None:
        some = [desk.comment(thread) for thread in ("hola", "otra") * 6]
        told = list[together.Decided]()

        def decide(ordered: list[Case]) -> None:
            told.append(desk.decide(What.PUBLISH, ordered))

        threads = [
            threading.Thread(target=decide, args=(ordered,))
            for ordered in (some, some[::-1], some[3:] + some[:3], some)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(told) == 4
        assert sum(len(some) - len(each.left) for each in told) == len(some)
        assert desk.queue() == len(some)
        for case in some:
            kinds = [event.kind for event in desk.record(case)]
            assert kinds == [EventKind.RECEIVED, EventKind.APPROVED]


class TestLookingFirst:
    @pytest.mark.parametrize("what", What)
    def test_changes_nothing_and_tells_what_deciding_would_do(self, desk: Desk, what: What) -> None:
        some = [*desk.some(), desk.comment(private=True)]
        desk.edit(some[0])
        before = [(desk.again(case), desk.record(case)) for case in some]
        looked = desk.look(what, some)
        assert [(desk.again(case), desk.record(case)) for case in some] == before
        done = desk.decide(what, some)
        assert whys(looked.left) == whys(done.left)
        assert {case.id for case in looked.cases} == {
            case.id for case in some if desk.again(case).decision is AFTER[what]
        }

    def test_counts_the_mails_that_leave(self, desk: Desk) -> None:
        told = [desk.comment(email=f"lector{n}@correo.example") for n in range(2)]
        some = [*told, desk.comment()]
        with desk.blog.store.write() as connection:
            to = addresses.of_case(connection, told[0].id)
            for follower in {to, addresses.of_case(connection, told[1].id)}:
                kept = subscriptions.keep(connection, "hola", follower, "es", desk.clock())
                subscriptions.confirm(connection, kept.id, desk.clock())
        counts = {what: desk.look(what, some).mails for what in What}
        # Of what is published each follower hears, but for its author, who is told so anyway.
        assert counts == {What.PUBLISH: 2 + 1 + 1 + 2, What.REFUSE: 2, What.ADVERTISING: 0}
        before = len(desk.mails())
        desk.decide(What.REFUSE, some)
        assert len(desk.mails()) - before == counts[What.REFUSE]


class TestTakingBack:
    @pytest.mark.parametrize("what", What)
    def test_puts_all_of_it_back(self, desk: Desk, what: What) -> None:
        some = [desk.comment(email=f"lector{n}@correo.example") for n in range(3)]
        before, mails = [desk.again(case) for case in some], desk.mails()
        name = desk.decide(what, some).name
        desk.clock.forward(seconds=19)
        assert desk.take_back(name) == []
        assert [desk.again(case) for case in some] == before
        assert (desk.queue(), desk.mails()) == (0, mails)
        for case in some:
            kinds = [event.kind for event in desk.record(case)]
            assert kinds[-1] is EventKind.UNDONE
            assert is_sound(desk.record(case))

    def test_tells_what_was_decided_and_what_was_undone(self, desk: Desk) -> None:
        some = desk.some()
        name = desk.decide(What.PUBLISH, some).name
        told = desk.found(name)
        assert told
        assert (told.what, len(told.cases), told.undone) == (What.PUBLISH, 3, ())
        assert told.until is not None
        desk.take_back(name)
        told = desk.found(name)
        assert told
        assert (told.cases, len(told.undone), told.until) == ((), 3, None)

    def test_leaves_what_happened_since_and_names_it(self, desk: Desk) -> None:
        some = desk.some()
        name = desk.decide(What.REFUSE, some).name
        desk.edit(some[1])
        changed = desk.again(some[1]), desk.record(some[1])
        assert desk.take_back(name) == [some[1].reference]
        assert (desk.again(some[1]), desk.record(some[1])) == changed
        assert desk.again(some[0]).decision is Decision.HELD

    def test_is_too_late_after_its_time(self, desk: Desk) -> None:
        some = desk.some()
        name = desk.decide(What.PUBLISH, some).name
        desk.clock.forward(seconds=20)
        with pytest.raises(AlreadyDecided):
            desk.take_back(name)
        assert all(desk.again(case).decision is Decision.APPROVED for case in some)
        told = desk.found(name)
        assert told
        assert told.until is None

    def test_leaves_alone_what_one_decided_in_the_same_second(self, desk: Desk) -> None:
        alone, some = desk.comment(), desk.some()
        spam.mark(desk.blog, alone.id, 1, by=desk.by, now=desk.clock())
        desk.take_back(desk.decide(What.ADVERTISING, some).name)
        assert desk.again(alone).decision is Decision.SPAM

    def test_leaves_what_was_decided_anew_since_by_the_same_person(self, desk: Desk) -> None:
        some = desk.some()
        name = desk.decide(What.PUBLISH, some).name
        undo.undo(desk.blog, some[1].id, len(desk.record(some[1])), by=desk.by, now=desk.clock())
        desk.clock.forward(seconds=1)
        spam.mark(desk.blog, some[1].id, 1, by=desk.by, now=desk.clock())
        assert desk.take_back(name) == [some[1].reference]
        assert desk.again(some[1]).decision is Decision.SPAM

    def test_is_for_whoever_decided(self, desk: Desk) -> None:
        name, other = desk.decide(What.PUBLISH, desk.some()).name, desk.colleague()
        with pytest.raises(AlreadyDecided):
            desk.take_back(name, other)
        assert taken_together.found(desk.blog, name, by=other, now=desk.clock()) is None

    @pytest.mark.parametrize(
        "name", ["", "x", "z" * 26, "7" + "z" * 25, "01jdabcdefghjkmnpqrstvwxyz"]
    )
    def test_finds_nothing_under_a_name_of_nothing(self, desk: Desk, name: str) -> None:
        assert desk.found(name) is None
        with pytest.raises(AlreadyDecided):
            desk.take_back(name)
