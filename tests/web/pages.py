"""Reading answers as a person does: fields, texts, links."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import html5lib
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case

URL = "http://localhost:8000"

CSRF = "b" * 32
"""The token of the signed-in session."""


def path(case: Case, act: str = "") -> str:
    """Address of a comment's page for staff, or of a decision on it."""
    return f"/gestion/comentario/{case.reference}" + (f"/{act}" if act else "")


def form(**values: str) -> dict[str, str]:
    """The fields of a decision, with what every one must carry."""
    return {"csrf": CSRF, "revision": "1"} | values


def answering(body: str, **values: str) -> dict[str, str]:
    """The fields of an answer. answer: the id that came with the form."""
    return form(answer="01jdabcdefghjkmnpqrstvwxyz", body=body) | values


@dataclass
class Bell:
    """Stands for the worker; counts how often it was woken."""

    rung: int = 0

    def __call__(self) -> None:
        self.rung += 1


def tree(answer: TestResponse) -> Any:
    """The page as a browser reads it."""
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def text_of(element: Any) -> str:
    """The visible text, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def words(answer: TestResponse) -> str:
    """The text of the page's main part."""
    return text_of(by_id(answer, "contenido"))


def title(answer: TestResponse) -> str:
    return text_of(tree(answer).find(".//title"))


def by_id(answer: TestResponse, identifier: str) -> Any:
    """The one element with this id."""
    found = [each for each in tree(answer).iter() if each.get("id") == identifier]
    assert len(found) == 1, (identifier, len(found))
    return found[0]


def classed(answer: TestResponse, name: str) -> list[Any]:
    """The elements with this class, in order."""
    return [each for each in tree(answer).iter() if name in (each.get("class") or "").split()]


def fields(answer: TestResponse, action: str = "/comentar/") -> dict[str, str]:
    """What a browser would send with the first form whose address contains ``action``."""
    form = next(each for each in tree(answer).iter("form") if action in each.get("action"))
    return {
        each.get("name"): _value(each)
        for each in form.iter()
        if each.get("name") and each.tag in ("input", "textarea", "select")
        if each.get("type") not in ("checkbox", "radio") or "checked" in each.attrib
    }


def _value(field: Any) -> str:
    if field.tag == "select":
        chosen = [each for each in field.iter("option") if "selected" in each.attrib]
        return str(chosen[0].get("value")) if chosen else ""
    return field.get("value") or (field.text or "" if field.tag == "textarea" else "")


def addresses(answer: TestResponse) -> Iterator[str]:
    """Every address that the page names."""
    for element in tree(answer).iter():
        for name in ("href", "src", "action", "content"):
            if value := element.get(name):
                yield value
    if location := answer.headers.get("Location"):
        yield location
