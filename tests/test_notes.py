"""Colleagues leave notes about a comment and ask each other to read it; on both databases, with a
real mail server."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.filters import Filters
from comments_service.errors import AlreadyDecided, InvalidComment
from comments_service.store import events
from comments_service.store.people import Person
from comments_service.usecases import notes, own_notices, withdraw
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.notes import Note
from comments_service.usecases.own_notices import Wish
from comments_service.usecases.track import record_of
from comments_service.usecases.tray import tray
from tests.support.fixtures import Clock
from tests.support.mailing import Hands, blog_with_mail, build_pages
from tests.support.mailserver import Sink, mail_server
from tests.support.people import hired

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
JON, MIREN = "jon@pruebas.example", "miren@pruebas.example"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def blog(blog_folder: Path, database_url: str, sink: Sink) -> Iterator[Blog]:
    with blog_with_mail(blog_folder, database_url, sink.port) as opened:
        yield opened


@pytest.fixture
def hands(
    blog: Blog, clock: Clock, moderator: Person, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Hands:
    build_pages(monkeypatch)
    clock.now = MONDAY
    return Hands(blog, clock, moderator, sink)


def colleague(hands: Hands, name: str, email: str, role: str = "moderator") -> Person:
    """Somebody with an address, who wants to be told of no new comments."""
    made = hired(hands.blog, hands.person, name, hands.clock(), role=role)
    own_notices.change(hands.blog, made, Wish(email, "none"), now=hands.clock())
    return made


@pytest.fixture
def jon(hands: Hands) -> Person:
    return colleague(hands, "Jon Ibarra", JON)


@pytest.fixture
def case(hands: Hands) -> Case:
    return hands.write("¿Y la biblioteca secreta?")


def leave(hands: Hands, case: Case, text: str, by: Person | None = None, seen: int = 99) -> None:
    hands.clock.forward(seconds=1)
    notes.note(hands.blog, case.id, seen, text, by=by or hands.person, now=hands.clock())


def ask(hands: Hands, case: Case, to: Person, question: str = "¿Lo ves claro?") -> None:
    hands.clock.forward(seconds=1)
    by, now = hands.person, hands.clock()
    notes.ask_to_read(hands.blog, case.id, 99, to.id, question, by=by, now=now)


def written(hands: Hands, case: Case) -> list[Note]:
    record = record_of(hands.blog, case).events
    return notes.notes(hands.blog, record, texts(hands, case))


def texts(hands: Hands, case: Case) -> dict[int, str]:
    with hands.blog.store.read() as connection:
        return events.texts(connection, case.id)


def told(hands: Hands, to: str) -> list[str]:
    """What came to an address, of which a colleague is the cause."""
    hands.send()
    mails = [each for each in hands.sink.taken if each["To"] == to]
    causes = re.compile("leas un comentario|te nombran|borrador", re.IGNORECASE)
    return [each.get_content() for each in mails if causes.search(str(each["Subject"]))]


def marked(hands: Hands, person: Person) -> frozenset[int]:
    now = hands.clock()
    return tray(hands.blog, Filters(), by=person, own=None, is_team=True, now=now).beside.to_read


class TestANote:
    def test_is_kept_with_its_author_and_changes_nothing_else(
        self, hands: Hands, jon: Person, case: Case
    ) -> None:
        before = case_of(hands.blog, case.id)
        leave(hands, case, "Ya preguntó lo mismo en mayo.", jon)
        (note,) = written(hands, case)
        assert (note.name, note.text, note.asked) == (
            "Jon Ibarra",
            "Ya preguntó lo mismo en mayo.",
            "",
        )
        assert case_of(hands.blog, case.id) == before

    def test_of_a_second_click_is_there_once(self, hands: Hands, case: Case) -> None:
        seen = len(record_of(hands.blog, case).events)
        leave(hands, case, "Una vez.", seen=seen)
        leave(hands, case, "Una vez.", seen=seen)
        assert len(written(hands, case)) == 1

    def test_without_words_is_none(self, hands: Hands, case: Case) -> None:
        with pytest.raises(InvalidComment):
            leave(hands, case, " \u200b ")
        assert not written(hands, case)

    def test_mails_once_whoever_it_names_and_nobody_else(
        self, hands: Hands, jon: Person, case: Case
    ) -> None:
        colleague(hands, "Miren Gil", MIREN)
        leave(hands, case, "@jon, mira el dato secreto. Escribe a a@miren.example")
        (mail,) = told(hands, JON)
        assert f"te nombra en una nota del comentario {case.reference}" in mail
        assert f"/gestion/comentario/{case.reference}" in mail
        assert "secret" not in mail
        assert not told(hands, MIREN)
        assert len(told(hands, JON)) == 1

    def test_is_erased_with_the_words_of_the_case(
        self, hands: Hands, jon: Person, case: Case
    ) -> None:
        leave(hands, case, "@jon Vive en la calle Mayor.")
        withdraw.erase(hands.blog, case.comment_id, by=hands.person, now=hands.clock())
        assert not written(hands, case)
        assert not texts(hands, case)
        assert not told(hands, JON)
        with pytest.raises(AlreadyDecided):
            leave(hands, case, "Otra más.")


class TestNames:
    def test_are_known_whatever_their_accents_and_by_the_first_one_where_it_is_alone(
        self, hands: Hands, jon: Person
    ) -> None:
        one = colleague(hands, "Íñigo Sáez", "inigo@pruebas.example")
        made = [jon, one]
        assert notes.mentioned("Lo sabe @IÑIGO SAEZ.", made) == [one]
        assert notes.mentioned("@iñigo y @Jon", made) == [jon, one]
        assert notes.mentioned("@jonas, jon@correo.example, Jon", made) == []

    def test_that_two_share_are_written_whole(self, hands: Hands, jon: Person) -> None:
        form = {"login": "jon2"}
        other = hired(hands.blog, hands.person, "Jon Arana", hands.clock(), **form)
        assert notes.mentioned("@jon, ¿qué te parece?", [jon, other]) == []
        assert notes.mentioned("@Jon Arana, ¿qué te parece?", [jon, other]) == [other]


class TestASecondReading:
    def test_is_asked_of_one_person_by_mail_and_in_their_list(
        self, hands: Hands, jon: Person, case: Case
    ) -> None:
        ask(hands, case, jon, "¿Es ofensivo?")
        (mail,) = told(hands, JON)
        assert f"te pide que leas el comentario {case.reference}" in mail
        assert "ofensivo" not in mail
        assert written(hands, case)[0].asked == "Jon Ibarra"
        assert marked(hands, jon) == {case.id}
        assert not marked(hands, hands.person)

    def test_is_marked_until_that_person_does_something(
        self, hands: Hands, jon: Person, case: Case
    ) -> None:
        ask(hands, case, jon)
        leave(hands, case, "Sin prisa.")
        assert marked(hands, jon) == {case.id}
        leave(hands, case, "A mí me parece bien.", jon)
        assert not marked(hands, jon)

    def test_needs_no_address(self, hands: Hands, case: Case) -> None:
        quiet = hired(hands.blog, hands.person, "Miren Gil", hands.clock())
        ask(hands, case, quiet)
        assert marked(hands, quiet) == {case.id}

    def test_is_asked_only_of_those_who_may_open_it(self, hands: Hands, case: Case) -> None:
        stranger = colleague(hands, "Miren Gil", MIREN, role="respondent")
        with pytest.raises(InvalidComment):
            ask(hands, case, stranger)
        leave(hands, case, "@Miren, ¿tú qué dices?")
        assert not told(hands, MIREN)
        kinds = [event.kind for event in record_of(hands.blog, case).events]
        assert EventKind.SECOND_READING not in kinds
