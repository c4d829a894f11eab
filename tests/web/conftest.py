"""The web edge over a real blog: SQLite in a temporary folder, a small site made by hand."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service import content_repo
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.store import engine, outbox, sessions
from comments_service.store.people import Person
from comments_service.store.problems import Problem
from comments_service.usecases import publish, showing
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.submit import Form, submit
from comments_service.web import create_app
from tests.support.fixtures import Clock, give_tables, rules_json, threads_json
from tests.support.ids import new_id
from tests.web.pages import CSRF, URL, Bell

SITE_TOML = """
name = "Consejo de Pruebas"
address = "http://localhost:8000"
languages = ["es", "eu", "en"]

[contact]
email = "consejo@pruebas.example"
registry = "https://sede.pruebas.example/registro"
"""

SESSION = "a" * 32


@pytest.fixture
def blog_folder(tmp_path: Path) -> Path:
    """A blog as a build left it: threads `hola` and `otra`, a closed one, a page of privacy."""
    folder = tmp_path / "blog"
    (folder / "content" / "comments").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    output = folder / "output"
    manifest = json.loads(threads_json("hola", "otra", closed=("cerrada", "page-privacidad")))
    manifest["threads"]["hola"]["title"]["eu"] = "Kaixo"
    manifest["threads"]["hola"]["urls"]["eu"] = "/eu/2026/11/kaixo/"
    manifest["threads"]["otra"] |= {
        "heading": {"es": "Cuéntalo <aquí>"},
        "message": {"es": "Lo leemos **todo**. <b>[Las normas](javascript:x)</b>"},
        "question": {"es": "¿Y <tú>?"},
    }
    manifest["threads"]["page-privacidad"]["urls"] = {"es": "/privacidad/"}
    manifest["menus"] = {
        "es": {"home": "/", "conversations": "/conversaciones/", "archives": "/archivo/"},
        "eu": {"home": "/eu/", "archives": "/eu/artxiboa/"},
    }
    files = {
        "threads.json": json.dumps(manifest),
        "build-report.json": '{"format": 1, "faults": []}',
        "index.html": "<!DOCTYPE html><title>Portada</title>",
        "404.html": "<!DOCTYPE html><title>No está</title>",
        "2026/11/hola/index.html": "<!DOCTYPE html><title>Hola</title>",
        "2026/11/otra/index.html": "<!DOCTYPE html><title>Otra</title>",
        "eu/2026/11/kaixo/index.html": "<!DOCTYPE html><title>Kaixo</title>",
        "theme/css/main.css": "body { margin: 0 }",
        "feeds/all.atom.xml": "<feed/>",
    }
    for name, text in files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def rules(blog_folder: Path) -> Path:
    """The rules of the built site: 1 and 2 in force, 2 in its second version."""
    file = blog_folder / "output" / "rules.json"
    found = rules_json(
        (1, 1, "2026-01-15", "Respeto"),
        (2, 1, "2026-01-15", "Datos de otras personas"),
        (2, 2, "2026-06-15", "Datos de otras personas"),
    )
    file.write_text(found, "utf-8")
    return file


@pytest.fixture
def settings(blog_folder: Path) -> Settings:
    return Settings(blog=blog_folder, site_url=URL)


@pytest.fixture
def blog(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Blog]:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)  # a locked database is known at once
    opened = open_blog(give_tables(settings))
    yield opened
    opened.store.close()


@pytest.fixture
def bell() -> Bell:
    return Bell()


class Browser(FlaskClient):
    """Reads every answer to its end, as browsers do: a file that was sent is closed then."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True} | kwargs)


@pytest.fixture
def app(blog: Blog, clock: Clock, bell: Bell) -> Flask:
    made = create_app(blog, clock=clock, wake=bell)
    made.test_client_class = Browser
    return made


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """A browser that was never here before."""
    return app.test_client()


@pytest.fixture
def staff(app: Flask, blog: Blog, clock: Clock, moderator: Person) -> FlaskClient:
    """A browser in which the moderator is signed in; the token of its forms is CSRF."""
    with blog.store.write() as connection:
        sessions.open_session(connection, SESSION, moderator.id, CSRF, clock())
    client = app.test_client()
    client.set_cookie("tertulia-8000", SESSION)
    return client


@pytest.fixture
def waiting(blog: Blog, clock: Clock) -> Callable[..., Case]:
    """Sends a comment, which then waits for a decision."""

    def send(body: str = "¿Para la **empresa**?", author: str = "Aitor", **form: str) -> Case:
        clock.forward(seconds=1)
        thread = form.pop("thread", "hola")
        sent = Form(author=author, body=body, **form)
        return submit(
            blog, thread, sent, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
        ).case

    return send


@pytest.fixture
def publishing(blog: Blog, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], Case]:
    """Publishes what was approved, on pages as a build would leave them."""

    def build(of: Blog, **_: object) -> None:
        for key in ("hola", "otra"):
            marks = "".join(
                f'<article id="comment-{entry.id}" data-digest="{_digest(of, entry)}"></article>'
                for entry in content_repo.entries(of.comments_folder, key)
            )
            for url in of.manifest.thread(key).urls.values():
                page = of.settings.output_folder / url.strip("/") / "index.html"
                page.write_text(marks, "utf-8")

    def run(case: Case) -> Case:
        clock.forward(seconds=1)
        publish.publish(blog, clock)
        return case_of(blog, case.id)

    monkeypatch.setattr(showing, "build_site", build)
    return run


def _digest(blog: Blog, entry: object) -> str:
    return content_repo.write(blog.comments_folder, entry)  # type: ignore[arg-type]


@pytest.fixture
def put_off(blog: Blog, clock: Clock) -> Callable[..., None]:
    """Lets everything that waits fail with a reason, as the publisher notes it."""

    def fail(message: str, detail: str = "", **values: str) -> None:
        with blog.store.write() as connection:
            for row in outbox.claim(connection, "test", clock()):
                problem = Problem(message, values, detail)
                outbox.put_off(connection, row, problem, clock())

    return fail


@pytest.fixture
def lock(blog: Blog) -> Iterator[Callable[[], None]]:
    """Lets another program keep the database for itself, to the end of the test."""
    path = str(blog.settings.var_folder / "tertulia.sqlite3")
    other = sqlite3.connect(path, isolation_level=None)
    yield lambda: other.execute("BEGIN IMMEDIATE") and None
    other.close()


@pytest.fixture
def contents(blog: Blog) -> Callable[[], str]:
    """All that the database holds, as text."""

    def dump() -> str:
        path = blog.settings.var_folder / "tertulia.sqlite3"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    return dump
