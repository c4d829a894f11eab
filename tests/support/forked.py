"""Builds without the second that importing Pelican takes; each is a process of its own still."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from comments_service.site import child
from comments_service.site.child import Ended, Pelican, told

RUNNER = Path(__file__).parent.parent / "build" / "pelican_runner.py"


@contextmanager
def forked_pelican() -> Iterator[None]:
    """The service's builds are forked from one program that has Pelican in memory."""
    with subprocess.Popen(
        [sys.executable, RUNNER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as runner:

        def run(self: Pelican, output: Path, **more: str) -> Ended:
            assert runner.stdin
            assert runner.stdout
            wanted = {
                "cwd": str(self.blog),
                "env": child._clean_environment() | self.environment | more,
                "argv": self._command(output)[3:],  # without "python -m runner"
                "log": str(self.log),
            }
            print(json.dumps(wanted), file=runner.stdin, flush=True)
            code = int(runner.stdout.readline())
            return Ended(code, tuple(told(self.log.read_text("utf-8", errors="replace"))))

        with patch.object(Pelican, "run", run):
            yield
