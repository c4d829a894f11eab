"""What is installed is whole: the wheel, alone, makes a blog and looks after its comments."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.support.service import Service, administrator, running
from tests.support.visitor import Visitor

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = {
    "comments_service": "comments_service",
    "plugins": "tertulia_plugins",
    "theme": "tertulia_theme",
}
EUPL = "6fc9e709ccbfe0d77fbffa2427a983282be2eb88e47b1cdb49f21a83b4d1e665"
"""SHA-256 of the European Commission's text of the licence, version 1.2, in English."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy: building leaves files behind."""
    source = tmp_path_factory.mktemp("source")
    for folder in PACKAGES:
        shutil.copytree(
            ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, source / name)
    dist = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", str(source)]
    run(*command, "--no-deps", "--no-build-isolation", "--wheel-dir", str(dist))
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel, away from the checkout.

    The other packages are those of the environment that runs the tests.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, f"--python={home / 'bin' / 'python'}", "install", "--no-deps", "--no-index", wheel)
    (packages,) = (home / "lib").glob("python3*/site-packages")
    # A plain path: the .pth files in there, one of which leads to the checkout, are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What the command printed; it must succeed."""
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """That of a user: nothing leads to the checkout."""
    ours = ("TERTULIA_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


class TestTheWheel:
    def test_holds_every_file_of_the_program(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        expected = {
            f"{package}/{path.relative_to(ROOT / folder)}"
            for folder, package in PACKAGES.items()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert packed == expected

    def test_says_what_it_is_and_carries_its_licence(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            info = next(name for name in archive.namelist() if name.endswith("/METADATA"))
            metadata = message_from_bytes(archive.read(info))
            licence = archive.read(info.replace("METADATA", "licenses/LICENSE"))
        assert metadata["Name"] == "tertulia"
        assert metadata["License-Expression"] == "EUPL-1.2"
        assert hashlib.sha256(licence).hexdigest() == EUPL


class TestTheLicence:
    def test_is_the_whole_text_of_the_eupl(self) -> None:
        assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == EUPL


class TestThePins:
    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_have_an_exact_version_and_hashes_and_name_no_index(self, name: str) -> None:
        text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
        assert "://" not in text
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        for line in lines:
            assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line)
        assert pinned(name) >= {"setuptools"}

    def test_cover_what_the_project_needs(self) -> None:
        needed = {plain(requirement) for requirement in PROJECT["dependencies"]}
        assert needed <= pinned("requirements.txt")
        for_tests = {plain(each) for each in PROJECT["optional-dependencies"]["dev"]}
        assert for_tests | pinned("requirements.txt") <= pinned("requirements-dev.txt")


def plain(requirement: str) -> str:
    """The package's name as indexes write it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return name[0].lower().replace("_", "-")


def pinned(name: str) -> set[str]:
    text = (ROOT / name).read_text("utf-8")
    return {plain(line) for line in text.splitlines() if re.match(r"[a-z0-9]", line)}


class TestMake:
    """A Python that cannot be used is told in one line, and leaves nothing half-made."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name in ("Makefile", "pyproject.toml", "requirements.txt"):
            shutil.copy(ROOT / name, tmp_path / name)
        return tmp_path

    def told(self, folder: Path, python: str) -> str:
        done = subprocess.run(
            ["make", "up", f"PYTHON={python}"],
            cwd=folder,
            env=environment() | {"MAKEFLAGS": "", "MAKELEVEL": "", "LC_ALL": "C"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert not (folder / ".venv").exists()
        line, failed, *more = done.stderr.splitlines()
        assert failed.startswith("make: ***")
        assert more == []
        return line

    def fake(self, folder: Path, case: str) -> str:
        """A Python that exits with 1 when its words are like ``case``."""
        python = folder / "python"
        python.write_text(
            f'#!/bin/sh\ncase "$*" in {case}) exit 1;; --version) echo Python 3.9.2;; esac\n'
        )
        python.chmod(0o755)
        return str(python)

    def test_needs_a_python(self, folder: Path) -> None:
        assert "no-python is not here" in self.told(folder, "no-python")

    def test_needs_a_new_one(self, folder: Path) -> None:
        told = self.told(folder, self.fake(folder, "*version_info*"))
        assert "needs Python 3.11 or newer; Python 3.9.2 is older" in told
        assert "make PYTHON=" in told

    def test_needs_virtual_environments(self, folder: Path) -> None:
        told = self.told(folder, self.fake(folder, "*ensurepip*"))
        assert "apt install python3-venv" in told


@pytest.mark.slow
class TestTheInstalledProgram:
    def test_is_the_wheel_and_not_the_checkout(self, installed: Path, tmp_path: Path) -> None:
        code = (
            "import comments_service, tertulia_plugins, tertulia_theme as theme\n"
            "for each in (comments_service, tertulia_plugins, theme): print(each.__file__)"
        )
        for file in run(installed / "python", "-c", code, cwd=tmp_path).splitlines():
            assert Path(file).is_relative_to(installed.parent)
        assert run(installed / "tertulia", "--version").split()[-1] == PROJECT["version"]

    def test_makes_two_blogs_that_run_side_by_side(self, installed: Path, tmp_path: Path) -> None:
        blogs = [new_blog(installed, tmp_path / name, name) for name in ("Uno", "Dos")]
        program = (str(installed / "tertulia"),)
        with running(blogs[0], program=program) as one, running(blogs[1], program=program) as two:
            comment(one)
            approve(one)
            wait_for_the_comment(one)
            for service, name in ((one, "Uno"), (two, "Dos")):
                page = article(service)
                assert f"Consejo {name}" in page
                assert ("La primera palabra" in page) == (service is one)
            assert [service.stop() for service in (one, two)] == [0, 0]
        files = [len(list((blog / "content" / "comments").glob("*/*.md"))) for blog in blogs]
        assert files == [1, 0]


def new_blog(installed: Path, folder: Path, name: str) -> Path:
    options = ["--name", f"Consejo {name}", "--address", "https://blog.example.org"]
    options += ["--contact", "hola@example.org", "--languages", "es,eu", "--yes"]
    tertulia = installed / "tertulia"
    run(tertulia, "init", folder, *options)
    run(tertulia, "build", "--strict", cwd=folder)
    run(tertulia, "check", cwd=folder)
    return folder


def address_of_the_article(service: Service) -> str:
    (folder,) = (service.blog / "content" / "articles").iterdir()
    (page,) = (service.blog / "output" / folder.name).glob("*/bienvenida/index.html")
    return f"{service.url}/{page.parent.relative_to(service.blog / 'output')}/"


def article(service: Service) -> str:
    return Visitor().get(address_of_the_article(service)).text


def comment(service: Service) -> None:
    """As a reader: the form below the article, then the receipt."""
    reader = Visitor()
    page = reader.get(address_of_the_article(service))
    receipt = reader.send(
        page, "/comentar/bienvenida", author="Aitor", body="La primera palabra <b>&</b>"
    )
    assert receipt.status == 200
    assert "/seguimiento/" in receipt.url


def approve(service: Service) -> None:
    """As the first administrator, by the one-time link."""
    staff = administrator(service)
    waiting = staff.get(f"{service.url}/gestion/")
    (case,) = {link for link in waiting.links() if "/gestion/comentario/" in link}
    assert staff.send(staff.get(case), "/publicar").status == 200


def wait_for_the_comment(service: Service) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if "La primera palabra" in article(service):
            return
        time.sleep(0.2)
    raise AssertionError(f"the comment did not appear:\n{service.printed}")
