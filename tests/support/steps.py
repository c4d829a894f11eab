"""What a question costs SQLite: a count, so that a busy machine makes no difference."""

from collections.abc import Iterator
from contextlib import contextmanager

from comments_service.store.engine import Connection


@contextmanager
def counted_steps(connection: Connection) -> Iterator[list[int]]:
    """A list of one number: the instructions of SQLite's machine since then."""
    raw = connection.connection.driver_connection
    counted = [0]

    def tick() -> int:
        counted[0] += 1
        return 0

    raw.set_progress_handler(tick, 1)  # type: ignore[union-attr]
    try:
        yield counted
    finally:
        raw.set_progress_handler(None, 0)  # type: ignore[union-attr]
