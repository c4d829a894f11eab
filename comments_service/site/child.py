"""Pelican as a child process: how it is called, how it ends, what it printed."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_TRACEBACK = "Traceback (most recent call last):"
_BETWEEN_TRACEBACKS = re.compile(r"(During handling of|The above exception was) .* exception.*:")
_SAYS_NOTHING = "RuntimeError: Warning or error encountered"
_INTERRUPTED = "Keyboard interrupt received"
"""Pelican exits with 0 then, in the middle of its work."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run of Pelican ended. code: None when it took too long; lines: for a person."""

    code: int | None
    lines: tuple[str, ...]

    @property
    def was_interrupted(self) -> bool:
        return any(_INTERRUPTED in line for line in self.lines)

    @property
    def how(self) -> str:
        """Name of the signal, or the exit code."""
        code = self.code or 0
        return signal.Signals(-code).name if code < 0 else f"exit {code}"


@dataclass(frozen=True, slots=True)
class Pelican:
    """All that runs of one build have in common.

    fatal: "", ``errors`` or ``warnings``: from which level on a message ends the build.
    environment: beside what every process has; names begin with ``TERTULIA_``.
    log: takes what is printed; held: the builder's lock.
    """

    blog: Path
    conf: Path
    fatal: str
    environment: dict[str, str]
    log: Path
    held: IO[bytes]
    max_seconds: float

    def run(self, output: Path, **more: str) -> Ended:
        """Build into ``output``. more: further variables of its environment.

        It has a session of its own: Ctrl-C is for this process, which then ends it. It ends
        by itself when this process dies (``plugins/runner.py``), and shares the lock, so
        that the next builder waits until it has ended.
        """
        with self.log.open("ab") as out:
            start = out.tell()
            child = subprocess.Popen(
                self._command(output),
                cwd=self.blog,
                env=_clean_environment() | self.environment | more,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=[self.held.fileno()],
                start_new_session=True,
            )
            try:
                code = child.wait(self.max_seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                if child.returncode is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()
                if child.stdin:
                    child.stdin.close()
        printed = self.log.read_bytes()[start:].decode("utf-8", errors="replace")
        return Ended(code, tuple(told(printed)))

    def _command(self, output: Path) -> list[str]:
        return [
            *(sys.executable, "-m", "tertulia_plugins.runner", str(self.blog / "content")),
            *("-s", str(self.conf), "-o", str(output)),
            # Without a fatal level, Pelican tells why a file cannot be read only when it debugs.
            *(("--fatal", self.fatal) if self.fatal else ("--extra-settings", "DEBUG=true")),
            # The other handler prints in columns and breaks sentences.
            *("--log-handler", "plain"),
        ]


def variables(site_url: str, now: datetime | None, comments: Path | None) -> dict[str, str]:
    """What Pelican's settings take from the environment."""
    found = {"TERTULIA_SITE_URL": site_url}
    if now is not None:
        found["TERTULIA_NOW"] = now.isoformat()
    if comments is not None:
        found["TERTULIA_COMMENTS"] = str(comments)
    return found


def _clean_environment() -> dict[str, str]:
    """Ours, without the service's own settings: a database password is none of Pelican's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    return kept | {
        "PYTHONUTF8": "1",  # never the machine's locale
        "PYTHONWARNINGS": "ignore",  # of libraries; Pelican's own come by its loggers
        "COLUMNS": "1000",  # Pelican breaks its lines at the width of the screen
    }


def told(printed: str) -> list[str]:
    """What Pelican printed, for a person: no colours, no empty lines, no tracebacks.

    Of a traceback only its last line stays, and only if no other line says the same.
    """
    lines: list[str] = []
    inside = False
    for line in (_ANSI.sub("", raw).rstrip() for raw in printed.splitlines()):
        if line == _TRACEBACK:
            inside = True
        elif not line or _BETWEEN_TRACEBACKS.fullmatch(line) or (inside and line[0] == " "):
            continue
        elif not inside or not _is_told(line, lines):
            inside = False
            lines.append(line)
        else:
            inside = False
    return [line for line in lines if line != _SAYS_NOTHING] or lines


def _is_told(last_line: str, lines: list[str]) -> bool:
    """Whether Pelican's own line said it: with the class alone, and the place of a SyntaxError."""
    return any(last_line in line or last_line.endswith(line) for line in lines)
