"""What runs out, with the clock moved hour by hour: who is told, when, and only once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service.domain.permissions import Role
from comments_service.store import people
from comments_service.usecases.tick import tick
from tests.support.institution import PASSWORD, Institution, institution, private_of, reference_of
from tests.support.people import hired
from tests.support.visitor import Page, Visitor

ADA, BEA, ANA = "ada@pruebas.example", "bea@pruebas.example", "ana@correo.example"
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
"""In Madrid an hour later. The Tuesday of the week after is a holiday."""

HOUR = timedelta(hours=1)
DEADLINES = '[deadlines]\ndecide = 1\nanswer = 5\nregion = "ES-PV"\n'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Institution]:
    with institution(tmp_path / "blog") as made:
        made.clock.now = MONDAY
        give_email(made, "ada", ADA)
        yield made


def give_email(office: Institution, login: str, email: str) -> None:
    """On one's own account page."""
    page = office.staff().get(f"{office.url}/gestion/cuenta")
    mine = {"own_password": PASSWORD, "notices": "none"}
    done = office.staff().send(page, "/cuenta/avisos", email=email, **mine)
    assert done.status == 200, done.text


def kind_of(mail: EmailMessage) -> str:
    subject = str(mail["Subject"])
    words = {
        "El plazo acaba pronto": "S3",
        "Fuera de plazo": "S4",
        "Nadie lo ha atendido": "S5",
        "Vamos con retraso": "R11",
        "comentarios de hoy": "S1",
        "Ha llegado un comentario": "S0",
        "Han llegado": "S0",
        "Seguimos esperando un dato": "R6 again",
        "Necesitamos un dato": "R6",
        "Hemos cerrado": "R7",
        "Piden que otra persona": "S6",
    }
    return next((kind for words, kind in words.items() if words in subject), "")


def hours(
    office: Institution, days: int, times: int = 1, step: int = 1
) -> list[tuple[str, str, str]]:
    """What left in each hour of so many days, to whom, and when.

    times: ticks in an hour. step: hours from one to the next.
    """
    told: list[tuple[str, str, str]] = []
    for _ in range(days * 24 // step):
        for _ in range(times):
            before = len(office.sink.taken)
            tick(office.blog, office.clock)
            told += [
                (kind_of(mail), str(mail["To"]).partition("@")[0], local(office))
                for mail in office.sink.taken[before:]
            ]
        office.clock.now += step * HOUR
    return told


def local(office: Institution) -> str:
    return office.clock().astimezone(office.blog.site.zone).strftime("%a %d %H:%M")


def confirmed(office: Institution, **sent: str) -> Page:
    """A comment whose reader showed that the address is theirs."""
    receipt = office.write(email=ANA, **sent)
    tick(office.blog, office.clock)
    office.confirm(ANA)
    return receipt


class TestOneCommentThatNobodyTouches:
    def test_is_warned_of_told_late_and_brought_up_once_each_at_its_instant(
        self, office: Institution
    ) -> None:
        confirmed(office)
        office.clock.now = MONDAY + HOUR
        assert hours(office, 28, times=2) == [
            ("S3", "ada", "Tue 01 11:00"),
            ("S4", "ada", "Wed 02 08:00"),
            ("R11", "ana", "Wed 02 08:00"),
            ("S5", "ada", "Thu 03 08:00"),
        ]

    def test_over_a_long_weekend_waits_for_the_days_on_which_people_work(
        self, office: Institution
    ) -> None:
        office.clock.now = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)
        confirmed(office)
        office.clock.now = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
        # Decided by Monday; the Tuesday is a holiday.
        assert hours(office, 10, step=1) == [
            ("S3", "ada", "Mon 07 11:00"),
            ("S4", "ada", "Wed 09 08:00"),
            ("R11", "ana", "Wed 09 08:00"),
            ("S5", "ada", "Thu 10 08:00"),
        ]

    def test_has_no_warnings_where_no_deadline_is_set(self, office: Institution) -> None:
        toml = office.folder / "content/site.toml"
        toml.write_text(toml.read_text("utf-8").replace(DEADLINES, ""), "utf-8")
        confirmed(office)
        assert hours(office, 5, step=3) == []

    def test_says_on_its_page_that_we_are_late(self, office: Institution) -> None:
        receipt = confirmed(office)
        hours(office, 4, step=3)
        assert "retraso" in Visitor().get(private_of(receipt)).words


class TestALateComment:
    def ask_another(self, office: Institution, receipt: Page) -> Page:
        page = Visitor().get(private_of(receipt))
        return Visitor().send(page, "/otra-persona")

    def test_is_looked_at_by_another_person_where_its_reader_asks_for_that(
        self, office: Institution
    ) -> None:
        colleague(office)
        receipt = confirmed(office)
        hours(office, 4, step=3)
        assert "¿Prefieres que lo revise otra persona?" in letter(office, ANA, "R11")
        asked = self.ask_another(office, receipt)
        assert "Hemos pedido a otra persona que lo mire" in asked.words
        office.tick()
        assert "pide que lo mire otra persona" in letter(office, ADA, "S6")
        case = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert "Quien lo escribió pide que lo mire otra persona" in case.words

    def test_offers_it_once_for_each_promise(self, office: Institution) -> None:
        colleague(office)
        receipt = confirmed(office)
        late = "/otra-persona"
        assert late not in Visitor().get(private_of(receipt)).text
        hours(office, 4, step=3)
        page = Visitor().get(private_of(receipt))
        for _ in range(2):  # a double click
            assert Visitor().send(page, late).status == 200
        assert late not in Visitor().get(private_of(receipt)).text
        office.tick()
        assert [kind_of(each) for each in office.mails(ADA)].count("S6") == 1

    def test_no_longer_says_so_once_somebody_has_answered(self, office: Institution) -> None:
        colleague(office)
        receipt = confirmed(office)
        hours(office, 4, step=3)
        page = Visitor().get(private_of(receipt))
        office.answer(receipt)
        assert Visitor().send(page, "/otra-persona").status == 409

    def test_offers_nobody_else_where_one_person_is_alone(self, office: Institution) -> None:
        receipt = confirmed(office)
        page = Visitor().get(private_of(receipt))
        hours(office, 4, step=3)
        assert "otra persona" not in letter(office, ANA, "R11")
        assert "/otra-persona" not in Visitor().get(private_of(receipt)).text
        refused = Visitor().post(f"{page.url.split('?')[0]}/otra-persona", {})
        assert refused.status == 409


def colleague(office: Institution) -> None:
    with office.blog.store.read() as connection:
        ada = people.everybody(connection)[0]
    hired(office.blog, ada, "Bea Ejemplo", office.clock(), role=Role.MODERATOR)


def letter(office: Institution, to: str, kind: str) -> str:
    """The text of the one mail of this kind."""
    [mail] = [each for each in office.mails(to) if kind_of(each) == kind]
    return " ".join(mail.get_content().split())


class TestAQuestionToItsReader:
    def ask(self, office: Institution) -> Page:
        receipt = confirmed(office)
        office.decide(receipt, "publicar")
        office.tick()
        office.decide(receipt, "preguntar", question="¿En qué barrio?")
        return receipt

    def test_is_mailed_and_repeated_once_and_then_the_comment_is_closed(
        self, office: Institution
    ) -> None:
        self.ask(office)
        office.clock.now = MONDAY + HOUR
        told = [each for each in hours(office, 17, step=3) if each[0]]
        assert told == [
            ("R6", "ana", "Mon 30 11:00"),
            ("R6 again", "ana", "Mon 07 08:00"),
            ("R7", "ana", "Wed 16 08:00"),
        ]
        question = next(each for each in office.mails(ANA) if kind_of(each) == "R6")
        assert "¿En qué barrio?" in question.get_content()

    def test_that_is_replied_to_is_not_repeated(self, office: Institution) -> None:
        receipt = self.ask(office)
        office.tick()
        page = Visitor().get(private_of(receipt))
        assert Visitor().send(page, "/anadir", body="En Santutxu.").status == 200
        told = hours(office, 11, step=3)
        assert "R6 again" not in [each[0] for each in told]
        assert "R7" not in [each[0] for each in told]
        subjects = [str(each["Subject"]) for each in office.mails(ANA)]
        assert sum("Hemos recibido tu respuesta" in each for each in subjects) == 1


class TestAnAnswer:
    def test_that_nobody_speaks_against_ends_it_without_a_mail(self, office: Institution) -> None:
        receipt = confirmed(office)
        office.answer(receipt)
        before = len(office.mails(ANA))
        for _ in range(20):
            office.tick(days=1)
        assert len(office.mails(ANA)) == before
        page = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert "Cerrado" in page.words
