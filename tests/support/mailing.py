"""A blog that sends its mails to a server of the tests, and what readers and staff do there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comments_service import content_repo
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.store import addresses
from comments_service.store.people import Person
from comments_service.usecases import showing
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.publish import publish
from comments_service.usecases.sending import send_waiting
from comments_service.usecases.submit import Form, submit
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.mailserver import Sink

ANA = "ana.lectora@correo.example"


def nothing(_step: str) -> None:
    """No fault."""


@contextmanager
def blog_with_mail(folder: Path, database_url: str, port: int, **more: object) -> Iterator[Blog]:
    """The blog, opened with a mail server on this machine's ``port``."""
    server = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "off"}
    senders = {"mail_from": "blog@pruebas.example", "mail_reply_to": "consejo@pruebas.example"}
    given = {"blog": folder, "database_url": database_url, **server, **senders, **more}
    opened = open_blog(Settings(**given))  # type: ignore[arg-type]
    yield opened
    opened.store.close()


@dataclass
class Hands:
    """Everybody who does something. ``sink``: the mail server."""

    blog: Blog
    clock: Clock
    person: Person
    sink: Sink

    def write(self, body: str = "¿Y la biblioteca?", email: str = ANA, **form: Any) -> Case:
        """A reader's comment with an e-mail address."""
        thread = form.pop("thread", "hola")
        self.clock.forward(seconds=1)
        given = Form(author=form.pop("author", "Ana"), body=body, email=email, **form)
        new, now = new_id(self.clock()), self.clock()
        sent = submit(self.blog, thread, given, address="192.0.2.7", comment_id=new, now=now)
        return sent.case

    def send(self) -> int:
        return send_waiting(self.blog, self.clock, nothing)

    def confirm(self, number: int = 1) -> None:
        """The owner of an address says that it is theirs."""
        with self.blog.store.write() as connection:
            addresses.confirm(connection, number, self.clock())

    def approve(self, case: Case) -> Case:
        self.clock.forward(seconds=1)
        approve(self.blog, case.id, case.revision, by=self.person, now=self.clock())
        return self.publish(case)

    def publish(self, case: Case) -> Case:
        """What was approved comes to its page."""
        self.clock.forward(seconds=1)
        publish(self.blog, self.clock)
        return case_of(self.blog, case.id)

    def reject(self, case: Case, reason: str = "Di lo mismo sin insultar.") -> Case:
        now, by = self.clock(), self.person
        rules = self.blog.rules.in_force(now.date())
        rule = (rules[0].number, rules[0].version) if rules else None
        return reject(self.blog, case.id, case.revision, rule=rule, reason=reason, by=by, now=now)


def build_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for a build: pages that show what the comment files say."""

    def build(blog: Blog, **_: object) -> None:
        for key in ("hola", "otra"):
            marks = "".join(
                f'<article id="comment-{entry.id}"'
                f' data-digest="{content_repo.write(blog.comments_folder, entry)}"></article>'
                for entry in content_repo.entries(blog.comments_folder, key)
            )
            page = blog.settings.output_folder / f"2026/11/{key}/index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(marks, "utf-8")

    monkeypatch.setattr(showing, "build_site", build)
