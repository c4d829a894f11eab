"""Fifty comments and one person at the desk who has a keyboard and nothing else: with single keys,
on a small telephone, and without JavaScript.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from comments_service.domain.states import Attention, Decision
from comments_service.usecases.moderate import case_by_reference
from tests.browser.test_pages import scrolls_sideways
from tests.support.institution import Institution, institution, reference_of

pytestmark = pytest.mark.browser

MANY = 50
SMALL: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
MOST_STOPS = 200
"""Presses of Tab after which something cannot be reached."""

FOCUSED = """
() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const line = it.getClientRects()[0] || box;
  const [x, y] = [(line.left + line.right) / 2, (line.top + line.bottom) / 2];
  const over = document.elementFromPoint(x, y);
  const label = it.labels && it.labels.length ? it.labels[0].textContent : it.textContent;
  return {words: label.replace(/\\s+/g, ' ').trim(), clear: it.contains(over) || over === null};
}
"""
"""What the keyboard is at: its words, and whether nothing lies over it."""

STATES = {
    "publicar": (Decision.APPROVED, Attention.RECEIVED),
    "no-publicar": (Decision.REJECTED, Attention.CLOSED),
    "contestar": (Decision.APPROVED, Attention.ANSWERED),
    "no-hace-falta": (Decision.APPROVED, Attention.CLOSED),
    "publicidad": (Decision.SPAM, Attention.CLOSED),
}
"""Each kind of decision, and how a comment stands after it."""

HELD = (Decision.HELD, Attention.RECEIVED)


@dataclass
class Hands:
    """Somebody who types. keys: single keys do things here."""

    page: Page
    keys: bool

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def reach(self, words: str) -> None:
        """Tab on until something that begins with these words has the focus."""
        for _ in range(MOST_STOPS):
            self.press("Tab")
            found = self.page.evaluate(FOCUSED)
            assert found["clear"], f"something lies over “{found['words']}”"
            if found["words"].startswith(words):
                return
        raise AssertionError(f"“{words}” cannot be reached at {self.page.url}")

    def follow(self, words: str) -> None:
        self.reach(words)
        self.go("Enter")

    def decide(self, how: str) -> str:
        """On the comment that has the focus, or on the first one; its reference."""
        item = self.page.locator(".tray__item:focus" if self.keys else ".tray__item").first
        reference = str(item.get_attribute("id")).removeprefix("c-")
        getattr(self, f"_{how.replace('-', '_')}")()
        expect(self.page.locator("[role=status]")).to_contain_text(reference)
        expect(self.page.locator("[data-key=undo]")).to_be_visible()
        return reference

    def undo(self) -> None:
        self.go("u") if self.keys else self.follow("Deshacer")
        expect(self.page.locator("[role=status]")).to_contain_text("Deshecho")

    def _open(self, key: str, words: str) -> None:
        """The form of a comment, by its key or by the buttons that lead there."""
        if self.keys:
            return self.go(key)
        self.follow("Contestarlo o no publicarlo")
        self.reach(words)
        return self.press("Enter")

    def _publicar(self) -> None:
        self.go("a") if self.keys else self.follow("Publicar")

    def _publicidad(self) -> None:
        self.follow("Es publicidad")

    def _no_publicar(self) -> None:
        self._open("r", "No publicar")
        if not self.keys:
            self.press("Tab")
        self.press("Space")
        self.reach("Por qué")
        self.page.keyboard.type("Di lo mismo sin insultar.")
        self.follow("No publicar")

    def _contestar(self) -> None:
        self._open("c", "Contestar")
        if not self.keys:
            self.reach("Tu respuesta")
        self.page.keyboard.type("La biblioteca abre en mayo.")
        self.follow("Publicar y contestar")

    def _no_hace_falta(self) -> None:
        self._open("n", "Más…")
        self.go("Enter") if self.keys else self.follow("Publicarlo: no hace falta")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    many = {"max_per_network": 10**6, "max_per_thread": 10**6, "max_per_hour": 10**6}
    folder = tmp_path_factory.mktemp("desk") / "blog"
    with institution(folder, trial=True, undo_seconds=20, **many) as made:
        yield made


def sent(office: Institution, count: int) -> list[str]:
    """So many comments wait; their references, oldest first."""
    said = [office.write(author=f"Vecina {n}", body=f"¿Y la calle {n}?") for n in range(count)]
    return [reference_of(each) for each in said]


def stands(office: Institution, reference: str) -> tuple[Decision, Attention]:
    case = case_by_reference(office.blog, reference)
    return case.decision, case.attention


@pytest.fixture
def hands(request: pytest.FixtureRequest, browser: Browser, office: Institution) -> Iterator[Hands]:
    """Of somebody signed in, by the settings of the browser."""
    settings: dict[str, Any] = getattr(request, "param", {"viewport": WIDE})
    context = browser.new_context(locale="es-ES", reduced_motion="reduce", **settings)
    jar = office.staff().cookies
    context.add_cookies([{"name": c.name, "value": str(c.value), "url": office.url} for c in jar])
    yield Hands(context.new_page(), keys=settings.get("java_script_enabled", True))
    context.close()


def unread(hands: Hands, office: Institution, count: int) -> list[str]:
    """The list of what nobody read in front, with so many; keys turned on where they work."""
    waiting = sent(office, count)
    hands.page.goto(f"{office.url}/gestion/?vista=por-leer")
    if hands.keys and not hands.page.locator("dialog[data-keys]").count():
        hands.press("j")
        assert hands.page.locator(".tray__item:focus").count() == 0
        hands.follow("Usar teclas")
        hands.page.goto(f"{office.url}/gestion/?vista=por-leer")
    return waiting


def at_the_list(hands: Hands, office: Institution) -> None:
    """The list of what nobody read, the first comment in focus where keys work."""
    if "vista=por-leer" not in hands.page.url:
        hands.follow("Esperan respuesta")
        hands.follow("Por leer")
    if hands.keys and not hands.page.locator(".tray__item:focus").count():
        hands.press("j")


class TestFiftyComments:
    def test_are_decided_with_the_keyboard_alone_and_each_can_be_undone(
        self, hands: Hands, office: Institution
    ) -> None:
        waiting = unread(hands, office, MANY)
        ways, done = list(STATES), dict[str, str]()
        for number in range(MANY):
            at_the_list(hands, office)
            way = ways[number % len(ways)]
            reference = hands.decide(way)
            assert stands(office, reference) == STATES[way], way
            if way not in done.values():
                hands.undo()
                assert stands(office, reference) == HELD, way
                at_the_list(hands, office)
                assert hands.decide(way) == reference
            done[reference] = way
        assert list(done) == waiting
        assert Counter(done.values()) == dict.fromkeys(ways, MANY // len(ways))

    def test_leave_one_where_one_was(self, hands: Hands, office: Institution) -> None:
        """From the list to a form and back: the list is the same, and the next comment is next."""
        first, second, third = unread(hands, office, 3)
        hands.press("j", "j")
        assert hands.decide("contestar") == second
        expect(hands.page).to_have_url(re.compile(rf"vista=por-leer.*#c-{third}$"))
        expect(hands.page.locator(".tray__item:focus")).to_have_id(f"c-{third}")
        hands.press("k")
        expect(hands.page.locator(".tray__item:focus")).to_have_id(f"c-{first}")
        hands.press("?")
        expect(hands.page.locator("dialog[data-keys]")).to_be_visible()
        hands.press("Escape")
        for _ in range(2):
            hands.decide("publicidad")


@pytest.mark.parametrize(
    "hands",
    [{"viewport": SMALL}, {"viewport": SMALL, "java_script_enabled": False}],
    ids=["keys", "without JavaScript"],
    indirect=True,
)
class TestOnASmallTelephone:
    def test_every_decision_is_taken_and_undone(self, hands: Hands, office: Institution) -> None:
        unread(hands, office, len(STATES))
        for way, state in STATES.items():
            at_the_list(hands, office)
            assert not scrolls_sideways(hands.page, SMALL["width"]), hands.page.url
            reference = hands.decide(way)
            assert stands(office, reference) == state
            hands.undo()
            assert not scrolls_sideways(hands.page, SMALL["width"]), hands.page.url
            assert stands(office, reference) == HELD
            at_the_list(hands, office)
            assert hands.decide(way) == reference
