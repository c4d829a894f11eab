"""The pages about who works here: small for one person, whole for twenty."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain import totp
from comments_service.domain.cases import Case
from comments_service.domain.permissions import Role
from comments_service.store import people as rows
from comments_service.store import sessions as session_rows
from comments_service.store.people import Person
from comments_service.usecases import (
    colleagues,
    departments,
    invitations,
    passkeys,
    second_factor,
    sessions,
)
from comments_service.usecases.blog import Blog
from comments_service.usecases.sign_in import open_session_for
from comments_service.usecases.withdraw import erase
from tests.support.device import Device
from tests.support.fixtures import Clock
from tests.support.people import PASSWORD, form_of, hired, invited
from tests.web.pages import CSRF, URL, by_id, fields, text_of, title, tree, words

OTHER = "c" * 32
PEOPLE = "/gestion/personas"

OF_A_TEAM = {
    "es": r"\brol(es)?\b|departamento|lo lleva|quién lo lleva|\bregistro de\b|auditor",
    "eu": r"\brol(a|ak)?\b|\bsail(a|ak)?\b|arduratzen|erregistroa|ikuskari",
    "en": r"\broles?\b|department|looks after it|\blog\b|audit",
}
"""Words that somebody who works alone has no use for."""


@pytest.fixture
def alone(blog: Blog, moderator: Person, clock: Clock) -> Person:
    """The only account, without a department."""
    said = form_of(moderator, department="")
    colleagues.change(blog, moderator.id, said, by=moderator, now=clock())
    return colleagues.person(blog, moderator.id)


def everywhere(client: FlaskClient) -> dict[str, str]:
    """The text of each page for staff that links lead to, beginning with the first."""
    found: dict[str, str] = {}
    waiting = ["/gestion/"]
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code == 200, path
        found[path] = _seen(answer)
        for link in tree(answer).iter("a"):
            address = (link.get("href") or "").removeprefix(URL).partition("#")[0]
            if address.startswith("/gestion") and address not in {*found, *waiting}:
                waiting.append(address)
    return found


def _seen(answer: object) -> str:
    """What is read on the page, its menu and its title; the footer is that of the site."""
    body = tree(answer)  # type: ignore[arg-type]
    parts = [text_of(body.find(".//main")), text_of(body.find(".//header"))]
    return " ".join([*parts, title(answer)])  # type: ignore[arg-type]


class TestALostTelephone:
    def test_of_ones_own_is_not_forgotten_here(
        self, blog: Blog, clock: Clock, moderator: Person, staff: FlaskClient
    ) -> None:
        staff.set_cookie("tertulia-8000", with_code(blog, clock, moderator))
        csrf = fields(staff.get("/gestion/cuenta"), "/salir")["csrf"]
        assert "sin-telefono" not in staff.get(f"{PEOPLE}/{moderator.id}").text
        answer = staff.post(f"{PEOPLE}/{moderator.id}/sin-telefono", data={"csrf": csrf})
        assert answer.status_code == 409
        assert colleagues.person(blog, moderator.id).has_code

    def test_of_a_colleague_who_has_a_passkey_alone_is(
        self, blog: Blog, clock: Clock, moderator: Person, staff: FlaskClient
    ) -> None:
        berta = hired(blog, moderator, "Berta", clock())
        with_passkey(blog, clock, berta)
        assert "sin-telefono" in staff.get(f"{PEOPLE}/{berta.id}").text
        answer = staff.post(f"{PEOPLE}/{berta.id}/sin-telefono", data={"csrf": CSRF})
        assert answer.status_code == 303
        assert not colleagues.person(blog, berta.id).has_second_factor


def with_code(blog: Blog, clock: Clock, person: Person) -> str:
    """The person set a telephone; the cookie of the only session that is left."""
    with blog.store.write() as connection:
        opened = open_session_for(connection, person, clock())
    session = sessions.session(blog, opened.token, clock())
    assert session
    secret = totp.read(second_factor.offered(blog, session).secret.replace(" ", ""))
    code = totp.code_at(secret, int(clock().timestamp()) // 30)
    return second_factor.set_up(blog, session, code, now=clock()).signed_in.token


def with_passkey(blog: Blog, clock: Clock, person: Person) -> None:
    device = Device(blog.site_url)
    asked = passkeys.challenge_to_add(blog, person, clock())
    passkeys.add(blog, person, asked.token, "El portátil", device.create(asked.options), clock())


class TestOneAccount:
    @pytest.mark.parametrize("lang", ["es", "eu", "en"])
    def test_reads_no_word_that_only_a_team_needs(
        self,
        lang: str,
        blog: Blog,
        alone: Person,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        clock: Clock,
    ) -> None:
        said = form_of(alone, language=lang)
        colleagues.change(blog, alone.id, said, by=alone, now=clock())
        waiting()
        for path, text in everywhere(staff).items():
            found = re.search(OF_A_TEAM[lang], text, re.IGNORECASE)
            assert not found, (path, found)

    def test_has_four_entries_in_its_menu(self, alone: Person, staff: FlaskClient) -> None:
        menu = tree(staff.get("/gestion/")).find(".//nav")
        assert [text_of(entry) for entry in menu.iter("li")] == [
            "Esperan respuesta",
            "Decididos",
            "Ajustes",
            "Salir: Ada Ejemplo",
        ]

    def test_finds_how_to_invite_another_person(self, alone: Person, staff: FlaskClient) -> None:
        assert "Invitar a otra persona" in words(staff.get("/gestion/ajustes/"))


class TestATeam:
    @pytest.fixture
    def team(self, blog: Blog, moderator: Person, clock: Clock) -> list[Person]:
        """Twenty people of all roles in five departments."""
        names = ("Obras", "Hacienda", "Cultura", "Medio Ambiente", "Igualdad")
        for name in names:
            departments.add(blog, name, by=moderator, now=clock())
        places = departments.everything(blog).departments
        made = []
        for number in range(19):
            said = {"role": list(Role)[number % len(Role)], "login": f"p{number}"}
            place = str(places[number % len(places)].id)
            name = f"Persona {number}"
            made.append(invited(blog, moderator, name, clock(), department=place, **said).person)
        return made

    def test_finds_everything(
        self,
        blog: Blog,
        team: list[Person],
        staff: FlaskClient,
        waiting: Callable[..., Case],
    ) -> None:
        case = waiting()
        pages = everywhere(staff)
        assert "Quién trabaja aquí" in pages["/gestion/ajustes/"]
        listed = pages[PEOPLE]
        for person in team:
            assert person.name in listed
        for department in departments.everything(blog).departments:
            assert department.name in listed
            assert department.name in pages["/gestion/departamentos"]
        assert "Quién se encarga" in pages[f"/gestion/comentario/{case.reference}"]


class TestInviting:
    def test_shows_the_link_once_and_it_opens_the_account(
        self, staff: FlaskClient, reader: FlaskClient, moderator: Person
    ) -> None:
        form = {"csrf": CSRF, "name": "Berta Vidal", "login": "Berta", "role": "respondent"}
        answer = staff.post(f"{PEOPLE}/invitar", data=form | {"language": "eu"})
        link = text_of(by_id(answer, "enlace")).removeprefix(URL)
        assert re.fullmatch(r"/gestion/invitacion/[a-z2-7]{32}", link)
        assert link not in staff.get(PEOPLE).text

        page = reader.get(link)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert tree(page).get("lang") == "eu"
        accepted = reader.post(link, data={"name": "Berta Vidal", "password": PASSWORD})
        assert accepted.status_code == 303
        assert reader.get("/gestion/").status_code == 200
        assert reader.get(link).status_code == 410
        assert staff.get("/gestion/").status_code == 200

    def test_shows_each_fault_beside_its_field_and_keeps_what_was_written(
        self, staff: FlaskClient, blog: Blog
    ) -> None:
        form = {"csrf": CSRF, "name": "Berta", "login": "ada", "role": "x", "email": "b"}
        answer = staff.post(f"{PEOPLE}/invitar", data=form)
        assert answer.status_code == 422
        assert title(answer).startswith("Error:")
        for field in ("login", "role", "email"):
            assert text_of(by_id(answer, f"{field}-error"))
        assert by_id(answer, "name").get("value") == "Berta"
        assert len(colleagues.everybody(blog).here) == 1

    def test_shows_faults_of_whoever_was_invited_without_the_password(
        self, blog: Blog, moderator: Person, clock: Clock, reader: FlaskClient
    ) -> None:
        made = invited(blog, moderator, "Berta", clock())
        path = f"/gestion/invitacion/{made.token}"
        answer = reader.post(path, data={"name": "", "password": "corta y mal"})
        assert answer.status_code == 422
        assert text_of(by_id(answer, "name-error"))
        assert "corta y mal" not in answer.text

    def test_asks_for_the_second_factor_outside_a_trial(
        self, app: Flask, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        object.__setattr__(blog.settings, "site_url", "https://blog.pruebas.example")
        from comments_service.web import create_app

        client = create_app(blog, clock=clock).test_client()
        made = invited(blog, moderator, "Berta", clock())
        there = {"base_url": "https://blog.pruebas.example"}
        path = f"/gestion/invitacion/{made.token}"
        form = {"name": "Berta", "password": PASSWORD}
        assert client.post(path, data=form, **there).status_code == 303
        answer = client.get("/gestion/", **there)
        assert answer.headers["Location"].endswith("/gestion/cuenta/codigo")


class TestThePageOfAPerson:
    @pytest.fixture
    def berta(self, blog: Blog, moderator: Person, clock: Clock) -> Person:
        return hired(blog, moderator, "Berta Vidal", clock())

    def test_says_clearly_why_the_last_administrator_stays(
        self, staff: FlaskClient, moderator: Person, berta: Person
    ) -> None:
        here = f"{PEOPLE}/{moderator.id}"
        sent = {
            here: {"name": "Ada", "role": "auditor", "language": "es"},
            f"{here}/detener": {},
            f"{here}/se-va": {"successor": str(berta.id)},
        }
        for path, form in sent.items():
            answer = staff.post(path, data={"csrf": CSRF, **form})
            assert answer.status_code == 422
            assert "Nadie más se ocupa de las cuentas" in words(answer)

    def test_hides_who_left_from_the_list_and_keeps_their_name_below_it(
        self, blog: Blog, staff: FlaskClient, moderator: Person, berta: Person
    ) -> None:
        answer = staff.post(f"{PEOPLE}/{berta.id}/se-va", data={"csrf": CSRF, "successor": ""})
        assert answer.status_code == 303
        page = staff.get(PEOPLE)
        headings = [text_of(each) for each in by_id(page, "contenido").iter("h2")]
        assert headings == ["Ada Ejemplo", "Se fueron"]
        assert "Berta Vidal" in words(page)
        assert "ya no trabaja aquí" in words(staff.get(f"{PEOPLE}/{berta.id}"))

    def test_shows_an_address_with_its_name_covered(
        self, blog: Blog, staff: FlaskClient, moderator: Person, clock: Clock
    ) -> None:
        carla = hired(blog, moderator, "Carla", clock(), email="carla@correo.example")
        page = staff.get(f"{PEOPLE}/{carla.id}")
        assert "c…@correo.example" in page.text
        assert "carla@correo.example" not in page.text

    def test_offers_departments_only_once_there_is_one(
        self, blog: Blog, staff: FlaskClient, moderator: Person, berta: Person, clock: Clock
    ) -> None:
        path = f"{PEOPLE}/{berta.id}"
        assert "Departamento" not in words(staff.get(path))
        assert "Añadir un departamento" in words(staff.get(PEOPLE))
        departments.add(blog, "Obras", by=moderator, now=clock())
        assert "Departamento" in words(staff.get(path))
        assert "Departamentos y temas" in words(staff.get(PEOPLE))

    def test_takes_an_invitation_back_and_makes_another_link(
        self, blog: Blog, staff: FlaskClient, moderator: Person, clock: Clock
    ) -> None:
        waits = invited(blog, moderator, "Carla", clock()).person
        clock.forward(seconds=1)
        path = f"{PEOPLE}/{waits.id}"
        answer = staff.post(f"{path}/invitacion", data={"csrf": CSRF})
        link = text_of(by_id(answer, "enlace")).removeprefix(URL)
        token = link.rpartition("/")[2]
        assert invitations.look(blog, token, clock()).id == waits.id
        assert staff.post(f"{path}/retirar", data={"csrf": CSRF}).status_code == 303
        assert staff.get(path).status_code == 404


class TestTheListOf:
    def a_browser_of(self, app: Flask, blog: Blog, clock: Clock, role: Role) -> FlaskClient:
        with blog.store.write() as connection:
            values = {"login": "nadia", "name": "Nadia", "language": "es", "role": role}
            new = rows.add_person(connection, clock(), password_hash="-", **values)
            session_rows.open_session(connection, OTHER, new, CSRF, clock())
        client = app.test_client()
        client.set_cookie("tertulia-8000", OTHER)
        return client

    def test_whoever_may_not_decide_offers_to_look_at_each(
        self, app: Flask, blog: Blog, clock: Clock, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        seen = words(self.a_browser_of(app, blog, clock, Role.DPO).get("/gestion/"))
        assert case.reference in seen
        assert "Contestarlo o no publicarlo" not in seen

    def test_somebody_with_nothing_to_look_after_says_what_comes_to_it(
        self, app: Flask, blog: Blog, clock: Clock, waiting: Callable[..., Case]
    ) -> None:
        waiting()
        seen = words(self.a_browser_of(app, blog, clock, Role.RESPONDENT).get("/gestion/"))
        assert "Aquí aparece lo que se te encarga." in seen


class TestWhoLooksAfterAComment:
    def test_is_said_and_changed_on_its_page(
        self,
        blog: Blog,
        staff: FlaskClient,
        moderator: Person,
        waiting: Callable[..., Case],
        clock: Clock,
    ) -> None:
        berta, case = hired(blog, moderator, "Berta Vidal", clock()), waiting()
        path = f"/gestion/comentario/{case.reference}"
        assert "Nadie en particular" in words(staff.get(path))
        form = {"csrf": CSRF, "to": str(berta.id), "was": "0"}
        assert staff.post(f"{path}/encargar", data=form).status_code == 303
        assert "Lo lleva Berta Vidal" in words(staff.get(path))
        stale = staff.post(f"{path}/encargar", data=form | {"to": str(moderator.id)})
        assert stale.status_code == 409
        assert "Lo lleva Berta Vidal" in words(stale)

    def test_is_nobody_once_it_is_erased(
        self,
        blog: Blog,
        staff: FlaskClient,
        moderator: Person,
        waiting: Callable[..., Case],
        clock: Clock,
    ) -> None:
        hired(blog, moderator, "Berta Vidal", clock())
        case = waiting()
        erase(blog, case.comment_id, now=clock())
        page = staff.get(f"/gestion/comentario/{case.reference}")
        assert "encargar" not in page.text

    def test_is_nothing_that_one_person_alone_sees(
        self, alone: Person, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        page = staff.get(f"/gestion/comentario/{waiting().reference}")
        assert "encargar" not in page.text
