"""The layers of the service and the doors of the project, read from the imports."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LAYERS = [
    {"errors"},
    {"domain"},
    {"commentfile", "markup", "screening", "signing", "config"},
    {"store", "site", "content_repo", "mail", "fetch", "ledger"},
    {"usecases"},
    {"web"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# One door each: only these may import the library.
DOORS = {
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "flask": {"web"},
    "flask_babel": {"web"},
    "werkzeug": {"web"},
    "click": {"cli"},
    "gunicorn": {"cli"},
    "pelican": set(),
    "subprocess": {"site", "cli", "content_repo"},
    "bleach": {"markup"},
    "nh3": {"markup"},
    "markdown_it": {"markup"},
    "markdown": {"markup"},
    "argon2": {"signing"},
    "cryptography": {"signing"},
    "webauthn": {"usecases"},
    "authlib": {"usecases"},
    "joserfc": {"usecases"},
    "segno": {"web"},
    "smtplib": {"mail"},
    "urllib3": {"fetch"},
    "holidays": {"config"},
    "urllib.request": set(),
    "http.client": set(),
    "requests": set(),
    "yaml": set(),
}
NO_IO = {"errors", "domain", "commentfile", "markup", "screening", "signing"}
IO_MODULES = {"os", "pathlib", "socket", "tempfile", "shutil", "sqlite3"}
PLUGINS_MAY = {"errors", "domain", "commentfile", "markup", "config"}


def modules(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "versions" not in path.parts]


def imports(path: Path) -> Iterator[str]:
    """Absolute dotted names that a module imports; relative ones are resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The part of the service that a module belongs to: `store`, `markup`, ..."""
    return path.relative_to(ROOT / "comments_service").with_suffix("").parts[0]


SERVICE = [path for path in modules("comments_service") if room(path) != "__init__"]


def test_every_module_has_its_line() -> None:
    assert {room(path) for path in SERVICE} == set(LEVEL)


@pytest.mark.parametrize("path", SERVICE, ids=lambda path: str(path.relative_to(ROOT)))
class TestAModuleOfTheService:
    def test_imports_only_from_lines_above_its_own(self, path: Path) -> None:
        for name in imports(path):
            if name.startswith("comments_service."):
                other = name.split(".")[1]
                if other in LEVEL and other != room(path):
                    assert LEVEL[other] < LEVEL[room(path)], f"{path}: {name}"

    def test_uses_a_library_only_through_its_door(self, path: Path) -> None:
        for name in imports(path):
            for library, doors in DOORS.items():
                if name == library or name.startswith(library + "."):
                    assert room(path) in doors, f"{path}: {name}"

    def test_below_the_doors_does_no_io_and_reads_no_clock(self, path: Path) -> None:
        if room(path) not in NO_IO:
            return
        names = set(imports(path)) - {"pathlib", "pathlib.PurePosixPath"}
        assert not IO_MODULES & {name.split(".")[0] for name in names}
        source = path.read_text("utf-8")
        assert ".now(" not in source
        assert "open(" not in source

    def test_knows_the_clock_only_at_the_edges(self, path: Path) -> None:
        if room(path) in ("web", "cli"):
            return
        assert "datetime.now(" not in path.read_text("utf-8")
        assert "time.time(" not in path.read_text("utf-8")

    def test_is_short_and_says_what_it_holds(self, path: Path) -> None:
        source = path.read_text("utf-8")
        assert ast.get_docstring(ast.parse(source))
        assert source.count("\n") <= 300


@pytest.mark.parametrize("path", modules("plugins"), ids=lambda path: str(path.relative_to(ROOT)))
class TestAPlugin:
    def test_imports_little_of_the_service(self, path: Path) -> None:
        for name in imports(path):
            if name.startswith("comments_service."):
                assert name.split(".")[1] in PLUGINS_MAY, f"{path}: {name}"

    def test_is_short_and_says_what_it_holds(self, path: Path) -> None:
        source = path.read_text("utf-8")
        assert ast.get_docstring(ast.parse(source))
        assert source.count("\n") <= 300


class TestTheTheme:
    def test_loads_nothing_from_another_host_and_runs_no_script_but_its_own(self) -> None:
        own = re.compile(r' src="\{\{ SITEURL \}\}/theme/js/\w+\.js" defer')
        for path in sorted((ROOT / "theme" / "templates").rglob("*.html")):
            source = path.read_text("utf-8")
            assert "<style" not in source, path
            assert " style=" not in source, path
            for script in source.split("<script")[1:]:
                tag = script.split(">")[0]
                assert 'type="application/ld+json"' in tag or own.fullmatch(tag), path
        for path in sorted((ROOT / "theme" / "static").rglob("*.css")):
            source = path.read_text("utf-8")
            assert "@import" not in source, path
            assert "url(http" not in source, path
            assert "url(//" not in source, path


class TestTheInstitution:
    def test_is_named_in_no_template_and_no_module(self) -> None:
        for folder in ("comments_service", "plugins", "theme"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix in {".py", ".html", ".css", ".po"}:
                    assert "Villaejemplo" not in path.read_text("utf-8"), path
