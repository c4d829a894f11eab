"""Every page that staff and departments see, in three languages, light and dark, narrow: one blog
with everything in it, one browser.

Which pages there are says the application itself: whoever adds one finds it here, and where its
address names something that is not known here, the test says what it wants.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pprint import pformat
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.routing import Rule

from comments_service.domain.filters import View
from comments_service.web import create_app
from tests.browser.test_html import run
from tests.browser.test_pages import AXE_RULES, axe, scrolls_sideways
from tests.support import desk as desks
from tests.support import plain_words
from tests.support.desk import LANGUAGES, Desk
from tests.support.institution import institution
from tests.support.visitor import Visitor, text_of

pytestmark = pytest.mark.browser

OURS = ("/gestion", "/departamento")
"""Where all pages of staff and departments are."""

OUTSIDE = (
    *("/gestion/entrar", "/gestion/olvido", "/gestion/contrasena", "/gestion/invitacion"),
    "/departamento",
)
"""What is for people who are not signed in."""

SMALL = 320
WIDE: ViewportSize = {"width": 1280, "height": 800}
CONTRAST = ["color-contrast", "link-in-text-block"]
SPANISH = "es"

NO_PAGE = {
    "accounts.back_from_institution": "leads on to the tray or to the sign-in",
    "staff.several": "with nothing marked it leads back to the list; see `marked`",
    "staff.several_done": "tells of what was decided together; test_several looks at it",
    "accounts.first_form": "opens only before there is an account",
}
"""What shows no page of its own here, and why."""

OF_OPERATORS = ("/gestion/ajustes/servidor", "/gestion/ajustes/estado")
"""Pages for whoever looks after the server, in their own terms."""

ALL_OPEN = """
for (const each of document.querySelectorAll('details')) {
  each.removeAttribute('name');
  each.open = true;
}
"""
"""Also those of which only one opens at a time."""

FIND = """
  const ends = each => (each.getAttribute('action') || '').split('?')[0].endsWith('/' + word);
  const form = [...document.forms].find(each => each.method === 'post' && ends(each));
"""
HAS = f"word => {{ {FIND} return Boolean(form); }}"
SEND = f"""
([word, sent]) => {{
  {FIND}
  for (const [name, value] of Object.entries(sent)) form.elements[name].value = value;
  form.submit();
}}
"""
"""Sends a form as it stands, but for some fields; the browser checks nothing."""

FORMS: Mapping[str, tuple[str, str, dict[str, str]]] = {
    "422 answering": ("waiting", "contestar", {}),
    "422 refusing": ("waiting", "no-publicar", {}),
    "422 asking": ("waiting", "preguntar", {}),
    "422 passing on": ("waiting", "derivar", {}),
    "422 more days": ("waiting", "mas-dias", {}),
    "422 taking no comments": ("waiting", "no-admitir", {}),
    "422 noting": ("waiting", "anotar", {}),
    "422 noting a source": ("waiting", "apuntar-fuente", {}),
    "422 second reading": ("waiting", "segunda-lectura", {}),
    "422 closing": ("published", "cerrar", {}),
    "422 taking off": ("published", "retirar", {}),
    "422 correcting": ("answered", "corregir-respuesta", {"correction": ""}),
    "422 on a report": ("illegal", "se-queda", {}),
    "409 what was changed meanwhile": ("edited", "publicar", {"revision": "1"}),
    "409 what a colleague is looking at": ("claimed", "publicar", {}),
    "200 the address": ("waiting", "correo", {}),
    "200 can be undone": ("basque", "publicar", {}),
    "200 undone": ("", "deshacer", {}),
    "422 writing down": ("/gestion/apuntar", "apuntar", {}),
    "422 in the department": ("link more time", "responder", {}),
    "422 given back": ("link more time", "devolver", {}),
}
"""Answers to forms, by status and name: where the form is, its word, what is sent. A form of
no place stands on the page that came before."""


def examples(desk: Desk, language: str) -> Mapping[str, Mapping[str, list[str]]]:
    """What stands for each name in an address, by what the address begins with."""
    numbers = {f"/gestion/{name}": each for name, each in desk.numbers.items()}
    link = desk.links["more time"].partition("/departamento/")[2]
    return {
        "<reference>": {"/gestion/comentario": list(desk.cases.values())},
        "<int(max=999999999):number>": {at: [str(n) for n in each] for at, each in numbers.items()},
        "<number>/<token>": {"/departamento": [link, f"{link}?hecho=borrador"]},
        "<token>": {
            "/gestion/invitacion": [desk.links[f"invitacion {language}"]],
            "/gestion/contrasena": [desk.links[f"contrasena {language}"]],
        },
        "<thread>": {"/gestion/ajustes/conversaciones": ["hola"]},
        "<word>": {"/departamento/gracias": ["respuesta", "devuelta"]},
    }


NARROWED = (
    *(f"/gestion/?vista={view}" for view in View),
    "/gestion/?vista=todo&buscar=biblioteca",
    "/gestion/?vista=todo&buscar=zzzz",
    "/gestion/?desde=2026-12-01&marca=watched&idioma=es&tema=1&departamento=1&mios=1",
    "/gestion/registro?desde=2026-12-01",
)
"""Lists as their addresses narrow them."""


def marked(desk: Desk) -> list[str]:
    """What deciding on several at once asks before it is done."""
    some = "&".join(f"c-{desk.cases[name]}=1" for name in ("waiting", "late", "answered"))
    return [f"/gestion/varios?hacer={word}&{some}" for word in ("publicar", "no-publicar")]


def rules(desk: Desk) -> list[Rule]:
    app = create_app(desk.office.blog, clock=desk.office.clock, wake=lambda: None)
    found = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ())]
    return [r for r in found if r.rule.startswith(OURS) and r.endpoint not in NO_PAGE]


def addresses(desk: Desk, language: str) -> tuple[list[str], list[str]]:
    """Every address, and what is wanted to make those that cannot be made. Each state of a
    comment and of a person is looked at in one language."""
    found, wanted = [*NARROWED, *marked(desk)], list[str]()
    for rule in rules(desk):
        made = filled(rule.rule, examples(desk, language))
        if not made or "<" in made[0]:
            wanted.append(f"{rule.endpoint}: {rule.rule} wants an example in `examples`")
        in_each_state = rule.endpoint in ("staff.comment", "people.person")
        found += made if in_each_state and language == SPANISH else made[:2]
    return sorted(set(found)), wanted


def filled(rule: str, known: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    for name, by_place in known.items():
        if name in rule:
            values = [v for at, some in by_place.items() if rule.startswith(at) for v in some]
            return [rule.replace(name, value) for value in values]
    return [rule]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    many = {"max_per_network": 10**6, "max_per_thread": 10**6, "max_per_hour": 10**6}
    folder = tmp_path_factory.mktemp("staff") / "blog"
    with institution(folder, undo_seconds=20, **many) as office:
        yield desks.made(office)


def opened(browser: Browser, desk: Desk, visitor: Visitor) -> Page:
    """A browser in which whoever is signed in with a visitor's cookies is."""
    context = browser.new_context(reduced_motion="reduce", viewport=WIDE)
    jar, url = visitor.cookies, desk.office.url
    context.add_cookies([{"name": c.name, "value": str(c.value), "url": url} for c in jar])
    return context.new_page()


def who(path: str, language: str) -> str:
    """Who opens an address: pages for signing in are for those who are not signed in."""
    if path == "/gestion/entrar/codigo":
        return f"half {language}"
    return "nobody" if path.startswith(OUTSIDE) else language


@dataclass
class Seen:
    """What is wrong with one page. html: as it came."""

    html: str = ""
    faults: list[Any] = field(default_factory=list)


@dataclass
class Eyes:
    """Look at pages in one language."""

    browser: Browser
    desk: Desk
    program: str
    language: str
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, name: str) -> Page:
        """Of somebody who is signed in, or of nobody."""
        if name not in self.pages:
            visitor = self.desk.visitors.get(name, Visitor())
            self.pages[name] = opened(self.browser, self.desk, visitor)
        return self.pages[name]

    def walk(self) -> Iterator[tuple[str, Seen]]:
        for path in addresses(self.desk, self.language)[0]:
            page = self.page(who(path, self.language))
            answer = page.goto(self.desk.url(self._in_language(path)))
            assert answer
            seen = self.look(page, answer.text(), answer.status, 200)
            if urlsplit(page.url).path != urlsplit(path).path:
                seen.faults.append(f"leads to {page.url}")
            yield path, seen
        page = self.page(self.language)
        page.goto(self.desk.url("/gestion/"))
        page.keyboard.press("?")
        yield "keys", self.look(page, page.content(), 200, 200)
        for name, (place, word, sent) in FORMS.items():
            yield name, self._send(name, place, word, sent)

    def _send(self, name: str, place: str, word: str, sent: dict[str, str]) -> Seen:
        at = self.desk.path_of(place)
        page = self.page(who(at, self.language))
        if at:
            page.goto(self.desk.url(self._in_language(at)))
        if not page.evaluate(HAS, word):
            return Seen(faults=[f"has no form {word} at {page.url}"])
        with page.expect_navigation() as found:
            page.evaluate(SEND, [word, sent])
        answer = found.value
        assert answer
        return self.look(page, answer.text(), answer.status, int(name[:3]))

    def _in_language(self, path: str) -> str:
        if who(path, self.language) != "nobody":
            return path
        return f"{path}{'&' if '?' in path else '?'}idioma={self.language}"

    def look(self, page: Page, html: str, status: int, expected: int) -> Seen:
        """Structure in each language; colours, which are alike in all, in one."""
        seen = Seen(html)
        page.evaluate(ALL_OPEN)
        page.evaluate(self.program)
        in_light = {"color-contrast": {"enabled": self.language == SPANISH}}
        seen.faults += axe(page, {"runOnly": AXE_RULES, "rules": in_light})
        if self.language == SPANISH:
            page.emulate_media(color_scheme="dark")
            seen.faults += axe(page, {"runOnly": {"type": "rule", "values": CONTRAST}})
            page.emulate_media(color_scheme="light")
        if status != expected:
            seen.faults.append(f"answers {status}")
        if page.locator("html").get_attribute("lang") != self.language:
            seen.faults.append("speaks another language")
        if page.locator("h1").count() != 1:
            seen.faults.append("has not one first heading")
        if scrolls_sideways(page, SMALL):
            seen.faults.append(f"is wider than {SMALL} pixels")
        page.set_viewport_size(WIDE)
        return seen


def visible(html: str) -> str:
    """What a page says; not what a program printed, nor what is shown as it was typed."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    for parent in list(tree.iter()):
        for each in list(parent):
            classes = (each.get("class") or "").split()
            if each.tag in ("pre", "code", "script") or "technical" in classes:
                each.clear()
    return text_of(tree.find(".//body"))


@pytest.fixture(scope="module")
def seen(browser: Browser, desk: Desk, checkers: Path) -> dict[str, Seen]:
    """Every page in every language, looked at."""
    program = (checkers / "axe-core" / "axe.min.js").read_text("utf-8")
    found = dict[str, Seen]()
    for language in LANGUAGES:
        eyes = Eyes(browser, desk, program, language)
        found |= {f"{language} {name}": each for name, each in eyes.walk()}
        for page in eyes.pages.values():
            page.context.close()
    return found


class TestEveryPageOfStaff:
    def test_is_known_by_its_address(self, desk: Desk) -> None:
        assert addresses(desk, SPANISH)[1] == []

    def test_has_no_barrier_in_any_language_light_or_dark(self, seen: dict[str, Seen]) -> None:
        bad = {name: each.faults for name, each in seen.items() if each.faults}
        assert not bad, pformat(bad, width=150)

    def test_says_nothing_in_our_own_terms(self, seen: dict[str, Seen]) -> None:
        said = {
            name: sorted(set(plain_words.found(visible(each.html), name[:2])))
            for name, each in seen.items()
            if not any(place in name for place in OF_OPERATORS)
        }
        assert {name: terms for name, terms in said.items() if terms} == {}

    def test_is_valid_html(
        self, seen: dict[str, Seen], checkers: Path, java: str, tmp_path: Path
    ) -> None:
        for name, each in seen.items():
            if not name.endswith("keys"):  # as the browser writes it, not as it came
                file = re.sub(r"[^\w-]", "-", name)[:100]
                (tmp_path / f"{file}.html").write_text(each.html, "utf-8")
        vnu = checkers / "vnu-jar" / "build" / "dist" / "vnu.jar"
        found = run(java, "-jar", vnu, "--errors-only", "--skip-non-html", "--stdout", tmp_path)
        assert found.returncode == 0, found.stdout[:5_000]
        config = Path(__file__).parent / ".htmlvalidate.json"
        found = run(checkers / ".bin" / "html-validate", "--config", config, tmp_path)
        assert found.returncode == 0, found.stdout[:5_000]
