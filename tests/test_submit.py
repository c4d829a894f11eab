"""A reader's comment at the door. On both databases."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from comments_service import content_repo
from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import Comment, Kind, Markup
from comments_service.domain.states import Attention, Decision, Visibility
from comments_service.errors import (
    AlreadyDecided,
    InvalidComment,
    ThreadClosed,
    TooMany,
    UnknownComment,
    UnknownThread,
)
from comments_service.store import cases, events, outbox, wordings
from comments_service.store.people import Person
from comments_service.store.schema import address, comment, mail, metadata
from comments_service.usecases import answering, moderate, seals
from comments_service.usecases.blog import Blog
from comments_service.usecases.privately import given
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import Receipt, track
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.waiting import to_decide

GOOD = Form(author="Aitor", body="¿Para la **empresa**?\n\nUn abrazo", lang="es")


def send(
    blog: Blog, clock: Clock, form: Form = GOOD, thread: str = "hola", address: str = "192.0.2.7"
) -> Receipt:
    return submit(blog, thread, form, address=address, comment_id=new_id(clock()), now=clock())


class TestTheSameWords:
    def test_of_a_published_comment_open_nobodys_private_page(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        """Whoever shares its writer's network could copy it from the page."""
        first = send(blog, clock)
        moderate.approve(blog, first.case.id, 1, by=moderator, now=clock())
        clock.forward(minutes=1)
        second = send(blog, clock)
        assert second.case.id != first.case.id
        assert second.token != first.token


class TestAGoodComment:
    @pytest.mark.parametrize("email", ["", "ana@pruebas.example"])
    def test_is_told_as_it_was_kept(self, blog: Blog, clock: Clock, email: str) -> None:
        case = send(blog, clock, replace(GOOD, email=email, private=bool(email))).case
        with blog.store.read() as connection:
            assert case == cases.by_case(connection, case.id)

    def test_is_held_as_its_reader_wrote_it(self, blog: Blog, clock: Clock) -> None:
        case = send(blog, clock).case
        assert (case.author, case.body) == (GOOD.author, GOOD.body)
        assert case.visibility is Visibility.HELD
        assert case.attention is Attention.RECEIVED
        assert case.revision == 1
        assert case.number is None

    def test_gets_a_reference_with_the_year(self, blog: Blog, clock: Clock) -> None:
        assert send(blog, clock).case.reference == "2026-000001"

    def test_can_be_followed_by_its_private_link(self, blog: Blog, clock: Clock) -> None:
        receipt = send(blog, clock)
        tracked = track(blog, receipt.case.reference, receipt.token)
        assert tracked.case == receipt.case
        assert [event.kind for event in tracked.events] == [EventKind.RECEIVED]
        assert is_sound(tracked.events)

    def test_leaves_no_address_and_no_token_in_the_database(self, blog: Blog, clock: Clock) -> None:
        receipt = send(blog, clock, address="192.0.2.7")
        with blog.store.read() as connection:
            for table in ("comment", "revision", "cases", "event", "event_text", "day_key"):
                for row in connection.execute(text(f"SELECT * FROM {table}")):
                    assert "192.0.2.7" not in str(row)
                    assert receipt.token not in str(row)

    def test_waits_behind_the_older_ones(self, blog: Blog, clock: Clock) -> None:
        bodies = ["uno", "dos", "tres"]
        for body in bodies:
            clock.forward(seconds=5)
            send(blog, clock, Form(author="Aitor", body=body))
        assert [case.body for case in to_decide(blog)] == bodies

    def test_speaks_the_language_it_was_sent_in_or_the_first_of_the_site(
        self, blog: Blog, clock: Clock
    ) -> None:
        assert send(blog, clock, Form(author="A", body="Kaixo", lang="eu")).case.lang == "eu"
        assert send(blog, clock, Form(author="A", body="Bonjour", lang="fr")).case.lang == "es"


class TestAReply:
    def test_keeps_its_parent(self, blog: Blog, clock: Clock) -> None:
        parent = Comment(
            id=new_id(clock()),
            thread="hola",
            revision=1,
            number=1,
            kind=Kind.COMMENT,
            markup=Markup.MARKDOWN,
            author="Ada",
            date=clock(),
            body="Hola.",
        )
        content_repo.write(blog.comments_folder, parent)
        form = Form(author="B", body="Sí.", in_reply_to=parent.id)
        assert send(blog, clock, form).case.in_reply_to == parent.id

    @pytest.mark.parametrize("parent", ["0" * 26, "../../etc/passwd", "x", "a" * 10_000])
    def test_to_nothing_stands_alone(self, blog: Blog, clock: Clock, parent: str) -> None:
        form = Form(author="B", body="Sí.", in_reply_to=parent)
        assert send(blog, clock, form).case.in_reply_to is None

    def test_to_a_comment_that_still_waits_keeps_its_parent(self, blog: Blog, clock: Clock) -> None:
        held = send(blog, clock).case
        form = Form(author="B", body="Sí.", in_reply_to=held.comment_id)
        assert send(blog, clock, form).case.in_reply_to == held.comment_id

    def test_to_a_comment_of_another_thread_stands_alone(self, blog: Blog, clock: Clock) -> None:
        held = send(blog, clock).case
        form = Form(author="B", body="Sí.", in_reply_to=held.comment_id)
        assert send(blog, clock, form, thread="otra").case.in_reply_to is None


class TestAFaultyComment:
    def test_hears_every_fault_at_once_beside_its_field(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(InvalidComment) as caught:
            send(blog, clock, Form(author=" \u200e ", body=" \n "))
        assert list(caught.value.by_field) == ["author", "body"]
        assert to_decide(blog) == []

    def test_with_a_name_that_nobody_sees_is_refused(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(InvalidComment) as caught:
            send(blog, clock, Form(author="\u200b\u200d", body="Hola."))
        assert list(caught.value.by_field) == ["author"]

    def test_is_never_cut(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(InvalidComment) as caught:
            send(blog, clock, Form(author="A" * 81, body="b " * 4_001))
        assert list(caught.value.by_field) == ["author", "body"]

    def test_for_an_unknown_article_is_refused(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(UnknownThread):
            send(blog, clock, thread="nada")

    def test_for_a_closed_conversation_is_refused(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(ThreadClosed):
            send(blog, clock, thread="cerrada")


class TestTheSamePostAgain:
    def test_within_ten_minutes_gets_the_first_receipt(self, blog: Blog, clock: Clock) -> None:
        first = send(blog, clock)
        clock.forward(minutes=9)
        assert send(blog, clock) == first
        assert len(to_decide(blog)) == 1

    def test_around_midnight_too(self, blog: Blog, clock: Clock) -> None:
        clock.forward(hours=13, minutes=59)
        first = send(blog, clock)
        clock.forward(minutes=2)
        assert send(blog, clock) == first

    def test_later_is_a_comment_of_its_own(self, blog: Blog, clock: Clock) -> None:
        first = send(blog, clock)
        clock.forward(minutes=11)
        second = send(blog, clock)
        assert second.case.id != first.case.id
        assert "repeated" in " ".join(second.case.notes)

    @pytest.mark.parametrize(
        ("form", "thread", "address"),
        [
            (Form(author="Berta", body=GOOD.body), "hola", "192.0.2.7"),
            (Form(author="Aitor", body="Otra cosa"), "hola", "192.0.2.7"),
            (GOOD, "otra", "192.0.2.7"),
            (GOOD, "hola", "192.0.2.8"),
            (GOOD, "hola", "2001:db8::1"),
        ],
    )
    def test_from_somebody_else_or_elsewhere_is_a_comment_of_its_own(
        self, blog: Blog, clock: Clock, form: Form, thread: str, address: str
    ) -> None:
        send(blog, clock)
        send(blog, clock, form, thread, address)
        assert len(to_decide(blog)) == 2

    def test_at_the_same_instant_is_one_comment(self, blog: Blog, clock: Clock) -> None:
        receipts: list[Receipt] = []
        threads = [
            threading.Thread(target=lambda: receipts.append(send(blog, clock))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receipts) == 8
        assert len({receipt.case.reference for receipt in receipts}) == 1


class TestAnAddress:
    def mails(self, blog: Blog) -> list[tuple[str, str]]:
        """What waits to be sent: kind and language of its address."""
        with blog.store.read() as connection:
            query = select(mail.c.kind, address.c.lang).join(address)
            return [(row.kind, row.lang) for row in connection.execute(query)]

    def test_that_is_none_is_a_fault_beside_the_others(self, blog: Blog, clock: Clock) -> None:
        with pytest.raises(InvalidComment) as caught:
            send(blog, clock, Form(author="", body="", email="aitor"))
        assert list(caught.value.by_field) == ["author", "body", "email"]
        assert to_decide(blog) == []

    def test_is_kept_for_its_comment_and_gets_the_receipt(self, blog: Blog, clock: Clock) -> None:
        case = send(blog, clock, replace(GOOD, email=" aitor@example.org ", lang="eu")).case
        assert case.has_address
        assert self.mails(blog) == [("R1", "eu")]

    def test_leaves_nothing_that_can_be_read(self, blog: Blog, clock: Clock) -> None:
        send(blog, clock, replace(GOOD, email="aitor@example.org"))
        with blog.store.read() as connection:
            for table in metadata.tables.values():
                for row in connection.execute(select(table)):
                    assert "aitor@" not in str(row)

    def test_that_was_not_given_asks_for_no_mail(self, blog: Blog, clock: Clock) -> None:
        assert not send(blog, clock).case.has_address
        assert self.mails(blog) == []

    def test_is_part_of_what_makes_two_posts_one(self, blog: Blog, clock: Clock) -> None:
        first = send(blog, clock, replace(GOOD, email="aitor@example.org"))
        again = send(blog, clock, replace(GOOD, email="Aitor@EXAMPLE.org"))
        assert again == first
        assert send(blog, clock, replace(GOOD, email="berta@example.org")) != first
        assert send(blog, clock) != first
        assert self.mails(blog) == [("R1", "es"), ("R1", "es")]


class TestASeal:
    """Without one, posts are told apart by what they say and where they come from."""

    def sealed(self, blog: Blog, clock: Clock, thread: str = "hola", **changed: object) -> Form:
        return replace(GOOD, seal=seals.seal(blog, thread, clock()), **changed)  # type: ignore[arg-type]

    def test_makes_a_retry_one_comment_whenever_and_wherever_it_comes(
        self, blog: Blog, clock: Clock
    ) -> None:
        form = self.sealed(blog, clock)
        first = send(blog, clock, form)
        clock.forward(hours=3)
        assert send(blog, clock, form, address="198.51.100.1") == first
        assert len(to_decide(blog)) == 1

    def test_makes_a_double_click_one_comment(self, blog: Blog, clock: Clock) -> None:
        form = self.sealed(blog, clock)
        places = [f"192.0.2.{n}" for n in range(8)]  # as if by several networks at once
        receipts: list[Receipt] = []
        threads = [
            threading.Thread(
                target=lambda at=at: receipts.append(send(blog, clock, form, address=at))
            )
            for at in places
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receipts) == 8
        assert len({receipt.case.reference for receipt in receipts}) == 1

    def test_of_two_tabs_with_the_same_words_makes_one_comment(
        self, blog: Blog, clock: Clock
    ) -> None:
        assert send(blog, clock, self.sealed(blog, clock)) == send(
            blog, clock, self.sealed(blog, clock)
        )

    def test_never_swallows_a_text_that_was_changed_after_it_was_sent(
        self, blog: Blog, clock: Clock
    ) -> None:
        form = self.sealed(blog, clock)
        send(blog, clock, form)
        send(blog, clock, replace(form, body="Y otra cosa."))
        send(blog, clock, replace(form, private=True))
        send(blog, clock, replace(form, email="aitor@example.org"))
        assert len(to_decide(blog)) == 4

    def test_of_a_stranger_who_says_the_same_gives_a_receipt_of_their_own(
        self, blog: Blog, clock: Clock
    ) -> None:
        first = send(blog, clock, self.sealed(blog, clock))
        assert send(blog, clock, self.sealed(blog, clock), address="198.51.100.1") != first
        assert send(blog, clock, address="198.51.100.2") != first
        assert len(to_decide(blog)) == 3

    def test_that_is_none_of_ours_is_no_fault(self, blog: Blog, clock: Clock) -> None:
        other = seals.seal(blog, "otra", clock())
        good = seals.seal(blog, "hola", clock())
        name, at, signature = good.split(".")
        wrong = [
            "x",
            "..",
            "a" * 70_000,
            other,
            f"{name}.{at}",
            f"{name}.{int(at) + 1}.{signature}",
        ]
        wrong += [f"{name}.{at}.{signature[:-1]}é", f"{name}.²³.{signature}", good.upper()]
        for number, seal in enumerate(wrong):
            case = send(blog, clock, replace(GOOD, body=f"Texto {number}", seal=seal)).case
            assert case.notes == ()
        with blog.store.read() as connection:
            assert connection.execute(select(comment.c.seal)).scalars().all() == [None] * len(wrong)

    def test_serves_whoever_writes_for_hours_and_not_for_ever(
        self, blog: Blog, clock: Clock
    ) -> None:
        seal = seals.seal(blog, "hola", clock())
        clock.forward(hours=3)
        assert seals.name_in(blog, "hola", seal, clock())
        clock.forward(days=2)
        assert seals.name_in(blog, "hola", seal, clock()) is None

    def test_from_a_node_whose_clock_is_ahead_serves_too(self, blog: Blog, clock: Clock) -> None:
        seal = seals.seal(blog, "hola", clock() + timedelta(minutes=4))
        assert seals.name_in(blog, "hola", seal, clock())
        seal = seals.seal(blog, "hola", clock() + timedelta(minutes=6))
        assert seals.name_in(blog, "hola", seal, clock()) is None


class TestAPrivateComment:
    @pytest.fixture
    def case(self, blog: Blog, clock: Clock) -> Case:
        return send(blog, clock, replace(GOOD, private=True)).case

    def answer(
        self, blog: Blog, case: Case, by: Person, clock: Clock, answer_id: str, body: str = "Sí."
    ) -> Case:
        return answering.answer(
            blog, case.id, case.revision, body, by=by, answer_id=answer_id, now=clock()
        )

    def outbox(self, blog: Blog) -> int:
        with blog.store.read() as connection:
            return outbox.queue(connection).count

    def test_waits_as_what_it_is(self, blog: Blog, case: Case) -> None:
        assert case.private
        assert case.visibility is Visibility.PRIVATE
        assert to_decide(blog) == [case]

    def test_is_never_published(
        self, blog: Blog, case: Case, moderator: Person, clock: Clock
    ) -> None:
        with pytest.raises(AlreadyDecided):
            moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        self.answer(blog, case, moderator, clock, new_id(clock()))
        with pytest.raises(AlreadyDecided):
            moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        assert self.outbox(blog) == 0

    def test_is_answered_in_private_and_leaves_the_tray(
        self, blog: Blog, case: Case, moderator: Person, clock: Clock
    ) -> None:
        clock.forward(hours=1)
        after = self.answer(blog, case, moderator, clock, new_id(clock()), "Con **gusto**.")
        assert after.visibility is Visibility.PRIVATE
        assert after.attention is Attention.ANSWERED
        assert to_decide(blog) == []
        with blog.store.read() as connection:
            record = events.of_case(connection, case.id)
            (said,) = given(connection, after, record)
            assert is_sound(record)
            assert "gusto" not in str(record)
            answers = select(func.count()).where(comment.c.kind == Kind.ANSWER)
            assert connection.execute(answers).scalar_one() == 0
        assert (said.body, said.author, said.date) == ("Con **gusto**.", "Ada Ejemplo", clock())
        assert self.outbox(blog) == 0

    def test_gets_one_answer_from_a_form_that_was_sent_twice(
        self, blog: Blog, case: Case, moderator: Person, clock: Clock
    ) -> None:
        answer_id = new_id(clock())
        self.answer(blog, case, moderator, clock, answer_id)
        self.answer(blog, case, moderator, clock, answer_id)
        with blog.store.read() as connection:
            record = events.of_case(connection, case.id)
        assert [each.kind for each in record].count(EventKind.ANSWERED) == 1
        with pytest.raises(AlreadyDecided):
            self.answer(blog, case, moderator, clock, answer_id, "Otra cosa.")

    def test_may_be_answered_again(
        self, blog: Blog, case: Case, moderator: Person, clock: Clock
    ) -> None:
        for body in ("Uno.", "Dos."):
            clock.forward(minutes=1)
            self.answer(blog, case, moderator, clock, new_id(clock()), body)
        with blog.store.read() as connection:
            said = given(connection, case, events.of_case(connection, case.id))
        assert [each.body for each in said] == ["Uno.", "Dos."]

    def test_loses_its_answers_with_its_words(
        self, blog: Blog, case: Case, moderator: Person, clock: Clock
    ) -> None:
        self.answer(blog, case, moderator, clock, new_id(clock()))
        with blog.store.write() as connection:
            wordings.erase(connection, case.comment_id, clock())
            assert given(connection, case, events.of_case(connection, case.id)) == []

    def test_is_not_the_public_one_with_the_same_words(
        self, blog: Blog, case: Case, clock: Clock
    ) -> None:
        public = send(blog, clock).case
        assert public.id != case.id
        assert public.visibility is Visibility.HELD


class TestAFlood:
    def test_from_one_network_is_put_off(self, blog: Blog, clock: Clock) -> None:
        most = blog.settings.max_per_network
        with blog.store.write() as connection:
            send_row = select(func.count()).select_from(comment)
            assert connection.execute(send_row).scalar_one() == 0
        for n in range(most):
            send(blog, clock, Form(author="A", body=f"Comentario {n}"))
        with pytest.raises(TooMany) as caught:
            send(blog, clock, Form(author="A", body="Uno más"))
        assert caught.value.retry_after > 0
        send(blog, clock, Form(author="B", body="Otra red"), address="198.51.100.1")

    def test_from_one_subscriber_of_ipv6_is_one_network(self, blog: Blog, clock: Clock) -> None:
        send(blog, clock, address="2001:db8:1:2::1")
        send(blog, clock, address="2001:db8:1:2:ffff::9")
        assert len(to_decide(blog)) == 1


class TestAPrivateLink:
    @pytest.mark.parametrize("reference", ["2026-000002", "2025-000001", "x", "2026-" + "9" * 30])
    def test_does_not_open_another_reference(
        self, blog: Blog, clock: Clock, reference: str
    ) -> None:
        receipt = send(blog, clock)
        with pytest.raises(UnknownComment):
            track(blog, reference, receipt.token)

    @pytest.mark.parametrize("token", ["", "a" * 32, "é"])
    def test_does_not_open_with_another_token(self, blog: Blog, clock: Clock, token: str) -> None:
        receipt = send(blog, clock)
        with pytest.raises(UnknownComment):
            track(blog, receipt.case.reference, token)


class TestUnshowableText:
    def test_is_held_and_marked(
        self, blog: Blog, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("comments_service.markup.second_opinion.agrees", lambda *_: False)
        case = send(blog, clock).case
        assert case.decision is Decision.HELD
        assert not case.showable


class TestTheRecord:
    def test_holds_the_text_apart_from_the_chain(self, blog: Blog, clock: Clock) -> None:
        case = send(blog, clock).case
        with blog.store.write() as connection:
            (event,) = events.of_case(connection, case.id)
            assert event.text_digest
            assert "empresa" not in str(event)
            connection.execute(text("DELETE FROM event_text"))
            assert is_sound(events.of_case(connection, case.id))
