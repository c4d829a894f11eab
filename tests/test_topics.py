"""Saying what a comment is about, and that it is delicate; on both databases, with real mails."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service.domain.cases import EventKind
from comments_service.errors import InvalidComment
from comments_service.store.people import Person
from comments_service.usecases import departments, own_notices, topics
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.own_notices import Wish
from comments_service.usecases.track import record_of
from tests.support.fixtures import Clock
from tests.support.mailing import Hands, blog_with_mail
from tests.support.mailserver import Sink, mail_server
from tests.support.people import hired

SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def blog(blog_folder: Path, database_url: str, sink: Sink) -> Iterator[Blog]:
    with blog_with_mail(blog_folder, database_url, sink.port) as opened:
        yield opened


@pytest.fixture
def hands(blog: Blog, clock: Clock, moderator: Person, sink: Sink) -> Hands:
    clock.now = SUNDAY
    wish = Wish("ada@pruebas.example", "none")
    own_notices.change(blog, moderator, wish, now=clock())
    departments.add_topic(blog, "Ruido", 0, by=moderator, now=clock())
    return Hands(blog, clock, moderator, sink)


def colleague(hands: Hands, name: str, role: str) -> Person:
    made = hired(hands.blog, hands.person, name, hands.clock(), role=role)
    wish = Wish(f"{name.lower()}@pruebas.example", "none")
    own_notices.change(hands.blog, made, wish, now=hands.clock())
    return made


def sort(hands: Hands, of: int, topic: int | None, by: Person, *, risk: bool = False) -> None:
    hands.clock.forward(seconds=1)
    topics.sort(hands.blog, of, topic, risk=risk, by=by, now=hands.clock())


def warned(hands: Hands) -> list[str]:
    """To whom it went that a comment is delicate."""
    hands.send()
    return sorted(str(m["To"]) for m in hands.sink.taken if "delicado" in str(m["Subject"]))


class TestTheTopic:
    def test_is_kept_and_taken_away_each_with_its_event(self, hands: Hands) -> None:
        case = hands.write()
        for wanted in (1, 1, None):
            sort(hands, case.id, wanted, hands.person)
            assert case_of(hands.blog, case.id).topic_id == wanted
        kinds = [event.kind for event in record_of(hands.blog, case).events]
        assert kinds.count(EventKind.TOPIC_SET) == 2

    def test_is_one_of_those_that_are_open(self, hands: Hands) -> None:
        case = hands.write()
        departments.change_topic(
            hands.blog, 1, "Ruido", 0, closed=True, by=hands.person, now=hands.clock()
        )
        assert not topics.choice(hands.blog, case)
        for wrong in (1, 7):
            with pytest.raises(InvalidComment):
                sort(hands, case.id, wrong, hands.person, risk=True)
        kept = case_of(hands.blog, case.id)
        assert (kept.topic_id, kept.risk) == (None, False)


class TestADelicateComment:
    def test_is_told_at_once_to_those_responsible_but_for_whoever_flagged_it(
        self, hands: Hands
    ) -> None:
        by = colleague(hands, "Jon", "manager")
        colleague(hands, "Miren", "manager")
        colleague(hands, "Iker", "moderator")
        case = hands.write()
        sort(hands, case.id, None, by, risk=True)
        assert case_of(hands.blog, case.id).risk
        told = ["ada@pruebas.example", "miren@pruebas.example"]
        assert warned(hands) == told
        sort(hands, case.id, 1, by, risk=True)
        assert warned(hands) == told

    def test_is_told_to_nobody_once_it_is_delicate_no_more(self, hands: Hands) -> None:
        by = colleague(hands, "Jon", "manager")
        case = hands.write()
        sort(hands, case.id, None, by, risk=True)
        sort(hands, case.id, None, by)
        assert not case_of(hands.blog, case.id).risk
        assert warned(hands) == []

    def test_is_told_to_nobody_where_one_person_is_alone(self, hands: Hands) -> None:
        case = hands.write()
        sort(hands, case.id, None, hands.person, risk=True)
        assert case_of(hands.blog, case.id).risk
        assert warned(hands) == []
