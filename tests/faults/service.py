"""The real program on one world: started, killed in every way, started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.world import ROOT, World
from tests.support.service import READY_SECONDS, Service

RESTART_SECONDS = 10.0
"""A restart needs no hand and at most so long (the promise that F01 holds)."""


@dataclass
class Program(Service):
    """``tertulia up`` or ``serve`` through ``tests.faults.program``.

    fault: what TERTULIA_FAULT_STEP is to say. launcher: a command put before Python's.
    """

    world: World = None  # type: ignore[assignment]
    command: str = "serve"
    fault: str | None = None
    launcher: tuple[str, ...] = ()
    starts: list[float] = field(default_factory=list)
    _from: int = 0

    def start(self) -> str:
        """Start and wait until it answers; notes how long that took in ``starts``."""
        world = self.world
        self._from = world.log.stat().st_size if world.log.exists() else 0
        begun = time.monotonic()
        with world.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.launcher, *program(self.command, str(self.blog), "--port", str(self.port))],
                stdout=output,
                stderr=output,
                env={"TERTULIA_SITE_URL": self.url}
                | environment(world, self.fault)
                | self.environment,
                cwd=self.blog,
                start_new_session=True,
            )
        printed = self._wait()
        self.starts.append(time.monotonic() - begun)
        return printed

    def _wait(self) -> str:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            assert self.process
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}:\n{self.printed}")
            if "(Ctrl-C stops it)" in self.printed and self._answers():
                return self.printed
            time.sleep(0.05)
        raise AssertionError(f"not ready after {READY_SECONDS} s:\n{self.printed}")

    @property
    def printed(self) -> str:
        if not self.world.log.exists():
            return ""
        with self.world.log.open("rb") as file:
            file.seek(self._from)
            return file.read().decode("utf-8", "replace")

    @property
    def workers(self) -> list[int]:
        """gunicorn's worker, a child of the first process."""
        assert self.process
        return children(self.process.pid)

    def kill_worker(self) -> None:
        """End only the worker: gunicorn starts another by itself."""
        for pid in self.workers:
            _kill(pid)

    def kill(self) -> None:
        """End the program, as `kill -9` of its group does; Git and Pelican, in sessions of
        their own, go on as orphans."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def cut_power(self) -> None:
        """End the program and every process below it at once.

        But for Git in a repository that is not ours alone, staff's checkout or the remote (it
        is another machine's, were this one not both): a lock that it leaves there is nobody's
        to remove but theirs, so publishing would wait for a hand, as it should (``test_staff``,
        ``test_remote``).
        """
        assert self.process
        family = [pid for pid in descendants(self.process.pid) if not self._is_theirs(pid)]
        os.kill(self.process.pid, signal.SIGSTOP)
        for pid in family:
            _kill(pid)
        self.kill()

    def _is_theirs(self, pid: int) -> bool:
        """Whether a process is Git at work in a repository that others look after."""
        try:
            if Path("/proc", str(pid), "comm").read_text().strip() != "git":
                return False
            works_in = Path("/proc", str(pid), "cwd").resolve(strict=True)
        except OSError:
            return False
        theirs = self.world.blog if self.world.mode == "here" else self.world.remote
        return works_in.is_relative_to(theirs)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def program(*arguments: str) -> list[str]:
    """The command line of the program, with its steps recorded."""
    name, *rest = arguments
    return [sys.executable, "-m", "tests.faults.program", name, "--blog", *rest]


def environment(world: World, fault: str | None = None) -> dict[str, str]:
    """What a process of the program gets in this world."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    kept |= {
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        "FAULTS_STEPS": str(world.steps),
        "FAULTS_MINUTE": "3",
        **world.environment,
    }
    return kept | ({"TERTULIA_FAULT_STEP": fault} if fault else {})


def run(world: World, *arguments: str, fault: str | None = None, seconds: float = 120) -> int:
    """Run one command of the program to its end; its exit code."""
    with world.log.open("ab") as output:
        done = subprocess.run(
            program(arguments[0], str(world.blog), *arguments[1:]),
            stdout=output,
            stderr=output,
            env=environment(world, fault),
            cwd=world.blog,
            timeout=seconds,
        )
    return done.returncode


@contextmanager
def running(world: World, **values: object) -> Iterator[Program]:
    """A started program that is ended, with all its children, whatever happens."""
    program = Program(world.blog, world=world, **values)  # type: ignore[arg-type]
    program.log.unlink()
    try:
        program.start()
        yield program
    finally:
        if program.is_running:
            program.cut_power()


def children(pid: int) -> list[int]:
    """Processes that one started and that still run."""
    found: list[int] = []
    for task in Path("/proc", str(pid), "task").glob("*/children"):
        try:
            found += [int(each) for each in task.read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def descendants(pid: int) -> list[int]:
    """All of them, and those that they started."""
    found: list[int] = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
