"""Fixtures for every folder of tests: databases, a small blog, a clock, a member of staff."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog

from comments_service.config.settings import Settings
from comments_service.store.engine import Store, open_store
from comments_service.store.migrations import upgrade
from comments_service.store.people import Person, add_person, by_login
from comments_service.usecases.blog import Blog, open_blog
from tests.support.databases import fresh_database, postgres_binaries, postgres_cluster
from tests.support.forked import forked_pelican
from tests.support.skips import need

SITE_TOML = """
name = "Consejo de Pruebas"
address = "http://localhost:8000"
languages = ["es", "eu", "en"]
"""


@dataclass
class Clock:
    """The fake clock: moves only when told."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 10, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Commands configure the log of their process; here that is pytest's."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def forked_builds() -> Iterator[None]:
    """For a file whose tests build sites one after the other and break no build off."""
    with forked_pelican():
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a running PostgreSQL of the tests' own."""
    need(postgres_binaries(), "PostgreSQL", "apt-get install postgresql")
    with postgres_cluster() as address:
        yield address


@pytest.fixture(scope="session")
def tables_in_cluster(cluster: str) -> Iterator[str]:
    """The name of a database of PostgreSQL with its tables and nothing in them, to be copied."""
    with fresh_database(cluster) as address:
        _make_tables(address)
        yield address.rpartition("/")[2]


@cache
def sqlite_with_tables() -> bytes:
    """The file of a database of SQLite with its tables and nothing in them: making them takes
    longer than most tests."""
    with TemporaryDirectory(prefix="tertulia-tables-") as folder:
        path = Path(folder) / "tables.sqlite3"
        _make_tables(f"sqlite:///{path}")
        return path.read_bytes()


def give_tables(settings: Settings) -> Settings:
    """Let the blog's own database begin with its tables."""
    settings.var_folder.mkdir(mode=0o700, exist_ok=True)
    (settings.var_folder / "tertulia.sqlite3").write_bytes(sqlite_with_tables())
    return settings


def _make_tables(url: str) -> None:
    made = open_store(Settings(database_url=url).database)
    upgrade(made)
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet but its tables, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        path.write_bytes(sqlite_with_tables())
        yield f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("tables_in_cluster")
        with fresh_database(request.getfixturevalue("cluster"), template) as address:
            yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        with fresh_database(request.getfixturevalue("cluster")) as address:
            yield address


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A database with its tables."""
    opened = open_store(Settings(database_url=database_url).database)
    upgrade(opened)
    yield opened
    opened.close()


def threads_json(*keys: str, closed: tuple[str, ...] = ()) -> str:
    """A manifest in which each key is an article of its own."""
    threads = {
        key: {
            "kind": "article",
            "categories": ["Escucha"],
            "authors": ["Ada Ejemplo"],
            "title": {"es": f"Sobre {key}"},
            "excerpt": {"es": "Un resumen."},
            "urls": {"es": f"/2026/11/{key}/"},
            "open": key not in closed,
            "closes_at": None,
            "aliases": [],
        }
        for key in (*keys, *closed)
    }
    return json.dumps({"format": 1, "threads": threads})


def rules_json(*rules: tuple[int, int, str, str]) -> str:
    """The rules of a built site: number, version, first day and title of each; ``Texto 2-v1``."""
    listed = [
        {
            "number": number,
            "version": version,
            "since": since,
            "title": {"es": title},
            "text": {"es": f"Texto {number}-v{version}."},
            "urls": {"es": f"/normas/{number}-v{version}/"},
        }
        for number, version, since, title in rules
    ]
    return json.dumps({"format": 1, "rules": listed})


@pytest.fixture
def blog_folder(tmp_path: Path) -> Path:
    """A blog's folder as a build left it: threads `hola` and `otra`, and a closed one."""
    folder = tmp_path / "blog"
    (folder / "content" / "comments").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (folder / "output").mkdir()
    manifest = threads_json("hola", "otra", closed=("cerrada",))
    (folder / "output" / "threads.json").write_text(manifest, "utf-8")
    return folder


@pytest.fixture
def blog(blog_folder: Path, database_url: str) -> Iterator[Blog]:
    """The blog, opened on each kind of database."""
    opened = open_blog(Settings(blog=blog_folder, database_url=database_url))
    yield opened
    opened.store.close()


@pytest.fixture
def moderator(blog: Blog, clock: Clock) -> Person:
    """A member of staff who may decide."""
    with blog.store.write() as connection:
        add_person(
            connection,
            clock(),
            login="ada",
            name="Ada Ejemplo",
            position="Gestora de comunidad",
            department="Participación",
            language="es",
            role="admin",
            password_hash="-",
        )
        person = by_login(connection, "ada")
    assert person
    return person
