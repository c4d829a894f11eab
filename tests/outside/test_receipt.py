"""Everybody gets a receipt, who gave an e-mail address gets it there too, and nobody gets two."""

import re
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from tests.support.institution import Institution, links_of, private_of, reference_of
from tests.support.visitor import Page, Visitor

BODY = "¿Y la «biblioteca»?\n\nHoy *no* abrió:\n - ni por la mañana\n - ni por la tarde, ñandú"
ANA = "ana.lectora@correo.example"


def shown_as_typed(receipt: Page) -> str:
    (typed,) = receipt.tree.iter("pre")
    return str(typed.text)


class TestWithoutAnAddress:
    def test_it_has_reference_text_dates_and_link(self, office: Institution) -> None:
        receipt = office.write(author="Íñigo", body=BODY)
        assert re.fullmatch(r"2026-\d{6,}", reference_of(receipt))
        assert reference_of(receipt) in receipt.words
        assert shown_as_typed(receipt) == BODY
        assert "lunes, 7 de diciembre de 2026" in receipt.words
        assert "lunes, 14 de diciembre de 2026" in receipt.words
        assert private_of(receipt) in receipt.links()
        assert not office.mails(ANA)

    def test_it_needs_neither_script_nor_cookie(self, office: Institution) -> None:
        """One plain POST and what it leads to, as the oldest browser sends it."""
        connection = HTTPConnection("localhost", int(office.url.rpartition(":")[2]), timeout=30)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = urlencode({"author": "Ane", "body": "Kaixo."})
        connection.request("POST", "/comentar/hola", sent, form)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Set-Cookie"), answer.read()) == (303, None, b"")
        connection.request("GET", (answer.getheader("Location") or "").removeprefix(office.url))
        receipt = connection.getresponse()
        text = receipt.read().decode()
        assert (receipt.status, receipt.getheader("Set-Cookie")) == (200, None)
        assert "<script" not in text
        assert "Hemos recibido tu comentario" in text
        connection.close()


@pytest.fixture(scope="module")
def receipt(office: Institution) -> Page:
    """Of a comment whose address nobody has confirmed yet; the tick ran twice."""
    receipt = office.write(author="Ana Lectora", body=BODY, email=ANA)
    office.tick()
    office.tick()
    return receipt


class TestWithAnAddress:
    def test_one_mail_has_reference_and_dates_and_tells_no_stranger_more(
        self, office: Institution, receipt: Page
    ) -> None:
        (mail,) = office.mails(ANA)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"]
        text = mail.get_content()
        for said in (reference_of(receipt), "7 de diciembre", "14 de diciembre"):
            assert said in text
        for hidden in ("Ana Lectora", "biblioteca", "/seguimiento/2"):
            assert hidden not in text

    def test_after_the_confirmation_the_next_one_leads_to_everything(
        self, office: Institution, receipt: Page
    ) -> None:
        office.confirm(ANA)
        second = office.write(author="Ana Lectora", body=BODY + " Otra vez.", email=ANA)
        office.tick()
        mail = office.mails(ANA)[-1]
        said = (reference_of(second), "Sobre hola", "7 de diciembre", "14 de diciembre")
        for each in (*said, "https://sede.pruebas.example/registro"):
            assert each in mail.get_content()
        (private,) = [each for each in links_of(mail) if "/seguimiento/" in each]
        assert private == private_of(second)
        assert shown_as_typed(Visitor().get(private)) == BODY + " Otra vez."

    def test_what_waited_for_the_confirmation_comes_then(self, office: Institution) -> None:
        email = "espera@correo.example"
        receipt = office.write(email=email, body="Publicado antes de confirmar.")
        office.publish(receipt)
        office.tick(hours=5)
        assert len(office.mails(email)) == 1
        office.confirm(email)
        assert [str(each["Subject"]) for each in office.mails(email)[1:]] == [
            f"[{reference_of(receipt)}] Tu comentario está publicado"
        ]


class TestTheSamePost:
    def test_within_ten_minutes_is_one_comment_with_one_mail(self, office: Institution) -> None:
        email = "dos.veces@correo.example"
        sent = {"author": "Dos", "body": "Doble clic.", "email": email}
        first = office.write(**sent)
        again = office.write(**sent)
        office.clock.forward(minutes=9)
        later = Visitor().post(f"{office.url}/comentar/hola", sent)
        assert first.url == again.url == later.url
        office.tick()
        assert len(office.mails(email)) == 1

    def test_after_ten_minutes_is_a_comment_of_its_own(self, office: Institution) -> None:
        first = office.write(body="Buenos días.")
        office.clock.forward(minutes=11)
        assert office.write(body="Buenos días.").url != first.url

    def test_from_a_stranger_gives_a_receipt_of_their_own(self, office: Institution) -> None:
        """The same words from another network open nobody else's page."""
        first = office.write(body="De acuerdo.")
        with HTTPConnectionFrom("127.0.0.2", office) as stranger:
            location = stranger.send({"author": "Aitor", "body": "De acuerdo."})
        assert location.endswith("/recibido")
        assert reference_of(first) not in location

    def test_whose_answer_was_lost_is_one_comment(self, office: Institution) -> None:
        """The connection breaks after the comment was kept; its reader presses again."""
        sent = {"author": "Sin cobertura", "body": "En el túnel."}
        office.cut.append("submit.answer")
        with pytest.raises(OSError):  # noqa: PT011
            Visitor().post(f"{office.url}/comentar/hola", sent)
        kept = office.stored().count("En el túnel.")
        assert kept
        receipt = Visitor().post(f"{office.url}/comentar/hola", sent)
        assert receipt.url.endswith("/recibido")
        assert office.stored().count("En el túnel.") == kept


class HTTPConnectionFrom:
    """A person at another address of this machine."""

    def __init__(self, source: str, office: Institution) -> None:
        port = int(office.url.rpartition(":")[2])
        self.connection = HTTPConnection("127.0.0.1", port, 30, source_address=(source, 0))
        self.host = office.url.removeprefix("http://")

    def __enter__(self) -> "HTTPConnectionFrom":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, sent: dict[str, str]) -> str:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Host": self.host}
        self.connection.request("POST", "/comentar/hola", urlencode(sent), form)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 303
        return answer.getheader("Location") or ""


class TestTheReader:
    def test_of_a_stopped_service_sends_again_after_it_started(self, office: Institution) -> None:
        page = Visitor().get(f"{office.url}/comentar/hola")
        office.stop()
        with pytest.raises(OSError):  # noqa: PT011
            Visitor().send(page, "/comentar/", author="Ane", body="Antes y después.")
        office.start()
        receipt = Visitor().send(page, "/comentar/", author="Ane", body="Antes y después.")
        assert "Antes y después." in receipt.words
