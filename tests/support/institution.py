"""A blog with its whole outside in this process: pages that Pelican built, a port, a mail server,
and a clock that tests move.

Readers and staff are browsers here and act by HTTP; what waits is done by the service's own tick.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from comments_service.config.settings import Settings
from comments_service.domain import totp
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.people import first_administrator_token
from comments_service.usecases.showing import build_site
from comments_service.usecases.tick import tick
from comments_service.web import create_app
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.forked import forked_pelican
from tests.support.mailserver import Sink, mail_server
from tests.support.service import free_port
from tests.support.visitor import Page, Visitor

FRIDAY = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
"""The Friday before a long weekend: the Tuesday after it is a holiday."""

SITE = """
name = "Consejo de Pruebas"
address = "http://localhost:8000"
languages = ["es", "eu", "en"]

[contact]
email = "consejo@pruebas.example"
registry = "https://sede.pruebas.example/registro"

[deadlines]
decide = 1
answer = 5
region = "ES-PV"

[comments]
ask_email = true
"""

CLOSED = """Title: Sobre lo que se cerró
Date: 2026-11-01 10:00
Category: Escucha
Slug: cerrada
Comments: closed

Ya no se comenta.
"""

RULE = """number: {number}
version: {version}
lang: "es"
since: "2026-{version:02}-15"
title: "{title}"

{text}
"""
PASSWORD = "una frase muy larga"


class Silent(WSGIRequestHandler):
    """Prints nothing; a connection that broke is closed."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@dataclass
class Institution:
    """cut: steps of a form's way at which the connection breaks, once each."""

    blog: Blog
    clock: Clock
    sink: Sink
    cut: list[str] = field(default_factory=list)
    server: BaseWSGIServer | None = None
    woken: int = 0
    _staff: tuple[Visitor, datetime] | None = None
    _secret: bytes = b""
    _here: threading.local = field(default_factory=threading.local)

    @property
    def url(self) -> str:
        return self.blog.site_url

    @property
    def folder(self) -> Path:
        return self.blog.settings.blog

    @property
    def output(self) -> Path:
        return self.blog.settings.output_folder

    def start(self) -> None:
        """Listen; a program that was stopped starts anew."""
        app = create_app(self.blog, clock=self.clock, wake=self._wake, step=self._step)
        port = int(self.url.rpartition(":")[2])
        self.server = make_server(
            "localhost", port, self._or_nothing(app), threaded=True, request_handler=Silent
        )
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        serving = {"poll_interval": 0.02}
        threading.Thread(target=self.server.serve_forever, kwargs=serving, daemon=True).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        self.server = None

    def _wake(self) -> None:
        self.woken += 1

    def _step(self, name: str) -> None:
        if name in self.cut:
            self.cut.remove(name)
            self._here.is_cut = True

    def _or_nothing(self, app: Any) -> Any:
        """The application, behind a connection that breaks before the answer comes."""

        def answer(environ: Any, start_response: Any) -> Any:
            self._here.is_cut = False
            found = app(environ, start_response)
            if self._here.is_cut:
                raise ConnectionAbortedError
            return found

        return answer

    def build(self) -> None:
        build_site(self.blog, now=self.clock())

    def tick(self, **later: float) -> None:
        """One run of what waits, two minutes later unless told: no build has to wait then."""
        self.clock.forward(**later or {"minutes": 2})
        tick(self.blog, self.clock)

    def write(self, by: Visitor | None = None, thread: str = "hola", **sent: str) -> Page:
        """A reader fills in the form of an article and sends it: the receipt."""
        self.clock.forward(seconds=1)
        reader = by or Visitor()
        article = reader.get(f"{self.url}/2026/11/{thread}/")
        given = {"author": "Aitor", "body": "¿Y la biblioteca?"} | sent
        return reader.send(article, f"/comentar/{thread}", **given)

    def staff(self) -> Visitor:
        """A browser in which the first administrator signed in not long ago."""
        if self._staff and timedelta(0) <= self.clock() - self._staff[1] < timedelta(minutes=40):
            return self._staff[0]
        token = first_administrator_token(self.blog, self.clock())
        visitor = Visitor()
        if token:
            page = visitor.get(f"{self.url}/gestion/alta/{token}")
            words = {"login": "ada", "name": "Ada Ejemplo", "position": "Gestora"}
            page = visitor.send(page, "/gestion/alta/", password=PASSWORD, **words)
        else:
            page = visitor.get(f"{self.url}/gestion/entrar")
            page = visitor.send(page, "/gestion/entrar", login="ada", password=PASSWORD)
        self._give_code(visitor, page)
        self._staff = visitor, self.clock()
        return visitor

    def _give_code(self, visitor: Visitor, page: Page) -> None:
        """Where the blog stands behind a proxy: set the second factor, or type its code."""
        if found := re.search(r'class="secret">([A-Z2-7 ]+)<', page.text):
            self._secret = totp.read(found[1].replace(" ", ""))
        if page.url.endswith("/codigo"):
            self.clock.forward(seconds=totp.STEP_SECONDS)
            step = int(self.clock().timestamp()) // totp.STEP_SECONDS
            done = visitor.send(page, "/codigo", code=totp.code_at(self._secret, step))
            assert done.status == 200, done.text

    def decide(self, of: Page, act: str, **sent: str) -> Page:
        """Staff open the comment of a receipt and send one of its forms."""
        staff, reference = self.staff(), reference_of(of)
        page = staff.get(f"{self.url}/gestion/comentario/{reference}")
        assert page.status == 200, page.text
        done = staff.send(page, f"{reference}/{act}", **sent)
        assert done.status == 200, done.text
        return done

    def publish(self, of: Page) -> Page:
        """Approve what a receipt tells of, and bring it to its page; the private page."""
        self.decide(of, "publicar")
        self.tick()
        return Visitor().get(private_of(of))

    def refuse(self, of: Page, reason: str = "Di lo mismo sin insultar.") -> Page:
        self.decide(of, "no-publicar", rule="1-v1", reason=reason)
        self.tick()
        return Visitor().get(private_of(of))

    def answer(self, of: Page, body: str = "La biblioteca abre en mayo.") -> Page:
        self.decide(of, "contestar", body=body)
        self.tick()
        return Visitor().get(private_of(of))

    def confirm(self, email: str) -> None:
        """The owner of an address says that it is theirs, on the page that the first mail names."""
        links = [link for link in links_of(self.mails(email)[0]) if "/correo/direccion/" in link]
        assert Visitor().post(links[0], {"what": "yes"}).status == 200
        self.tick()

    def mails(self, to: str) -> list[EmailMessage]:
        """What came to an address, oldest first."""
        return [mail for mail in self.sink.taken if mail["To"] == to]

    def stored(self) -> str:
        """All that the database holds, as text."""
        path = self.blog.settings.var_folder / "tertulia.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return "\n".join(connection.iterdump())


def links_of(mail: EmailMessage) -> list[str]:
    """Addresses in the text of a mail and in its headers."""
    text = f"{mail.get_content()} {mail.get('List-Unsubscribe', '')}"
    return [each.rstrip(".,>") for each in re.findall(r"http://localhost:\d+/[^\s<>]+", text)]


def reference_of(receipt: Page) -> str:
    """Like 2026-000123; of a receipt or a private page."""
    return receipt.url.split("/seguimiento/")[1].split("/")[0]


def token_of(receipt: Page) -> str:
    return receipt.url.split("/seguimiento/")[1].split("/")[1].partition("?")[0]


def private_of(receipt: Page) -> str:
    """Address of the private page that a receipt leads to."""
    assert receipt.url.endswith("/recibido"), receipt.url
    return receipt.url.removesuffix("/recibido")


@contextmanager
def institution(
    folder: Path, *slugs: str, trial: bool = False, **more: object
) -> Iterator[Institution]:
    """Built, served and able to send mail; on a Friday of December 2026.

    trial: without a mail server. more: settings.
    """
    clock, url = Clock(FRIDAY), f"http://localhost:{free_port()}"
    blog_folder = buildable_blog(folder, *slugs)
    (blog_folder / "content" / "site.toml").write_text(SITE, "utf-8")
    (blog_folder / "content" / "articles" / "cerrada.md").write_text(CLOSED, "utf-8")
    write_rule(blog_folder / "content" / "comments", 1, 1, "Respeto", "Sin insultos.")
    with forked_pelican(), mail_server() as sink:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_tls": "off"}
        senders = {"mail_from": "blog@pruebas.example", "mail_reply_to": "consejo@pruebas.example"}
        sending = {} if trial else mail | senders
        given: dict[str, Any] = {"blog": blog_folder, "site_url": url, **sending, **more}
        opened = open_blog(Settings(**given))
        made = Institution(opened, clock, sink)
        try:
            made.build()
            made.start()
            yield made
        finally:
            made.stop()
            opened.store.close()


def write_rule(comments: Path, number: int, version: int, title: str, text: str) -> None:
    """comments: the folder of the comment files."""
    rules = comments / "_site" / "rules"
    rules.mkdir(parents=True, exist_ok=True)
    told = RULE.format(number=number, version=version, title=title, text=text)
    (rules / f"{number:02}-v{version}.es.md").write_text(told, "utf-8")
