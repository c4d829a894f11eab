"""Every page of the reader's side in every state and language: no accessibility fault, nothing
wider than a small telephone.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from comments_service.store import engine
from tests.browser.test_pages import AXE_RULES, axe, scrolls_sideways
from tests.support.institution import PASSWORD, Institution, institution, links_of, private_of
from tests.support.visitor import Page as Found
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser

LANGUAGES = ("es", "eu", "en")
SMALL = {"width": 360, "height": 740}
SMALLER = 320
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
BODY = f"Con **fuerza**, {LONG} y <https://example.org/{LONG}>.\n\n> Una cita\n\n    código {LONG}"
WRONG = "a" * 32

SEND = """
([address, fields]) => {
  const form = Object.assign(document.createElement('form'), {method: 'post', action: address});
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.assign(document.createElement('textarea'), {name});
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
"""
"""Sends a form as the browser would."""

Form = tuple[str, dict[str, str]]
"""Where it is sent to, and its fields."""


def sent(page: Page, form: Form, language: str) -> int:
    """Send it in a language; the status of the answer."""
    address, fields = form
    if "/comentar/" in address:
        fields = fields | {"lang": language}
    page.goto("about:blank")
    with page.expect_navigation() as found:
        page.evaluate(SEND, [in_language(address, language), fields])
    return found.value.status if found.value else 0


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}idioma={language}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "BUSY_SECONDS", 0.05)  # a locked database is known at once
        with institution(tmp_path_factory.mktemp("states") / "blog") as made:
            yield made


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    """On this machine alone, and full after two comments."""
    folder = tmp_path_factory.mktemp("trial") / "blog"
    with institution(folder, trial=True, max_per_network=2) as made:
        made.write(author=LONG[:70], body=BODY, email="ana@correo.example")
        made.write(author="Ane", body="Kaixo.", email="ane@correo.example")
        made.tick()
        yield made


def cases(office: Institution) -> dict[str, str]:
    """Private pages of comments that were brought to each state, by its name."""
    email = "ana@correo.example"
    names = "received approved published answered rejected appealed edited refused-edit withdrawn"
    found = {
        name: office.write(author=LONG[:70], body=f"{BODY}\n\n{name}", email=email)
        for name in names.split()
    }
    found["private"] = office.write(body=BODY + " privado", private="1")
    for name in ("published", "answered", "edited", "refused-edit", "withdrawn"):
        office.decide(found[name], "publicar")
    office.tick()
    office.confirm(email)
    for name in ("answered", "private"):
        office.decide(found[name], "contestar", body=BODY)
    veto = "veto@correo.example"
    found["banned"] = office.write(author=LONG[:70], body=BODY + " vetado", email=veto)
    office.tick()
    office.confirm(veto)
    ban = {"by_address": "1", "ban_rule": "1-v1", "ban_reason": BODY, "ban_term": "30"}
    office.decide(found["banned"], "no-admitir", **ban)
    for name in ("rejected", "appealed"):
        office.decide(found[name], "no-publicar", rule="1-v1", reason=BODY)
    office.tick()
    act(found["appealed"], "", "reclamar", body=BODY)
    for name in ("edited", "refused-edit"):
        act(found[name], "/corregir", "corregir", body=BODY + " corregido")
    office.decide(found["refused-edit"], "no-publicar", rule="1-v1", reason="Por esto.")
    act(found["withdrawn"], "/retirar", "retirar")
    act(found["answered"], "", "anadir", body=BODY)
    act(found["published"], "", "sin-correos")
    office.tick(hours=4)
    return {name: private_of(receipt) for name, receipt in found.items()}


def act(receipt: Found, below: str, word: str, **fields: str) -> None:
    page = Visitor().get(private_of(receipt) + below)
    assert Visitor().send(page, f"/{word}", **fields).status == 200, word


def mailed(office: Institution) -> dict[str, str]:
    """What the links in mails open, by name, before and after it was said yes or no there."""
    found = {}
    for name, email in (("asked", "b@correo.example"), ("said", "c@correo.example")):
        Visitor().send(Visitor().get(f"{office.url}/seguir/hola"), "/seguir/", email=email)
        office.write(body=f"De {email}.", email=email)
        office.tick()
        links = {link for mail in office.mails(email) for link in links_of(mail)}
        for kind in ("seguir", "direccion"):
            found[f"{name} {kind}"] = next(each for each in links if f"/correo/{kind}/" in each)
    for kind in ("seguir", "direccion"):
        Visitor().post(found[f"said {kind}"], {"what": "yes"})
    office.publish(office.write(body="Para quien sigue."))
    office.write(body="Con el final de los correos.", email="c@correo.example")
    office.tick()
    links = [link for mail in office.mails("c@correo.example") for link in links_of(mail)]
    for kind in ("dejar", "caso"):
        found[f"asked {kind}"] = next(each for each in links if f"/correo/{kind}/" in each)
    return found


def to_the_author(office: Institution) -> str:
    """The link in the mail to whoever wrote the article."""
    ada, mine = "ada@pruebas.example", {"own_password": PASSWORD, "notices": "daily"}
    page = office.staff().get(f"{office.url}/gestion/cuenta")
    office.staff().send(page, "/cuenta/avisos", email=ada, **mine)
    office.publish(office.write(author=LONG[:70], body=BODY + " para quien lo firma"))
    office.tick(days=2, hours=20)  # on Monday, when the office is open
    found = [link for mail in office.mails(ada) for link in links_of(mail)]
    return [each for each in found if "/correo/contestar/" in each][-1]


@pytest.fixture(scope="module")
def private(office: Institution) -> dict[str, str]:
    return cases(office)


@pytest.fixture(scope="module")
def pages(office: Institution, trial: Institution, private: dict[str, str]) -> dict[str, str]:
    """Every address that can be opened, by name."""
    url, stands = office.url, private["answered"]
    article = Visitor().get(f"{url}/2026/11/hola/").text
    comment = re.findall(r"[?&;]citar=([0-9a-z]{26})", article)[0]
    by_mail = mailed(office) | {"author": to_the_author(office)}
    office.decide(Visitor().get(private["approved"]), "publicar")  # no update comes any more
    below = ("recibido", "corregir", "retirar", "borrar", "enlace")
    return {
        "form": f"{url}/comentar/hola",
        "reply": f"{url}/comentar/hola?responder={comment}",
        "quotation": f"{url}/comentar/hola?citar={comment}",
        "closed": f"{url}/comentar/cerrada",
        "unknown thread": f"{url}/comentar/nada",
        "thanks to the author": f"{url}/correo/contestar/gracias/respuesta",
        "find": f"{url}/seguimiento/",
        "erased": f"{url}/seguimiento/borrado",
        "wrong link": f"{url}/seguimiento/2026-000001/{WRONG}",
        "follow": f"{url}/seguir/hola",
        "asked to follow": f"{url}/seguir/hola/pedido",
        "trial mails": f"{trial.url}/correos",
        **{f"private page, {name}": address for name, address in private.items()},
        **{each: f"{stands}/{each}" for each in below},
        "answer to an act": f"{stands}?hecho=anadir",
        "receipt of a private one": f"{private['private']}/recibido",
        **{f"mail, {name}": address for name, address in by_mail.items()},
    }


@pytest.fixture(scope="module")
def faulty(office: Institution, trial: Institution, private: dict[str, str]) -> dict[str, Form]:
    """Every form that cannot be taken as it is, by the status of the answer."""
    form, stands, url = f"{office.url}/comentar/hola", private["answered"], office.url
    good = {"author": "Ane", "body": BODY}
    return {
        "422 everything": (form, {"author": "", "body": "", "email": "ane"}),
        "422 too long": (form, {"author": "A" * 90, "body": "ñ" * 8_001}),
        "422 links": (form, {"author": "Ane", "body": "[a](https://a.example) " * 30}),
        "200 preview": (f"{form}/vista-previa", good),
        "403 banned": (form, good | {"email": "veto@correo.example"}),
        "403 closed": (f"{url}/comentar/cerrada", good),
        "404 unknown thread": (f"{url}/comentar/nada", good),
        "413": (form, {"author": "Ane", "body": "a" * 300_000}),
        "429": (f"{trial.url}/comentar/hola", good),
        "422 add": (f"{stands}/anadir", {"seen": "99", "body": ""}),
        "409 add": (f"{stands}/anadir", {"seen": "1", "body": BODY}),
        "422 edit": (f"{stands}/corregir", {"seen": "99", "body": ""}),
        "409 edit": (f"{stands}/corregir", {"seen": "1", "body": BODY}),
        "422 follow": (f"{url}/seguir/hola", {"email": "nadie"}),
        "422 code": (f"{url}/seguimiento/", {"code": "mal"}),
        "400": (f"{stands}/valorar", {"answer": "x", "useful": "2"}),
    }


@contextmanager
def locked(office: Institution) -> Iterator[None]:
    """Another program keeps the database for itself."""
    path = office.blog.settings.var_folder / "tertulia.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SMALL, locale="es-ES", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def program(checkers: Path) -> str:
    return (checkers / "axe-core" / "axe.min.js").read_text("utf-8")


def faults(page: Page, program: str, language: str) -> list[Any]:
    """What is wrong with the page that is open."""
    page.set_viewport_size(SMALL)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(program)
    colours = {"color-contrast": {"enabled": language == "es"}}  # slow, and alike in all three
    found = axe(page, {"runOnly": AXE_RULES, "rules": colours})
    if page.locator("html").get_attribute("lang") != language:
        found.append("speaks another language")
    if page.locator("h1").count() != 1:
        found.append("has not one first heading")
    wide = [width for width in (SMALL["width"], SMALLER) if scrolls_sideways(page, width)]
    return found + [f"wider than {width}" for width in wide]


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryState:
    def test_of_a_page_has_no_fault(
        self, page: Page, program: str, pages: dict[str, str], language: str
    ) -> None:
        found = {}
        for name, address in pages.items():
            page.goto(in_language(address, language))
            found[name] = faults(page, program, language)
        bad = {name: each for name, each in found.items() if each}
        assert not bad, pformat(bad, width=150)

    def test_of_an_answer_to_a_form_has_no_fault(
        self, page: Page, program: str, faulty: dict[str, Form], language: str
    ) -> None:
        found = {}
        for name, form in faulty.items():
            status = sent(page, form, language)
            found[name] = faults(page, program, language)
            if str(status) != name[:3]:
                found[name].append(status)
        bad = {name: each for name, each in found.items() if each}
        assert not bad, pformat(bad, width=150)

    def test_while_the_database_is_locked_has_no_fault(
        self, page: Page, program: str, office: Institution, private: dict[str, str], language: str
    ) -> None:
        words = {"author": "Ane", "body": BODY}
        forms = [(f"{office.url}/comentar/hola", words)]
        forms.append((f"{private['answered']}/anadir", {"seen": "99", "body": BODY}))
        with locked(office):
            for form in forms:
                assert sent(page, form, language) == 503
                assert faults(page, program, language) == []
