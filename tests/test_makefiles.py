"""The two Makefiles: this repository's and that of a new blog."""

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from comments_service.cli.new_blog import MODEL

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("makefile", "ready"), [(ROOT / "Makefile", ".run"), (MODEL / "Makefile", ".ready")]
)
class TestThePort:
    @pytest.fixture
    def said(self, tmp_path: Path, makefile: Path, ready: str) -> list[str]:
        """What `tertulia` is called with, with PORT and without, for each target."""
        tertulia = tmp_path / "tertulia"
        tertulia.write_text('#!/bin/sh\necho "$* ${TERTULIA_PORT:-none}"\n')
        tertulia.chmod(0o755)
        return [
            subprocess.run(
                [
                    "make",
                    "-s",
                    "-f",
                    makefile,
                    "-o",
                    f".venv/{ready}",
                    target,
                    f"BIN={tmp_path}",
                    *port,
                ],
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin"},
                text=True,
                capture_output=True,
                check=True,
            ).stdout.strip()
            for target in ("up", "html", "devserver")
            for port in ([], ["PORT=8123"])
        ]

    def test_is_that_of_the_blog_that_runs_for_every_target(self, said: list[str]) -> None:
        assert said == [
            "up none",
            "up --port 8123 none",
            "build none",
            "build 8123",
            "preview none",
            "preview --port 8123 none",
        ]


def test_no_file_of_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    """pytest does not go into folders of some names."""
    left_out = pytestconfig.getini("norecursedirs")
    files = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    ours = [path for path in files if "node_modules" not in path.parts]
    assert len(ours) > 200
    names = {name for path in ours for name in path.parts[:-1]}
    assert [name for name in names if any(fnmatch(name, each) for each in left_out)] == []


def test_whatever_make_test_leaves_out_is_run_by_ci(pytestconfig: pytest.Config) -> None:
    runs = re.findall(r"^make (\S+)", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
    said = subprocess.run(
        ["make", "-n", *runs, "STRICT=1"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout
    left_out = re.findall(r"not (\w+)", re.findall(r'-m "(not [^"]*)"', said)[0])
    assert left_out == ["browser", "slow", "faults"]
    for mark in left_out:
        assert re.search(rf'-m "{mark}\b|tests\.{mark}\b', said), mark
