"""Dying at a named step, for the tests of what happens then. Nothing unless it is asked for.

``TERTULIA_FAULT_STEP=commit.push:kill`` ends the process with SIGKILL just before that step,
``commit.push:kill:3`` the third time, ``commit.push:fail`` raises an OSError (EIO) instead.
"""

import errno
import os
import re
import signal
import threading
from collections.abc import Callable

from ..errors import N_, Fault, InvalidConfig

_ASKED = re.compile(r"([a-z_.]+):(kill|fail)(?::([0-9]{1,6}))?")


def step_of(asked: str | None) -> Callable[[str], None]:
    """The hook for a setting; one that does nothing for None. Raises InvalidConfig."""
    if asked is None:
        return lambda name: None
    match = _ASKED.fullmatch(asked)
    if not match:
        fault = Fault("TERTULIA_FAULT_STEP", N_("must look like commit.push:kill"))
        raise InvalidConfig(N_("The settings cannot be used:"), [fault])
    wanted, how, nth = match[1], match[2], int(match[3] or 1)
    lock, seen = threading.Lock(), 0

    def step(name: str) -> None:
        nonlocal seen
        if name != wanted:
            return
        with lock:
            seen += 1
            now = seen == nth
        if now and how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if now:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    return step
