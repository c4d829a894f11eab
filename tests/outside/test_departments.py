"""Passing a comment on: by mail, to a page that needs no account, and back."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from comments_service.usecases import referring
from comments_service.usecases.moderate import case_by_reference
from tests.support.institution import FRIDAY, Institution, links_of, private_of, reference_of
from tests.support.visitor import Page, Visitor

OBRAS = "obras@ayuntamiento.example"
PARQUES = "parques@ayuntamiento.example"
PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}
ANSWER = {"body": "El bache se tapa el lunes.", "name": "Jon Obrero", "position": "Jefe de vías"}
QUESTION = "¿Cuándo se arregla el bache de la calle Mayor?"


@pytest.fixture(scope="module", autouse=True)
def departments(office: Institution) -> None:
    """Two with an e-mail address, as whoever looks after the accounts makes them."""
    for name, email in (("Obras", OBRAS), ("Parques", PARQUES)):
        staff = office.staff()
        page = staff.get(f"{office.url}/gestion/departamentos")
        page = staff.send(page, "/gestion/departamentos", name=name)
        page = staff.send(page, "/gestion/departamentos/", email=email)
        assert page.status == 200, page.text


@pytest.fixture
def referred(office: Institution) -> Callable[..., tuple[Page, str]]:
    """A comment that was passed on to Obras: its receipt, and the link in the mail."""

    def pass_on(to: str = "1", receipt: Page | None = None, **form: str) -> tuple[Page, str]:
        office.clock.now = max(office.clock(), FRIDAY) + timedelta(hours=4)
        made = receipt or office.write(**form)
        office.decide(made, "derivar", department=to, inquiry=QUESTION)
        office.tick()
        return made, link_in(office.mails(OBRAS if to == "1" else PARQUES)[-1])

    return pass_on


def link_in(mail: EmailMessage) -> str:
    (link,) = [each for each in links_of(mail) if "/departamento/" in each]
    return link


def case_page(office: Institution, receipt: Page) -> Page:
    return office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")


def gone(page: Page) -> tuple[int, tuple[tuple[str, str], ...], str]:
    headers = ((name, value) for name, value in page.headers.items() if name != "Date")
    return page.status, tuple(headers), page.text


class TestADepartment:
    def test_gets_an_address_that_is_shown_covered_and_stored_sealed(
        self, office: Institution
    ) -> None:
        page = office.staff().get(f"{office.url}/gestion/departamentos/1")
        assert "o…@ayuntamiento.example" in page.words
        assert OBRAS not in page.text
        assert OBRAS not in office.stored()


class TestPassingOn:
    def test_sends_the_question_and_the_comment_with_a_link(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Hay un bache enorme.")
        mail = office.mails(OBRAS)[-1]
        text = mail.get_content()
        assert reference_of(receipt) in mail["Subject"]
        assert QUESTION in text
        assert "> Hay un bache enorme." in text
        assert "Nada se publica todavía: lo revisa Ada Ejemplo" in text
        assert "consejo@pruebas.example" in mail["Reply-To"]
        assert link.rpartition("/")[2] not in office.stored()

    def test_says_so_on_the_label_and_moves_no_date(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt = office.write(body="Otro bache.")
        before = case_by_reference(office.blog, reference_of(receipt))
        referred(receipt=receipt)
        after = case_by_reference(office.blog, reference_of(receipt))
        assert Visitor().get(private_of(receipt)).heading == "Derivado a «Obras»"
        assert after.answer_by
        assert (after.decide_by, after.answer_by) == (before.decide_by, before.answer_by)

    def test_tells_its_reader_who_has_it_what_is_asked_and_by_when(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        ana = "ana@correo.example"
        receipt = office.write(body="Un bache.", email=ana)
        office.tick()
        office.confirm(ana)
        referred(receipt=receipt)
        text = office.mails(ana)[-1].get_content()
        assert "«Obras»" in text
        assert QUESTION in text
        assert "a más tardar el" in text
        assert "La fecha que te dimos no cambia" in text

    def test_asks_for_a_word_before_it_breaks_a_promise(self, office: Institution) -> None:
        receipt = office.write(body="Con prisa.")
        page = case_page(office, receipt)
        sent = {"department": "1", "inquiry": QUESTION, "due_on": "2027-03-01"}
        refused = office.staff().send(page, "/derivar", **sent)
        assert refused.status == 422
        assert QUESTION in refused.words or QUESTION in refused.text
        done = office.staff().send(page, "/derivar", late="1", **sent)
        assert done.status == 200

    def test_proposes_a_day_before_the_promised_one_to_look_at_what_comes_back(
        self, office: Institution
    ) -> None:
        case = case_by_reference(office.blog, reference_of(office.write(body="Con calma.")))
        assert case.answer_by
        zone, found = office.blog.site.zone, dict[int, int]()
        promised = case.answer_by.astimezone(zone).date()
        for days in range(8):
            now = case.answer_by - timedelta(days=days)
            due_on = referring.desk(office.blog, case, (), now).due_on
            assert now.astimezone(zone).date() <= due_on
            found[days] = (promised - due_on).days
        assert found[0] == 0, "there is no day before"
        assert all(found[days] >= 1 for days in range(1, 8)), found

    def test_twice_with_one_form_asks_once(self, office: Institution) -> None:
        receipt = office.write(body="Dos clics.")
        page = case_page(office, receipt)
        before = len(office.mails(OBRAS))
        for _ in range(2):
            office.staff().send(page, "/derivar", department="1", inquiry=QUESTION)
        office.tick()
        office.tick(hours=4)
        named = [m for m in office.mails(OBRAS)[before:] if reference_of(receipt) in m["Subject"]]
        assert len(named) == 1


class TestTheLink:
    def test_opens_for_anybody_and_is_kept_nowhere(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Un bache más.", email="lectora@correo.example")
        page = Visitor().get(link)
        assert page.status == 200
        assert page.heading == "Una pregunta para «Obras»"
        assert "Nada se publica todavía: lo revisa Ada Ejemplo" in page.words
        assert QUESTION in page.words
        assert "Un bache más." in page.words
        assert "lectora@correo.example" not in page.text
        assert {name: page.headers[name] for name in PRIVATE} == PRIVATE
        assert page.headers["Set-Cookie"] is None

    def test_changes_nothing_when_a_scanner_opens_it_five_times(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Escaneado.")
        before, sent = office.stored(), len(office.sink.taken)
        for _ in range(5):
            page = Visitor().get(link)
            for act in re.findall(r'action="([^"]+)"', page.text):
                Visitor().get(act)
        assert office.stored() == before
        office.tick()
        assert len(office.sink.taken) == sent

    def test_that_is_wrong_old_or_anothers_is_answered_alike(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="El mío.")
        _, other = referred(body="El de otra persona.")
        number, token = link.split("/")[-2:]
        number_of_other, token_of_other = other.split("/")[-2:]
        Visitor().send(Visitor().get(other), "/responder", what="answer", **ANSWER)
        wrong = [
            (number, token[:-1] + ("a" if token[-1] != "a" else "b")),
            (number, token_of_other),
            (number_of_other, token),
            (number_of_other, token_of_other),  # answered
            ("999999", token),
            ("0" + number, token),
            (number, "x"),
            ("nada", "nada"),
        ]
        looked, sent = set(), set()
        for each, word in wrong:
            at = f"{office.url}/departamento/{each}/{word}"
            looked.add(gone(Visitor().get(at)))
            for act, fields in (
                ("responder", {"revision": "1", "drafted": "0", "what": "answer", "body": "x"}),
                ("mas-tiempo", {"due_on": "2027-01-01", "why": "x"}),
                ("devolver", {"reason": "y"}),
            ):
                sent.add((act, gone(Visitor().post(f"{at}/{act}", fields))))
        ((status, _, _),) = looked
        assert status == 404
        assert len(sent) == 3
        assert {status for _, (status, _, _) in sent} == {404}
        assert "El de otra persona" not in Visitor().get(link).text
        assert "El mío" in Visitor().get(link).text

    def test_opens_nothing_once_another_department_is_asked(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="De ninguno de los dos.")
        _, second = referred("2", receipt=receipt)
        assert Visitor().get(link).status == 404
        assert Visitor().get(second).status == 200
        assert Visitor().get(private_of(receipt)).heading == "Derivado a «Parques»"
        assert "Se ha pasado 2 veces" in case_page(office, receipt).words

    def test_opens_nothing_once_it_was_taken_back(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Lo sé yo.")
        office.decide(receipt, "recuperar")
        assert Visitor().get(link).status == 404
        assert Visitor().get(private_of(receipt)).heading == "En estudio"

    def test_opens_nothing_once_the_comment_was_answered_here(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Ya se sabe.")
        office.answer(receipt)
        assert Visitor().get(link).status == 404

    def test_opens_nothing_after_thirty_days(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Sin prisa.")
        before = office.clock()
        try:
            office.clock.forward(days=29)
            assert Visitor().get(link).status == 200
            office.clock.forward(days=1, seconds=1)
            assert Visitor().get(link).status == 404
        finally:
            office.clock.now = before

    @pytest.mark.parametrize("change", [{"email": "vias@ayuntamiento.example"}, {"closed": "1"}])
    def test_opens_nothing_once_the_department_has_another_address_or_is_closed(
        self,
        office: Institution,
        referred: Callable[..., tuple[Page, str]],
        change: dict[str, str],
    ) -> None:
        _, link = referred()
        staff = office.staff()
        page = staff.get(f"{office.url}/gestion/departamentos/1")
        assert staff.send(page, "/gestion/departamentos/1", **change).status == 200
        assert gone(Visitor().get(link)) == gone(Visitor().get(f"{link[:-1]}x"))
        page = staff.get(f"{office.url}/gestion/departamentos/1")
        form = {**page.form("/gestion/departamentos/1"), "email": OBRAS}
        form.pop("closed", None)
        staff.post(page.target("/gestion/departamentos/1"), form)

    def test_opens_nothing_of_an_erased_comment_and_nothing_of_the_draft_is_left(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Bórrame.")
        draft = {**ANSWER, "body": "Un borrador muy suyo."}
        Visitor().send(Visitor().get(link), "/responder", what="draft", **draft)
        assert "Un borrador muy suyo." in office.stored()
        page = Visitor().get(private_of(receipt) + "/borrar")
        Visitor().send(page, "/borrar")
        assert Visitor().get(link).status == 404
        assert "Un borrador muy suyo." not in office.stored()


class TestAnAnswer:
    def test_comes_back_to_be_approved_and_is_published_under_both_names(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="¿Y mi bache?")
        done = Visitor().send(Visitor().get(link), "/responder", what="answer", **ANSWER)
        assert done.heading == "Gracias, ya tenemos tu respuesta"
        assert Visitor().get(link).status == 404
        assert ANSWER["body"] not in Visitor().get(f"{office.url}/2026/11/hola/").text
        page = case_page(office, receipt)
        assert "«Obras» ha contestado" in page.words
        assert page.form("/contestar")["body"].strip() == ANSWER["body"]
        along = re.search(r'name="along" value="(\d+)"', page.text)
        assert along
        office.staff().send(page, "/contestar", along=along[1])
        office.tick()
        shown = " ".join(Visitor().get(private_of(receipt)).words.split())
        assert "Jon Obrero · Ada Ejemplo" in shown
        assert "Jefe de vías, Obras" in shown
        assert ANSWER["body"] in Visitor().get(f"{office.url}/2026/11/hola/").text

    def test_sent_twice_is_one(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Dos veces.")
        page = Visitor().get(link)
        first = Visitor().send(page, "/responder", what="answer", **ANSWER)
        stored = office.stored()
        again = Visitor().send(page, "/responder", what="answer", **ANSWER)
        assert (first.status, again.status) == (200, 200)
        assert again.heading == first.heading
        assert office.stored() == stored
        other = Visitor().send(page, "/responder", what="answer", **{**ANSWER, "body": "Otra."})
        assert other.status == 404
        assert "Otra." in other.text  # to be copied

    def test_needs_a_text_a_name_and_a_position(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Vacío.")
        page = Visitor().send(
            Visitor().get(link), "/responder", what="answer", body="", name=" ", position=""
        )
        assert page.status == 422
        assert {"body-error", "name-error", "position-error"} <= set(
            re.findall(r'id="([a-z]+-error)"', page.text)
        )
        long = Visitor().send(
            Visitor().get(link), "/responder", what="answer", **{**ANSWER, "body": "a" * 9000}
        )
        assert long.status == 422

    def test_to_a_comment_that_was_edited_meanwhile_is_looked_at_again(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Antes.")
        page = Visitor().get(link)
        Visitor().send(Visitor().get(private_of(receipt) + "/corregir"), "/corregir", body="Ahora.")
        stale = Visitor().send(page, "/responder", what="answer", **ANSWER)
        assert stale.status == 409
        assert "Ahora." in stale.words
        assert ANSWER["body"] in stale.text
        fresh = Visitor().send(Visitor().get(link), "/responder", what="answer", **ANSWER)
        assert fresh.status == 200

    def test_can_still_be_given_after_its_reader_added_words(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Y además.")
        Visitor().send(Visitor().get(private_of(receipt)), "/anadir", body="Es en el número 4.")
        page = Visitor().get(link)
        assert "Es en el número 4." in page.words
        assert Visitor().send(page, "/responder", what="answer", **ANSWER).status == 200


class TestADraft:
    def test_waits_for_whoever_opens_the_link_next_and_nobody_overwrites_it_unseen(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        _, link = referred(body="Lo dejo a medias.")
        early = Visitor().get(link)
        kept = Visitor().send(early, "/responder", what="draft", **ANSWER)
        assert kept.status == 200
        assert kept.form("/responder")["body"].strip() == ANSWER["body"]
        assert kept.form("/responder")["name"] == ANSWER["name"]
        late = {**ANSWER, "body": "Otra cosa."}
        stale = Visitor().send(early, "/responder", what="draft", **late)
        assert stale.status == 409
        assert "Otra cosa." in stale.text
        assert Visitor().get(link).form("/responder")["body"].strip() == ANSWER["body"]


class TestGivingBack:
    def test_tells_why_and_brings_the_comment_back(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="¿De quién es?")
        page = Visitor().get(link)
        empty = Visitor().send(page, "/devolver", reason=" ")
        assert empty.status == 422
        done = Visitor().send(page, "/devolver", reason="Creo que es de Parques.")
        assert done.status == 200
        assert Visitor().get(link).status == 404
        words = case_page(office, receipt).words
        assert "«Obras» lo ha devuelto" in words
        assert "Creo que es de Parques." in words
        assert Visitor().get(private_of(receipt)).heading == "En estudio"


class TestMoreTime:
    def test_is_asked_for_once_and_moves_no_promise(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        receipt, link = referred(body="Sin prisas.")
        before = case_by_reference(office.blog, reference_of(receipt))
        day = (office.clock() + timedelta(days=9)).date().isoformat()
        page = Visitor().get(link)
        asked = Visitor().send(page, "/mas-tiempo", due_on=day, why="Hay que medirlo.")
        assert asked.status == 200
        assert "mas-tiempo" not in asked.text
        again = Visitor().send(page, "/mas-tiempo", due_on="2027-02-01", why="Más todavía.")
        assert again.status == 409
        after = case_by_reference(office.blog, reference_of(receipt))
        assert after.answer_by == before.answer_by
        assert "Hay que medirlo." in case_page(office, receipt).words


class TestWhoeverAsked:
    def test_is_told_by_mail_when_it_comes_back_and_gets_replies_to_the_question(
        self, office: Institution, referred: Callable[..., tuple[Page, str]]
    ) -> None:
        staff, ada = office.staff(), "ada@pruebas.example"
        page = staff.get(f"{office.url}/gestion/personas/1")
        assert staff.send(page, "/gestion/personas/1", email=ada).status == 200
        receipt, link = referred(body="Avísame.")
        assert ada in office.mails(OBRAS)[-1]["Reply-To"]
        Visitor().send(Visitor().get(link), "/responder", what="answer", **ANSWER)
        office.tick()
        (told,) = [m for m in office.mails(ada) if reference_of(receipt) in m["Subject"]]
        assert "«Obras» ha contestado" in told["Subject"]
        assert "Nada se publica hasta que tú lo apruebes" in " ".join(told.get_content().split())
