"""A person with a browser that knows no JavaScript: opens pages, fills in their forms."""

from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import html5lib

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Page:
    """A page as it arrived. url: after redirects; tree: html5lib's, without namespaces."""

    url: str
    status: int
    headers: Message
    text: str

    @cached_property
    def tree(self) -> Any:
        return html5lib.parse(self.text, namespaceHTMLElements=False)

    @property
    def words(self) -> str:
        """The text of its main part, with single spaces."""
        return text_of(self.tree.find(".//main"))

    @property
    def heading(self) -> str:
        return text_of(self.tree.find(".//h1"))

    def form(self, action: str) -> dict[str, str]:
        """The fields, with their values, of the first form whose address contains ``action``."""
        form = self._form(action)
        return {each.get("name"): _value(each) for each in form.iter() if _is_sent(each)}

    def target(self, action: str) -> str:
        """Absolute address that this form is sent to."""
        return urljoin(self.url, self._form(action).get("action") or self.url)

    def _form(self, action: str) -> Any:
        for form in self.tree.iter("form"):
            if action in (form.get("action") or self.url):
                return form
        raise AssertionError(f"no form for {action!r} at {self.url}")

    def links(self) -> list[str]:
        """Absolute addresses of all links."""
        return [urljoin(self.url, a.get("href")) for a in self.tree.iter("a") if a.get("href")]


def text_of(element: Any) -> str:
    """The text of an element of the tree, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def _is_sent(field: Any) -> bool:
    """Whether a browser sends it when nobody touched it."""
    choice = field.get("type") in ("checkbox", "radio") and "checked" not in field.attrib
    known = field.tag in ("input", "textarea", "select") and field.get("name")
    return bool(known) and not choice


def _value(field: Any) -> str:
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [each for each in options if "selected" in each.attrib] or options[:1]
        return chosen[0].get("value", "") if chosen else ""
    return field.get("value") or field.text or ""


@dataclass
class Visitor:
    """One browser: keeps its cookies, follows redirects, never raises for a status.

    headers: sent with everything.
    """

    cookies: CookieJar = field(default_factory=CookieJar)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def _opener(self) -> OpenerDirector:
        return build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, url: str) -> Page:
        return self._open(Request(url))

    def post(self, url: str, fields: dict[str, str], origin: str | None = None) -> Page:
        request = Request(url, urlencode(fields).encode())
        if origin:
            request.add_header("Origin", origin)
        return self._open(request)

    def send(self, page: Page, action: str, **fields: str) -> Page:
        """Fill in a form of the page and send it, as pressing its button does."""
        return self.post(page.target(action), page.form(action) | fields)

    def _open(self, request: Request) -> Page:
        request.headers.update(self.headers)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                text = answer.read().decode()
                return Page(answer.url, answer.status, answer.headers, text)
        except HTTPError as error:
            with error:
                return Page(error.url or "", error.code, error.headers, error.read().decode())
