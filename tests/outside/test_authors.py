"""Whoever wrote an article is told of the comments on it, gathered, and takes part from there."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service.domain.permissions import Role
from comments_service.store import people
from comments_service.store.people import Person
from tests.support.institution import PASSWORD, Institution, institution, links_of, reference_of
from tests.support.people import hired
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.usefixtures("forked_builds")

ADA = "ada@pruebas.example"
"""Ada Ejemplo signs the articles, and has an account in her name."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Institution]:
    with institution(tmp_path / "blog") as made:
        page = made.staff().get(f"{made.url}/gestion/cuenta")
        mine = {"own_password": PASSWORD, "notices": "daily"}
        done = made.staff().send(page, "/cuenta/avisos", email=ADA, **mine)
        assert done.status == 200, done.text
        yield made


def told(office: Institution) -> list[EmailMessage]:
    """The mails about what Ada wrote."""
    return [mail for mail in office.mails(ADA) if "en lo que has escrito" in str(mail["Subject"])]


class TestTheAuthor:
    def test_is_told_of_a_comment_once_it_is_on_its_page(self, office: Institution) -> None:
        receipt = office.write(author="Jon", body="¿Y en verano?")
        office.tick()
        assert not told(office)
        office.publish(receipt)
        office.tick()
        office.tick(hours=1)
        (mail,) = told(office)
        text = mail.get_content()
        assert "¿Y en verano?" in text
        assert "Jon, «Sobre hola»" in text
        assert f"{office.url}/gestion/comentario/{reference_of(receipt)}" in text
        assert re.search(r"/2026/11/hola/#comment-\w{26}", text)

    def test_gets_one_mail_in_fifteen_minutes(self, office: Institution) -> None:
        for body in ("Uno.", "Dos.", "Tres."):
            office.publish(office.write(body=body))
            office.tick()
        assert [str(each["Subject"]) for each in told(office)] == [
            "Hay un comentario nuevo en lo que has escrito"
        ]
        office.tick(minutes=16)
        first, second = told(office)
        assert str(second["Subject"]) == "Hay 2 comentarios nuevos en lo que has escrito"
        assert "Uno." in first.get_content()
        assert "Uno." not in second.get_content()
        for said in ("Dos.", "Tres."):
            assert said in second.get_content()

    def test_is_told_of_no_correction_and_of_no_report(self, office: Institution) -> None:
        receipt = office.write(body="Una errata.")
        office.publish(receipt)
        office.tick()
        assert len(told(office)) == 1
        page = Visitor().get(receipt.url.removesuffix("/recibido") + "/corregir")
        Visitor().send(page, "/corregir", body="Sin errata.")
        office.publish(receipt)
        article = Visitor().get(f"{office.url}/2026/11/hola/").text
        (report,) = re.findall(r'href="([^"]+/avisar)[?"]', article)
        Visitor().send(Visitor().get(report), "/avisar", ground="other", body="No me gusta.")
        office.tick(hours=1)
        assert len(told(office)) == 1

    def test_who_answers_is_seen_to_take_part(self, office: Institution) -> None:
        receipt = office.write(body="¿Me lo cuentas?")
        office.publish(receipt)
        office.answer(receipt, "Sí: en mayo.")
        page = Visitor().get(f"{office.url}/2026/11/hola/").words
        assert "Quien escribió la entrada participa en la conversación" in page
        assert "Quien escribió la entrada" in page


PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def link(office: Institution, of: int = -1) -> str:
    """Where Ada answers, as the mail has it."""
    (found,) = [each for each in links_of(told(office)[of]) if "/correo/contestar/" in each]
    return found


def written(office: Institution, body: str = "¿Y en verano?") -> Page:
    """A comment that is on its page, of which Ada was told."""
    receipt = office.write(body=body)
    office.publish(receipt)
    office.tick(minutes=20)
    return receipt


def reply(address: str, body: str = "En verano, por la mañana.", by: Visitor | None = None) -> Page:
    visitor = by or Visitor()
    return visitor.send(visitor.get(address), "/responder", body=body)


def outside(page: Page) -> tuple[int, dict[str, str], str]:
    """All that tells one refusal from another."""
    headers = {name: value for name, value in page.headers.items() if name != "Date"}
    return page.status, headers, page.text


def article(office: Institution) -> str:
    return Visitor().get(f"{office.url}/2026/11/hola/").words


class TestTheLinkInTheMail:
    def test_answers_without_signing_in_signed_as_the_author(self, office: Institution) -> None:
        written(office)
        page = Visitor().get(link(office))
        assert page.status == 200
        assert "¿Y en verano?" in page.words
        assert "con tu firma: Ada Ejemplo, Gestora" in page.words
        done = reply(link(office))
        assert "tu respuesta está en camino" in done.words
        office.tick()
        assert "En verano, por la mañana." in article(office)
        assert "Quien escribió la entrada participa en la conversación" in article(office)

    def test_changes_nothing_when_it_is_looked_at(self, office: Institution) -> None:
        receipt = written(office)
        before = office.stored()
        for _ in range(5):
            assert Visitor().get(link(office)).status == 200
        assert office.stored() == before
        assert Visitor().get(f"{link(office)}/responder").status == 404
        assert reference_of(receipt) in link(office)

    def test_is_kept_by_nobody(self, office: Institution) -> None:
        written(office)
        pages = Visitor().get(link(office)), reply(link(office))
        for page in pages:
            assert PRIVATE.items() <= dict(page.headers).items()
            assert "Set-Cookie" not in page.headers

    def test_opens_nothing_once_it_was_answered(self, office: Institution) -> None:
        written(office)
        never = outside(Visitor().get(f"{link(office)[:-32]}{'a' * 32}"))
        assert never[0] == 404
        reply(link(office))
        assert outside(Visitor().get(link(office))) == never

    def test_of_the_same_form_sent_twice_there_is_one_answer(self, office: Institution) -> None:
        written(office)
        visitor = Visitor()
        page = visitor.get(link(office))
        for _ in range(2):
            done = visitor.send(page, "/responder", body="En verano, por la mañana.")
            assert "tu respuesta está en camino" in done.words
        office.tick()
        assert article(office).count("En verano, por la mañana.") == 1

    def test_of_two_forms_the_second_is_too_late(self, office: Institution) -> None:
        written(office)
        first, second = Visitor(), Visitor()
        pages = first.get(link(office)), second.get(link(office))
        first.send(pages[0], "/responder", body="Una cosa.")
        assert second.send(pages[1], "/responder", body="Otra cosa.").status == 404

    def test_keeps_what_was_written_when_something_is_wrong(self, office: Institution) -> None:
        written(office)
        empty = reply(link(office), "")
        assert empty.status == 422
        long = "Muy largo. " * 800
        too_long = reply(link(office), long)
        assert too_long.status == 422
        assert long in too_long.text
        assert Visitor().get(link(office)).status == 200

    def test_of_other_words_on_the_page_says_so_and_keeps_the_text(
        self, office: Institution
    ) -> None:
        receipt = written(office)
        visitor = Visitor()
        page = visitor.get(link(office))
        change = Visitor().get(receipt.url.removesuffix("/recibido") + "/corregir")
        Visitor().send(change, "/corregir", body="¿Y en invierno?")
        office.publish(receipt)
        stale = visitor.send(page, "/responder", body="En verano, por la mañana.")
        assert stale.status == 409
        assert "¿Y en invierno?" in stale.words
        assert "En verano, por la mañana." in stale.text
        assert "tu respuesta está en camino" in visitor.send(stale, "/responder").words

    def test_shows_what_waits_for_a_decision_to_nobody(self, office: Institution) -> None:
        receipt = written(office)
        change = Visitor().get(receipt.url.removesuffix("/recibido") + "/corregir")
        Visitor().send(change, "/corregir", body="Algo que no ha leído nadie.")
        page = Visitor().get(link(office))
        assert "¿Y en verano?" in page.words
        assert "Algo que no ha leído nadie." not in page.text

    def test_ends_after_thirty_days(self, office: Institution) -> None:
        written(office)
        office.clock.forward(days=29)
        assert Visitor().get(link(office)).status == 200
        office.clock.forward(days=1)
        assert Visitor().get(link(office)).status == 404

    def test_ends_when_the_comment_leaves_its_page(self, office: Institution) -> None:
        receipt = written(office)
        office.decide(receipt, "retirar", grounds="Lo pide otra persona.")
        assert Visitor().get(link(office)).status == 404

    def test_ends_with_the_address_that_it_was_sent_to(self, office: Institution) -> None:
        written(office)
        page = office.staff().get(f"{office.url}/gestion/cuenta")
        mine = {"own_password": PASSWORD, "notices": "daily"}
        office.staff().send(page, "/cuenta/avisos", email="otra@pruebas.example", **mine)
        assert Visitor().get(link(office)).status == 404

    def test_is_for_this_comment_and_this_person_alone(self, office: Institution) -> None:
        first, second = written(office, "Uno."), written(office, "Dos.")
        one, other = reference_of(first), reference_of(second)
        assert Visitor().get(link(office).replace(other, one)).status == 404
        assert Visitor().get(link(office).replace(f"{other}/1/", f"{other}/2/")).status == 404
        assert Visitor().get(link(office).replace(f"{other}/1/", f"{other}/01/")).status == 404
        assert Visitor().get(link(office, -2)).status == 200

    def test_from_another_page_needs_no_session_and_gives_none(self, office: Institution) -> None:
        written(office)
        visitor = Visitor()
        reply(link(office), by=visitor)
        assert visitor.get(f"{office.url}/gestion/").status == 401


class TestWhoMayNotAnswerForTheInstitution:
    """The author of an article whose account is for something else."""

    @pytest.fixture
    def moderator(self, office: Institution) -> Person:
        """Berta signs an article, and decides on comments."""
        blog, clock = office.blog, office.clock
        article = office.folder / "content" / "articles" / "hola.md"
        text = article.read_text("utf-8").replace("Author: Ada Ejemplo", "Author: Berta Ruiz")
        article.write_text(text, "utf-8")
        office.build()
        with blog.store.read() as connection:
            admin = people.by_id(connection, 1)
        assert admin
        return hired(blog, admin, "Berta Ruiz", clock(), role=Role.MODERATOR, email=BERTA)

    def test_leaves_a_draft_that_begins_the_answer(
        self, office: Institution, moderator: Person
    ) -> None:
        receipt = written(office)
        (mail,) = [m for m in office.mails(BERTA) if "en lo que has escrito" in str(m["Subject"])]
        (address,) = [each for each in links_of(mail) if "/correo/contestar/" in each]
        assert "Antes lo revisa quien contesta por la institución" in mail.get_content()
        done = reply(address, "Abre de nueve a dos.")
        assert "tenemos tu borrador" in done.words
        office.tick(hours=1)
        assert "Abre de nueve a dos." not in article(office)
        assert Visitor().get(address).status == 404
        page = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert "Berta Ruiz ha dejado un borrador de respuesta" in page.words
        assert re.search(r'<textarea id="body"[^>]*>\s*Abre de nueve a dos\.</textarea>', page.text)
        (asked,) = [m for m in office.mails(ADA) if "Hay un borrador" in str(m["Subject"])]
        assert "ha dejado un borrador de respuesta" in asked.get_content()
        office.answer(receipt, "Abre de nueve a dos.")
        assert "Abre de nueve a dos." in article(office)

    def test_who_left_has_no_link_any_more(self, office: Institution, moderator: Person) -> None:
        written(office)
        (mail,) = [m for m in office.mails(BERTA) if "en lo que has escrito" in str(m["Subject"])]
        (address,) = [each for each in links_of(mail) if "/correo/contestar/" in each]
        assert Visitor().get(address).status == 200
        page = office.staff().get(f"{office.url}/gestion/personas/{moderator.id}")
        office.staff().send(page, f"/personas/{moderator.id}/detener")
        assert Visitor().get(address).status == 404


BERTA = "berta@pruebas.example"
