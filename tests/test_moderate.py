"""Deciding on comments, and the people who may. On both databases."""

import threading
from pathlib import Path

import pytest

from comments_service import content_repo
from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import Comment, Kind, Markup
from comments_service.domain.standing import fold
from comments_service.domain.states import Attention, Decision, Visibility
from comments_service.errors import (
    AlreadyDecided,
    InvalidComment,
    LinkExpired,
    UnknownComment,
    Unshowable,
)
from comments_service.store import cases, events, outbox, publication
from comments_service.store.people import Person
from comments_service.usecases import people, sessions
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import (
    PAGE_OF_DECIDED,
    approve,
    case_of,
    decided,
    reject,
)
from comments_service.usecases.submit import Form, submit
from tests.support.fixtures import Clock, rules_json
from tests.support.ids import new_id
from tests.support.waiting import queue, to_decide

RULE = (2, 3)


@pytest.fixture
def rules(blog_folder: Path) -> None:
    """Of the built site: rule 2, in force in its third version."""
    versions = ((2, version, f"2026-0{version}-01", "Respeto") for version in (1, 2, 3))
    later = (2, 4, "2026-11-21", "Respeto")
    (blog_folder / "output" / "rules.json").write_text(rules_json(*versions, later), "utf-8")


@pytest.fixture
def held(blog: Blog, clock: Clock) -> Case:
    form = Form(author="Aitor", body="¿Blog o red social?")
    sent = submit(blog, "hola", form, address="192.0.2.7", comment_id=new_id(clock()), now=clock())
    clock.forward(minutes=5)
    return sent.case


def record(blog: Blog, case: Case) -> list[EventKind]:
    with blog.store.read() as connection:
        events_ = events.of_case(connection, case.id)
    assert is_sound(events_)
    now = case_of(blog, case.id)
    standing = fold(events_)
    assert (standing.decision, standing.attention) == (now.decision, now.attention)
    return [event.kind for event in events_]


def asked_for(blog: Blog, clock: Clock) -> list[str]:
    with blog.store.write() as connection:
        rows = outbox.claim(connection, "test", clock())
        outbox.release(connection)
    return [row.comment_id for row in rows]


class TestApproving:
    def test_numbers_the_comment_and_asks_for_its_publication(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        case = approve(blog, held.id, 1, by=moderator, now=clock())
        assert case.visibility is Visibility.APPROVED
        assert case.number == 1
        assert asked_for(blog, clock) == [case.comment_id]
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.APPROVED]

    def test_leaves_the_wording_alone(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        approve(blog, held.id, 1, by=moderator, now=clock())
        with blog.store.read() as connection:
            public = publication.wording(connection, held.comment_id, 1)
        assert public
        assert (public.author, public.body, public.date) == (
            held.author,
            held.body,
            held.received_at,
        )

    def test_numbers_on_from_the_files(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        earlier = Comment(
            id=new_id(clock()),
            thread="hola",
            revision=1,
            number=12,
            kind=Kind.COMMENT,
            markup=Markup.MARKDOWN,
            author="Ada",
            date=clock(),
            body="Hola.",
        )
        content_repo.write(blog.comments_folder, earlier)
        assert approve(blog, held.id, 1, by=moderator, now=clock()).number == 13

    def test_again_is_a_conflict_and_changes_nothing(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        approve(blog, held.id, 1, by=moderator, now=clock())
        before = record(blog, held)
        with pytest.raises(AlreadyDecided):
            approve(blog, held.id, 1, by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            reject(blog, held.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        assert record(blog, held) == before

    def test_a_revision_that_is_not_the_newest_is_a_conflict(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        with pytest.raises(AlreadyDecided):
            approve(blog, held.id, 2, by=moderator, now=clock())
        assert case_of(blog, held.id).decision is Decision.HELD

    def test_by_many_at_once_gives_one_decision_and_clear_conflicts(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        outcomes: list[str] = []

        def work() -> None:
            try:
                approve(blog, held.id, 1, by=moderator, now=clock())
                outcomes.append("approved")
            except AlreadyDecided:
                outcomes.append("conflict")

        threads = [threading.Thread(target=work) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["approved"] + ["conflict"] * 9
        assert len(asked_for(blog, clock)) == 1

    def test_what_cannot_be_shown_safely_is_refused(
        self, blog: Blog, clock: Clock, moderator: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("comments_service.markup.second_opinion.agrees", lambda *_: False)
            form = Form(author="Aitor", body="Raro")
            sent = submit(blog, "hola", form, address="", comment_id=new_id(clock()), now=clock())
        with pytest.raises(Unshowable):
            approve(blog, sent.case.id, 1, by=moderator, now=clock())
        assert asked_for(blog, clock) == []

    def test_a_case_that_does_not_exist_is_unknown(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        with pytest.raises(UnknownComment):
            approve(blog, 999, 1, by=moderator, now=clock())


@pytest.mark.usefixtures("rules")
class TestRejecting:
    def test_keeps_the_rule_and_the_reason_and_publishes_nothing(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        case = reject(
            blog,
            held.id,
            1,
            rule=RULE,
            reason=" Nombra a\r\nuna persona. ",
            by=moderator,
            now=clock(),
        )
        assert case.visibility is Visibility.REJECTED
        assert (case.rule, case.rule_version) == (2, 3)
        assert case.reason == " Nombra a\nuna persona. "
        assert case.attention is Attention.CLOSED
        assert asked_for(blog, clock) == []
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.REJECTED]

    @pytest.mark.parametrize("rule", [None, (2, 2), (2, 4), (3, 1)])
    def test_by_no_rule_in_force_is_refused(
        self,
        blog: Blog,
        clock: Clock,
        held: Case,
        moderator: Person,
        rule: tuple[int, int] | None,
    ) -> None:
        with pytest.raises(InvalidComment) as caught:
            reject(blog, held.id, 1, rule=rule, reason="No.", by=moderator, now=clock())
        assert list(caught.value.by_field) == ["rule"]
        assert case_of(blog, held.id).decision is Decision.HELD

    def test_goes_by_the_day_of_the_institution(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        clock.forward(hours=13)  # midnight there, not yet in UTC
        case = reject(blog, held.id, 1, rule=(2, 4), reason="No.", by=moderator, now=clock())
        assert case.rule_version == 4

    @pytest.mark.parametrize("reason", ["", "  \n ", "x" * 2_001])
    def test_without_a_reason_is_refused(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person, reason: str
    ) -> None:
        with pytest.raises(InvalidComment):
            reject(blog, held.id, 1, rule=RULE, reason=reason, by=moderator, now=clock())
        assert case_of(blog, held.id).decision is Decision.HELD


class TestAnswering:
    def answer(
        self, blog: Blog, clock: Clock, case: Case, by: Person, body: str = "Las dos."
    ) -> Case:
        return answer(blog, case.id, 1, body, by=by, answer_id=new_id(clock()), now=clock())

    def test_publishes_the_comment_and_the_answer_under_it(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        case = self.answer(blog, clock, held, moderator)
        assert case.attention is Attention.ANSWERED
        assert case.visibility is Visibility.APPROVED
        first, second = asked_for(blog, clock)
        assert first == held.comment_id
        with blog.store.read() as connection:
            said = publication.wording(connection, second, 1)
        assert said
        assert (said.kind, said.answers, said.in_reply_to) == (
            Kind.ANSWER,
            held.comment_id,
            held.comment_id,
        )
        assert (said.author, said.position, said.department) == (
            "Ada Ejemplo",
            "Gestora de comunidad",
            "Participación",
        )
        assert (case.number, said.number) == (1, 2)
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.APPROVED, EventKind.ANSWERED]

    def test_a_comment_that_is_public_already(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        approve(blog, held.id, 1, by=moderator, now=clock())
        self.answer(blog, clock, held, moderator)
        self.answer(blog, clock, held, moderator, "Y otra cosa.")
        assert len(asked_for(blog, clock)) == 3

    def test_a_rejected_comment_in_public_is_refused(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        reject(blog, held.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            self.answer(blog, clock, held, moderator)

    def test_with_nothing_is_refused_and_decides_nothing(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        with pytest.raises(InvalidComment):
            self.answer(blog, clock, held, moderator, " ")
        assert case_of(blog, held.id).decision is Decision.HELD

    def test_has_no_case_of_its_own(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        self.answer(blog, clock, held, moderator)
        with blog.store.read() as connection:
            assert cases.by_comment(connection, asked_for(blog, clock)[1]) is None

    def test_by_four_clicks_at_once_gives_one_answer(
        self, blog: Blog, held: Case, clock: Clock, moderator: Person
    ) -> None:
        answer_id, together = new_id(clock()), threading.Barrier(4)
        done: list[Case | Exception] = []

        def click() -> None:
            together.wait()
            try:
                sent = {"by": moderator, "answer_id": answer_id, "now": clock()}
                done.append(answer(blog, held.id, 1, "Sí.", **sent))  # type: ignore[arg-type]
            except Exception as error:  # told below
                done.append(error)

        clicks = [threading.Thread(target=click) for _ in range(4)]
        for each in clicks:
            each.start()
        for each in clicks:
            each.join()
        assert [each for each in done if isinstance(each, Exception)] == []
        assert record(blog, held).count(EventKind.ANSWERED) == 1


class TestWhatWaits:
    def test_shows_what_waits_and_what_was_decided(
        self, blog: Blog, clock: Clock, held: Case, moderator: Person
    ) -> None:
        assert [case.id for case in to_decide(blog)] == [held.id]
        approve(blog, held.id, 1, by=moderator, now=clock())
        assert to_decide(blog) == []
        assert queue(blog).count == 1

    def test_shows_decisions_a_page_at_a_time_and_each_once(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        made = []
        for number in range(2 * PAGE_OF_DECIDED + 1):
            form, now = Form(author="Aitor", body=f"Número {number}"), clock()
            case = submit(blog, "hola", form, address="", comment_id=new_id(now), now=now).case
            if number % 3:  # several in the same second
                clock.forward(seconds=1)
            made.append(approve(blog, case.id, 1, by=moderator, now=clock()))
        seen, page = [], decided(blog)
        while page.has_older:
            assert len(page.cases) == PAGE_OF_DECIDED
            seen += page.cases
            page = decided(blog, page.cases[-1])
        seen += page.cases
        assert [case.id for case in seen[:1]] == [made[-1].id]
        assert sorted(case.id for case in seen) == [case.id for case in made]
        assert decided(blog, seen[-1]).cases == ()


ACCOUNT = people.Account(login=" Ada ", name="Ada Ejemplo", password="una frase larga")


class TestTheFirstAdministrator:
    def test_is_made_by_a_one_time_link_and_signed_in(self, blog: Blog, clock: Clock) -> None:
        token = people.first_administrator_token(blog, clock())
        assert token
        people.check_first_administrator_token(blog, token, clock())
        signed_in = people.make_first_administrator(blog, token, ACCOUNT, now=clock())
        session = sessions.session(blog, signed_in.token, clock())
        assert session
        assert session.person.login == "ada"

    def test_is_made_once(self, blog: Blog, clock: Clock) -> None:
        token = people.first_administrator_token(blog, clock())
        assert token
        people.make_first_administrator(blog, token, ACCOUNT, now=clock())
        with pytest.raises(LinkExpired):
            people.make_first_administrator(blog, token, ACCOUNT, now=clock())
        assert people.first_administrator_token(blog, clock()) is None

    def test_hears_every_fault_at_once_and_keeps_the_link(self, blog: Blog, clock: Clock) -> None:
        token = people.first_administrator_token(blog, clock())
        assert token
        with pytest.raises(InvalidComment) as caught:
            form = people.Account(login="", name=" ", password="corta")
            people.make_first_administrator(blog, token, form, now=clock())
        assert list(caught.value.by_field) == ["login", "name", "password"]
        people.make_first_administrator(blog, token, ACCOUNT, now=clock())
