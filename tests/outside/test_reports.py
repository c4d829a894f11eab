"""A reader tells of a problem with a comment, and both sides are told what was decided and why."""

import re

import pytest

from tests.support.institution import Institution, private_of, reference_of
from tests.support.visitor import Page, Visitor

ANA, MIREN = "ana@correo.example", "miren@correo.example"


@pytest.fixture(scope="module")
def published(office: Institution) -> Page:
    """The receipt of a comment that is on its page; its author's address is confirmed."""
    receipt = office.write(author="Ana", body="Sois unos inútiles.", email=ANA)
    office.tick()
    office.confirm(ANA)
    office.publish(receipt)
    return receipt


def article(office: Institution) -> Page:
    return Visitor().get(f"{office.url}/2026/11/hola/")


def link(office: Institution, act: str) -> str:
    """Below the newest comment."""
    found = re.findall(rf'href="([^"]+/comentar/hola/\w+/{act})[?"]', article(office).text)
    return str(found[0])


@pytest.fixture(scope="module")
def reported(office: Institution, published: Page) -> Page:
    """The receipt of a notice of illegal content, sent from the link below the comment."""
    reader = Visitor()
    page = reader.get(link(office, "avisar"))
    given = {"ground": "illegal", "author": "Miren", "email": MIREN, "good_faith": "1"}
    return reader.send(page, "/avisar", body="Es una injuria: artículo 208.", **given)


class TestAReportedComment:
    def test_gives_whoever_reports_it_a_reference_and_a_mail(
        self, office: Institution, reported: Page
    ) -> None:
        assert reported.url.endswith("/recibido")
        assert "Hemos recibido tu aviso" in reported.words
        office.tick()
        (mail,) = office.mails(MIREN)
        assert reference_of(reported) in str(mail["Subject"])
        assert "aviso" in str(mail["Subject"])
        assert "injuria" not in mail.get_content(), "nobody confirmed the address yet"
        office.confirm(MIREN)

    def test_stays_on_its_page_which_says_nothing_of_the_report(
        self, office: Institution, published: Page, reported: Page
    ) -> None:
        office.tick()
        page = article(office)
        assert "Sois unos inútiles." in page.words
        assert "injuria" not in page.text
        assert "Miren" not in page.text
        content = [file.read_text("utf-8") for file in office.folder.rglob("*.md")]
        assert not any("injuria" in text for text in content)
        assert "injuria" not in Visitor().get(private_of(published)).words

    def test_leaves_its_page_with_reasons_for_both_sides(
        self, office: Institution, published: Page, reported: Page
    ) -> None:
        why = "Insulta a personas con nombre y apellidos."
        staff, there = office.staff(), f"{office.url}/gestion/comentario/{reference_of(reported)}"
        form = staff.get(there).form("/se-queda") | {"grounds": why, "broken": "1-v1"}
        assert staff.post(f"{there}/retirar-el-comentario", form, office.url).status == 200
        office.tick()
        page = article(office)
        assert "Comentario retirado por la institución" in page.words
        assert "inútiles" not in page.text
        for receipt in (published, reported):
            assert why in Visitor().get(private_of(receipt)).words
        to_author, to_reporter = office.mails(ANA)[-1], office.mails(MIREN)[-1]
        assert "Hemos retirado tu comentario" in str(to_author["Subject"])
        for said in (why, "Norma 1: Respeto", "consejo@pruebas.example"):
            assert said in to_author.get_content()
        assert "Respuesta a tu aviso" in str(to_reporter["Subject"])
        assert why in to_reporter.get_content()
        assert "Miren" not in to_author.get_content()
        assert "Miren" not in Visitor().get(private_of(published)).words

    def test_is_told_of_once(self, office: Institution, published: Page, reported: Page) -> None:
        before = len(office.mails(ANA)), len(office.mails(MIREN))
        office.tick()
        office.tick(hours=4)
        assert (len(office.mails(ANA)), len(office.mails(MIREN))) == before


class TestWantingItAnsweredToo:
    def test_is_one_click_from_the_page_without_script_and_shows_no_count(
        self, office: Institution
    ) -> None:
        receipt = office.write(author="Jon", body="¿Cuándo abre la piscina?")
        office.publish(receipt)
        before = article(office).text
        reader = Visitor()
        page = reader.get(link(office, "tambien"))
        assert "¿Cuándo abre la piscina?" in page.words
        thanks = reader.send(page, "/tambien")
        assert "Gracias: lo hemos apuntado" in thanks.words
        office.tick()
        assert article(office).text == before
        staff = office.staff()
        page = staff.get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert "A 1 persona más le interesa." in page.words
