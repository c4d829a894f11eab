"""Taking no comments of somebody for a while, from outside: told by mail and on the page, the
review, the end."""

from tests.support.institution import Institution, private_of
from tests.support.visitor import Page, Visitor

EMAIL, OTHER = "ana@correo.example", "eva@correo.example"
WHY = "Insulta a quien vive en el tercero, una y otra vez."
FORM = {"ban_rule": "1-v1", "ban_reason": WHY, "ban_term": "7"}
HEADING = "Por ahora no admitimos comentarios nuevos tuyos"
REVIEW = "consejo@pruebas.example"


def banned(office: Institution, email: str = EMAIL) -> Page:
    receipt = office.write(author="Ana", body="Sois unos inútiles.", email=email)
    office.tick()
    office.confirm(email)
    office.decide(receipt, "no-admitir", by_address="1", **FORM)
    office.tick()
    return receipt


class TestWhoeverIsBanned:
    def test_reads_everything_by_mail_at_once_and_when_they_write(
        self, office: Institution
    ) -> None:
        receipt = banned(office)
        (mail,) = [m for m in office.mails(EMAIL) if HEADING in str(m["Subject"])]
        page = office.write(author="Ana", body="Otra vez yo.", email=EMAIL)
        assert page.status == 403
        private = Visitor().get(private_of(receipt))
        for told in (mail.get_content(), page.words, private.words):
            for said in ("Norma 1: Respeto", WHY, "11/12/2026 a las 23:59", REVIEW):
                assert said in told, said
        assert "Otra vez yo." in page.text
        assert private_of(receipt) in mail.get_content()

    def test_is_in_again_when_it_is_lifted_and_gets_no_mail_that_is_no_longer_true(
        self, office: Institution
    ) -> None:
        receipt = office.write(author="Eva", body="Sois unos inútiles.", email=OTHER)
        office.tick()
        office.confirm(OTHER)
        office.decide(receipt, "no-admitir", by_address="1", **FORM)
        page = office.staff().get(f"{office.url}/gestion/ajustes/no-admitidos")
        office.staff().send(page, "/no-admitidos/admitir")
        office.tick()
        assert not [m for m in office.mails(OTHER) if HEADING in str(m["Subject"])]
        assert office.write(author="Eva", body="Gracias.", email=OTHER).status == 200
