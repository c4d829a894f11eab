"""Mails to those who work here, and to readers about what became of their comments: to a real
mail server. On both databases."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments_service import content_repo
from comments_service.domain.cases import Case, EventKind
from comments_service.domain.comments import Comment, Kind, Markup
from comments_service.mail.wording import VOICES, worded
from comments_service.store import people
from comments_service.store.people import Person
from comments_service.usecases import (
    asking,
    attend,
    clocks,
    colleagues,
    cutting,
    departments,
    extend,
    own_notices,
    reader,
    referrals,
)
from comments_service.usecases.answering import answer
from comments_service.usecases.assign import assign
from comments_service.usecases.blog import Blog
from comments_service.usecases.closing import in_words
from comments_service.usecases.moderate import case_of
from comments_service.usecases.own_notices import Wish
from comments_service.usecases.publish import publish
from comments_service.usecases.reader import Rating
from comments_service.usecases.track import receipt_for, record_of, track
from tests.support.fixtures import SITE_TOML, Clock
from tests.support.ids import new_id
from tests.support.mailing import ANA, Hands, blog_with_mail, build_pages
from tests.support.mailserver import Sink, mail_server
from tests.support.people import form_of, hired

ADA = "ada@pruebas.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten o'clock where the institution is."""

BUSY = "451 4.3.0 Try again"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def blog(blog_folder: object, database_url: str, sink: Sink) -> Iterator[Blog]:
    deadlines = "\n[deadlines]\ndecide = 1\nanswer = 5\n"
    (blog_folder / "content/site.toml").write_text(SITE_TOML + deadlines, "utf-8")  # type: ignore[operator]
    with blog_with_mail(blog_folder, database_url, sink.port) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def hands(
    blog: Blog, clock: Clock, moderator: Person, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Hands:
    build_pages(monkeypatch)
    clock.now = MONDAY
    return Hands(blog, clock, moderator, sink)


def written_to(hands: Hands, person: Person, email: str, notices: str | None = None) -> Person:
    """Somebody who gave an address on their own account page."""
    wish = Wish(email, notices or own_notices.chosen(hands.blog, person))
    own_notices.change(hands.blog, person, wish, now=hands.clock())
    return colleagues.person(hands.blog, person.id)


def colleague(hands: Hands, name: str, role: str = "moderator") -> Person:
    made = hired(hands.blog, hands.person, name, hands.clock(), role=role)
    return written_to(hands, made, f"{name.split()[0].lower()}@pruebas.example", "none")


def went(hands: Hands, to: str) -> list[str]:
    """Subjects of what came to an address, but of what its owner wrote an article on."""
    subjects = (str(each["Subject"]) for each in hands.sink.taken if each["To"] == to)
    return [each for each in subjects if "lo que has escrito" not in each]


def tick(hands: Hands, **later: float) -> None:
    """The clocks and the mails of one run, so much later."""
    hands.clock.forward(**later)
    clocks.run(hands.blog, hands.clock())
    hands.send()


class TestNewComments:
    def test_are_told_to_a_small_team_and_gathered(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA)
        hands.write("Uno.", email="")
        hands.send()
        for body in ("Dos.", "Tres."):
            hands.write(body, email="")
            tick(hands, minutes=2)
        assert went(hands, ADA) == ["Ha llegado un comentario"]
        tick(hands, minutes=12)
        assert went(hands, ADA) == ["Ha llegado un comentario", "Han llegado 2 comentarios"]
        assert "Dos." not in hands.sink.text(), "their words stay where one signs in"

    def test_that_somebody_decided_on_meanwhile_are_no_news(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA)
        hands.approve(hands.write(email=""))
        tick(hands, minutes=1)
        assert went(hands, ADA) == []

    def test_wait_for_the_hours_in_which_people_work(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA)
        hands.clock.now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
        hands.write(email="")
        tick(hands, hours=20)
        assert went(hands, ADA) == []
        hands.clock.now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
        tick(hands, seconds=1)
        assert went(hands, ADA) == ["Ha llegado un comentario"]

    @pytest.mark.parametrize("gone", ["stopped", "left"])
    def test_do_not_leave_for_somebody_who_works_here_no_more(
        self, hands: Hands, gone: str
    ) -> None:
        written_to(hands, hands.person, ADA, "none")
        bea = written_to(hands, colleague(hands, "Bea Dos"), "bea@pruebas.example", "each")
        hands.clock.now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
        hands.write(email="")
        tick(hands, minutes=1)
        if gone == "stopped":
            colleagues.stop(hands.blog, bea.id, by=hands.person, now=hands.clock())
        else:
            colleagues.leave(hands.blog, bea.id, 0, by=hands.person, now=hands.clock())
        hands.clock.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        tick(hands, minutes=1)
        assert went(hands, "bea@pruebas.example") == []

    def test_come_once_a_day_to_whoever_wants_that(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "daily")
        tick(hands, minutes=1)
        assert went(hands, ADA) == [], "nothing to do, no mail"
        hands.write(email="")
        tick(hands, minutes=5)
        assert went(hands, ADA) == []
        hands.clock.now = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
        for _ in range(3):
            tick(hands, minutes=30)
        assert went(hands, ADA).count("Los comentarios de hoy") == 1
        assert "Esperan a que alguien los lea: 1" in hands.sink.text(0)

    def test_are_told_daily_in_a_larger_team(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA)
        for name in ("Bea Dos", "Carla Tres", "Dora Cuatro"):
            colleague(hands, name)
        everyone = colleagues.everybody(hands.blog).here
        assert own_notices.chosen(hands.blog, replace(everyone[0], notices=None)) == "daily"

    def test_are_told_to_nobody_who_wants_none(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        hands.write(email="")
        tick(hands, minutes=20)
        assert went(hands, ADA) == []


class TestAWarning:
    def test_goes_to_who_looks_after_it_alone(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        bea = colleague(hands, "Bea Dos")
        case = hands.write(email="")
        assign(hands.blog, case.id, bea.id, was=None, by=hands.person, now=hands.clock())
        hands.clock.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        tick(hands, minutes=1)
        assert went(hands, "bea@pruebas.example") == [f"[{case.reference}] El plazo acaba pronto"]
        assert went(hands, ADA) == []

    def test_goes_to_the_substitute_of_somebody_away(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        bea, carla = colleague(hands, "Bea Dos"), colleague(hands, "Carla Tres")
        case = hands.write(email="")
        assign(hands.blog, case.id, bea.id, was=None, by=hands.person, now=hands.clock())
        away = form_of(bea, away_from="2026-11-24", substitute=str(carla.id))
        colleagues.change(hands.blog, bea.id, away, by=hands.person, now=hands.clock())
        hands.clock.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        tick(hands, minutes=1)
        assert went(hands, "carla@pruebas.example") == [f"[{case.reference}] El plazo acaba pronto"]
        assert went(hands, "bea@pruebas.example") == []

    def test_waits_for_the_hours_of_whom_it_goes_to(self, hands: Hands) -> None:
        bea = colleague(hands, "Bea Dos")
        case = hands.write(email="")
        assign(hands.blog, case.id, bea.id, was=None, by=hands.person, now=hands.clock())
        late = form_of(bea)
        late = replace(late, said={**late.said, "begins": "12:00", "ends": "18:00"})
        colleagues.change(hands.blog, bea.id, late, by=hands.person, now=hands.clock())
        hands.clock.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        tick(hands, minutes=1)
        assert went(hands, "bea@pruebas.example") == []
        tick(hands, minutes=60)
        assert len(went(hands, "bea@pruebas.example")) == 1

    def test_of_what_was_decided_before_it_leaves_is_dropped(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        case = hands.write(email="")
        hands.clock.now = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
        clocks.run(hands.blog, hands.clock())
        hands.approve(case)
        hands.send()
        assert went(hands, ADA) == []


Move = Callable[[Hands, Case], None]


def tracked(hands: Hands, case: Case):  # type: ignore[no-untyped-def]
    token = receipt_for(hands.blog, case_of(hands.blog, case.id)).token
    return track(hands.blog, case.reference, token)


def seen(hands: Hands, case: Case) -> int:
    return len(record_of(hands.blog, case).events)


def answered(hands: Hands, case: Case) -> str:
    hands.clock.forward(seconds=1)
    new = new_id(hands.clock())
    answer(
        hands.blog, case.id, case.revision, "Abre en mayo.",
        by=hands.person, answer_id=new, now=hands.clock(),
    )  # fmt: skip
    hands.publish(case)
    return new


def disputed(hands: Hands, case: Case) -> None:
    given = answered(hands, hands.approve(case))
    rating = Rating(given, useful=False, text="No era eso.")
    for _ in range(2):
        reader.rate(hands.blog, tracked(hands, case), rating, now=hands.clock())


def added_later(hands: Hands, case: Case) -> None:
    answered(hands, hands.approve(case))
    reader.add(hands.blog, tracked(hands, case), seen(hands, case), "Y más.", now=hands.clock())


def closed(hands: Hands, case: Case) -> None:
    hands.approve(case)
    words = "Lo lleva otra institución."
    number = seen(hands, case)
    in_words(hands.blog, case.id, number, words, by=hands.person, now=hands.clock())


def opened_again(hands: Hands, case: Case) -> None:
    closed(hands, case)
    hands.send()
    attend.reopen(hands.blog, case.id, by=hands.person, now=hands.clock())


def appealed(hands: Hands, case: Case) -> None:
    hands.reject(case)
    now = hands.clock.forward(seconds=1) or hands.clock()
    reader.appeal(hands.blog, tracked(hands, case), seen(hands, case), "No insulto.", now=now)


def looked_at_again(hands: Hands, case: Case) -> None:
    appealed(hands, case)
    bea = colleague(hands, "Bea Dos")
    attend.reopen(hands.blog, case.id, by=bea, now=hands.clock())


def refused_again(hands: Hands, case: Case) -> None:
    looked_at_again(hands, case)
    hands.send()
    hands.person = next(p for p in colleagues.everybody(hands.blog).here if p.login == "bea")
    hands.reject(case_of(hands.blog, case.id), "Sigue insultando.")


def extended(hands: Hands, case: Case) -> None:
    hands.approve(case)
    number, by = seen(hands, case), hands.person
    why = "Falta un informe."
    extend.extend(hands.blog, case.id, number, why, by=by, now=hands.clock())


MOVES: dict[str, tuple[Move, str, str]] = {
    "R8, of an answer that did not help": (disputed, "Volvemos a mirar", ""),
    "R8, of more words after an answer": (added_later, "Volvemos a mirar", ""),
    "R8, of what staff open again": (opened_again, "Volvemos a mirar", ""),
    "R7": (closed, "Hemos cerrado tu consulta", "Lo lleva otra institución."),
    "R9, in favour": (looked_at_again, "Resultado de tu reclamación", "Bea Dos"),
    "R9, against": (refused_again, "Resultado de tu reclamación", "Sigue insultando."),
    "R4b": (extended, "Necesitamos unos días más", "Falta un informe."),
}


class TestAReader:
    @pytest.mark.parametrize("name", MOVES)
    def test_is_told_once_though_the_mail_server_refuses_three_times(
        self, hands: Hands, name: str
    ) -> None:
        move, subject, words = MOVES[name]
        case = hands.write()
        hands.confirm()
        hands.send()
        move(hands, case)
        before = sum(subject in each for each in went(hands, ANA))
        hands.sink.answers += [BUSY] * 3
        for _ in range(12):
            hands.clock.forward(minutes=10)
            hands.send()
        told = [each for each in went(hands, ANA) if subject in each]
        assert len(told) == before + 1
        assert hands.sink.answers == []
        last = [each for each in hands.sink.taken if subject in str(each["Subject"])][-1]
        assert words in last.get_content()

    def test_that_was_given_another_date_is_not_given_one_more(self, hands: Hands) -> None:
        case = hands.write()
        extended(hands, case)
        before = case_of(hands.blog, case.id)
        assert (
            before.answer_by == before.resolve_by == datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC)
        )
        record = list(record_of(hands.blog, case).events)
        by, now = hands.person, hands.clock()
        assert extend.offer(hands.blog, before, record, by=by, now=now) is None


class TestAnotherDate:
    def test_has_warnings_of_its_own_and_is_told_when_it_passes(self, hands: Hands) -> None:
        case = hands.write()
        hands.confirm()
        hands.approve(case)
        works = departments.add(hands.blog, "Obras", by=hands.person, now=hands.clock())
        departments.change(
            hands.blog,
            works,
            "Obras",
            closed=False,
            email="obras@pruebas.example",
            by=hands.person,
            now=hands.clock(),
        )
        day = (hands.clock() + timedelta(days=2)).date().isoformat()
        asked = referrals.Form(works, "¿Cuándo?", day, True, 99)
        referrals.refer(hands.blog, case.id, asked, by=hands.person, now=hands.clock())
        self.wait_until_late(hands, case, 1)
        by, now = hands.person, hands.clock()
        extend.extend(hands.blog, case.id, 99, "Falta un informe.", by=by, now=now)
        self.wait_until_late(hands, case, 2)
        assert hands.clock() > case_of(hands.blog, case.id).resolve_by

    def wait_until_late(self, hands: Hands, case: Case, times: int) -> None:
        for _ in range(60):
            tick(hands, days=1)
            kinds = [each.kind for each in record_of(hands.blog, case).events]
            if kinds.count(EventKind.LATE) == times:
                return
        raise AssertionError("its reader was never told")


class TestOneMailboxOfSeveralPeople:
    def test_tells_the_author_among_them(self, hands: Hands) -> None:
        shared = "prensa@pruebas.example"
        with hands.blog.store.write() as connection:
            people.change(connection, hands.person.id, name="Otra Persona")
        for name, role, login in (
            ("Bea Dos", "moderator", "bea"),
            ("Ada Ejemplo", "author", "autora"),
        ):
            about = {"role": role, "login": login, "email": shared}
            hired(hands.blog, hands.person, name, hands.clock(), **about)
        hands.clock.forward(minutes=30)
        hands.approve(hands.write("¿Y la biblioteca?"))
        tick(hands, hours=1)
        subjects = [str(each["Subject"]) for each in hands.sink.taken if each["To"] == shared]
        assert "Hay un comentario nuevo en lo que has escrito" in subjects


def test_comments_that_came_with_their_files_are_no_news_to_the_author(hands: Hands) -> None:
    written_to(hands, hands.person, "ada@pruebas.example")
    old = Comment(
        id=new_id(hands.clock()),
        thread="hola",
        revision=1,
        number=1,
        kind=Kind.COMMENT,
        markup=Markup.MARKDOWN,
        author="Vecina",
        date=datetime(2019, 1, 1, tzinfo=UTC),
        body="De otro blog.",
        source="import",
    )
    content_repo.write(hands.blog.comments_folder, old)
    publish(hands.blog, hands.clock)
    tick(hands, hours=1)
    assert not [each for each in hands.sink.taken if "has escrito" in str(each["Subject"])]


class TestASecondLook:
    def test_is_asked_of_somebody_else_than_who_refused(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        colleague(hands, "Bea Dos")
        case = hands.write(email="")
        appealed(hands, case)
        hands.send()
        told = [f"[{case.reference}] Piden que otra persona lo mire"]
        assert went(hands, "bea@pruebas.example") == told
        assert went(hands, ADA) == []

    def test_of_a_cut_says_so(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        case = hands.write("¿Y la biblioteca? Sois tontos.")
        now, by = hands.clock(), hands.person
        cutting.cut(hands.blog, case.id, 1, "¿Y la biblioteca?", "Insulta.", by=by, now=now)
        now = hands.clock.forward(seconds=1) or hands.clock()
        reader.appeal(hands.blog, tracked(hands, case), seen(hands, case), "No insulto.", now=now)
        hands.send()
        (said,) = [each.get_content() for each in hands.sink.taken if each["To"] == ADA]
        assert f"Publicamos solo una parte del comentario {case.reference}" in said

    def test_is_asked_of_who_is_alone(self, hands: Hands) -> None:
        written_to(hands, hands.person, ADA, "none")
        appealed(hands, hands.write(email=""))
        hands.send()
        assert len(went(hands, ADA)) == 1


class TestWhatWaitedForAnAddress:
    """Between the mail's cause and the confirmation of the address everything may change."""

    def test_says_nothing_of_a_delay_that_is_over(self, hands: Hands) -> None:
        case = hands.write()
        tick(hands, days=3)
        assert EventKind.LATE in kinds_of(hands, case)
        hands.approve(case)
        hands.confirm()
        hands.send()
        told = went(hands, ANA)
        assert any("Publicado" in each or "publicado" in each for each in told)
        assert not any("Vamos con retraso" in each for each in told)

    def test_says_nothing_of_a_second_refusal_that_is_over(self, hands: Hands) -> None:
        case = hands.write()
        refused_again(hands, case)
        now, carla = hands.clock(), colleague(hands, "Carla Tres")
        attend.reopen(hands.blog, case.id, by=carla, now=now)
        hands.confirm()
        hands.send()
        assert "no publicarlo" not in "".join(each.get_content() for each in hands.sink.taken)


class TestWhoOpenedItAgainTwice:
    def test_is_not_offered_it_once_more(self, hands: Hands) -> None:
        case = hands.write()
        hands.confirm()
        closed(hands, case)
        hands.send()
        for words in ("Y más.", "Y aún más."):
            hands.clock.forward(seconds=1)
            sheet = tracked(hands, case)
            reader.add(hands.blog, sheet, seen(hands, case), words, now=hands.clock())
            now, by = hands.clock(), hands.person
            in_words(hands.blog, case.id, seen(hands, case), "Ya está.", by=by, now=now)
            hands.send()
        letters = [m.get_content() for m in hands.sink.taken if "cerrado" in str(m["Subject"])]
        assert ["la abriremos otra vez" in each for each in letters] == [True, True, False]
        assert "escríbenos un comentario nuevo" in letters[-1]

    def test_hears_so_with_a_question_too(self, hands: Hands) -> None:
        case = hands.write()
        hands.confirm()
        hands.approve(case)
        question, by, now = "¿De qué barrio?", hands.person, hands.clock()
        asking.ask(hands.blog, case.id, seen(hands, case), question, by=by, now=now)
        hands.send()
        (said,) = [m.get_content() for m in hands.sink.taken if "un dato" in str(m["Subject"])]
        assert "Podrás pedir que lo abramos otra vez." in said


def kinds_of(hands: Hands, case: Case) -> list[EventKind]:
    return [each.kind for each in record_of(hands.blog, case).events]


BLANKS = "reference name department question due answer_by until private stop institution home"
CALLED = {
    True: re.compile(r"\b(tu|su) aviso|zure ohar|your report"),
    False: re.compile(r"\b(tu|su) comentario|zure iruzkin|your comment"),
}


@pytest.mark.parametrize("is_report", [True, False])
@pytest.mark.parametrize("lang", VOICES)
@pytest.mark.parametrize("kind", ["r4", "r4b", "r6", "r7", "r11"])
def test_a_report_is_called_a_report(kind: str, lang: str, is_report: bool) -> None:
    values = dict.fromkeys(BLANKS.split(), "x") | {"title": "", "words": "", "why": "no_answer"}
    for yes in (True, False):
        asked = dict.fromkeys(["is_later", "is_again", "may_reopen", "another"], yes)
        said = "".join(worded(lang, kind, values | asked | {"is_report": is_report})).lower()
        assert CALLED[is_report].search(said)
        assert not CALLED[not is_report].search(said)
