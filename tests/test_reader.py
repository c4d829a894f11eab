"""What readers do with their own comment: each thing once, and nothing on an old page."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from comments_service.domain import codes as spelling
from comments_service.domain.cases import Case, EventKind
from comments_service.domain.states import Attention, Decision, Visibility
from comments_service.errors import AlreadyDecided, InvalidComment, TooMany, UnknownComment
from comments_service.store import follow, publication, tries
from comments_service.store.people import Person
from comments_service.store.schema import case as table
from comments_service.store.schema import event_text, revision, sign_in_try, thread_counter
from comments_service.usecases import acts, attend, codes, reader
from comments_service.usecases.acts import Act
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.reader import Rating
from comments_service.usecases.tick import tick
from comments_service.usecases.track import Tracked, receipt_for, record_of, track
from tests.support.fixtures import Clock
from tests.support.hands import approved, received, record
from tests.support.ids import new_id
from tests.support.waiting import queue, to_answer, to_decide


def of(blog: Blog, case: Case) -> Tracked:
    return record_of(blog, case_of(blog, case.id))


def seen(blog: Blog, case: Case) -> int:
    return len(of(blog, case).events)


def refused(blog: Blog, case: Case, by: Person, clock: Clock, revision: int = 1) -> Case:
    rules = blog.rules.in_force(clock().date())
    rule = (rules[0].number, rules[0].version) if rules else None
    return reject(blog, case.id, revision, rule=rule, reason="Por esto.", by=by, now=clock())


def texts(blog: Blog) -> list[str]:
    with blog.store.read() as connection:
        return list(connection.execute(select(event_text.c.text)).scalars())


def decisions(blog: Blog) -> list[tuple[int, str]]:
    query = select(revision.c.revision, revision.c.decision).order_by(revision.c.revision)
    with blog.store.read() as connection:
        return [(row.revision, row.decision) for row in connection.execute(query)]


def public_body(blog: Blog, case: Case) -> str:
    with blog.store.read() as connection:
        return publication.public_wordings(connection, [case.comment_id])[case.comment_id].body


def both(act: Callable[[], object]) -> list[type[Exception]]:
    """Do it twice at the same time; the errors."""
    errors: list[type[Exception]] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        try:
            act()
        except Exception as error:  # whatever it is, the test names it
            errors.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return errors


class TestAdding:
    def test_is_kept_for_staff_and_brings_the_case_before_them(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        clock.forward(minutes=1)
        reader.add(blog, of(blog, case), seen(blog, case), "Y esto.\r\n", now=clock())
        (waiting,) = to_answer(blog)
        assert (waiting.id, waiting.attention) == (case.id, Attention.UNDER_REVIEW)
        (said,) = attend.told(blog, [waiting])[case.id].said
        assert (said.kind, said.text) == (EventKind.ADDED, "Y esto.")
        assert public_body(blog, case) == "Hola."
        assert record(blog, case)[-1] is EventKind.ADDED

    def test_to_one_that_still_waits_stands_beside_it_in_the_tray(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        reader.add(blog, of(blog, case), 1, "Y esto.", now=clock())
        assert to_answer(blog) == []
        assert [each.id for each in to_decide(blog)] == [case.id]
        assert attend.told(blog, to_decide(blog))[case.id].said

    def test_twice_at_once_is_once(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        assert both(lambda: reader.add(blog, page, 1, "Y esto.", now=clock())) == []
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.ADDED]

    def test_another_text_from_another_tab_is_a_conflict(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        reader.add(blog, page, 1, "Y esto.", now=clock())
        with pytest.raises(AlreadyDecided):
            reader.add(blog, page, 1, "Y lo otro.", now=clock())
        assert len(record(blog, case)) == 2

    def test_on_a_page_older_than_a_decision_is_a_conflict(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        approve(blog, case.id, 1, by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            reader.add(blog, page, 1, "Y esto.", now=clock())

    @pytest.mark.parametrize("text", ["", " \n\u200b", "x" * (reader.MAX_CHARS + 1)])
    def test_refuses_nothing_and_too_much(self, blog: Blog, clock: Clock, text: str) -> None:
        case = received(blog, clock)
        with pytest.raises(InvalidComment):
            reader.add(blog, of(blog, case), 1, text, now=clock())

    def test_has_a_limit_a_day(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        for number in range(reader.MAX_A_DAY):
            reader.add(blog, of(blog, case), seen(blog, case), f"Y {number}.", now=clock())
        with pytest.raises(TooMany):
            reader.add(blog, of(blog, case), seen(blog, case), "Y más.", now=clock())
        clock.forward(days=1, seconds=1)
        reader.add(blog, of(blog, case), seen(blog, case), "Y más.", now=clock())

    def test_under_a_link_that_was_revoked_meanwhile_is_not_done(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        reader.renew_link(blog, page, "a", now=clock())
        with pytest.raises(UnknownComment):
            reader.add(blog, page, 1, "Y esto.", now=clock())

    def test_after_an_answer_ends_after_thirty_days(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        given = new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=given, now=clock())
        clock.forward(days=30, seconds=1)
        page = of(blog, case)
        assert not {Act.ADD, Act.DISPUTE} & acts.offered(page.case, page.events, clock())
        with pytest.raises(AlreadyDecided, match="too long"):
            reader.add(blog, page, seen(blog, case), "Y esto.", now=clock())
        with pytest.raises(AlreadyDecided):
            reader.rate(blog, page, Rating(given, False), now=clock())
        clock.forward(seconds=-1)
        reader.add(blog, page, seen(blog, case), "Y esto.", now=clock())

    def test_after_answers_is_possible_twice(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        for number in range(3):
            clock.forward(days=2)
            given = new_id(clock())
            answer(blog, case.id, 1, f"Sí {number}.", by=moderator, answer_id=given, now=clock())
            if number < 2:
                reader.add(blog, of(blog, case), seen(blog, case), f"Y {number}.", now=clock())
        with pytest.raises(AlreadyDecided, match="twice"):
            reader.add(blog, of(blog, case), seen(blog, case), "Y más.", now=clock())
        with pytest.raises(AlreadyDecided):
            reader.rate(blog, of(blog, case), Rating(given, False), now=clock())
        reader.rate(blog, of(blog, case), Rating(given, True), now=clock())

    def test_that_asks_for_nothing_is_closed_by_staff(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.add(blog, of(blog, case), seen(blog, case), "Gracias.", now=clock())
        attend.close(blog, case.id, seen(blog, case), by=moderator, now=clock())
        assert to_answer(blog) == []
        assert record(blog, case)[-1] is EventKind.CLOSED

    def test_is_not_needed_to_close_a_plain_thanks(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        attend.close(blog, case.id, seen(blog, case), by=moderator, now=clock())
        assert case_of(blog, case.id).attention is Attention.CLOSED

    def test_meanwhile_is_not_closed_unread(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.add(blog, of(blog, case), seen(blog, case), "Gracias.", now=clock())
        before = seen(blog, case)
        reader.add(blog, of(blog, case), before, "Y una pregunta.", now=clock())
        with pytest.raises(AlreadyDecided):
            attend.close(blog, case.id, before, by=moderator, now=clock())
        assert to_answer(blog)


class TestNewLinks:
    def test_is_given_five_times_a_day(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        for number in range(reader.MAX_LINKS_A_DAY):
            reader.renew_link(blog, of(blog, case_of(blog, case.id)), str(number), now=clock())
        with pytest.raises(TooMany):
            reader.renew_link(blog, of(blog, case_of(blog, case.id)), "x", now=clock())


class TestEditing:
    def test_what_is_public_waits_while_the_old_wording_stays(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.edit(blog, of(blog, case), seen(blog, case), "Hola, mejor.", now=clock())
        now = case_of(blog, case.id)
        assert (now.visibility, now.body, now.decision) == (
            Visibility.APPROVED,
            "Hola, mejor.",
            Decision.HELD,
        )
        assert public_body(blog, case) == "Hola."
        assert [each.id for each in to_decide(blog)] == [case.id]
        told = attend.told(blog, [now])[case.id]
        assert told.public
        assert told.public.body == "Hola."
        assert record(blog, case)[-1] is EventKind.EDITED

    def test_is_published_by_approving_it_under_the_same_number(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.edit(blog, of(blog, case), seen(blog, case), "Hola, mejor.", now=clock())
        now = approve(blog, case.id, 2, by=moderator, now=clock())
        assert (now.number, now.public_revision, now.decision) == (1, 2, Decision.APPROVED)
        assert public_body(blog, case) == "Hola, mejor."
        with blog.store.read() as connection:
            last = connection.execute(select(thread_counter.c.last_number)).scalar_one()
        assert last == 1
        assert queue(blog).count == 2  # a row of the outbox for each wording

    def test_that_is_refused_leaves_the_public_wording(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.edit(blog, of(blog, case), seen(blog, case), "Peor.", now=clock())
        now = refused(blog, case, moderator, clock, revision=2)
        assert now.visibility is Visibility.APPROVED
        assert public_body(blog, case) == "Hola."
        assert to_decide(blog) == []
        assert Act.EDIT in acts.offered(now, of(blog, case).events, clock())
        assert Act.APPEAL not in acts.offered(now, of(blog, case).events, clock())

    def test_what_waits_takes_its_place_in_the_tray(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock)
        reader.edit(blog, of(blog, case), 1, "Hola, mejor.", now=clock())
        assert decisions(blog) == [(1, "superseded"), (2, "held")]
        assert [each.body for each in to_decide(blog)] == ["Hola, mejor."]
        with pytest.raises(AlreadyDecided):
            approve(blog, case.id, 1, by=moderator, now=clock())

    def test_after_a_refusal_is_decided_anew(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = refused(blog, received(blog, clock), moderator, clock)
        reader.edit(blog, of(blog, case), seen(blog, case), "Sin insultos.", now=clock())
        now = case_of(blog, case.id)
        assert (now.visibility, now.attention) == (Visibility.HELD, Attention.RECEIVED)
        assert now.reference == case.reference

    def test_answering_does_not_publish_it(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.edit(blog, of(blog, case), seen(blog, case), "Otra cosa.", now=clock())
        answer(blog, case.id, 2, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        assert public_body(blog, case) == "Hola."
        assert case_of(blog, case.id).decision is Decision.HELD

    def test_twice_at_once_is_once(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        case = approved(blog, clock, moderator)
        page, shown = of(blog, case), seen(blog, case)
        assert both(lambda: reader.edit(blog, page, shown, "Mejor.", now=clock())) == []
        assert decisions(blog) == [(1, "approved"), (2, "held")]

    def test_to_the_same_text_is_told_and_changes_nothing(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        with pytest.raises(InvalidComment) as caught:
            reader.edit(blog, of(blog, case), 1, "Hola.\n", now=clock())
        assert list(caught.value.by_field) == ["body"]
        assert record(blog, case) == [EventKind.RECEIVED]

    def test_that_is_sent_once_more_is_the_same_edit_whatever_came_between(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        reader.add(blog, page, 1, "Y esto.", now=clock())
        reader.edit(blog, page, seen(blog, case), "Mejor.", now=clock())
        reader.edit(blog, page, 1, "Mejor.", now=clock())
        reader.edit(blog, page, 2, "Mejor.", now=clock())
        approve(blog, case.id, 2, by=moderator, now=clock())
        reader.edit(blog, page, 2, "Mejor.", now=clock())
        assert record(blog, case).count(EventKind.EDITED) == 1
        with pytest.raises(InvalidComment):
            reader.edit(blog, of(blog, case), seen(blog, case), "Mejor.", now=clock())

    def test_what_was_closed_opens_it_so_that_no_correction_waits_behind_closed(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, given = approved(blog, clock, moderator), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=given, now=clock())
        reader.rate(blog, of(blog, case), Rating(given, True), now=clock())
        assert case_of(blog, case.id).attention is Attention.CLOSED
        reader.edit(blog, of(blog, case), seen(blog, case), "Hola, mejor.", now=clock())
        now = case_of(blog, case.id)
        assert (now.attention, now.visibility) == (Attention.RECEIVED, Visibility.APPROVED)
        assert record(blog, case)[-1] is EventKind.EDITED

    def test_while_a_second_look_is_awaited_takes_its_place(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = refused(blog, received(blog, clock), moderator, clock)
        reader.appeal(blog, of(blog, case), seen(blog, case), "No insulto.", now=clock())
        waits = case_of(blog, case.id)
        assert Act.EDIT in acts.offered(waits, of(blog, case).events, clock())
        reader.edit(blog, of(blog, case), seen(blog, case), "Sin insultos.", now=clock())
        now = case_of(blog, case.id)
        assert (now.visibility, now.attention) == (Visibility.HELD, Attention.RECEIVED)
        assert to_answer(blog) == []
        with pytest.raises(AlreadyDecided):
            attend.reopen(blog, case.id, by=moderator, now=clock())
        again = refused(blog, case, moderator, clock, revision=2)
        assert Act.APPEAL in acts.offered(again, of(blog, case).events, clock())
        record(blog, case)

    def test_a_withdrawn_comment_is_a_conflict(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        page = of(blog, case)
        reader.withdraw(blog, page, now=clock())
        for shown in (1, 2):
            with pytest.raises(AlreadyDecided):
                reader.edit(blog, page, shown, "Mejor.", now=clock())

    def test_withdrawing_takes_an_edit_from_the_tray(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        reader.edit(blog, of(blog, case), seen(blog, case), "Mejor.", now=clock())
        reader.withdraw(blog, of(blog, case), now=clock())
        assert to_decide(blog) == []
        assert decisions(blog) == [(1, "approved"), (2, "superseded")]


class TestAskingForASecondLook:
    def test_brings_it_before_staff_and_is_possible_once(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = refused(blog, received(blog, clock), moderator, clock)
        reader.appeal(blog, of(blog, case), seen(blog, case), "", now=clock())
        (waiting,) = to_answer(blog)
        assert waiting.visibility is Visibility.REJECTED
        assert waiting.attention is Attention.UNDER_REVIEW
        with pytest.raises(AlreadyDecided):
            reader.appeal(blog, of(blog, case), seen(blog, case), "Otra vez.", now=clock())

    def test_twice_at_once_is_once(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        case = refused(blog, received(blog, clock), moderator, clock)
        page, shown = of(blog, case), seen(blog, case)
        assert both(lambda: reader.appeal(blog, page, shown, "", now=clock())) == []
        assert record(blog, case).count(EventKind.APPEALED) == 1

    def test_ends_after_twenty_days(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        case = refused(blog, received(blog, clock), moderator, clock)
        clock.forward(days=20, seconds=1)
        with pytest.raises(AlreadyDecided):
            reader.appeal(blog, of(blog, case), seen(blog, case), "", now=clock())
        clock.forward(seconds=-2)
        reader.appeal(blog, of(blog, case), seen(blog, case), "", now=clock())

    def test_lets_staff_decide_again_either_way(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        for decide in (approve, None):
            case = refused(blog, received(blog, clock, f"Hola {decide}."), moderator, clock)
            reader.appeal(blog, of(blog, case), seen(blog, case), "", now=clock())
            attend.reopen(blog, case.id, by=moderator, now=clock())
            assert case_of(blog, case.id).visibility is Visibility.HELD
            assert [each.id for each in to_decide(blog)] == [case.id]
            with pytest.raises(AlreadyDecided):
                attend.reopen(blog, case.id, by=moderator, now=clock())
            if decide:
                now = decide(blog, case.id, 1, by=moderator, now=clock())
                assert now.visibility is Visibility.APPROVED
            else:
                now = refused(blog, case, moderator, clock)
                assert Act.APPEAL not in acts.offered(now, of(blog, now).events, clock())
            record(blog, case)
        assert to_answer(blog) == []

    def test_of_one_that_was_not_refused_is_not_possible(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        with pytest.raises(AlreadyDecided):
            reader.appeal(blog, of(blog, case), seen(blog, case), "", now=clock())
        with pytest.raises(AlreadyDecided):
            attend.reopen(blog, case.id, by=moderator, now=clock())


class TestRating:
    def answered(self, blog: Blog, clock: Clock, moderator: Person) -> tuple[Case, str]:
        case, given = approved(blog, clock, moderator), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=given, now=clock())
        return case, given

    def test_that_it_did_not_help_brings_the_case_before_staff(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, given = self.answered(blog, clock, moderator)
        reader.rate(blog, of(blog, case), Rating(given, False, "No era eso."), now=clock())
        (waiting,) = to_answer(blog)
        (said,) = attend.told(blog, [waiting])[case.id].said
        assert (said.useful, said.text) == (False, "No era eso.")

    def test_that_it_helped_asks_nobody_for_anything(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, given = self.answered(blog, clock, moderator)
        reader.rate(blog, of(blog, case), Rating(given, True), now=clock())
        assert to_answer(blog) == []
        (said,) = attend.told(blog, [case])[case.id].said
        assert (said.useful, said.text) == (True, "")
        record(blog, case)

    def test_is_done_once_for_each_answer(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, first = self.answered(blog, clock, moderator)
        clock.forward(seconds=1)
        second = new_id(clock())
        answer(blog, case.id, 1, "Y esto.", by=moderator, answer_id=second, now=clock())
        page = of(blog, case)
        assert both(lambda: reader.rate(blog, page, Rating(first, True), now=clock())) == []
        with pytest.raises(AlreadyDecided):
            reader.rate(blog, page, Rating(first, False), now=clock())
        reader.rate(blog, page, Rating(second, False), now=clock())
        assert reader.ratings(of(blog, case).events) == {first: True, second: False}

    def test_that_one_helped_does_not_close_what_another_left_open(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case, first = self.answered(blog, clock, moderator)
        clock.forward(seconds=1)
        second = new_id(clock())
        answer(blog, case.id, 1, "Y esto.", by=moderator, answer_id=second, now=clock())
        reader.rate(blog, of(blog, case), Rating(second, False), now=clock())
        with pytest.raises(AlreadyDecided):
            reader.rate(blog, of(blog, case), Rating(first, True), now=clock())
        assert case_of(blog, case.id).attention is Attention.UNDER_REVIEW

    def test_of_an_answer_that_is_none_is_a_conflict(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        with pytest.raises(AlreadyDecided):
            reader.rate(blog, of(blog, case), Rating(new_id(clock()), True), now=clock())


class TestErasing:
    def test_leaves_nothing_that_the_reader_ever_wrote(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Secreto uno.")
        reader.edit(blog, of(blog, case), seen(blog, case), "Secreto dos.", now=clock())
        reader.add(blog, of(blog, case), seen(blog, case), "Secreto tres.", now=clock())
        reader.erase(blog, of(blog, case), now=clock())
        assert texts(blog) == []
        with blog.store.read() as connection:
            rows = connection.execute(select(revision.c.body, revision.c.author)).all()
            assert {tuple(row) for row in rows} == {("", "")}
            kept = connection.execute(select(table.c.code_hash, table.c.address_id)).one()
        assert tuple(kept) == (None, None)
        token = receipt_for(blog, case_of(blog, case.id)).token
        with pytest.raises(UnknownComment):
            track(blog, case.reference, token)
        record(blog, case)

    def test_twice_at_once_is_no_error(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        page = of(blog, approved(blog, clock, moderator))
        assert both(lambda: reader.erase(blog, page, now=clock())) == []
        assert record(blog, page.case).count(EventKind.ERASED) == 1


class TestANewLink:
    def test_opens_what_the_old_one_and_its_code_open_no_more(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        before = receipt_for(blog, case)
        code = codes.code_of(blog, case)
        after = reader.renew_link(blog, of(blog, case), "a", now=clock())
        assert track(blog, case.reference, after.token).case.id == case.id
        with pytest.raises(UnknownComment):
            track(blog, case.reference, before.token)
        with pytest.raises(InvalidComment):
            codes.find(blog, code, address="192.0.2.1", now=clock())
        found = codes.find(blog, codes.code_of(blog, after.case), address="192.0.2.1", now=clock())
        assert found.token == after.token

    def test_is_found_again_by_the_form_that_made_it_and_by_no_other(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        old = receipt_for(blog, case).token
        made = reader.renew_link(blog, of(blog, case), "mine", now=clock())
        assert reader.renewed_by(blog, case.reference, old, "mine") == made
        assert reader.renewed_by(blog, case.reference, old, "theirs") is None
        assert reader.renewed_by(blog, case.reference, old, "") is None
        assert reader.renewed_by(blog, case.reference, "a" * 32, "mine") is None


class TestTheCode:
    @pytest.mark.parametrize(
        "written",
        [
            lambda code: code,
            lambda code: code.lower(),
            lambda code: code.replace("-", ""),
            lambda code: f" {code.replace('-', ' – ')}. ",
            lambda code: code.translate(str.maketrans("258J6VD", "ZSBIGU0")),
        ],
    )
    def test_is_found_however_it_is_written(
        self, blog: Blog, clock: Clock, written: Callable[[str], str]
    ) -> None:
        case = received(blog, clock)
        typed = written(codes.code_of(blog, case))
        assert codes.find(blog, typed, address="192.0.2.1", now=clock()).case.id == case.id

    def test_has_twelve_characters_none_of_which_looks_like_another(
        self, blog: Blog, clock: Clock
    ) -> None:
        code = codes.code_of(blog, received(blog, clock))
        assert [len(group) for group in code.split("-")] == [4, 4, 4]
        assert not set("0OQ1ILZSBGU") & set(spelling.ALPHABET)
        assert len(set(spelling.ALPHABET)) == len(spelling.ALPHABET)

    def test_is_not_in_the_database(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        code = codes.code_of(blog, case).replace("-", "")
        with blog.store.read() as connection:
            (kept,) = connection.execute(select(table.c.code_hash)).scalars()
        assert kept
        assert code not in kept.upper()

    def test_of_older_cases_is_found_after_a_tick(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        with blog.store.write() as connection:
            connection.execute(update(table).values(code_hash=None))
        tick(blog, clock)
        code = codes.code_of(blog, case)
        assert codes.find(blog, code, address="192.0.2.1", now=clock()).case.id == case.id
        assert codes.fill(blog) == 0

    @pytest.mark.parametrize("wrong", ["", "A7KD-93HM-PWX4", "A7KD", "x" * 5000, "ñ-ß-ﬁ", "'; --"])
    def test_that_is_wrong_is_answered_alike(self, blog: Blog, clock: Clock, wrong: str) -> None:
        received(blog, clock)
        with pytest.raises(InvalidComment) as caught:
            codes.find(blog, wrong, address="192.0.2.1", now=clock())
        with pytest.raises(InvalidComment) as other:
            codes.find(blog, "7777-7777-7777", address="192.0.2.1", now=clock())
        assert str(caught.value) == str(other.value)

    def test_may_be_wrong_ten_times_a_day_from_one_network(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        code = codes.code_of(blog, case)
        clock.forward(hours=1)
        for _ in range(codes.MAX_TRIES):
            with pytest.raises(InvalidComment):
                codes.find(blog, "wrong", address="2001:db8::1", now=clock())
            assert codes.find(blog, code, address="192.0.2.1", now=clock())
        with pytest.raises(TooMany) as caught:
            codes.find(blog, code, address="2001:db8::2", now=clock())  # the same /64
        assert codes.find(blog, code, address="192.0.2.1", now=clock())
        assert 0 < caught.value.retry_after <= 24 * 3600
        clock.forward(seconds=caught.value.retry_after)
        assert codes.find(blog, code, address="2001:db8::1", now=clock())

    def test_tries_at_once_are_counted_each(self, blog: Blog, clock: Clock) -> None:
        for _ in range(codes.MAX_TRIES - 1):
            with pytest.raises(InvalidComment):
                codes.find(blog, "wrong", address="192.0.2.1", now=clock())
        errors = both(lambda: codes.find(blog, "wrong", address="192.0.2.1", now=clock()))
        assert sorted(each.__name__ for each in errors) == ["InvalidComment", "TooMany"]
        with blog.store.read() as connection:
            rows = connection.execute(select(sign_in_try.c.subject)).scalars().all()
        assert len(rows) == codes.MAX_TRIES
        assert not [each for each in rows if "192.0.2.1" in each]

    def test_has_tries_apart_from_those_of_staff(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock)
        with blog.store.write() as connection:
            tries.note(connection, ["some other subject"] * 50, clock())
        code = codes.code_of(blog, case)
        assert codes.find(blog, code, address="192.0.2.1", now=clock())


class TestStoppingMails:
    def test_of_a_case_without_an_address_does_nothing(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        assert Act.STOP_MAILS not in acts.offered(case, of(blog, case).events, clock())
        reader.stop_mails(blog, of(blog, case), now=clock())
        assert record(blog, case) == [EventKind.RECEIVED]

    def test_is_done_once(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        with blog.store.write() as connection:
            assert follow.stop_mails(connection, case.id, clock())
            assert not follow.stop_mails(connection, case.id, clock())
        assert case_of(blog, case.id).mails_stopped
