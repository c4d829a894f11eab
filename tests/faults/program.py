"""The real program, with each named step written down and with shorter waits for the tests.

    FAULTS_STEPS=FILE [FAULTS_MINUTE=3] [FAULTS_NETWORK=60] python -m tests.faults.program up ...

Nothing of the program is replaced: the hook for faults is wrapped, and constants that only
make a trial long are shortened.
"""

import os
from collections.abc import Callable
from datetime import timedelta

from comments_service.content_repo import clone
from comments_service.usecases import faults, tick

_step_of = faults.step_of


def recording(asked: str | None) -> Callable[[str], None]:
    """The program's own hook, which notes a step's name before it acts."""
    act = _step_of(asked)
    path = os.environ.get("FAULTS_STEPS")

    def step(name: str) -> None:
        if path:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(file, f"{os.getpid()} {name}\n".encode())
            os.close(file)
        act(name)

    return step


def main() -> None:
    faults.step_of = recording
    tick.MINUTE = timedelta(seconds=float(os.environ.get("FAULTS_MINUTE", "61")))
    tick.QUIET = min(tick.QUIET, tick.MINUTE / 4)
    clone.NETWORK_SECONDS = float(os.environ.get("FAULTS_NETWORK", "60"))
    from comments_service.cli import main as run  # after the hook is wrapped

    run()


if __name__ == "__main__":
    main()
