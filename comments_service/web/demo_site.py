"""The site of the demonstration, in a process of its own.

It answers with the files that were built, and passes everything else on to the service, which
listens on another port. While that is stopped, its addresses say so and the site is whole.
"""

import socket
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from io import BufferedReader
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request
from werkzeug import Response
from werkzeug.serving import WSGIRequestHandler, make_server

from ..config.site_toml import LANGUAGES
from . import headers
from .hosts import is_loopback
from .static_site import NOT_FOR_READERS, Files

SERVICE = frozenset(
    "comentar seguimiento gestion correo correos seguir departamento ayuda salud demo".split()
)
"""The first parts of the service's addresses: of these a stopped service is the reason."""

OF_ONE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
PIECE = 65_536
REFRESH_SECONDS = 2
PAGES = ("parado", "preparando")
_PLAIN = "<!DOCTYPE html><html lang=es><title>Tertulia</title><p>Un momento, por favor."


class Demonstration(Protocol):
    """What the command gives: the service, which may be stopped, started and made anew."""

    listening: int
    is_being_made: bool

    @property
    def site_url(self) -> str: ...
    @property
    def output(self) -> Path: ...
    @property
    def is_running(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def begin_again(self) -> None: ...


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002
        """A browser that went away is no news."""


def serve(demonstration: Demonstration, host: str, port: int, ready: Callable[[], None]) -> None:
    """Until an exception of a signal ends it. ready: called once it listens."""
    app = create_site(demonstration)
    with make_server(host, port, app, threaded=True, request_handler=Quiet) as server:
        ready()
        server.serve_forever()


def create_site(demonstration: Demonstration) -> Flask:
    """The application of the process that has the site."""
    app = Flask(__name__, static_folder=None)
    app.config.update(PROVIDE_AUTOMATIC_OPTIONS=False)
    front = _Front(demonstration)
    app.before_request(front.refuse_strangers)
    for word in ("parar", "arrancar", "empezar"):
        app.post(f"/demo/{word}", endpoint=word)(front.asked(word))
    every = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
    app.route("/", defaults={"path": ""}, methods=every)(front.answer)
    app.route("/<path:path>", methods=every)(front.answer)
    return app


class _Front:
    """_kept: the service's own words for when it is away, by page and language."""

    def __init__(self, demonstration: Demonstration) -> None:
        self._demonstration = demonstration
        self._files = Files(demonstration.output, hidden=NOT_FOR_READERS)
        self._assets = Files(Path(__file__).parent / "static")
        self._kept: dict[tuple[str, str], bytes] = {}
        self._keep()

    def refuse_strangers(self) -> Response | None:
        """A name of somebody else that leads here (DNS rebinding) opens nothing."""
        own = urlsplit(self._demonstration.site_url)
        if request.host == own.netloc:
            return None
        host = request.host.rpartition(":")[0].strip("[]") or request.host
        if not is_loopback(host) or request.method not in ("GET", "HEAD"):
            abort(400)
        return _moved(self._demonstration.site_url + request.full_path.rstrip("?"))

    def asked(self, word: str) -> Callable[[], Response]:
        """The buttons that stop, start and begin again: of our own page alone."""

        def act() -> Response:
            if request.headers.get("Origin") != self._demonstration.site_url:
                abort(403)
            if word == "parar":
                self._keep()
                self._demonstration.stop()
            elif word == "arrancar":
                self._demonstration.start()
            else:
                self._keep()
                self._demonstration.begin_again()
            language = request.args.get("idioma", "")
            query = f"?idioma={language}" if language in LANGUAGES else ""
            return _moved(f"{self._demonstration.site_url}/demo/{query}")

        return act

    def answer(self, path: str) -> Response:
        """A file of the site, or what the service says."""
        looks = request.method in ("GET", "HEAD")
        found = self._found(path) if looks else None
        if found is not None:
            return _dressed(found)
        if self._demonstration.is_being_made:
            return self._away("preparando")
        if self._demonstration.is_running:
            try:
                return _passed_on(self._demonstration.listening)
            except OSError:
                return self._away("parado")
        if path.partition("/")[0] in SERVICE or not looks:
            return self._away("parado")
        return _dressed(self._files.answer("404.html", 404) or abort(404))

    def _found(self, path: str) -> Response | None:
        if path.startswith("servicio/"):
            return self._assets.answer(path.removeprefix("servicio/"))
        name = f"{path}index.html" if not path or path.endswith("/") else path
        return self._files.answer(name)

    def _away(self, page: str) -> Response:
        """The service's page for when it is not there, as it was the last time that it was."""
        wanted = request.args.get("idioma", "")
        language = wanted if wanted in LANGUAGES else LANGUAGES[0]
        body = self._kept.get((page, language)) or self._kept.get((page, LANGUAGES[0]))
        response = Response(body or _PLAIN, status=503, content_type="text/html; charset=utf-8")
        response.headers.update(headers.FOR_ALL)
        if page == "preparando" or body is None:
            response.headers["Refresh"] = f"{REFRESH_SECONDS}; url=/demo/"
        return response

    def _keep(self) -> None:
        if not self._demonstration.is_running:
            return
        host = urlsplit(self._demonstration.site_url).netloc
        for page in PAGES:
            for language in LANGUAGES:
                asked = f"GET /demo/{page}?idioma={language} HTTP/1.0\r\nHost: {host}\r\n\r\n"
                status, _, body = _exchange(self._demonstration.listening, asked.encode())
                if status == 200:
                    self._kept[page, language] = b"".join(body)


def _passed_on(port: int) -> Response:
    """The service's answer to this request, byte for byte. Raises OSError when it is away."""
    query = request.environ.get("QUERY_STRING", "")
    target = request.environ.get("REQUEST_URI") or request.path + (f"?{query}" if query else "")
    lines = [f"{request.method} {target} HTTP/1.0"]
    for name, value in request.headers:
        if name.lower() not in OF_ONE_CONNECTION | {"content-length"}:
            lines.append(f"{name}: {value}")
    body = request.get_data()
    lines += [f"Content-Length: {len(body)}", "", ""]
    status, fields, answer = _exchange(port, "\r\n".join(lines).encode("latin-1") + body)
    response = Response(answer, status=status)
    response.headers.clear()
    for name, value in fields:
        if name.lower() not in OF_ONE_CONNECTION:
            response.headers.add(name, value)
    return response


def _exchange(port: int, sent: bytes) -> tuple[int, list[tuple[str, str]], Iterator[bytes]]:
    """One request over HTTP/1.0, whose answer ends with its connection (RFC 1945)."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.settimeout(120)
        connection.sendall(sent)
        answer = connection.makefile("rb")
    first = answer.readline().split(b" ", 2)
    if len(first) < 2 or not first[1].isdigit():
        answer.close()
        raise ConnectionError
    head = b"".join(iter(answer.readline, b"\r\n"))
    fields = BytesParser().parsebytes(head, headersonly=True)
    return int(first[1]), list(fields.items()), _pieces(answer)


def _pieces(answer: BufferedReader) -> Iterator[bytes]:
    with answer:
        while piece := answer.read(PIECE):
            yield piece


def _moved(url: str) -> Response:
    return redirect(url, 303)


def _dressed(response: Response) -> Response:
    for name, value in headers.FOR_ALL.items():
        response.headers.setdefault(name, value)
    return response
