"""``tertulia demo`` in a process of its own, on a free loopback port."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.service import free_port

READY_SECONDS = 240


@dataclass
class Demo:
    """The demonstration beside the blog in ``blog``."""

    blog: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def folder(self) -> Path:
        return self.blog / "var" / "demo" / "blog"

    @property
    def log(self) -> Path:
        return self.blog.parent / f"demo-{self.port}.log"

    def start(self) -> str:
        """Start and wait until it says its address; returns what it printed."""
        self.begin()
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self.process
            printed = self.log.read_text("utf-8")
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}:\n{printed}")
            if f"{self.url}/demo/" in printed:
                return printed
            time.sleep(0.1)
        raise AssertionError(f"not ready:\n{self.log.read_text('utf-8')}")

    def begin(self) -> None:
        command = [sys.executable, "-m", "comments_service.cli", "demo"]
        command += ["--blog", str(self.blog), "--port", str(self.port), *self.options]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                env=os.environ | {"LC_ALL": "C.UTF-8"} | self.environment,
                cwd=self.blog,
                start_new_session=True,
            )

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        """End this process alone, without a word."""
        assert self.process
        self.process.kill()
        self.process.wait()


@contextmanager
def running_demo(blog: Path) -> Iterator[Demo]:
    """A started demonstration that is stopped at the end, whatever happens."""
    demo = Demo(blog)
    try:
        demo.start()
        yield demo
    finally:
        if demo.process and demo.process.poll() is None:
            demo.stop()
