"""The whole site made by Pelican, in a child process, beside the one that readers see.

Only a build that ended well and holds what it must changes places with the live site;
after anything else, even a SIGKILL, the live site is as it was and the next build starts
afresh.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from ..errors import N_, BuildFailed, CannotStart
from .swap import recover, remove, swap

MAX_SECONDS = 3600.0
MAX_DETAIL_LINES = 12
MANIFEST = "threads.json"
EXPECTED = ("index.html", MANIFEST)
ARTICLES = ("*.md", "*.markdown", "*.mkd", "*.mdown", "*.rst", "*.html", "*.htm")

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_TRACEBACK = "Traceback (most recent call last):"
_BETWEEN_TRACEBACKS = re.compile(r"(During handling of|The above exception was) .* exception.*:")
_INTERRUPTED = "Keyboard interrupt received"
"""Pelican exits with 0 then, in the middle of its work."""

_SAYS_NOTHING = "RuntimeError: Warning or error encountered"


def build(
    blog: Path,
    output: Path,
    *,
    site_url: str,
    production: bool,
    strict: bool,
    lock: Path,
    log: Path,
    every_fault: bool = False,
    now: datetime | None = None,
    report: Callable[[str], None] | None = None,
    max_seconds: float = MAX_SECONDS,
) -> None:
    """Build the blog in the folder ``blog`` and put the result in the place of ``output``.

    site_url: address of the site, without a closing slash.
    production: by ``publishconf.py`` instead of ``pelicanconf.py``.
    strict: Pelican's warnings are faults too.
    every_fault: let no fault of a file stop it, so that ``report`` gets all of them.
    lock: file that only one builder holds at a time; a second one waits.
    log: file that gets everything Pelican prints in this build.
    now: the instant of the build, aware; else the clock's.
    report: gets each line that Pelican printed in a build that ended well.

    Raises CannotStart for a blog that cannot be built and an output folder that would not
    survive it, BuildFailed for everything that goes wrong while building.
    """
    blog, output = blog.resolve(), output.resolve()
    conf = blog / ("publishconf.py" if production else "pelicanconf.py")
    _check_blog(blog, conf)
    try:
        with _held(lock) as held:
            _check_output(output, blog, lock.resolve(), log.resolve())
            with _beside(output) as new:
                fatal = "" if every_fault else "warnings" if strict else "errors"
                command = _command(blog, conf, new, fatal=fatal)
                code = _run(command, blog, _environment(site_url, now), log, held, max_seconds)
                _check_result(code, new, log, max_seconds)
                swap(new, output)
            lines = told(_printed(log))
    except OSError as error:
        raise _failed(str(error), log) from error
    if report is not None:
        for line in lines:
            report(line)


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


def _check_blog(blog: Path, conf: Path) -> None:
    content = blog / "content"
    if not content.is_dir():
        raise CannotStart(
            N_("There is no folder %(folder)s: is this a blog? `tertulia init` makes one."),
            folder=content,
        )
    if not conf.is_file():
        raise CannotStart(N_("There is no file %(file)s; `tertulia init` makes one."), file=conf)
    articles = content / "articles"
    if not any(path.is_file() for form in ARTICLES for path in articles.rglob(form)):
        raise CannotStart(
            N_("There is no article in %(folder)s yet: write the first one, then build again."),
            folder=articles,
        )


def _check_output(output: Path, blog: Path, *kept: Path) -> None:
    """The folder is replaced whole: it must hold a built site and nothing of value."""
    lost = [path for path in (blog / "content", *kept) if path.is_relative_to(output)]
    if lost:
        raise CannotStart(
            N_("The site cannot be built in %(folder)s: that would remove %(file)s."),
            folder=output,
            file=lost[0],
        )
    if not output.exists() or (output / MANIFEST).is_file():
        return
    if not output.is_dir() or any(output.iterdir()):
        raise CannotStart(
            N_(
                "%(folder)s holds something else than a built site, and a build would remove it. "
                "Empty it or choose another folder."
            ),
            folder=output,
        )


@contextmanager
def _held(lock: Path) -> Iterator[IO[bytes]]:
    """Hold the builder's lock; waits for whoever has it."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield held


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """Where the new site is made: in the same folder, so that it can change places.

    Clears away what a killed build left, and at the end what this one leaves.
    """
    new = output.with_name(f".{output.name}.next")
    recover(output)
    remove(new)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _command(blog: Path, conf: Path, new: Path, *, fatal: str) -> list[str]:
    return [
        *(sys.executable, "-m", "pelican", str(blog / "content")),
        *("-s", str(conf), "-o", str(new)),
        # Without a fatal level, Pelican tells why a file cannot be read only when it debugs.
        *(("--fatal", fatal) if fatal else ("--extra-settings", "DEBUG=true")),
        # The other handler prints in columns and breaks sentences.
        *("--log-handler", "plain"),
    ]


def _environment(site_url: str, now: datetime | None) -> dict[str, str]:
    """What Pelican gets: the service's own settings (a database password) are none of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    kept |= {
        "TERTULIA_SITE_URL": site_url,
        "PYTHONUTF8": "1",  # never the machine's locale
        "PYTHONWARNINGS": "ignore",  # of libraries; Pelican's own come by its loggers
        "COLUMNS": "1000",  # Pelican breaks its lines at the width of the screen
    }
    if now is not None:
        kept["TERTULIA_NOW"] = now.isoformat()
    return kept


def _run(
    command: list[str],
    blog: Path,
    environment: dict[str, str],
    log: Path,
    held: IO[bytes],
    max_seconds: float,
) -> int | None:
    """Run Pelican to its end; its exit code, or None when it took too long.

    It has a session of its own: Ctrl-C is for this process, which then ends it. It shares
    the lock: should this process die, the next builder waits until Pelican, which goes on
    writing, has ended.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as out:
        child = subprocess.Popen(
            command,
            cwd=blog,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=[held.fileno()],
            start_new_session=True,
        )
        try:
            return child.wait(max_seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _check_result(code: int | None, beside: Path, log: Path, max_seconds: float) -> None:
    """Raises BuildFailed unless Pelican ended well with a whole site in ``beside``."""
    lines = told(_printed(log))
    detail = "\n".join(lines[-MAX_DETAIL_LINES:])
    if code is None:
        raise BuildFailed(
            detail,
            N_("The site was not built within %(seconds)g s; the one that readers see stays."),
            seconds=max_seconds,
        )
    if code or _INTERRUPTED in detail:
        raise _failed(detail or f"Pelican: {_how_it_ended(code)}", log)
    missing = [name for name in EXPECTED if not (beside / name).is_file()]
    if missing:
        raise BuildFailed(
            detail,
            N_(
                "The new site has no %(file)s, so the one that readers see stays: "
                "does pelicanconf.py import Tertulia's settings?"
            ),
            file=missing[0],
        )


def _how_it_ended(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _failed(detail: str, log: Path) -> BuildFailed:
    return BuildFailed(
        detail,
        N_(
            "The site could not be built; the one that readers see stays. "
            "All that was printed is in %(log)s."
        ),
        log=log,
    )


def _printed(log: Path) -> str:
    return log.read_text("utf-8", errors="replace")
