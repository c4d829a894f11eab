"""A bar on the terminal for what takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[int, int], None]
"""Takes how much is done, and of how much."""


@contextmanager
def watched(at_least: int) -> Iterator[Progress]:
    """Show how far a work is.

    at_least: what has fewer parts shows nothing. Nor does anything show where nobody looks.
    """
    bar = None
    shown = 0

    def progress(done: int, total: int) -> None:
        nonlocal bar, shown
        if total < at_least or not sys.stderr.isatty():
            return
        if bar is None:
            bar = click.progressbar(length=total, file=sys.stderr)
            bar.__enter__()
        if done < shown:  # the same work once more
            shown = 0
        if done - shown >= total // 200 or done == total:
            bar.update(done - shown)
            shown = done

    try:
        yield progress
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)
