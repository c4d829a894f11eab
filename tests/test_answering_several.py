"""One text as the answer to several comments, on both databases, with a real mail server."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service import content_repo
from comments_service.domain.cases import Case, EventKind, is_sound
from comments_service.domain.comments import Comment
from comments_service.domain.states import Attention
from comments_service.errors import InvalidComment
from comments_service.store.people import Person
from comments_service.usecases import answering_several, claims, sources
from comments_service.usecases.answering_several import Answering
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.search import take_in
from comments_service.usecases.track import record_of
from comments_service.usecases.withdraw import erase
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.mailing import Hands, blog_with_mail, build_pages
from tests.support.mailserver import Sink, mail_server
from tests.support.people import hired

TEXT = "Abrimos el lunes."


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
    clock.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return Hands(blog, clock, moderator, sink)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def to(hands: Hands, case: Case) -> Answering:
    return Answering(case.id, case.revision, new_id(hands.clock()))


def answer(hands: Hands, *some: Answering, body: str = TEXT) -> answering_several.Answered:
    hands.clock.forward(seconds=1)
    return answering_several.answer(
        hands.blog, some[0], some[1:], body, seen=99, by=hands.person, now=hands.clock()
    )


def offered(hands: Hands, case: Case) -> tuple[list[int], frozenset[int]]:
    found, alike = answering_several.offered(
        hands.blog, case, by=hands.person, own=None, now=hands.clock()
    )
    return [each.id for each in found], alike


class TestOneText:
    def test_is_a_file_a_mail_and_a_record_of_its_own_for_each(self, hands: Hands) -> None:
        some = [
            hands.write(f"¿Pregunta {name}?", f"{name}@correo.example")
            for name in ("ana", "jon", "ada")
        ]
        for number in (1, 2, 3):
            hands.confirm(number)
        hands.send()
        before = len(hands.sink.taken)
        done = answer(hands, *(to(hands, each) for each in some))
        assert done.cases == tuple(each.id for each in some)
        assert done.left == ()
        hands.publish(some[0])
        hands.send()
        entries = content_repo.entries(hands.blog.comments_folder, "hola")
        given = [each for each in entries if isinstance(each, Comment) and each.answers]
        assert {each.answers for each in given} == {each.comment_id for each in some}
        assert len({each.id for each in given}) == len({each.number for each in given}) == 3
        assert {each.body for each in given} == {TEXT}
        told = [str(each["To"]) for each in hands.sink.taken[before:] if TEXT in text_of(each)]
        assert len(told) == len(set(told)) == 3
        for each in some:
            record = record_of(hands.blog, each).events
            assert is_sound(record)
            assert [e.kind for e in record].count(EventKind.ANSWERED) == 1

    def test_given_twice_is_one_answer_to_each(self, hands: Hands) -> None:
        some = [to(hands, hands.write(f"¿{each}?")) for each in ("Uno", "Dos")]
        assert answer(hands, *some).cases == answer(hands, *some).cases
        for each in some:
            kinds = [
                e.kind for e in record_of(hands.blog, case_of(hands.blog, each.case_id)).events
            ]
            assert kinds.count(EventKind.ANSWERED) == 1

    def test_leaves_out_what_a_colleague_answered_or_looks_at(self, hands: Hands) -> None:
        jon = hired(hands.blog, hands.person, "Jon Ibarra", hands.clock())
        first, answered, looked_at = (hands.write(f"¿{each}?") for each in ("Uno", "Dos", "Tres"))
        marked = [to(hands, each) for each in (first, answered, looked_at)]
        answer(hands, to(hands, answered), body="Otra cosa.")
        claims.claim(hands.blog, looked_at.id, by=jon, now=hands.clock())
        done = answer(hands, *marked)
        assert done.cases == (first.id,)
        assert [each.case.id for each in done.left] == [answered.id, looked_at.id]
        assert case_of(hands.blog, looked_at.id).is_waiting

    def test_with_a_place_to_fill_in_answers_none(self, hands: Hands) -> None:
        some = [hands.write(f"¿{each}?") for each in ("Uno", "Dos")]
        with pytest.raises(InvalidComment):
            answer(hands, *(to(hands, each) for each in some), body="El {fecha_limite}.")
        for each in some:
            assert case_of(hands.blog, each.id).attention is Attention.RECEIVED

    def test_is_given_in_private_to_whoever_wanted_no_publication(self, hands: Hands) -> None:
        first, private = hands.write("¿Uno?"), hands.write("¿Dos?", private=True)
        answer(hands, to(hands, first), to(hands, private))
        hands.publish(first)
        entries = content_repo.entries(hands.blog.comments_folder, "hola")
        assert private.comment_id not in {each.id for each in entries}
        record = record_of(hands.blog, private).events
        assert record[-1].data["private"] == 1


class TestOtherComments:
    def test_with_the_same_words_come_first_from_wherever_they_are(self, hands: Hands) -> None:
        words = "¿Cuándo abre la biblioteca del barrio de arriba?"
        case, near = hands.write(words), hands.write("¿Y los lunes?")
        same = hands.write(words, thread="otra")
        hands.write("No tiene que ver.", thread="otra")
        take_in(hands.blog)
        assert offered(hands, case) == ([same.id, near.id], frozenset({same.id}))

    def test_that_were_answered_or_refused_are_not_offered(self, hands: Hands) -> None:
        case, answered, refused = (hands.write(f"¿{each}?") for each in ("Uno", "Dos", "Tres"))
        answer(hands, to(hands, answered))
        hands.reject(refused)
        assert offered(hands, case) == ([], frozenset())


class TestSources:
    def note(self, hands: Hands, case: Case, title: str) -> None:
        sources.note(
            hands.blog, case.id, 99, title, "", "2026-11-22", by=hands.person, now=hands.clock()
        )

    def test_are_erased_with_the_texts_of_the_case(self, hands: Hands) -> None:
        case = hands.write("¿Uno?")
        self.note(hands, case, "Acta 12")
        body = sources.below(hands.blog, case, "Sí.")
        assert body == "Sí.\n\nFuentes:\n\n- Acta 12, consultado el 22 de noviembre de 2026"
        assert record_of(hands.blog, case).events[-1].data == {}
        erase(hands.blog, case.comment_id, by=hands.person, now=hands.clock())
        assert sources.below(hands.blog, case, "Sí.") == "Sí."

    @pytest.mark.parametrize(("lang", "heading"), [("eu", "Iturriak:"), ("en", "Sources:")])
    def test_are_written_in_the_language_of_the_comment(
        self, hands: Hands, lang: str, heading: str
    ) -> None:
        case = hands.write("¿Uno?", lang=lang)
        self.note(hands, case, "Acta 12")
        assert heading in sources.below(hands.blog, case, "Bai.").split("\n")
