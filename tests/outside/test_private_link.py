"""The private link: it works anywhere, it is one person's alone, and looking changes nothing."""

import re
from urllib.parse import urlsplit

import pytest

from tests.support.institution import (
    Institution,
    links_of,
    private_of,
    reference_of,
    token_of,
)
from tests.support.visitor import Page, Visitor

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}
PAGES = ("", "/recibido", "/corregir", "/retirar", "/borrar", "/enlace")
ACTS = {
    "anadir": {"seen": "1", "body": "x"},
    "corregir": {"seen": "1", "body": "x"},
    "reclamar": {"seen": "1", "body": "x"},
    "valorar": {"answer": "01jdabcdefghjkmnpqrstvwxyz", "useful": "1", "body": ""},
    "sin-correos": {},
    "retirar": {},
    "borrar": {},
    "enlace": {"once": "x"},
}
ANA = "ana.lectora@correo.example"


@pytest.fixture(scope="module")
def receipt(office: Institution) -> Page:
    """Of a comment that is on its page with an answer, whose reader gets mails and follows it."""
    receipt = office.write(email=ANA, body="Lo pregunté aquí.")
    office.tick()
    office.confirm(ANA)
    office.publish(receipt)
    office.answer(receipt)
    form = Visitor().get(f"{office.url}/seguir/hola")
    Visitor().send(form, "/seguir/", email=ANA)
    office.tick()
    (asked,) = [each for each in office.mails(ANA) if "seguir" in each["Subject"]]
    (yes,) = [each for each in links_of(asked) if "/correo/seguir/" in each]
    Visitor().post(yes, {"what": "yes"})
    office.publish(office.write(body="Y otra persona contesta.", author="Iker"))
    return receipt


class TestThePrivateLink:
    def test_works_in_another_browser_with_label_and_what_happened(
        self, office: Institution, receipt: Page
    ) -> None:
        page = Visitor().get(private_of(receipt))
        assert page.heading == "Contestado"
        (timeline,) = [each for each in page.tree.iter("ol") if each.get("class") == "timeline"]
        told = [" ".join("".join(each.itertext()).split()) for each in timeline]
        assert len(told) >= 4
        assert all(re.search(r"\d\d/12/2026|diciembre", each) for each in told), told

    def test_is_kept_nowhere_and_told_to_nobody(self, office: Institution, receipt: Page) -> None:
        for below in PAGES:
            page = Visitor().get(private_of(receipt) + below)
            assert {name: page.headers[name] for name in PRIVATE} == PRIVATE, below
            assert page.headers["Set-Cookie"] is None
            named = re.findall(r'(?:src|href)="(https?://[^"/]+)', page.text)
            others = {urlsplit(each).netloc for each in named} - {urlsplit(office.url).netloc}
            assert others <= {"sede.pruebas.example"}  # a link to follow, nothing that is loaded

    def test_that_is_wrong_is_answered_alike_byte_for_byte(
        self, office: Institution, receipt: Page
    ) -> None:
        """Wrong token, unknown reference, another's token, another language's digits."""
        other = office.write(body="De otra persona.", author="Otra")
        reference, token = reference_of(receipt), token_of(receipt)
        wrong = [
            (reference, token[:-1] + ("a" if token[-1] != "a" else "b")),
            (reference, token_of(other)),
            (reference, "a" * 32),
            (reference, "x"),
            ("2026-999999", token),
            ("2025" + reference[4:], token),
            ("2026-1", token),
            ("nada", "nada"),
        ]
        looked, sent_alone, sent_text = set(), set(), set()
        for each, word in wrong:
            at = f"{office.url}/seguimiento/{each}/{word}"
            looked |= {as_it_came(Visitor().get(at + below)) for below in PAGES}
            for act, sent in ACTS.items():
                answer = as_it_came(Visitor().post(f"{at}/{act}", sent))
                (sent_text if sent.get("body") else sent_alone).add(answer)
        for answers in (looked, sent_alone, sent_text):  # one that holds a text gives it back
            ((status, _, _),) = answers
            assert status == 404
        assert looked == sent_alone


def as_it_came(page: Page) -> tuple[int, tuple[tuple[str, str], ...], str]:
    headers = ((name, value) for name, value in page.headers.items() if name != "Date")
    return page.status, tuple(headers), page.text


class TestALinkInAMail:
    def test_changes_nothing_when_a_scanner_opens_it_and_all_it_leads_to(
        self, office: Institution, receipt: Page
    ) -> None:
        todo = [link for mail in office.sink.taken for link in links_of(mail)]
        kinds = {"/".join(urlsplit(each).path.split("/")[1:3]) for each in todo}
        mailed = {"correo/direccion", "correo/caso", "correo/seguir", "correo/dejar"}
        assert kinds >= mailed
        before, seen = office.stored(), set()
        sent = len(office.sink.taken)
        while todo:
            link = todo.pop().partition("#")[0]
            if link in seen or not link.startswith(office.url) or len(seen) > 150:
                continue
            seen.add(link)
            page = Visitor().get(link)
            assert page.status in (200, 403, 404), link
            assert page.headers["Set-Cookie"] is None
            for act in re.findall(r'action="([^"]+)"', page.text):
                Visitor().get(act)
            if re.search(r"/(correo|seguimiento|seguir|comentar)/", link):
                todo += page.links()
        assert len(seen) > 20
        assert office.stored() == before
        office.tick()
        assert len(office.sink.taken) == sent

    def test_is_not_in_the_database(self, office: Institution, receipt: Page) -> None:
        """No secret part of any address that was mailed or shown, nor the short code."""
        stored = office.stored()
        links = [link for mail in office.sink.taken for link in links_of(mail)]
        secrets = {each for link in links for each in re.findall(r"[a-z2-7]{32}", link)}
        assert len(secrets) > 4
        assert token_of(receipt) in secrets
        assert [each for each in secrets if each in stored] == []
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", receipt.words)
        assert code
        for spelt in (code[0], code[0].replace("-", ""), code[0].lower()):
            assert spelt not in stored


class TestTheWayOut:
    def test_ends_what_is_followed_with_one_post_of_a_mail_program(
        self, office: Institution, receipt: Page
    ) -> None:
        """RFC 8058: by the header's address, without cookie or page."""
        mail = office.mails(ANA)[-1]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = str(mail["List-Unsubscribe"]).strip("<>")
        assert Visitor().post(link, {"List-Unsubscribe": "One-Click"}).status == 200
        before = len(office.mails(ANA))
        office.publish(office.write(body="Ya no lo sabrá.", author="Iker"))
        assert len(office.mails(ANA)) == before
