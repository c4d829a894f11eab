"""Small blogs, built by the real Pelican in a process of its own, with the real theme."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from comments_service import commentfile
from comments_service.domain.comments import Comment, Entry, Kind, Markup, Tombstone, WithdrawnBy

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SITE_TOML = """
name = "Consejo de Pruebas"
address = "https://blog.pruebas.example"
languages = ["es", "eu", "en"]

[contact]
email = "hola@pruebas.example"
"""
CONF = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production={production}))
"""


@dataclass(frozen=True)
class Built:
    """What a build left. code: exit code; log: all that was printed."""

    output: Path
    code: int
    log: str

    def page(self, address: str) -> str:
        """The HTML at an address like ``/2026/11/una/``."""
        name = "index.html" if address.endswith("/") else ""
        return (self.output / address.lstrip("/") / name).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }

    def everything(self) -> str:
        """The text of all files."""
        return "\n".join(data.decode("utf-8", "replace") for data in self.files().values())


@dataclass
class SmallBlog:
    """A folder with a blog, written by the test."""

    folder: Path
    run: Callable[[dict[str, Any]], int]
    numbers: dict[str, int] = field(default_factory=dict)

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def article(self, name: str, body: str = "Un texto.", **header: str) -> Path:
        """``content/articles/2026/<name>.md``; a header given as "" is left out."""
        header = {"title": name, "date": "2026-11-14 10:00", **header}
        return self._text(f"articles/2026/{name}.md", body, header)

    def page(self, name: str, body: str = "Un texto.", **header: str) -> Path:
        return self._text(f"pages/{name}.md", body, {"title": name, **header})

    def _text(self, path: str, body: str, header: dict[str, str]) -> Path:
        lines = [f"{key.capitalize()}: {value}" for key, value in header.items() if value]
        return self.write(f"content/{path}", "\n".join([*lines, "", body, ""]))

    def comment(self, thread: str, body: str = "Un comentario.", **given: object) -> Comment:
        """Write a comment; numbered and dated in the order of the calls."""
        number = self.numbers[thread] = self.numbers.get(thread, 0) + 1
        date = NOW - timedelta(days=3) + timedelta(minutes=sum(self.numbers.values()))
        comment = Comment(
            id=str(ULID.from_datetime(date)).lower(),
            thread=thread,
            revision=1,
            number=number,
            kind=Kind.COMMENT,
            markup=Markup.MARKDOWN,
            author="Aitor",
            date=date,
            body=body,
        )
        comment = replace(comment, **given)  # type: ignore[arg-type]
        self.file(comment)
        return comment

    def tombstone(self, thread: str, reason: WithdrawnBy, **given: object) -> Tombstone:
        stood = self.comment(thread)
        stone = Tombstone(
            id=stood.id, thread=thread, number=stood.number, date=stood.date, reason=reason
        )
        stone = replace(stone, **given)  # type: ignore[arg-type]
        self.file(stone)
        return stone

    def file(self, entry: Entry) -> Path:
        path = self.folder / "content/comments" / commentfile.path_of(entry.thread, entry.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(commentfile.dumps(entry))
        return path

    def build(
        self,
        *,
        production: bool = True,
        fatal: str = "warnings",
        now: datetime = NOW,
        conf: str = "",
        site_url: str = "",
        output: str = "output",
        seed: int | None = None,
        last_good: Path | None = None,
    ) -> Built:
        """Build it.

        conf: what the blog writes below the settings. seed: for the order of Python's sets.
        last_good: copies of texts, for a build that tolerates faults of their files.
        """
        name = "publishconf.py" if production else "pelicanconf.py"
        self.write(name, CONF.format(production=production) + conf)
        log = self.folder.with_suffix(".log")
        argv = ["content", "-s", name, "-o", output, "--log-handler", "plain"]
        wanted = {
            "cwd": str(self.folder),
            "env": clean_environment(
                TERTULIA_NOW=now.isoformat(),
                TERTULIA_SITE_URL=site_url,
                TERTULIA_LAST_GOOD=str(last_good or ""),
            ),
            "argv": [*argv, "--fatal", fatal] if fatal else argv,
            "log": str(log),
        }
        code = self.run(wanted) if seed is None else run_alone(wanted, seed)
        return Built(self.folder / output, code, log.read_text("utf-8"))

    def built(self, **given: object) -> Built:
        """Build it; the test fails with what was printed if that fails."""
        built = self.build(**given)  # type: ignore[arg-type]
        assert built.code == 0, built.log
        return built


def clean_environment(**given: str) -> dict[str, str]:
    """Ours, without the settings of a blog but those given."""
    kept = {name: value for name, value in os.environ.items() if name[:9] != "TERTULIA_"}
    return kept | {name: value for name, value in given.items() if value}


def run_alone(wanted: dict[str, Any], seed: int) -> int:
    """Pelican from the start: only then can the seed be chosen."""
    with Path(wanted["log"]).open("wb") as log:
        return subprocess.run(
            [sys.executable, "-m", "pelican", *wanted["argv"]],
            cwd=wanted["cwd"],
            env={**wanted["env"], "PYTHONHASHSEED": str(seed)},
            stdout=log,
            stderr=log,
        ).returncode


@pytest.fixture(scope="session")
def pelican() -> Iterator[Callable[[dict[str, Any]], int]]:
    """Run Pelican in a process of its own; gives the exit code."""
    with subprocess.Popen(
        [sys.executable, Path(__file__).with_name("pelican_runner.py")],
        env=clean_environment(COLUMNS="999"),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as runner:

        def run(wanted: dict[str, Any]) -> int:
            assert runner.stdin
            assert runner.stdout
            print(json.dumps(wanted), file=runner.stdin, flush=True)
            return int(runner.stdout.readline())

        yield run


NewBlog = Callable[..., SmallBlog]


@pytest.fixture
def new_blog(tmp_path: Path, pelican: Callable[[dict[str, Any]], int]) -> NewBlog:
    """Make a blog with this ``site.toml``."""

    def make(site_toml: str = SITE_TOML) -> SmallBlog:
        blog = SmallBlog(tmp_path / "blog", pelican)
        blog.write("content/site.toml", site_toml)
        return blog

    return make


@pytest.fixture
def small_blog(new_blog: NewBlog) -> SmallBlog:
    """A blog with one article."""
    blog = new_blog()
    blog.article("una")
    return blog


def text_of(html: str) -> str:
    """What a reader reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
