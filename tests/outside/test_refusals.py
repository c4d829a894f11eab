"""Not publishing, from outside: a rule and an explanation always, the reasons in full by mail and
on the private page, a second look by another person."""

import re
from collections.abc import Iterator

import pytest

from comments_service.usecases.moderate import case_by_reference
from tests.support.institution import (
    SITE,
    Institution,
    institution,
    private_of,
    reference_of,
    write_rule,
)
from tests.support.visitor import Page, Visitor

TEXT = "Digo una palabrota de tres pisos."
EMAIL = "ana@correo.example"
WHY = "Insulta a quien vive en el tercero."
CHANGE = "Cuenta lo mismo sin la palabrota."
OFFICE = "defensoria@pruebas.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with institution(tmp_path_factory.mktemp("refusals") / "blog") as made:
        named = SITE.replace("[contact]", f'[contact]\ncomplaints = "{OFFICE}"')
        (made.folder / "content" / "site.toml").write_text(named, "utf-8")
        yield made


def sent_to(office: Institution, receipt: Page, **fields: str) -> Page:
    """The form of a refusal as staff have it, sent with these fields."""
    staff, reference = office.staff(), reference_of(receipt)
    page = staff.get(f"{office.url}/gestion/comentario/{reference}")
    return staff.send(page, f"{reference}/no-publicar", **fields)


def second_person(office: Institution) -> Visitor:
    """A colleague who was invited, accepted and is signed in."""
    staff = office.staff()
    page = staff.get(f"{office.url}/gestion/personas/invitar")
    given = {"name": "Iker Ejemplo", "login": "iker", "role": "moderator", "language": "es"}
    invited = staff.send(page, "/gestion/personas", **given)
    found = re.search(r"http://localhost:\d+/gestion/invitacion/[\w-]+", invited.text)
    assert found, invited.words
    other = Visitor()
    page = other.get(found[0])
    form = {"name": "Iker Ejemplo", "password": "otra frase bien larga"}
    done = other.send(page, "/gestion/invitacion/", **form)
    assert done.status == 200, done.text
    return other


@pytest.fixture(scope="module")
def refused(office: Institution) -> Page:
    receipt = office.write(body=TEXT, email=EMAIL)
    office.tick()
    office.confirm(EMAIL)
    done = sent_to(office, receipt, rule="1-v1", reason=WHY, change=CHANGE)
    assert done.status == 200
    return receipt


class TestRefusing:
    def test_without_a_rule_or_an_explanation_changes_nothing(self, office: Institution) -> None:
        receipt = office.write(body=TEXT, email=EMAIL)
        for fields in (
            {"rule": "1-v1", "reason": " "},
            {"rule": "", "reason": WHY},
            {"rule": "7-v1", "reason": WHY},
        ):
            answer = sent_to(office, receipt, **fields)
            assert answer.status == 422, fields
            assert WHY in answer.text or fields["reason"] == " "
        assert sent_to(office, receipt, rule="nada", reason=WHY).status == 400
        assert Visitor().get(private_of(receipt)).heading == "Recibido"

    def test_tells_its_reader_all_of_it_by_mail_though_the_rule_changes_before_it_leaves(
        self, office: Institution, refused: Page
    ) -> None:
        comments = office.folder / "content" / "comments"
        write_rule(comments, 1, 2, "Respeto, otra vez", "Ahora dice otra cosa.")
        office.build()
        office.tick()
        mail = office.mails(EMAIL)[-1].get_content()
        private = private_of(refused)
        for part in (TEXT, "Norma 1: Respeto", "Sin insultos.", WHY, CHANGE, OFFICE):
            assert part in mail, part
        assert f"{private}/corregir" in mail
        assert private in mail.split()
        assert "otra cosa" not in mail

    def test_says_so_on_the_private_page_above_the_button_to_write_it_again(
        self, office: Institution, refused: Page
    ) -> None:
        page = Visitor().get(private_of(refused))
        told = page.words
        for part in ("Norma 1: Respeto", "Sin insultos.", WHY, CHANGE, OFFICE):
            assert part in told, part
        assert told.index(CHANGE) < told.index("Escribirlo de nuevo")
        assert f"{private_of(refused)}/corregir" in page.links()
        assert "otra cosa" not in told

    def test_leaves_the_link_to_the_rule_as_it_was(
        self, office: Institution, refused: Page
    ) -> None:
        page = Visitor().get(private_of(refused))
        (link,) = [link for link in page.links() if "/normas/" in link and "v1" in link]
        assert "Sin insultos." in Visitor().get(link).words

    def test_keeps_the_reference_when_it_is_written_again(
        self, office: Institution, refused: Page
    ) -> None:
        again = Visitor()
        page = again.get(f"{private_of(refused)}/corregir")
        done = again.send(page, "/corregir", body="Digo lo mismo con educación.")
        assert reference_of(done) == reference_of(refused)
        assert done.heading == "Recibido"
        shown = office.publish(refused)
        assert shown.heading == "Publicado"
        article = Visitor().get(f"{office.url}/2026/11/hola/").text
        assert "con educación" in article
        assert "palabrota" not in article

    def test_is_erased_with_the_rest(self, office: Institution) -> None:
        receipt = office.write(body="Digo algo que se borrará.")
        sent_to(office, receipt, rule="1-v2", reason="Motivo único.", change="Cambio único.")
        page = Visitor().get(f"{private_of(receipt)}/borrar")
        assert Visitor().send(page, "/borrar").status == 200
        office.tick()
        kept = office.stored()
        assert "Motivo único." not in kept
        assert "Cambio único." not in kept


class TestASecondLook:
    @pytest.fixture
    def appealed(self, office: Institution) -> Page:
        receipt = office.write(body=f"{TEXT} Otra vez, a las {office.clock()}.")
        sent_to(office, receipt, rule="1-v2", reason=WHY)
        page = Visitor().get(private_of(receipt))
        done = Visitor().send(page, "/reclamar", body="No insulto a nadie.")
        assert done.heading == "No publicado · en revisión"
        return receipt

    def test_is_taken_by_the_one_person_where_nobody_else_decides(
        self, office: Institution, appealed: Page
    ) -> None:
        assert office.decide(appealed, "reabrir").status == 200
        assert Visitor().get(private_of(appealed)).heading == "Recibido"

    def test_is_never_taken_by_whoever_refused_it_where_another_person_decides(
        self, office: Institution, appealed: Page
    ) -> None:
        staff, reference = office.staff(), reference_of(appealed)
        here = f"{office.url}/gestion/comentario/{reference}"
        page = staff.get(here)
        csrf = page.form(f"{reference}/reabrir")["csrf"]
        other = second_person(office)
        refused = staff.post(f"{here}/reabrir", {"csrf": csrf})
        assert refused.status == 403
        assert "otra persona tiene que decidirlo" in refused.words
        assert other.send(other.get(here), f"{reference}/reabrir").status == 200
        assert other.send(other.get(here), f"{reference}/publicar").status == 200
        office.tick()
        assert Visitor().get(private_of(appealed)).heading == "Publicado"
        of = case_by_reference(office.blog, reference)
        assert of.number is not None

    def test_names_nobody_outside_once_two_people_decide(self, office: Institution) -> None:
        receipt = office.write(body="Uno más que no se publica.")
        sent_to(office, receipt, rule="1-v2", reason=WHY)
        assert OFFICE not in Visitor().get(private_of(receipt)).words
