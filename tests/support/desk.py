"""A desk at which something stands in every list and a comment in every state, made as readers and
staff make it: with forms. For tests that look at all pages of staff, and for pictures of them.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from comments_service.domain import totp
from comments_service.usecases import colleagues, departments
from comments_service.usecases.moderate import case_by_reference
from tests.support.institution import Institution, links_of, private_of, reference_of, write_rule
from tests.support.people import PASSWORD, form_of, hired, invited
from tests.support.visitor import Page, Visitor

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
BODY = f"""¿Cuándo abre la **biblioteca** de la calle Mayor? Llevamos meses esperando.

> Una cita de alguien
> que ocupa dos líneas

- el lunes
- el martes

Más en <https://example.org/{LONG}> y en `código`."""
OBRAS = "obras@ayuntamiento.example"
NOTICE = {"ground": "illegal", "author": "Miren", "email": "m@correo.example", "good_faith": "1"}
REFUSAL = {
    "rule": "1-v1",
    "reason": "Di lo mismo sin insultar.",
    "change": "Quita la tercera frase.",
}
ANSWER = "La biblioteca abre en mayo. **Te esperamos.**"
LANGUAGES = {"es": "Edurne Español", "eu": "Eneko Euskara", "en": "Esther English"}


@dataclass
class Desk:
    """cases: references by state. visitors: who is signed in, by language; ``half es``
    gave a password and no code yet. links: addresses that are secrets, by what they are."""

    office: Institution
    cases: dict[str, str] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return self.office.url + path

    def path_of(self, place: str) -> str:
        """Of a comment by its state, of a department's link by its name, or as it stands."""
        if place in self.cases:
            return f"/gestion/comentario/{self.cases[place]}"
        kind, _, name = place.partition(" ")
        return self.links[name].removeprefix(self.office.url) if kind == "link" else place


def made(office: Institution) -> Desk:
    """Everything, in about ten seconds."""
    desk = Desk(office)
    write_rule(office.folder / "content" / "comments", 2, 1, "Datos de otras personas", BODY)
    office.build()
    office.staff()
    _people(desk)
    _settings(desk)
    _comments(desk)
    _reports(desk)
    _departments(desk)
    _marked(desk)
    for language in LANGUAGES:  # last: whoever gave a password has minutes for the code
        desk.visitors[f"half {language}"] = _half_in(desk, f"Half{language} Ruiz")
    return desk


def _people(desk: Desk) -> None:
    """Somebody for each language and in each state; departments and topics."""
    office, blog = desk.office, desk.office.blog
    ada, now = colleagues.everybody(blog).here[0], office.clock()
    for name in ("Obras y Servicios", "Medio Ambiente y Sostenibilidad", "Cerrado hace tiempo"):
        departments.add(blog, name, by=ada, now=now)
    departments.change(blog, 1, "Obras y Servicios", closed=False, email=OBRAS, by=ada, now=now)
    departments.change(blog, 3, "Cerrado hace tiempo", closed=True, by=ada, now=now)
    for name, number in (("Ruido nocturno", 1), ("Aceras", 2)):
        departments.add_topic(blog, name, number, by=ada, now=now)
    for code, name in LANGUAGES.items():
        hired(blog, ada, name, now, language=code, role="admin", email=f"{code}@pruebas.example")
        desk.visitors[code] = _signed_in(office, name)
        hired(blog, ada, f"Half{code} Ruiz", now, language=code)
        link = invited(blog, ada, f"Invited{code} Lasa", now, language=code)
        desk.links[f"invitacion {code}"] = link.token
    berta = hired(blog, ada, "Berta Vidal", now, department="1", position="Jefa de prensa")
    carla = hired(blog, ada, "Carla Ruiz", now, role="respondent")
    away = form_of(berta, away_from=now.date().isoformat(), substitute=str(carla.id))
    colleagues.change(blog, berta.id, away, by=ada, now=now)
    for code in LANGUAGES:
        desk.links[f"contrasena {code}"] = _forgotten(office, code)
    waits = invited(blog, ada, "Diego Sanz", now)
    stopped, gone = (hired(blog, ada, each, now) for each in ("Elena Gil", "Fermín Oca"))
    colleagues.stop(blog, stopped.id, by=ada, now=now)
    colleagues.leave(blog, gone.id, carla.id, by=ada, now=now)
    states = (berta.id, waits.person.id, stopped.id, gone.id)
    desk.numbers |= {"personas": list(states), "departamentos": [1, 3], "temas": [1]}


def _forgotten(office: Institution, language: str) -> str:
    """The end of the link in the mail for somebody who forgot the password."""
    page, login = Visitor().get(f"{office.url}/gestion/olvido"), LANGUAGES[language].split()[0]
    Visitor().send(page, "/gestion/olvido", login=login.lower())
    office.tick()
    links = links_of(office.mails(f"{language}@pruebas.example")[-1])
    return next(each.rpartition("/")[2] for each in links if "/gestion/contrasena/" in each)


def _signed_in(office: Institution, name: str) -> Visitor:
    visitor, login = Visitor(), name.split()[0].lower()
    page = visitor.get(f"{office.url}/gestion/entrar")
    page = visitor.send(page, "/gestion/entrar", login=login, password=PASSWORD)
    assert page.status == 200, page.text
    return visitor


def _settings(desk: Desk) -> None:
    """A reply ready to begin from, words to look out for, and keys."""
    page = _opened(desk, "/gestion/ajustes/respuestas")
    reply = {"name": "Gracias", "lang": "es", "body": "Gracias, {nombre}. Lo miramos: {detalle}."}
    desk.office.staff().send(page, "/respuestas", **reply)
    page = _opened(desk, "/gestion/ajustes/palabras-vigiladas")
    desk.office.staff().send(page, "/palabras-vigiladas", terms="casino\nbiblioteca")
    for visitor in desk.visitors.values():
        page = visitor.get(desk.url("/gestion/cuenta"))
        visitor.send(page, "/cuenta/teclas", use="on")


def _half_in(desk: Desk, name: str) -> Visitor:
    """Somebody who gave the password and is asked for the code of a telephone."""
    visitor = _signed_in(desk.office, name)
    page = visitor.get(desk.url("/gestion/cuenta/codigo"))
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
    assert found
    secret = totp.read(found[1].replace(" ", ""))
    step = int(desk.office.clock().timestamp()) // totp.STEP_SECONDS
    visitor.send(page, "/codigo", code=totp.code_at(secret, step))
    return _signed_in(desk.office, name)


def _opened(desk: Desk, path: str) -> Page:
    page = desk.office.staff().get(desk.url(path))
    assert page.status == 200, page.text
    return page


def _comments(desk: Desk) -> None:
    """Of readers, brought to each state."""
    office, email = desk.office, "ana@correo.example"
    names = (
        *("waiting", "late", "long", "spam", "rejected", "appealed", "published", "answered"),
        *("edited", "withdrawn", "erased", "asked", "corrected", "said", "closed", "delicate"),
    )
    found = dict[str, Page]()
    for name in names:
        author = LONG[:70] if name == "long" else f"Vecina {name}"
        body = f"{BODY} {name}" + (f"\n\n{LONG}" * 3 if name == "long" else "")
        found[name] = office.write(author=author, body=body, email=email)
    found["private"] = office.write(author="Sin público", body="Es personal.", private="1")
    found["basque"] = office.write(author="Ane", body="Noiz irekiko da?", lang="eu")
    for n in range(3):
        found[f"same {n}"] = office.write(
            author=f"Bot {n}", body=f"{BODY} casino https://a.example"
        )
    public = ("published", "answered", "edited", "withdrawn", "asked", "corrected", "said")
    for name in (*public, "closed", "delicate"):
        office.decide(found[name], "publicar")
    office.decide(found["spam"], "publicidad")
    office.tick()
    office.confirm(email)
    for name in ("answered", "corrected", "said", "private"):
        office.decide(found[name], "contestar", body=ANSWER)
    for name in ("rejected", "appealed"):
        office.decide(found[name], "no-publicar", **REFUSAL)
    office.decide(found["closed"], "cerrar", why="Ya está resuelto.")
    office.decide(found["asked"], "preguntar", question="¿En qué calle?")
    office.decide(found["delicate"], "clasificar", topic="1", risk="1")
    office.decide(found["delicate"], "anotar", note="Ojo con esto: lo lleva el concejal.")
    office.tick()
    office.decide(found["corrected"], "corregir-respuesta", correction="Abre en **junio**.")
    _as_their_reader(found)
    desk.cases |= {name: reference_of(page) for name, page in found.items()}
    _erase(desk, "erased")
    office.tick()


def _erase(desk: Desk, name: str) -> None:
    page = desk.office.staff().get(desk.url(f"{desk.path_of(name)}/borrar"))
    assert desk.office.staff().send(page, "/borrar").status == 200


def _as_their_reader(found: dict[str, Page]) -> None:
    """What readers do on their private pages."""
    for name, below, word, sent in (
        ("appealed", "", "reclamar", {"body": "¿Por qué? No insultaba a nadie."}),
        ("edited", "/corregir", "corregir", {"body": "Mejor dicho: ¿y los domingos?"}),
        ("withdrawn", "/retirar", "retirar", {}),
        ("said", "", "anadir", {"body": "Se me olvidaba: es urgente."}),
    ):
        page = Visitor().get(private_of(found[name]) + below)
        assert Visitor().send(page, f"/{word}", **sent).status == 200, name


def _reports(desk: Desk) -> None:
    """A notice as the law has it, one that was decided, and people who want to know too."""
    office = desk.office
    office.tick()
    article = Visitor().get(desk.url("/2026/11/hola/")).text
    by_state = {name: case_by_reference(office.blog, each) for name, each in desk.cases.items()}
    for name, of, said in (
        ("illegal", "published", {**NOTICE}),
        ("reported", "answered", {"ground": "other"}),
    ):
        comment = by_state[of].comment_id
        (link, *_) = re.findall(rf'href="([^"]+/{comment}/avisar)[?"]', article)
        page = Visitor().get(link)
        page = Visitor().send(page, "/avisar", body=f"Es una injuria. {LONG}", **said)
        assert page.url.endswith("/recibido"), page.text
        desk.cases[name] = reference_of(page)
    comment = by_state["published"].comment_id
    (link, *_) = re.findall(rf'href="([^"]+/{comment}/tambien)[?"]', article)
    Visitor().send(Visitor().get(link), "/tambien")


def _departments(desk: Desk) -> None:
    """With a department: asked, wanting more time, answered, given back."""
    office = desk.office
    for name in ("referred", "more time", "came back", "given back"):
        receipt = office.write(author=f"Vecino {name}", body=f"¿Y el bache? {name}")
        asked = {"department": "1", "inquiry": f"¿Cuándo se arregla?\n\n{LONG}"}
        desk.cases[name] = reference_of(receipt)
        office.decide(receipt, "derivar", **asked)
        office.tick()
        mail = office.mails(OBRAS)[-1]
        desk.links[name] = next(each for each in links_of(mail) if "/departamento/" in each)
    said = {"body": "Se tapa el lunes.", "name": "Jon Obrero", "position": "Jefe de vías"}
    due = (office.clock() + timedelta(days=4)).date().isoformat()
    for name, word, sent in (
        ("more time", "mas-tiempo", {"due_on": due, "why": "Falta un dato."}),
        ("came back", "responder", said | {"what": "answer"}),
        ("given back", "devolver", {"reason": "Es de Parques."}),
    ):
        page = Visitor().send(Visitor().get(desk.links[name]), f"/{word}", **sent)
        assert page.status == 200, page.text
    office.tick()


def _marked(desk: Desk) -> None:
    """Given to people, and so old that it is late."""
    office = desk.office
    esther = next(each for each in colleagues.everybody(office.blog).here if each.login == "esther")
    for name in ("late", "delicate"):
        page = office.staff().get(desk.url(desk.path_of(name)))
        office.staff().send(page, "/encargar", to=str(esther.id))
    claimed = office.write(author="Vecina Ocupada", body="¿Y el parque?")
    desk.cases["claimed"] = reference_of(claimed)
    office.decide(claimed, "mirar")
    page = office.staff().get(desk.url(desk.path_of("late")))
    office.staff().send(page, "/segunda-lectura", reader=str(esther.id), reading="¿Lo ves claro?")
