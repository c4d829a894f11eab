"""The two Makefiles: this repository's and that of a new blog."""

import subprocess
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
