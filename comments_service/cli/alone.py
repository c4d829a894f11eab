"""One server for one blog: a lock that the system takes back when the process ends, however."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import N_, CannotStart

FILE = "serving.lock"


@contextmanager
def serve_alone(var: Path) -> Iterator[IO[bytes]]:
    """Hold the blog whose database and secrets are in ``var``.

    A process made by fork must close the file that this gives, or it would hold the blog
    after its parent's death. Raises CannotStart when another process serves the blog.
    """
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = (var / FILE).open("a+b")
    except OSError as error:
        raise CannotStart(
            N_("The folder %(folder)s cannot be made: %(why)s"), folder=var, why=error.strerror
        ) from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            raise CannotStart(
                N_(
                    "This blog is being served already, by process %(process)s."
                    " Stop that one first."
                ),
                process=held.read(20).decode("ascii", "replace"),
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()).encode())
        held.flush()
        yield held
