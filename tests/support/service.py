"""A blog served by the real program in a process of its own, on a free loopback port."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.visitor import Visitor

READY_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Service:
    """``tertulia up`` for one blog. ``program``: the command line that starts it."""

    blog: Path
    program: tuple[str, ...] = (sys.executable, "-m", "comments_service.cli")
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(default_factory=lambda: Path(tempfile.mkstemp(suffix=".log")[1]))

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> str:
        """Start and wait until it says its address; returns what it printed."""
        self.log.write_bytes(b"")
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.program, "up", "--blog", str(self.blog), "--port", str(self.port)],
                stdout=output,
                stderr=output,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | self.environment,
                cwd=self.blog,
                start_new_session=True,
            )
        return self._wait()

    def _wait(self) -> str:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            assert self.process
            printed = self.printed
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}:\n{printed}")
            if f"{self.url}/" in printed and self._answers():
                return self.printed
            time.sleep(0.05)
        raise AssertionError(f"not ready after {READY_SECONDS} s:\n{self.printed}")

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8")

    def administrator_link(self) -> str:
        """The one-time link that was printed last."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:  # it comes after the line that tells the address
            if found := re.findall(r"http://\S+/gestion/alta/\S+", self.printed):
                return str(found[-1])
            time.sleep(0.05)
        raise AssertionError(f"no link for the first account:\n{self.printed}")

    def kill(self) -> None:
        """End the program and all its children at once, as a power cut does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@contextmanager
def running(blog: Path, **values: object) -> Iterator[Service]:
    """A started service that is stopped at the end, whatever happens."""
    service = Service(blog, **values)  # type: ignore[arg-type]
    try:
        service.start()
        yield service
    finally:
        if service.process and service.process.poll() is None:
            service.kill()
        service.log.unlink(missing_ok=True)


def copy_of_the_blog(to: Path) -> Path:
    """A copy of the demonstration: what `git clone` gives a visitor, without the tool."""
    root = Path(__file__).parent.parent.parent
    to.mkdir(parents=True)
    shutil.copytree(root / "content", to / "content")
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(root / name, to / name)
    return to


def administrator(service: Service, password: str = "una frase muy larga") -> Visitor:
    """A signed-in browser of the first administrator, made by the one-time link."""
    visitor = Visitor()
    page = visitor.get(service.administrator_link())
    page = visitor.send(
        page,
        "/gestion/alta/",
        login="ada",
        name="Ada Ejemplo",
        password=password,
        position="Gestora de comunidad",
    )
    assert page.status == 200, page.text
    assert page.url == f"{service.url}/gestion/", page.url
    return visitor
