"""The institution's answer in its place, with its signature and its dates, wherever it is read."""

import re
from pathlib import Path

import pytest

from tests.support.institution import Institution, private_of, reference_of
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.usefixtures("forked_builds")

SIGNED = "Ada Ejemplo"
ARTICLE = "/2026/11/otra/"


def article(office: Institution) -> Page:
    return Visitor().get(f"{office.url}{ARTICLE}")


def case_path(office: Institution, receipt: Page) -> str:
    return f"{office.url}/gestion/comentario/{reference_of(receipt)}"


def feeds(office: Institution) -> str:
    found = [path.read_text("utf-8") for path in Path(office.output).rglob("*.xml")]
    return "\n".join(found)


@pytest.fixture(scope="module")
def receipts(office: Institution) -> list[Page]:
    """Two comments: the older one is answered after the newer one was published."""
    found = [office.write(thread="otra", body=f"Pregunta {each}?") for each in ("uno", "dos")]
    for receipt in found:
        office.publish(receipt)
    office.clock.forward(days=1)
    office.answer(found[0], "Contestamos a la primera.")
    return found


class TestAnAnswer:
    @pytest.mark.parametrize("order", ["newest", "oldest"])
    def test_stands_directly_under_its_comment_whatever_the_order(
        self, office: Institution, receipts: list[Page], order: str
    ) -> None:
        file = office.folder / "content" / "site.toml"
        before = file.read_text("utf-8")
        file.write_text(before.replace("[comments]", f'[comments]\norder = "{order}"'), "utf-8")
        try:
            office.build()
            shown = article(office).words
            places = [
                shown.index(each)
                for each in ("Pregunta uno?", "Contestamos a la primera.", "Pregunta dos?")
            ]
        finally:
            file.write_text(before, "utf-8")
            office.build()
        assert places[0] < places[1]
        assert not places[0] < places[2] < places[1]
        assert (places[0] < places[2]) is (order == "oldest")

    def test_is_marked_and_signed_on_the_page_in_the_feed_and_on_the_private_page(
        self, office: Institution, receipts: list[Page]
    ) -> None:
        day = office.clock().astimezone(office.blog.site.zone).strftime("%d/%m/%Y")
        for page in (article(office), Visitor().get(private_of(receipts[0]))):
            assert "Respuesta de la institución" in page.words
            for said in ("Contestamos a la primera.", SIGNED, "Gestora", day):
                assert said in page.words
        entries = [each.split("</entry>")[0] for each in feeds(office).split("<entry>")]
        answers = [each for each in entries if "Contestamos a la primera." in each]
        assert answers
        for each in answers:
            assert f"{SIGNED}, Gestora" in each

    def test_that_was_corrected_shows_both_dates_and_keeps_the_earlier_words_for_staff(
        self, office: Institution, receipts: list[Page]
    ) -> None:
        written = office.clock().astimezone(office.blog.site.zone).strftime("%d/%m/%Y")
        office.clock.forward(days=2)
        corrected = office.clock().astimezone(office.blog.site.zone).date()
        office.decide(receipts[0], "corregir-respuesta", correction="Contestamos mejor.")
        office.tick()
        for page in (article(office), Visitor().get(private_of(receipts[0]))):
            assert "Contestamos mejor." in page.words
            assert "Contestamos a la primera." not in page.words
            assert written in page.words
            assert re.search(rf"Corregido el 0?{corrected.day}\b", page.words)
        assert "Contestamos a la primera." not in feeds(office)
        seen = office.staff().get(case_path(office, receipts[0])).words
        assert "Contestamos a la primera." in seen
        assert "Contestamos mejor." in seen

    def test_that_was_taken_back_is_gone_and_its_comment_waits_again(
        self, office: Institution, receipts: list[Page]
    ) -> None:
        office.decide(receipts[0], "retirar-respuesta")
        office.tick()
        for page in (article(office), Visitor().get(private_of(receipts[0]))):
            assert "Contestamos mejor." not in page.words
        seen = office.staff().get(case_path(office, receipts[0])).words
        assert "Nadie lo ha contestado todavía." in seen


class TestAPrivateAnswer:
    def test_is_corrected_and_taken_back_on_the_private_page_alone(
        self, office: Institution
    ) -> None:
        receipt = office.write(body="Solo para ti.", private="1")
        page = office.answer(receipt, "En privado.")
        assert "En privado." in page.words
        office.clock.forward(days=1)
        office.decide(receipt, "corregir-respuesta", correction="En privado y mejor.")
        page = Visitor().get(private_of(receipt))
        assert "En privado y mejor." in page.words
        assert "Corregid" in page.words
        office.tick()
        files = [path.read_text("utf-8") for path in (office.folder / "content").rglob("*.md")]
        assert not any("En privado" in each for each in files)
        office.decide(receipt, "retirar-respuesta")
        assert "En privado y mejor." not in Visitor().get(private_of(receipt)).words

    def test_to_a_public_comment_is_for_its_reader_alone(self, office: Institution) -> None:
        email = "solo@correo.example"
        office.write(body="Soy yo.", email=email)
        office.tick(hours=3.1)
        office.confirm(email)
        receipt = office.write(body="Para todos, dije.", email=email)
        office.publish(receipt)
        office.decide(receipt, "contestar", body="Solo para tus ojos.", only="1")
        office.tick()
        page = Visitor().get(private_of(receipt))
        assert page.heading == "Contestado"
        assert "Solo para tus ojos." in page.words
        assert "nadie más puede leerlo" in page.words
        assert "Solo para tus ojos." in office.mails(email)[-1].get_content()
        shown = Visitor().get(f"{office.url}/2026/11/hola/").text
        assert "Para todos, dije." in shown
        assert "Solo para tus ojos." not in shown


class TestWhatWasLookedUp:
    def test_is_read_below_the_answer_on_the_built_page_only_where_it_was_chosen(
        self, office: Institution
    ) -> None:
        receipts = [office.write(thread="otra", body=f"Duda {each}?") for each in ("uno", "dos")]
        minutes = "https://sede.pruebas.example/actas/12"
        for receipt, title in zip(receipts, ("Acta primera", "Acta segunda"), strict=True):
            office.decide(receipt, "apuntar-fuente", source=title, address=minutes)
        office.decide(receipts[0], "contestar", body="Sí, en mayo.", sources="1")
        office.decide(receipts[1], "contestar", body="No, en junio.")
        office.tick()
        page = article(office)
        assert "Sí, en mayo. Fuentes: Acta primera, consultado el" in page.words
        assert "No, en junio." in page.words
        assert "Acta segunda" not in page.words
        assert "Acta segunda" not in feeds(office)
        assert "Acta segunda" not in Visitor().get(private_of(receipts[1])).words
        assert f'href="{minutes}"' in page.text
