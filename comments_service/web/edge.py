"""What every view needs: the blog with its clock, addresses of ours, the fields of a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast
from urllib.parse import urlsplit

from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import BadRequest

from ..domain.cases import Case
from ..errors import TertuliaError, UnknownThread
from ..site.manifest import Menu, ThreadInfo
from ..usecases.blog import Blog

EXTENSION = "tertulia"
PRIVACY_PAGE = "page-privacidad"
RULES_PAGE = "page-normas"

Decide = Callable[[str, Callable[[Case], None], str, Mapping[str, str]], ResponseReturnValue]
"""``decisions.decide``, given to the forms beside it: the reference, what is to be done to its
case, the last word of the form's address, what was sent."""


class CasePage(Protocol):
    """``case_page.case_page``, given to the forms on it. error: why what was ``sent`` was not
    done."""

    def __call__(
        self, case: Case, error: TertuliaError | None = None, sent: Mapping[str, str] | None = None
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Edge:
    """The open blog, the clock (aware times), the bell of the background worker.

    step: called with the name of each step before it is taken, for fault injection.
    """

    blog: Blog
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    step: Callable[[str], None]

    @property
    def is_https(self) -> bool:
        return self.blog.site_url.startswith("https://")

    @property
    def prefix(self) -> str:
        """The path below which the site stands, ``/blog``, or nothing."""
        return urlsplit(self.blog.site_url).path

    @property
    def origin(self) -> str:
        """As browsers send it: scheme, host and port."""
        parts = urlsplit(self.blog.site_url)
        return f"{parts.scheme}://{parts.netloc}"


def edge() -> Edge:
    """The edge of the running application."""
    return cast("Edge", current_app.extensions[EXTENSION])


def address(path: str) -> str:
    """Absolute address of a path from the site's root; never made from the request's Host."""
    return edge().blog.site_url + path


def see_other(path: str) -> Response:
    """After a form: the browser fetches ``path`` of our site, and a reload sends nothing."""
    response = Response(status=303)
    response.headers["Location"] = address(path)
    return response


def anew(url: str) -> str:
    """The address to send a form to: never that of the page itself, so that a browser which
    gets no answer goes back to the page and what was written on it."""
    times = request.args.get("envio", 0, type=int)
    return f"{url}{'&' if '?' in url else '?'}envio={times % 1000 + 1}"


def form_of(*names: str) -> dict[str, str]:
    """Exactly these fields of a staff form; a missing one is empty.

    Raises BadRequest for any other field and for one sent twice: the form is ours, so
    somebody else made this request.
    """
    given = request.form
    if set(given) - set(names) or any(len(given.getlist(name)) > 1 for name in given):
        raise BadRequest
    return {name: given.get(name, "") for name in names}


def number_of(text: str) -> int:
    """A whole number of a staff form. Raises BadRequest."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequest
    return int(text)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in ``language``, else in whichever there is first; empty when there is none."""
    return texts.get(language) or next(iter(texts.values()), "")


def thread_or_none(key: str) -> ThreadInfo | None:
    """What the built site says of a conversation that may have gone since."""
    try:
        return edge().blog.manifest.thread(key)
    except UnknownThread:
        return None


def site_menu(language: str) -> Menu:
    """Paths of the site's own lists, for the same menu that its pages have: those of the first
    language where this one has no posts."""
    blog = edge().blog
    languages = (language, blog.site.default_language)
    found = (blog.manifest.menu(each) for each in languages)
    return next(filter(None, found), {"home": "/"})


def page_address(key: str, language: str) -> str | None:
    """Absolute address of a page of the site, in ``language`` if it has one."""
    info = thread_or_none(key)
    return address(in_language(info.urls, language)) if info and info.urls else None
