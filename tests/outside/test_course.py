"""A comment's way, as its reader sees it: the label, the promised days, the mails that tell it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from comments_service.domain.comments import WithdrawnBy
from comments_service.usecases.moderate import case_by_reference
from comments_service.usecases.withdraw import withdraw
from tests.support.institution import (
    FRIDAY,
    Institution,
    links_of,
    private_of,
    reference_of,
    write_rule,
)
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.usefixtures("forked_builds")

LABELS = {
    "received": "Recibido",
    "approved": "Aprobado · se publicará en la próxima actualización",
    "published": "Publicado",
    "studied": "Publicado · en estudio",
    "answered": "Contestado",
    "useful": "Cerrado",
    "useless": "Publicado · en estudio",
    "rejected": "No publicado",
    "appealed": "No publicado · en revisión",
    "reopened": "Recibido",
    "private": "Recibido",
    "privately answered": "Contestado",
    "held, with more to say": "En estudio",
    "corrected": "Publicado",
    "withdrawn": "Retirado",
}
PUBLIC = ("published", "studied", "answered", "useful", "useless", "corrected")
"""In these the page shows the comment."""


@pytest.fixture(scope="module")
def receipts(office: Institution) -> dict[str, Page]:
    """One comment for each place that a reader's comment can be brought to by HTTP."""
    office.clock.now = FRIDAY
    word = {name: f"cosa{number:02}" for number, name in enumerate(LABELS)}
    found = {
        name: office.write(
            body=f"Digo {word[name]}.", **({"private": "1"} if "private" in name else {})
        )
        for name in LABELS
    }
    unseen = ("received", "approved", "rejected", "appealed", "reopened", "private")
    for name in LABELS:
        if name not in unseen and "private" not in name and not name.startswith("held"):
            office.decide(found[name], "publicar")
    office.tick()
    for name in ("answered", "useful", "useless", "privately answered"):
        office.decide(found[name], "contestar", body="La respuesta.")
    for name in ("rejected", "appealed", "reopened"):
        office.decide(found[name], "no-publicar", rule="1-v1", reason="Por esto.")
    office.tick()
    for name, act, sent in (
        ("studied", "anadir", {"body": "Y más."}),
        ("held, with more to say", "anadir", {"body": "Y más."}),
        ("useful", "valorar", {"useful": "1"}),
        ("useless", "valorar", {"useful": "0"}),
        ("appealed", "reclamar", {}),
        ("reopened", "reclamar", {}),
    ):
        send(found[name], act, **sent)
    office.decide(found["reopened"], "reabrir")
    send(found["corrected"], "corregir", below="/corregir", body="Mejor dicho.")
    send(found["withdrawn"], "retirar", below="/retirar")
    office.tick()
    office.decide(found["approved"], "publicar")  # the next update has not come
    return found


def send(receipt: Page, act: str, below: str = "", **sent: str) -> Page:
    """One of the forms of the private page."""
    page = Visitor().get(private_of(receipt) + below)
    answer = Visitor().send(page, f"/{act}", **sent)
    assert answer.status == 200, (act, answer.text)
    return answer


def own_words(receipt: Page) -> str:
    return next(word.strip(".") for word in receipt.words.split() if word.startswith("cosa"))


class TestTheLabel:
    @pytest.mark.parametrize("name", LABELS)
    def test_is_that_of_the_table(
        self, office: Institution, receipts: dict[str, Page], name: str
    ) -> None:
        assert Visitor().get(private_of(receipts[name])).heading == LABELS[name]

    def test_and_only_what_is_published_is_on_the_page(
        self, office: Institution, receipts: dict[str, Page]
    ) -> None:
        page = Visitor().get(f"{office.url}/2026/11/hola/").text
        shown = {name for name, receipt in receipts.items() if own_words(receipt) in page}
        assert shown == set(PUBLIC)
        assert "Mejor dicho." not in page

    def test_says_when_a_promise_was_not_kept_until_it_is(
        self, office: Institution, receipts: dict[str, Page]
    ) -> None:
        before = office.clock()
        try:
            office.clock.now = datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
            late = {
                name
                for name, receipt in receipts.items()
                if "fuera de plazo" in Visitor().get(private_of(receipt)).heading
            }
        finally:
            office.clock.now = before
        done = {"answered", "useful", "privately answered", "rejected", "withdrawn"}
        assert late == set(LABELS) - done

    def test_of_what_was_erased_is_nowhere(self, office: Institution) -> None:
        receipt = office.write(body="Digo cosaborrada.")
        office.publish(receipt)
        send(receipt, "borrar", below="/borrar")
        office.tick()
        assert Visitor().get(private_of(receipt)).status == 404
        assert "cosaborrada" not in Visitor().get(f"{office.url}/2026/11/hola/").text


class TestThePromisedDays:
    @pytest.fixture
    def at(self, office: Institution) -> Callable[[datetime], Page]:
        """A comment that is sent then."""

        def receive(instant: datetime) -> Page:
            before = office.clock()
            office.clock.now = instant
            try:
                return office.write(body=f"Enviado el {instant}.")
            finally:
                office.clock.now = before

        return receive

    def test_are_working_days_of_the_basque_calendar(
        self, office: Institution, at: Callable[[datetime], Page]
    ) -> None:
        vectors = {
            datetime(2026, 12, 4, 10, tzinfo=UTC): ("7 de diciembre", "14 de diciembre"),
            datetime(2026, 12, 5, 10, tzinfo=UTC): ("7 de diciembre", "14 de diciembre"),
            datetime(2026, 12, 31, 10, tzinfo=UTC): ("4 de enero de 2027", "11 de enero de 2027"),
        }
        for instant, days in vectors.items():
            for day in days:
                assert day in at(instant).words, instant

    def test_follow_the_law_where_the_institution_says_so(
        self, office: Institution, at: Callable[[datetime], Page]
    ) -> None:
        """What comes on a Saturday counts as of the Monday, which is no day of the term."""
        file = office.folder / "content" / "site.toml"
        before = file.read_text("utf-8")
        file.write_text(before.replace("[deadlines]", '[deadlines]\ncount = "ley39"'), "utf-8")
        try:
            assert "9 de diciembre" in at(datetime(2026, 12, 5, 11, tzinfo=UTC)).words
            assert "7 de diciembre" in at(datetime(2026, 12, 4, 11, tzinfo=UTC)).words
            late = at(datetime(2026, 12, 31, 11, tzinfo=UTC)).words
            assert "4 de enero de 2027" in late
            assert "11 de enero de 2027" in late
        finally:
            file.write_text(before, "utf-8")

    def test_follow_a_new_calendar_with_the_next_tick_and_the_page_says_so(
        self, office: Institution
    ) -> None:
        receipt = office.write(body="¿Y si hay puente?")
        assert "7 de diciembre" in Visitor().get(private_of(receipt)).words
        (office.folder / "content" / "holidays.txt").write_text("2026-12-07 Puente\n", "utf-8")
        office.tick()
        page = Visitor().get(private_of(receipt))
        assert "9 de diciembre" in page.words
        assert "7 de diciembre" not in page.words
        (told,) = [each for each in page.tree.iter("ol") if each.get("class") == "timeline"]
        assert "fecha" in "".join(told.itertext())

    def test_are_asked_for_on_the_first_page_of_staff_when_next_year_is_missing(
        self, office: Institution, at: Callable[[datetime], Page]
    ) -> None:
        """The town's own days of this year are known (the test before) and those of 2027 are not:
        dates beyond this year are approximate."""
        assert "Los festivos de 2027" in office.staff().get(f"{office.url}/gestion/").words
        assert "2027 (aprox.)" in at(datetime(2026, 12, 31, 12, tzinfo=UTC)).words
        with (office.folder / "content" / "holidays.txt").open("a", encoding="utf-8") as file:
            file.write("2027-01-20 San Sebastián\n")
        assert "Los festivos de 2027" not in office.staff().get(f"{office.url}/gestion/").words


class TestTheMails:
    """One for each change that a reader must hear of, and none for the others."""

    def known(self, office: Institution, name: str) -> str:
        """An address whose owner said that it is theirs; the mails from then on are looked at."""
        email = f"{name}@correo.example"
        office.write(body=f"Soy {name}.", email=email)
        office.tick(hours=3.1)
        office.confirm(email)
        office.sink.taken.clear()
        return email

    def told(self, office: Institution, email: str) -> list[str]:
        office.tick()
        office.tick()
        return [str(each["Subject"]).partition("] ")[2] for each in office.mails(email)]

    def test_tell_of_receipt_publication_and_answer_once_each(self, office: Institution) -> None:
        email = self.known(office, "preguntona")
        receipt = office.write(body="¿Cuándo abre?", email=email)
        assert self.told(office, email) == ["Hemos recibido tu comentario"]
        office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert len(self.told(office, email)) == 1
        office.publish(receipt)
        assert self.told(office, email)[1:] == ["Tu comentario está publicado"]
        office.answer(receipt, "Abre en mayo.")
        assert self.told(office, email)[2:] == ["Respuesta a tu comentario"]
        last = office.mails(email)[-1].get_content()
        assert "Abre en mayo." in last
        assert "Ada Ejemplo" in last
        (page,) = [each for each in links_of(office.mails(email)[1]) if "#comment-" in each]
        assert page.partition("#")[2] in Visitor().get(page).text
        send(receipt, "valorar", useful="1")
        assert len(self.told(office, email)) == 3

    def test_tell_of_a_refusal_with_the_rule_of_then(self, office: Institution) -> None:
        email = self.known(office, "rechazada")
        receipt = office.write(body="Eres un inútil.", email=email)
        office.refuse(receipt, "Critica lo que hizo.")
        assert self.told(office, email)[1:] == ["No hemos publicado tu comentario"]
        text = " ".join(office.mails(email)[-1].get_content().split())
        for said in (
            "Norma 1: Respeto",
            "Sin insultos.",
            "Critica lo que hizo.",
            "Eres un inútil.",
        ):
            assert said in text
        assert private_of(receipt) in text
        write_rule(office.blog.comments_folder, 1, 2, "Trato", "Otra cosa.")
        office.build()
        shown = Visitor().get(private_of(receipt))
        assert "Sin insultos." in shown.words
        assert "Otra cosa." not in shown.words
        (rule,) = {each for each in shown.links() if "/1-v1/" in each}
        assert "Sin insultos." in Visitor().get(rule).words

    def test_of_a_server_that_refuses_three_times_come_once_in_the_end(
        self, office: Institution
    ) -> None:
        email = self.known(office, "insistente")
        office.sink.answers += ["451 now not"] * 3
        receipt = office.write(body="¿Llega?", email=email)
        for _ in range(6):
            office.tick(hours=1)
        assert self.told(office, email) == ["Hemos recibido tu comentario"]
        assert reference_of(receipt) in str(office.mails(email)[0]["Subject"])

    def test_tell_that_the_institution_took_it_down_and_not_that_its_reader_did(
        self, office: Institution
    ) -> None:
        email = self.known(office, "retirada")
        theirs, own = (office.write(body=f"Fuera {each}.", email=email) for each in "ab")
        for each in (theirs, own):
            office.decide(each, "publicar")
        office.tick()
        before = len(self.told(office, email))
        send(own, "retirar", below="/retirar")
        assert len(self.told(office, email)) == before
        case = case_by_reference(office.blog, reference_of(theirs))
        withdraw(  # as `tertulia comments withdraw` does
            office.blog,
            case.comment_id,
            reason=WithdrawnBy.INSTITUTION,
            by=None,
            now=office.clock(),
        )
        assert self.told(office, email)[before:] == ["Hemos retirado tu comentario"]

    def test_tell_followers_of_what_is_new_until_they_stop(self, office: Institution) -> None:
        email = "sigue@correo.example"
        Visitor().send(Visitor().get(f"{office.url}/seguir/otra"), "/seguir/", email=email)
        office.tick()
        (asked,) = office.mails(email)
        (yes,) = [each for each in links_of(asked) if "/correo/seguir/" in each]
        Visitor().post(yes, {"what": "yes"})
        office.publish(office.write(thread="otra", body="Lo primero nuevo.", author="Iker"))
        office.publish(office.write(thread="hola", body="En otra parte.", author="Iker"))
        (_, told) = office.mails(email)
        assert "Lo primero nuevo." in told.get_content()
        Visitor().post(str(told["List-Unsubscribe"]).strip("<>"), {"List-Unsubscribe": "One-Click"})
        office.publish(office.write(thread="otra", body="Lo segundo nuevo.", author="Iker"))
        assert len(office.mails(email)) == 2

    def test_stop_when_their_reader_says_so(self, office: Institution) -> None:
        email = self.known(office, "harta")
        receipt = office.write(body="Basta de correos.", email=email)
        office.tick()
        send(receipt, "sin-correos")
        office.publish(receipt)
        office.answer(receipt)
        assert self.told(office, email) == ["Hemos recibido tu comentario"]
