"""Pelican as the service's child: ``python -m tertulia_plugins.runner`` takes its arguments.

It ends with whoever started it: nobody else would put its site in place, and the next
builder would wait for it. The parent holds the other end of stdin and never writes; that end
closes when the parent is gone, even by SIGKILL. (Linux could tell by PR_SET_PDEATHSIG, but of
the thread that made the child, not of its process.)
"""

import os
import signal
import sys
import threading

import pelican


def end_with_parent(stdin: int) -> None:
    """Wait for the end of ``stdin``, then end this process, whatever it does."""
    while os.read(stdin, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run Pelican's own command."""
    threading.Thread(target=end_with_parent, args=[sys.stdin.fileno()], daemon=True).start()
    pelican.main()


if __name__ == "__main__":
    main()
