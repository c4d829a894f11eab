"""Forms as pages offer them, and somebody who fills them in without reading: whatever a page
lets a person do is done, also much later, when the page is old."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random

WORDS = "la plaza el mercado una vecina pregunta por qué se cierra la calle y cuándo".split()
TYPED = frozenset({"text", "search", "email", "url", "tel", "date", "number", "datetime-local"})
TRAPS = frozenset({"website", "web", "homepage"})
"""Fields that no person sees."""


@dataclass
class Control:
    """One field. options: what it can be set to; kept: what it says as the page has it."""

    name: str
    kind: str
    kept: str = ""
    options: list[str] = field(default_factory=list)
    hidden: bool = False


@dataclass
class Form:
    """buttons: name and value of each that sends it; ("", "") for one without."""

    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, dice: Random) -> dict[str, str]:
        sent = {}
        for control in self.controls:
            value = _value(control, dice)
            if value is not None:
                sent[control.name] = value
        name, value = dice.choice(self.buttons) if self.buttons else ("", "")
        return sent | ({name: value} if name else {})


def _value(control: Control, dice: Random) -> str | None:
    if control.kind == "hidden" or control.hidden:
        return control.kept
    if control.kind == "checkbox":
        return control.kept or "1" if dice.random() < 0.3 else None
    if control.kind in ("radio", "select"):
        return dice.choice(control.options) if control.options else None
    if control.kind in ("date", "number"):
        return control.kept
    if control.kind == "email":
        return dice.choice(["", "", "lector@correo.example"])
    if dice.random() < 0.1:
        return control.kept
    words = " ".join(dice.choices(WORDS, k=dice.randrange(1, 12)))
    return f"{words} {dice.randrange(10**6)}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method", "").lower() == "post":
            self.open = Form(told.get("action", ""))
            self.forms.append(self.open)
        elif tag == "form":
            self.open = None
        if self.open is None:
            return
        if tag == "input":
            self._input(self.open, told)
        elif tag == "textarea" and told.get("name"):
            self.open.controls.append(Control(told["name"], "text", hidden=_is_trap(told)))
        elif tag == "select" and told.get("name"):
            self.select = Control(told["name"], "select")
            self.open.controls.append(self.select)
        elif tag == "option" and self.select is not None:
            self.select.options.append(told.get("value", ""))
        elif tag == "button" and told.get("type", "submit") == "submit":
            self.open.buttons.append((told.get("name", ""), told.get("value", "")))

    def _input(self, form: Form, told: dict[str, str]) -> None:
        name, kind = told.get("name", ""), told.get("type", "text")
        if not name or "disabled" in told:
            return
        same = next((each for each in form.controls if each.name == name), None)
        if kind == "radio":
            if same is None:
                same = Control(name, "radio")
                form.controls.append(same)
            same.options.append(told.get("value", "on"))
        elif kind in ("hidden", "checkbox") or kind in TYPED:
            form.controls.append(Control(name, kind, told.get("value", ""), hidden=_is_trap(told)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None


def _is_trap(told: dict[str, str]) -> bool:
    return told.get("name") in TRAPS or told.get("tabindex") == "-1"


def forms_of(page: str) -> list[Form]:
    """Those of a page that change something, in its order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
